"""Where a mail provider posts what came back, in place of a mailbox that is read. Its address holds a configured key."""

import json
from datetime import timedelta
from hmac import compare_digest

from flask import Blueprint, Response, abort, request

from tracker import limits
from tracker.alerts.bounce_events import BadEvents, read_events
from tracker.alerts.ledger import bounces
from tracker.web.context import client_address, now, text_response, world, writing

pages = Blueprint("bounces", __name__)


@pages.post("/bounces/<key>")
def receive(key: str) -> Response:
    """Count what is told of mails of ours; anything else changes nothing."""
    known = world().settings.bounces.hook_secret
    if not known or not compare_digest(known.encode(), key.encode("utf-8", "replace")):
        with writing() as db:
            limits.count(db, now(), "bounces", client_address(), most=20, within=timedelta(hours=1))
        abort(404)
    try:
        reports = read_events(request.get_data(cache=False))
    except BadEvents as problem:
        return text_response(f"{problem}\n", "text/plain", 400)
    with writing() as db:
        kept = [bounces.record_report(db, now(), report) for report in reports]
    return text_response(json.dumps({"of_ours": sum(one is not None for one in kept)}) + "\n", "application/json")
