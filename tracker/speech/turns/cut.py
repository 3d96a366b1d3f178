"""Cuts a transcript into turns: who has the word, in whose label, and which passages are theirs."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import dropwhile
from typing import Literal, NamedTuple

from tracker.languages.data import Language
from tracker.languages.outlets import outlets
from tracker.languages.phrases import any_of, beginning, either
from tracker.speech.people.names import knows_first_name, plain, titled
from tracker.speech.tokens.layout import paragraphs
from tracker.speech.turns import dialects as package
from tracker.speech.turns.dialect import Dialect
from tracker.speech.types import Span

Part = Literal["answer", "question", "moderator"]
PASSAGE = 600
"""A longer turn is given in passages of whole paragraphs of about this many characters: a statement one can cite."""
FLOOD = 20000
"""Labels read at most: more is no transcript."""

SHORTEST = 3
"""Letters of the shortest word that names somebody in the one label of a speech."""
_MEANWHILE = re.compile(r"\s+[–—-]\s[^:\n]*[–—-]$")
OPENING = 600
"""Code points at the head of a text that may stand before that label, however short the speech."""
OPENS = 0.3
"""Part of a text within which the one label of a speech stands."""
FULL = 2
"""Words of a full name."""
LONGEST, NAMES = 100, 6
"""Characters and words of the longest label."""
SEVERAL = 3
"""Labels from which a text is taken for a transcript even if one of them stands there once."""
WRAPPED = 50
"""Characters of a line from which one that ends in the middle of a sentence goes on in the next."""
PAIR = 2
"""Labels of the shortest exchange."""
INITIALS = 3
"""Letters up to which capitals are initials and no label inside a paragraph."""
_STAGE = re.compile(r"\W*(?:\[[^()\[\]]{1,200}\]|\((?:[^()]|\([^()]*\)){1,600}\))\W*")
"""A paragraph in brackets: what happens in the hall, or what others call."""
_CALLED = re.compile(r">\s*([*_]{1,2})[^*_\n]{2,80}:\1")
"""A paragraph set back whose label is slanted: what others call meanwhile."""
_TIME = re.compile(r"[(\[](?:\d{1,2}:)?\d{1,2}:\d{2}[)\]]\s*")
"""A time of the recording before a paragraph."""


@lru_cache(maxsize=16)
def _leading(language: Language) -> re.Pattern[str]:
    """Find what stands before the first word of a turn: marks, stage directions."""
    directions = either(language.transcripts.stage_directions)
    return re.compile(rf"(?:\s|[*_]+(?=\s)|\((?:{directions})[^)]{{0,60}}\)\.?)+", re.IGNORECASE)


@lru_cache(maxsize=16)
def _interjection(language: Language) -> re.Pattern[str]:
    """Find what others say or do inside a turn, in brackets: "(Zuruf von der Linken: Wann denn?)"."""
    calls = either(language.transcripts.interjections)
    begins = rf"(?:{calls})\b|" if calls else ""
    return re.compile(rf"[(\[](?:{begins}(?=[^()\[\]]*\w:\s))[^()\[\]]{{2,300}}[)\]]", re.IGNORECASE)


_ONLY_MARKS = re.compile(r"[\W_]*")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: its label's code points, what the label says, and its passages."""

    label: Span
    words: str
    part: Part
    passages: tuple[Span, ...]


class _Label(NamedTuple):
    """A label: where what belongs to it begins (a time of the recording), its own code points, where its turn begins."""

    begins: int
    start: int
    end: int
    after: int
    words: str


@lru_cache(maxsize=1)
def dialects() -> tuple[Dialect, ...]:
    """All dialects: every module of the folder dialects with a ``DIALECT``, the general one last."""
    found = [
        module.DIALECT
        for info in pkgutil.iter_modules(package.__path__)
        if hasattr(module := importlib.import_module(f"{package.__name__}.{info.name}"), "DIALECT")
    ]
    return tuple(sorted(found, key=lambda d: (d.name == "general", d.name)))


