"""A follower's own page: all its alerts, and how to change, pause, mute and end them. A signed link of any mail opens it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, Response, abort, redirect, request, url_for

from tracker.alerts import queries as outbox
from tracker.alerts.ledger import bounces
from tracker.alerts.ledger import deliveries as delivery_ledger
from tracker.alerts.ledger import followers as ledger
from tracker.alerts.ledger.followers import FollowerSettings
from tracker.alerts.models import Follower, Rhythm
from tracker.alerts.queries import followers as queries
from tracker.alerts.queries.followers import Alert
from tracker.db import Session
from tracker.positions.queries import searches
from tracker.speech.models import Speaker
from tracker.web import forms
from tracker.web.context import as_response, now, reading, render, world, writing
from tracker.web.views import followers

HOURS = tuple(range(24))
RHYTHMS = tuple(rhythm.value for rhythm in Rhythm)
FORMATS = ("html", "plain")

pages = Blueprint("alerts", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsPage:
    """Answers: what do I get, when, and how do I change or end it."""

    template: ClassVar[str] = "alerts.html"
    section: ClassVar[str] = "follow"
    title: str
    follower: Follower
    alerts: tuple[Alert, ...]
    muted: tuple[Speaker, ...]
    suspended: str | None
    """Why nothing is sent to this address any more."""
    paused_until: date | None
    zones: tuple[str, ...]
    hours: tuple[int, ...]
    rhythms: tuple[str, ...]
    added: bool
    saved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAlertsPage:
    """Answers: how do I come to my alerts, where we do not know who asks."""

    template: ClassVar[str] = "alerts_unknown.html"
    section: ClassVar[str] = "follow"
    title: str


@pages.get("/follow/alerts/<token>")
def open_link(token: str) -> Response:
    """A link of a mail: this browser is known as the follower's, and sees its alerts."""
    with reading() as db:
        found = ledger.by_manage_token(db, world().settings.site.secret, token)
        if found is None:
            return render(NoAlertsPage(title="This link is not one of ours"), 404)
        followers.remember(found)
    return as_response(redirect(url_for("alerts.alerts"), code=303))


@pages.get("/follow/alerts")
def alerts() -> Response:
    """All alerts of this visitor, with its settings."""
    forms.only("added", "saved")
    with reading() as db:
        follower = followers.current(db)
        if follower is None:
            return render(NoAlertsPage(title="Your alerts"))
        refused = outbox.suppression(db, follower.address_folded)
        until = follower.paused_until if follower.paused_until and follower.paused_until > now() else None
        page = AlertsPage(
            title="Your alerts",
            follower=follower,
            alerts=tuple(queries.alerts_of(db, follower.id)),
            muted=tuple(queries.muted(db, follower.id)),
            suspended=refused.reason if refused else None,
            paused_until=until.astimezone(ZoneInfo(follower.timezone)).date() if until else None,
            zones=tuple(sorted({*(name for name in available_timezones() if "/" in name), "UTC", follower.timezone})),
            hours=HOURS,
            rhythms=RHYTHMS,
            added=forms.text("added") is not None,
            saved=forms.text("saved") is not None,
        )
    return render(page)


@pages.post("/follow/alerts")
def save() -> Response:
    """Write the follower's settings: zone, quiet hours, format, pause, muted speakers."""
    with writing() as db:
        follower = _known(db)
        ledger.update_settings(db, now(), follower.id, _sent_settings(db, follower), world().digest_schedule)
    return _saved()


@pages.post("/follow/alerts/<int:alert_id>")
def change(alert_id: int) -> Response:
    """Change how often an alert is told, or end it."""
    with writing() as db:
        follower = _known(db)
        if alert_id not in {one.id for one in queries.alerts_of(db, follower.id)}:
            abort(404)
        if forms.field("stop") == "1":
            delivery_ledger.unsubscribe(db, now(), follower.id, world().digest_schedule, [alert_id])
        else:
            rhythm = Rhythm(forms.chosen("rhythm", RHYTHMS))
            ledger.set_rhythm(db, now(), alert_id, rhythm, world().digest_schedule)
    return _saved()


@pages.post("/follow/alerts/stop")
def stop_all() -> Response:
    """End all alerts."""
    with writing() as db:
        delivery_ledger.unsubscribe(db, now(), _known(db).id, world().digest_schedule)
    return _saved()


@pages.post("/follow/alerts/resume")
def resume() -> Response:
    """Send to the address again, though mails came back."""
    with writing() as db:
        bounces.forget(db, _known(db).address_folded)
    return _saved()


@pages.post("/follow/alerts/leave")
def leave() -> Response:
    """Know this browser as nobody's any more."""
    followers.forget()
    return as_response(redirect(url_for("follow.form"), code=303))


def _known(db: Session) -> Follower:
    return followers.current(db) or abort(404)


def _saved() -> Response:
    return as_response(redirect(url_for("alerts.alerts", saved=1), code=303))


def _sent_settings(db: Session, follower: Follower) -> FollowerSettings:
    zone = forms.field("timezone")
    if zone not in available_timezones():
        raise forms.Malformed("timezone", "is no time zone like Europe/Kyiv")
    return FollowerSettings(
        timezone=zone,
        quiet=_quiet(),
        plain=forms.chosen("format", FORMATS) == "plain",
        paused_until=_paused_until(zone),
        muted=_muted(db, follower),
    )


def _quiet() -> tuple[int, int] | None:
    told = forms.field("quiet_from"), forms.field("quiet_to")
    if "" in told:
        return None
    for name, value in zip(("quiet_from", "quiet_to"), told, strict=True):
        if not (value.isascii() and value.isdecimal() and int(value) in HOURS):
            raise forms.Malformed(name, "is no hour from 0 to 23")
    return int(told[0]), int(told[1])


def _paused_until(zone: str) -> datetime | None:
    """The beginning of the day, in the follower's zone, on which mails go on."""
    told = forms.field("paused_until")
    if not told:
        return None
    try:
        day = date.fromisoformat(told)
    except ValueError:
        return forms.malformed_day("paused_until")
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _muted(db: Session, follower: Follower) -> list[int]:
    """Who stays muted of those who are, and who is new, by an exact name or address."""
    kept = set(request.form.getlist("muted"))
    numbers = [one.id for one in queries.muted(db, follower.id) if one.slug in kept]
    name = forms.field("mute")
    if name:
        found = searches.speakers_called(db, name, 2)
        if len(found) != 1:
            raise forms.Malformed("mute", "is the name of no speaker on the record, or of several")
        numbers.append(found[0].id)
    return numbers
