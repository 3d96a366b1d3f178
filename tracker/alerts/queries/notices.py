"""How the service does, subject by subject, as operators are told: each source, collecting as a whole, mail, each webhook."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.alerts.models import Notice, WebhookState
from tracker.alerts.queries import outbox_status, webhooks
from tracker.alerts.queries.service_health import collecting_problem, in_words, mail_problem
from tracker.archive import queries as archive
from tracker.archive.models import Document, Source, SourceKind, State
from tracker.speech import phrasing

WELL = "well"
TROUBLE = "in trouble"
FAILED_TWICE = 2
"""A source is told of after so many fetches in vain: one is not worth a mail."""
TOLD = frozenset({State.STALE, State.MOVED})
"""States of a source that is read, and that a person should see to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a subject is now."""

    about: str
    state: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeItem:
    """A notice in words."""

    words: str
    when: str


def findings(session: Session, now: datetime, silence: timedelta | None) -> list[Finding]:
    """How each subject is; `silence` is how long nothing new may come in, None for as long as you like."""
    return [
        *_sources(session),
        _collecting(session, now, silence),
        _mail(session, now),
        *_webhooks(session),
    ]


def standing(session: Session) -> dict[str, Notice]:
    """The newest notice of each subject."""
    newest = select(sa.func.max(col(Notice.id))).group_by(col(Notice.about))
    return {row.about: row for row in session.exec(select(Notice).where(col(Notice.id).in_(newest)))}


def latest(session: Session, limit: int = 20) -> Sequence[Notice]:
    """What was told last, the newest first."""
    return session.exec(select(Notice).order_by(col(Notice.id).desc()).limit(limit)).all()


def by_id(session: Session, notice_ids: Sequence[int]) -> Sequence[Notice]:
    """These notices, in the order in which they were noted."""
    return session.exec(select(Notice).where(col(Notice.id).in_(notice_ids)).order_by(col(Notice.id))).all()


def notice_item(row: Notice) -> NoticeItem:
    """A notice as the mail shows it."""
    return NoticeItem(words=row.words, when=f"{phrasing.short_day(row.at.date())}, {row.at:%H:%M} UTC")


def _sources(session: Session) -> Iterator[Finding]:
    rows = session.exec(select(Source).where(col(Source.kind) != SourceKind.HAND).order_by(Source.id))
    for source in rows:
        about, name = f"source:{source.id}", f"Source “{source.name}”"
        if source.state is None or not source.enabled:
            continue
        if source.is_failing and source.failures < FAILED_TWICE:
            continue
        if source.is_failing or source.state in TOLD:
            detail = f": {source.detail}" if source.detail else ""
            yield Finding(
                about=about, state=source.state.value, words=f"{name} is in state “{source.state.value}”{detail}"
            )
        else:
            yield Finding(about=about, state=WELL, words=f"{name} is read well again")


def _collecting(session: Session, now: datetime, silence: timedelta | None) -> Finding:
    collection = archive.collection(session)
    problem = collecting_problem(collection, now)
    if problem is None and silence and collection.sources:
        newest = session.exec(
            select(sa.func.max(col(Document.first_seen_at)))
            .join(Source, col(Source.id) == col(Document.source_id))
            .where(col(Source.kind) != SourceKind.HAND)
        ).one()
        since = newest or collection.since
        if since is not None and now - since >= silence:
            problem = f"nothing new came in from any source for {in_words(now - since)}"
    return _one("collecting", problem, "Collecting goes on")


def _mail(session: Session, now: datetime) -> Finding:
    return _one("mail", mail_problem(outbox_status(session, now), now), "Mails go out again")


def _webhooks(session: Session) -> Iterator[Finding]:
    for info in webhooks.webhooks(session):
        row = info.webhook
        suspended = row.state is WebhookState.SUSPENDED
        problem = f"webhook “{row.name}” was suspended: it {row.answer}" if suspended else None
        yield _one(f"webhook:{row.id}", problem, f"Webhook “{row.name}” was resumed")


def _one(about: str, problem: str | None, otherwise: str) -> Finding:
    if problem is None:
        return Finding(about=about, state=WELL, words=otherwise)
    return Finding(about=about, state=TROUBLE, words=f"{problem[:1].upper()}{problem[1:]}")
