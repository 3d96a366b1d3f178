"""When a mail goes out: at once but for quiet hours, or with the next digest of its follower's own day or week. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from tracker.alerts.models import Rhythm


@dataclass(frozen=True, slots=True)
class DigestSchedule:
    """When digests go out: an hour of the day and a weekday (Monday is 0), in each follower's own zone."""

    hour: int = 7
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class MailClock:
    """When the mails of an alert go out: its rhythm, its follower's zone, and the hours of the day that are quiet."""

    rhythm: Rhythm
    timezone: str = "UTC"
    quiet: tuple[int, int] | None = None
    """From this hour to that, in the zone: (22, 7) is over midnight; the same hour twice is none."""

    @property
    def code(self) -> str:
        """All of it as one value, by which alerts with the same moments are found: "instant Europe/Kyiv 22-7"."""
        hours = f"{self.quiet[0]}-{self.quiet[1]}" if self.quiet else ""
        return f"{self.rhythm.value} {self.timezone} {hours}".rstrip()

    @classmethod
    def read(cls, code: str) -> Self:
        """The clock with this `code`."""
        rhythm, timezone, *hours = code.split(" ")
        quiet = tuple(map(int, hours[0].split("-"))) if hours else None
        return cls(Rhythm(rhythm), timezone, (quiet[0], quiet[1]) if quiet else None)

    def due_at(self, now: datetime, schedule: DigestSchedule) -> datetime:
        """When a message owed now goes out: at once or when the quiet hours end, or at the next digest hour of the local day.

        An hour that a clock change skips or repeats is resolved by the zone's rules, so each local day has one digest.
        """
        zone = ZoneInfo(self.timezone)
        today = now.astimezone(zone).date()
        if self.rhythm == Rhythm.INSTANT:
            return self._when_not_quiet(now, today, zone)
        for days in range(9):
            day = today + timedelta(days=days)
            moment = _at(day, schedule.hour, zone)
            if moment > now and (self.rhythm == Rhythm.DAILY or day.weekday() == schedule.weekday):
                return moment
        raise AssertionError("every week has each weekday")

    def _when_not_quiet(self, now: datetime, today: date, zone: ZoneInfo) -> datetime:
        if self.quiet is None:
            return now
        begins, ends = self.quiet
        for days in (-1, 0):  # quiet hours that began yesterday may last
            begin = _at(today + timedelta(days=days), begins, zone)
            end = _at(today + timedelta(days=days + (ends < begins)), ends, zone)
            if begin <= now < end:
                return end
        return now


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone).astimezone(UTC)
