"""Error pages: what happened and what to do; a failure of ours shows a code, never a trace."""

import logging
import secrets
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from tracker.limits import TooMany
from tracker.web.context import as_response, plain, render
from tracker.web.guard import Forbidden

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
    503: ("The record is busy or out of reach", "Your request was not saved. Go back and try again soon."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
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


def error(status: int, **more: str | None) -> Response:
    """The page of one status; a text, for what is no page."""
    title, text = TEXTS.get(status, ("This did not work", "Go back and try again."))
    page = ErrorPage(title, status, text, **more)
    if request.path.endswith((".json", ".csv", ".atom", ".txt")) or request.path in {"/healthz", "/readyz"}:
        return plain(f"{page.title}. {page.detail or page.text}\n", "text/plain", status)
    return render(page, status)


def handle(app: Flask) -> None:
    """Give every failure its page."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(OperationalError, _out_of_reach)
    app.register_error_handler(Exception, _ours)


def _http(problem: HTTPException) -> Response:
    if problem.code is not None and problem.code < 400:  # noqa: PLR2004 - a redirect, such as a missing slash
        return current_app.make_response(problem.get_response())
    response = error(problem.code or 500)
    if problem.code == 405:  # noqa: PLR2004 - method not allowed
        response.headers.extend(problem.get_headers(request.environ))
        response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response


def _form_expired(_: CSRFError) -> Response:
    return error(
        400,
        detail="The form was open too long, or your browser keeps no cookies for this site. "
        "Go back, reload the page and send it again.",
    )  # fmt: skip


def _forbidden(problem: Forbidden) -> Response:
    if problem.known:
        return error(403)
    return as_response(
        redirect(f"{url_for('sign.form')}?next={quote((request.root_path + request.full_path).rstrip('?'))}")
    )


def _too_many(problem: TooMany) -> Response:
    response = error(429, detail=f"Wait {problem.retry_after_s} seconds and try again.")
    response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def _out_of_reach(problem: OperationalError) -> Response:
    log.error("database out of reach at %s: %s", request.path, type(problem.orig).__name__)
    return _last_resort(503, None)


def _ours(problem: Exception) -> Response:
    code = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    log.error("request failed, code %s, at %s", code, request.path, exc_info=problem)
    return _last_resort(500, code)


def _last_resort(status: int, code: str | None) -> Response:
    """The page, or its bare text when even the frame can't be rendered (it asks the database who is signed in)."""
    try:
        return error(status, code=code)
    except Exception:
        log.exception("the error page itself failed")
        title, text = TEXTS[status]
        return plain(f"{title}\n\n{text}\n{code or ''}\n", "text/plain", status)
