"""Sources are made, tried, changed and paused on the site, by administrators, with a reason; what is wrong is told."""

import html
import re

import pytest
from sqlmodel import col, select

from tests.conftest import build_world, sqlite_url
from tests.web.conftest import PASSWORD, sign_in, token
from tracker import accounts
from tracker import world as worlds
from tracker.accounts import Role
from tracker.archive.ledger import source_edits
from tracker.archive.ledger.sources import SourceConflict
from tracker.archive.models import Source
from tracker.archive.queries import due
from tracker.audit import AuditEntry
from tracker.setting_sections import SourceSection
from tracker.web.app import create_app

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour</title>
<item><title>A toll for the bridge</title><link>{url}/one</link><pubDate>Wed, 06 Mar 2024 09:00:00 GMT</pubDate></item>
<item><title>Two ferries</title><link>{url}/two</link><pubDate>Tue, 05 Mar 2024 09:00:00 GMT</pubDate></item>
</channel></rss>"""
PAGE = "<html><head><title>A toll</title></head><body><p>“We need a toll now,” said Ada Moor.</p></body></html>"
LINKS = (
    "<html><body>"
    + "".join(f'<a href="/news/2024/a-long-story-{n}">Story {n}</a>' for n in range(6))
    + "</body></html>"
)


@pytest.fixture
def world(sqlite_template, tmp_path, clock, mailbox, httpserver):
    made = build_world(
        sqlite_url(sqlite_template, tmp_path), tmp_path, clock, mailbox,
        fetch={"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [f"{httpserver.host}:{httpserver.port}"]},
        sources=[{"id": "filed", "name": "Of the file", "kind": "feed", "url": "https://news.example/feed"}],
    )  # fmt: skip
    base = httpserver.url_for("").rstrip("/")
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/feed").respond_with_data(FEED.format(url=base), content_type="application/rss+xml")
    httpserver.expect_request("/one").respond_with_data(PAGE, content_type="text/html")
    httpserver.expect_request("/two").respond_with_data(PAGE, content_type="text/html")
    httpserver.expect_request("/links").respond_with_data(LINKS, content_type="text/html")
    for n in range(6):
        httpserver.expect_request(f"/news/2024/a-long-story-{n}").respond_with_data(PAGE, content_type="text/html")
    httpserver.expect_request("/named").respond_with_data(
        f'<html><head><link rel="alternate" type="application/rss+xml" href="{base}/feed"></head></html>',
        content_type="text/html",
    )
    httpserver.expect_request("/empty").respond_with_data(
        "<html><body><p>Nothing.</p></body></html>", content_type="text/html"
    )
    yield made
    made.database.dispose()


def visitor(world, role):
    client = create_app(world).test_client()
    with world.database.transaction() as session:
        accounts.add(
            session, world.now(), email=f"{role}@example.org", name=role.capitalize(), role=role, password=PASSWORD
        )
    sign_in(client, f"{role}@example.org", PASSWORD)
    return client


@pytest.fixture
def admin(world):
    return visitor(world, Role.ADMIN)


def fields(page):
    """What the form on a page would send."""
    sent = dict(
        re.findall(r'<input type="(?:text|hidden)"[^>]* name="([^"]+)"[^>]*?\svalue="([^"]*)"', page, re.DOTALL)
    )
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        sent[name] = text.strip()
    if 'name="full_text" value="1" checked' in page:
        sent["full_text"] = "1"
    return {name: html.unescape(value) for name, value in sent.items()}


def look(client, source="new", **typed):
    """The form with what was typed, after it was looked at."""
    address = "/sources/new" if source == "new" else f"/sources/{source}/edit"
    sent = {**fields(client.get(address).get_data(as_text=True)), **typed, "do": "preview"}
    return client.post(f"/sources/{source}/edit", data=sent)


def save(client, shown, source="new", **typed):
    sent = {**fields(shown.get_data(as_text=True)), "reason": "Asked for.", **typed, "do": "save"}
    return client.post(f"/sources/{source}/edit", data=sent)


def held(world, source):
    with world.database.reading() as session:
        return session.get(Source, source)


def trail(world, source):
    with world.database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.subject == f"source:{source}").order_by(col(AuditEntry.id))
        return [(one.actor, one.action, one.field, one.new, one.reason) for one in session.exec(query)]


def act(client, source, do, **sent):
    return client.post(f"/sources/{source}", data={"csrf_token": token(client, f"/sources/{source}"), "do": do, **sent})


@pytest.mark.parametrize(
    ("path", "kind", "item"),
    [("/feed", "feed", "A toll for the bridge"), ("/named", "feed", "Two ferries"), ("/links", "listing", "Story 0")],
    ids=["a feed", "a page that names its feed", "a page of links"],
)
def test_an_address_is_enough_its_kind_is_found_out_and_its_items_are_shown(world, admin, httpserver, path, kind, item):
    shown = look(admin, url=httpserver.url_for(path))
    page = shown.get_data(as_text=True)
    assert item in page
    assert "The first one, read: <bdi>text:" in page
    assert fields(page)["kind"] == kind
    assert held(world, "localhost") is None
    assert save(admin, shown, id="harbour").headers["Location"].startswith("/sources/harbour")
    row = held(world, "harbour")
    assert (row.kind, row.edited_by, row.enabled) == (kind, "admin@example.org", True)
    assert trail(world, "harbour")[0] == ("admin@example.org", "source made", None, row.name, "Asked for.")


def test_a_source_made_on_the_site_is_due_at_once_and_outlives_a_restart_with_another_configuration(
    world, admin, httpserver
):
    save(admin, look(admin, url=httpserver.url_for("/feed")), id="harbour")
    worlds.configure(world)
    with world.database.reading() as session:
        assert "harbour" in [one.id for one in due(session, world.now())]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"url": "ftp://harbour.example"}, "Address:"),
        ({"url": ""}, "Nothing was saved"),
        ({"kind": "listing"}, "link_pattern"),
        ({"kind": "listing", "link_pattern": "("}, "Which links count"),
        ({"kind": "json", "paths": "items data"}, "is no line like: items = data.list."),
        ({"timezone": "Norland/Nowhere"}, "Time zone of its dates:"),
        ({"every_minutes": "soon"}, "Look every … minutes:"),
        ({"expect_every": "often"}, "Something new is expected every:"),
        ({"kind": "folder"}, "is configured in the file only"),
        ({"id": "filed"}, "“filed” is “Of the file” already"),
        ({"id": "new"}, "is the address of this form"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(world, admin, httpserver, typed, told):
    sent = {"url": httpserver.url_for("/feed"), "kind": "feed", "name": "Rauha & Sons", **typed}
    answer = look(admin, **sent)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code in {400, 409}
    assert told in page
    assert "Rauha & Sons" in page


def test_an_address_without_any_list_says_so(admin, httpserver):
    assert "no feed, sitemap or list of links was found there" in look(
        admin, url=httpserver.url_for("/empty")
    ).get_data(as_text=True)


def test_an_address_that_may_not_be_asked_is_not_asked(admin, httpserver):
    answer = look(admin, url="http://127.0.0.1:9/feed")
    assert answer.status_code == 400
    assert "Nothing was saved" in answer.get_data(as_text=True)


def test_nothing_is_saved_that_was_not_looked_at_or_has_no_reason(world, admin, httpserver):
    shown = look(admin, url=httpserver.url_for("/feed"))
    answer = save(admin, shown, id="harbour", name="Another name", skip_title="ferr")
    assert "Not saved yet: it was changed since you looked" in answer.get_data(as_text=True)
    assert "Two ferries" not in answer.get_data(as_text=True)
    assert save(admin, look(admin, url=httpserver.url_for("/feed")), id="harbour", reason="").status_code == 400
    assert held(world, "harbour") is None


def test_a_change_is_told_field_by_field_and_one_made_by_somebody_else_meanwhile_is_not_overwritten(
    world, admin, httpserver
):
    save(admin, look(admin, url=httpserver.url_for("/feed")), id="harbour")
    mine = look(admin, "harbour", every_minutes="30", rights="Short quotes.")
    theirs = look(admin, "harbour", every_minutes="15")
    assert save(admin, theirs, "harbour").status_code == 303
    answer = save(admin, mine, "harbour")
    assert answer.status_code == 409
    assert "Short quotes." in answer.get_data(as_text=True)
    assert held(world, "harbour").every_minutes == 15
    assert ("admin@example.org", "source changed", "every_minutes", "15", "Asked for.") in trail(world, "harbour")


def test_a_source_of_the_file_is_tried_and_paused_here_and_changed_there_only(world, admin):
    assert "changed there only" not in admin.get("/sources/filed").get_data(as_text=True)
    sent = {**fields(admin.get("/sources/filed/edit").get_data(as_text=True)), "reason": "So.", "do": "save"}
    answer = admin.post("/sources/filed/edit", data=sent)
    assert answer.status_code == 409
    assert act(admin, "filed", "pause", reason="Moved house.").status_code == 303
    worlds.configure(world)
    assert not held(world, "filed").enabled
    assert act(admin, "filed", "resume", reason="Back again.").status_code == 303
    assert held(world, "filed").enabled
    assert [one[1] for one in trail(world, "filed")] == ["source paused", "source resumed"]


def test_pausing_asks_why_and_doing_it_twice_is_done_once(world, admin):
    assert act(admin, "filed", "pause").status_code == 400
    act(admin, "filed", "pause", reason="Once.")
    act(admin, "filed", "pause", reason="Twice.")
    assert len(trail(world, "filed")) == 1


def test_trying_a_source_stores_nothing(world, admin, httpserver):
    save(admin, look(admin, url=httpserver.url_for("/feed")), id="harbour")
    page = act(admin, "harbour", "try").get_data(as_text=True)
    assert "The first 2 of 2 entries" in page
    assert "nothing of it is stored" in page
    assert held(world, "harbour").last_try_at is None


def test_a_source_shows_its_days_its_documents_and_who_changed_it(world, admin, httpserver):
    from jobs import collect

    save(admin, look(admin, url=httpserver.url_for("/feed")), id="harbour")
    collect.run(world, ["harbour"], everything=True)
    page = admin.get("/sources/harbour").get_data(as_text=True)
    assert "Looks of the last two weeks, by day" in page
    assert "A toll for the bridge" in page
    assert "Source made" in page
    assert httpserver.url_for("/feed") in page
    assert act(admin, "harbour", "now").status_code == 303
    stranger = create_app(world).test_client().get("/sources/harbour").get_data(as_text=True)
    assert "Who changed it" not in stranger
    assert httpserver.url_for("/feed") not in stranger


def test_what_was_entered_by_hand_is_listed_for_colleagues_only(world, admin):
    from jobs.ingest import manual
    from tracker.archive.supplied import from_object

    told = {"title": "From my notebook", "text": "“The toll stays,” said Ada Moor.", "published": "2024-03-06"}
    manual.add(world, from_object(told), entered_by="vera@example.org")
    assert "From my notebook" in admin.get("/sources/hand").get_data(as_text=True)
    assert "From my notebook" not in create_app(world).test_client().get("/sources/hand").get_data(as_text=True)


def test_editors_read_a_source_and_change_none(world):
    editor = visitor(world, Role.EDITOR)
    assert editor.get("/sources/filed").status_code == 200
    assert editor.get("/sources/new").status_code == 403
    assert "Pause" not in editor.get("/sources/filed").get_data(as_text=True)


def test_an_unknown_source_is_none(admin):
    assert admin.get("/sources/nowhere").status_code == 404
    assert admin.get("/sources/nowhere/edit").status_code == 404


def test_a_source_of_both_the_file_and_the_site_stops_the_start(world):
    told = worlds.new_source(
        SourceSection.model_validate({"id": "filed", "name": "X", "kind": "feed", "url": "https://x.example/"})
    )
    with world.database.transaction() as session:
        source_edits.save_source(session, world.now(), by="vera@example.org", told=told, reason="By hand.")
    with pytest.raises(SourceConflict, match=r"filed.*vera@example\.org"):
        worlds.configure(world)
