"""A quotation behind what somebody does: "Asked about it, Lind laughed. “…”" is hers or nobody's, never the one's before."""

from __future__ import annotations

from tracker.languages.data import Language
from tracker.speech.draft import Draft
from tracker.speech.people.names import plain, stop_words
from tracker.speech.tokens.tokens import LOWER, QUOTE, TITLE, UPPER, Tokens


def acts_before(doc: Tokens, language: Language | None, sentence: int, previous: Draft) -> bool:
    """Whether the sentence before, in the same paragraph, lets somebody act who is not the last speaker."""
    if sentence == 0 or doc.paragraph[sentence] != doc.paragraph[sentence - 1]:
        return False
    first, end = doc.sentences[sentence - 1]
    if previous.spans and previous.spans[-1][1] > doc.starts[first]:
        return False  # the last speaker's own sentence
    if any(doc.shapes[i] == QUOTE for i in range(first, end)):
        return False
    actor = _actor(doc, language, first, end)
    if actor is None:
        return False
    spoke = doc.text[slice(*previous.source)].lower() if previous.source else ""
    return doc.words[actor] not in spoke


def _actor(doc: Tokens, language: Language | None, first: int, end: int) -> int | None:
    """The last word of the name that opens the sentence, or its main clause behind a comma."""
    stop = stop_words(language)
    known = language.weekdays.keys() | language.months.keys() if language else set()
    for start in range(first, end - 1):
        if start != first and doc.words[start - 1] != ",":
            continue
        last = start
        while last < end and doc.shapes[last] in (TITLE, UPPER) and plain(doc.words[last]) not in stop | known:
            last += 1
        if last > start and last < end and doc.shapes[last] == LOWER:
            return last - 1
    return None
