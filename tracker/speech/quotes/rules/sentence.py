"""One sentence read by rule: its reporting verbs, and the phrase that names who speaks.

Reads the word lists of the language file; nothing about a language stands here.
"""

from __future__ import annotations

from functools import lru_cache

from tracker.languages.data import Language, or_default
from tracker.languages.outlets import outlets
from tracker.languages.word_forms import is_genitive, is_oblique, is_verb
from tracker.speech.people.mentions import names_body
from tracker.speech.people.names import is_office, particles
from tracker.speech.tokens.tokens import LOWER, NUMBER, QUOTE, TITLE, UPPER, Tokens
from tracker.speech.types import Span

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
SET_OFF = {",", ":", "—", "-", "–", ".", "!", "?", "…", ";"}
COMMAS = frozenset({",", "—", "–", "-"})


@lru_cache(maxsize=16)
def small_words(language: Language | None) -> frozenset[str]:
    """The words that bear a capital only because they open a sentence."""
    return language.openers | language.common if language else frozenset()


@lru_cache(maxsize=16)
def _joiners(language: Language) -> frozenset[str]:
    """The small words inside names and offices: particles of names, and what joins the words of an office."""
    return particles() | language.names.joiners


@lru_cache(maxsize=16)
def governing(language: Language) -> frozenset[str]:
    """The words that make what follows no subject: prepositions, whose something is, by whom something is done."""
    told = language.recipients
    return frozenset(
        language.grammar.prepositions
        | language.names.owners
        | language.names.office_prepositions
        | told.agents
        | told.to
    )


@lru_cache(maxsize=16)
def _platforms(language: Language | None) -> frozenset[str]:
    """The words of names of platforms, which only carry words: "x", "truth", "social"."""
    known = or_default(language)
    words = {word for phrase in known.post for word in phrase.replace("*", "").split()}
    return frozenset(words - known.grammar.prepositions - known.common - known.titles) | {"x"}


