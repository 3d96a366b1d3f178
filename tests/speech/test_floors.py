"""The figures the reader must keep on the project's own pages: made-up press reports and transcripts in eight languages.

The pages of ``dialects`` and ``languages`` are read without a miss (see ``test_reading``); those of ``press`` and
``transcripts`` were written harder, and what is expected of them is what a careful person reads, not what the reader gives.
"""

from dataclasses import dataclass, field

import pytest

from tests.speech.reader import Example, examples

PAGES = [e for folder in ("dialects", "languages", "press", "transcripts") for e in examples(folder)]
QUOTED = ("direct", "mixed", "post", "turn")


@dataclass(kw_only=True)
class Score:
    """What was found of what is expected: utterances with their speaker, and days."""

    wanted: int = 0
    given: int = 0
    joint: int = 0
    speakers: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    told: int = 0
    dated: int = 0
    date_only: int = 0
    guessed: list[str] = field(default_factory=list)

    def add(self, page: Example) -> None:
        found = page.found()
        quoted = [r for r in found if r["kind"] in QUOTED]
        self.wanted += sum(r["kind"] in QUOTED for r in page.expected)
        self.given += len(quoted)
        for wanted in page.expected:
            got = next((r for r in found if _same(r["words"], wanted["words"])), None)
            if got is None:
                continue
            self.speakers += 1
            same = got["speaker"] == wanted["speaker"]
            self.right += same
            if not same and got["speaker"]:
                self.wrong.append(f"{page.name}: {got['words'][:50]} is {wanted['speaker']}, given {got['speaker']}")
            self.joint += same and wanted["kind"] in QUOTED
            if wanted["said"]:
                self.told += 1
                self.dated += got["said"] == wanted["said"]
            else:
                self.date_only += 1
            if got["said"] and got["said"] != wanted["said"]:
                self.guessed.append(f"{page.name}: {got['words'][:50]} given {got['said']}")

    @property
    def f1(self) -> float:
        return 2 * self.joint / (self.wanted + self.given)


def _same(one: str, other: str) -> bool:
    return one in other or other in one


@pytest.fixture(scope="module")
def score():
    made = Score()
    for page in PAGES:
        made.add(page)
    return made


def test_the_pages_are_many(score):
    assert len(PAGES) >= 40
    assert score.wanted >= 200


def test_words_and_speaker_together(score):
    assert score.f1 >= 0.96


def test_speakers_are_right_and_seldom_wrong(score):
    assert score.right / score.speakers >= 0.96
    assert len(score.wrong) <= 0.01 * score.speakers, score.wrong


def test_days_are_right_and_never_guessed(score):
    assert score.dated / score.told >= 0.97
    assert score.guessed == []
