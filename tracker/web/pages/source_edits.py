"""One source: how it goes, what it gave; and, for those who may, made, changed, tried, paused on the site."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, url_for

from jobs.ingest import probe
from jobs.ingest.probe import SourcePreview
from tracker import accounts, audit
from tracker import world as worlds
from tracker.accounts import User
from tracker.archive import queries as archive
from tracker.archive.http.gate import Refused
from tracker.archive.ledger import source_edits
from tracker.archive.models import Source, SourceKind
from tracker.archive.queries import Look
from tracker.db import Session
from tracker.setting_sections import SourceSection
from tracker.speech import queries as speech
from tracker.speech.source_health import Yield
from tracker.web import forms
from tracker.web.cache import cached
from tracker.web.context import as_response, can, now, reading, render, user, world, writing
from tracker.web.security import require_permission
from tracker.web.views import dates
from tracker.web.views.source_forms import (
    HINTS,
    KINDS,
    LABELS,
    LANES,
    PLAIN,
    RULES,
    TAKEN,
    TypedSource,
    digest,
    read_source,
    read_typed,
    typed_of,
    with_proposal,
)
from tracker.web.views.source_rows import SourceRow, show_source

MAY = "change sources"
WEEK, SHOWN_DAYS = timedelta(days=7), 14
MOST_LOOKS, SHOWN_LOOKS, SHOWN_DOCUMENTS = 25_000, 10, 20
IN_FILE = "This source stands in the configuration file and is changed there only. Nothing was saved."
NO_REASON = f"{LABELS['reason']}: is blank; write it for those who look after the source later."
CHANGED = "Somebody else changed this source since you opened the form. What you typed stands below; look at the source first."
NOTHING_THERE = (
    "Address: no feed, sitemap or list of links was found there. If it is a page of links, choose so and say which links "
    "count."
)
NOT_SEEN = "Not saved yet: it was changed since you looked. This is what it would give now."

pages = Blueprint("source_edits", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDay:
    """A day of looks at a source."""

    day: str
    looks: int
    well: int
    new: int
    trouble: str | None
    """What the last look that failed on that day told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLook:
    """One look at a source."""

    when: str
    state: str
    detail: str | None
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocument:
    """A document of a source, as its newest version."""

    title: str
    sha256: str
    published: str
    fetched: str
    versions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """An entry of the audit trail about a source."""

    what: str
    who: str
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """Answers: does this source work, what did it give, who changed it."""

    template: ClassVar[str] = "source.html"
    section: ClassVar[str] = "sources"
    title: str
    row: SourceRow
    address: str | None
    """Where it is; for those who may change sources, since it may hold a key."""
    in_file: bool
    paused: bool
    days: tuple[ShownDay, ...]
    looks: tuple[ShownLook, ...]
    documents: tuple[ShownDocument, ...]
    history: tuple[ShownChange, ...] | None
    """None for those who are not signed in."""
    may_change: bool
    may_try: bool
    preview: SourcePreview | None
    problem: str | None
    done: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFormPage:
    """The form of a source, filled with what is held or was typed; `problems` are the reasons why nothing was saved."""

    template: ClassVar[str] = "source_form.html"
    section: ClassVar[str] = "sources"
    title: str
    source: Source | None
    in_file: bool
    typed: TypedSource
    plain: tuple[str, ...]
    rules: tuple[str, ...]
    kinds: dict[str, str]
    lanes: dict[str, str]
    labels: dict[str, str]
    hints: dict[str, str]
    problems: tuple[str, ...]
    preview: SourcePreview | None
    previewed: str
    note: str
    seen: int
    action: str


@pages.get("/sources/new")
def new() -> Response:
    """The empty form: an address is enough to begin with."""
    return _form(TAKEN)


@pages.get("/sources/<source_id>")
def source(source_id: str) -> Response:
    """A source: its health over time, its newest documents, who changed it."""
    forms.only("done")
    return _show(source_id, done=forms.text("done"))


@pages.get("/sources/<source_id>/edit")
def edit(source_id: str) -> Response:
    """The form of one source."""
    return _form(source_id)