class Sentence:
    """One sentence with its cues and quotations."""

    def __init__(self, doc: Tokens, language: Language | None, first: int, end: int) -> None:
        """Take the tokens from ``first`` up to ``end``."""
        self.doc, self.language, self.first, self.end = doc, language, first, end
        known = or_default(language)
        self.grammar, self.joiners = known.grammar, _joiners(known)
        self.words = doc.words[first:end]
        self.quotes = [i for i in range(first, end) if doc.shapes[i] == QUOTE and not self._title(i)]
        verbs = language.verbs if language else frozenset()
        self.cues = [
            i
            for i in range(first, end)
            if (doc.words[i] in verbs and self._whole(i)) or (language and self._glued(i, language))
        ]
        self.span: Span = (doc.starts[first], doc.ends[end - 1])
        self.is_owned = False  # what looked like the subject belongs to a noun: "la cugina di Moro"

    def _whole(self, index: int) -> bool:
        """Whether a verb that says something only with its particle has it behind: "machte [...] deutlich"."""
        parts = self.language.grammar.separable.get(self.doc.words[index]) if self.language else None
        if parts is None or (self.grammar.capital_nouns and any(abs(q - index) <= CLOSE for q in self.quotes)):
            return True
        behind, before = self.doc.words[index + 1 : self.end], self.doc.words[max(self.first, index - 2) : index]
        return not parts.isdisjoint(behind if self.grammar.capital_nouns else [*before, *behind])

    def _title(self, index: int) -> bool:
        """Whether marks hold a name, as of a paper: a few words with a capital, nothing before them that sets them off."""
        doc = self.doc
        before = doc.words[index - 1] if index > self.first else "."
        inner = doc.text[doc.starts[index] + 1 : doc.ends[index] - 1].strip()
        return before not in SET_OFF and before not in COMMAS and inner[:1].isupper() and len(inner.split()) <= SMALL

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
        if index == self.first or self.doc.words[index - 1] not in COMMAS:
            return False
        source = self.right(index + 1)
        return source is not None and source[0] <= index + 2

    def source(self, cue: int) -> tuple[int, int] | None:
        """The (first, last) token of the phrase that names who speaks, next to the verb."""
        after = self.right(cue + 1)
        before = self.left(cue - 1)
        if before and self._is_governed(before[0]):
            before = None
        marked = cue > self.first and (
            self.doc.words[cue - 1] in (",", "—", "–", "-", "?", "!") or self.doc.shapes[cue - 1] == QUOTE
        )
        inverted = marked or cue == self.first or any(q < cue for q in self.quotes)
        if before and before[1] == cue - 1 and self._pronoun(before[1]):
            return before
        closes = cue > self.first and self.doc.words[cue - 1] == ","
        if inverted and after and (self._named_from(cue + 1) <= cue + 2 or not before or closes):
            return after
        if before and after and after[0] <= cue + 1 and self._governed(before[0]):
            return after  # "Auf X schrieb sie"
        return before or after or self._in_the_nominative(cue + 1)

    def _in_the_nominative(self, index: int) -> tuple[int, int] | None:
        """The one full name far behind a verb whose first name is no object: "заявила на встрече с Бо Линдом Ада Мур"."""
        doc, language = self.doc, self.language
        if language is None or not language.names.has_dictionary:
            return None
        stop = next((i for i in range(index, self.end) if doc.words[i] in language.that), self.end)
        found = [
            (i, i + 1)
            for i in range(index, stop - 1)
            if doc.shapes[i] == doc.shapes[i + 1] == TITLE and is_oblique(doc.words[i], language) is False
        ]
        return found[0] if len(found) == 1 else None

    def _governed(self, index: int) -> bool:
        """Whether a preposition opens the sentence and governs the word: "Auf X", "Nach einem Treffen mit Moor"."""
        if index == self.first:
            return False
        return (
            self.doc.words[index - 1] in self.grammar.prepositions
            and self.doc.words[self.first] in self.grammar.prepositions
        )

    def _is_governed(self, index: int) -> bool:
        """Whether a preposition stands right before a name, so that it is no subject: "la directora del Banco", "von Moor"."""
        if self.grammar.has_cases or self.language is None or index == self.first or self._pronoun(index):
            return False
        before = index - 1
        while before > self.first and self.doc.shapes[before] in (TITLE, UPPER):
            before -= 1  # "von Trainer Bo Lind"
        if self.doc.words[before] in self.grammar.articles:
            if before == self.first:
                return False
            before -= 1
        word = self.doc.words[before]
        self.is_owned |= word in self.language.names.owners | self.language.names.office_prepositions
        return word in governing(self.language) and self.doc.shapes[index] in (TITLE, UPPER)

    def part(self, index: int) -> bool:
        """Whether a word can be part of a name, an office or a body, or is a pronoun."""
        doc, language = self.doc, self.language
        word, shape = doc.words[index], doc.shapes[index]
        if shape in (TITLE, UPPER):
            if word in _platforms(language):
                return False  # the place of a post
            if language is None or shape != TITLE or index != self.first or self._pronoun(index):
                return True
            follows = index + 1 < self.end and doc.shapes[index + 1] in (TITLE, UPPER)
            known = word in language.titles or word in self.grammar.named_before
            return word not in small_words(language) and (follows or word not in doc.small or known)
        if language is None or shape != LOWER:
            return False
        if word in language.titles or word in self.grammar.named_before:
            return True
        return word in language.he or word in language.she or word in language.bodies

    def _pronoun(self, index: int) -> bool:
        language, word = self.language, self.doc.words[index]
        return language is not None and word in language.he | language.she and word not in self.grammar.articles

    def _is_object(self, index: int) -> bool:
        """Whether a word is a pronoun that stands as the object before its subject: "Ее Мур назвала ошибкой"."""
        return self.grammar.has_cases and self._pronoun(index)

    def _owns(self, index: int) -> bool:
        """Whether a pronoun owns the office behind it: "jej zastępca"."""
        return index + 1 < self.end and is_office(self.doc.words[index + 1], self.language)

    def right(self, index: int) -> tuple[int, int] | None:
        """Who is named behind a verb; ``index`` is the word after it."""
        skip = self._named_from(index)
        if skip >= min(self.end, index + 5):
            return None
        if self._pronoun(skip) and not self._owns(skip):
            return skip, skip  # what follows is no part of it: "forderte er Moor auf"
        last = skip
        while last + 1 < min(self.end, skip + SOURCE) and self._joins(last + 1):
            last += 1
        whole = last
        while last > skip and not self.part(last):
            last -= 1
        return self._apposed(skip, whole) or self._apposed(skip, last) or self._checked(skip, last)

    def _named_from(self, index: int) -> int:
        """Where the phrase that names who speaks begins behind a verb; beyond its reach where there is none."""
        doc, language = self.doc, self.language
        skip = index
        # "sagte am Montag der Sprecher", "написала в Telegram глава": a few small words and what they govern may stand between
        while skip < min(self.end, index + 5):
            governed = skip > index and doc.words[skip - 1] in self.grammar.prepositions and self._name_behind(skip + 1)
            governed |= skip > index and doc.shapes[skip] == UPPER and self._is_governed(skip)
            if self.part(skip) and not governed and not self._told_to(skip):
                return skip
            carried = doc.shapes[skip] != LOWER and not governed and not self._told_to(skip)
            if carried or (language and doc.words[skip] in language.that):
                break
            skip += 1
        return self.end + SOURCE

    def _told_to(self, index: int) -> bool:
        """Whether a word is the medium to which an office behind it spoke: "заявил агентству Интерфакс представитель"."""
        doc, following = self.doc, index + 1
        if following >= self.end or doc.shapes[index] == LOWER or doc.shapes[following] != LOWER:
            return False
        proxies = or_default(self.language).names.proxies
        office = any(
            i < self.end and doc.shapes[i] == LOWER and (self.part(i) or doc.words[i] in proxies)
            for i in (following, following + 1)
        )
        return office and outlets(self.language).search(doc.text, doc.starts[index], doc.ends[index]) is not None

    def _name_behind(self, index: int) -> bool:
        """Whether a name or office follows at once, perhaps after its article."""
        return any(i < self.end and self.part(i) for i in (index, index + 1))

    def _apposed(self, head: int, last: int) -> tuple[int, int] | None:
        """The name between commas after an office: "le maire de Nordhaven, Ada Moor, ..."."""
        doc, language = self.doc, self.language
        first = last + 2
        if first >= self.end or doc.words[last + 1] != ",":
            return None
        if (
            doc.shapes[last] != LOWER
        ):  # "le ministre de la Défense, Ada Moor,": one capital behind a small word names nobody
            office = language is not None and doc.words[head] in language.titles and doc.shapes[head] == LOWER
            if not office or last == head or doc.shapes[last - 1] != LOWER:
                return None
        stop = first
        while stop < self.end and (
            doc.shapes[stop] in (TITLE, UPPER) or (stop > first and doc.words[stop] in self.joiners)
        ):
            stop += 1
        closed = stop == self.end or doc.words[stop] in (",", ".", "—", "–", ":", ";")
        return (first, stop - 1) if closed and stop - first > 1 else None

    def _between_commas(self, index: int) -> tuple[int, int] | None:
        """The name between commas before a verb: "le porte-parole, Ada Moor, a dit"."""
        doc = self.doc
        stop = index
        while stop > self.first and doc.shapes[stop] == LOWER and not self.part(stop) and index - stop < SMALL:
            stop -= 1
        if doc.words[stop] != ",":
            return None
        first = stop
        while first - 1 > self.first and (
            doc.shapes[first - 1] in (TITLE, UPPER) or (first < stop and doc.words[first - 1] in self.joiners)
        ):
            first -= 1
        named = stop - first > 1 and doc.words[first - 1] == "," and doc.words[first] not in self.joiners
        return (first, stop - 1) if named else None

    def _verb(self, index: int) -> bool:
        return self.language is not None and self.doc.words[index] in self.language.verbs

    def _joins(self, index: int) -> bool:
        doc = self.doc
        if self.part(index):
            return True
        if doc.words[index] in self.joiners:
            return True
        # genitives and short names in small letters inside a title: "глава офиса президента"
        following = index + 1
        if self.grammar.has_cases and doc.shapes[index] == LOWER:
            while (
                following < min(self.end, index + SMALL) and doc.shapes[following] == LOWER and not self.part(following)
            ):
                if self._small(following) or self._verb(following):
                    return False
                following += 1
            return following < self.end and self.part(following) and not self._small(index) and not self._verb(index)
        return self.language is not None and doc.words[index] in self.language.places

    def _small(self, index: int) -> bool:
        """Whether a word is so short that it joins nothing; "дел" belongs to an office all the same."""
        word = self.doc.words[index]
        return len(word) <= SMALL and not (self.language and word in self.language.places)

    def _outside(self, index: int) -> int:
        """The word before brackets that end at a word: "Hanna Vik (Grüne) sagte"."""
        words = self.doc.words
        if index <= self.first or words[index] != ")":
            return index
        opened = next((i for i in range(index - 1, max(self.first, index - SOURCE), -1) if words[i] == "("), index)
        return opened - 1 if opened > self.first else index

    def left(self, index: int) -> tuple[int, int] | None:
        """Who is named before a verb; ``index`` is the word before it."""
        doc = self.doc
        index = self._outside(index)
        between = self._between_commas(index)
        if between:
            return between
        skip = index
        while skip >= max(self.first, index - 4) and not self.part(skip):
            if doc.shapes[skip] in (QUOTE, NUMBER):
                return self.head(index)  # "X, in an interview with «Y», said"
            if doc.shapes[skip] not in (LOWER, 4) or doc.words[skip] in (".", ":", ";"):
                return None
            skip -= 1
        if skip < max(self.first, index - 4):
            # "X, reviewing the case, said": the subject stands at the head of the sentence
            return self.head(index)
        first = skip
        while (
            not self._pronoun(skip)
            and first - 1 >= max(self.first, skip - SOURCE)
            and not self._is_object(first - 1)
            and (self.part(first - 1) or doc.words[first - 1] in self.joiners or self._inner(first - 1))
        ):
            first -= 1
        while first < skip and not self.part(first):
            first += 1
        return self._subject_instead(first, index) or self._checked(first, skip)

    def _subject_instead(self, first: int, index: int) -> tuple[int, int] | None:
        """The head of the sentence where a phrase before a verb is no subject: "speaking to the ministry, he said"."""
        if first == self.first:
            return None
        before = self.doc.words[first - 1]
        loose = before == "," or self.doc.shapes[first - 1] == LOWER
        head = self.head(index) if loose and before not in self.grammar.conjunctions else None
        return head if head and head[1] < first and not self._is_owned(head[0]) else None

    def _is_owned(self, index: int) -> bool:
        """Whether an office or name belongs to the noun before it: "На вопрос президента"; a dictionary tells."""
        doc, language = self.doc, self.language
        if language is None or index == self.first or doc.shapes[index - 1] != LOWER:
            return False
        return is_genitive(doc.words[index], language) and doc.words[index - 1] not in self.grammar.prepositions

    def _inner(self, index: int) -> bool:
        doc = self.doc
        if not self.grammar.has_cases:
            return self.language is not None and doc.words[index] in self.language.places
        return (
            doc.shapes[index] == LOWER
            and index - 1 >= self.first
            and self.part(index - 1)
            and len(doc.words[index]) > SMALL
        )

    def head(self, limit: int) -> tuple[int, int] | None:
        """The subject at the head of the sentence, before ``limit``."""
        first = self.first
        while first < min(limit, self.first + HEAD) and not self._subject(first):
            first += 1
        if first >= limit or not self._subject(first):
            return None
        last = first
        while last + 1 < limit and last - first < SOURCE and self._joins(last + 1):
            last += 1
        while last > first and not self.part(last):
            last -= 1
        return self._checked(first, last)

    def _subject(self, index: int) -> bool:
        """Whether a word can open the subject: part of a name, and not what a preposition governs."""
        if not self.part(index) or self.doc.words[index] in self.grammar.leading:
            return False
        word = self.doc.words[index]
        if self.doc.shapes[index] == TITLE and index == self.first and self.language and word in self.language.common:
            return word in self.language.he or word in self.language.she
        return index == self.first or self.doc.shapes[index - 1] != LOWER or len(self.doc.words[index - 1]) > 3  # noqa: PLR2004

    def _noun(self, index: int) -> bool:
        """Whether a single word is a noun behind its article, and names nobody: "das Potenzial" is none who speaks."""
        doc, language = self.doc, self.language
        if language is None or not self.grammar.capital_nouns or doc.shapes[index] != TITLE or index == self.first:
            return False
        word, before = doc.words[index], index - 1
        if doc.shapes[before] == LOWER and before > self.first and doc.words[before] not in self.grammar.determiners:
            before -= 1  # an adjective
        if doc.words[before] not in self.grammar.determiners:
            return False
        return not (is_office(word, language) or names_body(word, language))

    def _checked(self, first: int, last: int) -> tuple[int, int] | None:
        doc, language = self.doc, self.language
        while first < last and doc.words[first] in self.grammar.leading:
            first += 1
        pronoun = next((i for i in range(first, last) if self._pronoun(i) and not self._owns(i)), None)
        if pronoun is not None:
            return pronoun, pronoun  # "verteidigte sie den Plan und betonte": what follows is no part of it
        if first == last and self._noun(first):
            return None
        if first == last and doc.shapes[first] == TITLE and first == self.first and language is not None:
            word = doc.words[first]
            if word in language.common and word not in language.he | language.she:
                return None
        return (first, last)


