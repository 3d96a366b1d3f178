"""The desk's queue of what stands at the border of a topic: the nearest first, one press each, and no rule changes it."""

import re

import pytest
from sqlmodel import select

from tests.web import seed
from tests.web.test_desk import fields, text, undo
from tracker.audit import AuditEntry
from tracker.positions.border import Border
from tracker.positions.ledger.topic_links import keep_borders
from tracker.positions.models import ClaimTopic, Topic, TopicBorder
from tracker.speech.models import Claim


@pytest.fixture
def topic(site_world):
    """Another topic, on which nothing is."""
    with site_world.database.transaction() as session:
        session.add(
            Topic(id="night-ferry", name="The night ferry", description="Whether it runs.", rules={"any": ["night ferry"]},
                  created_at=seed.NOW)
        )  # fmt: skip
    return "night-ferry"


@pytest.fixture
def at_border(site_world, seeded, topic):
    """Let a statement stand so far from the border of the topic."""

    def put(key, distance, topic_id=topic):
        with site_world.database.transaction() as session:
            claim = session.exec(select(Claim).where(Claim.public_id == seeded.claims[key])).one()
            border = Border(
                distance=distance, reason=f"“night” of “night ferry” is missing ({distance})", terms=("night ferry",)
            )
            keep_borders(session, claim, [(topic_id, border)])
        return f"/review/topics/{seeded.claims[key]}/{topic_id}"

    return put


@pytest.fixture
def link_of(site_world, seeded, topic):
    def find(key):
        with site_world.database.reading() as session:
            claim = session.exec(select(Claim).where(Claim.public_id == seeded.claims[key])).one()
            where = (ClaimTopic.claim_id == claim.id, ClaimTopic.topic_id == topic)
            return session.exec(select(ClaimTopic).where(*where)).first()

    return find


def send(client, address, do, **more):
    return client.post(address, data={**fields(text(client, address)), "do": do, **more})


def test_the_nearest_to_the_border_is_asked_first_and_counted(editor, at_border):
    far, near = at_border("lea-kross-2", 4), at_border("mara-lind-4", 1)
    assert re.search(r"Border topics.*?2", text(editor, "/desk"), re.DOTALL)
    assert editor.get("/review?kind=topics").headers["Location"] == near
    page = text(editor, near)
    assert "Now not on the topic" in page
    assert "“night” of “night ferry” is missing (1)" in page
    assert fields(page)["following"] == far


def test_one_press_puts_a_statement_on_the_topic_for_good(editor, at_border, link_of, site_world):
    address = at_border("mara-lind-4", 1)
    answer = send(editor, address, "in", note="It is the same ship")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/review?kind=topics")
    link = link_of("mara-lind-4")
    assert (link.by_hand, link.removed, link.matched) == (True, False, ["night ferry"])
    assert "Nothing" in text(editor, "/review?kind=topics")
    assert "Now on the topic, as a person decided" in text(editor, address)
    with site_world.database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "put on a topic")).one()
    assert (entry.field, entry.reason) == ("night-ferry", "It is the same ship")


def test_one_press_leaves_it_off_and_undoing_asks_again(editor, at_border, link_of):
    address = at_border("mara-lind-4", 1)
    send(editor, address, "out")
    assert (link_of("mara-lind-4").by_hand, link_of("mara-lind-4").removed) == (True, True)
    undo(editor)
    assert (link_of("mara-lind-4").by_hand, link_of("mara-lind-4").removed) == (False, True)
    assert editor.get("/review?kind=topics").headers["Location"] == address


def test_several_are_decided_by_one_press(editor, at_border, link_of):
    addresses = [at_border("mara-lind-4", 1), at_border("lea-kross-2", 2)]
    page = text(editor, addresses[0])
    ticked = re.findall(r'name="item" value="([^"]*)"', page)
    sent = {"csrf_token": fields(page)["csrf_token"], "kind": "topics", "item": ticked, "bulk": "out"}
    assert editor.post("/desk/bulk", data=sent).status_code == 303
    assert len(ticked) == 2
    assert all(link_of(key).removed and link_of(key).by_hand for key in ("mara-lind-4", "lea-kross-2"))


def test_a_form_that_is_out_of_date_saves_nothing(editor, at_border, link_of):
    address = at_border("mara-lind-4", 1)
    old = fields(text(editor, address))
    send(editor, address, "in")
    late = editor.post(address, data={**old, "do": "out"})
    assert late.status_code == 409
    assert not link_of("mara-lind-4").removed
    assert editor.post(address, data={**old, "do": "sideways"}).status_code == 400
    assert editor.get("/review/topics/none/night-ferry").status_code == 404


def test_what_was_coded_on_the_topic_is_not_asked(editor, at_border, seeded):
    at_border("mara-lind-2", 1, topic_id="harbour-pact")  # confirmed by a person
    assert "Nothing" in text(editor, "/review?kind=topics")


def test_what_stands_at_no_border_any_more_is_not_asked(editor, at_border, site_world):
    at_border("mara-lind-4", 1)
    with site_world.database.transaction() as session:
        row = session.exec(select(TopicBorder)).one()
        keep_borders(session, session.get_one(Claim, row.claim_id), [(row.topic_id, None)])
    assert "Nothing" in text(editor, "/review?kind=topics")
