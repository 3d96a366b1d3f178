"""Following: ask, confirm, stop. Opening an address changes nothing; only buttons do."""

from dataclasses import dataclass, replace
from typing import ClassVar
from urllib.parse import urlencode
from zoneinfo import available_timezones

from flask import Blueprint, Response, redirect, request, url_for
from flask_wtf import csrf as tokens
from flask_wtf.csrf import CSRFError
from wtforms.validators import ValidationError

from tracker.accounts import BadAccount
from tracker.alerts.ledger import deliveries as alerts
from tracker.alerts.ledger import followers as follower_ledger
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.ledger.sign_up import AlertRequest, SubscriptionRequest, TooManyAlerts
from tracker.alerts.models import Rhythm, Subscription
from tracker.alerts.queries import followers as queries
from tracker.alerts.queries.followers import Alert
from tracker.db import Session
from tracker.speech.queries import SpeakerCount
from tracker.speech.search.parameters import NAMES, BadParameter, canonical
from tracker.web import forms
from tracker.web.context import as_response, can, client_address, now, reading, render, text_response, world, writing
from tracker.web.views import dates, followers
from tracker.web.views.speakers import listed_speakers
from tracker.web.views.topics import TopicSummary, summaries

WHAT = ("claims", "shifts", "changes")
RHYTHMS = ("daily", "instant", "weekly")
FORMATS = ("html", "plain")

