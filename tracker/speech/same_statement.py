"""What makes two quotes one statement: the one place of this rule. Asks no database.

1. The same identity key (`identity_key`): speaker, days, folded words, whether they are given as words or in paraphrase,
   and whether they are said or denied.
   Without a speaker or a day nobody can tell one utterance from another, so its document is part of the key.
2. Else, for words given as words by one speaker on the same days: the same wording (`is_same_wording`), trimmed or slightly
   re-worded by an outlet. A quote and its negation share nearly every word, so likeness alone would join a claim with its
   opposite: no negation and no number may be added, dropped or replaced inside the part they share.
3. A fragment that fits several statements which are not one another belongs to none of them (`is_ambiguous`).

Which rows are asked, and that two quotes of one page are always two, is `ledger.utterances.find_same`.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from tracker.languages.data import of_all
from tracker.speech import wording
from tracker.speech.models import Claim, QuoteKind, Speaker
from tracker.speech.types import Polarity, Quote

WHOLE = frozenset({QuoteKind.DIRECT, QuoteKind.TURN, QuoteKind.POST})
"""Kinds of quotes that give words as words."""
LIKE_ENOUGH = 85.0
"""Likeness of a wording with a part of another, of 100, from which they are compared word by word."""
SHORTEST = 4
"""Fewer words than this are a fragment: they are joined only with exactly the same words."""


def public_id(identity: str) -> str:
    """The permanent public id that belongs to an identity key: ten letters and digits that are hard to mix up."""
    return base64.b32encode(bytes.fromhex(identity)[:7]).decode().rstrip("=").lower()[:10]


def identity_key(
    speaker: Speaker | None, quote: Quote, *, first: date | None, last: date | None, folded: str, item: str
) -> str:
    """What makes an utterance one: who, when, which words, and whether they are given as words or in paraphrase.

    Without a speaker or a day nobody can tell one utterance from another with the same words, so its document is in it.
    A denial has a key of its own, made of the key the same words would have as a statement.
    """
    who = (
        f"speaker:{speaker.folded}"
        if speaker
        else f"mention:{wording.fold(quote.speaker.text) if quote.speaker else ''}"
    )
    when = f"{first}..{last}" if first else "unknown"
    manner = "words" if QuoteKind(quote.kind) in WHOLE else quote.kind
    key = [who, when, manner, folded]
    if speaker is None or first is None:
        key.append(item)
    said = hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()
    return said if quote.polarity is Polarity.AFFIRMED else denial_key(said)


def denial_key(said: str) -> str:
    """The identity key of a denial, from the key of the statement that the same words would be."""
    return hashlib.sha256(f"denied\0{said}".encode()).hexdigest()


def is_same_wording(one: str, other: str) -> bool:
    """Whether two wordings are the same words, trimmed or slightly re-worded by an outlet; never a negated copy."""
    ours, theirs = wording.parts(one), wording.parts(other)
    if not ours or not theirs:
        return False
    if ours == theirs:
        return True
    short, long = sorted((ours, theirs), key=lambda pieces: sum(map(len, pieces)))
    whole = " ".join(long)
    if sum(len(piece.split()) for piece in short) < SHORTEST:
        return (
            f" {' '.join(short)} " in f" {whole} "
            if len(short) == 1 and len(short[0].split()) >= wording.GRAM
            else False
        )
    return all(_is_part_of(piece, whole) for piece in short)


def _is_part_of(piece: str, whole: str) -> bool:
    if f" {piece} " in f" {whole} ":
        return True
    found = fuzz.partial_ratio_alignment(piece, whole, score_cutoff=LIKE_ENOUGH)
    if found is None:
        return False
    # The alignment counts letters; widen it to whole words so that a cut-off "not" is seen.
    start = whole.rfind(" ", 0, found.dest_start) + 1
    end = whole.find(" ", found.dest_end)
    return _has_same_meaning(piece.split(), whole[start : len(whole) if end < 0 else end].split())


def _has_same_meaning(piece: Sequence[str], region: Sequence[str]) -> bool:
    """No negation or number differs between a wording and the region it was matched with; edges of the region are free."""
    operations = Levenshtein.opcodes(piece, region)
    for number, operation in enumerate(operations):
        if operation.tag == "equal":
            continue
        edge = number in {0, len(operations) - 1} and operation.tag == "insert"
        changed = [*piece[operation.src_start : operation.src_end], *region[operation.dest_start : operation.dest_end]]
        if not edge and any(_is_weighty(word) for word in changed):
            return False
    return True


def _is_weighty(word: str) -> bool:
    return word in _negations() or any(char.isdigit() for char in word)


def is_ambiguous(claim: Claim, alike: Sequence[Claim]) -> bool:
    """Whether a fragment fits several utterances that are not one another: then it belongs to none of them."""
    fuller = [row for row in alike if len(row.folded) > len(claim.folded)]
    return any(not is_same_wording(fuller[0].text, row.text) for row in fuller[1:])


@lru_cache(maxsize=1)
def _negations() -> frozenset[str]:
    """The negations of all languages: a word too many only keeps two wordings apart."""
    return of_all(lambda language: language.grammar.negation_words)
