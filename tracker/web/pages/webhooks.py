"""Webhooks, for editors: which there are, how each does, and what it follows; test, pause, another key, the end."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, url_for

from tracker import audit
from tracker.alerts.ledger import webhooks as ledger
from tracker.alerts.ledger.sign_up import TooManyAlerts
from tracker.alerts.ledger.webhooks import BadWebhook, NewWebhook
from tracker.alerts.models import Delivery, Webhook, WebhookState
from tracker.alerts.queries import followers, webhooks
from tracker.alerts.queries.followers import Alert
from tracker.alerts.queries.webhooks import WebhookInfo
from tracker.alerts.webhook import signing_key
from tracker.db import Session
from tracker.speech.search.parameters import BadParameter
from tracker.web import forms
from tracker.web.context import as_response, now, reading, render, world, writing
from tracker.web.security import require_permission, require_user
from tracker.web.views import dates
from tracker.web.views.outbox import STATES

WHAT = ("claims", "shifts", "changes")
STATE = {
    WebhookState.ACTIVE: "active",
    WebhookState.PAUSED: "paused",
    WebhookState.SUSPENDED: "suspended: it took nothing any more",
}
LONGEST_ADDRESS = 2000
ACTS = {
    "test": "webhook tested",
    "pause": "webhook paused",
    "resume": "webhook resumed",
    "rotate": "webhook key rotated",
    "follow": "webhook alert added",
    "stop": "webhook alert stopped",
    "remove": "webhook removed",
}

pages = Blueprint("webhooks", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """One webhook, and how it does."""

    public_id: str
    name: str
    url: str
    state: str
    is_active: bool
    troubled: bool
    """Suspended, or refusing at present."""
    health: str
    configured: bool
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookForm:
    """A new webhook as filled in."""

    name: str = ""
    url: str = ""
    search: str = ""
    what: str = WHAT[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksPage:
    """Answers: where do our messages go, do they arrive, and how do I add a place."""

    template: ClassVar[str] = "webhooks.html"
    section: ClassVar[str] = "desk"
    title: str
    webhooks: tuple[WebhookRow, ...]
    what: dict[str, str]
    typed: WebhookForm
    problem: str | None
    removed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message of a webhook."""

    about: str
    state: str
    tries: int
    at: str
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPage:
    """Answers: what is this place told, what did it answer, and how do I test, stop or change it."""

    template: ClassVar[str] = "webhook.html"
    section: ClassVar[str] = "desk"
    title: str
    webhook: WebhookRow
    alerts: tuple[Alert, ...]
    messages: tuple[MessageRow, ...]
    what: dict[str, str]
    key: str | None
    """The signing key, on the page that follows its making and on no other."""
    done: str | None
    problem: str | None


@pages.get("/webhooks")
def index() -> Response:
    """Every webhook, and the form for a new one."""
    require_permission("manage webhooks")
    forms.only("removed", "search")
    return _index(WebhookForm(search=forms.text("search", 2000) or ""), removed=forms.text("removed") is not None)


@pages.post("/webhooks")
def add() -> Response:
    """Make one; its page shows the signing key this once."""
    require_permission("manage webhooks")
    who = require_user().email
    typed = WebhookForm(
        name=forms.field("name"),
        url=forms.field("url", LONGEST_ADDRESS),
        search=forms.field("search", 2000),
        what=forms.chosen("what", WHAT),
    )
    new = NewWebhook(
        name=typed.name or "Webhook", url=typed.url, searches=(typed.search,), tell=typed.what, created_by=who
    )
    try:
        with writing() as db:
            made = ledger.add(db, now(), new, _allowed())
            _note(db, made, "webhook made", who)
            public_id = webhooks.public_id_of(db, made)
    except (BadWebhook, BadParameter) as problem:
        return _index(typed, problem=_sentence(problem), status=422)
    return _page(public_id, show_key=True, done="Made. It is told of what comes in from now on.")


@pages.get("/webhooks/<public_id>")
def show(public_id: str) -> Response:
    """One webhook: what it follows and what was sent to it."""
    require_permission("manage webhooks")
    forms.only("done")
    done = forms.text("done")
    return _page(public_id, done=DONE.get(done) if done else None)


DONE = {
    "test": "A test message is on its way; what is answered stands below in half a minute.",
    "pause": "Paused. What comes in meanwhile waits.",
    "resume": "Going on. What waited, and what was given up in the last 30 days, is sent now.",
    "follow": "Added. It is told of what comes in from now on.",
    "stop": "Stopped.",
}


