"""What a reading gives and the record does not keep: questions, and reported speech that states nothing.

"spoke about the bridge" and "a membership of Ulmia" name what was spoken about; "what she thought of the summit" is what
somebody asked. None of them can be held against anybody. The reader still gives them, with their cue and speaker, to
whoever asks it what a text attributes.
"""

import re
from functools import lru_cache

from tracker.languages.data import Language, of_all
from tracker.speech.types import Quote

FEWEST_WORDS = 4
"""Of reported speech that is kept as a statement; the shortest that readers labelled as one by hand has five."""
_ROLE_BEHIND = re.compile(r"[(,]\s*([^(),]+)\)?$")
"""Find a role behind a name: "Jo Park (moderator)", "JO PARK, HOST"."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[.,;:]")


def is_kept(text: str, quote: Quote, language: Language | None) -> bool:
    """Whether a quote of a text can become a statement of the record."""
    return not is_question(quote) and not (
        quote.kind == "indirect" and _states_nothing(text[quote.start : quote.end], language)
    )


def is_question(quote: Quote) -> bool:
    """Whether a turn is of somebody who only asks or gives the word: an unnamed "Q", a moderator, named or not."""
    if quote.kind != "turn" or quote.speaker is None:
        return False
    label = quote.speaker.text.strip(" :.*").casefold()
    role = (quote.speaker.role or "").casefold()
    if label in _askers() or role == "questioner" or label in _moderators():
        return True
    behind = [found[1] for words in (label, role) if (found := _ROLE_BEHIND.search(words))]
    return not _moderators().isdisjoint((role, *behind))


@lru_cache(maxsize=1)
def _moderators() -> frozenset[str]:
    """Labels of those who only give the word, in every language; who holds an office besides may say something."""
    return of_all(lambda language: language.transcripts.moderators) - of_all(lambda known: known.transcripts.offices)


@lru_cache(maxsize=1)
def _askers() -> frozenset[str]:
    """Labels of those who only ask, in every language: a short transcript may be taken for one in another."""
    return of_all(lambda language: language.transcripts.questioners)


def _states_nothing(words: str, language: Language | None) -> bool:
    """Whether reported words are too few, have no verb that states, or are what somebody asked."""
    if len(words.split()) < FEWEST_WORDS:
        return True
    if language is None or not language.grammar.finite_verbs:
        return False  # in these languages the reader gives whole sentences
    found = [word.lower().replace("’", "'") for word in _WORD.findall(words)]
    first = found[0] if found else ""
    if first in language.grammar.question_words and "," not in found:
        return not _states_what(found, language)
    if first in language.that:
        return False
    return not any(_may_be_finite(word, language) for word in found)


def _states_what(words: list[str], language: Language) -> bool:
    """Whether a clause such as "what we need is peace" says of something what it is."""
    return any(word in language.grammar.states_what for word in words[2:])


@lru_cache(maxsize=4096)
def _may_be_finite(word: str, language: Language) -> bool:
    """Whether a word may be the verb of a clause, or its subject where that is a pronoun: both make it one."""
    grammar = language.grammar
    if word in grammar.finite_verbs or word in grammar.subjects:
        return True
    return "'" not in word and word.endswith(grammar.finite_endings)  # "Ulmia's" is an owner
