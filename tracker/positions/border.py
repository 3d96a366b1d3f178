"""How near a statement stands to the border of a topic: found by little, or missed by little, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from tracker.positions import matching
from tracker.positions import passage as words
from tracker.positions.matching import Phrase, TopicRule
from tracker.positions.passage import CLOSE, NEAR, Passage, WordIndex

FOUND_BY_LITTLE = {
    matching.IN_DESCRIPTION: 1, matching.NAMES_TIED: 2, matching.WITH_DOCUMENT: 3, matching.IN_QUESTION: 4,
    matching.WITH_CONTEXT: 5, matching.IN_TEXT: 1,
}  # fmt: skip
"""How near to the border a step brings a statement: 1 is nearest."""
FAR_APART, LEFT_OUT, LACKS_NEEDED, LACKS_NAMES, TOO_FAR, LACKS_WORD, LACKS_HALF = 6, 1, 2, 2, 3, 4, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """How near to the border (1 is nearest), why in plain words, and the terms that count for it."""

    distance: int
    reason: str
    terms: tuple[str, ...]


def border_of(passage: Passage, rule: TopicRule, found: matching.Match | None) -> Border | None:
    """Why a statement is found, or missed, by little; None where it is neither."""
    return _found_by(passage, rule, found.terms) if found else _missed_by(passage, rule)


def _found_by(passage: Passage, rule: TopicRule, terms: Sequence[str]) -> Border | None:
    met = [matching.phrase_of(term, rule) for term in terms]
    own = [phrase for phrase, step in met if not step]
    if not own:
        distance = max(FOUND_BY_LITTLE[step] for _, step in met)
        return Border(distance=distance, reason=f"found by {_listed(terms)} only", terms=tuple(terms))
    text = words.index(passage.text, passage.code)
    if any(phrase.exact or words.are_near([text.where(one) for one in phrase.wanted], CLOSE) for phrase in own):
        return None
    reason = f"found by {_listed(terms)}, whose words stand {CLOSE} or more words apart"
    return Border(distance=FAR_APART, reason=reason, terms=tuple(terms))


def _missed_by(passage: Passage, rule: TopicRule) -> Border | None:
    context = words.index(f"{passage.context}\n{passage.text}" if passage.context else passage.text, passage.code)
    out = [phrase.written for phrase in rule.none if matching.holds(context, phrase)]
    if out and (found := matching.match(passage, replace(rule, none=()))):
        return Border(distance=LEFT_OUT, reason=f"left out by {_listed(out)}", terms=found.terms)
    if rule.every and rule.any and (found := matching.match(passage, replace(rule, every=(), names=()))):
        lacks = [phrase.written for phrase in rule.every if not matching.match(passage, _only(rule, phrase))]
        return Border(distance=LACKS_NEEDED, reason=f"lacks {_listed(lacks)}, which it needs", terms=found.terms)
    if rule.names and _has_lone(passage, rule) and (found := matching.match(passage, replace(rule, names=()))):
        names = _listed([one.word for one in rule.names])
        reason = f"found by {_listed(found.terms)} alone, and too little of {names} stands around it"
        return Border(distance=LACKS_NAMES, reason=reason, terms=found.terms)
    text = words.index(passage.text, passage.code)
    near = (one for phrase in (*rule.any, *rule.every) if (one := _nearly_met(text, phrase)))
    return min(near, key=lambda one: one.distance, default=None)


def _has_lone(passage: Passage, rule: TopicRule) -> bool:
    both = words.index(f"{passage.context}\n{passage.text}" if passage.context else passage.text, passage.code)
    return any(phrase.is_lone and matching.holds(both, phrase) for phrase in rule.any)


def _only(rule: TopicRule, phrase: Phrase) -> TopicRule:
    return replace(rule, every=(phrase,), any=(), none=())


def _nearly_met(text: WordIndex, phrase: Phrase) -> Border | None:
    """Why a phrase is met by little not: its words stand too far apart, or one is missing."""
    if phrase.exact or len(phrase.wanted) < 2:  # noqa: PLR2004 - a phrase of one word stands there or does not
        return None
    missing = list(islice((want for want in phrase.wanted if not text.where(want)), 2))
    if not missing:
        reason = f"the words of “{phrase.written}” stand more than {NEAR} words apart"
        return Border(distance=TOO_FAR, reason=reason, terms=(phrase.written,))
    if len(missing) > 1 or (not any(map(text.where, phrase.links or phrase.names)) and len(phrase.wanted) == 2):  # noqa: PLR2004
        return None
    distance = LACKS_HALF if len(phrase.wanted) == 2 else LACKS_WORD  # noqa: PLR2004 - half of two words
    reason = f"“{missing[0].word}” of “{phrase.written}” is missing"
    return Border(distance=distance, reason=reason, terms=(phrase.written,))


def _listed(terms: Sequence[str]) -> str:
    return ", ".join(f"“{term}”" for term in terms)