@pages.post("/sources/<source_id>/edit")
def save(source_id: str) -> Response:
    """Show what a source would give, or write it once that was seen."""
    who = _who()
    typed, do = read_typed(), forms.chosen("do", ("preview", "save"))
    if source_id == TAKEN and not typed.kind and typed.url:
        typed, problem = _proposed(typed)
        if problem:
            return _answer(source_id, typed, problems=(problem,), status=400)
    told = read_source(typed, source_id)
    with reading() as db:
        refused = _refused(db, source_id, told.section, saving=do == "save")
    if told.section is None or refused:
        return _answer(source_id, typed, problems=refused or told.problems, status=409 if refused else 400)
    looked = forms.field("previewed") == digest(told.section)
    if do == "preview" or not looked or not typed.reason:
        problems = (NO_REASON,) if do == "save" and looked else ()
        note = NOT_SEEN if do == "save" and not looked else ""
        return _answer(
            source_id, typed, section=told.section, problems=problems, note=note, status=400 if problems else 200
        )
    with writing() as db:
        source_edits.wait_for_turn(db)
        if refused := _refused(db, source_id, told.section, saving=True):
            return _answer(source_id, typed, problems=refused, status=409)
        source_edits.save_source(db, now(), by=who.email, told=worlds.new_source(told.section), reason=typed.reason)
    return _back(told.section.id, "Saved. It is looked at with the next round.")


@pages.post("/sources/<source_id>")
def act(source_id: str) -> Response:
    """Try a source without storing anything, let it be looked at now, pause it or go on with it."""
    who = _who()
    do, reason = forms.chosen("do", ("try", "now", "pause", "resume")), forms.field("reason", 500)
    if do == "try":
        with reading() as db:
            held = _held(db, source_id)
        if held.kind in {SourceKind.FOLDER, SourceKind.HAND}:
            return _show(source_id, problem="Only what is fetched over the web can be tried here.", status=400)
        return _show(source_id, preview=probe.preview(world(), held))
    if do != "now" and not reason:
        return _show(source_id, problem="Say why: those who look after the source later want to know.", status=400)
    with writing() as db:
        source_edits.wait_for_turn(db)
        held = _held(db, source_id)
        if held.kind is SourceKind.HAND:
            abort(404)
        if do == "now":
            source_edits.look_now(db, now(), by=who.email, source=held)
            told = "It is looked at with the next round."
        elif do == "pause":
            was = source_edits.pause(db, now(), by=who.email, source=held, reason=reason)
            told = "Paused." if was else "It was paused already."
        else:
            was = source_edits.resume(db, now(), by=who.email, source=held, reason=reason)
            told = "It is looked at again, from the next round on." if was else "It was not paused."
    return _back(source_id, told)


def _who() -> User:
    require_permission(MAY)
    who = user()
    if who is None:
        abort(403)
    return who


def _back(source_id: str, told: str) -> Response:
    return as_response(redirect(url_for("source_edits.source", source_id=source_id, done=told), code=303))


def _held(db: Session, source_id: str) -> Source:
    found = archive.source(db, source_id)
    if found is None:
        abort(404)
    return found


def _in_file(source_id: str) -> bool:
    return any(section.id == source_id for section in world().settings.sources)


def _seen(db: Session, source_id: str) -> int:
    subject = f"source:{source_id}"
    return audit.last_ids(db, [subject]).get(subject, 0)


def _refused(db: Session, source_id: str, told: SourceSection | None, *, saving: bool) -> tuple[str, ...]:
    """Why nothing may be saved, whatever the form itself tells."""
    if source_id != TAKEN:
        held = _held(db, source_id)
        if saving and (_in_file(source_id) or held.kind in {SourceKind.HAND, SourceKind.FOLDER}):
            return (IN_FILE,)
        return (CHANGED,) if saving and forms.field("seen") != str(_seen(db, source_id)) else ()
    if told is None:
        return ()
    taken = archive.source(db, told.id)
    if taken is None and not _in_file(told.id):
        return ()
    name = taken.name if taken else told.id
    return (f"{LABELS['id']}: “{told.id}” is “{name}” already; write another.",)


def _proposed(typed: TypedSource) -> tuple[TypedSource, str | None]:
    """The form filled with what its address turned out to be, or why it can't be."""
    try:
        found = probe.propose(world(), typed.url)
    except Refused as problem:
        return typed, f"{LABELS['url']}: {problem.state}: {problem}."
    except ValueError as problem:
        return typed, f"{LABELS['url']}: {problem}."
    if found.kind is None:
        return typed, NOTHING_THERE
    return with_proposal(typed, kind=found.kind.value, url=found.url, link_pattern=found.link_pattern), None


def _form(source_id: str) -> Response:
    require_permission(MAY)
    forms.only()
    with reading() as db:
        held = _held(db, source_id) if source_id != TAKEN else None
    if held is not None and held.kind is SourceKind.HAND:
        abort(404)
    return _answer(source_id, typed_of(held) if held else TypedSource())


