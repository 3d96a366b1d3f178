"""The page the product stands on: verdicts that follow from the codings, and honest empty cells."""

import re
from datetime import date, datetime

import pytest
from sqlmodel import col, select

from tests.web import seed
from tracker.archive.models import Fetch, State
from tracker.audit import AuditEntry
from tracker.positions.ledger import codings, placements
from tracker.positions.models import Event, Position
from tracker.speech.models import Claim, Speaker, SpeakerGroup
from tracker.web.pages import lineup

NOT_AFTER = "No position is coded after the event."
SINCE = "nothing found in 48 days since 14 May 2024"
PAGE = "/t/harbour-pact/around/seaford-2024"


def page(client, query=""):
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def row(text, slug):
    return re.search(rf'<article class="lineup-row" id="{slug}".*?</article>', text, re.DOTALL)[0]


def verdict(text, slug):
    found = re.search(
        r'data-shift="(\w+)" data-basis="(\w+)".*?<strong>(.*?)</strong>\s*<small>(.*?)</small>',
        row(text, slug),
        re.DOTALL,
    )
    return found.groups()


@pytest.mark.parametrize(
    ("slug", "kind", "basis", "title", "detail"),
    [
        ("mara-lind", "moved", "confirmed", "Moved one step up", "From 2 to 3."),
        ("tor-aske", "moved", "confirmed", "Moved two steps up", "From 2 to 4."),
        ("brita-sund", "reversed", "confirmed", "Changed sides, four steps up", "From 1 to 5."),
        ("ines-vale", "unclear", "none", "Not comparable", NOT_AFTER),
        ("lea-kross", "unchanged", "confirmed", "Unchanged", "4 on both sides."),
        ("pavel-ruta", "unclear", "none", "Not comparable", "No position is coded on either side."),
        ("dagny-holm", "silent", "confirmed", "No later statement", f"5; {SINCE}."),
        ("emile-fabre", "unclear", "none", "Not comparable", "Only fragments are quoted after the event."),
        ("yara-obi", "unclear", "none", "Not comparable", "No position is coded on either side."),
    ],
)  # fmt: skip
def test_each_verdict_follows_from_the_two_key_quotes(client, slug, kind, basis, title, detail):
    assert verdict(page(client), slug) == (kind, basis, title, detail)


def test_the_tally_counts_every_speaker_once(client):
    text = page(client)
    numbers = [int(number) for number in re.findall(r"<li[^>]*><svg class=\"glyph\".*?<b>(\d+)</b>", text)]
    assert sum(numbers) == len(re.findall(r'class="lineup-row"', text)) == 10


def test_an_empty_cell_says_what_was_searched_not_that_somebody_was_silent(client):
    cell = row(page(client), "dagny-holm")
    assert "None collected after the event" in cell
    assert "in 5 sources." in cell
    assert "Get an email if" in cell


def fetched(session, source, *days, state=State.OK):
    for day in days:
        at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        session.add(Fetch(source_id=source, at=at, state=state, status=200 if state is State.OK else 500))


def test_an_empty_cell_names_the_sources_that_were_not_read_in_its_own_days(client, site_world):
    """A source that fails today was perhaps read well in the days that are asked for, and the other way round."""
    with site_world.database.transaction() as session:
        fetched(session, "gazette", "2024-05-01", "2024-05-20")
        fetched(session, "ministry", "2024-05-01")
        fetched(session, "ministry", "2024-05-20", "2024-05-21", state=State.ERROR)
        fetched(session, "kurier", "2024-05-01", "2024-05-20", "2024-05-21")
        fetched(session, "kurier", "2024-06-01", state=State.BLOCKED)
        fetched(session, "wire", "2024-05-01", "2024-05-20")
        fetched(session, "slow", "2024-06-30")
    cell = row(page(client), "dagny-holm")
    told = " ".join(re.sub(r"<[^>]+>", " ", cell).split())
    assert "2 sources not read, or not always" in told
    assert "Nordhavn-Kurier : could not be read 1 of 3 times" in told
    assert "Norland foreign ministry : could not be read" in told
    before = row(page(client, "?from=2024-05-12"), "brita-sund")
    assert "<bdi>Isle Radio transcripts</bdi>: read only since 2024-06-30" in before


def test_an_empty_cell_says_how_often_the_speaker_spoke_of_something_else(client, site_world):
    with site_world.database.transaction() as session:
        writer = seed.Writer(session, number=900)
        dagny = session.exec(select(Speaker).where(Speaker.slug == "dagny-holm")).one()
        for day in (20, 21, 22):
            writer.claim(f"other-{day}", dagny, f"The salt tariff is my {day}th worry", date(2024, 5, day))
        writer.claim("long ago", dagny, "The salt tariff was my first worry", date(2023, 5, 1))
    assert "Spoke 3 times since, none on this topic." in row(page(client), "dagny-holm")