def choose(
    text: str, title: str | None, language: Language, *, told: bool = False
) -> tuple[Dialect, list[re.Match[str]]] | None:
    """The dialect that explains most labels, and its labels; None if the text is no transcript.

    Labels count by how often they come back; hints of title and header decide between equals. Where the text is told
    to be a transcript (``told``), two labels are enough, and one that opens it and names an office or a name of the title.
    """
    head = f"{title or ''}\n{text[:1500]}\n{text[-300:]}".lower()
    best: tuple[float, Dialect, list[re.Match[str]]] | None = None
    for dialect in dialects():
        labels = _labels(text, dialect, language)
        enough = len(labels) >= (min(dialect.least, 2) if told else dialect.least)
        if not (enough or (told and labels and _opens(labels[0], title, language))):
            continue
        hints = sum(hint in head for hint in dialect.hints)
        score = len(labels) * (1 + 0.15 * min(hints, 4)) - (0.5 if dialect.name == "general" else 0)
        if best is None or score > best[0]:
            best = (score, dialect, labels)
    return (best[1], best[2]) if best else None


def _opens(label: re.Match[str], title: str | None, language: Language) -> bool:
    """Whether a label that stands alone opens a speech: near the beginning, an office or a name of the title."""
    if label.start() > max(OPENING, OPENS * len(label.string)):
        return False
    words = {plain(word) for word in re.findall(r"[^\W\d_][\w’'\-]*", label_words(label))}
    offices = {plain(word) for word in language.transcripts.offices | language.transcripts.roles}
    named = {plain(word) for word in re.findall(r"[^\W\d_][\w’'\-]*", title or "")}
    words = {word for word in words if len(word) >= SHORTEST}  # "H.E." is nobody's name
    return bool(words) and (
        words <= offices | language.grammar.articles
        or (bool(words - offices) and words - offices <= named)
        or names_office_holder(label_words(label), language)
        or _names_person(label_words(label), offices)
    )


def _names_person(words: str, offices: set[str]) -> bool:
    """Whether a label is a full name that begins with a known first name, behind whatever office."""
    parts = words.split()
    names = list(dropwhile(lambda part: not knows_first_name(plain(part)), parts))
    capital = all(part[0].isupper() or plain(part) in offices for part in parts)
    return capital and FULL <= len(names) <= SEVERAL and len(parts) <= NAMES


def names_office_holder(words: str, language: Language) -> bool:
    """Whether a label is an office and a name: "Prime Minister Ada Moor", "President of Norland Ada Moor"."""
    parts = words.split()
    number = next((n for n, part in enumerate(parts) if part.lower() in language.transcripts.roles), len(parts))
    small = language.transcripts.label_words | language.transcripts.offices
    name = [part for part in parts[number + 1 :] if part.lower() not in small]
    return 0 < len(name) <= SEVERAL and len(parts) <= NAMES and all(part[0].isupper() for part in name)


def _labels(text: str, dialect: Dialect, language: Language) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for match in dialect.label.finditer(text):
        words = label_words(match)
        if len(words) > LONGEST or not _plausible(words, dialect, language):
            continue
        found.append(match)
        if len(found) > FLOOD:
            return []
    counts = Counter(label_words(m) for m in found)
    lasts = Counter(words.lower().split()[-1] for words in counts)
    kept = [
        m
        for m in found
        if _trusted(words := label_words(m), counts, lasts, dialect, language)
        and (counts[words] > 1 or words.isupper() or not _is_of_the_words(m, found[0], dialect, language))
    ]
    return kept if len(kept) == len(found) or len(kept) >= dialect.least else found[:0]


