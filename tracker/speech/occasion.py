"""Where words were said, as the reporting clause tells it: "in an interview with Nord TV", "on Telegram".

Only the sentence that reports is read, and never the words that were said: what somebody says of an interview is not
where they said it. The venue is the text's own words; the channel is one of a few kinds.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from tracker.languages.data import Language
from tracker.languages.letters import CAPITAL
from tracker.languages.phrases import either
from tracker.speech.types import Quote, Span

REACH = 400
"""Code points before and behind a reporting verb within which its sentence is read."""
PLATFORMS = (
    "Twitter", "X", "Telegram", "Facebook", "Instagram", "Truth Social", "TikTok", "YouTube", "Bluesky", "Mastodon",
    "LinkedIn", "VKontakte", "Weibo", "Threads",
)  # fmt: skip
"""Names of platforms, the same in every language that is written in Latin letters."""
_NAME = rf"{CAPITAL}[\w’'&\-]*(?:\.\w+)*"
_END = re.compile(r"[.!?](?=\s|$)|\n")


@dataclass(frozen=True, slots=True)
class ReportedVenue:
    """A kind of occasion ("interview", "press conference", …) and the words that name it, as a place in the text."""

    channel: str
    venue: Span


def occasion_of(text: str, quote: Quote, language: Language | None) -> ReportedVenue | None:
    """Where a quote was said; None where its reporting sentence does not tell, or tells two places."""
    if language is None or quote.cue is None:
        return None
    start, end = _sentence(text, quote)
    clause = list(text[start:end])
    for first, last in quote.spans:
        told = _told_from(text, quote.cue, (first, last), language)
        for place in range(max(told, start), min(last, end)):
            clause[place - start] = "\x00"  # the words themselves, and nothing that joins what stands around them
    found: list[ReportedVenue] = []
    for channel, pattern in _patterns(language):
        for match in pattern.finditer("".join(clause)):
            venue = (start + match.start("venue"), start + match.end("venue"))
            if not any(_overlap(venue, other.venue) for other in found):  # "an interview with Nord TV" is no broadcast
                found.append(ReportedVenue(channel, venue))
    return found[0] if len({one.channel for one in found}) == 1 else None


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _told_from(text: str, cue: Span, span: Span, language: Language) -> int:
    """Where the words begin in a stretch that holds its own reporting verb, as whole sentences do: behind the next comma."""
    first, last = span
    if not first <= cue[0] < last:
        return first
    comma = re.compile(rf"[,:]|\b(?:{either(language.that)})\b" if language.that else "[,:]").search(text, cue[1], last)
    return comma.end() if comma else last


def _sentence(text: str, quote: Quote) -> Span:
    """The code points of the sentence around the reporting verb; marks inside the quote end none."""
    first, last = quote.cue or (quote.start, quote.end)
    inside = list(quote.spans)
    start, end = max(0, first - REACH), min(len(text), last + REACH)
    for match in _END.finditer(text, start, first):
        if not any(a <= match.start() < b for a, b in inside):
            start = match.end()
    for match in _END.finditer(text, last, end):
        if not any(a <= match.start() < b for a, b in inside):
            return start, match.start()
    return start, end


@lru_cache(maxsize=16)
def _patterns(language: Language) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """For each channel what finds its occasion: a preposition, a few words, the occasion, with whom and where."""
    words = language.venues
    at, tails = either(words.prepositions), either(words.joined_by)
    if not words.prepositions:
        return ()
    # Not a word of time, and no other preposition: "on Friday in what they call".
    times = either({*language.weekdays, *language.months, *words.prepositions})
    name = rf"(?!(?i:{times})\b){_NAME}"
    more = rf"(?:\s+(?:{name}|\w{{2,3}}(?=\s+{name}))){{0,5}}"
    tail = rf"(?:\s+(?:{tails})\s+(?:\w{{1,3}}\s+)?{name}{more}){{0,2}}" if tails else ""
    kinds = {
        "interview": words.interview, "press conference": words.press_conference, "speech": words.speech,
        "call": words.call, "statement": words.statement, "broadcast": words.broadcast,
    }  # fmt: skip
    between = rf"(?:(?!(?i:{times})\b)[^\W\d][\w]*(?:[\s\-]+|(?<=\w)['’])){{0,3}}?"
    found = [
        (channel, re.compile(rf"(?<!\w)(?i:{at})(?:\s+|(?<=['’]))(?P<venue>{between}(?i:{either(named)})(?!\w){tail})"))
        for channel, named in kinds.items()
        if named
    ]
    platforms = either((*PLATFORMS, *words.platforms))
    posted = re.compile(rf"(?<!\w)(?i:{at})\s+(?:\w{{1,3}}\s+)?(?P<venue>{platforms})(?![\w.’'\-])")
    return (*found, ("post", posted))