def test_a_side_without_a_position_says_how_many_statements_were_looked_at(client):
    cell = row(page(client), "pavel-ruta")
    assert "No position found before the event" in cell
    assert "We looked in 1 statement; none has a confirmed position." in cell
    assert "The Harbour Pact?!" in cell


def test_what_stands_on_no_side_is_shown_apart_with_its_reason(client):
    cell = row(page(client), "yara-obi")
    for words in ("Same day: 1 statement", "Date uncertain: 1 statement", "Date unknown: 1 statement"):
        assert words in cell


def test_others_of_a_side_coded_differently_are_told_beside_the_verdict(client):
    cell = row(page(client), "mara-lind")
    assert "Another statement before the event (3 Apr 2024) is coded 3, one step higher." in cell
    assert "Before the event the confirmed positions run from 2 to 3." in cell


def test_a_visitor_sees_confirmed_codings_unless_the_address_asks_for_more(client):
    for query in ("", "?show=confirmed"):
        text = page(client, query)
        assert 'data-state="suggested"' not in text
        assert "dot-prop" not in text
        assert "Show what is suggested for 4 speakers" not in text
    assert page(client).count("lineup-row") == page(client, "?show=confirmed").count("lineup-row")


def test_suggestions_are_one_switch_away_dashed_and_in_no_count_and_no_verdict(client):
    plain, text = page(client), page(client, "?show=all")
    assert 'href="/t/harbour-pact/around/seaford-2024?show=all">Show' in plain
    tally = re.compile(r'<ul class="tally">.*?</ul>', re.DOTALL)
    assert tally.search(text)[0] == tally.search(plain)[0]
    assert verdict(text, "ines-vale") == verdict(plain, "ines-vale")
    assert "dot-prop" in text
    assert "Suggested: unchanged" in text
    assert 'data-state="suggested"' in row(text, "ines-vale")
    assert "Suggestions, which no editor has checked, would say: unchanged at 5." in row(text, "ines-vale")


def test_colleagues_who_review_see_suggestions_without_asking(editor):
    assert 'data-state="suggested"' in page(editor)
    assert 'data-state="suggested"' not in page(editor, "?show=confirmed")


@pytest.mark.parametrize("address", ["/", "/s/ines-vale", "/t/harbour-pact"])
def test_other_pages_show_suggestions_on_request_only(client, address):
    assert 'data-state="suggested"' not in client.get(address).get_data(as_text=True)
    assert 'data-state="suggested"' in client.get(f"{address}?show=all").get_data(as_text=True)


def test_a_topics_filter_by_position_counts_confirmed_codings(client):
    def found(query):
        text = client.get(f"/t/harbour-pact?position=5{query}").get_data(as_text=True)
        return text.count('<article class="statement"')

    assert (found(""), found("&show=all")) == (3, 4)


def test_a_narrower_window_looks_at_fewer_days(client):
    assert verdict(page(client, "?window=30"), "oskar-brandt")[3] == "No position is coded on either side."
    assert verdict(page(client, "?window=all"), "oskar-brandt")[3] == NOT_AFTER


def test_free_days_take_the_place_of_the_window(client):
    assert 'id="oskar-brandt"' not in page(client, "?from=2024-05-16")
    assert verdict(page(client, "?window=30&from=2024-04-01"), "oskar-brandt")[3] == NOT_AFTER


def test_the_speakers_can_be_chosen_and_ordered(client):
    text = page(client, "?speaker=tor-aske&speaker=lea-kross&order=name")
    assert re.findall(r'class="lineup-row" id="([^"]+)"', text) == ["lea-kross", "tor-aske"]
    assert "2 of 10 speakers" in text


def test_by_default_the_largest_shift_comes_first(client):
    assert re.findall(r'class="lineup-row" id="([^"]+)"', page(client))[:3] == ["brita-sund", "tor-aske", "mara-lind"]


