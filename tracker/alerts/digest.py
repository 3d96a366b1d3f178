"""When a mail goes out: at once, or with the next digest of its follower's own day or week. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tracker.alerts.models import Rhythm


@dataclass(frozen=True, slots=True)
class DigestSchedule:
    """When digests go out: an hour of the day and a weekday (Monday is 0), in each follower's own zone."""

    hour: int = 7
    weekday: int = 0


def due_at(now: datetime, rhythm: Rhythm, timezone: str, schedule: DigestSchedule) -> datetime:
    """When a message owed now goes out: at once, or at the next digest hour of the follower's own day.

    An hour that a clock change skips or repeats is resolved by the zone's rules, so each local day has one digest.
    """
    if rhythm == Rhythm.INSTANT:
        return now
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date()
    for _ in range(9):
        moment = datetime.combine(day, time(schedule.hour), zone).astimezone(UTC)
        if moment > now and (rhythm == Rhythm.DAILY or day.weekday() == schedule.weekday):
            return moment
        day += timedelta(days=1)
    raise AssertionError("every week has each weekday")