def report(sentence: Sentence) -> tuple[int, tuple[int, int] | None, Span] | None:
    """The cue of a sentence (token), its source and the cue's code points."""
    doc, language = sentence.doc, sentence.language
    if language is None:
        return None
    low = doc.text[sentence.span[0] : sentence.span[1]].lower()
    for phrase in language.according:
        at = low.find(phrase)
        if at < 0 or (at and low[at - 1].isalnum()) or low.startswith(language.according_not, at):
            continue
        start = sentence.span[0] + at
        token = doc.at(start + len(phrase) - 1)
        if phrase in language.according_behind:
            return token, sentence.left(token - 1), (start, start + len(phrase))
        possessive = language.grammar.possessives.intersection(phrase.split())
        source = None if possessive else sentence.right(token + 1)
        if possessive:
            owner = next((i for i in range(doc.at(start), token + 1) if doc.words[i] in possessive), token)
            return token, (owner, owner), (start, start + len(phrase))
        if source and not (
            sentence.cues and outlets(language).search(doc.text, doc.starts[source[0]], doc.ends[source[1]])
        ):
            return token, source, (start, start + len(phrase))
    if not sentence.cues:
        verb = unlisted(sentence)
        return None if verb is None else (verb, sentence.right(verb + 1), doc.span(verb, verb))
    spoken = [c for c in sentence.cues if doc.words[c] not in language.media] or sentence.cues
    cue = min(
        spoken,
        key=lambda c: (min((abs(c - q) for q in sentence.quotes), default=0), not closing(sentence, c), c),
    )
    return cue, sentence.source(cue), doc.span(cue, cue)