pages = Blueprint("follow", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowForm:
    """The form as filled in."""

    told: dict[str, list[str]]
    """The parameters of the query that is to be followed."""
    what: str
    rhythm: str
    format: str
    timezone: str
    email: str

    @property
    def chosen(self) -> bool:
        """Whether more is asked for than a topic and its speakers, which the form has choices for."""
        return not set(self.told) <= {"topic", "speaker"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPage:
    """Answers: what will I get, how often, how do I stop."""

    template: ClassVar[str] = "follow.html"
    section: ClassVar[str] = "follow"
    title: str
    topics: tuple[TopicSummary, ...]
    speakers: tuple[SpeakerCount, ...]
    asked: FollowForm
    summary: str | None
    """The query in plain words; None where nothing was chosen yet."""
    volume: str | None
    """How much it would have brought lately."""
    address: str | None
    """Whose alerts they are, where we know the visitor; no mail is needed to confirm."""
    problem: str | None
    webhook: str | None
    """For those who may make webhooks: the search as it is pasted there."""
    digest_hour: int
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowStatePage:
    """One state of following: asked, to confirm, confirmed, to stop, stopped, link expired."""

    template: ClassVar[str] = "follow_state.html"
    section: ClassVar[str] = "follow"
    title: str
    state: str
    alerts: tuple[Alert, ...] = ()
    summary: str | None = None
    """What was asked for and would count with the click."""


@pages.get("/follow")
def form() -> Response:
    """The form; the parameters of a search choose what is to be followed."""
    forms.only(*NAMES, "what", "order", "cursor")
    asked = FollowForm(
        told=canonical({name: request.args.getlist(name) for name in NAMES}),
        what=forms.choice("what", WHAT),
        rhythm=RHYTHMS[0],
        format=FORMATS[0],
        timezone=dates.zone().key,
        email="",
    )
    try:
        return _form(asked, None)
    except BadParameter as problem:
        raise forms.Malformed(problem.name, problem.what) from problem


@pages.post("/follow")
def request_subscription() -> Response:
    """Keep an alert of a visitor we know; else enqueue a confirmation mail, and answer the same whoever asks."""
    asked = _sent_form()
    if forms.field("website"):
        return render(_state("asked"))  # a field people don't see: what fills it in is no person
    wish = AlertRequest(told=asked.told, what=asked.what, rhythm=asked.rhythm)
    try:
        with writing() as db:
            known = None if asked.email else followers.current_or_colleague(db)
            if known is not None:
                sign_up_ledger.add_alert(db, now(), known.id, wish)
            else:
                mailed = SubscriptionRequest(
                    address=asked.email, alert=wish, plain=asked.format == "plain", timezone=asked.timezone
                )
                sign_up_ledger.request(db, now(), mailed, ip=client_address())
    except BadAccount:
        return _form(asked, "Enter an email address like name@example.org", 422)
    except TooManyAlerts as problem:
        return _form(asked, str(problem), 422)
    except BadParameter as problem:
        said = f"{problem}." if asked.told else "Choose a topic or speakers to follow."
        return _form(replace(asked, told={}), said, 422)
    if known is not None:
        return as_response(redirect(url_for("alerts.alerts", added=1), code=303))
    return render(_state("asked"))


@pages.get("/follow/<token>")
def show_confirm(token: str) -> Response:
    """The button that confirms; or why the link no longer works."""
    with reading() as db:
        found = sign_up_ledger.open_token(db, now(), token)
        if found is None:
            return render(_state("expired"), 410)
        return render(_state("confirm", _alerts(db, [found.id]), _wanted(found)))


@pages.post("/follow/<token>")
def confirm(token: str) -> Response:
    """The click: from now on mails are sent, and this browser is known as the follower's."""
    with writing() as db:
        found = sign_up_ledger.confirm(db, now(), token)
        if found is None:
            return render(_state("expired"), 410)
        followers.remember(queries.follower_of(db, found))
        return render(_state("following", _alerts(db, [found.id])))


@pages.get("/follow/stop/<token>")
def show_unsubscribe(token: str) -> Response:
    """The buttons that stop: the alerts of one mail, or all."""
    with reading() as db:
        found = follower_ledger.by_unsubscribe_token(db, world().settings.site.secret, token)
        if found is None:
            return render(_state("expired"), 404)
        return render(_state("stop", _alerts(db, found[1])))


@pages.post("/follow/stop/<token>")
def unsubscribe(token: str) -> Response:
    """End the mails at once: by a button, or by a mail program's one click (RFC 8058), which has no cookie."""
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not one_click:
        try:
            tokens.validate_csrf(request.form.get("csrf_token"))
        except ValidationError as problem:
            raise CSRFError(str(problem)) from problem
    everything = forms.field("all") == "1"
    with writing() as db:
        found = follower_ledger.by_unsubscribe_token(db, world().settings.site.secret, token)
        if found is not None:
            follower, numbers = found
            alerts.unsubscribe(db, now(), follower.id, world().digest_schedule, None if everything else numbers)
    if one_click:
        return text_response(
            "You will get no more of these emails.\n" if found else "Unknown link.\n",
            "text/plain",
            200 if found else 404,
        )
    return render(_state("stopped" if found else "expired"), 200 if found else 404)


def _sent_form() -> FollowForm:
    told = {name: request.form.getlist(name) for name in NAMES}
    if forms.field("who") == "all":
        told["speaker"] = []
    zone = forms.field("timezone")
    return FollowForm(
        told=canonical(told),
        what=forms.chosen("what", WHAT),
        rhythm=forms.chosen("rhythm", RHYTHMS),
        format=forms.chosen("format", FORMATS),
        timezone=zone if zone in available_timezones() else dates.zone().key,
        email=forms.field("email", 300),
    )


def _form(asked: FollowForm, problem: str | None, status: int = 200) -> Response:
    with reading() as db:
        known = followers.current(db)
        page = FollowPage(
            title="Follow by email",
            topics=tuple(summaries(db)),
            speakers=listed_speakers(db),
            asked=asked,
            summary=queries.summary(db, asked.told) if asked.told else None,
            volume=queries.expected_volume(db, asked.told, now()).words if asked.told else None,
            address=known.address if known else None,
            problem=problem,
            webhook=f"?{urlencode(asked.told, doseq=True)}" if asked.told and can("manage webhooks") else None,
            digest_hour=world().settings.schedule.digest_hour,
            zones=zones(),
        )
    return render(page, status)


def zones() -> tuple[str, ...]:
    """The time zones to choose from, the site's own among them."""
    return tuple(sorted({*(name for name in available_timezones() if "/" in name), "UTC", dates.zone().key}))


TITLES = {
    "asked": "Check your inbox",
    "confirm": "Confirm that you want these emails",
    "following": "You are following",
    "stop": "Stop these emails",
    "stopped": "You will get no more of these emails",
    "expired": "This link is no longer valid",
}


def _state(state: str, told: tuple[Alert, ...] = (), summary: str | None = None) -> FollowStatePage:
    return FollowStatePage(title=TITLES[state], state=state, alerts=told, summary=summary)


def _alerts(db: Session, numbers: list[int]) -> tuple[Alert, ...]:
    return tuple(queries.alerts_by_id(db, numbers).values())


def _wanted(found: Subscription) -> str:
    what, rhythm = str(found.wanted.get("what", "claims")), str(found.wanted.get("rhythm", "daily"))
    return f"{queries.WHAT[what]}, {queries.WHEN[Rhythm(rhythm)]}"
