"""One document's whole way: from its source to the claim, the alert and the mail, and what happens to it later."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from jobs import collect, deliver, extract, recheck
from jobs.ingest import manual
from tests.jobs.conftest import source
from tests.wishes import wish
from tracker.alerts.ledger import deliveries as alerts
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import Delivery, DeliveryState, Occasion
from tracker.archive import queries
from tracker.archive.models import Document, Snapshot, Source, State
from tracker.archive.supplied import from_object
from tracker.decisions import Journal
from tracker.positions.ledger import codings as positions
from tracker.positions.ledger import desk
from tracker.positions.models import Coding, CodingState, Position
from tracker.record import export, proof
from tracker.speech.models import Appearance, Claim, SourceStatus

QUOTE = "We need the toll now, and the bridge toll will pay for the road"


def follow(world, what="claims"):
    with world.database.transaction() as session:
        sign_up_ledger.request(
            session,
            world.now(),
            wish("reader@example.org", what=what, rhythm="instant"),
            ip="192.0.2.1",
        )
        token = session.exec(select(Delivery.token)).first()
    deliver.run(world)
    with world.database.transaction() as session:
        sign_up_ledger.confirm(session, world.now(), token)


def claims(world):
    with world.database.reading() as session:
        return list(export.claims(session))


def everything(world, table):
    with world.database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


def proven(world):
    return proof.verify(world.database, world.archive, everything=True).problems == ()


def test_a_feed_becomes_a_claim_an_alert_and_one_mail(courier, outlet, mailbox):
    outlet.write("one", QUOTE)
    follow(courier)
    [outcome] = collect.run(courier)
    assert (outcome.state, outcome.new_documents, outcome.new_claims) == ("ok", 1, 1)
    [claim] = claims(courier)
    assert claim["text"] == QUOTE
    assert claim["speaker"] == "Mara Lind"
    assert (claim["said"]["from"], claim["said"]["basis"]) == ("2024-03-06", "Wednesday")
    assert [link["topic"] for link in claim["topics"]] == ["bridge-toll"]
    assert [coding["state"] for coding in claim["codings"]] == ["suggested"]
    deliver.run(courier)
    deliver.run(courier)
    subjects = [message["Subject"] for message in mailbox.messages]
    assert subjects[1:] == ["1 new on The toll on the Norland bridge: Mara Lind"]
    assert QUOTE in mailbox.messages[1].get_body(("plain",)).get_content().replace("\n", " ")
    assert proven(courier)


def test_a_quote_is_read_with_the_paragraph_before_it_when_its_topic_is_looked_for(make_world, outlet):
    outlet.write("one", "Nobody will be asked to pay any fee before the summer")
    world = make_world(
        sources=[source("courier", outlet.server.url_for("/feed.xml"))],
        fetch={"per_host_gap_s": 0, "allow_private": [f"{outlet.server.host}:{outlet.server.port}"]},
        topics=[{"id": "bridge-fee", "name": "The fee", "any": ["bridge fee"]}],
        events=[],
    )
    collect.run(world)
    [claim] = claims(world)
    assert [link["topic"] for link in claim["topics"]] == ["bridge-fee"]


def test_the_same_feed_twice_changes_nothing(courier, outlet, clock):
    outlet.write("one", QUOTE)
    collect.run(courier)
    clock.forward(hours=2)
    [outcome] = collect.run(courier)
    assert (outcome.state, outcome.new_documents, outcome.new_claims) == ("unchanged", 0, 0)
    assert len(everything(courier, Snapshot)) == 1
    assert len(everything(courier, Appearance)) == 1


def test_two_outlets_with_the_same_words_are_one_claim_with_two_appearances(courier, outlet):
    outlet.write("one", QUOTE)
    outlet.write("two", "We need the toll now, and the bridge toll", title="We need the toll")
    outlet.write("three", QUOTE.replace("We need", "We don’t need"), title="The opposite")
    collect.run(courier)
    found = sorted(claims(courier), key=lambda claim: -len(claim["appearances"]))
    assert [len(claim["appearances"]) for claim in found] == [2, 1]
    assert "don’t" in found[1]["text"]
    assert {place["form"] for place in found[0]["appearances"]} == {"verbatim", "trimmed"}


def test_a_fragment_that_fits_two_statements_is_joined_to_neither(courier, outlet):
    outlet.write("one", QUOTE)
    outlet.write("two", QUOTE.replace("We need", "We don’t need"), title="The opposite")
    collect.run(courier)
    outlet.write("three", "the bridge toll will pay for the road", title="The road")
    collect.run(courier, everything=True)
    assert [len(claim["appearances"]) for claim in claims(courier)] == [1, 1, 1]


def test_a_broken_source_never_stops_the_others(courier, outlet, make_world):
    outlet.write("one", QUOTE)
    place = f"{outlet.server.host}:{outlet.server.port}"
    world = make_world(
        sources=[
            source("html", outlet.server.url_for("/one")),
            source("gone", outlet.server.url_for("/nothing")),
            source("private", "http://10.0.0.1/feed"),
            source("refused", "http://127.0.0.1:9/feed"),
            source("courier", outlet.server.url_for("/feed.xml")),
            {"id": "absent", "name": "Absent", "kind": "folder", "path": "absent"},
        ],
        fetch={"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [place, "127.0.0.1:9"]},
    )
    outcomes = {outcome.source_id: outcome for outcome in collect.run(world)}
    assert outcomes["courier"].new_claims == 1
    assert outcomes["html"].state == "not a feed"
    assert outcomes["gone"].state == "gone"
    assert outcomes["absent"].state == "gone"
    assert outcomes["private"].state in {"blocked", "error"}
    assert outcomes["refused"].state == "error"
    for row in everything(world, Source):
        if row.id not in {"courier", "hand"}:
            assert row.failures == 1
            assert row.detail


def test_an_unreadable_document_is_kept_and_marked(courier, outlet):
    outlet.write("one", QUOTE)
    outlet.pages["/empty"] = "<html><body></body></html>"
    collect.run(courier)
    unreadable = [row for row in everything(courier, Snapshot) if row.unreadable]
    assert len(unreadable) == 1
    assert len(claims(courier)) == 1


def test_a_page_that_can_not_be_had_is_tried_again_later(courier, outlet, clock):
    outlet.write("one", QUOTE)
    collect_first = outlet.pages["/one"]
    outlet.pages["/one"] = 500
    outlet.pages["/feed-keeper"] = collect_first
    outlet.pages["/one"] = collect_first
    feed = outlet.feed
    listed = feed()
    outlet.feed = lambda: listed
    outlet.pages["/one"] = 503
    collect.run(courier)
    before = len(everything(courier, Snapshot))
    outlet.pages["/one"] = collect_first
    clock.forward(hours=3)
    collect.run(courier)
    assert len(everything(courier, Snapshot)) == before + 1


def test_a_changed_quote_is_noticed_and_told_and_the_old_words_stay(courier, outlet, clock, mailbox):
    outlet.write("one", QUOTE)
    collect.run(courier)
    follow(courier)
    clock.forward(hours=1)
    outlet.write("one", QUOTE.replace("need", "needed"))
    assert recheck.run(courier).changed == 1
    extract.run(courier)
    first = everything(courier, Appearance)[0]
    assert first.state == SourceStatus.CHANGED
    assert first.exact.startswith("“We need")
    deliver.run(courier)
    assert any("changed at the source" in message["Subject"] for message in mailbox.messages)
    assert len(everything(courier, Snapshot)) == 2
    assert proven(courier)


def test_a_change_around_the_quote_raises_nothing(courier, outlet, clock):
    outlet.write("one", QUOTE)
    collect.run(courier)
    follow(courier)
    clock.forward(hours=1)
    outlet.pages["/one"] = str(outlet.pages["/one"]).replace("six years", "seven years")
    recheck.run(courier)
    extract.run(courier)
    assert {row.state for row in everything(courier, Appearance)} == {SourceStatus.INTACT}
    assert [row.occasion for row in everything(courier, Delivery) if row.occasion != Occasion.CONFIRM] == []


def test_the_words_of_an_earlier_version_may_come_back(courier, outlet, clock):
    outlet.write("one", QUOTE)
    collect.run(courier)
    for words in (QUOTE.replace("need", "needed"), QUOTE):
        clock.forward(days=2)
        outlet.write("one", words)
        recheck.run(courier, everything=True)
        extract.run(courier)
    assert [row.version for row in everything(courier, Snapshot)] == [1, 2, 3]
    assert everything(courier, Appearance)[0].state == SourceStatus.INTACT


def test_a_page_is_removed_after_two_looks_and_its_claim_stays(courier, outlet, clock):
    outlet.write("one", QUOTE)
    collect.run(courier)
    outlet.pages["/one"] = 404
    clock.forward(hours=1)
    assert recheck.run(courier).removed == 0
    clock.forward(minutes=11)
    assert recheck.run(courier).removed == 1
    assert everything(courier, Document)[0].removed_since == clock.now
    assert everything(courier, Appearance)[0].state == SourceStatus.REMOVED
    assert len(claims(courier)) == 1
    outlet.write("one", QUOTE)
    clock.forward(days=2)
    recheck.run(courier)
    assert everything(courier, Document)[0].removed_since is None
    assert everything(courier, Appearance)[0].state == SourceStatus.INTACT


def test_an_unreachable_page_is_not_a_removed_one(courier, outlet, clock):
    outlet.write("one", QUOTE)
    collect.run(courier)
    outlet.pages["/one"] = 500
    for _ in range(4):
        clock.forward(hours=12)
        recheck.run(courier)
    assert everything(courier, Document)[0].removed_since is None
    assert everything(courier, Appearance)[0].state == SourceStatus.INTACT


def test_a_watched_folder_is_read_and_a_bad_file_named(make_world, tmp_path):
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "good.json").write_text(
        json.dumps(
            {
                "text": f"Mara Lind spoke on Wednesday.\n\n“{QUOTE},” Mara Lind said.",
                "published": "2024-03-06",
                "outlet": "Courier",
            }
        )
    )
    (folder / "bad.json").write_text("{")
    (folder / "notes.xyz").write_text("?")
    world = make_world(sources=[{"id": "clippings", "name": "Clippings", "kind": "folder", "path": "clippings"}])
    [outcome] = collect.run(world)
    assert (outcome.state, outcome.new_documents) == ("ok", 1)
    assert "bad.json" in outcome.detail
    assert claims(world)[0]["speaker"] == "Mara Lind"


def test_a_document_by_hand_is_marked_so_for_ever_and_added_once(world):
    given = from_object(
        {"text": f"Mara Lind spoke on Wednesday.\n\n“{QUOTE},” Mara Lind said.", "published": "2024-03-06"}
    )
    assert manual.add(world, given).claims == 1
    assert not manual.add(world, given).new
    [document] = everything(world, Document)
    assert document.entered_by == "command line"


@pytest.mark.parametrize("outlet", ["jane.roe@courier.example (Courier)", "Courier <j+r@courier.example>", "Courier"])
def test_no_e_mail_address_of_a_byline_is_kept_where_readers_see_it(world, outlet):
    note = "Sent in by mailto:jane@courier.example, who was there."
    manual.add(world, from_object({"text": f"“{QUOTE},” Mara Lind said.", "outlet": outlet, "note": note}))
    [document] = everything(world, Document)
    assert "@" not in document.outlet + document.note
    assert "Courier" in document.outlet


def test_naming_a_subject_is_no_statement(world):
    text = f"Norland’s foreign minister Mara Lind spoke about bridges on Wednesday.\n\n“{QUOTE},” Lind said."
    assert manual.add(world, from_object({"text": text, "published": "2024-03-06"})).claims == 1


def test_a_day_entered_by_hand_decides(world):
    given = from_object({"text": f"“{QUOTE},” Mara Lind said.", "said": "2024-02-29"})
    manual.add(world, given)
    assert claims(world)[0]["said"] == {
        "from": "2024-02-29",
        "to": "2024-02-29",
        "precision": "day",
        "basis": "by hand",
        "conflict": None,
    }


def test_a_confirmed_shift_is_told_once_with_both_quotes(world, mailbox):
    for day, words in (("2024-03-04", "There will be no toll on the bridge, none at all"), ("2024-03-12", QUOTE)):
        manual.add(world, from_object({"text": f"Mara Lind spoke.\n\n“{words},” Mara Lind said.", "said": day}))
    follow(world, "shifts")
    with world.database.transaction() as session:
        steps = {position.key: position.id for position in session.exec(select(Position))}
        first, second = session.exec(select(Claim).order_by(col(Claim.said_from))).all()
        assert not positions.confirm(
            session, world.now(), by="ben", claim_id=first.id, topic_id="bridge-toll", position_id=steps["against"]
        ).made
        changes = positions.confirm(
            session, world.now(), by="ben", claim_id=second.id, topic_id="bridge-toll", position_id=steps["for"]
        )
        assert [(shift.distance, shift.verdict) for shift in changes.made] == [(2, "reversed")]
        assert alerts.enqueue_shifts(session, world.now(), changes, world.digest_schedule) == 0, (
            "told before it was signed"
        )
        assert desk.sign(session, world.now(), Journal(session), changes.made[0], "ada")
        assert alerts.enqueue_shifts(session, world.now(), changes, world.digest_schedule) == 1
        assert alerts.enqueue_shifts(session, world.now(), changes, world.digest_schedule) == 0
    deliver.run(world)
    mail = mailbox.messages[-1]
    assert mail["Subject"].startswith("Mara Lind changed sides, two steps up, from 1 to 3")
    body = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "no toll on the bridge" in body
    assert QUOTE in body


def test_a_suggestion_is_never_confirmed_by_itself(world):
    manual.add(world, from_object({"text": f"“{QUOTE},” Mara Lind said."}))
    assert {row.state for row in everything(world, Coding)} == {CodingState.SUGGESTED}


def test_a_mail_server_that_is_down_loses_nothing(courier, outlet, mailbox, clock):
    follow(courier)
    outlet.write("one", QUOTE)
    collect.run(courier)
    mailbox.rcpt = lambda _address: "451 later"
    assert deliver.run(courier).postponed == 1
    mailbox.rcpt = lambda _address: "250 OK"
    assert deliver.run(courier).sent == 0
    clock.forward(minutes=3)
    assert deliver.run(courier).sent == 1
    assert len([row for row in everything(courier, Delivery) if row.state == DeliveryState.SENT]) == 2


def test_a_crash_between_yes_and_mark_is_one_repeat_with_the_same_message_id(courier, outlet, mailbox, clock):
    follow(courier)
    outlet.write("one", QUOTE)
    collect.run(courier)

    class Crash(BaseException):
        """The process dies."""

    class Dying:
        def send(self, message, _may_go_on):
            courier.mailer.send(message)
            raise Crash

    with pytest.raises(Crash):
        deliver.run(replace(courier, mailer=Dying()))
    clock.forward(minutes=6)
    deliver.run(courier)
    deliver.run(courier)
    ids = [message["Message-ID"] for message in mailbox.messages[1:]]
    assert len(ids) == 2
    assert ids[0] == ids[1]


def test_a_reader_that_breaks_leaves_the_document_kept_and_shown(world, monkeypatch):
    # The one stand-in here: the reader never raises, so a broken one has to be put in its place.
    monkeypatch.setattr(extract, "read", lambda _manuscript: 1 / 0)
    added = manual.add(world, from_object({"text": f"“{QUOTE},” Mara Lind said."}))
    assert added.new
    with world.database.reading() as session:
        assert "ZeroDivisionError" in queries.newest(session, 1).unreadable


def test_one_flipped_byte_in_the_archive_is_found(courier, outlet):
    outlet.write("one", QUOTE)
    collect.run(courier)
    assert proven(courier)
    file = next(path for path in Path(courier.settings.archive.path).rglob("*") if path.is_file())
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    assert not proven(courier)


def test_a_source_says_what_state_it_is_in(courier, outlet):
    outlet.pages["/feed"] = "x"
    collect.run(courier)
    [row] = [row for row in everything(courier, Source) if row.id == "courier"]
    assert row.state == State.OK
    assert row.last_good_at is not None
    assert row.next_at > courier.now()