@pages.post("/webhooks/<public_id>")
def change(public_id: str) -> Response:
    """Do one of `ACTS`."""
    require_permission("manage webhooks")
    who, do = require_user().email, forms.chosen("do", tuple(ACTS))
    try:
        with writing() as db:
            info = webhooks.by_public_id(db, public_id) or abort(404)
            _do(db, info, do)
            _note(db, info.webhook, ACTS[do], who)
    except (BadWebhook, BadParameter, TooManyAlerts) as problem:
        return _page(public_id, problem=_sentence(problem), status=422)
    if do == "rotate":
        return _page(public_id, show_key=True, done="For a day messages are signed with the old key, too.")
    if do == "remove":
        return as_response(redirect(url_for("webhooks.index", removed=1), code=303))
    return as_response(redirect(url_for("webhooks.show", public_id=public_id, done=do), code=303))


def _do(db: Session, info: WebhookInfo, do: str) -> None:
    webhook, digests = info.webhook, world().digest_schedule
    if webhook.configured_as is not None and do in {"follow", "stop", "remove", "rotate"}:
        raise BadWebhook("it stands in the configuration file; change it there")
    if do == "test":
        ledger.ping(db, now(), webhook)
    elif do == "pause":
        ledger.pause(db, webhook)
    elif do == "resume":
        ledger.resume(db, now(), webhook)
    elif do == "rotate":
        ledger.rotate(db, now(), webhook)
    elif do == "follow":
        ledger.follow(db, now(), webhook, forms.field("search", 2000), forms.chosen("what", WHAT))
    elif do == "stop":
        numbers = {one.id for one in followers.alerts_of(db, webhook.follower_id)}
        chosen = forms.field("alert")
        if not chosen.isdecimal() or int(chosen) not in numbers:
            abort(404)
        ledger.unfollow(db, now(), webhook, [int(chosen)], digests)
    else:
        ledger.remove(db, now(), webhook, digests)


def _index(typed: WebhookForm, *, problem: str | None = None, removed: bool = False, status: int = 200) -> Response:
    with reading() as db:
        rows = tuple(_row(info) for info in webhooks.webhooks(db))
    page = WebhooksPage(
        title="Webhooks", webhooks=rows, what=followers.WHAT, typed=typed, problem=problem, removed=removed
    )
    return render(page, status)


def _page(
    public_id: str,
    *,
    show_key: bool = False,
    done: str | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    with reading() as db:
        info = webhooks.by_public_id(db, public_id) or abort(404)
        alerts = tuple(followers.alerts_of(db, info.webhook.follower_id))
        messages = tuple(_message(row) for row in webhooks.last_messages(db, info.webhook))
    secret = world().settings.site.secret
    page = WebhookPage(
        title=info.webhook.name,
        webhook=_row(info),
        alerts=alerts,
        messages=messages,
        what=followers.WHAT,
        key=signing_key(secret, public_id, info.webhook.key_number) if show_key else None,
        done=done,
        problem=problem,
    )
    return render(page, status)


def _row(info: WebhookInfo) -> WebhookRow:
    row = info.webhook
    return WebhookRow(
        public_id=info.public_id,
        name=row.name,
        url=info.url,
        state=STATE[row.state],
        is_active=row.state is WebhookState.ACTIVE,
        troubled=row.state is WebhookState.SUSPENDED or row.failing_since is not None,
        health=_health(info),
        configured=row.configured_as is not None,
        by=row.created_by,
    )


def _health(info: WebhookInfo) -> str:
    row, told = info.webhook, []
    if row.answered_at is not None and row.answer:
        told.append(f"Last asked {dates.moment(row.answered_at)}: {row.answer}")
    else:
        told.append("Not asked yet")
    if row.accepted_at is not None:
        told.append(f"took its last message {dates.moment(row.accepted_at)}")
    if row.failing_since is not None:
        told.append(f"taking nothing since {dates.moment(row.failing_since)}")
    if row.retry_at is not None and row.state is WebhookState.ACTIVE and row.retry_at > now():
        told.append(f"asked again {dates.moment(row.retry_at)}")
    if info.waiting:
        told.append(f"{dates.counted(info.waiting, 'message')} waiting")
    if info.given_up:
        told.append(f"{dates.counted(info.given_up, 'message')} given up")
    return "; ".join(told)


def _message(row: Delivery) -> MessageRow:
    return MessageRow(
        about=row.occasion.value.replace("_", " "),
        state=STATES[row.state],
        tries=row.tries,
        at=dates.moment(row.sent_at or row.owed_at),
        error=row.error,
    )


def _sentence(problem: Exception) -> str:
    words = str(problem)
    return f"{words[:1].upper()}{words[1:]}."


def _allowed() -> frozenset[str]:
    return frozenset(world().settings.fetch.allow_private)


def _note(db: Session, webhook: Webhook, action: str, who: str) -> None:
    audit.write(db, now(), actor=who, action=action, subject=f"webhook:{webhook.id}", new=webhook.name)
