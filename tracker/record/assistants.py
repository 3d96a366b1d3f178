"""The public record as an assistant may ask it: verbatim words with day, source and address, so that a model can cite.

Each answer is plain JSON. Nothing but shown statements is given, and nothing can be changed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.archive.urls import on_the_web
from tracker.db import Session
from tracker.positions.queries import searches
from tracker.positions.queries.searches import SearchOrder
from tracker.record import bundle, export
from tracker.speech import phrasing
from tracker.speech import queries as speech
from tracker.speech.citations import CitedStatement, newsroom
from tracker.speech.models import Precision, QuoteKind
from tracker.speech.search.grammar import LONGEST
from tracker.speech.search.parameters import read_query
from tracker.speech.states import HIDDEN
from tracker.speech.types import Polarity
from tracker.speech.wording import fold

MOST = 25
"""Statements in one answer; `next` leads on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSite:
    """Where the record stands: its name and address, and the day on which it is asked."""

    name: str
    address: str
    today: date


def search(  # noqa: PLR0913 - the fields of a search
    session: Session,
    site: PublicSite,
    *,
    query: str = "",
    speaker: str = "",
    topic: str = "",
    said_from: str = "",
    said_to: str = "",
    order: str = "said-newest",
    cursor: str | None = None,
) -> dict[str, Any]:
    """Statements that a query of the search finds. Raises `BadParameter`, and ValueError for a place or order there is not."""
    told = {"q": [query], "speaker": [speaker], "topic": [topic], "said_from": [said_from], "said_to": [said_to]}
    asked = read_query(told)
    found = searches.hits(session, asked, SearchOrder(order), cursor, size=MOST)
    total = searches.count(session, asked)
    return {
        "total": min(total, searches.MOST_COUNTED),
        "more_than_total": total > searches.MOST_COUNTED,
        "problems": list(asked.problems),
        "next": found.cursor,
        "statements": _cited(session, site, list(found.claim_ids)),
    }


def statement(session: Session, site: PublicSite, public_id: str) -> dict[str, Any] | None:
    """One statement with every place where it stands; that into which a merged one went; None where none is shown."""
    claim = speech.claim(session, public_id)
    claim = speech.survivor(session, claim) if claim is not None else None
    if claim is None or claim.status in HIDDEN:
        return None
    (cited,) = _cited(session, site, [claim.id])
    (row,) = export.claims_by_id(session, [claim.id])
    return {**cited, "record": row}


def line_up(session: Session, site: PublicSite, topic_id: str, event_id: str) -> dict[str, Any] | None:
    """What each speaker said before and after an event, by confirmed codings; None where there is no such line-up."""
    subject = bundle.lineup_subject(session, topic_id, event_id)
    if subject is None or subject.lineup is None:
        return None
    keys = {row[side] for row in subject.lineup["rows"] for side in ("before", "after") if row[side]}
    numbers = {public: number for number, public in speech.public_ids(session, subject.claim_ids).items()}
    quotes = {one["id"]: one for one in _cited(session, site, [numbers[key] for key in sorted(keys)])}
    rows = [
        {**row, "before": quotes.get(row["before"] or ""), "after": quotes.get(row["after"] or "")}
        for row in subject.lineup["rows"]
    ]
    address = f"{site.address}/t/{topic_id}/around/{event_id}"
    return {**subject.lineup, "rows": rows, "address": address}


def first_said(session: Session, site: PublicSite, phrase: str) -> dict[str, Any]:
    """Who said a phrase, word for word: the first dated statement of each speaker, in the order of days."""
    words = fold(phrase[:LONGEST])
    asked = read_query({"q": [f'"{words}"']})
    first: dict[str, int] = {}
    cursor: str | None = None
    while len(first) < MOST:
        found = searches.hits(session, asked, SearchOrder.OLDEST, cursor)
        dated = [one for one in speech.in_order(session, list(found.claim_ids)) if one.said_from and one.speaker]
        for one in dated:
            if words in fold(one.text) and one.speaker is not None:
                first.setdefault(one.speaker.name, one.id)
        cursor = found.cursor
        if cursor is None or not dated:
            break
    return {"phrase": phrase, "speakers": _cited(session, site, list(first.values())[:MOST])}


def _cited(session: Session, site: PublicSite, claim_ids: list[int]) -> list[dict[str, Any]]:
    rows = export.claims_by_id(session, claim_ids)
    found = zip(speech.in_order(session, claim_ids), rows, strict=True)
    return [_statement(site, one.said_from, one.said_to, one.said_precision, row) for one, row in found]


def _statement(
    site: PublicSite, first: date | None, last: date | None, precision: Precision, row: dict[str, Any]
) -> dict[str, Any]:
    """A statement as it is to be quoted: the exact words, and a citation that names everything."""
    words = phrasing.show_words(row["text"], QuoteKind(row["kind"]), Polarity(row["polarity"])).plain
    place = row["appearances"][0] if row["appearances"] else {}
    cited = CitedStatement(
        key=row["claim"],
        words=words,
        speaker=row["speaker"],
        role=row["role"],
        first=first,
        last=last,
        precision=precision,
        place=", ".join(part for part in (row["channel"], row["venue"]) if part) or None,
        outlet=place.get("outlet"),
        url=on_the_web(place.get("url")),
        archived=f"{site.address}/snapshots/{place['snapshot']}" if place else None,
        permalink=f"{site.address}/c/{row['claim']}",
        site=site.name,
        accessed=site.today,
    )
    return {
        "id": row["claim"],
        "words": words,
        "kind": row["kind"],
        "polarity": row["polarity"],
        "speaker": row["speaker"],
        "role": row["role"],
        "said": {**row["said"], "words": phrasing.said(first, last, precision)[0]},
        "question": row["question"],
        "positions": [
            {"topic": one["topic"], "position": one["position"], "step": one["step"], "state": one["state"]}
            for one in row["codings"]
        ],
        "sources": list(dict.fromkeys(url for one in row["appearances"] if (url := on_the_web(one["url"])))),
        "permalink": cited.permalink,
        "citation": newsroom(cited),
    }
