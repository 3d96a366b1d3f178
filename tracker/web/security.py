"""The gate of the site: what a request may look like, and the headers every answer carries."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, abort, request, session
from werkzeug.exceptions import HTTPException

from tracker.accounts import User
from tracker.db import lock_timeout
from tracker.web.context import user

LONGEST_ADDRESS = 4096
MOST_FIELDS = 100
FORM_BYTES = 32 * 1024
BODY_BYTES = 64 * 1024
LARGE_FORMS = {"add_document.send": 10_000_000, "topic_edits.save": 1_000_000}
"""Forms of colleagues that carry a whole document, or all of a topic; strangers get no further than anywhere else."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)  # fmt: skip
EMBEDDED_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"
)
"""What may be framed anywhere: no script, no form."""


LOCK_WAIT_S = 5.0
"""How long a visitor's form waits for another writer before it is given back to be sent again."""


@dataclass(frozen=True, slots=True)
class BoundedLockWait:
    """Answer each request within bounds: no transaction of it waits longer than `LOCK_WAIT_S` for another writer."""

    site: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request."""
        with lock_timeout(LOCK_WAIT_S):
            return self.site(environ, start_response)


def install(app: Flask) -> None:
    """Put the gate before every view and the headers on every answer."""
    app.wsgi_app = BoundedLockWait(app.wsgi_app)  # type: ignore[method-assign]
    app.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, MAX_FORM_MEMORY_SIZE=FORM_BYTES, MAX_FORM_PARTS=MOST_FIELDS)
    app.before_request(check_request)
    app.after_request(add_headers)


def check_request() -> None:
    """Refuse what no form or link of this site sends: 400, 413 or 414, before anything is opened."""
    address = request.environ.get("RAW_URI") or request.full_path
    if len(address) > LONGEST_ADDRESS or len(request.query_string) > LONGEST_ADDRESS:
        abort(414)
    if not _readable(request.query_string) or not _readable(
        request.environ.get("PATH_INFO", "").encode("latin-1", "replace")
    ):
        abort(400)
    if sum(len(values) for _, values in request.args.lists()) > MOST_FIELDS:
        abort(400)
    if request.method == "POST" and request.endpoint in LARGE_FORMS and "token" in session:
        request.max_content_length = request.max_form_memory_size = LARGE_FORMS[request.endpoint or ""]
    if request.method == "POST" and any("\0" in value for _, values in request.form.lists() for value in values):
        abort(400)


def add_headers(response: Response) -> Response:
    """The headers of every answer."""
    headers = response.headers
    embedded = (request.endpoint or "").startswith("embeds.")
    headers["Content-Security-Policy"] = EMBEDDED_POLICY if embedded else CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # A frame in a sandbox has no origin of its own: it takes even our style sheet as another site would.
    shared = embedded or request.endpoint == "static"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if shared else "same-origin"
    if embedded:
        headers["Cache-Control"] = "public, max-age=300"
        return response
    headers["X-Frame-Options"] = "DENY"
    if request.endpoint != "static":
        private = session.modified or bool(session) or request.method == "POST" or request.path.startswith("/follow/")
        headers["Cache-Control"] = "no-store" if private else "no-cache"
    return response


def require_permission(act: str) -> None:
    """Leave the view with 403 unless the visitor may do `act`; strangers are sent to sign in by the error page."""
    from tracker.web.context import can

    if not can(act):
        raise Forbidden(known=user() is not None)


def require_user() -> User:
    """The colleague who is signed in; leaves the view for the sign-in page when nobody is."""
    who = user()
    if who is None:
        raise Forbidden(known=False)
    return who


class Forbidden(HTTPException):
    """The visitor may not see or do this; `known` tells whether anybody is signed in."""

    code = 403
    description = "Your account may not do this."

    def __init__(self, *, known: bool) -> None:
        """Remember whether signing in could help."""
        super().__init__()
        self.known = known


def safe_next_path(address: str | None, root: str = "") -> str:
    """`address` if it is a plain path on this site, below `root`, else the home page."""
    home = f"{root}/"
    if not address or not address.startswith(home) or address.startswith(("//", "/\\")):
        return home
    if "\\" in address or any(ord(char) <= 0x20 or ord(char) == 0x7F for char in address):  # noqa: PLR2004 - controls and blank
        return home
    climbs = {"..", ".", "%2e%2e", ".%2e", "%2e.", "%2e"} & set(address.partition("?")[0].lower().split("/"))
    return home if root and climbs else address


def _readable(raw: bytes) -> bool:
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\0" not in text
