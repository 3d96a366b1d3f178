"""The outbox: what is owed by mail, what did not go, and which addresses get nothing any more. For colleagues."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from flask import Blueprint, Response

from tracker.alerts import queries
from tracker.alerts.models import DeliveryState
from tracker.alerts.queries import OutboxStatus, TroubledMail
from tracker.web import forms
from tracker.web.context import now, reading, render
from tracker.web.security import require_permission
from tracker.web.views import dates

LATELY = timedelta(days=7)
WORDS = {
    DeliveryState.OWED: "waiting",
    DeliveryState.TAKEN: "being sent",
    DeliveryState.SENT: "sent",
    DeliveryState.FAILED: "given up",
    DeliveryState.DROPPED: "not sent on purpose",
}

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


@pages.get("/outbox")
def index() -> Response:
    """How the outbox stands."""
    require_permission("see job runs")
    forms.only()
    with reading() as db:
        status, counts = queries.outbox_status(db, now()), queries.by_state(db, now() - LATELY)
        troubled, suspended = queries.troubled(db), queries.suppressed(db)
    page = OutboxPage(
        title="Outbox",
        status=status,
        oldest=dates.moment(status.oldest_due) if status.oldest_due else None,
        counts=tuple((words, counts[state]) for state, words in WORDS.items() if state in counts),
        troubled=tuple(map(_row, troubled)),
        suspended=tuple(
            SuspendedRow(address=masked(one.address_folded), reason=one.reason, since=dates.moment(one.since))
            for one in suspended
        ),
    )
    return render(page)


def masked(address: str) -> str:
    """An address as colleagues see it: enough to recognise, not to write to."""
    name, _, host = address.partition("@")
    return f"{name[:1]}•••@{host}"


def _row(mail: TroubledMail) -> TroubledRow:
    return TroubledRow(
        address=masked(mail.address),
        occasion=mail.occasion.replace("_", " "),
        state=WORDS[mail.state],
        tries=mail.tries,
        due=dates.moment(mail.due_at),
        error=mail.error,
    )
