"""Add a document by hand: an address, a text or a file; first shown as it would be read, then saved."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, request, url_for

from jobs.ingest import manual
from jobs.ingest.manual import DocumentPreview
from tracker.archive.supplied import CAPTIONS, TYPES, InvalidDocument
from tracker.archive.warc import NAME
from tracker.errors import TrackerError
from tracker.speech.wording import visible
from tracker.web import forms
from tracker.web.context import absolute_url, as_response, render, user, world
from tracker.web.security import require_permission

FIELDS = ("outlet", "title", "published", "said", "kind", "language", "note")
KINDS = (("", "Decide by its look"), ("article", "Article"), ("transcript", "Transcript: each turn is its speaker’s"))
LONGEST_TEXT = 2_000_000

pages = Blueprint("add_document", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentForm:
    """The form as filled in."""

    url: str
    text: str = ""
    outlet: str = ""
    title: str = ""
    published: str = ""
    said: str = ""
    kind: str = ""
    language: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDocumentPage:
    """Answers: how do I put a document on the record that no source brings."""

    template: ClassVar[str] = "add_document.html"
    section: ClassVar[str] = "add_document"
    title: str
    entered: DocumentForm
    kinds: tuple[tuple[str, str], ...]
    endings: str
    problem: str | None
    bookmarklet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedQuote:
    """One utterance as it would be kept."""

    speaker: str
    resolved: bool
    words: str
    question: str | None
    kind: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDocumentPreviewPage:
    """Answers: is it read as I read it, before it is saved."""

    template: ClassVar[str] = "add_document_preview.html"
    section: ClassVar[str] = "add_document"
    title: str
    entered: DocumentForm
    found: DocumentPreview
    turns: tuple[PreviewedQuote, ...]


@pages.get("/capture")
def form() -> Response:
    """The empty form; a bookmarklet fills in the address."""
    require_permission("add documents")
    return _form(DocumentForm(url=forms.text("url") or ""))


@pages.post("/capture")
def send() -> Response:
    """Show what would be kept, or keep what was shown."""
    require_permission("add documents")
    who = user()
    if who is None:
        abort(403)
    entered, about = _entered(), {name: forms.field(name, 500) for name in FIELDS}
    sha256 = forms.field("sha256")
    try:
        if forms.field("step") == "save":
            if not NAME.fullmatch(sha256):
                abort(400)
            added = manual.add(world(), manual.load_staged(world(), sha256, about), entered_by=who.email)
            return as_response(redirect(url_for("snapshots.snapshot", sha256=added.sha256 or sha256), code=303))
        if forms.field("step") == "change":
            return _form(entered)
        file = request.files.get("file")
        upload = (visible(file.filename or "file")[-100:], file.read()) if file and file.filename else None
        sha256 = manual.stage_upload(world(), url=entered.url, text=entered.text, file=upload)
        found = manual.preview(world(), sha256, manual.load_staged(world(), sha256, about))
    except (InvalidDocument, TrackerError) as problem:
        return _form(entered, str(problem), 400)
    turns = tuple(
        PreviewedQuote(
            speaker=visible(one.speaker) if one.speaker else "Nobody named", resolved=one.resolved, words=visible(one.words),
            question=visible(one.question) if one.question else None, kind=one.kind, said=one.said,
        )
        for one in found.utterances
    )  # fmt: skip
    return render(AddDocumentPreviewPage(title="Is it read right?", entered=entered, found=found, turns=turns))


def _form(entered: DocumentForm, problem: str | None = None, status: int = 200) -> Response:
    endings = ",".join(sorted({*TYPES, *CAPTIONS}))
    bookmarklet = f"javascript:location.href='{absolute_url('/capture')}?url='+encodeURIComponent(location.href)"
    return render(
        AddDocumentPage(
            title="Add a document",
            entered=entered,
            kinds=KINDS,
            endings=endings,
            problem=problem,
            bookmarklet=bookmarklet,
        ),
        status,
    )


def _entered() -> DocumentForm:
    about = {name: forms.field(name, 500) for name in FIELDS}
    # A form sends every line break as CR LF, whatever was typed (HTML Living Standard, 4.10.21.8).
    text = (request.form.get("text") or "")[:LONGEST_TEXT].replace("\r\n", "\n")
    return DocumentForm(url=forms.field("url", 2000), text=text if text.strip() else "", **about)
