"""Quotations by rule, for every language but English: marks, reporting verbs and their order, from the language file.

A language without a file still gives its quotations in marks, with a null speaker. Where a sentence is only partly
quoted or not at all, the whole sentence is the utterance: without a tagger nobody knows where reported words begin.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.speech.languages.data import Language
from tracker.speech.names import ENGLISH_STOP
from tracker.speech.parts import Span
from tracker.speech.quotes.link import Draft
from tracker.speech.quotes.marks import Region
from tracker.speech.quotes.outlets import OUTLETS
from tracker.speech.quotes.tokens import LOWER, NUMBER, QUOTE, TITLE, UPPER, Tokens, tokens

DIRECT = 4
"""Words from which a quotation set off by a comma, colon or dash stands alone."""
GLUED = 9
"""Letters from which a word may be two that lost their space."""
HEAD = 6
"""Words before the subject at the head of a sentence: a date, an adverb."""
SMALL = 3
"""Letters of the longest preposition."""
CLOSE = 3
"""Words before a reporting verb within which the comma of an inverted clause stands."""
SOURCE = 12
"""Words of the longest source looked at."""
_SET_OFF = {",", ":", "—", "-", "–", ".", "!", "?", "…", ";"}
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
"""Words, or the letters of scripts that write no spaces."""
_DASH = re.compile(r"(?:[–—―-]\s+|[—―])(?=[\w¿¡«„“])")
_COMMAS = frozenset({",", "—", "–", "-"})
_PREPOSITIONS = frozenset(
    "auf in bei nach vor am im mit gegenüber zu zum zur an seit während в во на после перед по у при о об з після перед під "
    "час на w na po przed podczas przy dans sur après avant à lors en tras antes durante sobre på i efter före vid under".split()
)
_PARTICLES = frozenset("de del der den van von zu al el la le du da dos und y des do i и".split())


@lru_cache(maxsize=16)
def small_words(language: Language | None) -> frozenset[str]:
    """Give the words that bear a capital only because they open a sentence."""
    return language.openers | language.common if language else frozenset()


class _Sentence:
    """One sentence with its cues and quotations."""

    def __init__(self, doc: Tokens, language: Language | None, first: int, end: int) -> None:
        self.doc, self.language, self.first, self.end = doc, language, first, end
        self.words = doc.words[first:end]
        self.quotes = [i for i in range(first, end) if doc.shapes[i] == QUOTE and not self._title(i)]
        verbs = language.verbs if language else frozenset()
        self.cues = [i for i in range(first, end) if doc.words[i] in verbs or (language and self._glued(i, language))]
        self.span: Span = (doc.starts[first], doc.ends[end - 1])

    def _title(self, index: int) -> bool:
        """Say whether marks hold a name, as of a paper: a few words with a capital, nothing before them that sets them off."""
        doc = self.doc
        before = doc.words[index - 1] if index > self.first else "."
        inner = doc.text[doc.starts[index] + 1 : doc.ends[index] - 1].strip()
        return before not in _SET_OFF and before not in _COMMAS and inner[:1].isupper() and len(inner.split()) <= SMALL

    def _glued(self, index: int, language: Language) -> bool:
        """See a verb whose space to the next word the page has lost, and "so" after a quotation."""
        word = self.doc.words[index]
        if word in language.after:
            return any(q < index <= q + 2 for q in self.quotes) or self._named_behind(index)
        if len(word) <= GLUED or self.doc.shapes[index] == QUOTE:
            return False
        return any(word[-k:] in language.verbs or word[:k] in language.verbs for k in range(7, 11))

    def _named_behind(self, index: int) -> bool:
        """See "so" between a comma and who speaks: "Es fehle an Stahl, so die Ministerin"."""
        if index == self.first or self.doc.words[index - 1] not in _COMMAS:
            return False
        source = self._right(index + 1)
        return source is not None and source[0] <= index + 2

    def source(self, cue: int) -> tuple[int, int] | None:
        """Give the (first, last) token of the phrase that names who speaks, next to the verb."""
        after = self._right(cue + 1)
        before = self._left(cue - 1)
        marked = cue > self.first and (
            self.doc.words[cue - 1] in (",", "—", "–", "-", "?", "!") or self.doc.shapes[cue - 1] == QUOTE
        )
        inverted = marked or cue == self.first or any(q < cue for q in self.quotes)
        if before and before[1] == cue - 1 and self._pronoun(before[1]):
            return before
        if inverted and after and (after[0] <= cue + 2 or not before):
            return after
        if before and after and after[0] <= cue + 1 and self._governed(before[0]):
            return after  # "Auf X schrieb sie"
        return before or after

    def _governed(self, index: int) -> bool:
        """Say whether a preposition opens the sentence and governs the word: "Auf X", "Nach einem Treffen mit Moor"."""
        if index == self.first:
            return False
        return self.doc.words[index - 1] in _PREPOSITIONS and self.doc.words[self.first] in _PREPOSITIONS

    def _part(self, index: int) -> bool:
        doc, language = self.doc, self.language
        word, shape = doc.words[index], doc.shapes[index]
        if shape in (TITLE, UPPER):
            if word == "x":
                return False  # the place of a post
            opens = shape == TITLE and index == self.first and language is not None
            return not opens or word not in small_words(language) or self._pronoun(index)
        if language is None or shape != LOWER:
            return False
        return word in language.titles or word in language.he or word in language.she or word in language.bodies

    def _pronoun(self, index: int) -> bool:
        language = self.language
        return language is not None and (self.doc.words[index] in language.he or self.doc.words[index] in language.she)

    def _right(self, index: int) -> tuple[int, int] | None:
        doc, language = self.doc, self.language
        skip = index
        # "sagte am Montag der Sprecher", "написала в Telegram глава": a few small words and what they govern may stand between
        while skip < min(self.end, index + 5):
            governed = skip > index and doc.words[skip - 1] in _PREPOSITIONS and self._name_behind(skip + 1)
            if self._part(skip) and not governed:
                break
            if (doc.shapes[skip] != LOWER and not governed) or (language and doc.words[skip] in language.that):
                return None
            skip += 1
        if skip >= min(self.end, index + 5):
            return None
        last = skip
        while last + 1 < min(self.end, skip + SOURCE) and self._joins(last + 1):
            last += 1
        whole = last
        while last > skip and not self._part(last):
            last -= 1
        return self._apposed(whole) or self._apposed(last) or self._checked(skip, last)

    def _name_behind(self, index: int) -> bool:
        """Say whether a name or office follows at once, perhaps after its article."""
        return any(i < self.end and self._part(i) for i in (index, index + 1))

    def _apposed(self, last: int) -> tuple[int, int] | None:
        """Give the name between commas after an office: "le maire de Nordhaven, Ada Moor, ..."."""
        doc = self.doc
        first = last + 2
        if first >= self.end or doc.words[last + 1] != "," or doc.shapes[last] != LOWER:
            return None
        stop = first
        while stop < self.end and (doc.shapes[stop] in (TITLE, UPPER) or (stop > first and doc.words[stop] in _PARTICLES)):
            stop += 1
        closed = stop == self.end or doc.words[stop] in (",", ".", "—", "–", ":", ";")
        return (first, stop - 1) if closed and stop - first > 1 else None

    def _between_commas(self, index: int) -> tuple[int, int] | None:
        """Give the name between commas before a verb: "le porte-parole, Ada Moor, a dit"."""
        doc = self.doc
        stop = index
        while stop > self.first and doc.shapes[stop] == LOWER and not self._part(stop) and index - stop < SMALL:
            stop -= 1
        if doc.words[stop] != ",":
            return None
        first = stop
        while first - 1 > self.first and (
            doc.shapes[first - 1] in (TITLE, UPPER) or (first < stop and doc.words[first - 1] in _PARTICLES)
        ):
            first -= 1
        named = stop - first > 1 and doc.words[first - 1] == "," and doc.words[first] not in _PARTICLES
        return (first, stop - 1) if named else None

    def _verb(self, index: int) -> bool:
        return self.language is not None and self.doc.words[index] in self.language.verbs

    def _joins(self, index: int) -> bool:
        doc = self.doc
        if self._part(index):
            return True
        if doc.words[index] in _PARTICLES:
            return True
        # genitives and short names in small letters inside a title: "глава офиса президента"
        following = index + 1
        cased = self.language is not None and self.language.code in ("ru", "uk", "pl")
        if cased and doc.shapes[index] == LOWER:
            while following < min(self.end, index + SMALL) and doc.shapes[following] == LOWER and not self._part(following):
                if len(doc.words[following]) <= SMALL or self._verb(following):
                    return False
                following += 1
            return following < self.end and self._part(following) and len(doc.words[index]) > SMALL and not self._verb(index)
        return self.language is not None and doc.words[index] in self.language.places

    def _left(self, index: int) -> tuple[int, int] | None:
        doc = self.doc
        if index > self.first and doc.words[index] == ")":
            opened = next((i for i in range(index - 1, max(self.first, index - SOURCE), -1) if doc.words[i] == "("), index)
            index = opened - 1 if opened > self.first else index
        between = self._between_commas(index)
        if between:
            return between
        skip = index
        while skip >= max(self.first, index - 4) and not self._part(skip):
            if doc.shapes[skip] in (QUOTE, NUMBER):
                return self._head(index)  # "X, in an interview with «Y», said"
            if doc.shapes[skip] not in (LOWER, 4) or doc.words[skip] in (".", ":", ";"):
                return None
            skip -= 1
        if skip < max(self.first, index - 4):
            # "X, reviewing the case, said": the subject stands at the head of the sentence
            return self._head(index)
        first = skip
        while (
            not self._pronoun(skip)
            and first - 1 >= max(self.first, skip - SOURCE)
            and (self._part(first - 1) or doc.words[first - 1] in _PARTICLES or self._inner(first - 1))
        ):
            first -= 1
        while first < skip and not self._part(first):
            first += 1
        before = doc.words[first - 1] if first > self.first else "."
        # Not the subject: a noun of a participle clause or of a preposition ("speaking to the ministry, he said")
        if (
            first > self.first
            and before not in ("и", "und", "och", "y", "et", "i", "та", "і")
            and (before == "," or doc.shapes[first - 1] == LOWER)
        ):
            head = self._head(index)
            if head and head[1] < first:
                return head
        return self._checked(first, skip)

    def _inner(self, index: int) -> bool:
        doc = self.doc
        if self.language is None or self.language.code not in ("ru", "uk", "pl"):
            return self.language is not None and doc.words[index] in self.language.places
        return (
            doc.shapes[index] == LOWER
            and index - 1 >= self.first
            and self._part(index - 1)
            and len(doc.words[index]) > SMALL
        )

    def _head(self, limit: int) -> tuple[int, int] | None:
        first = self.first
        while first < min(limit, self.first + HEAD) and not self._subject(first):
            first += 1
        if first >= limit or not self._subject(first):
            return None
        last = first
        while last + 1 < limit and last - first < SOURCE and self._joins(last + 1):
            last += 1
        while last > first and not self._part(last):
            last -= 1
        return self._checked(first, last)

    def _subject(self, index: int) -> bool:
        """Say whether a word can open the subject: part of a name, and not what a preposition governs."""
        if not self._part(index) or self.doc.words[index] in ENGLISH_STOP:
            return False
        word = self.doc.words[index]
        if self.doc.shapes[index] == TITLE and index == self.first and self.language and word in self.language.common:
            return word in self.language.he or word in self.language.she
        return index == self.first or self.doc.shapes[index - 1] != LOWER or len(self.doc.words[index - 1]) > 3  # noqa: PLR2004

    def _checked(self, first: int, last: int) -> tuple[int, int] | None:
        doc, language = self.doc, self.language
        while first < last and doc.words[first] in ENGLISH_STOP | {
            "в",
            "на",
            "der",
            "die",
            "das",
            "am",
            "im",
            "и",
            "а",
            "но",
            "och",
            "und",
        }:
            first += 1
        if first == last and doc.shapes[first] == TITLE and first == self.first and language is not None:
            word = doc.words[first]
            if word in language.common and word not in language.he | language.she:
                return None
        return (first, last)


def _report(sentence: _Sentence) -> tuple[int, tuple[int, int] | None, Span] | None:
    """Give the cue of a sentence (token), its source and the cue's code points."""
    doc, language = sentence.doc, sentence.language
    if language is None:
        return None
    low = doc.text[sentence.span[0] : sentence.span[1]].lower()
    for phrase in language.according:
        at = low.find(phrase)
        if at < 0 or (at and low[at - 1].isalnum()):
            continue
        start = sentence.span[0] + at
        token = doc.at(start + len(phrase) - 1)
        if phrase == "zufolge":
            return token, sentence._left(token - 1), (start, start + len(phrase))  # noqa: SLF001
        possessive = any(w in phrase.split() for w in ("его", "ее", "её", "його", "її"))
        source = None if possessive else sentence._right(token + 1)  # noqa: SLF001
        if possessive:
            owner = next(i for i in range(doc.at(start), token + 1) if doc.words[i] in language.he | language.she)
            return token, (owner, owner), (start, start + len(phrase))
        if source and not (sentence.cues and OUTLETS.search(doc.text, doc.starts[source[0]], doc.ends[source[1]])):
            return token, source, (start, start + len(phrase))
    if not sentence.cues:
        verb = _unlisted(sentence)
        return None if verb is None else (verb, sentence._right(verb + 1), doc.span(verb, verb))  # noqa: SLF001
    spoken = [c for c in sentence.cues if doc.words[c] not in language.media] or sentence.cues
    cue = min(
        spoken,
        key=lambda c: (min((abs(c - q) for q in sentence.quotes), default=0), not _closing(sentence, c), c),
    )
    return cue, sentence.source(cue), doc.span(cue, cue)


