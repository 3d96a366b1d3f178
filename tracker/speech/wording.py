"""Wordings: folded, fingerprinted and compared. What makes two of them one statement stands in ``same_statement``."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import xxhash
from rapidfuzz.distance import Indel

from tracker.languages.data import default
from tracker.languages.letters import PLAIN_LETTERS, romanized
from tracker.languages.phrases import either

GRAM = 3
WINDOW = 3
"""Winnowing over 3-grams with a window of 3: any 5 shared words in a row give a shared fingerprint."""

INVISIBLE = dict.fromkeys(
    [
        0xAD,
        0x200B,
        0x200C,
        0x200D,
        0x2060,
        0xFEFF,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        *range(0xE0000, 0xE0080),
    ]
)
ELLIPSIS = re.compile(r"\.\s?\.\s?\.|…|\[\s?(?:\.\s?\.\s?\.|…)\s?\]")
WORD = re.compile(r"\w+(?:'\w+)*")
QUOTATION_MARKS = re.compile(r"""\s*["'“”„‟«»‹›「」『』‚‛＂]+\s*""")
APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
"""Between two letters it is one; else it may be a mark of quotation."""
DASHES = re.compile(r"\s*[-‐‑‒–—―−]+\s*")
BEFORE_POINTS = re.compile(r"\s+([!?;:,.])")
APOSTROPHES = str.maketrans("’‘ʼ＇`´", "''''''")


@lru_cache(maxsize=1)
def _bracketed() -> re.Pattern[str]:
    """Find what an editor has put in: brackets, an article in parentheses."""
    return re.compile(rf"\[[^\]]*\]|\((?:{either(default().grammar.articles)})\)")


def visible(text: str) -> str:
    """`text` without zero-width, soft-hyphen, bidi and tag characters; for display and matching, never for evidence."""
    return text.translate(INVISIBLE)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """`text` as bare words: no case, accents, punctuation, quote style; compatible forms united. Words by one blank.

    Letters that have no accent to lose are written as another keyboard does (`PLAIN_LETTERS`). Stored columns hold what
    this gives: who changes it writes a migration that makes them anew (0009 is one).
    """
    return _replaced(fold_letters(text), _PLAIN)


def short_name(name: str) -> str:
    """A name as an id or address: small letters a to z and digits with hyphens, other scripts as they sound; may be empty."""
    words = (word if word.isascii() else romanized(word) for word in fold(name).split())
    return "-".join(word for word in words if word.isascii())[:80].strip("-")


def fold_letters(text: str) -> str:
    """`text` folded, with the letters of `PLAIN_LETTERS` as they are."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text)
    return " ".join(WORD.findall(_replaced(plain.casefold(), _FOLDED, marks=True))).replace("'", "")


_PLAIN = {chr(code): str(told) for code, told in PLAIN_LETTERS.items()}
_FOLDED = {**{chr(code): "" for code in INVISIBLE}, **dict.fromkeys("’‘ʼ＇`´", "'")}


def _replaced(text: str, table: Mapping[str, str], *, marks: bool = False) -> str:
    """`text` with characters replaced, and combining marks left out; many times faster than `str.translate` on long texts."""
    for char in set(text):
        if char in table:
            text = text.replace(char, table[char])
        elif marks and char > "\x7f" and unicodedata.combining(char):
            text = text.replace(char, "")
    return text


def plain_marks(text: str) -> str:
    """`text` with every style of mark as one: quotation marks, apostrophes, dashes, ellipses, white space. Words stay."""
    plain = APOSTROPHE.sub("\0", visible(text).translate(APOSTROPHES))
    plain = QUOTATION_MARKS.sub('"', plain).replace("\0", "'").replace("…", "...")
    plain = " ".join(DASHES.sub("-", plain).split())
    return BEFORE_POINTS.sub(r"\1", plain)


def parts(text: str) -> list[str]:
    """The folded pieces of a quotation on both sides of its ellipses, editors' insertions dropped."""
    pieces = (fold(_bracketed().sub(" ", piece)) for piece in ELLIPSIS.split(text))
    return [piece for piece in pieces if piece]


def fingerprints(folded: str) -> set[int]:
    """The kept 3-gram hashes of a folded wording, as signed 64-bit numbers (Schleimer et al. 2003, winnowing)."""
    hashes = grams(folded)
    if len(hashes) <= WINDOW:
        return set(hashes)
    return {min(hashes[i : i + WINDOW]) for i in range(len(hashes) - WINDOW + 1)}


def grams(folded: str) -> list[int]:
    """Every 3-gram hash of a folded wording in order; a shorter wording gives one hash of all its words."""
    words = folded.split()
    if not words:
        return []
    groups = [words] if len(words) < GRAM else [words[i : i + GRAM] for i in range(len(words) - GRAM + 1)]
    return [xxhash.xxh64_intdigest(" ".join(group).encode("utf-8", "surrogatepass")) - 2**63 for group in groups]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words of a comparison: the same in both, only in the first (`gone`) or only in the second (`new`)."""

    kind: Literal["same", "gone", "new"]
    text: str


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """What differs between two texts, word by word and, inside a changed word, to the character.

    Joining the `same` and `gone` pieces gives `old`; `same` and `new` give `new`, exactly.
    """
    ours, theirs = _tokens(old), _tokens(new)
    pieces: list[Piece] = []
    gone = new = ""
    # Indel keeps the longest common words; Levenshtein would rather replace a word by its neighbour.
    for step in Indel.opcodes(ours, theirs):
        before, after = ours[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        if step.tag != "equal":
            gone, new = gone + "".join(before), new + "".join(after)
            continue
        pieces.extend(_inside(gone, new))
        pieces.append(Piece("same", "".join(before)))
        gone = new = ""
    pieces.extend(_inside(gone, new))
    return tuple(_joined(pieces))


def counts(pieces: Sequence[Piece]) -> tuple[int, int]:
    """How many words stand only in the second text and how many only in the first."""
    return (
        sum(len(WORD.findall(piece.text.translate(APOSTROPHES))) for piece in pieces if piece.kind == "new"),
        sum(len(WORD.findall(piece.text.translate(APOSTROPHES))) for piece in pieces if piece.kind == "gone"),
    )


def _tokens(text: str) -> list[str]:
    # A word carries the blank before it: blanks alone would be kept in place of words.
    return re.findall(r"\s*(?:\w+(?:['’]\w+)*|[^\w\s])|\s+$", text)


def _inside(gone: str, new: str) -> list[Piece]:
    """The smallest difference of one changed place: what both begin and end with stays the same."""
    if not gone or not new or " " in gone.strip() or " " in new.strip():
        return [piece for piece in (Piece("gone", gone), Piece("new", new)) if piece.text]
    head = next((i for i, (a, b) in enumerate(zip(gone, new, strict=False)) if a != b), min(len(gone), len(new)))
    tail = next(
        (i for i, (a, b) in enumerate(zip(reversed(gone[head:]), reversed(new[head:]), strict=False)) if a != b),
        min(len(gone), len(new)) - head,
    )
    shared = len((gone[:head] + gone[len(gone) - tail :]).strip())
    if 2 * shared <= max(len(gone.strip()), len(new.strip())):
        return [Piece("gone", gone), Piece("new", new)]
    middle = [
        Piece("same", gone[:head]),
        Piece("gone", gone[head : len(gone) - tail]),
        Piece("new", new[head : len(new) - tail]),
        Piece("same", gone[len(gone) - tail :]),
    ]
    return [piece for piece in middle if piece.text]


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
