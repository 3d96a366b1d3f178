"""From labelled words to utterances: one draft per cue, quotations without a cue joined to the one they continue."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tracker.languages.data import Language
from tracker.languages.outlets import outlets
from tracker.speech.draft import Draft
from tracker.speech.quotes.actions import acts_before
from tracker.speech.quotes.denials import mark_denials
from tracker.speech.quotes.recipients import mark_recipients
from tracker.speech.quotes.spokespeople import mark_spokespeople
from tracker.speech.tokens.marks import Region
from tracker.speech.tokens.tokens import LOWER, QUOTE, TITLE, UPPER, Tokens
from tracker.speech.types import Polarity, Span

LONG = 5
"""Words from which a quotation in double marks is taken without a cue: shorter ones are titles or scare quotes."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """What is known for one cue: (first, last) token pieces."""

    cue: tuple[int, int]
    source: list[tuple[int, int]]
    content: list[tuple[int, int]]

    def moved(self, by: int) -> Attribution:
        """The same in tokens of another text."""
        if not by:
            return self
        a, b = self.cue
        return Attribution(
            (a + by, b + by), [(a + by, b + by) for a, b in self.source], [(a + by, b + by) for a, b in self.content]
        )


def _nearest(pieces: list[tuple[int, int]], cue: tuple[int, int]) -> tuple[int, int] | None:
    if not pieces:
        return None
    return min(pieces, key=lambda p: min(abs(p[1] - cue[0]), abs(p[0] - cue[1])))


def _size(pieces: list[tuple[int, int]]) -> int:
    return sum(b - a + 1 for a, b in pieces)


ALONE = 2
"""Words of a sentence that is nothing but a quotation: itself and a full stop."""


def _cue(attribution: Attribution) -> int:
    return attribution.cue[0]


def outermost(found: list[Attribution], doc: Tokens | None = None) -> list[Attribution]:
    """Leave out what is reported inside another report: only the outer speaker is vouched for by the text.

    Not where a medium reports what somebody said: its words are those of whom it quotes.
    """
    found = sorted(found, key=_cue)
    if doc is not None:
        found = _without_media(found, doc)
    cues = [_cue(a) for a in found]
    held: dict[int, set[int]] = {}  # which reports hold the cue of each
    for number, attribution in enumerate(found):
        for a, b in attribution.content:
            for inner in range(bisect_left(cues, a), bisect_right(cues, b)):
                held.setdefault(inner, set()).add(number)
    kept = [a for n, a in enumerate(found) if all(o == n or (o in held and n in held[o]) for o in held.get(n, ()))]
    taken: set[int] = set()
    out = []
    for attribution in sorted(kept, key=lambda a: -_size(a.content)):
        words = {i for a, b in attribution.content for i in range(a, b + 1)}
        if len(words & taken) * 2 > len(words):
            continue
        taken |= words
        out.append(attribution)
    return sorted(out, key=lambda a: a.content[0])


def _without_media(found: list[Attribution], doc: Tokens) -> list[Attribution]:
    """Leave out reports of media that hold the report of somebody else: "Reuters reports that ..., the minister said"."""
    cues = [_cue(a) for a in found]
    out = []
    for attribution in found:
        inner = [
            found[n]
            for a, b in attribution.content
            for n in range(bisect_left(cues, a), bisect_right(cues, b))
            if found[n] is not attribution and found[n].source
        ]
        source = _nearest(attribution.source, attribution.cue)
        if not inner or source is None or not outlets(None).search(doc.text, *doc.span(*source)):
            out.append(attribution)
    return out


def drafts(doc: Tokens, regions: list[Region], found: list[Attribution], language: Language | None) -> list[Draft]:
    """The utterances of a text, in order of their cues, quotations without a cue linked or left without."""
    out: list[Draft] = []
    owner: dict[int, Draft] = {}
    found = [_inverted(doc, a) for a in found]
    told = [a if content == a.content else replace(a, content=content) for a in found if (content := _content(doc, a))]
    for attribution in outermost(told, doc):
        content = attribution.content
        source = _nearest(attribution.source, attribution.cue)
        draft = Draft(
            spans=[doc.span(a, b) for a, b in content],
            source=doc.span(*source) if source else None,
            cue=doc.span(*attribution.cue),
            rule="tagger",
        )
        for a, b in content:
            for index in range(a, b + 1):
                if index in doc.region:
                    owner[doc.region[index]] = draft
                    draft.regions.append(doc.region[index])
        out.append(draft)
    mark_denials(doc, language, out)
    mark_recipients(doc, language, out)
    mark_spokespeople(doc, language, out)
    _behind_denials(doc, regions, owner, out)
    _headline(doc, out)
    _demands(doc, out)
    _signed(doc, regions, owner, out)
    _orphans(doc, regions, owner, out, language)
    starts = [a for a, _ in doc.sentences]
    for draft in out:
        draft.spans.sort()
        if draft.cue and not draft.reporting_clause:
            draft.reporting_clause = reporting(doc, starts, draft.cue[0], draft.spans)
    return out


_REMARK = frozenset(
    "remark claim comment charge accusation statement allegation idea suggestion position view notion line phrase assertion "
    "assessment argument criticism".split()
)
"""Nouns that open what somebody else says about the words just reported: "..., a remark Dorn called ..."."""
_PLACE = frozenset("on in at the a an of to during 's its his her".split())
"""Small words of a place or programme that stands between the verb and "that"."""
OPENING = 10
"""Words of the longest such place."""


def _content(doc: Tokens, attribution: Attribution) -> list[tuple[int, int]]:
    """The pieces of what is reported: nothing for "did not say when" and for what somebody was asked about."""
    asked = doc.words[attribution.cue[0]] == "asked" and attribution.cue[0] in {a for a, _ in doc.sentences}
    out = []
    for first, last in attribution.content:
        if first not in doc.region and (first == last or asked or _manner(doc, attribution, first, last)):
            continue
        at = first
        if attribution.cue[1] < first:
            at = _behind_place(doc, first, last)
        out.append((at, _before_remark(doc, at, last)))
    return out


def _inverted(doc: Tokens, attribution: Attribution) -> Attribution:
    """Take what stands right behind the verb after a quotation as who speaks: “...,” said his sister, Mia Lind."""
    first, last = attribution.cue
    if attribution.source or first - 1 not in doc.region:
        return attribution
    behind = [p for p in attribution.content if p[0] == last + 1 and p[0] not in doc.region]
    if not behind or behind[0][1] - behind[0][0] > SIGNATURE:
        return attribution
    return replace(attribution, source=behind, content=[p for p in attribution.content if p not in behind])


def _manner(doc: Tokens, attribution: Attribution, first: int, last: int) -> bool:
    """Whether words behind a quotation and its verb tell how it was said: "..., he said, his voice breaking"."""
    return (
        attribution.cue[1] < first
        and doc.words[first] in ("his", "her", "their", "its")
        and any(a in doc.region for a, _ in attribution.content)
        and any(word.endswith("ing") for word in doc.words[first + 1 : last + 1])
    )


def _behind_place(doc: Tokens, first: int, last: int) -> int:
    """The word "that" where only a place or programme stands before it: "said on Nord TV’s “Morning Talk” that"."""
    for i in range(first, min(last, first + OPENING)):
        if doc.words[i] == "that":
            return i
        if doc.shapes[i] not in (TITLE, UPPER, QUOTE) and doc.words[i] not in _PLACE:
            break
    return first


def _before_remark(doc: Tokens, first: int, last: int) -> int:
    """The last word before "..., a remark Dorn called ..."."""
    for i in range(first + 1, last - 2):
        if doc.words[i] == "," and doc.words[i + 1] in ("a", "an") and doc.words[i + 2] in _REMARK:
            return i - 1
    return last


def _behind_denials(doc: Tokens, regions: list[Region], owner: dict[int, Draft], out: list[Draft]) -> None:
    """Part what is denied from the quotation behind its colon: "denied that ...: “I never saw it.”"."""
    for draft in [d for d in out if not _is_said(d) and d.regions]:
        number, (start, end) = draft.regions[-1], draft.spans[-1]
        region, token = regions[draft.regions[-1]], doc.at(regions[draft.regions[-1]].start)
        if region.end == end and start < region.start and doc.words[token - 1] == ":":
            draft.spans[-1] = (start, doc.ends[token - 2])
            draft.regions.remove(number)
            owner[number] = replace(_floating(draft), spans=[(region.start, end)], regions=[number])
            out.append(owner[number])


def _headline(doc: Tokens, out: list[Draft]) -> None:
    """Read "Lind: Bridge toll off the table" as the words of Lind, if the text names her again."""
    if not doc.sentences or not doc.paragraph or doc.paragraph[0] != 0:
        return
    end = max(b for (_, b), p in zip(doc.sentences[:3], doc.paragraph[:3], strict=False) if p == 0)
    colon = next((i for i in range(1, min(end, NAMED)) if doc.words[i] == ":"), 0)
    spoken = any(d.spans and d.spans[0][0] < doc.ends[end - 1] for d in out)
    if (
        not colon
        or end - colon < SHORT
        or spoken
        or doc.words[colon - 1] in _LABELS
        or any(doc.shapes[i] not in (TITLE, UPPER) for i in range(colon))
    ):
        return
    surname = doc.text[doc.starts[colon - 1] : doc.ends[colon - 1]]
    if not re.search(rf"(?<!\w){re.escape(surname)}(?!\w)", doc.text[doc.ends[end - 1] :]):
        return
    draft = Draft(
        spans=[doc.span(colon + 1, end - 1)], source=doc.span(0, colon - 1), cue=doc.span(colon, colon), rule="headline"
    )
    draft.regions = [doc.region[i] for i in range(colon, end) if i in doc.region]
    out.append(draft)


_LABELS = frozenset(
    "live watch video opinion analysis exclusive update updated report poll review interview statement breaking".split()
)
"""Words before a colon in a headline that name nobody."""
NAMED = 4
"""Words of a headline within which the colon behind a name stands."""
SHORT = 4
"""Words from which what stands behind the colon is a statement."""


_DEMANDS = frozenset(
    "pressed urged pushed implored begged exhorted lobbied presses urges pushes implores exhorts".split()
)
_HELPS = frozenset("has have had also previously repeatedly long again since already earlier".split())


def _demands(doc: Tokens, out: list[Draft]) -> None:
    """Read "Ada Moor has pressed the council to build" as a demand, where the taggers saw no report in the sentence."""
    starts = [a for a, _ in doc.sentences]
    told = {_sentence(doc, starts, d.cue[0]) for d in out if d.cue}
    for i, word in enumerate(doc.words):
        if word not in _DEMANDS or doc.shapes[i] != LOWER:
            continue
        number = bisect_left(starts, i + 1) - 1
        first, end = doc.sentences[number]
        last = i - 1
        while last > first and doc.words[last] in _HELPS:
            last -= 1
        named = first < last and all(doc.shapes[n] in (TITLE, UPPER) for n in range(first, last + 1))
        to = next((n for n in range(i + 1, end - 1) if doc.words[n] == "to" and doc.shapes[n + 1] == LOWER), 0)
        if number in told or not named or not to or any(n in doc.region for n in range(first, end)):
            continue
        stop = end - 1 if doc.words[end - 1] in (".", "!") else end
        out.append(
            Draft(spans=[doc.span(to, stop - 1)], source=doc.span(first, last), cue=doc.span(i, i), rule="demand")
        )


def reporting(doc: Tokens, starts: list[int], offset: int, contents: list[Span]) -> list[Span]:
    """The code points of the sentence around an offset that are no part of the contents."""
    sentence = _sentence(doc, starts, offset)
    first, last = doc.sentences[sentence]
    at, end = doc.starts[first], doc.ends[last - 1]
    out: list[Span] = []
    for a, b in sorted(contents):
        if b <= at or a >= end:
            continue
        if a > at:
            out.append((at, a))
        at = max(at, b)
    if at < end:
        out.append((at, end))
    return out


DASHES = ("—", "―", "–", "-", "~")
SIGNATURE = 9
"""Words of the longest signature under a quotation."""


def _signed(doc: Tokens, regions: list[Region], owner: dict[int, Draft], out: list[Draft]) -> None:
    """Take a quotation with a name behind a dash, up to the end of the paragraph, as signed: “...” — Ann Lee."""
    last = {doc.paragraph[n]: end for n, (_, end) in enumerate(doc.sentences)}
    starts = [a for a, _ in doc.sentences]
    for token, number in doc.region.items():
        if number in owner or token + 2 >= len(doc.words) or doc.words[token + 1] not in DASHES:
            continue
        end = last[doc.paragraph[bisect_left(starts, token + 1) - 1]]
        while end > token + 2 and doc.words[end - 1] in (".", "*"):
            end -= 1
        if not 0 < end - token - 2 <= SIGNATURE or doc.shapes[token + 2] not in (1, 2):
            continue
        region = regions[number]
        draft = Draft(
            spans=[(region.start, region.end)],
            source=doc.span(token + 2, end - 1),
            cue=doc.span(token + 1, token + 1),
            rule="signature",
        )
        draft.regions.append(number)
        owner[number] = draft
        out.append(draft)


def _orphans(
    doc: Tokens, regions: list[Region], owner: dict[int, Draft], out: list[Draft], language: Language | None
) -> None:
    sentence_of = [a for a, _ in doc.sentences]
    cues: dict[int, list[Draft]] = {}
    for draft in out:
        if draft.cue:
            cues.setdefault(_sentence(doc, sentence_of, draft.cue[0]), []).append(draft)
    previous: Draft | None = None
    where = -1
    for token, number in sorted(doc.region.items()):
        region = regions[number]
        sentence = bisect_left(sentence_of, token + 1) - 1
        paragraph = doc.paragraph[sentence]
        if number in owner:
            previous, where = owner[number], paragraph
            continue
        words = len(doc.text[region.inner : region.outer].split())
        start, end = doc.sentences[sentence]
        whole = token == start or end - start <= ALONE
        previous = _still_speaks(doc, language, sentence, previous, told=sentence - 1 in cues)
        near = where == paragraph or (region.continues and where >= paragraph - 1)
        if previous is not None and whole and near and _is_said(previous):
            previous.spans.append((region.start, region.end))
            previous.regions.append(number)
            owner[number] = previous
            where = paragraph
            continue
        new = _led_into(doc, language, sentence, None if whole else token, cues)
        if new is None and words >= LONG:
            floats = previous is not None and whole and where >= paragraph - 1
            new = (
                _floating(previous)
                if floats and previous
                else Draft(spans=[], source=None, cue=None, rule="no speaker")
            )
        if new is None:
            continue
        begins = region.start
        if not new.spans:
            out.append(new)
            begins = _reported_from(doc, new, region.start)
        new.spans.append((begins, region.end))
        new.regions.append(number)
        owner[number] = new
        if whole:
            previous, where = new, paragraph


def _led_into(
    doc: Tokens, language: Language | None, sentence: int, inside: int | None, cues: dict[int, list[Draft]]
) -> Draft | None:
    """The report that leads into words in marks: the sentence before, or the verb before marks ``inside`` a sentence."""
    if inside is not None:
        return _beside_verb(doc, language, doc.sentences[sentence][0], inside, cues.get(sentence, []))
    return _introduced(doc, sentence, cues) or _announced(doc, sentence)


def _still_speaks(
    doc: Tokens, language: Language | None, sentence: int, previous: Draft | None, *, told: bool
) -> Draft | None:
    """The last report unless the sentence before lets somebody else act."""
    if previous is not None and not told and acts_before(doc, language, sentence, previous):
        return None
    return previous


def _is_said(draft: Draft) -> bool:
    """Whether a draft is an utterance and no denial, so that a quotation behind it may go on with it."""
    return draft.polarity is Polarity.AFFIRMED and not draft.date_only


def _floating(previous: Draft) -> Draft:
    """Credit a quotation that stands alone to the speaker of the one before it."""
    return Draft(spans=[], source=previous.source, cue=previous.cue, rule="floating")


def _introduced(doc: Tokens, sentence: int, cues: dict[int, list[Draft]]) -> Draft | None:
    """The report of the sentence before, if it ends with a colon or leads straight into the quotation."""
    if sentence == 0 or sentence - 1 not in cues:
        return None
    same = doc.paragraph[sentence] == doc.paragraph[sentence - 1]
    last = doc.words[doc.sentences[sentence][0] - 1]
    if not same and last != ":":
        return None
    report = cues[sentence - 1][-1]
    return report if _is_said(report) else _floating(report)


_TELLS = frozenset(
    "wrote posted tweeted said says writes posts told added shared published replied responded stated".split()
)
_BETWEEN = frozenset("has have had also then later just".split())


def _announced(doc: Tokens, sentence: int) -> Draft | None:
    """The report of a sentence that ends with a colon and tells who speaks: "Here is what Ada Moor posted on X:"."""
    if sentence == 0:
        return None
    first, end = doc.sentences[sentence - 1]
    if doc.words[end - 1] != ":":
        return None
    for verb in range(end - 1, first, -1):
        if doc.words[verb] not in _TELLS:
            continue
        last = verb - 1
        while last > first and doc.words[last] in _BETWEEN:
            last -= 1
        start = last
        while start > first and doc.shapes[start - 1] in (TITLE, UPPER):
            start -= 1
        if doc.shapes[start] not in (TITLE, UPPER) or start == last == first:
            return None
        reporting_clause = [doc.span(first, end - 1)]
        return Draft(
            spans=[],
            source=doc.span(start, last),
            cue=doc.span(verb, verb),
            rule="announced by the sentence before",
            regions=[],
            reporting_clause=reporting_clause,
        )
    return None


BESIDE_VERB = "beside a verb of saying"
_HOLDS = frozenset(
    "believes thinks argues insists maintains feels believed thought argued insisted maintained felt".split()
)
"""Verbs of holding a view that report words in marks."""


def _beside_verb(doc: Tokens, language: Language | None, first: int, quote: int, told: Sequence[Draft]) -> Draft | None:
    """The report of words in marks inside a sentence that the taggers passed over: "Moor said the two discussed “...”".

    Between the verb and the marks stand no others; a name or pronoun stands right before the verb.
    """
    if language is None:
        return None
    cues = {doc.at(draft.cue[0]) for draft in told if draft.cue}
    for verb in range(quote - 1, first, -1):
        introduced = doc.words[verb] == ":" and verb == quote - 1
        if doc.shapes[verb] == QUOTE or verb in cues or (doc.words[verb] in (":", ";") and not introduced):
            return None
        puts_it = doc.words[verb] == "put" and doc.words[verb + 1] == "it"
        if doc.shapes[verb] != LOWER or not (puts_it or doc.words[verb] in language.verbs | _HOLDS):
            continue
        last = verb - 1
        while last > first and doc.words[last] in _BETWEEN:
            last -= 1
        start = last
        while start > first and doc.shapes[last] in (TITLE, UPPER) and doc.shapes[start - 1] in (TITLE, UPPER):
            start -= 1
        named = doc.shapes[last] in (TITLE, UPPER) or doc.words[last] in language.he | language.she
        if not named:
            return None
        return Draft(spans=[], source=doc.span(start, last), cue=doc.span(verb, verb), rule=BESIDE_VERB)
    return None


def _reported_from(doc: Tokens, draft: Draft, start: int) -> int:
    """Where the words begin that a verb of saying beside marks reports: right behind it."""
    if draft.rule != BESIDE_VERB or draft.cue is None or doc.words[doc.at(start) - 1] == ":":
        return start
    first = doc.at(draft.cue[0]) + 1
    return doc.starts[first + (doc.words[first] == "that")]


def _sentence(doc: Tokens, starts: list[int], offset: int) -> int:
    return bisect_left(starts, doc.at(offset) + 1) - 1
