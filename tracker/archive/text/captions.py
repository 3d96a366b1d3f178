"""Captions (WebVTT, SRT) to text: cues joined into the turns of those who speak. Pure.

A cue is a piece of a sentence, cut for the screen. The words stay as they are written; only the cuts between cues go. A
new turn begins with a new voice (`<v Mara Lind>`), with a label (`MARA LIND:`), with the mark of a change of speaker
(`>>` or a dash, as captioners write it), and after a long silence. Cues that roll (each repeats the line before) give
every line once. Rules: WebVTT (W3C), sections 4 and 6.4; EBU-TT and CEA-708 practice for `>>`.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tracker.languages.letters import CAPITALS

TIMES = re.compile(
    r"^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s*-->\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
)
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,200})>", re.IGNORECASE)
TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang|font|span)(?:[.\s][^>]*)?>|<\d[\d:.]*>|\{\\[^}]*\}", re.IGNORECASE)
LABEL = re.compile(rf"^(?:[{CAPITALS}][\w.'’-]*\s?){{1,5}}(?:\([^)]{{1,60}}\))?:\s")
CHANGE = re.compile(r"^\s*(?:>>+|&gt;&gt;|-(?=\s?[^\W\d_])|–(?=\s))\s*")
SILENCE_S = 8.0
"""Seconds without a cue after which the words begin a new paragraph."""


class NoCaptions(ValueError):
    """These are no captions; the words say what is missing."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What stands on the screen from one second to another; `voice` where the file names who speaks."""

    start: float
    end: float
    voice: str | None
    lines: tuple[str, ...]


@dataclass(slots=True)
class _Turn:
    """The words of one speaker, as they are being joined."""

    voice: str | None
    pieces: list[str]


def to_text(source: str) -> str:
    """The spoken words in turns, one a paragraph, each with its speaker where the file names one. Raises `NoCaptions`."""
    found = list(cues(source))
    if not found:
        raise NoCaptions("the file has no line of times (00:00:01.000 --> 00:00:04.000)")
    turns: list[_Turn] = []
    shown: tuple[str, ...] = ()
    ended: float | None = None
    for cue in found:
        fresh = _fresh(shown, cue.lines)
        shown = cue.lines
        silent = ended is not None and cue.start - ended > SILENCE_S
        ended = max(cue.end, ended or 0.0)
        for number, line in enumerate(fresh):
            _say(turns, cue.voice, line, anew=silent and number == 0)
    return "\n\n".join(_written(turn) for turn in turns if turn.pieces)


def cues(source: str) -> Iterator[Cue]:
    """The cues of a WebVTT or SRT file in their order; notes, styles and regions are passed over."""
    for block in re.split(r"\n[ \t]*\n+", source.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.split("\n")
        at = next((number for number, line in enumerate(lines[:3]) if TIMES.match(line)), None)
        if at is None or lines[0].startswith(("NOTE", "STYLE", "REGION")):
            continue
        times = TIMES.match(lines[at])
        if times is None:
            continue
        yield from _voices(_seconds(times.groups()[:4]), _seconds(times.groups()[4:]), lines[at + 1 :])


def _voices(start: float, end: float, lines: list[str]) -> Iterator[Cue]:
    """One cue for each voice in it."""
    voice: str | None = None
    held: list[str] = []
    for line in lines:
        pieces = VOICE.split(line)
        for number, piece in enumerate(pieces):
            if number % 2:
                if held:
                    yield Cue(start, end, voice, tuple(held))
                    held = []
                voice = " ".join(html.unescape(piece).split())
                continue
            words = " ".join(html.unescape(TAG.sub("", piece)).split())
            if words:
                held.append(words)
    if held:
        yield Cue(start, end, voice, tuple(held))


def _fresh(shown: tuple[str, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that were not on the screen already: captions that roll up repeat the last line first."""
    for size in range(min(len(shown), len(lines)), 0, -1):
        if shown[-size:] == lines[:size]:
            return lines[size:]
    return lines


def _say(turns: list[_Turn], voice: str | None, line: str, *, anew: bool) -> None:
    change = CHANGE.match(line)
    words = line[change.end() :] if change and change[0].strip() in {">>", ">>>", "&gt;&gt;"} else line
    last = turns[-1] if turns else None
    if last is None or anew or change is not None or (voice is not None and voice != last.voice) or LABEL.match(words):
        turns.append(_Turn(voice if voice is not None or last is None or change else last.voice, []))
    if words:
        turns[-1].pieces.append(words)


def _written(turn: _Turn) -> str:
    words = " ".join(turn.pieces)
    return f"{turn.voice}: {words}" if turn.voice and not words.startswith(f"{turn.voice}:") else words


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    thousandths = int((parts[3] or "0").ljust(3, "0"))
    return float(hours * 3600 + minutes * 60 + seconds + thousandths / 1000)
