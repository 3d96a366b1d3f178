"""Word types and their classes: how a word of any text becomes a number the taggers know."""

from __future__ import annotations

import re
from functools import lru_cache

FIXED = ("", ",", "that", "whether", "if", "who", "which", "to", "according", "by", "and", "but")
"""Words whose numbers never change: features name them."""

_IRREGULAR = {
    "said": "say", "says": "say", "saying": "say", "told": "tell", "wrote": "write", "written": "write",
    "thought": "think", "knew": "know", "known": "know", "felt": "feel", "found": "find", "made": "make",
    "saw": "see", "seen": "see", "spoke": "speak", "spoken": "speak", "gave": "give", "given": "give", "took": "take",
    "taken": "take", "went": "go", "gone": "go", "came": "come", "began": "begin", "begun": "begin", "heard": "hear",
    "left": "leave", "meant": "mean", "sent": "send", "swore": "swear", "sworn": "swear", "understood": "understand",
    "held": "hold", "brought": "bring", "sought": "seek", "showed": "show", "shown": "show", "read": "read",
    "is": "be", "are": "be", "was": "be", "were": "be", "been": "be", "being": "be", "has": "have", "had": "have",
    "having": "have", "does": "do", "did": "do", "done": "do",
}  # fmt: skip


STEMMED = 4
"""Letters from which a word has a stem."""


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A rough base form: "argued", "argues" and "arguing" all give "argu"."""
    known = _IRREGULAR.get(word)
    if known is not None:
        return known
    if len(word) < STEMMED or not word.isalpha():
        return word
    for ending, least in (("ying", 5), ("ied", 4), ("ies", 4), ("ing", 5), ("ed", 4), ("es", 5), ("s", 4), ("e", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            base = word[: -len(ending)] + ("y" if ending in ("ying", "ied", "ies") else "")
            if len(base) >= STEMMED and base[-1] == base[-2] and base[-1] not in "lsz":
                return base[:-1]
            return base.removesuffix("e")
    return word


_ENDINGS = (
    "ing ed ly tion sion ment ness ity ism ist ists er ers or ors al ial ous ive able ible ful less ic ate ize ise ance "
    "ence ant ent ian ans es s y th"
).split()
_SHAPES = ("<unk>", "<unk:title>", "<unk:upper>", "<unk:number>", "<unk:mark>", "<unk:quote>", "<unk:hyphen>")
UNKNOWN = (*_SHAPES, *(f"<unk:{ending}>" for ending in _ENDINGS))


def unknown(word: str, shape: int) -> str:
    """The class of a word that is not in the vocabulary."""
    if shape in (1, 2, 3, 4, 5):
        return UNKNOWN[shape]
    if "-" in word:
        return "<unk:hyphen>"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return f"<unk:{ending}>"
    return "<unk>"


_QUOTED = re.compile(r"<Q\d[ul].?>")


def is_quote(word: str) -> bool:
    """Whether a token stands for a quotation."""
    return _QUOTED.fullmatch(word) is not None
