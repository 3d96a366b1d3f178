"""The words of a statement's card marked that made it one of its topics."""

from collections.abc import Sequence
from dataclasses import replace

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.matched_words import mark
from tracker.positions.matching import rule_of
from tracker.positions.models import Topic
from tracker.positions.passage import Passage
from tracker.web.views.cards import Card


def mark_topics(db: Session, claim_id: int, made: Card) -> Card:
    """A statement's card, marked where its words met the terms that are kept with its topics."""
    topics = {one.id: one for one in positions.topics_of(db, [claim_id]).get(claim_id, [])}
    met = [
        (rule_of(topic.name, topic.description, topic.rules), link.matched)
        for link in positions.claim_topics(db, claim_id)
        if link.matched and (topic := topics.get(link.topic_id))
    ]
    if not met:
        return made
    code = Passage(text=made.words.text, language=made.lang).code
    return replace(made, words=replace(made.words, runs=mark(made.words.text, code, *met)))


def mark_border(made: Card, topic: Topic, matched: Sequence[str]) -> Card:
    """A statement's card, marked where its words met the terms that speak for a topic."""
    code = Passage(text=made.words.text, language=made.lang).code
    rule = rule_of(topic.name, topic.description, topic.rules)
    return replace(made, words=replace(made.words, runs=mark(made.words.text, code, (rule, matched))))