def closing(sentence: Sentence, cue: int) -> bool:
    """Whether a reporting clause closes the sentence: "..., sagte Sprecherin Ada Moor"."""
    if cue - sentence.first <= HEAD // 2 or "," in sentence.doc.words[cue + 1 : sentence.end]:
        return False
    return cue > sentence.first and sentence.doc.words[cue - 1] == "," and sentence.right(cue + 1) is not None


def subjectless(sentence: Sentence, cue: int) -> bool:
    """Whether a verb may go on with the subject before it, in a language that leaves pronouns out."""
    grammar, word = sentence.grammar, sentence.doc.words[cue]
    single = grammar.leaves_out_pronouns and not word.endswith(grammar.plural_endings) and not sentence.is_owned
    return single and (sentence.doc.shapes[cue] == LOWER or cue == sentence.first)


def clause(sentence: Sentence, cue: int, source: tuple[int, int] | None) -> list[Span]:
    """The reporting clause: from the comma before its verb, or the head of the sentence, to the next comma or "that".

    A comma before the verb opens the clause only where who speaks stands behind the verb.
    """
    doc, language = sentence.doc, sentence.language
    first = sentence.first
    inverted = source is None or source[0] > cue
    for i in range(cue - 1, max(sentence.first - 1, cue - CLOSE), -1) if inverted else ():
        if doc.words[i] in COMMAS or doc.shapes[i] == QUOTE:
            first = i + 1
            break
    stop = sentence.end
    for i in range(cue + 1, sentence.end):
        date = doc.words[i] == "," and i + 1 < sentence.end and doc.shapes[i + 1] == NUMBER
        if (doc.words[i] in (",", ":") and not date) or (language and doc.words[i] in language.that):
            stop = i
            break
    return _unquoted(doc, first, stop)


