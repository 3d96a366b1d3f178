"""Interviews without labels: questions and answers behind dashes, as the Slavic press prints them."""

from __future__ import annotations

import re
from typing import NamedTuple

from tracker.languages.data import Language
from tracker.speech.tokens.layout import paragraphs
from tracker.speech.types import Span

LEAST = 2
"""Questions from which a text is an interview."""
_DASH = re.compile(r"[–—-]\s*(?=[\w«„“\"])")
_ASKS = re.compile(r"\?[\"»”)]*\s*$")


class Exchange(NamedTuple):
    """A question and the paragraphs of its answer, dashes left out."""

    question: Span
    answer: tuple[Span, ...]


def exchanges(text: str, language: Language) -> tuple[Exchange, ...]:
    """The questions of an interview with their answers; nothing where fewer than two stand behind dashes.

    A line behind a dash that ends with a question mark asks, the next one behind a dash answers, and so do the lines up
    to the next question. A list behind dashes within an answer is part of it.
    """
    if not language.grammar.hyphen_opens_speech:
        return ()
    lines = [span for a, b in paragraphs(text) for span in _lines(text, a, b)]
    found: list[tuple[Span, list[Span]]] = []
    for start, end in lines:
        dash = _DASH.match(text, start, end)
        if dash and _ASKS.search(text[start:end]):
            found.append(((dash.end(), end), []))
        elif found:
            answer = found[-1][1]
            answer.append((dash.end() if dash and not answer else start, end))
    asked = tuple(Exchange(question, tuple(answer)) for question, answer in found if answer and _opens(text, answer[0]))
    return asked if len(asked) >= LEAST and len(asked) == len(found) else ()


def _lines(text: str, start: int, end: int) -> list[Span]:
    """The lines of a paragraph, without white space around them."""
    out, at = [], start
    for line in text[start:end].split("\n"):
        bare = line.strip()
        if bare:
            first = at + line.index(bare)
            out.append((first, first + len(bare)))
        at += len(line) + 1
    return out


def _opens(text: str, answer: Span) -> bool:
    """Whether an answer stands behind a dash of its own."""
    before = text[text.rfind("\n", 0, answer[0]) + 1 : answer[0]]
    return _DASH.match(before + "x") is not None
