"""A made-up outlet on a real local web server: pages that can be changed, removed and counted."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.hostile import Hostile, hostile
from tracker.world import World

ARTICLE = """<html lang="en"><head><title>{title}</title><meta property="article:published_time" content="{when}"></head>
<body><nav>Home News Sport</nav><article><h1>{title}</h1>
<p>Norland’s foreign minister Mara Lind spoke about the bridge in Nordhaven on {day}.</p>
<p>“{quote},” Lind said.</p>
<p>The bridge has been under construction for six years, and the debate about its cost has gone on for as long.</p>
</article><footer>Nordhaven Courier, imprint</footer></body></html>"""


@dataclass
class Outlet:
    """What the Nordhaven Courier publishes just now."""

    server: HTTPServer
    pages: dict[str, str | int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def write(
        self,
        name: str,
        quote: str,
        title: str = "Lind on the bridge",
        when: str = "2024-03-06T10:00:00Z",
        day: str = "Wednesday",
    ) -> str:
        self.pages[f"/{name}"] = ARTICLE.format(title=title, when=when, day=day, quote=quote)
        return self.server.url_for(f"/{name}")

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        if request.path == "/feed.xml":
            return Response(self.feed(), mimetype="application/rss+xml")
        if request.path == "/robots.txt":
            return Response("", status=404)
        page = self.pages.get(request.path, 404)
        return Response("no", status=page) if isinstance(page, int) else Response(page, mimetype="text/html")

    def feed(self) -> str:
        items = "".join(
            f"<item><title>Lind on the bridge</title><link>{self.server.url_for(name)}</link><guid>{name}</guid>"
            "<pubDate>Wed, 06 Mar 2024 10:00:00 GMT</pubDate></item>"
            for name, page in self.pages.items()
            if isinstance(page, str)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>{items}</channel></rss>'


@pytest.fixture
def web() -> Iterator[Hostile]:
    """A server that answers whatever a test wants it to."""
    with hostile() as server:
        yield server


@pytest.fixture
def outlet(httpserver: HTTPServer) -> Outlet:
    made = Outlet(httpserver)
    httpserver.expect_request("/feed.xml").respond_with_handler(made.answer)
    httpserver.expect_request(re.compile(r"^/.*")).respond_with_handler(made.answer)
    return made


@pytest.fixture
def courier(make_world: Callable[..., World], outlet: Outlet) -> World:
    """A world with one feed, the Courier's."""
    place = f"{outlet.server.host}:{outlet.server.port}"
    return make_world(
        sources=[source("courier", outlet.server.url_for("/feed.xml"))],
        fetch={"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [place]},
    )


def source(name: str, url: str) -> dict[str, object]:
    return {
        "id": name,
        "name": "Nordhaven Courier",
        "kind": "feed",
        "url": url,
        "outlet": "Nordhaven Courier",
        "language": "en",
    }
