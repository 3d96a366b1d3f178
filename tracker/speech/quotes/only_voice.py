"""Paragraphs in marks without a reporting clause, in an article that quotes one person: an interview told in prose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracker.speech.draft import Draft
from tracker.speech.types import Mention

LEAST = 3
"""Quotations that must name the same person before those without a reporting clause are taken for that person's."""
SHARE = 0.75
"""Share of all quotations that must name that person."""
RULE = "the voice of the article"
MARKS = " \t\u00a0“”„\"«»‹›‘’'–—-.,!?…"


def give_to_only_voice(
    text: str, drafts: Sequence[Draft], mentions: list[Mention | None], gender: Mapping[str, str]
) -> list[Mention | None]:
    """The mentions of an article's drafts, those of its lone paragraphs in marks filled in behind the one voice it quotes.

    A pronoun beside a report is that voice's too, and not somebody's who is only talked about; ``gender`` is what is known.
    """
    pairs = list(zip(drafts, mentions, strict=True))
    quoted = [mention.name for draft, mention in pairs if mention and draft.regions and not draft.whole]
    voice, times = Counter(quoted).most_common(1)[0] if quoted else (None, 0)
    if voice is None or times < LEAST or times < SHARE * len(quoted):
        return mentions
    heard = {mention.name for _, mention in pairs if mention and not _is_pronoun(mention)}
    out: list[Mention | None] = []
    last: Mention | None = None
    for draft, mention in pairs:
        if mention is None and draft.source is None and last is not None and _is_paragraph(text, draft):
            out.append(replace(last, rule=RULE))
            continue
        if mention is not None and mention.name not in heard and _is_pronoun(mention):
            sex = {gender.get(name or "") for name in (mention.name, voice)} - {None}
            out.append(replace(mention, name=voice if len(sex) < 2 else None, chain=(), rule=RULE))  # noqa: PLR2004
            continue
        out.append(mention)
        if mention is not None and draft.regions:
            last = mention if mention.name == voice else None
    return out


def _is_pronoun(mention: Mention) -> bool:
    """Whether a mention is a pronoun that stands for the subject before it."""
    return mention.rule.startswith("pronoun, last")


def _is_paragraph(text: str, draft: Draft) -> bool:
    """Whether nothing but the quotation stands in its paragraph, and it is not the first: that is a heading."""
    start, end = draft.spans[0][0], draft.spans[-1][1]
    opened, closed = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    around = text[opened:start] + text[end : closed if closed >= 0 else len(text)]
    return bool(draft.regions) and bool(opened) and not around.strip(MARKS) and not draft.date_only
