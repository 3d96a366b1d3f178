"""What makes two quotes one statement: the one place of this rule. Asks no database.

1. The same identity key (`identity_key`): speaker, days, folded words, and whether they are given as words or in paraphrase.
   Without a speaker or a day nobody can tell one utterance from another, so its document is part of the key.
2. Else one speaker, the same polarity, days that can be the same (`is_same_time`), and the same words (`is_same_words`):
   - words given as words, trimmed or slightly re-worded by an outlet (`is_same_wording`). A quote and its negation share
     nearly every word, so likeness alone would join a claim with its opposite: no negation, number, month or weekday may be
     added, dropped or replaced inside the part they share, and in a short one no word by another;
   - what a mixed quote has inside its marks, word for word inside words given as words or inside the marks of another;
   - reported speech of the very same words.
3. A fragment that fits several statements which are not one another belongs to none of them (`is_ambiguous`); nor does it
   belong to a long speech of which it is one thought among many (`LARGEST_WHOLE`). A translation shares no words: it is
   never joined.

Which rows are asked, and that two quotes of one page are two unless one is a scrap of the other, is `ledger.utterances`.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from tracker.languages.data import default, of_all
from tracker.languages.letters import VOWELS
from tracker.speech import wording
from tracker.speech.models import Claim, Precision, QuoteKind, Speaker
from tracker.speech.search.tokens import stem
from tracker.speech.types import Polarity

WHOLE = frozenset({QuoteKind.DIRECT, QuoteKind.TURN, QuoteKind.POST})
"""Kinds of quotes that give words as words."""
LIKE_ENOUGH = 85.0
"""Likeness of a wording with a part of another, of 100, from which they are compared word by word."""
SHORTEST = 4
"""Fewer words than this are a fragment: they are joined only with exactly the same words."""
SHORTEST_REPORT = 6
"""Words of reported speech that two outlets give alike only because one has it from the other."""
SHORT = 12
"""In a passage of fewer words no word may be replaced by another."""
LARGEST_WHOLE, LEAST_SHARE = 150, 0.2
"""Of more words than this a quote must be so large a part to be the same statement."""
MOST_SCRAPS = 0.6
"""So large a part of what one mixed quote has inside its marks, of the words, makes it a scrap of another quote."""
SLACK = 24
"""Letters around an alignment that are looked at too: a longer word inside moves its ends."""
SPELT_ALIKE = 70.0
"""Likeness of two words, of 100, that may be one in two spellings."""
LONE_WORD = 7
"""Letters of a single word in marks from which its page's full quotation is known by it."""
FULL_QUOTE = 10
"""Words from which a quotation gives words in full, and is no scrap itself."""
TOLD_AROUND = 3
"""Words that may stand between those of a scrap where its page gives the words in full."""
COPIED_WITHIN = timedelta(days=3)
"""So long after one another two outlets publish an utterance whose day neither tells."""
TOLD_WITHIN = timedelta(days=7)
"""So long after its day an utterance is still told without it."""
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’»]?\s+")
MARKED = re.compile(r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|\"([^\"]+)\"|‘([^‘’]{8,})’")
"""What a mixed quote has inside its marks."""


def public_id(identity: str) -> str:
    """The permanent public id that belongs to an identity key: ten letters and digits that are hard to mix up."""
    return base64.b32encode(bytes.fromhex(identity)[:7]).decode().rstrip("=").lower()[:10]


def identity_key(claim: Claim, speaker: Speaker | None, item: str) -> str:
    """What makes an utterance one: who, when, which words, and whether they are given as words or in paraphrase.

    Without a speaker or a day nobody can tell one utterance from another with the same words, so its document (`item`) is
    in it. A denial has a key of its own, made of the key the same words would have as a statement.
    """
    who = f"speaker:{speaker.folded}" if speaker else f"mention:{wording.fold(claim.speaker_text or '')}"
    when = f"{claim.said_from}..{claim.said_to}" if claim.said_from else "unknown"
    manner = "words" if claim.kind in WHOLE else claim.kind.value
    key = [who, when, manner, claim.folded]
    if speaker is None or claim.said_from is None:
        key.append(item)
    said = hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()
    return said if claim.polarity is Polarity.AFFIRMED else denial_key(said)