def _is_of_the_words(label: re.Match[str], first: re.Match[str], dialect: Dialect, language: Language) -> bool:
    """Whether what looks like a label and stands once is what somebody says: "Members of the Harbour Guild: ...".

    It is where the first label is in capitals, or where a line that goes on to it ends in the middle of a sentence.
    """
    if part_of(label_words(label), dialect, language) != "answer":
        return False
    shouted = label_words(first).isupper() and len(label_words(first)) >= SHORTEST
    above = label.string[: label.start()].removesuffix("\n").rpartition("\n")[2].rstrip()
    return shouted or (len(above) >= WRAPPED and (above[-1].isalnum() or above[-1] in ",’'"))


def label_words(match: re.Match[str]) -> str:
    """The words of a label as they stand, without what its bearer does meanwhile."""
    words = next((g for g in match.groups() if g), "").strip(" *_\t\u00a0")
    return _MEANWHILE.sub("", words)


def _plausible(words: str, dialect: Dialect, language: Language) -> bool:
    """Whether words before a colon can be a label and not the start of a sentence."""
    if not words:
        return False
    first = words.split(maxsplit=1)[0].lower().strip(".,*_")
    if words.rsplit(maxsplit=1)[-1].lower().strip(".,*_") in language.transcripts.not_labels:
        return False  # "MEDIA CONTACT"
    if first in dialect.questions or first in language.transcripts.questioners | language.transcripts.moderators:
        return True
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", "", words)
    rest = bare.split()[1:]
    if first in language.grammar.articles and rest and rest[0].islower():
        return all(titled(word, language) or word in language.transcripts.label_words for word in rest)
    return not any_of(language.transcripts.not_labels).search(bare)


def _trusted(words: str, counts: Counter[str], lasts: Counter[str], dialect: Dialect, language: Language) -> bool:
    if counts[words] > 1 or words.isupper() or "(" in words:
        return True
    bare = words.lower().split()
    known = language.transcripts
    if bare[0].strip(".,") in dialect.questions | known.questioners | known.moderators | known.roles:
        return True
    if bare[0] in known.sentence_openers:
        return False
    if len(bare) > NAMES:
        return False
    if len(counts) == 1 and names_office_holder(words, language):
        return True
    # Seen once, it must share its last word with a label seen often ("President of Ulmia Ada Moor" and "Ada Moor"),
    # or look like a name in a document of many labels.
    return sum(counts.values()) >= SEVERAL and (len(bare) > 1 or lasts[bare[-1]] > 1)


def turns(text: str, dialect: Dialect, labels: list[re.Match[str]], language: Language) -> list[Turn]:
    """The turns in order; what stands before the first label is the header and belongs to nobody."""
    points: list[_Label] = []
    for match in labels:
        group = next(i for i, g in enumerate(match.groups(), 1) if g)
        points.append(_Label(match.start(), match.start(group), match.end(group), match.end(), label_words(match)))
    if dialect.inline:
        points = _inline(text, points)
    points = _with_questions(text, points)
    out = []
    for index, label in enumerate(points):
        stop = points[index + 1].begins if index + 1 < len(points) else len(text)
        passages = _passages(text, (label.after, stop), dialect, language)
        out.append(Turn((label.start, label.end), label.words, part_of(label.words, dialect, language), passages))
    return _as_introduced(out)


def _as_introduced(turns: list[Turn]) -> list[Turn]:
    """Let "PARK" ask or lead where "JO PARK, HOST" did: the first label tells the part, later ones the surname."""
    parts: dict[str, Part] = {}
    out = []
    for turn in turns:
        name, _, role = turn.words.partition(",")
        surname = name.split()[-1].lower() if name.split() else ""
        if role and turn.part != "answer" and " " in name.strip():
            parts.setdefault(surname, turn.part)
        alone = turn.part == "answer" and name.lower() == surname
        out.append(replace(turn, part=parts[surname]) if alone and surname in parts else turn)
    return out


