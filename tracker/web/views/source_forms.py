"""The form of a source: what was typed, kept as it was typed, and the source it tells, or what is wrong with it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from flask import request
from pydantic import ValidationError

from tracker.archive.models import Source
from tracker.setting_sections import SourceSection, period_words
from tracker.speech.wording import short_name

TAKEN = "new"
"""The address of the empty form: no source may be called so."""
KINDS = {"feed": "Feed (RSS, Atom, JSON Feed)", "listing": "Page of links", "json": "JSON list", "sitemap": "Sitemap"}
"""Folders are configured in the file only: their paths are the server's."""
LANES = {"reported": "It reports what others said", "primary": "It publishes its own words"}
LABELS = {
    "id": "Short name", "url": "Address", "kind": "What is there", "name": "Name", "outlet": "Outlet, as readers know it",
    "lane": "Whose words", "channel": "Channel", "language": "Language", "timezone": "Time zone of its dates",
    "every_minutes": "Look every … minutes", "expect_every": "Something new is expected every", "rights": "Rights",
    "public_context": "Sentences around a quote that everybody may read", "full_text": "Each entry has a page of its own",
    "link_pattern": "Which links count, as a regular expression",
    "link_selector": "Where these links stand, as a CSS selector",
    "skip_title": "Leave out titles with, as a regular expression", "article_selector": "Where the text of a page stands",
    "date_pattern": "Dates in addresses, as a regular expression", "date_format": "Form of its dates",
    "paths": "Where a JSON list keeps what", "timeout_s": "Seconds to wait for an answer", "note": "Note for colleagues",
    "reason": "Why you make or change it",
}  # fmt: skip
"""The fields as the form names them."""
PLAIN = (
    "name", "outlet", "channel", "language", "timezone", "every_minutes", "expect_every", "rights", "public_context",
)  # fmt: skip
RULES = (
    "link_pattern", "link_selector", "skip_title", "article_selector", "date_pattern", "date_format", "timeout_s", "note",
)  # fmt: skip
HINTS = {
    "outlet": "May stay empty.", "channel": "press conference, speech, broadcast, post, transcript … May stay empty.",
    "language": "en, de, uk … May stay empty: each page tells it.",
    "timezone": "Europe/Kyiv. Dates without a zone are read in it.",
    "every_minutes": "15 for a feed of news, 60 else.",
    "expect_every": "6h, 2d, 1w. May stay empty. Nothing new for so long is told as a fault.",
    "rights": "What you may do with its texts, and until when.", "public_context": "A number, or: all.",
    "date_pattern": "With (?P<year>…), (?P<month>…) and perhaps (?P<day>…).", "date_format": "%d %B %Y",
    "link_pattern": "/news/\\d+/", "link_selector": "main .news-list", "article_selector": "main article",
    "paths": "One a line: items = data.list, url = link, title = headline, date = published.",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedSource:
    """The fields as they were typed, or as they are held."""

    id: str = ""
    url: str = ""
    kind: str = ""
    name: str = ""
    outlet: str = ""
    lane: str = "reported"
    channel: str = ""
    language: str = ""
    timezone: str = "UTC"
    every_minutes: str = "60"
    expect_every: str = ""
    rights: str = ""
    public_context: str = "2"
    full_text: str = "1"
    link_pattern: str = ""
    link_selector: str = ""
    skip_title: str = ""
    article_selector: str = ""
    date_pattern: str = ""
    date_format: str = ""
    paths: str = ""
    timeout_s: str = ""
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldSource:
    """What a form tells: the source, or a sentence for each mistake."""

    section: SourceSection | None
    problems: tuple[str, ...]


def typed_of(source: Source) -> TypedSource:
    """A source as its form shows it."""
    options = {name: str(value) for name, value in source.options.items() if name in asdict(TypedSource())}
    options.pop("full_text", None)
    paths = source.options.get("paths") or {}
    columns = {name: getattr(source, name) or "" for name in ("outlet", "channel", "language", "note")}
    return TypedSource(
        **{
            **options, **columns, "id": source.id, "url": source.address or "", "kind": source.kind.value,
            "name": source.name, "lane": source.lane, "timezone": source.timezone,
            "every_minutes": str(source.every_minutes), "expect_every": period_words(source.expect_every_minutes),
            "paths": "\n".join(f"{name} = {where}" for name, where in paths.items()),
            "full_text": "" if source.options.get("full_text") is False else "1",
        }
    )  # fmt: skip


def read_typed() -> TypedSource:
    """The form of this request, as it was sent."""
    values = {name: (request.form.get(name) or "").replace("\r\n", "\n").strip() for name in asdict(TypedSource())}
    return TypedSource(**values)


def with_proposal(typed: TypedSource, *, kind: str, url: str, link_pattern: str | None) -> TypedSource:
    """A form of which only the address was typed, filled with what was found there."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return replace(
        typed, kind=kind, url=url, name=typed.name or host, link_pattern=typed.link_pattern or link_pattern or ""
    )


def read_source(typed: TypedSource, source_id: str) -> ToldSource:
    """The source that a form tells; of a new one (`source_id` is `TAKEN`) with the short name it gets."""
    name = source_id if source_id != TAKEN else typed.id or short_name(typed.name)
    told: dict[str, object] = {
        key: value
        for key, value in asdict(typed).items()
        if value and key not in {"reason", "paths", "full_text", "id"}
    }
    paths, problems = _paths(typed.paths)
    told |= {"id": name, "full_text": bool(typed.full_text)} | ({"paths": paths} if paths else {})
    for key in ("every_minutes", "public_context", "timeout_s"):
        if key in told and str(told[key]).isdecimal():
            told[key] = int(str(told[key]))
    if typed.kind and typed.kind not in KINDS:
        problems.append(f"{LABELS['kind']}: a {typed.kind} is configured in the file only.")
    try:
        section = SourceSection.model_validate(told)
    except ValidationError as error:
        problems += [_in_words(one["loc"], one["msg"]) for one in error.errors(include_url=False)]
        section = None
    if name == TAKEN:
        problems.append(f"{LABELS['id']}: “{TAKEN}” is the address of this form; write another.")
    return ToldSource(section=None if problems else section, problems=tuple(dict.fromkeys(problems)))


def digest(section: SourceSection) -> str:
    """What a preview depends on: saved is only what was looked at. A name or a cadence may still change."""
    told = {"kind": section.kind, "url": section.url, "timezone": section.timezone, **section.options}
    for name in ("rights", "verified_on", "public_context"):
        told.pop(name, None)
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _paths(typed: str) -> tuple[Mapping[str, str], list[str]]:
    """The lines "name = where" of a JSON list, and what is wrong with them."""
    found: dict[str, str] = {}
    problems = []
    for line in filter(None, map(str.strip, typed.splitlines())):
        name, equals, where = (part.strip() for part in line.partition("="))
        if not equals or not name or not where:
            problems.append(f"{LABELS['paths']}: “{line[:60]}” is no line like: items = data.list.")
        found[name] = where
    return found, problems


def _in_words(place: Sequence[int | str], message: str) -> str:
    """A mistake as the form's reader knows it."""
    said = message.removeprefix("Value error, ")
    if not place:
        return f"{said[:1].upper()}{said[1:]}."
    label = LABELS.get(str(place[0]), str(place[0]))
    return f"{label}: {said[:1].lower()}{said[1:]}."