def denial_key(said: str) -> str:
    """The identity key of a denial, from the key of the statement that the same words would be."""
    return hashlib.sha256(f"denied\0{said}".encode()).hexdigest()


def is_same_words(one: Claim, other: Claim) -> bool:
    """Whether the words of two claims of one speaker are the same utterance's, by how each source gives them."""
    if QuoteKind.INDIRECT in {one.kind, other.kind}:
        return one.kind == other.kind and one.folded == other.folded and len(one.folded.split()) >= SHORTEST_REPORT
    if one.kind in WHOLE and other.kind in WHOLE:
        return is_same_wording(one.text, other.text) and not _is_one_thought_of_many(one.folded, other.folded)
    if one.kind == other.kind:
        return is_same_wording(one.text, other.text) or _is_scrap_of(_marked(one), _marked(other))
    scrap, whole = (one, other) if one.kind == QuoteKind.MIXED else (other, one)
    return _is_scrap_of(_marked(scrap), [" ".join(wording.parts(whole.text))], whole=True)


def _marked(claim: Claim) -> list[str]:
    """The folded passages that a mixed quote has inside its marks."""
    passages = (next(group for group in found.groups() if group) for found in MARKED.finditer(claim.text))
    return [folded for passage in passages for folded in wording.parts(passage)]


def _is_scrap_of(scrap: Sequence[str], known: Sequence[str], *, whole: bool = False) -> bool:
    """Whether all that one has inside its marks stands in the other, word for word, and says enough to tell."""
    short, long = (scrap, known) if whole else sorted((scrap, known), key=lambda passages: sum(map(len, passages)))
    size = sum(len(passage.split()) for passage in short)
    if size < SHORTEST or max(len(passage.split()) for passage in short) < wording.GRAM:
        return False
    if whole and _is_one_thought_of_many(" ".join(short), " ".join(long)):
        return False
    inside = [passage for passage in short if any(f" {passage} " in f" {place} " for place in long)]
    if len(inside) == len(short):
        return True
    # Of a sentence with several scraps, some from this quote and some from elsewhere, most must be from here.
    words = [len(passage.split()) for passage in inside]
    return max(words, default=0) > SHORTEST and sum(words) >= MOST_SCRAPS * size


def is_told_from(scrap: Claim, whole: Claim, code: str | None) -> bool:
    """Whether all that a sentence has inside its marks is taken from words that its own page gives in full.

    A lead puts them into its sentence: another case, another order. So the words of each passage stand near each other
    in the whole, in any form, no negation more or less; a single word is long enough to be no accident.
    """
    passages = [passage.split() for passage in _marked(scrap)]
    words = whole.folded.split()
    if len(words) < FULL_QUOTE:
        return False
    return bool(passages) and all(_holds_forms(words, passage, code) for passage in passages)


def _holds_forms(words: Sequence[str], passage: Sequence[str], code: str | None) -> bool:
    if len(passage) < 2 and len(passage[0]) < LONE_WORD:  # noqa: PLR2004 - one word
        return False
    wanted, found = [_stem(word, code) for word in passage], [_stem(word, code) for word in words]
    size = len(passage) + TOLD_AROUND
    for start in (place for place, word in enumerate(found) if word == wanted[0]):
        near = slice(max(0, start - size), start + size)
        if set(wanted) <= set(found[near]):
            return True
    return False


def _stem(word: str, code: str | None) -> str:
    """The stem of a folded word without a vowel at its end: folding takes the breve off a Russian ending."""
    bare = (stem(word, code or "") or word).partition("0")[0]
    return bare[:-1] if len(bare) > SHORTEST and bare[-1] in VOWELS else bare


def _is_one_thought_of_many(one: str, other: str) -> bool:
    short, long = sorted((len(one.split()), len(other.split())))
    return long > LARGEST_WHOLE and short < LEAST_SHARE * long


