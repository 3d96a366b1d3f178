"""Writes of whether a statement is on a topic: what the rules leave to a person, and what a person says."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from tracker import audit
from tracker.decisions import Journal
from tracker.positions import matching
from tracker.positions.border import Border, border_of
from tracker.positions.models import ClaimTopic, Topic, TopicBorder
from tracker.positions.passage import Passage
from tracker.speech.models import Claim

ASKED = 4
"""As far from the border (`Border.distance`) a person is asked; farther there is next to nothing to find, or to take off."""
LONGEST_RECORD = 10**10
"""More than there are statements: within one distance the newest comes first."""


def border_now(passage: Passage, topic: Topic, found: matching.Match | None) -> Border | None:
    """How near a statement stands to the border of a topic by the rules in force, where that is near enough to ask.

    Nothing is asked of a document that has neither all words of a phrase nor all names of the topic.
    """
    rule = matching.rule_of(topic.name, topic.description, topic.rules)
    if found is None and not matching.may_concern(passage, rule):
        return None
    border = border_of(passage, rule, found)
    return border if border is not None and border.distance <= ASKED else None


def keep_borders(session: Session, claim: Claim, found: Iterable[tuple[str, Border | None]]) -> None:
    """Let the borders at which a statement stands be these, for each topic named; what is so already is not written."""
    told = dict(found)
    if not told:
        return
    rows = session.exec(
        select(TopicBorder).where(TopicBorder.claim_id == claim.id, col(TopicBorder.topic_id).in_(told))
    )
    stored = {row.topic_id: row for row in rows}
    for topic_id, border in told.items():
        row = stored.get(topic_id)
        if border is None:
            if row is not None:
                session.delete(row)
            continue
        place = border.distance * LONGEST_RECORD + (LONGEST_RECORD - claim.id)
        row = row or TopicBorder(claim_id=claim.id, topic_id=topic_id, place=place, reason="")
        row.place, row.reason, row.matched = place, border.reason, list(border.terms)
        session.add(row)


def decide_link(  # noqa: PLR0913 - a decision is who, which claim, which topic, what, and why
    session: Session, now: datetime, journal: Journal, *, by: str, claim_id: int, topic_id: str, is_about: bool,
    matched: Iterable[str] = (), note: str | None = None,
) -> None:  # fmt: skip
    """Write a person's word that a statement is, or is not, about a topic; no rule changes it any more."""
    link = session.exec(
        select(ClaimTopic).where(ClaimTopic.claim_id == claim_id, ClaimTopic.topic_id == topic_id)
    ).first()
    if link is None:
        link = ClaimTopic(
            claim_id=claim_id, topic_id=topic_id, matched=list(matched), by_hand=True, removed=not is_about
        )
        journal.made(link, {"removed": True, "by_hand": False})
    else:
        journal.set(link, removed=not is_about, by_hand=True)
    audit.write(
        session, now, actor=by, action="put on a topic" if is_about else "taken off a topic",
        subject=f"claim:{claim_id}", field=topic_id, new="on it" if is_about else "not on it", reason=note,
    )  # fmt: skip