def _answer(
    source_id: str,
    typed: TypedSource,
    *,
    section: SourceSection | None = None,
    problems: tuple[str, ...] = (),
    note: str = "",
    status: int = 200,
) -> Response:
    """The form again; with the source it tells, what that gives. Nothing is open while it is asked for."""
    found = probe.preview(world(), _unsaved(section)) if section is not None else None
    with reading() as db:
        held = _held(db, source_id) if source_id != TAKEN else None
        seen = _seen(db, source_id)
    page = SourceFormPage(
        title=f"Change {held.name}" if held else "A new source",
        source=held,
        in_file=held is not None and _in_file(held.id),
        typed=typed,
        plain=PLAIN,
        rules=(*RULES, "paths"),
        kinds=KINDS,
        lanes=LANES,
        labels=LABELS,
        hints=HINTS,
        problems=problems,
        preview=_readable(found),
        previewed=digest(section) if section is not None else "",
        note=note,
        seen=seen,
        action=url_for("source_edits.save", source_id=source_id),
    )
    return render(page, status)


def _unsaved(section: SourceSection) -> Source:
    told = worlds.new_source(section)
    return Source(
        id=told.id, name=told.name, kind=told.kind, address=told.address, lane=told.lane, timezone=told.timezone,
        options=told.options, every_minutes=told.every_minutes, created_at=now(),
    )  # fmt: skip


def _readable(found: SourcePreview | None) -> SourcePreview | None:
    """A preview with the dates of its items as the site writes them."""
    if found is None:
        return None
    items = tuple(replace(one, published=_moment(one.published)) for one in found.items)
    return replace(found, items=items)


def _moment(told: str) -> str:
    try:
        return dates.moment(datetime.fromisoformat(told))
    except ValueError:
        return told


def _show(
    source_id: str,
    *,
    preview: SourcePreview | None = None,
    problem: str | None = None,
    done: str | None = None,
    status: int = 200,
) -> Response:
    here = now()
    with reading() as db:
        held = _held(db, source_id)
        given = cached(db, "sources", lambda: speech.yields_of_sources(db)).get(source_id, Yield())
        lately = archive.yields(db, here - WEEK).get(source_id, 0)
        looks = archive.looks(db, source_id, here - timedelta(days=SHOWN_DAYS), MOST_LOOKS)
        # What colleagues entered by hand may be named as nobody else should read it.
        is_open = held.kind is not SourceKind.HAND or user() is not None
        documents = archive.newest_documents(db, source_id, SHOWN_DOCUMENTS) if is_open else []
        history = _history(db, source_id) if user() is not None else None
    may = can(MAY)
    page = SourcePage(
        title=held.name,
        row=show_source(held, given, lately, here),
        address=held.address if may and held.kind is not SourceKind.FOLDER else None,
        in_file=_in_file(source_id),
        paused=held.paused_by is not None,
        days=_days(looks),
        looks=tuple(
            ShownLook(when=dates.moment(one.at), state=one.state.value, detail=one.detail, new=one.new_documents)
            for one in looks[:SHOWN_LOOKS]
        ),
        documents=tuple(
            ShownDocument(
                title=one.title or one.url or "No title",
                sha256=one.sha256,
                published=dates.published(one.published_at, one.published_precision) if one.published_at else "no date",
                fetched=dates.moment(one.fetched_at),
                versions=one.versions,
            )
            for one in documents
        ),
        history=history,
        may_change=may and held.kind is not SourceKind.HAND,
        may_try=may and held.kind not in {SourceKind.HAND, SourceKind.FOLDER},
        preview=_readable(preview),
        problem=problem,
        done=done,
    )
    return render(page, status)


def _days(looks: list[Look]) -> tuple[ShownDay, ...]:
    """The looks by the day of the site's zone, newest day first."""
    by_day: dict[date, list[Look]] = {}
    for one in looks:
        by_day.setdefault(one.at.astimezone(dates.zone()).date(), []).append(one)
    return tuple(
        ShownDay(
            day=dates.day(day),
            looks=len(found),
            well=sum(one.state.is_read for one in found),
            new=sum(one.new_documents for one in found),
            trouble=next((one.detail or one.state.value for one in found if not one.state.is_read), None),
        )
        for day, found in by_day.items()
    )


def _history(db: Session, source_id: str) -> tuple[ShownChange, ...]:
    entries = audit.history(db, f"source:{source_id}")
    names = accounts.public_names(db, {entry.actor for entry in entries})
    return tuple(
        ShownChange(
            what=_changed(entry.action, entry.field, entry.old, entry.new),
            who=f"{names[entry.actor]}, {dates.moment(entry.at)}",
            why=entry.reason,
        )
        for entry in entries
    )


def _changed(action: str, field: str | None, old: str | None, new: str | None) -> str:
    what = f"{action[:1].upper()}{action[1:]}" + (f", {LABELS.get(field, field)}" if field else "")
    if new is None and old is None:
        return what
    return f"{what}: {new or 'nothing'}" + (f" (before: {old})" if old else "")
