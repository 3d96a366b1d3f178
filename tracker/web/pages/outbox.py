"""The outbox: what is owed, what did not go, and which addresses and webhooks get nothing any more. For colleagues."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from flask import Blueprint, Response

from tracker.alerts import queries
from tracker.alerts.queries import OutboxStatus, TroubledMail, notices, webhooks
from tracker.web import forms
from tracker.web.context import can, now, reading, render
from tracker.web.security import require_permission
from tracker.web.views import dates
from tracker.web.views.outbox import STATES

LATELY = timedelta(days=7)

pages = Blueprint("outbox", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubledRow:
    """A mail that did not go."""

    address: str
    occasion: str
    state: str
    tries: int
    due: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedRow:
    """An address that gets nothing any more."""

    address: str
    reason: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """What operators were told."""

    words: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPage:
    """Answers: are the mails going out, and whom do they not reach."""

    template: ClassVar[str] = "outbox.html"
    section: ClassVar[str] = "runs"
    title: str
    status: OutboxStatus
    oldest: str | None
    counts: tuple[tuple[str, int], ...]
    troubled: tuple[TroubledRow, ...]
    suspended: tuple[SuspendedRow, ...]
    notices: tuple[NoticeRow, ...]
    silent: tuple[str, ...]
    """The webhooks that take nothing at present, by name."""
    may_manage: bool
    """Whether the visitor may open their page."""


@pages.get("/outbox")
def index() -> Response:
    """How the outbox stands."""
    require_permission("see job runs")
    forms.only()
    with reading() as db:
        status, counts = queries.outbox_status(db, now()), queries.by_state(db, now() - LATELY)
        troubled, suspended = queries.troubled(db), queries.suppressed(db)
        told = notices.latest(db)
        silent = [one.webhook for one in webhooks.webhooks(db) if one.webhook.failing_since is not None]
    page = OutboxPage(
        title="Outbox",
        status=status,
        oldest=dates.moment(status.oldest_due) if status.oldest_due else None,
        counts=tuple((words, counts[state]) for state, words in STATES.items() if state in counts),
        troubled=tuple(map(_row, troubled)),
        suspended=tuple(
            SuspendedRow(address=masked(one.address_folded), reason=one.reason, since=dates.moment(one.since))
            for one in suspended
        ),
        notices=tuple(NoticeRow(words=one.words, at=dates.moment(one.at)) for one in told),
        silent=tuple(f"{one.name} ({one.state.value}; {one.answer})" for one in silent),
        may_manage=can("manage webhooks"),
    )
    return render(page)


def masked(address: str) -> str:
    """An address as colleagues see it: enough to recognise, not to write to."""
    name, _, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


def _row(mail: TroubledMail) -> TroubledRow:
    return TroubledRow(
        address=f"Webhook “{mail.webhook}”" if mail.webhook else masked(mail.address),
        occasion=mail.occasion.replace("_", " "),
        state=STATES[mail.state],
        tries=mail.tries,
        due=dates.moment(mail.due_at),
        error=mail.error,
    )
