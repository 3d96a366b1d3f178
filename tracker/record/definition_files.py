"""Definitions as files, out of the record and into another one: YAML, TOML as in the configuration, OPML for feeds.

Each file holds one key, `sources`, `topics`, `events` or `speakers`, and below it what the configuration has under that name.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, Literal

import yaml
from lxml import etree

from tracker.db import Session
from tracker.errors import TrackerError
from tracker.record import queries
from tracker.setting_sections import EventSection, SourceSection, SpeakerSection, TopicSection, period_words
from tracker.settings import BadSettings, read_sections
from tracker.speech.wording import short_name

Kind = Literal["sources", "topics", "events", "speakers"]
SECTIONS: dict[Kind, Any] = {
    "sources": SourceSection, "topics": TopicSection, "events": EventSection, "speakers": SpeakerSection,
}  # fmt: skip
WIDTH = 110


class BadDefinitions(TrackerError):
    """A file of definitions can't be read as what it should be."""


def told(session: Session, kind: Kind, only: Collection[str] = ()) -> list[dict[str, Any]]:
    """All definitions of a kind in the record, or `only` these, by id; of speakers by name. As the configuration has them."""
    found = queries.definitions(session, kind)
    as_configured = _AS_CONFIGURED[kind]
    return [_filled(as_configured(one)) for one in found if not only or one.get("id", one["name"]) in only]


def as_yaml(kind: Kind, definitions: list[dict[str, Any]]) -> str:
    """The definitions as YAML 1.1; what looks like another type is quoted."""
    return yaml.safe_dump({kind: definitions}, allow_unicode=True, sort_keys=False, width=WIDTH)


def as_opml(definitions: list[dict[str, Any]]) -> str:
    """The feeds among sources as OPML 2.0 (opml.org/spec2.opml): an outline for each, with its address."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Sources"
    body = etree.SubElement(root, "body")
    for one in definitions:
        if one["kind"] == "feed":
            etree.SubElement(body, "outline", type="rss", text=one["name"], title=one["name"], xmlUrl=one["url"])
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written.decode()


def read(text: str, kind: Kind) -> tuple[Any, ...]:
    """The sections of a file in any of the formats. Raises `BadDefinitions`, or `BadSettings` with every mistake at once."""
    data = _parsed(text, kind)
    if set(data) != {kind}:
        raise BadDefinitions(f"the file must hold `{kind}` and nothing else")
    sections = read_sections(kind, SECTIONS[kind], data[kind])
    ids = [getattr(one, "id", one.name) for one in sections]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise BadSettings([f"{kind}: {one!r} stands twice (each names one thing)" for one in sorted(twice)])
    return sections


def _parsed(text: str, kind: Kind) -> Mapping[str, Any]:
    begin = next((line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    if begin.startswith("<"):
        if kind != "sources":
            raise BadDefinitions("OPML holds sources only")
        return {"sources": _outlines(text)}
    try:
        data = tomllib.loads(text) if begin.startswith("[[") else yaml.load(text, _PlainLoader)  # noqa: S506 - a SafeLoader
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise BadDefinitions(f"neither YAML nor TOML: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise BadDefinitions(f"the file must hold `{kind}` and nothing else")
    return data


class _PlainLoader(yaml.SafeLoader):
    """YAML without references, which may make a small file endless, and with `true` and `false` as the only truth values.

    In YAML 1.1 `no` is false, and in this field it is Norwegian.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:  # noqa: ANN401 - PyYAML's signature
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references (*name) are not taken")
        return super().compose_node(parent, index)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _outlines(text: str) -> list[dict[str, Any]]:
    """The feeds of an OPML file as sources, also those in folders; each gets a short name from its title."""
    if "<!ENTITY" in text:
        raise BadDefinitions("not OPML: entities are not taken")
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise BadDefinitions(f"not OPML: {error.msg}") from error
    out: list[dict[str, Any]] = []
    taken: set[str] = set()
    for outline in root.iter("outline"):
        if url := outline.get("xmlUrl"):
            name = outline.get("title") or outline.get("text") or url
            out.append({"id": _free_name(name, taken), "name": name, "kind": "feed", "url": url})
    return out


def _free_name(name: str, taken: set[str]) -> str:
    words = short_name(name)[:70].strip("-") or "feed"
    found, number = words, 1
    while found in taken:
        number += 1
        found = f"{words}-{number}"
    taken.add(found)
    return found


def _source(row: dict[str, Any]) -> dict[str, Any]:
    options = dict(row["options"])
    place = "path" if row["kind"] == "folder" else "url"
    first = {"id": row["id"], "name": row["name"], "kind": str(row["kind"]), place: row["address"]}
    names = ("every_minutes", "lane", "channel", "outlet", "language", "timezone")
    told = {
        **first,
        **{name: row[name] for name in names},
        "expect_every": period_words(row["expect_every_minutes"]),
        **options,
    }
    return {**told, **({} if row["enabled"] else {"enabled": False}), "note": row["note"]}


def _topic(row: dict[str, Any]) -> dict[str, Any]:
    lists = {name: row["rules"].get(name) for name in ("any", "all", "none")}
    examples = {f"examples_{name}": row["examples"].get(name) for name in ("in", "out")}
    told = {name: row[name] for name in ("id", "name", "description")}
    return {**told, **lists, **examples, "positions": [_filled(_step(step)) for step in row["positions"]]}


def _step(step: dict[str, Any]) -> dict[str, Any]:
    told = {"step": step["step"], "id": step["key"], "label": step["label"], "definition": step["definition"]}
    return {**told, "side": str(step["side"]) if step["side"] else None, "phrases": step["phrases"]}


def _event(row: dict[str, Any]) -> dict[str, Any]:
    names = ("pivot_name", "zone", "pivot_zone", "pivot_reason", "documents", "groups", "topics")
    first = {
        "id": row["id"],
        "name": row["name"],
        "place": row["place"],
        "start": row["starts_on"],
        "end": row["ends_on"],
    }
    return {**first, "pivot": row["pivot"], **({"during": True} if row["during"] else {}), **{n: row[n] for n in names}}


def _speaker(row: dict[str, Any]) -> dict[str, Any]:
    offices = [
        _filled({"title": one["title"], "body": one["body"], "from": None if one["from_on"] == date.min else one["from_on"],
                 "to": one["to_on"]})
        for one in row["offices"]
    ]  # fmt: skip
    kind = {} if row["kind"] == "person" else {"kind": row["kind"]}
    return {"name": row["name"], **kind, "aliases": row["aliases"], "offices": offices, "groups": row["groups"]}


_AS_CONFIGURED: dict[Kind, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "sources": _source, "topics": _topic, "events": _event, "speakers": _speaker,
}  # fmt: skip


def _filled(told: dict[str, Any]) -> dict[str, Any]:
    """What has a value, as plain YAML types: days and times as ISO words."""
    plain = {name: _plain(value) for name, value in told.items()}
    return {name: value for name, value in plain.items() if value not in (None, "", [], {})}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of any column
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date | datetime) else value
