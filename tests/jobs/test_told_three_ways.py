"""One fact, three channels: a signed shift, an edit at a source and a correction, told by mail, feed and webhook alike."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlmodel import col, select
from standardwebhooks import Webhook as Verifier

from jobs import collect, deliver, extract, post_webhooks, recheck
from tests.jobs.test_webhooks import Receiver, allowed, fetching, keys, make
from tests.positions.test_shifts import Desk
from tracker.alerts.ledger import deliveries
from tracker.speech.models import Claim, Correction
from tracker.web.app import create_app

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def receiver(httpserver):
    made = Receiver(httpserver.url_for("/hook"))
    httpserver.expect_request("/hook", method="POST").respond_with_handler(made)
    return made


@one_database
def test_a_signed_shift_is_told_by_mail_feed_and_webhook_and_not_before(
    make_world, httpserver, receiver, clock, mailbox
):
    clock.now = datetime.now(UTC)
    world = make_world(fetch=fetching(f"{httpserver.host}:{httpserver.port}"))
    desk = Desk(world)
    desk.follow(what="shifts", rhythm="instant")
    make(world, receiver.url, "topic=bridge-toll", tell="shifts")
    site = create_app(world).test_client()
    early, late = desk.says(date(2024, 3, 1)), desk.says(date(2024, 3, 20))

    def told():
        deliver.run(world)
        post_webhooks.run(world)
        mails = [mail for mail in mailbox.messages if "List-Unsubscribe" in mail]
        return len(mails), len(receiver.got), site.get("/feeds/shifts.atom").text.count("<entry>")

    desk.codes(early, 1)
    assert told() == (0, 0, 0)
    desk.codes(late, 3)
    assert told() == told() == (1, 1, 1)
    mail = " ".join(mailbox.messages[-1].get_body(("plain",)).get_content().split())
    [(headers, body)] = receiver.got
    event = Verifier(keys(world)[0]).verify(body, headers)
    assert (event["type"], event["data"]["topic"]) == ("shift.signed", "bridge-toll")
    feed = site.get("/feeds/shifts.atom").text
    for side in ("before", "statement"):
        words = event["data"][side]["text"]
        assert words in mail
        assert words in feed
    assert event["data"]["finding"].split(",")[0] in mail
    assert (
        event["data"]["statement"] == site.get(f"/api/v1/statements/{event['data']['statement']['claim']}").get_json()
    )


@one_database
def test_an_edit_at_the_source_and_a_correction_are_told_with_the_statement_as_it_stands(
    make_world, httpserver, receiver, outlet, clock
):
    from tests.jobs.conftest import source

    world = make_world(
        sources=[source("courier", outlet.server.url_for("/feed.xml"))],
        fetch=fetching(f"{httpserver.host}:{httpserver.port}"),
    )
    make(world, receiver.url, "topic=bridge-toll")
    assert allowed(world)
    outlet.write("one", "We need the toll now, and the bridge toll will pay for the road to the harbour")
    collect.run(world)
    extract.run(world)
    post_webhooks.run(world)
    clock.forward(hours=2)
    outlet.write("one", "We need no toll, and the bridge toll would pay for the road to the harbour")
    recheck.run(world, everything=True)
    extract.run(world)
    with world.database.transaction() as session:
        claim = session.exec(select(Claim).order_by(col(Claim.id))).first()
        made = Correction(
            claim_id=claim.id, field="day", old="Wed 6 Mar 2024", new="Tue 5 Mar 2024", reason="said a day earlier",
            by="vera@example.org", at=clock.now,
        )  # fmt: skip
        session.add(made)
        session.flush()
        assert deliveries.enqueue_corrections(session, clock.now, [claim.id], world.digest_schedule) == 1
    post_webhooks.run(world)
    events = {event["type"]: event["data"] for event in (json.loads(body) for _, body in receiver.got)}
    assert {"statement.new", "statement.source_changed", "statement.corrected"} == set(events)
    changed, corrected = events["statement.source_changed"], events["statement.corrected"]
    assert changed["change"]["outlet"] == "Nordhaven Courier"
    assert "no toll" in (changed["change"]["now_reads"] or changed["change"]["what"])
    assert corrected["correction"] == ["day: Tue 5 Mar 2024 (before: Wed 6 Mar 2024), because said a day earlier"]
    assert corrected["statement"]["corrections"][0]["new"] == "Tue 5 Mar 2024"
    assert all(data["statement"]["claim"] == data["link"].rsplit("/", 1)[1] for data in events.values())