def _closing(sentence: _Sentence, cue: int) -> bool:
    """Say whether a reporting clause closes the sentence: "..., sagte Sprecherin Ada Moor"."""
    if cue - sentence.first <= HEAD // 2 or "," in sentence.doc.words[cue + 1 : sentence.end]:
        return False
    return cue > sentence.first and sentence.doc.words[cue - 1] == "," and sentence._right(cue + 1) is not None  # noqa: SLF001


def _stands_alone(doc: Tokens, regions: list[Region], sentence: _Sentence, quote: int) -> bool:
    region = regions[doc.region[quote]]
    inner = doc.text[region.inner : region.outer]
    before = doc.words[quote - 1] if quote > sentence.first else "."
    after = doc.words[quote + 1] if quote + 1 < sentence.end else "."
    if before not in _SET_OFF or not (after in _SET_OFF or inner.rstrip()[-1:] in ".,!?…。，！？"):
        return False
    return len(_WORDS.findall(inner)) >= DIRECT or _beside(sentence, quote)


def _beside(sentence: _Sentence, quote: int) -> bool:
    """Say whether a reporting verb stands right after a short quotation, or right before the comma in front of it."""
    doc = sentence.doc
    behind = quote + 1
    while behind < sentence.end and doc.words[behind] in _COMMAS:
        behind += 1
    opens = quote == sentence.first or doc.words[quote - 1] == ":"
    if behind > quote + 1 and behind in sentence.cues and opens:
        return True
    ahead = quote - 1
    return ahead > sentence.first and doc.words[ahead] in _COMMAS and any(ahead - SOURCE // 2 < c < ahead for c in sentence.cues)


def _unlisted(sentence: _Sentence) -> int | None:
    """Give a verb no list knows: a small word between the comma after a quotation and a name or office."""
    doc, language = sentence.doc, sentence.language
    if language is None:
        return None
    for quote in sentence.quotes:
        verb = quote + 2
        if verb >= sentence.end or doc.words[quote + 1] not in _COMMAS or doc.shapes[verb] != LOWER:
            continue
        if _verb_like(sentence, verb):
            return verb
    return None


def _introduces(doc: Tokens, sentence: _Sentence, quote: int) -> tuple[int, int] | None:
    """Give the subject of a sentence that leads into a quotation with a colon and no verb of saying."""
    if quote - sentence.first < SMALL or doc.words[quote - 1] != ":":
        return None
    named = [i for i in range(sentence.first, quote) if doc.shapes[i] in (TITLE, UPPER) and sentence._part(i)]  # noqa: SLF001
    runs: list[list[int]] = []
    for i in named:
        if runs and runs[-1][1] == i - 1:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    full = [(a, b) for a, b in runs if b > a]
    if len(full) == 1:
        return full[0]
    return sentence._head(quote) if not full and len(runs) <= 1 else None  # noqa: SLF001


def drafts(doc: Tokens, regions: list[Region], language: Language | None) -> list[Draft]:
    """Give the utterances of a text by rule, in order."""
    out: list[Draft] = []
    previous: Draft | None = None
    where = -1
    number = 0
    while number < len(doc.sentences):
        paragraph = doc.paragraph[number]
        last = number
        while last + 1 < len(doc.sentences) and doc.paragraph[last + 1] == paragraph:
            last += 1
        if previous is not None and paragraph > where + 1:
            previous = None
        group = [_Sentence(doc, language, *doc.sentences[n]) for n in range(number, last + 1)]
        for n, sentence in enumerate(group):
            dashed = n == 0 or doc.words[sentence.first] in _COMMAS
            before = group[n - 1] if n else None
            spoken = _dialogue(doc, group[n:], previous, before) if dashed else None
            near = previous if where >= paragraph - 1 else None
            made = [spoken] if spoken else _sentence(doc, regions, sentence, near, same=where == paragraph)
            out += made
            for draft in made:
                if not draft.silent:
                    previous, where = draft, paragraph
            if spoken:
                break
        number = last + 1
    return out


def _sentence(
    doc: Tokens, regions: list[Region], sentence: _Sentence, previous: Draft | None, *, same: bool
) -> list[Draft]:
    alone = [q for q in sentence.quotes if _stands_alone(doc, regions, sentence, q)]
    inside = [draft for q in sentence.quotes if (draft := _inside(doc, regions, sentence, q))]
    if inside:
        return inside
    report = _report(sentence)
    if report is None:
        return _without_cue(doc, regions, sentence, alone, previous, same=same)
    cue, source, at = report
    if sentence.end - sentence.first < 4 and not alone:  # noqa: PLR2004
        return []
    named = doc.span(*source) if source else None
    by_phrase = doc.words[cue] not in (sentence.language.verbs if sentence.language else ())
    if by_phrase and source and at[1] <= doc.starts[source[0]]:
        zone = [(at[0], doc.ends[source[1]])]
    else:
        zone = _clause(sentence, cue, source)
    if alone:
        spans = [(regions[doc.region[q]].start, regions[doc.region[q]].end) for q in alone]
        if named is None and same and previous is not None and _subjectless(sentence, cue):
            named = previous.source
        return [Draft(spans, named, at, "quotation beside a reporting verb", [doc.region[q] for q in alone], zone)]
    if sentence.quotes or _indirect(sentence, cue):
        rule = "sentence with a quoted part" if sentence.quotes else "reporting verb"
        if named is None and same and previous is not None and _subjectless(sentence, cue):
            named = previous.source
        return [Draft([sentence.span], named, at, rule, [doc.region[q] for q in sentence.quotes], zone, whole=True)]
    # "Об этом она заявила во вторник": nothing is said here, but it tells when
    if named is None or not _dated(sentence):
        return []
    return [Draft([sentence.span], named, at, "tells when", [], zone, whole=True, silent=True)]


def _dated(sentence: _Sentence) -> bool:
    """Say whether a sentence names a day."""
    language = sentence.language
    return language is not None and any(
        word in language.weekdays or word in language.months or word in language.days for word in sentence.words
    )


_INNER = re.compile(r"[,.!?…]\s*[—–-]\s+(?=[^\W\d_])([^—–\n«»“”\"]{4,120}?)(?:[.,:]\s*[—–-]\s+(?=\S)|[.,]?\s*$)")
"""A reporting clause between dashes inside the marks: «A, — сказал X. — B»."""


def _inside(doc: Tokens, regions: list[Region], sentence: _Sentence, quote: int) -> Draft | None:
    """Read a quotation with the reporting clause inside its marks, as the Slavic press writes them."""
    language = sentence.language
    region = regions[doc.region[quote]]
    if language is None or language.code not in ("ru", "uk", "pl"):
        return None
    for found in _INNER.finditer(doc.text, region.inner, region.outer):
        clause = tokens(doc.text, [found.span(1)], [], language)
        if not clause.words:
            continue
        inner = _Sentence(clause, language, 0, len(clause.words))
        if not inner.cues or inner.cues[0] > 1:
            continue
        source = inner.source(inner.cues[0])
        spans = [(region.start, found.start() + 1)]
        if found.end() < region.outer:
            spans.append((found.end(), region.end))
        named = clause.span(*source) if source else None
        at = clause.span(inner.cues[0], inner.cues[0])
        return Draft(spans, named, at, "reporting clause inside the marks", [doc.region[quote]], [found.span(1)])
    return None


_PLURAL = {"ru": ("ли", "ют", "ят", "ут"), "uk": ("ли", "ють", "ять"), "pl": ("li", "ły", "ją"), "es": ("ron", "an", "en")}
"""Endings of verbs in the plural, by language: without a subject they name nobody ("сообщили в министерстве")."""


def _subjectless(sentence: _Sentence, cue: int) -> bool:
    """Say whether a verb may go on with the subject before it, in a language that leaves pronouns out."""
    code = sentence.language.code if sentence.language else ""
    word = sentence.doc.words[cue]
    return code in _PLURAL and not word.endswith(_PLURAL[code]) and sentence.doc.shapes[cue] == LOWER


def _clause(sentence: _Sentence, cue: int, source: tuple[int, int] | None) -> list[Span]:
    """Give the reporting clause: from the comma before its verb, or the head of the sentence, to the next comma or "that".

    A comma before the verb opens the clause only where who speaks stands behind the verb.
    """
    doc, language = sentence.doc, sentence.language
    first = sentence.first
    inverted = source is None or source[0] > cue
    for i in range(cue - 1, max(sentence.first - 1, cue - CLOSE), -1) if inverted else ():
        if doc.words[i] in _COMMAS or doc.shapes[i] == QUOTE:
            first = i + 1
            break
    stop = sentence.end
    for i in range(cue + 1, sentence.end):
        dated = doc.words[i] == "," and i + 1 < sentence.end and doc.shapes[i + 1] == NUMBER
        if doc.words[i] in (",", ":") and not dated:
            stop = i
            break
        if language and doc.words[i] in language.that:
            stop = i
            break
    out: list[Span] = []
    run: int | None = None
    for i in range(first, stop):
        if doc.shapes[i] == QUOTE:
            if run is not None:
                out.append((doc.starts[run], doc.ends[i - 1]))
            run = None
        elif run is None:
            run = i
    if run is not None:
        out.append((doc.starts[run], doc.ends[stop - 1]))
    return out


def _indirect(sentence: _Sentence, cue: int) -> bool:
    """Say whether the sentence reports words: a conjunction, a comma or colon after the verb, or a subjunctive."""
    doc, language = sentence.doc, sentence.language
    if language is None:
        return False
    following = doc.words[cue + 1 : min(cue + 14, sentence.end)]
    if any(w in language.that for w in following) or doc.words[cue] not in language.verbs:
        return True
    if any(w in language.subjunctive for w in sentence.words) or _closing(sentence, cue):
        return True
    return ":" in following and language.code != "de"


def _without_cue(
    doc: Tokens, regions: list[Region], sentence: _Sentence, alone: list[int], previous: Draft | None, *, same: bool
) -> list[Draft]:
    language = sentence.language
    if alone:
        spans = [(regions[doc.region[q]].start, regions[doc.region[q]].end) for q in alone]
        numbers = [doc.region[q] for q in alone]
        signed = _signature(doc, sentence, alone[-1])
        if signed:
            return [Draft(spans, doc.span(*signed), doc.span(alone[-1] + 1, alone[-1] + 1), "signature", numbers)]
        leading = _introduces(doc, sentence, alone[0])
        if leading:
            colon = doc.span(alone[0] - 1, alone[0] - 1)
            zone = [(sentence.span[0], doc.starts[alone[0]])]
            return [Draft(spans, doc.span(*leading), colon, "introduced by a colon", numbers, zone)]
        bare = alone[0] == sentence.first
        floating = sentence.end - alone[-1] <= 2  # noqa: PLR2004 - nothing after it but a full stop
        if previous is not None and bare and (same or floating or regions[numbers[0]].continues):
            return [Draft(spans, previous.source, previous.cue, "continued", numbers, previous.zone)]
        return [Draft(spans, None, None, "no speaker", numbers)]
    if language is None or previous is None or not same or not language.subjunctive:
        return []
    count = sum(w in language.subjunctive for w in sentence.words)
    if count and not sentence.cues and (sentence.words[0] in language.he | language.she | language.they or count > 0):
        return [
            Draft(
                [sentence.span],
                previous.source,
                previous.cue,
                "reported in the subjunctive",
                [],
                previous.zone,
                whole=True,
            )
        ]
    return []


def _signature(doc: Tokens, sentence: _Sentence, quote: int) -> tuple[int, int] | None:
    if quote + 2 >= sentence.end or doc.words[quote + 1] not in ("—", "–", "-", "―"):
        return None
    last = sentence.end - 1
    while last > quote + 2 and doc.words[last] == ".":
        last -= 1
    return (quote + 2, last) if last - quote <= SOURCE and doc.shapes[quote + 2] in (TITLE, UPPER) else None


def _goes_on(doc: Tokens, group: list[_Sentence], sentence: _Sentence, cue: int) -> Span | None:
    """Give the words that follow the reporting clause: behind another dash, in Swedish also as the next sentence."""
    end = group[-1].span[1]
    for i in range(cue + 1, group[-1].end - 1):
        if doc.words[i] in ("—", "―") or (doc.words[i] == "-" and doc.shapes[i + 1] in (TITLE, UPPER)):
            return (doc.starts[i + 1], end)
    swedish = sentence.language is not None and sentence.language.code == "sv"
    if swedish and sentence is not group[-1]:
        return (group[group.index(sentence) + 1].span[0], end)
    return None


def _tag(sentence: _Sentence) -> int | None:
    """Give the verb of a reporting clause behind spoken words: a known one behind a comma or dash, else any behind a dash."""
    doc = sentence.doc
    for cue in sentence.cues:
        if cue > sentence.first + 1 and any(doc.words[i] in _TAGGED for i in (cue - 1, cue - 2) if i > sentence.first):
            return cue
    for i in range(sentence.first + 2, sentence.end - 1):
        verb = i + 1
        if doc.words[i] in _COMMAS - {","} and doc.shapes[verb] == LOWER and _verb_like(sentence, verb):
            return verb
    return None


def _verb_like(sentence: _Sentence, verb: int) -> bool:
    """Say whether a small word before a name or office may be a verb of saying no list knows."""
    language, word = sentence.language, sentence.doc.words[verb]
    if language is None or word in language.common | language.openers | language.that | _PREPOSITIONS or len(word) <= SMALL:
        return False
    source = sentence._right(verb + 1)  # noqa: SLF001
    return source is not None and source[0] <= verb + 2


_TAGGED = frozenset({",", "—", "-", "–", "?", "!"})


def _dialogue(
    doc: Tokens, group: list[_Sentence], previous: Draft | None, before: _Sentence | None
) -> Draft | None:
    """Take a paragraph that opens with a dash as spoken, up to the comma before the reporting verb."""
    start = group[0].span[0]
    opened = _DASH.match(doc.text, start)
    if (
        not opened
        or group[0].language is None
        or (doc.text[start] == "-" and group[0].language.code == "de")
    ):
        return None
    for sentence in group:
        cue = _tag(sentence)
        if cue is None:
            continue
        stop = cue - 1
        while stop > sentence.first and doc.words[stop] not in _TAGGED:
            stop -= 1
        end = doc.ends[stop] if doc.words[stop] in "?!" else doc.ends[stop - 1]
        if end > opened.end():
            source = sentence._right(cue + 1)  # noqa: SLF001
            if source is None and before is not None and _subjectless(sentence, cue):
                source = before._head(before.end)  # noqa: SLF001 - the subject goes on: "Bo Lind wahał się. - Nie wiem - przyznał."
            named = doc.span(*source) if source else None
            zone = [(doc.starts[stop], sentence.span[1])]
            spans = [(opened.end(), end)]
            rest = _goes_on(doc, group, sentence, cue)
            if rest:
                spans.append(rest)
            return Draft(spans, named, doc.span(cue, cue), "dialogue after a dash", [], zone)
    if previous is not None and previous.rule.startswith("dialogue"):
        return Draft(
            [(opened.end(), group[-1].span[1])],
            previous.source,
            previous.cue,
            "dialogue after a dash, continued",
            [],
            previous.zone,
        )
    return None
