"""Events are made and changed on the site, by editors, with a reason; line-ups follow at once."""

import pytest
from sqlmodel import select

from tests.web.conftest import token
from tracker.audit import AuditEntry
from tracker.positions.ledger import definitions
from tracker.positions.models import Event
from tracker.setting_sections import EventSection
from tracker.world import new_event

NEW = {
    "name": "Talks at Holm", "place": "Holm", "start": "2024-05-20", "end": "2024-05-21", "zone": "Europe/Vilnius",
    "pivot": "2024-05-20 18:30", "pivot_zone": "Europe/Vilnius", "pivot_name": "Statement",
    "pivot_reason": "The hosts named the price.", "documents": "https://example.org/agenda", "topic": "harbour-pact",
    "groups": "hosts: Lea Kross, Dagny Holm", "reason": "Readers ask for it.",
}  # fmt: skip


def save(client, event="new", **fields):
    address = "/events/new" if event == "new" else f"/events/{event}/edit"
    return client.post(f"/events/{event}/edit", data={"csrf_token": token(client, address), **NEW, **fields})


def held(world, event="talks-at-holm"):
    with world.database.reading() as session:
        return session.get(Event, event)


def test_an_editor_makes_an_event_and_its_line_up_is_there_at_once(editor, site_world):
    assert save(editor).headers["Location"].endswith("/events#talks-at-holm")
    event = held(site_world)
    assert event.pivot.isoformat() == "2024-05-20T15:30:00+00:00"
    assert (event.zone, event.pivot_zone, event.pivot_reason) == (
        "Europe/Vilnius", "Europe/Vilnius", "The hosts named the price."
    )  # fmt: skip
    text = editor.get("/t/harbour-pact/around/talks-at-holm?group=hosts").get_data(as_text=True)
    assert "Talks at Holm" in text
    assert 'id="lea-kross"' in text
    listed = editor.get("/events").get_data(as_text=True)
    assert "https://example.org/agenda" in listed
    assert "The hosts named the price." in listed


def test_a_change_moves_what_stands_before_and_after_and_says_who_and_why(editor, site_world):
    page = "/t/harbour-pact/around/seaford-2024"
    before = editor.get(page).get_data(as_text=True)
    answer = save(editor, "seaford-2024", name="the Seaford summit", start="2024-04-10", end="2024-04-11",
                  pivot="2024-04-10 18:00", during="1", reason="The summit was a month earlier.")  # fmt: skip
    assert answer.status_code == 303
    after = editor.get(page).get_data(as_text=True)
    assert after != before
    assert "10 Apr 2024" in after
    with site_world.database.reading() as session:
        trail = session.exec(select(AuditEntry).where(AuditEntry.subject == "event:seaford-2024")).all()
    assert {(one.actor, one.reason) for one in trail} == {("vera@example.org", "The summit was a month earlier.")}
    assert {"pivot", "starts_on", "during"} <= {one.field for one in trail}


def test_what_was_changed_on_the_site_is_not_changed_back_by_the_configuration(editor, site_world):
    save(editor)
    told = new_event(EventSection.model_validate({
        "id": "talks-at-holm", "name": "Something else", "start": "2024-05-20", "end": "2024-05-20",
    }))  # fmt: skip
    with site_world.database.transaction() as session:
        definitions.configure(session, site_world.now(), [], [told])
    assert held(site_world).name == "Talks at Holm"


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": ""}, {"name": ""}, {"start": "soon"}, {"end": "2024-05-19"}, {"pivot": "noon"}, {"zone": "Mars/Base"},
        {"pivot": "2024-06-20 18:30"}, {"pivot_zone": "Mars/Base"}, {"groups": "no colon here"}, {"topic": "unheard-of"},
        {"documents": "javascript:alert(1)"}, {"name": "Isle 2024"},
    ],
)  # fmt: skip
def test_an_event_that_is_none_is_refused_and_nothing_saved(editor, site_world, fields):
    assert save(editor, **fields).status_code == 400
    assert held(site_world) is None


def test_a_visitor_sees_no_form_and_writes_nothing(client, site_world):
    assert "New event" not in client.get("/events").get_data(as_text=True)
    assert client.get("/events/new").status_code in {302, 403}
    assert client.post("/events/new/edit", data=NEW).status_code in {302, 400, 403}
    assert held(site_world) is None


def test_an_event_nobody_made_has_no_form(editor):
    assert editor.get("/events/unheard-of/edit").status_code == 404
