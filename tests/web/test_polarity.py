"""A denial is told as a denial wherever it is told; a mixed quote has the reporter's words outside the marks."""

import csv
import io
import json
import re
from html import unescape

import pytest
from sqlmodel import select

from jobs import deliver
from jobs.ingest import manual
from tests.wishes import wish
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import Delivery
from tracker.archive.supplied import from_object
from tracker.positions.ledger import codings as coding_ledger
from tracker.positions.models import Coding, CodingState, Position
from tracker.record import export
from tracker.speech import phrasing
from tracker.speech.models import Appearance, Claim, QuoteKind
from tracker.speech.types import Polarity
from tracker.web.app import create_app

OPENING = "Norland’s foreign minister Mara Lind spoke to reporters in Nordhaven on Wednesday, 6 March 2024.\n\n"
REPORT = "we need the toll now, before the winter and before the bridge opens"
DENIAL = f"{OPENING}Mara Lind denied that {REPORT}."
MIXED = (
    f"{OPENING}Mara Lind said the toll on the bridge was “a gift to the north,” an invitation to every lorry in the "
    "country and beyond."
)
PAGES = ("/c/{id}", "/t/bridge-toll", "/", "/search?q=toll", "/t/bridge-toll/around/bridge-opening?window=all",
         "/s/mara-lind", "/snapshots/{sha}")  # fmt: skip


def add(world, text, **more):
    manual.add(world, from_object({"text": text, "published": "2024-03-06", **more}))


def claims(world):
    with world.database.reading() as session:
        return list(export.claims(session))


