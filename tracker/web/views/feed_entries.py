"""What a feed tells of a statement or a shift: all of it, so that no reader of a feed need come here to know what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.db import Session
from tracker.positions.queries import ShiftRow
from tracker.record import export
from tracker.speech import phrasing
from tracker.speech import queries as speech
from tracker.speech.display import xml_text
from tracker.speech.queries import Statement
from tracker.web.context import absolute_url
from tracker.web.views.cards import Card, speaker_name, statement_label
from tracker.web.views.shifts import shift_line
from tracker.web.views.statements import statement_cards


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed: plain text throughout."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    author: str
    text: str
    tags: tuple[str, ...] = ()
    record: dict[str, Any] | None = None
    """The statement as the interface gives it, for feeds that programs read."""


def statement_entries(db: Session, claim_ids: Sequence[int], *, whole: bool = False) -> tuple[FeedEntry, ...]:
    """Entries of these statements, in this order; `whole` ones carry the interface's object, too."""
    ids = list(claim_ids)
    rows = {row["claim"]: row for row in export.claims_by_id(db, ids)}
    cards = {card.public_id: card for card in statement_cards(db, ids)}
    return tuple(_statement(one, cards[one.public_id], rows[one.public_id], whole) for one in speech.in_order(db, ids))


def shift_entry(one: ShiftRow) -> FeedEntry:
    """The entry of a shift: both statements and the verdict on them."""
    line = shift_line(one)
    address = absolute_url(f"/c/{one.after.public_id}")
    days = f"Said {line.days}.\n\n" if line.days else ""
    return FeedEntry(
        id=f"{address}#shift-{one.shift.id}",
        title=xml_text(f"{line.name} {line.words}"),
        link=address,
        published=one.shift.signed_at or one.shift.at,
        updated=one.shift.signed_at or one.shift.at,
        author=xml_text(line.name),
        text=xml_text(f"{days}Before: {_words(one.before)}\n\nAfter: {_words(one.after)}"),
    )


def _statement(one: Statement, card: Card, row: dict[str, Any], whole: bool) -> FeedEntry:  # noqa: FBT001 - internal
    address = absolute_url(f"/c/{one.public_id}")
    return FeedEntry(
        id=address,
        title=xml_text(statement_label(one)),
        link=address,
        published=one.created_at,
        updated=one.updated_at,
        author=xml_text(speaker_name(one).words),
        text=xml_text("\n".join(_lines(one, card, row))),
        tags=tuple(xml_text(topic.name) for topic in card.topics),
        record=row if whole else None,
    )


def _lines(one: Statement, card: Card, row: dict[str, Any]) -> list[str]:
    """The words, then a line for each thing that is known of them."""
    where = ", ".join(part for part in (one.channel, one.venue) if part)
    sources = [
        f"{place['outlet'] or 'outlet not recorded'}{' ' + place['url'] if place['url'] else ''}"
        for place in row["appearances"]
    ]
    told = {
        "Speaker": ", ".join(part for part in (card.name.words, card.role) if part),
        "Said": f"{card.said.words} ({card.said.tag})",
        "Where": where,
        "Asked": one.question or "",
        "Positions": "; ".join(
            f"{'' if coding['step'] is None else coding['step']} {coding['position']} ({coding['state']})".lstrip()
            for coding in row["codings"]
        ),
        "Sources": "; ".join(dict.fromkeys(sources)),
        "Corrected": card.correction.line if card.correction else "",
    }
    return [_words(one), "", *(f"{name}: {value}" for name, value in told.items() if value)]


def _words(one: Statement) -> str:
    return phrasing.show_words(one.text, one.kind, one.polarity).plain
