"""An evidence bundle: one ZIP that proves a statement, or a whole line-up, with public tools alone, and reads without us.

It holds the archived bytes as WARC records, the texts the quotes stand in, every statement as the interface gives it, what was
decided about it, a page to read, and `SHA256SUMS` over all of it.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tracker import audit
from tracker.archive.warc import Archive, NotArchived
from tracker.db import Session
from tracker.positions import lineup, shift_rule
from tracker.positions import queries as positions
from tracker.positions.lineup import LineUpOptions, LineUpRow
from tracker.record import export
from tracker.speech import phrasing
from tracker.speech import queries as speech
from tracker.speech.display import inert
from tracker.speech.models import QuoteKind
from tracker.speech.states import HIDDEN
from tracker.speech.types import Polarity

SUMS = "SHA256SUMS"
CHECK = (
    "import json",
    "words = lambda p: open('texts/' + p['text_sha256'] + '.txt', encoding='utf-8', newline='').read()[p['start']:p['end']]",
    "told = json.load(open('statements.json', encoding='utf-8'))",
    "[print(p['exact'] == words(p), p['url']) for s in told for p in s['appearances']]",
)
"""Python that says of each quote whether it stands at its place."""
TEMPLATES = Path(__file__).parents[2] / "templates" / "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSubject:
    """What a bundle is about: its statements, and for a line-up what it found."""

    title: str
    claim_ids: tuple[int, ...]
    lineup: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BundleMaker:
    """Who makes it, where that is, and when."""

    site: str
    address: str
    made: datetime


def statement_subject(session: Session, public_id: str) -> BundleSubject | None:
    """A bundle of one statement, or of that into which it was merged; None where there is none that is shown."""
    claim = speech.claim(session, public_id)
    claim = speech.survivor(session, claim) if claim is not None else None
    if claim is None or claim.status in HIDDEN:
        return None
    return BundleSubject(title=f"Statement {claim.public_id}", claim_ids=(claim.id,))


def lineup_subject(session: Session, topic_id: str, event_id: str) -> BundleSubject | None:
    """A bundle of the line-up of a topic around an event, all days, confirmed codings; None where there is none."""
    subject = positions.topic(session, topic_id)
    event = next((one for one in positions.events_of(session, topic_id) if one.id == event_id), None)
    if subject is None or event is None:
        return None
    options = LineUpOptions(window_days=None)
    turn = positions.turning_point(event)
    material = positions.lineup_input(session, topic_id, event_id, options.span(turn))
    names = {number: who.name for number, who in material.speakers.items()}
    built = lineup.build(material.stated, turn, scales=subject.scales, names=names, options=options)
    public = speech.public_ids(session, {one.claim_id for one in material.stated})
    told = {
        "topic": subject.topic.name,
        "event": event.name,
        "pivot": event.pivot.isoformat(),
        "scale": [{"step": one.step, "label": one.label, "definition": one.definition} for one in subject.positions],
        "rows": [_row(row, names, public) for row in built.rows],
    }
    title = f"{subject.topic.name}: before and after {event.name}"
    return BundleSubject(title=title, claim_ids=tuple(one.claim_id for one in material.stated), lineup=told)


def write(out: IO[bytes], session: Session, archive: Archive, subject: BundleSubject, maker: BundleMaker) -> int:
    """Write the ZIP; how many files it holds. Raises `NotArchived` for bytes that the archive has lost."""
    sums: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in _files(session, archive, subject, maker):
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            made.writestr(name, content)
        made.writestr(SUMS, "".join(sorted(sums, key=lambda line: line[66:])))
    return len(sums) + 1


def _files(
    session: Session, archive: Archive, subject: BundleSubject, maker: BundleMaker
) -> Iterator[tuple[str, bytes]]:
    rows = export.claims_by_id(session, list(subject.claim_ids))
    texts: dict[str, str] = {}
    records: set[str] = set()
    for claim_id, row in zip(subject.claim_ids, rows, strict=True):
        found = speech.texts_of_claim(session, claim_id)
        for place in row["appearances"]:
            text = found[place["snapshot"], place["start"], place["end"]]
            place["text_sha256"] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            texts[place["text_sha256"]] = text
            records.add(place["snapshot"])
    values = {
        "title": subject.title,
        "site": maker.site,
        "address": maker.address,
        "made": phrasing.moment(maker.made),
        "lineup": subject.lineup,
        "sums": SUMS,
        "check": CHECK,
        "statements": [_shown(row) for row in rows],
    }
    yield "README.md", _render("README.md", values)
    yield "index.html", _render("index.html", values)
    yield "statements.json", _json(rows)
    yield "history.json", _json(_history(session, subject.claim_ids))
    if subject.lineup is not None:
        yield "lineup.json", _json(subject.lineup)
    for name, text in sorted(texts.items()):
        yield f"texts/{name}.txt", text.encode("utf-8", "surrogatepass")
    for name in sorted(records):
        yield f"warc/{name}.warc.gz", _record(archive, name)


def _record(archive: Archive, name: str) -> bytes:
    path = archive.path_of(name)
    if path is None:
        raise NotArchived(f"{name}: not in the archive")
    return path.read_bytes()


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode("utf-8", "surrogatepass")


def _row(row: LineUpRow, names: dict[int, str], public: dict[int, str]) -> dict[str, Any]:
    def key(claim_id: int | None) -> str | None:
        return public[claim_id] if claim_id is not None else None

    return {
        "speaker": names[row.speaker_id],
        "before": key(row.before.key.claim_id if row.before.key else None),
        "after": key(row.after.key.claim_id if row.after.key else None),
        "finding": shift_rule.verdict_sentence(row.verdict),
        "statements": [public[one.claim_id] for one in row.everything],
    }


def _history(session: Session, claim_ids: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """What became of each statement, newest first: codings by machine and people, and every act on it."""
    told: dict[str, list[dict[str, Any]]] = {}
    for claim_id, public_id in speech.public_ids(session, claim_ids).items():
        codings: list[dict[str, Any]] = [
            {
                "at": one.at, "topic": one.topic_id, "step": one.step, "position": one.label or one.reading.value,
                "state": one.state.value, "by": one.by.split("@")[0], "reasons": list(one.reasons),
            }
            for one in positions.history(session, claim_id)
        ]  # fmt: skip
        acts: list[dict[str, Any]] = [
            {
                "at": one.at, "act": one.action, "by": one.actor.split("@")[0], "field": one.field, "old": one.old,
                "new": one.new, "reason": one.reason,
            }
            for one in audit.history(session, f"claim:{claim_id}")
        ]  # fmt: skip
        told[public_id] = [*codings, *acts]
    return told


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A statement as the page shows it."""
    said = row["said"]
    return {
        "row": row,
        "words": phrasing.show_words(row["text"], QuoteKind(row["kind"]), Polarity(row["polarity"])).plain,
        "said": " to ".join(dict.fromkeys(day for day in (said["from"], said["to"]) if day)) or "day not known",
    }


def _render(name: str, values: Mapping[str, Any]) -> bytes:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=inert,
        autoescape=select_autoescape(("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(**values).encode("utf-8", "replace")
