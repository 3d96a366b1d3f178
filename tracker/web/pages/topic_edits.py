"""Topics made and changed on the site: name, description, phrases, examples. Their scale has a page of its own."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, url_for

from tracker import audit
from tracker import world as worlds
from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.ledger import definitions
from tracker.positions.models import Topic
from tracker.web import forms
from tracker.web.context import as_response, now, reading, render, user, world, writing
from tracker.web.security import require_permission
from tracker.web.views.topic_forms import LABELS, LISTS, TAKEN, ToldTopic, TypedTopic, read_topic, read_typed, typed_of
from tracker.web.views.topic_previews import ShownPreview, digest, show_preview
from tracker.web.views.topic_progress import progress

MAY = "correct statements"
IN_FILE = "This topic stands in the configuration file and is changed there only. Nothing was saved."
NO_REASON = f"{LABELS['reason']}: is blank; write it for those who defend the topic later."
CHANGED = (
    "Somebody else changed this topic since you opened the form. What you typed stands below; look at the topic first."
)

pages = Blueprint("topic_edits", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormList:
    """One list of the form: its field, its label, what to write there, and what is typed."""

    name: str
    label: str
    hint: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFormPage:
    """The form of a topic, filled with what is held or was typed; `problems` are the reasons why nothing was saved."""

    template: ClassVar[str] = "topic_form.html"
    section: ClassVar[str] = "topics"
    title: str
    topic: Topic | None
    in_file: bool
    typed: TypedTopic
    lists: tuple[FormList, ...]
    labels: dict[str, str]
    problems: tuple[str, ...]
    preview: ShownPreview | None
    changed: bool
    """The topic was changed since its preview was looked at: it is shown anew, and not saved yet."""
    progress: str
    """How far changed topics are applied to the record; empty when all is done."""
    seen: int
    """The newest audit entry about the topic: where another one stands when it is saved, somebody was faster."""
    action: str


HINTS = {
    "any": "One phrase a line. One of them must be met.",
    "all": "May stay empty. Each of them must be met.",
    "none": "May stay empty. A statement that meets one is left out.",
    "examples_in": "May stay empty. A sentence, or the address of a statement, a line.",
    "examples_out": "May stay empty. The same, for what must not be found.",
}


@pages.get("/topics/new")
def new() -> Response:
    """The empty form."""
    return _form(TAKEN)


@pages.get("/topics/<topic_id>/edit")
def edit(topic_id: str) -> Response:
    """The form of one topic."""
    return _form(topic_id)


@pages.post("/topics/<topic_id>/edit")
def save(topic_id: str) -> Response:
    """Show what a topic would catch, or write it once that was seen; what is held follows by a job, nobody is told."""
    require_permission(MAY)
    who = user()
    if who is None:
        abort(403)
    typed, do = read_typed(), forms.chosen("do", ("preview", "save"))
    with reading() as db:
        topic = _held(db, topic_id)
        told = read_topic(db, typed, topic_id)
        refused = _refused(db, topic, told, saving=do == "save")
        if told.section is None or refused is not None:
            problems, status = refused or (told.problems, 400)
            return render(_page(db, topic, typed, problems=problems), status)
        changed = forms.field("previewed") != digest(told.section)
        if do == "preview" or changed or not typed.reason:
            shown = show_preview(db, told.section, topic.id if topic else None)
            problems = (NO_REASON,) if do == "save" and not typed.reason else ()
            page = _page(db, topic, typed, preview=shown, changed=do == "save" and changed, problems=problems)
            return render(page, 400 if problems else 200)
    with writing() as db:
        definitions.wait_for_turn(db)
        topic = _held(db, topic_id)
        if refused := _refused(db, topic, told, saving=True):
            return render(_page(db, topic, typed, problems=refused[0]), refused[1])
        definitions.save_topic(db, now(), by=who.email, told=worlds.new_topic(told.section), reason=typed.reason)
    return as_response(redirect(url_for("topics.topic", topic_id=told.section.id), code=303))


def _refused(db: Session, topic: Topic | None, told: ToldTopic, *, saving: bool) -> tuple[tuple[str, ...], int] | None:
    """Why nothing may be saved, and the status that says so: what the form itself tells comes first."""
    if topic is not None and saving and _in_file(topic.id):
        return (IN_FILE,), 409
    if told.section is None:
        return told.problems, 400
    if topic is not None:
        return ((CHANGED,), 409) if saving and forms.field("seen") != str(_seen(db, topic)) else None
    taken = positions.topic(db, told.section.id)
    if taken is None and not _in_file(told.section.id):
        return None
    name = taken.topic.name if taken else told.section.id
    return (f"{LABELS['id']}: “{told.section.id}” is the address of “{name}” already; write another.",), 400


def _form(topic_id: str) -> Response:
    require_permission(MAY)
    forms.only()
    with reading() as db:
        topic = _held(db, topic_id)
        page = _page(db, topic, typed_of(topic) if topic else TypedTopic())
    return render(page)


def _held(db: Session, topic_id: str) -> Topic | None:
    """The topic of a form, None in that of a new one; 404 where there is none."""
    if topic_id == TAKEN:
        return None
    subject = positions.topic(db, topic_id)
    if subject is None:
        abort(404)
    return subject.topic


def _in_file(topic_id: str) -> bool:
    return any(section.id == topic_id for section in world().settings.topics)


def _seen(db: Session, topic: Topic) -> int:
    subject = f"topic:{topic.id}"
    return audit.last_ids(db, [subject]).get(subject, 0)


def _page(
    db: Session,
    topic: Topic | None,
    typed: TypedTopic,
    *,
    problems: tuple[str, ...] = (),
    preview: ShownPreview | None = None,
    changed: bool = False,
) -> TopicFormPage:
    return TopicFormPage(
        title=f"Change {topic.name}" if topic else "A new topic",
        topic=topic,
        in_file=topic is not None and _in_file(topic.id),
        typed=typed,
        lists=tuple(
            FormList(name=name, label=LABELS[name], hint=HINTS[name], typed=getattr(typed, name)) for name in LISTS
        ),
        labels=LABELS,
        problems=problems,
        preview=preview,
        changed=changed,
        progress=progress(db),
        seen=_seen(db, topic) if topic else 0,
        action=url_for("topic_edits.save", topic_id=topic.id if topic else TAKEN),
    )