def _inline(text: str, points: list[_Label]) -> list[_Label]:
    """Add labels glued into a paragraph: only words that are a label elsewhere in the same text."""
    known = {label.words for label in points if label.words.isupper() and len(label.words) > INITIALS}
    if not known:
        return points
    pattern = re.compile(
        r"(?<=[\s.?!—…”\")])(" + "|".join(re.escape(w) for w in sorted(known, key=len, reverse=True)) + r"):(?=\s)"
    )
    taken = {label.start for label in points}
    more = [
        _Label(m.start(1), m.start(1), m.end(1), m.end(), m.group(1))
        for m in pattern.finditer(text)
        if m.start(1) not in taken
    ]
    return sorted(points + more)


def _with_questions(text: str, points: list[_Label]) -> list[_Label]:
    """Add labels without words where nobody but the one who answers has a label: each answer stands below its question."""
    if len(points) < PAIR or len({label.words for label in points}) > 1:
        return points
    out: list[_Label] = []
    before = 0
    for label in points:
        spans = paragraphs(text[before : label.begins])
        start, end = spans[-1] if spans else (0, 0)
        asked = text[before + start : before + end].rstrip("*_ ").endswith("?")
        if not asked or (before and len(spans) == 1):
            return points
        out += [_Label(before + start, before + start, before + start, before + start, ""), label]
        before = label.after
    return out


def part_of(words: str, dialect: Dialect, language: Language) -> Part:
    """Whether a label asks, leads or answers."""
    bare = re.sub(
        r"^[^\w]+|[^\w]+$", "", words.split("(", maxsplit=1)[0].split("[", maxsplit=1)[0].split(",", maxsplit=1)[0]
    ).strip()
    first = bare.lower().split()[0].rstrip(".:") if bare else "q"
    last = bare.lower().split()[-1].rstrip(".:") if bare else ""
    known = language.transcripts
    if first in dialect.questions | known.questioners or first == "q" or last in known.last_questioners:
        return "question"
    if first in known.moderators or last in known.moderators:
        return "moderator"
    rest = words[len(words.split("(", maxsplit=1)[0].split("[", maxsplit=1)[0].split(",", maxsplit=1)[0]) :]
    if dialect.asks_by_outlet and outlets(language).search(rest) and not beginning(known.spokespeople).search(rest):
        return "moderator" if any_of(known.hosts).search(rest) else "question"
    if any_of(known.hosts).search(rest):
        return "moderator"
    return "answer"


def _without_interjections(text: str, start: int, end: int, language: Language) -> list[Span]:
    """The stretches of a paragraph between what others call or do meanwhile; empty ones are left out."""
    pieces, at = [], start
    for match in (*_interjection(language).finditer(text, start, end), None):
        first, last = at, match.start() if match else end
        while first < last and text[first].isspace():
            first += 1
        while last > first and text[last - 1].isspace():
            last -= 1
        if not _ONLY_MARKS.fullmatch(text, first, last):
            pieces.append((first, last))
        at = match.end() if match else end
    return pieces


def _passages(text: str, place: Span, dialect: Dialect, language: Language) -> tuple[Span, ...]:
    """The passages of a turn: its paragraphs, short neighbours together, stage directions left out."""
    out: list[Span] = []
    start, stop = place
    apart = False
    for a, b in paragraphs(text[start:stop]):
        first, last = start + a, start + b
        time = _TIME.match(text, first, last)
        if time:
            first, apart = time.end(), True
        lead = _leading(language).match(text, first, last)
        first = lead.end() if lead else first
        while last > first and (text[last - 1].isspace() or text[last - 1] in "*_\\#"):
            last -= 1
        words = text[first:last]
        if _CALLED.match(text, start + a):
            apart = True
            continue
        if not words or _ONLY_MARKS.fullmatch(words) or _STAGE.fullmatch(words) or dialect.noise.match(words):
            apart = apart or _interjection(language).search(words) is not None
            continue
        for number, (begin, until) in enumerate(_without_interjections(text, first, last, language)):
            # A time between two paragraphs and a call from the hall are not the speaker's words: no passage reaches across.
            if out and not apart and not number and until - out[-1][0] <= PASSAGE:
                out[-1] = (out[-1][0], until)
            else:
                out.append((begin, until))
            apart = False
    return tuple(out)
