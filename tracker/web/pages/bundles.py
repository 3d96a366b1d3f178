"""Evidence bundles to save: whole for colleagues, for everybody where the sources let their whole copies be read."""

import tempfile

import structlog
from flask import Blueprint, Response, abort, send_file

from tracker.archive.warc import Archive, NotArchived
from tracker.db import Session
from tracker.record import bundle, queries
from tracker.record.bundle import BundleMaker, BundleSubject
from tracker.web import forms
from tracker.web.context import absolute_url, can, now, reading, world
from tracker.web.security import require_permission

IN_MEMORY = 8_000_000
"""Bytes of a bundle that are kept in memory; a larger one is made in a temporary file."""

pages = Blueprint("bundles", __name__)
log = structlog.get_logger("bundles")


@pages.get("/bundle/c/<public_id>.zip")
def statement(public_id: str) -> Response:
    """The proof of one statement."""
    forms.only()
    with reading() as db:
        return _bundle(db, bundle.statement_subject(db, public_id), f"statement-{public_id}.zip")


@pages.get("/bundle/t/<topic_id>/around/<event_id>.zip")
def lineup(topic_id: str, event_id: str) -> Response:
    """The proof of a line-up."""
    forms.only()
    with reading() as db:
        return _bundle(db, bundle.lineup_subject(db, topic_id, event_id), f"{topic_id}-{event_id}.zip")


def _bundle(db: Session, subject: BundleSubject | None, name: str) -> Response:
    if subject is None:
        abort(404)
    if not (can("read full archived copies") or queries.may_be_read_whole(db, subject.claim_ids)):
        require_permission("read full archived copies")
    site = world().settings.site
    maker = BundleMaker(site.name, absolute_url(""), now())
    made = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    try:
        bundle.write(made, db, Archive(world().settings.archive.path), subject, maker)
    except NotArchived as error:
        made.close()
        log.error("no bundle: bytes are not in the archive", why=str(error))  # noqa: TRY400 - no fault of the code
        abort(404)
    made.seek(0)
    return send_file(made, mimetype="application/zip", as_attachment=True, download_name=name)