def test_the_chart_is_one_table_with_a_row_a_speaker(client):
    text = page(client)
    table = re.search(r'<table class="dumbbell">.*?</table>', text, re.DOTALL)[0]
    assert text.count('role="img"') == 0
    assert len(re.findall(r'<th scope="row">', table)) == len(re.findall(r'class="lineup-row"', text)) == 10
    line = re.search(r'<tr[^>]*><th scope="row"><a href="#mara-lind">.*?</tr>', table, re.DOTALL)[0]
    assert line.startswith('<tr class="moved">')
    assert 'title="2 May 2024: “At this summit we do not ask for entry into the Harbour Pact.' in line
    assert re.search(r'Before: step 2, </span><a href="/c/[^"]+" title="[^"]+">2 May</a>', line)
    assert re.search(r'After: step 3, </span><a href="/c/[^"]+" title="[^"]+">15 May</a>', line)
    assert '<td class="verdict">Moved one step up<small>before: from 2 to 3</small>' in line
    assert "Declaration, 14 May 2024" in table


def test_nothing_that_moved_is_dotted_or_dashed(client):
    for query in ("", "?show=all"):
        table = re.search(r'<table class="dumbbell">.*?</table>', page(client, query), re.DOTALL)[0]
        moved = re.findall(r'<tr class="moved">.*?</tr>', table, re.DOTALL)
        assert len(moved) == 3
        for line in moved:
            assert 'class="line-moved"' in line
            assert "line-prop" not in line


def test_the_scale_is_told_on_the_page(client):
    text = page(client)
    for label in ("No entry", "Not now", "Later, when conditions are met", "Clear path now", "Admit now"):
        assert f"{label}, in short." in text


def test_choosing_another_event_leads_to_its_own_address(client):
    answer = client.get(f"{PAGE}?event=isle-2024&window=30")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/t/harbour-pact/around/isle-2024?window=30")


def test_an_event_still_to_come_promises_nothing(client):
    text = client.get("/t/harbour-pact/around/isle-2024?window=365").get_data(as_text=True)
    assert "5; the event is on 3 Sept 2024." in text


@pytest.mark.parametrize(
    "query",
    [
        "?window=-5",
        "?window=abc",
        "?order=x",
        "?show=y",
        "?page=%F0%9F%98%80",
        "?colour=red",
        "?from=yesterday",
        "?from=2024-05-02&to=2024-05-01",
        "?at=noon",
        "?at=2024-13-01",
        "?group=martians",
        "?window=30&window=90",
    ],
)
def test_nonsense_in_the_address_is_named_and_nothing_else_shown_in_its_place(client, query):
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 400
    names = re.findall(r"[?&](\w+)=", query)
    assert any(f"“{name}”" in answer.get_data(as_text=True) for name in names)


def test_a_line_up_can_be_asked_for_as_the_record_knew_it(client, site_world):
    """A coding made later, a statement that came in later and a withdrawn suggestion are as they were then."""
    before = verdict(page(client), "mara-lind")
    with site_world.database.transaction() as session:
        first = session.exec(select(Claim).where(col(Claim.text).startswith("At this summit we do not ask"))).one()
        position = session.exec(select(Position).where(Position.topic_id == "harbour-pact", Position.step == 4)).one()
        codings.confirm(
            session,
            seed.NOW,
            by="vera@example.org",
            claim_id=first.id,
            topic_id="harbour-pact",
            position_id=position.id,
        )
    assert verdict(page(client), "mara-lind")[2] == "Moved one step down"
    assert verdict(page(client, "?at=2024-06-30"), "mara-lind") == before
    assert verdict(page(client, "?at=2024-06-30T12:00:00Z"), "mara-lind") == before
    text = page(client, "?at=2024-06-30")
    assert "as the record knew it on 30 June 2024" in text
    assert "None collected around this event" in page(client, "?at=2024-06-01")


def test_a_group_is_a_part_of_the_speakers_with_its_spread_before_and_after(client, site_world):
    with site_world.database.transaction() as session:
        for slug in ("mara-lind", "tor-aske", "dagny-holm", "nils-quiet"):
            speaker = session.exec(select(Speaker).where(Speaker.slug == slug)).one()
            session.add(SpeakerGroup(speaker_id=speaker.id, name="allies"))
        session.get_one(Event, "seaford-2024").groups = {"cabinet": ["Lea Kross", "Nobody Known"]}
    text = page(client, "?group=allies")
    assert sorted(re.findall(r'class="lineup-row" id="([^"]+)"', text)) == ["dagny-holm", "mara-lind", "tor-aske"]
    spread = re.search(r'<section class="group".*?</section>', text, re.DOTALL)[0]
    plain = " ".join(re.sub(r"<[^>]+>", " ", spread).split())
    assert "Allies: 4 members" in plain
    assert "Before (n = 3) After (n = 2)" in plain
    assert "2 Not now 2 0" in plain
    assert "Moved Tor Aske, moved two steps up; Mara Lind, moved one step up" in plain
    assert "No later statement Dagny Holm" in plain
    assert "None collected Nils Quiet" in plain
    assert re.findall(r'class="lineup-row" id="([^"]+)"', page(client, "?group=cabinet")) == ["lea-kross"]


