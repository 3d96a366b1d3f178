"""Error pages: what happened and what to do; a failure of ours shows a code, never a trace."""

import contextlib
import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from tracker.condition import Trouble, trouble_of
from tracker.db import UNREACHABLE, DatabaseProblem, DriverError
from tracker.limits import TooMany
from tracker.web.context import as_response, current_path, render, text_response, user
from tracker.web.forms import Malformed
from tracker.web.security import Forbidden

log = logging.getLogger(__name__)

# One line each: the table reads like the list of errors it is.
TEXTS = {
    400: ("We can’t read this request", "Part of the address or form is damaged. Check it and try again."),
    403: ("Not allowed", "Your account may not see or do this. Ask an administrator if you need it."),
    404: ("Page not found", "There is no statement, topic or speaker at this address."),
    405: ("This address does not take that", "Open the page and use its button instead."),
    409: ("Someone else decided this first", "Your choice has not been saved. Look at the statement again."),
    410: ("Statement withdrawn", "An editor withdrew this statement."),
    413: ("Too much at once", "The form is larger than 32 KB. Shorten it and send it again."),
    414: ("Address too long", "The address is longer than we accept. Use fewer filters."),
    429: ("Too many requests", "Wait a little and try again."),
    500: ("Something went wrong on our side", "Your request was not saved. If it happens again, send us this code."),
    503: ("The record is busy or out of reach", "Nothing was saved. Try again in a few seconds."),
}  # fmt: skip
GIVEN_BACK = {429, 500, 503}
"""Where a sent form is not at fault: it is given back, to be sent again."""
BROKEN = (
    "The record can’t be read just now, and nothing was saved. Those who look after this site must repair it first."
)
"""For a damaged, deleted or replaced database: no second try helps."""
RETRY_AFTER_S = 10
NOT_GIVEN_BACK = {"csrf_token"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """A form that was sent in vain: its fields as they came, and what a page can't give back."""

    action: str
    fields: tuple[tuple[str, str], ...]
    written: tuple[tuple[str, str], ...]
    """The fields that hold something, named as people read."""
    passwords: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """One error: its title and what to do. `code` names a failure in our log; `more` leads on."""

    template: ClassVar[str] = "error.html"
    section: ClassVar[str] = ""
    title: str
    status: int
    text: str
    detail: str | None = None
    code: str | None = None
    more_text: str | None = None
    more_url: str | None = None
    sent: SentForm | None = None


def error(status: int, **more: str | None) -> Response:
    """The page of one status; a text or a problem object, for what is no page."""
    title, text = TEXTS.get(status, ("This did not work", "Go back and try again."))
    if is_api():
        return problem(status, more.get("detail") or text, code=more.get("code"))
    if request.path.endswith((".json", ".csv", ".atom", ".txt")) or request.path in {"/healthz", "/readyz"}:
        return text_response(f"{title}. {more.get('detail') or text}\n", "text/plain", status)
    sent = sent_form() if status in GIVEN_BACK else None
    return render(ErrorPage(title=title, status=status, text=text, sent=sent, **more), status)


def is_api() -> bool:
    """Whether a program asks, below /api."""
    return request.path == "/api" or request.path.startswith("/api/")


def problem(status: int, detail: str, *, errors: Sequence[str] = (), code: str | None = None) -> Response:
    """A problem object (RFC 9457); `errors` has one sentence for each mistake, `code` names a failure in our log."""
    title = TEXTS.get(status, ("This did not work", ""))[0]
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body["errors"] = list(errors) or [detail]
    if code:
        body["code"] = code
    return Response(json.dumps(body, ensure_ascii=True) + "\n", status, content_type="application/problem+json")


def sent_form() -> SentForm | None:
    """The form of this request, to be shown again; None where there is none or it can't be read."""
    if request.method != "POST":
        return None
    try:
        fields = [(name, value) for name, values in request.form.lists() for value in values]
        files = tuple(request.files)
    except HTTPException:
        return None
    kept = tuple(pair for pair in fields if pair[0] not in NOT_GIVEN_BACK and "password" not in pair[0])
    return SentForm(
        action=current_path() + (f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""),
        fields=kept,
        written=tuple((field_label(name), value) for name, value in kept if value.strip()),
        passwords=tuple(dict.fromkeys(name for name, _ in fields if "password" in name)),
        files=files,
    )


def field_label(name: str) -> str:
    """A field's name as people read it: "new_password" is "New password"."""
    return name.replace("_", " ").capitalize()


def install(app: Flask) -> None:
    """Answer every failure with its page."""
    app.jinja_env.filters["in_words"] = field_label
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Malformed, _malformed)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(TooMany, _too_many)
    for kind in UNREACHABLE:
        app.register_error_handler(kind, _out_of_reach)
    app.register_error_handler(DriverError, _database)
    app.register_error_handler(Exception, _ours)


def _http(problem: HTTPException) -> Response:
    if problem.code is not None and problem.code < 400:  # noqa: PLR2004 - a redirect, such as a missing slash
        return current_app.make_response(problem.get_response())
    response = error(problem.code or 500)
    if problem.code == 405:  # noqa: PLR2004 - method not allowed
        allowed = dict(problem.get_headers(request.environ))
        response.headers["Allow"] = allowed.get("Allow", "GET, HEAD, OPTIONS")
    return response


def _malformed(problem: Malformed) -> Response:
    return error(400, detail=problem.description)


def _form_expired(_: CSRFError) -> Response:
    return error(
        400,
        detail="The form was open too long, or your browser keeps no cookies for this site. "
        "Go back, reload the page and send it again.",
    )  # fmt: skip


def _forbidden(problem: Forbidden) -> Response:
    if problem.known:
        return error(403)
    asked = (request.root_path + request.full_path).rstrip("?")
    return as_response(redirect(f"{url_for('auth.form')}?next={quote(asked)}"))


def _too_many(problem: TooMany) -> Response:
    response = error(429, detail=f"Wait {problem.retry_after_s} seconds and try again.")
    response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def _out_of_reach(problem: Exception) -> Response:
    log.error("database out of reach at %s: %s", _route(), type(getattr(problem, "orig", problem)).__name__)
    broken = isinstance(problem, DatabaseProblem) or (
        isinstance(problem, DriverError) and trouble_of(problem) is Trouble.DAMAGED
    )
    response = _last_resort(503, None, BROKEN if broken else None)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _database(problem: DriverError) -> Response:
    """A damaged or full database is a fault of the machine, told as one; any other error of its driver is ours."""
    return _out_of_reach(problem) if trouble_of(problem) else _ours(problem)


def _ours(problem: Exception) -> Response:
    code = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    log.error("request failed, code %s, at %s", code, _route(), exc_info=problem)
    return _last_resort(500, code)


def _route() -> str:
    """The pattern of the address, for the log: the address itself may hold the secret of a mail's link."""
    return request.url_rule.rule if request.url_rule else "an unknown address"


def _last_resort(status: int, code: str | None, detail: str | None = None) -> Response:
    """The page, as a stranger sees it where nobody can say who is signed in; or its bare text when even that fails."""
    with contextlib.suppress(*UNREACHABLE, DriverError):
        user()  # asked once a request: what can't be answered here is "nobody" for the page
    try:
        return error(status, code=code, detail=detail)
    except Exception:
        log.exception("the error page itself failed")
        title, text = TEXTS[status]
        return text_response(f"{title}\n\n{detail or text}\n{code or ''}\n", "text/plain", status)