def _unquoted(doc: Tokens, first: int, stop: int) -> list[Span]:
    """The code points between two words that are outside quotation marks."""
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


def dated(sentence: Sentence) -> bool:
    """Whether a sentence names a day."""
    language = sentence.language
    return language is not None and any(
        word in language.weekdays or word in language.months or word in language.days for word in sentence.words
    )


def verb_like(sentence: Sentence, verb: int) -> bool:
    """Whether a small word before a name or office may be a verb of saying no list knows."""
    language, word = sentence.language, sentence.doc.words[verb]
    if (
        language is None
        or word in language.common | language.openers | language.that | language.grammar.prepositions
        or len(word) <= SMALL
    ):
        return False
    if language.names.has_dictionary and not is_verb(word, language):
        return False
    source = sentence.right(verb + 1)
    return source is not None and source[0] <= verb + 2


def unlisted(sentence: Sentence) -> int | None:
    """A verb no list knows: a small word between the comma after a quotation and a name or office."""
    doc, language = sentence.doc, sentence.language
    if language is None:
        return None
    for quote in sentence.quotes:
        verb = quote + 2
        if verb >= sentence.end or doc.words[quote + 1] not in COMMAS or doc.shapes[verb] != LOWER:
            continue
        if verb_like(sentence, verb):
            return verb
    return None