def follow(world):
    with world.database.transaction() as session:
        wanted = wish("reader@example.org", rhythm="instant")
        sign_up_ledger.request(session, world.now(), wanted, ip="192.0.2.1")
        token = session.exec(select(Delivery.token)).first()
    deliver.run(world)
    with world.database.transaction() as session:
        sign_up_ledger.confirm(session, world.now(), token)


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def words(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


@pytest.fixture
def denial(world):
    """The record with one denial, of words that would suggest a position."""
    add(world, DENIAL)
    [claim] = claims(world)
    assert claim["text"].startswith(("we need", "that we need"))
    return claim


def test_a_denial_is_one_on_every_page_in_the_text_itself(world, denial):
    client = create_app(world).test_client()
    for pattern in PAGES:
        page = read(client, pattern.format(id=denial["claim"], sha=denial["appearances"][0]["snapshot"]))
        shown = words(page)
        assert f"Denied: {denial['text'][:40]}" in shown, pattern
        around = [shown[max(0, at.start() - 8) : at.start()] for at in re.finditer(re.escape(denial["text"]), shown)]
        # The archived text itself is as the source has it: there the reporting verb stands before the words.
        assert all(before.endswith(("Denied: ", "denied ", "that ")) for before in around), (pattern, around)
    page = read(client, f"/c/{denial['claim']}")
    assert "<title>Mara Lind (denial), Wed 6 Mar 2024" in page
    assert "denied on Wed 6 Mar 2024" in words(page)
    assert f"Denied: {denial['text']} — Mara Lind, " in words(page), "the citation"
    assert '"@type":"Quotation"' not in page


def test_a_denial_is_one_in_every_export(world, denial):
    client = create_app(world).test_client()
    assert denial["polarity"] == "denied"
    assert json.loads(read(client, f"/c/{denial['claim']}.json"))["polarity"] == "denied"
    assert json.loads(read(client, f"/api/v1/statements/{denial['claim']}"))["polarity"] == "denied"
    [row] = csv.DictReader(io.StringIO(read(client, f"/c/{denial['claim']}.csv")))
    assert row["polarity"] == "denied"
    feed = read(client, "/feeds/t/bridge-toll.atom")
    assert "<title>Mara Lind (denial), Wed 6 Mar 2024</title>" in feed
    assert f'<content type="text">Denied: {denial["text"]}\n' in feed


def test_a_denial_is_one_in_both_forms_of_the_mail(world, mailbox):
    follow(world)
    add(world, DENIAL)
    deliver.run(world)
    mail = mailbox.messages[-1]
    for form in ("plain", "html"):
        assert f"Denied: {claims(world)[0]['text']}" in words(mail.get_body((form,)).get_content())


def test_no_position_is_suggested_for_a_denial_but_an_editor_may_code_it(world, denial):
    assert [link["topic"] for link in denial["topics"]] == ["bridge-toll"]
    assert denial["codings"] == []
    with world.database.transaction() as session:
        claim = session.exec(select(Claim)).one()
        against = session.exec(select(Position).where(Position.key == "against")).one()
        coding_ledger.confirm(
            session, world.now(), by="ben", claim_id=claim.id, topic_id="bridge-toll", position_id=against.id
        )
        assert [row.state for row in session.exec(select(Coding))] == [CodingState.CONFIRMED]


def test_a_line_up_holds_no_position_for_a_denial(world, denial):
    client = create_app(world).test_client()
    built = json.loads(read(client, "/api/v1/topics/bridge-toll/around/bridge-opening"))
    [row] = built["rows"]
    assert row["before"] == {"claim": denial["claim"], "step": None, "state": None}
    assert row["verdict"] == "not comparable"


def test_a_denial_and_the_statement_of_the_same_words_are_two(world, denial):
    add(world, DENIAL.replace("denied", "said"), title="The other paper")
    add(world, DENIAL, title="A third paper")
    found = {claim["polarity"]: claim for claim in claims(world)}
    assert {polarity: len(claim["appearances"]) for polarity, claim in found.items()} == {"affirmed": 1, "denied": 1}
    assert found["affirmed"]["codings"][0]["position"] == "For"


def test_a_denied_quotation_joins_no_statement_of_nearly_the_same_words(world):
    said = f"{OPENING}“We need the toll now, before the winter comes,” Mara Lind said."
    add(world, said)
    add(world, f"{OPENING}Mara Lind denied saying: “We need the toll now, before the winter.”", title="Denial")
    assert sorted((claim["polarity"], len(claim["appearances"])) for claim in claims(world)) == [
        ("affirmed", 1),
        ("denied", 1),
    ]


def test_the_reporters_words_of_a_mixed_quote_stand_outside_the_marks(world, mailbox):
    follow(world)
    add(world, MIXED)
    deliver.run(world)
    [claim] = claims(world)
    assert claim["kind"] == "mixed"
    client = create_app(world).test_client()
    told = [
        read(client, pattern.format(id=claim["claim"], sha=claim["appearances"][0]["snapshot"]))
        for pattern in PAGES
    ]  # fmt: skip
    told.append(read(client, "/feeds/t/bridge-toll.atom"))
    told += [mailbox.messages[-1].get_body((form,)).get_content() for form in ("plain", "html")]
    for one in map(words, told):
        assert "“a gift to the north,” an invitation to every lorry" in one
        assert "““" not in one
        assert "beyond.”" not in one
        assert "“the toll on the bridge" not in one
        assert "beyond”" not in one


def test_reported_speech_never_stands_in_marks(world):
    add(world, f"{OPENING}Mara Lind said that {REPORT}.")
    [claim] = claims(world)
    page = read(create_app(world).test_client(), f"/c/{claim['claim']}")
    assert claim["kind"] == "indirect"
    assert f"“{claim['text']}" not in words(page)
    with world.database.reading() as session:
        assert f"“{session.exec(select(Appearance.exact)).one()}" not in words(page)


@pytest.mark.parametrize(
    ("kind", "polarity", "shown"),
    [
        (QuoteKind.DIRECT, Polarity.AFFIRMED, "“No toll.”"),
        (QuoteKind.TURN, Polarity.AFFIRMED, "“No toll.”"),
        (QuoteKind.POST, Polarity.DENIED, "Denied: “No toll.”"),
        (QuoteKind.MIXED, Polarity.AFFIRMED, "No toll."),
        (QuoteKind.INDIRECT, Polarity.DENIED, "Denied: No toll."),
    ],
)
def test_one_rule_says_how_words_are_shown(kind, polarity, shown):
    assert phrasing.show_words("No toll.", kind, polarity).plain == shown
