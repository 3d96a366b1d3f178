"""What a page may ask for: the world, the visitor, the database, and the one way to render a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, cast

from flask import Response, current_app, g, make_response, render_template, request, session
from werkzeug.wrappers import Response as BaseResponse

from tracker import accounts, permissions
from tracker.accounts import User
from tracker.db import Session
from tracker.web.proxy import prefix_of
from tracker.world import World


class RenderedPage(Protocol):
    """What every page's dataclass has: its template, its place in the navigation, its title."""

    template: ClassVar[str]
    section: ClassVar[str]

    @property
    def title(self) -> str:
        """The title of the window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFrame:
    """What the frame around every page shows."""

    name: str
    base_url: str
    contact: str
    demo: bool
    fault: str | None
    """Where a fault keeps this machine from saving: "database" (nothing can be saved), "archive" (nothing is collected)."""
    fault_detail: str | None
    """What it is, for colleagues."""
    section: str
    user: str | None
    may_review: bool
    may_see_runs: bool
    may_add: bool


def world() -> World:
    """The world this application was made with."""
    return cast("World", current_app.extensions["world"])


def now() -> datetime:
    """The time, aware."""
    return world().now()


@contextmanager
def reading() -> Iterator[Session]:
    """One read-only view of the database."""
    with world().database.reading() as db:
        yield db


@contextmanager
def writing() -> Iterator[Session]:
    """One writing transaction."""
    with world().database.transaction() as db:
        yield db


def user() -> User | None:
    """The colleague who is signed in, asked once a request."""
    if "user" not in g:
        token = session.get("token")
        g.user = None
        if isinstance(token, str):
            with reading() as db:
                g.user = accounts.user_for_token(db, now(), token)
    return cast("User | None", g.user)


def can(act: str) -> bool:
    """Whether the visitor may do `act`."""
    return permissions.can(user(), act)


def absolute_url(path: str) -> str:
    """The full address of a path on this site; from the settings, never from what the visitor's request names.

    `path` is counted from the site's own root, as a route is written, or begins with the site's path as `url_for` gives it.
    """
    base = world().settings.site.base_url.rstrip("/")
    prefix = prefix_of(base)
    return base.removesuffix(prefix) + path if prefix and path.startswith(f"{prefix}/") else base + path


def current_path() -> str:
    """The path of this request with the site's path in front of it, without its query."""
    return request.root_path + request.path


def client_address() -> str:
    """The address the request came from."""
    return request.remote_addr or "unknown"


def render(page: RenderedPage, status: int = 200) -> Response:
    """The page as HTML."""
    who = user()
    faults = [fault for fault in world().faults() if fault.stops_collecting]
    site = SiteFrame(
        name=world().settings.site.name,
        base_url=absolute_url(""),
        contact=world().settings.site.contact,
        demo=world().demo,
        fault=faults[0].place if faults else None,
        fault_detail=faults[0].text if faults and can("see job runs") else None,
        section=page.section,
        user=who.name if who else None,
        may_review=can("review"),
        may_see_runs=can("see job runs"),
        may_add=can("add documents"),
    )
    return make_response(render_template(page.template, page=page, site=site), status)


def text_response(body: str, mimetype: str, status: int = 200, **headers: Any) -> Response:  # noqa: ANN401 - header values
    """A response that is no page: JSON, CSV, a feed, plain text; always with its charset."""
    response = Response(body, status=status, mimetype=mimetype)
    response.headers["Content-Type"] = f"{mimetype}; charset=utf-8"
    response.headers.extend({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def as_response(answer: BaseResponse) -> Response:
    """A redirect of the library as a response of this application."""
    return current_app.make_response(answer)