def test_a_speaker_whom_nobody_knows_is_in_no_row(client):
    assert client.get(f"{PAGE}?speaker=nobody").status_code == 200


def test_many_speakers_come_in_pages_and_the_tally_counts_them_all(client, monkeypatch):
    def slugs(text):
        return re.findall(r'<article class="lineup-row" id="([^"]+)"', text)

    def tally(text):
        return re.findall(r'<ul class="tally".*?</ul>', text, re.DOTALL)

    whole = page(client)
    monkeypatch.setattr(lineup, "ROWS", 3)  # fewer to a page than this record has speakers
    pages = [page(client, f"?page={number}") for number in range(1, -(-len(slugs(whole)) // 3) + 1)]
    assert [slug for text in pages for slug in slugs(text)] == slugs(whole)
    assert {len(slugs(text)) for text in pages[:-1]} == {3}
    assert all(tally(text) == tally(whole) for text in pages)
    assert "Further speakers" in pages[0]
    assert "Further speakers" not in pages[-1]
    assert client.get(f"{PAGE}?page={len(pages) + 1}").status_code == 404


def token_of(client):
    return re.search(r'name="csrf_token" value="([^"]+)"', page(client))[1]


def place(client, public_id, side, **form):
    form = {"csrf_token": token_of(client), "side": side, "reason": "The hall was still empty.", **form}
    return client.post(f"{PAGE}/place/{public_id}", data=form)


def same_day_of(text):
    return re.search(r'id="yara-obi-same-day".*?</section>', row(text, "yara-obi"), re.DOTALL)


def same_day_claim(client):
    return re.search(r"/place/(\w+)", same_day_of(page(client))[0])[1]


@pytest.mark.parametrize("side", ["before", "after"])
def test_an_editor_places_a_statement_of_the_same_day_says_why_and_takes_it_back(editor, site_world, side):
    number, whole = same_day_claim(editor), page(editor)
    assert place(editor, number, side).headers["Location"].endswith("#yara-obi")
    text = page(editor)
    assert same_day_of(text) is None
    assert "Placed by an editor: 1 statement" in row(text, "yara-obi")
    with site_world.database.reading() as session:
        entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
    assert (entry.action, entry.new, entry.reason) == ("placed at an event", side, "The hall was still empty.")
    place(editor, number, "undo")
    assert re.sub(r'value="[^"]{60,}"', "", page(editor)) == re.sub(r'value="[^"]{60,}"', "", whole)


@pytest.mark.parametrize(("clock", "side"), [("14:59", "before"), ("15:01", "after")])
def test_a_time_puts_it_on_the_side_where_it_was_said(editor, clock, side):
    number = same_day_claim(editor)
    place(editor, number, "time", time=clock)
    cell = row(page(editor), "yara-obi")
    assert same_day_of(page(editor)) is None
    assert f"{clock} UTC" in cell.split(f"statements {side}")[-1]
    place(editor, number, "undo time")
    assert same_day_of(page(editor))


@pytest.mark.parametrize(
    ("side", "form"),
    [
        ("before", {"reason": ""}),
        ("sideways", {}),
        ("time", {"time": "25:00"}),
        ("time", {"time": "noon"}),
        ("time", {}),
    ],
)
def test_a_place_that_is_none_is_refused_and_nothing_saved(editor, side, form):
    number = same_day_claim(editor)
    assert place(editor, number, side, **form).status_code == 400
    assert same_day_of(page(editor))


def test_a_visitor_sees_no_form_and_may_place_nothing(client, seeded):
    assert 'class="place"' not in page(client)
    answer = client.post(f"{PAGE}/place/{seeded.claims['mara-lind-1']}", data={"side": "before", "reason": "x"})
    assert answer.status_code in {400, 401, 403, 302}


def test_where_an_editor_placed_it_is_seen_by_visitors_at_the_next_look(client, site_world):
    assert "1 of the same day, not placed" in page(client)
    with site_world.database.transaction() as session:
        day = date(2024, 5, 14)
        for said in session.exec(select(Claim).where(Claim.said_from == day, Claim.said_to == day)).all():
            placements.place(
                session,
                seed.NOW,
                by="vera",
                event_id="seaford-2024",
                claim_id=said.id,
                side="after",
                reason="At dinner.",
            )
    assert "1 of the same day, not placed" not in page(client)
