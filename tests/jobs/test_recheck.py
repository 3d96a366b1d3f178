"""Looking again: what is found, what is believed, and what raises nothing; each against a real web server."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from sqlmodel import col, select
from werkzeug import Response

from jobs import collect, deliver, extract, recheck, tidy
from tests import commands
from tests.conftest import NOON, SECRET, build_world, sqlite_url
from tests.jobs.conftest import ARTICLE, Outlet, source
from tests.wishes import wish
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import Delivery, Occasion
from tracker.archive import queries
from tracker.archive.ledger.documents import next_interval
from tracker.archive.models import Document, Fetch, Snapshot, State
from tracker.archive.text import compare, removal
from tracker.archive.warc import ArchiveUnwritable
from tracker.db import Database
from tracker.record import proof
from tracker.speech.models import Appearance, Claim, SourceStatus

QUOTE = "Tarvins offer is no offer at all, and the bridge toll will pay for the road to the harbour"
MORE = "<p>The council of Nordhaven met again and talked about the harbour, the sand and the price of the old road.</p>"
SIDEBAR = "<aside class='sidebar'><p>“A teaser of another story,” says the mayor of the town.</p></aside>"
AD = "<div class='ad-slot'><p>Advertisement: “The finest tar of the north,” they say.</p></div>"
NOT_FOUND = """<html><head><title>Page not found - Courier</title></head><body><nav>Home</nav><main><h1>404</h1>
<p>Sorry, the page you asked for is not here any more. Try the search.</p></main></body></html>"""
SIGN_IN = """<html><head><title>Courier</title></head><body><main><h1>Sign in to read on</h1>
<p>Already a subscriber? Log in. Or create an account to read three stories a month.</p></main></body></html>"""


def filled(title: str, words: str) -> str:
    body = "".join(f"<p>{words.format(n=n)}</p>" for n in range(9))
    return f"<html><head><title>{title}</title></head><body><main>{body}</main></body></html>"


FRONT = filled("Courier", "Another story, number {n}: the sand trade goes on and the sea stays where it is, as it did.")
PARKED = filled(
    "courier.example", "This domain may be for sale; offers go to our brokers in office number {n} on working days."
)


@pytest.fixture
def courier(sqlite, tmp_path, clock, mailbox, outlet):
    """A world with one feed, on SQLite: what the two databases share is tried on both elsewhere."""
    world = build_world(
        sqlite, tmp_path, clock, mailbox,
        sources=[source("courier", outlet.server.url_for("/feed.xml"))],
        fetch={"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [f"{outlet.server.host}:{outlet.server.port}"]},
    )  # fmt: skip
    yield world
    world.database.dispose()


def write(outlet: Outlet, name: str = "one", quote: str = QUOTE, more: str = MORE) -> None:
    outlet.write(name, quote)
    outlet.pages[f"/{name}"] = str(outlet.pages[f"/{name}"]).replace("</article>", f"{more}</article>")


def rows(world, table):
    with world.database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


def fetch(world, clock, **later) -> recheck.RecheckCounts:
    clock.forward(**(later or {"days": 2}))
    counts = recheck.run(world, everything=True)
    extract.run(world)
    return counts


def proven(world) -> bool:
    return proof.verify(world.database, world.archive, everything=True).problems == ()


def follow(world) -> None:
    with world.database.transaction() as session:
        sign_up_ledger.request(session, world.now(), wish("reader@example.org", rhythm="instant"), ip="192.0.2.1")
        token = session.exec(select(Delivery.token)).first()
    deliver.run(world)
    with world.database.transaction() as session:
        sign_up_ledger.confirm(session, world.now(), token)


def told(world) -> list[str]:
    return [row.subject for row in rows(world, Delivery) if row.occasion == Occasion.SOURCE_CHANGED]


@pytest.mark.parametrize(
    ("age", "wait"),
    [
        ("0m", "15m"),
        ("15m", "45m"),
        ("1h", "5h"),
        ("6h", "18h"),
        ("1d", "6d"),
        ("7d", "23d"),
        ("30d", "91d"),
        ("400d", "91d"),
    ],
)
def test_a_document_is_looked_at_by_its_age(age, wait):
    def period(text: str) -> timedelta:
        return timedelta(**{{"m": "minutes", "h": "hours", "d": "days"}[text[-1]]: int(text[:-1])})

    assert next_interval(period(age)) == period(wait)


def test_one_apostrophe_added_inside_a_quote_is_found_and_told_once(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    follow(courier)
    write(outlet, quote=QUOTE.replace("Tarvins", "Tarvin’s"))
    assert fetch(courier, clock).changed == 1
    assert fetch(courier, clock).changed == 0
    [first, second] = rows(courier, Appearance)
    assert (first.state, second.state) == (SourceStatus.CHANGED, SourceStatus.INTACT)
    assert first.exact.startswith("“Tarvins")
    assert second.exact.startswith("“Tarvin’s")
    assert told(courier) == [f"appearance:{first.id}:v2"]
    assert proven(courier)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.replace("<p>", "\n\n  <p  data-nonce='x1'>"),
        lambda page: page.replace("<nav>Home News Sport</nav>", "<nav>Home Sport <b>News</b> Sale</nav>"),
        lambda page: page.replace("<footer>", f"{SIDEBAR}<footer>"),
        lambda page: page.replace("</article>", f"{AD}</article>"),
        lambda page: page.replace("</h1>", "</h1><p>Updated 5 minutes ago</p><p>17 comments</p>"),
        lambda page: page.replace("</head>", "<script nonce='abc'>var seen = 18233;</script></head>"),
        lambda page: page.replace("<p>", "<p class='css-9f2'>").replace("<article>", "<article data-v='2'>"),
    ],
    ids=["white space", "navigation", "sidebar", "advertisement", "clock and counter", "nonce", "class names"],
)  # fmt: skip
def test_what_changes_around_the_words_is_no_version_and_raises_nothing(courier, outlet, clock, change):
    write(outlet)
    collect.run(courier)
    follow(courier)
    outlet.pages["/one"] = change(str(outlet.pages["/one"]))
    assert fetch(courier, clock) == recheck.RecheckCounts(looked=1)
    assert len(rows(courier, Snapshot)) == 1
    assert told(courier) == []


def test_a_page_kept_by_older_rules_is_compared_by_todays(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    with courier.database.transaction() as session:
        # What an earlier extractor would have written: the same page, with marks of its own.
        row = session.exec(select(Snapshot)).one()
        row.text, row.extractor = row.text.replace("Norland’s", "- Norland’s"), "2026.1.1"
        session.add(row)
    assert fetch(courier, clock).changed == 0
    assert len(rows(courier, Snapshot)) == 1


def test_words_that_change_and_change_back_are_three_versions_and_three_entries(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    for words in (QUOTE.replace("no offer", "an offer"), QUOTE):
        write(outlet, quote=words)
        assert fetch(courier, clock).changed == 1
    assert [row.version for row in rows(courier, Snapshot)] == [1, 2, 3]
    assert [row.state for row in rows(courier, Appearance)] == [
        SourceStatus.INTACT,
        SourceStatus.CHANGED,
        SourceStatus.INTACT,
    ]
    assert proven(courier)


def test_a_quote_that_was_taken_out_is_missing_and_a_look_alike_is_not_taken_for_it(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    outlet.pages["/one"] = str(outlet.pages["/one"]).replace(
        QUOTE, "Nothing of that kind was on the table on that day or later"
    )
    fetch(courier, clock)
    assert rows(courier, Appearance)[0].state == SourceStatus.MISSING


def answer_with(server: HTTPServer, outlet: Outlet, path: str, response: Response) -> None:
    outlet.pages[path] = "changed below"
    given = outlet.answer
    changed = lambda request: response if request.path == path else given(request)  # noqa: E731
    setattr(outlet, "answer", changed)  # noqa: B010 - the outlet answers anew from here on
    server.clear_all_handlers()
    server.expect_request(re.compile(r"^/.*")).respond_with_handler(outlet.answer)


@pytest.mark.parametrize(
    ("what", "state", "words"),
    [
        (Response("no", status=404), State.GONE, "404"),
        (Response("no", status=410), State.GONE, "410"),
        (Response(NOT_FOUND, mimetype="text/html"), State.GONE, "not there"),
        (Response(PARKED, mimetype="text/html"), State.GONE, "another text"),
        (Response("<html><body><main></main></body></html>", mimetype="text/html"), State.GONE, "no readable text"),
        (Response(SIGN_IN, mimetype="text/html"), State.BLOCKED, "sign-in"),
        (Response(status=302, headers={"Location": "/"}), State.MOVED, "front page"),
        (Response(status=302, headers={"Location": "/login?next=/one"}), State.BLOCKED, "sign-in"),
    ],
    ids=["404", "410", "error page with 200", "parked domain", "empty page", "wall", "to the front page", "to the sign-in"],
)  # fmt: skip
def test_a_page_that_is_gone_is_believed_after_two_looks_and_keeps_its_claims(
    courier, outlet, httpserver, clock, what, state, words
):
    write(outlet)
    collect.run(courier)
    follow(courier)
    outlet.pages["/"] = FRONT
    outlet.pages["/login"] = SIGN_IN
    answer_with(httpserver, outlet, "/one", what)
    clock.forward(hours=1)
    assert recheck.run(courier).removed == 0
    assert rows(courier, Document)[0].removed_since is None
    clock.forward(minutes=11)
    assert recheck.run(courier).removed == 1
    [document] = rows(courier, Document)
    assert document.removed_since == clock.now
    assert document.fetch_state == state
    assert words in document.fetch_detail
    clock.forward(days=30)
    assert recheck.run(courier).removed == 0
    assert len(rows(courier, Snapshot)) == 1
    assert rows(courier, Appearance)[0].state == SourceStatus.REMOVED
    assert len(rows(courier, Claim)) == 1
    assert len(told(courier)) == 1
    assert proven(courier)


def test_a_page_that_comes_back_is_judged_by_its_words(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    kept = outlet.pages["/one"]
    outlet.pages["/one"] = 404
    fetch(courier, clock, hours=1)
    fetch(courier, clock, minutes=11)
    outlet.pages["/one"] = kept
    fetch(courier, clock)
    assert rows(courier, Document)[0].removed_since is None
    assert rows(courier, Appearance)[0].state == SourceStatus.INTACT
    outlet.pages["/one"] = 404
    fetch(courier, clock, hours=1)
    fetch(courier, clock, minutes=11)
    write(outlet, quote=QUOTE.replace("no offer", "an offer"))
    fetch(courier, clock)
    assert [row.state for row in rows(courier, Appearance)] == [SourceStatus.CHANGED, SourceStatus.INTACT]


def test_a_look_that_reaches_nobody_neither_proves_nor_disproves(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    for status in (500, 503, 404, 500, 503):
        outlet.pages["/one"] = status
        fetch(courier, clock)
    assert rows(courier, Document)[0].removed_since is None
    outlet.pages["/one"] = 404
    assert fetch(courier, clock).removed == 1


def test_what_stands_in_a_line_up_is_looked_at_weekly(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    clock.forward(days=40)
    recheck.run(courier)
    outlet.asked.clear()
    clock.forward(days=6)
    recheck.run(courier)
    assert "/one" not in outlet.asked
    clock.forward(days=1)
    recheck.run(courier)
    assert "/one" in outlet.asked


def test_two_runners_never_look_at_the_same_document(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    clock.forward(days=1)
    with courier.database.reading() as session:
        [document] = session.exec(select(Document)).all()
    assert recheck._take_and_recheck(courier, *_of(courier, document)) == "same"
    assert recheck._take_and_recheck(courier, *_of(courier, document)) == "taken"


def _of(world, document):
    with world.database.reading() as session:
        return next(one for one in queries.all_sources(session) if one.id == document.source_id), document


def test_a_full_disk_stops_the_run_and_loses_nothing(courier, outlet, clock, monkeypatch):
    write(outlet)
    write(outlet, "two", quote="Another thing was said about the bridge toll on that day by the minister")
    collect.run(courier)
    write(outlet, quote=QUOTE.replace("no offer", "an offer"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    # The one stand-in: a disk can't be filled in a test.
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(ArchiveUnwritable):
            fetch(courier, clock)
    assert len(rows(courier, Snapshot)) == 2
    assert proven(courier)
    assert fetch(courier, clock).changed == 1
    assert proven(courier)


def test_tidy_sweeps_what_no_row_names_and_never_evidence(courier, outlet, clock):
    write(outlet)
    collect.run(courier)
    write(outlet, quote=QUOTE.replace("no offer", "an offer"))
    fetch(courier, clock)
    folder = Path(courier.settings.archive.path)
    orphan = courier.archive.keep_resource(b"left by a crash", "text/plain", "urn:x:1", NOON)
    young = courier.archive.keep_resource(b"just written", "text/plain", "urn:x:2", NOON)
    half = folder / orphan.path
    half.with_name(".writing-abc").write_bytes(b"half")
    old = clock.now.timestamp() - 30 * 86400
    for path in folder.rglob("*"):
        if path.is_file() and path != folder / young.path:
            os.utime(path, (old, old))
    os.utime(folder / young.path, (clock.now.timestamp(),) * 2)
    counts = tidy.run(courier)
    assert counts.files == 2
    assert not (folder / orphan.path).exists()
    assert (folder / young.path).exists()
    clock.forward(days=900)
    tidy.run(courier)
    assert len(rows(courier, Snapshot)) == 2
    assert len(rows(courier, Fetch)) > 0
    assert proven(courier)


def test_a_content_that_is_kept_again_is_young_again(courier):
    kept = courier.archive.keep_resource(b"the same bytes", "text/plain", "urn:x:1", NOON)
    path = Path(courier.settings.archive.path) / kept.path
    os.utime(path, (1, 1))
    courier.archive.keep_resource(b"the same bytes", "text/plain", "urn:x:1", NOON)
    assert courier.archive.sweep(set(), NOON, NOON) == 0
    os.utime(path, (1, 1))
    assert courier.archive.sweep(set(), NOON, NOON) == 1


@pytest.mark.parametrize(
    ("old", "new", "asked", "final", "found"),
    [
        (
            "one two three four five six " * 10,
            "one two three four five six " * 9,
            "https://a.example/x",
            "https://a.example/y",
            None,
        ),
        ("one two three four five six " * 10, "", "https://a.example/x", "https://a.example/x", "gone"),
        ("a short text", "quite other words", "https://a.example/x", "https://a.example/x", None),
        (
            "one two three four five six " * 10,
            "seven eight nine " * 30,
            "https://a.example/x",
            "https://a.example/",
            "moved",
        ),
        (
            "one two three four five six " * 10,
            "seven eight nine " * 30,
            "https://www.a.example/x/",
            "https://a.example/x",
            "gone",
        ),
    ],
)
def test_the_words_decide_whether_it_is_still_the_document(old, new, asked, final, found):
    judged = removal.detect_removal(old, new, title=None, asked=asked, final=final)
    assert (judged.state if judged else None) == found


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("We need it.\nNow.", "We  need it.\n\nNow.", True),
        ("We need it.\n5 min ago", "We need it.\n1 hour ago\n12 comments", True),
        ("We need it now.", "We need it, now.", False),
        ("Tarvins offer", "Tarvin’s offer", False),
        ("“We need it”", '"We need it"', False),
        ("We waited 5 minutes ago.", "We waited 6 minutes ago.", False),
    ],
)
def test_only_white_space_clocks_and_counters_may_differ(old, new, same):
    assert compare.same_text(old, new) is same


def test_a_recheck_killed_at_any_moment_needs_no_repair(sqlite_template, tmp_path, httpserver):
    """kill -9 while looking again: nothing lost, nothing double, no row without its bytes; the next run goes on."""
    names = [f"n{number}" for number in range(8)]
    version = {"now": 0}

    def page(request):
        name = request.path.strip("/")
        if name == "feed.xml":
            items = "".join(f"<item><title>{n}</title><link>{httpserver.url_for('/' + n)}</link></item>" for n in names)
            return Response(
                f'<rss version="2.0"><channel><title>C</title>{items}</channel></rss>', mimetype="application/rss+xml"
            )
        if name not in names:
            return Response("", status=404)
        words = f"We need toll number {name} now, and version {version['now']} of the law says the same"
        body = ARTICLE.format(title=f"Lind {name}", when="2024-03-06T10:00:00Z", day="Wednesday", quote=words)
        return Response(body, mimetype="text/html")

    httpserver.expect_request(re.compile(r"^/.*")).respond_with_handler(page)
    sqlite_url(sqlite_template, tmp_path)
    place = f"{httpserver.host}:{httpserver.port}"
    (tmp_path / "config.toml").write_text(
        f'[site]\nsecret_key = "{SECRET}"\n[database]\nurl = "sqlite:///record.sqlite"\n[archive]\npath = "archive"\n'
        f'[fetch]\nper_host_gap_s = 0\nallow_private = ["{place}"]\n[[sources]]\nid = "c"\nname = "C"\nkind = "feed"\n'
        f'url = "{httpserver.url_for("/feed.xml")}"\n'
    )
    tracker = str(Path(sys.executable).with_name("tracker"))
    assert commands.run(tmp_path, "collect", "--once").returncode == 0
    for round_number in range(1, 3):
        version["now"] = round_number
        process = subprocess.Popen(
            [tracker, "recheck", "--once"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(0.55 + 0.25 * round_number)
        process.send_signal(signal.SIGKILL)
        process.wait()
    version["now"] = 9
    done = commands.run(tmp_path, "recheck", "--once")
    assert done.returncode == 0, done.stderr
    assert commands.run(tmp_path, "verify", "--all").returncode == 0
    database = Database(f"sqlite:///{tmp_path}/record.sqlite")
    with database.reading() as session:
        texts = session.exec(select(Snapshot).order_by(col(Snapshot.document_id), col(Snapshot.version))).all()
    database.dispose()
    newest = {row.document_id: row for row in texts}
    assert len(newest) == len(names)
    assert all("version 9" in row.text for row in newest.values())
    for number in newest:
        versions = [row.version for row in texts if row.document_id == number]
        assert versions == list(range(1, len(versions) + 1))
