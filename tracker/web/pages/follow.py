"""Following by mail: ask, confirm, stop. Opening an address changes nothing; only buttons do."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, request
from flask_wtf import csrf as tokens
from flask_wtf.csrf import CSRFError
from wtforms.validators import ValidationError

from tracker.accounts import BadAccount
from tracker.alerts.ledger import deliveries as alerts
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.ledger.sign_up import SubscriptionRequest
from tracker.alerts.models import Subscription
from tracker.positions import queries as positions
from tracker.speech.queries import SpeakerCount
from tracker.web import forms
from tracker.web.context import client_address, now, reading, render, text_response, world, writing
from tracker.web.views import dates
from tracker.web.views.speakers import listed_speakers
from tracker.web.views.topics import TopicSummary, summaries

WHAT = ("claims", "shifts")
RHYTHMS = ("daily", "instant", "weekly")
FORMATS = ("html", "plain")
MOST_SPEAKERS = 200

pages = Blueprint("follow", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowForm:
    """The form as filled in."""

    topic: str
    speakers: tuple[int, ...]
    what: str
    rhythm: str
    format: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPage:
    """Answers: what will I get, how often, how do I stop."""

    template: ClassVar[str] = "follow.html"
    section: ClassVar[str] = "follow"
    title: str
    topics: tuple[TopicSummary, ...]
    speakers: tuple[SpeakerCount, ...]
    asked: FollowForm
    problem: str | None
    digest_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowStatePage:
    """One state of following: asked, to confirm, confirmed, to stop, stopped, link expired."""

    template: ClassVar[str] = "follow_state.html"
    section: ClassVar[str] = "follow"
    title: str
    state: str
    topic: str | None = None
    summary: str | None = None


@pages.get("/follow")
def form() -> Response:
    """The empty form; `?topic=` and `?speaker=` choose beforehand."""
    with reading() as db:
        known = {one.who.slug: one.who.id for one in listed_speakers(db)}
        chosen = tuple(known[slug] for slug in forms.many("speaker") if slug in known)
    asked = FollowForm(
        topic=forms.text("topic") or "",
        speakers=chosen,
        what=forms.choice("what", WHAT),
        rhythm=RHYTHMS[0],
        format=FORMATS[0],
        email="",
    )
    return _form(asked, None)


@pages.post("/follow")
def request_subscription() -> Response:
    """Enqueue a confirmation mail; the answer is the same whether or not the address is known."""
    asked = _sent_form()
    if forms.field("website"):
        return render(_state("asked"))  # a field people don't see: what fills it in is no person
    with reading() as db:
        topic = positions.topic(db, asked.topic)
    if topic is None:
        return _form(asked, "Choose a topic", 422)
    wish = SubscriptionRequest(
        address=asked.email,
        topic_id=asked.topic,
        speakers=asked.speakers,
        what=asked.what,
        rhythm=asked.rhythm,
        plain=asked.format == "plain",
        timezone=dates.zone().key,
    )
    try:
        with writing() as db:
            sign_up_ledger.request(db, now(), wish, ip=client_address())
    except BadAccount:
        return _form(asked, "Enter an email address like name@example.org", 422)
    return render(_state("asked"))


@pages.get("/follow/<token>")
def show_confirm(token: str) -> Response:
    """The button that confirms; or why the link no longer works."""
    with reading() as db:
        found = sign_up_ledger.open_token(db, now(), token)
        if found is None:
            return render(_state("expired"), 410)
        topic = positions.topic(db, found.topic_id)
    return render(_state("confirm", topic.topic.name if topic else None, _wanted(found)))


@pages.post("/follow/<token>")
def confirm(token: str) -> Response:
    """The click: from now on mails are sent."""
    with writing() as db:
        found = sign_up_ledger.confirm(db, now(), token)
        topic = positions.topic(db, found.topic_id) if found else None
    if found is None:
        return render(_state("expired"), 410)
    return render(_state("following", topic.topic.name if topic else None, _agreed(found)))


@pages.get("/follow/stop/<token>")
def show_unsubscribe(token: str) -> Response:
    """The button that stops."""
    with reading() as db:
        found = alerts.by_unsubscribe_token(db, world().settings.site.secret, token)
        if found is None:
            return render(_state("expired"), 404)
        topic = positions.topic(db, found.topic_id)
    return render(_state("stop", topic.topic.name if topic else None))


@pages.post("/follow/stop/<token>")
def unsubscribe(token: str) -> Response:
    """End the mails at once: by the button, or by a mail program's one click (RFC 8058), which has no cookie."""
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not one_click:
        try:
            tokens.validate_csrf(request.form.get("csrf_token"))
        except ValidationError as problem:
            raise CSRFError(str(problem)) from problem
    with writing() as db:
        found = alerts.by_unsubscribe_token(db, world().settings.site.secret, token)
        if found is not None:
            alerts.unsubscribe(db, now(), found.id)
    if one_click:
        return text_response(
            "You will get no more emails.\n" if found else "Unknown link.\n", "text/plain", 200 if found else 404
        )
    return render(_state("stopped" if found else "expired"), 200 if found else 404)


def _sent_form() -> FollowForm:
    chosen = [value for value in request.form.getlist("speaker")[:MOST_SPEAKERS] if value.isascii() and value.isdigit()]
    return FollowForm(
        topic=forms.field("topic"),
        speakers=tuple(int(value) for value in chosen if len(value) <= 9) if forms.field("who") != "all" else (),  # noqa: PLR2004 - fits the column
        what=forms.chosen("what", WHAT),
        rhythm=forms.chosen("rhythm", RHYTHMS),
        format=forms.chosen("format", FORMATS),
        email=forms.field("email", 300),
    )


def _form(asked: FollowForm, problem: str | None, status: int = 200) -> Response:
    with reading() as db:
        topics, speakers = tuple(summaries(db)), listed_speakers(db)
    hour = world().settings.schedule.digest_hour
    return render(
        FollowPage(
            title="Follow by email", topics=topics, speakers=speakers, asked=asked, problem=problem, digest_hour=hour
        ),
        status,
    )


TITLES = {
    "asked": "Check your inbox",
    "confirm": "Confirm that you want these emails",
    "following": "You are following this topic",
    "stop": "Stop these emails",
    "stopped": "You will get no more emails",
    "expired": "This link is no longer valid",
}


def _state(state: str, topic: str | None = None, summary: str | None = None) -> FollowStatePage:
    return FollowStatePage(title=TITLES[state], state=state, topic=topic, summary=summary)


def _wanted(found: Subscription) -> str:
    wanted = found.wanted
    return _summary(str(wanted.get("what")), str(wanted.get("rhythm")), len(wanted.get("speakers", ())))


def _agreed(found: Subscription) -> str:
    return _summary("claims" if found.claims else "shifts", found.rhythm.value, len(found.speakers))


def _summary(what: str, rhythm: str, speakers: int) -> str:
    subject = "only shifts" if what == "shifts" else "every new statement"
    when = {"instant": "at once", "weekly": "once a week"}.get(rhythm, "once a day")
    who = f"{speakers} chosen {'speaker' if speakers == 1 else 'speakers'}" if speakers else "all speakers"
    return f"{subject}, {who}, {when}"
