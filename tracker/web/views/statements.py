"""Statements as lists of several topics show them."""

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.speech import queries as speech
from tracker.web.views.cards import Card, card
from tracker.web.views.evidence import confirmed_only


def statement_cards(db: Session, ids: list[int]) -> list[Card]:
    """Statements with the coding on their first topic, in this order."""
    topics, codings = positions.topics_of(db, ids), positions.codings(db, ids, confirmed=confirmed_only())
    scales = {one.id: positions.topic(db, one.id) for found in topics.values() for one in found[:1]}
    cards = []
    for one in speech.in_order(db, ids):
        about = topics.get(one.id, [])
        subject = scales.get(about[0].id) if about else None
        coded = codings.get((one.id, about[0].id)) if about else None
        steps = subject.steps.get(coded.scale or 0, ()) if subject and coded else ()
        cards.append(card(one, coded, steps, about))
    return cards