def is_same_time(one: Claim, other: Claim, published: tuple[datetime | None, datetime | None]) -> bool:
    """Whether two claims can have been made at one time: their days meet, or an undated one was published near the other.

    `published` are the first days on which each was read somewhere. Of the two the days told count before those.
    """
    ours, theirs = published
    if one.said_from and one.said_to and other.said_from and other.said_to:
        if one.said_from <= other.said_to and other.said_from <= one.said_to:
            return True
        # A copy of "last week" that was published a day later counts from another day.
        loose = Precision.RANGE == one.said_precision == other.said_precision and one.folded == other.folded
        if not loose:
            return False
    elif one.said_from or other.said_from:
        dated, read = (one, theirs) if one.said_from else (other, ours)
        if read is None or dated.said_from is None or dated.said_to is None:
            return False
        return dated.said_from - timedelta(days=1) <= read.date() <= dated.said_to + TOLD_WITHIN
    return ours is not None and theirs is not None and abs(ours - theirs) <= COPIED_WITHIN


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
    if all(_is_part_of(piece, whole) for piece in short):
        return True
    sentences = _sentences(one if short is ours else other)
    return len(sentences) > 1 and all(f" {sentence} " in f" {whole} " for sentence in sentences)


def _sentences(words: str) -> list[str]:
    """The folded sentences of a quotation: outlets leave one out without a sign."""
    return [piece for sentence in SENTENCE_END.split(words) for piece in wording.parts(sentence)]


def _is_part_of(piece: str, whole: str) -> bool:
    if f" {piece} " in f" {whole} ":
        return True
    found = fuzz.partial_ratio_alignment(piece, whole, score_cutoff=LIKE_ENOUGH)
    if found is None:
        return False
    # The alignment counts letters; widen it to whole words so that a cut-off "not" is seen.
    start = whole.rfind(" ", 0, max(0, found.dest_start - SLACK)) + 1
    end = whole.find(" ", found.dest_end + SLACK)
    return _has_same_meaning(piece.split(), whole[start : len(whole) if end < 0 else end].split())


def _has_same_meaning(piece: Sequence[str], region: Sequence[str]) -> bool:
    """No negation, number or day differs between a wording and the region it was matched with; edges of it are free."""
    operations = Levenshtein.opcodes(piece, region)
    for number, operation in enumerate(operations):
        if operation.tag == "equal":
            continue
        edge = number in {0, len(operations) - 1} and operation.tag == "insert"
        gone = piece[operation.src_start : operation.src_end]
        new = region[operation.dest_start : operation.dest_end]
        if not edge and any(_is_weighty(word) for word in (*gone, *new)):
            return False
        if gone and new and len(piece) < SHORT and fuzz.ratio(" ".join(gone), " ".join(new)) < SPELT_ALIKE:
            return False
    return True


def _is_weighty(word: str) -> bool:
    return word in _weighty_words() or any(char.isdigit() for char in word)


def is_ambiguous(claim: Claim, alike: Sequence[Claim]) -> bool:
    """Whether a fragment fits several utterances that are not one another: then it belongs to none of them."""
    fuller = [row for row in alike if len(row.folded) > len(claim.folded)]
    return any(not is_same_words(fuller[0], row) for row in fuller[1:])


def is_better_reference(known: Claim, other: Claim) -> bool:
    """Whether another wording of a statement is to stand for it: that of a transcript before any outlet's, then the fuller.

    An outlet's own words around a scrap make it no fuller, and altered words never replace unaltered ones.
    """
    ranks = [_rank(claim.kind) for claim in (known, other)]
    if ranks[0] != ranks[1]:
        return ranks[1] > ranks[0]
    longer = len(other.folded.split()) > len(known.folded.split())
    return longer and other.kind in WHOLE and (known.altered or not other.altered)


def _rank(kind: QuoteKind) -> int:
    return 2 if kind == QuoteKind.TURN else 1 if kind in WHOLE else 0


@lru_cache(maxsize=1)
def _weighty_words() -> frozenset[str]:
    """The folded negations, numbers, months and weekdays of all languages: a word too many keeps two apart, no more.

    A number that is one of the commonest words of the default language is none: Danish "to" is English "to".
    """
    numbers = of_all(lambda language: language.grammar.number_words)
    numbers -= default().common - default().grammar.number_words
    found = of_all(lambda language: language.grammar.negation_words) | numbers
    found |= of_all(lambda language: frozenset({*language.months, *language.weekdays}))
    return frozenset(wording.fold(word) for word in found) - {""}
