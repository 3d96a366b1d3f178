"""Every page over the seeded record: what it answers, what it says, and what it never does."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.web import seed
from tests.web.seed import NOW
from tracker.archive.models import Source, SourceKind, State
from tracker.positions.models import EventTopic, Topic
from tracker.speech import source_health
from tracker.speech.source_health import Health, Yield
from tracker.web.app import create_app

PAGES = [
    "/", "/topics", "/t/harbour-pact", "/t/tunnel", "/events", "/t/harbour-pact/around/seaford-2024",
    "/t/harbour-pact/around/isle-2024", "/c/{mara-lind-2}", "/c/{hostile}", "/c/{unresolved}", "/c/{yara-unknown}",
    "/speakers", "/s/mara-lind", "/s/nils-quiet", "/snapshots/{mara-lind-2/1}", "/snapshots/{lind-ar/1}",
    "/snapshots/{hostile/1}", "/snapshots/{lind-wire/1}/vs/{lind-wire/2}", "/sources", "/follow", "/search",
    "/search?q=harbour", "/sign-in",
]  # fmt: skip


def address(pattern, seeded):
    known = {**seeded.claims, **seeded.copies}
    return re.sub(r"{([^}]+)}", lambda found: known[found[1]], pattern)


def text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


INERT_SCRIPT = r'<script (?:src="/static/\w+\.js" defer></script>|type="application/ld\+json">[^<>&]*</script>)'
"""A file of ours that a page works without, or data in which nothing can end the element."""


@pytest.mark.parametrize("pattern", PAGES)
def test_a_page_answers_with_one_heading_and_a_title(client, seeded, pattern):
    page = text(client, address(pattern, seeded))
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r"<title>[^<]+ · On the Record</title>", page)


@pytest.mark.parametrize("pattern", PAGES)
def test_no_page_needs_a_script_or_carries_a_style_or_a_foreign_address(client, seeded, pattern):
    page = re.sub(r"<textarea.*?</textarea>", "", text(client, address(pattern, seeded)), flags=re.DOTALL)
    assert "<script" not in re.sub(INERT_SCRIPT, "", page)
    assert " style=" not in page
    assert not re.search(r'(?:src|<link[^>]*href)="https?://(?!127\.0\.0\.1:8000/)', page)


def test_every_local_link_of_every_page_leads_somewhere(client, seeded):
    links = set()
    for pattern in PAGES:
        links.update(re.findall(r'href="(/[^"#]*)', text(client, address(pattern, seeded))))
    assert len(links) > 100
    for link in sorted(links):
        with client.get(link.replace("&amp;", "&")) as answer:
            assert answer.status_code in {200, 302}, link


def test_hostile_words_are_shown_as_they_are_and_stay_inert(client, seeded):
    for pattern in ("/c/{hostile}", "/snapshots/{hostile/1}", "/t/harbour-pact?text=alert", "/"):
        page = text(client, address(pattern, seeded))
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "49" not in re.sub(r"\d{3,}|[0-9a-f]{6,}", "", page.split("&lt;script")[1][:80])
        assert 'href="javascript:' not in page


def test_home_names_the_news_the_events_and_the_shift(client):
    page = text(client, "/")
    assert "29 statements by 10 speakers" in page
    assert "moved one step up, from 2 to 3" in page
    assert "the Seaford summit" in page


def test_an_event_of_several_topics_leads_to_the_one_with_most_statements(client, seeded, site_world):
    with site_world.database.transaction() as session:
        session.add(Topic(id="dull", name="A dull matter", description="", created_at=seed.NOW))
        session.flush()
        session.add(EventTopic(event_id="seaford-2024", topic_id="dull"))
    assert 'href="/t/harbour-pact/around/seaford-2024"' in text(client, "/")
    assert text(client, "/events").index("/t/harbour-pact/around/sea") < text(client, "/events").index("/t/dull/aro")


def test_a_site_without_data_says_what_to_do_first(empty):
    page = text(empty, "/")
    assert "Start here" in page
    assert "No statements yet" in page
    for path in ("/topics", "/events", "/speakers", "/sources", "/follow"):
        text(empty, path)


def test_the_timeline_runs_newest_first_with_the_event_between_the_days(client):
    page = text(client, "/t/harbour-pact")
    assert page.index("Thu 20 June 2024") < page.index("event-band") < page.index("Wed 15 May 2024</time>")
    assert "Showing 1 to 25 of 28 statements" in page


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("speaker=tor-aske", "the season to walk through it", "short bridge"),
        ("position=5", "Entry now is the only honest answer", "short bridge"),
        ("position=none", "it is legitimate", "Entry now is the only honest answer"),
        ("from=2024-06-15", "short bridge", "the season to walk through it"),
        ("to=2024-04-30", "the season to walk through it", "short bridge"),
        ("text=SHORT%20bridge!", "short bridge", "the season to walk through it"),
        ("text=%25", "No statement found", "short bridge"),
    ],
)
def test_a_filter_keeps_what_fits_and_drops_the_rest(client, query, found, missing):
    page = text(client, f"/t/harbour-pact?{query}")
    assert found in page
    assert missing not in page


def test_a_statement_tells_its_evidence_its_places_and_their_wording(client, seeded):
    page = text(client, f"/c/{seeded.claims['mara-lind-2']}")
    assert "told reporters on the day" in page
    assert page.index("Norland foreign ministry") < page.index("Nordhavn-Kurier")
    assert "<del>" in page
    assert "A part of it is quoted. 1 word only here, 2 missing" in page
    assert 'dir="rtl"' in page
    assert "no longer on the page at this address" in page


def test_a_mention_that_could_be_two_people_names_both_and_picks_none(client, seeded):
    page = text(client, f"/c/{seeded.claims['unresolved']}")
    assert "speaker not resolved" in page
    assert "Mara Lind" in page
    assert "Brita Sund" in page
    assert "No choice is made between them" in page


def test_a_rejected_statement_is_gone_with_a_reason_and_a_merged_one_leads_on(client, seeded):
    assert "rejected this statement" in text(client, f"/c/{seeded.claims['rejected']}", 410)
    answer = client.get(f"/c/{seeded.claims['merged']}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/c/{seeded.claims['unresolved']}")
    for path in ("/t/harbour-pact", "/s/yara-obi", "/search?q=retranslation"):
        assert "only a retranslation" not in text(client, path)


def test_an_archived_copy_tells_the_note_that_came_with_the_document(client, seeded):
    page = text(client, address("/snapshots/{hostile/1}", seeded))
    assert "<dt>Note</dt><dd><bdi>Taken down &lt;b&gt;by ear&lt;/b&gt; in the hall.</bdi></dd>" in page


def test_an_archived_copy_marks_the_words_and_the_chosen_quote(client, seeded):
    sha, claim = seeded.copies["mara-lind-2/1"], seeded.claims["mara-lind-2"]
    page = text(client, f"/snapshots/{sha}?c={claim}")
    marked = re.search(r'<span id="quote"></span><mark data-chosen><a href="([^"]+)">([^<]+)</a></mark>', page)
    assert marked[1] == f"/c/{claim}"
    assert marked[2].startswith("“At this summit we do not ask")
    assert sha in page


def test_the_raw_page_is_never_served_as_a_page(editor, seeded):
    answer = editor.get(f"/snapshots/{seeded.copies['hostile/1']}.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "<script>alert(2)</script>" in answer.get_data(as_text=True)


def test_two_versions_are_compared_the_older_first(client, seeded):
    old, new = seeded.copies["lind-wire/1"], seeded.copies["lind-wire/2"]
    page = text(client, f"/snapshots/{old}/vs/{new}")
    assert "<del>" in page
    assert "1 quote of the earlier version is not in the later one" in page
    assert client.get(f"/snapshots/{new}/vs/{old}").headers["Location"] == f"/snapshots/{old}/vs/{new}"


def test_a_failing_source_stands_first_with_its_cause(client):
    page = text(client, "/sources")
    assert page.index("Sudmark Wire has failed 6 times in a row") < page.index("The Seaford Gazette")
    assert "403 Forbidden" in page
    assert page.index('id="wire"') < page.index('id="slow"') < page.index('id="gazette"') < page.index('id="paused"')


def test_a_source_with_nothing_new_is_amber_and_after_long_as_bad_as_broken():
    told: dict[str, Any] = {"id": "s", "name": "S", "kind": SourceKind.FEED, "created_at": NOW, "state": State.STALE}
    for days, health in ((3, Health.STALE), (6, Health.FAILING)):
        stale = Source(**told, expect_every_minutes=1440, newest_at=NOW - timedelta(days=days))
        assert source_health.health(stale, Yield(), NOW) is health


def test_search_finds_words_and_names_whatever_their_case_and_accents(client):
    assert "1 statement for" in text(client, "/search?q=%22SHORT+BRIDGE%22")
    assert "gives shape to Norland" in text(client, "/search?q=emile")
    assert "no word in this" in text(client, "/search?q=%25%25")
    assert "No statement found" in text(client, "/search?q=zzzz")
    assert "0 statements" in text(client, "/search?q=" + "x" * 1900)


def test_a_speaker_page_counts_topics_and_names_offices(client):
    page = text(client, "/s/mara-lind")
    assert "4 statements on 1 topic" in page
    assert "Moved one step" in page
    assert "No statement found" in text(client, "/s/nils-quiet")


@pytest.mark.parametrize(
    "path",
    ["/t/nothing", "/t/harbour-pact/around/nothing", "/c/nothing", "/s/nobody", f"/snapshots/{'0' * 64}", "/snapshots/short",
     "/a/short", f"/a/{'0' * 63}", f"/a/{'0' * 64}.html",
     "/nothing", "/t/harbour-pact?page=99", "/static/../app.py", "/static/%2e%2e/app.py", "/c/nothing.json",
     "/feeds/t/nothing.atom"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_demo_banner_stands_on_every_page_of_a_demo(client, site_world):
    assert "Demo data" not in text(client, "/")
    demo = create_app(replace(site_world, demo=True)).test_client()
    assert "Demo data" in text(demo, "/")
    assert "Demo data" in text(demo, "/nothing", 404)


def test_links_in_exports_and_feeds_stand_on_the_configured_address(client, seeded):
    for path in (f"/c/{seeded.claims['mara-lind-2']}", "/feeds/t/harbour-pact.atom"):
        page = client.get(path, headers={"Host": "evil.example"}).get_data(as_text=True)
        assert "evil.example" not in page
        assert "http://127.0.0.1:8000/c/" in page


def test_health_is_told_to_machines(client, site_world, seeded):
    assert client.get("/healthz").status_code == 200
    told = client.get("/readyz")
    assert told.status_code == 503
    assert "is the scheduler running?" in told.get_data(as_text=True)
    assert told.get_json()["last_good_collection"] == "2024-07-01T09:30:00Z"
    assert site_world.now() == seed.NOW


def test_a_page_costs_the_same_number_of_selects_whatever_its_length(client, site_world):
    from sqlalchemy import event

    asked = []
    event.listen(site_world.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = []
    for query in ("speaker=dagny-holm", ""):
        asked.clear()
        text(client, f"/t/harbour-pact?{query}")
        counts.append(len(asked))
    assert abs(counts[0] - counts[1]) <= 4
    assert max(counts) < 20


@pytest.mark.parametrize("ending", ["", ".txt", ".warc.gz", "/vs/{other}", "?c=1&c=2", "/vs/{other}?page=%C3%A9"])
def test_an_old_address_of_a_snapshot_leads_to_the_new_one_for_good(client, seeded, ending):
    sha, other = seeded.copies["lind-wire/1"], seeded.copies["lind-wire/2"]
    rest = f"{sha}{ending.format(other=other)}"
    answer = client.get(f"/a/{rest}")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"/snapshots/{rest}"


def test_a_form_sent_to_an_old_address_is_not_lost(editor, site_world, seeded):
    one, two = seeded.copies["mara-lind-1/1"], seeded.copies["hostile/1"]
    token = text(editor, f"/snapshots/{one}").split('name="csrf_token" value="')[1].split('"')[0]
    data = {"csrf_token": token, "step": "link", "other": two}
    answer = editor.post(f"/a/{one}/rivals", data=data)
    assert answer.status_code == 308, "a browser sends the same form again"
    assert editor.post(answer.headers["Location"], data=data).status_code == 303
    assert f"/snapshots/{two}" in text(editor, f"/snapshots/{one}")


def test_no_page_links_to_an_old_address_of_a_snapshot(client, seeded):
    for path in PAGES:
        assert 'href="/a/' not in client.get(address(path, seeded)).get_data(as_text=True), path
