"""Topics are made and changed on the site, by editors, with a reason; what is wrong is told and nothing typed is lost."""

import html
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from jobs.reading_context import topics_digest
from tests.web.conftest import PASSWORD, sign_in, token
from tests.web.conftest import make_world as seeded_world
from tracker import accounts
from tracker import world as worlds
from tracker.accounts import Role
from tracker.archive.models import Snapshot
from tracker.audit import AuditEntry
from tracker.positions.ledger.definitions import DefinitionConflict
from tracker.positions.models import ClaimTopic, Topic
from tracker.positions.queries import held_statements
from tracker.setting_sections import TopicSection
from tracker.web.app import create_app

FERRY = {
    "name": "The night ferry", "description": "Whether the ferry goes at night. Not: timetables.",
    "any": "night ferry\nferry at night\nпором уночі", "all": "", "none": "ferry museum",
    "examples_in": "The ferry must run at night.", "examples_out": "The ferry museum is open.",
    "reason": "Readers ask for it.",
}  # fmt: skip


def form(client, topic="new", **fields):
    address = "/topics/new" if topic == "new" else f"/topics/{topic}/edit"
    page = client.get(address).get_data(as_text=True)
    seen = page.split('name="seen" value="')[1].split('"')[0]
    return {"csrf_token": token(client, address), "seen": seen, **FERRY, **fields}


def send(client, sent, topic="new", do="save"):
    """The form with one of its buttons; saved is only what was looked at."""
    if do == "save" and "previewed" not in sent:
        page = send(client, sent, topic, "preview").get_data(as_text=True)
        looked = re.search('name="previewed" value="(.*?)"', page)
        sent = {**sent, "previewed": looked[1] if looked else ""}
    return client.post(f"/topics/{topic}/edit", data={**sent, "do": do})


def save(client, topic="new", **fields):
    return send(client, form(client, topic, **fields), topic)


def held(world, topic="the-night-ferry"):
    with world.database.reading() as session:
        return session.get(Topic, topic)


def trail(world, topic="the-night-ferry"):
    with world.database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.subject == f"topic:{topic}").order_by(col(AuditEntry.id))
        return [(one.actor, one.action, one.field, one.old, one.new, one.reason) for one in session.exec(query)]


def configured(world, **topic):
    told = {"id": "the-night-ferry", "name": "The ferry of the file", "any": ["ferry"], **topic}
    section = TopicSection.model_validate(told)
    object.__setattr__(world, "settings", world.settings.model_copy(update={"topics": (section,)}))


def test_an_editor_makes_a_topic_with_phrases_and_examples(editor, site_world):
    assert save(editor).headers["Location"].endswith("/t/the-night-ferry")
    topic = held(site_world)
    assert topic.rules == {
        "any": ["night ferry", "ferry at night", "пором уночі"], "all": [], "none": ["ferry museum"]
    }  # fmt: skip
    assert topic.examples == {"in": ["The ferry must run at night."], "out": ["The ferry museum is open."]}
    assert topic.edited_by == "vera@example.org"
    assert "The night ferry" in editor.get("/topics").get_data(as_text=True)
    assert "No statement found yet" in editor.get("/t/the-night-ferry").get_data(as_text=True)
    assert "has no scale yet" in editor.get("/t/the-night-ferry/scale").get_data(as_text=True)
    assert ("vera@example.org", "topic made", None, None, "The night ferry", "Readers ask for it.") in trail(site_world)


def test_a_change_says_field_by_field_who_and_why_and_keeps_the_address(editor, site_world):
    save(editor)
    answer = save(editor, "the-night-ferry", name="Ferries after dark", any="night ferry", none="", reason="Too wide.")
    assert answer.status_code == 303
    topic = held(site_world)
    assert (topic.name, topic.rules["any"], topic.rules["none"]) == ("Ferries after dark", ["night ferry"], [])
    changed = [entry for entry in trail(site_world) if entry[5] == "Too wide."]
    assert [(field, old, new) for _, _, field, old, new, _ in changed] == [
        ("name", "The night ferry", "Ferries after dark"),
        ("any", "night ferry\nferry at night\nпором уночі", "night ferry"),
        ("none", "ferry museum", ""),
    ]


def test_a_save_without_a_change_writes_nothing_into_the_trail(editor, site_world):
    save(editor)
    before = trail(site_world)
    save(editor, "the-night-ferry")
    assert trail(site_world) == before


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Ціна солі", "tsina-soli"), ("L’accès à l’île", "l-acces-a-l-ile"), ("Ölpreis 2024", "olpreis-2024"),
        ("  A   toll?  ", "a-toll"), ("Τα λιμάνια", None), ("港口", None), ("—", None),
    ],
)  # fmt: skip
def test_the_address_is_made_from_the_name_in_any_script_or_asked_for(editor, site_world, name, address):
    answer = save(editor, name=name)
    if answer.status_code == 303:
        assert answer.headers["Location"] == f"/t/{address}"
        assert held(site_world, address).name == name.strip()
    else:
        assert "none can be made from this name" in answer.get_data(as_text=True)
        assert address is None
        assert save(editor, name=name, address="harbours").status_code == 303


@pytest.mark.parametrize("typed", ["“closed for good”", "„closed for good“", "«closed for good»", '"closed for good"'])
def test_marks_of_every_style_make_a_phrase_that_must_stand_as_it_is(editor, site_world, typed):
    save(editor, any=typed)
    assert held(site_world).rules["any"] == ['"closed for good"']


@pytest.mark.parametrize(
    "line", ["http://127.0.0.1:8000/c/{}", "/c/{}", "/c/{}/", "https://news.example/record/c/{}", "{}"]
)
def test_a_statement_is_an_example_by_its_address(editor, site_world, seeded, line):
    public_id = seeded.claims["mara-lind-2"]
    save(editor, examples_in=line.format(public_id))
    assert held(site_world).examples["in"] == [public_id]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, "Name: is blank"), ({"reason": ""}, "Why you make or change it: is blank"),
        ({"any": "", "all": ""}, "Write at least one phrase"), ({"any": "toll\n–––"}, "“–––” has no word in it"),
        ({"any": '"night ferry'}, "a quotation mark on one side only"),
        ({"none": "NIGHT ferry"}, "“night ferry” stands under “One of these” and under “None of these”"),
        ({"any": "x" * 201}, "has 201 letters; 200 are the most"), ({"name": "n" * 201}, "Name: 201 letters; 200"),
        ({"any": "\n".join(f"toll {number}" for number in range(61))}, "One of these: 61 lines; 60 are the most"),
        ({"any": "night\u202eferry"}, "One of these, line 1: holds the invisible character U+202E"),
        ({"address": "Night Ferry"}, "Address: write one in small letters"),
        ({"address": "new"}, "“new” is the address of this form"),
        ({"address": "harbour-pact"}, "“harbour-pact” is the address of “Norland’s entry into the Harbour Pact” already"),
        ({"examples_in": "/c/unheardof"}, "/c/unheardof is no statement on the record"),
        ({"examples_out": "The ferry must run at night!"}, "is said to belong and not to belong"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_a_sentence_and_all_that_was_typed_is_there_again(editor, site_world, fields, told):
    answer = save(editor, **fields)
    text = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 400
    assert told in text
    for value in {**FERRY, **fields}.values():
        assert value.replace("\u202e", "").strip() in text.replace("\u202e", "")
    assert held(site_world) is None
    assert trail(site_world) == []


def test_a_topic_of_the_configuration_file_is_changed_there_only(editor, site_world):
    configured(site_world)
    worlds.configure(site_world)
    page = editor.get("/topics/the-night-ferry/edit").get_data(as_text=True)
    assert "Change it there" in page
    assert "Save this topic" not in page
    answer = save(editor, "the-night-ferry", name="Mine")
    assert answer.status_code == 409
    assert "Mine" in answer.get_data(as_text=True)
    assert held(site_world).name == "The ferry of the file"
    assert "“the-night-ferry” is the address of" in html.unescape(save(editor).get_data(as_text=True))


def test_a_topic_in_both_places_is_an_error_at_the_start_and_the_site_s_one_stays(editor, site_world):
    save(editor)
    configured(site_world)
    with pytest.raises(DefinitionConflict, match="'the-night-ferry' is in the configuration file, and on the site"):
        worlds.configure(site_world)
    assert held(site_world).name == "The night ferry"


def test_a_topic_that_left_the_file_can_be_changed_on_the_site(editor, site_world):
    configured(site_world)
    worlds.configure(site_world)
    object.__setattr__(site_world, "settings", site_world.settings.model_copy(update={"topics": ()}))
    assert save(editor, "the-night-ferry").status_code == 303
    assert held(site_world).edited_by == "vera@example.org"


def test_the_second_of_two_editors_is_told_and_keeps_what_was_typed(editor, site_world):
    save(editor)
    opened = form(editor, "the-night-ferry", name="Second")
    save(editor, "the-night-ferry", name="First")
    answer = send(editor, opened, "the-night-ferry")
    assert answer.status_code == 409
    assert "Somebody else changed this topic" in answer.get_data(as_text=True)
    assert "Second" in answer.get_data(as_text=True)
    assert held(site_world).name == "First"


def test_visitors_see_no_way_to_change_a_topic(client):
    for address in ("/topics", "/t/harbour-pact"):
        assert "/edit" not in client.get(address).get_data(as_text=True)
    assert client.get("/topics/none-such/edit").status_code == 302


def test_a_topic_that_is_none_is_not_found(editor):
    assert editor.get("/topics/none-such/edit").status_code == 404


PACT = {"name": "The Harbour Pact", "description": "", "any": "entry Harbour Pact", "none": "", "examples_in": "",
        "examples_out": ""}  # fmt: skip


def text_of(answer):
    return html.unescape(re.sub(r"</?(bdi|mark)>", "", answer.get_data(as_text=True)))


def test_before_it_is_saved_a_topic_shows_what_it_would_catch_and_lose(editor, site_world):
    answer = send(editor, form(editor, "harbour-pact", **PACT), "harbour-pact", "preview")
    text = text_of(answer)
    assert answer.status_code == 200
    assert re.search(
        r"Of 29 statements held, 28 are on the topic today; with these phrases it would be \d+: \d+ lost", text
    )
    assert "have a confirmed position: they leave the topic only when an editor agrees" in text
    assert re.search(r'<th scope="row">May 2024</th><td class="num">18</td>', text)
    assert "“entry” of “entry Harbour Pact” is missing" in text
    assert "<mark>Harbour Pact</mark>" in answer.get_data(as_text=True)
    assert 1 <= text.count("Statement page<") <= 10
    assert held(site_world, "harbour-pact").rules == {}


@pytest.mark.parametrize(
    ("examples", "told"),
    [
        ({"examples_in": "The pact is good."}, "“The pact is good.” belongs to it and would not be found"),
        ({"examples_in": "We want entry soon."}, "would not be found: no phrase comes near it"),
        ({"examples_out": "Entry to the Harbour Pact cafe"}, "would be found because of “entry Harbour Pact”"),
        ({"examples_out": "/c/{no-request}"}, "does not belong to it and would be found"),
        ({"examples_in": "Entry to the Harbour Pact!", "examples_out": "Rain.\nSnow."}, "that come out right: all 3."),
    ],
)  # fmt: skip
def test_examples_that_come_out_wrong_are_named(editor, seeded, examples, told):
    ids = {"no-request": seeded.claims["mara-lind-2"]}
    sent = {name: value.replace("{no-request}", ids["no-request"]) for name, value in examples.items()}
    text = text_of(send(editor, form(editor, "harbour-pact", **{**PACT, **sent}), "harbour-pact", "preview"))
    assert told in text


def test_what_was_changed_after_the_look_is_shown_again_and_not_saved(editor, site_world):
    looked = text_of(send(editor, form(editor), do="preview"))
    previewed = re.search('name="previewed" value="(.*?)"', looked)[1]
    answer = send(editor, {**form(editor, any="toll"), "previewed": previewed})
    assert "Not saved yet: it was changed since you looked" in text_of(answer)
    assert held(site_world) is None
    again = re.search('name="previewed" value="(.*?)"', text_of(answer))[1]
    assert send(editor, {**form(editor, any="toll"), "previewed": again}).status_code == 303
    assert held(site_world).rules["any"] == ["toll"]


def test_the_reason_is_asked_for_when_it_is_saved_not_when_it_is_looked_at(editor, site_world):
    assert send(editor, form(editor, reason=""), do="preview").status_code == 200
    answer = save(editor, reason="")
    assert answer.status_code == 400
    assert "What it would catch and lose" in text_of(answer)
    assert held(site_world) is None


def test_of_a_large_record_the_numbers_are_called_estimates(editor, monkeypatch):
    monkeypatch.setattr(held_statements, "MOST_LINKED", 7)
    text = text_of(send(editor, form(editor, "harbour-pact", **PACT), "harbour-pact", "preview"))
    assert re.search(
        r"\d of 29 statements were looked at, spread evenly over the record, so each number is an estimate", text
    )
    assert "about 28 are on the topic today" in text


def test_a_topic_of_the_file_can_be_tried_and_not_saved(editor, site_world):
    configured(site_world)
    worlds.configure(site_world)
    text = text_of(send(editor, form(editor, "the-night-ferry", any="entry"), "the-night-ferry", "preview"))
    assert "What it would catch and lose" in text
    assert "Save this topic" not in text


def test_a_topic_on_an_empty_record_can_be_looked_at_and_saved(empty_editor):
    assert "Of 0 statements held, 0 are on the topic today" in text_of(
        send(empty_editor, form(empty_editor), do="preview")
    )
    assert save(empty_editor).status_code == 303


@pytest.fixture
def empty_editor(sqlite, tmp_path):
    world = seeded_world(sqlite, tmp_path)
    yield editor_of(world, "vera@example.org")
    world.database.dispose()


def test_the_words_that_made_a_statement_one_of_its_topics_are_marked_on_its_page(client, seeded, site_world):
    address = f"/c/{seeded.claims['mara-lind-2']}"
    page = client.get(address).get_data(as_text=True)
    assert "<mark>Harbour Pact</mark>" in page
    with site_world.database.transaction() as session:
        for link in session.exec(select(ClaimTopic)):
            link.matched = []
            session.add(link)
    assert "<mark>" not in client.get(address).get_data(as_text=True)


def test_the_desk_marks_them_too_and_puts_a_statement_on_another_topic(editor, seeded, site_world):
    save(editor)
    public_id = seeded.claims["mara-lind-2"]
    page = editor.get(f"/review/{public_id}/harbour-pact").get_data(as_text=True)
    assert "<mark>Harbour Pact</mark>" in page
    others = page.split("Put it on another topic")[1].split("</details>")[0]
    assert f'href="/review/{public_id}/the-night-ferry"' in others
    assert "harbour-pact" not in others
    address = f"/review/{public_id}/the-night-ferry"
    form_page = editor.get(address).get_data(as_text=True)
    sent = {name: re.search(f'name="{name}" value="(.*?)"', form_page)[1] for name in ("csrf_token", "seen")}
    assert editor.post(address, data={**sent, "do": "code", "position": "no position"}).status_code == 303
    with site_world.database.reading() as session:
        link = session.exec(select(ClaimTopic).where(ClaimTopic.topic_id == "the-night-ferry")).one()
    assert link.by_hand
    assert not link.removed


def test_editors_see_how_far_a_saved_topic_is_applied_and_visitors_do_not(editor, site_world):
    with site_world.database.transaction() as session:
        for number, snapshot in enumerate(session.exec(select(Snapshot).order_by(col(Snapshot.id)))):
            digest = topics_digest(session) if number else "older"
            snapshot.read_with = f"reader speakers {digest} scales"
            session.add(snapshot)
        total = number + 1
    told = f"{total - 1} of {total} documents are done; the job reread goes on every 300 seconds"
    assert told in editor.get("/t/harbour-pact").get_data(as_text=True)
    assert told in editor.get("/topics/harbour-pact/edit").get_data(as_text=True)
    save(editor)
    assert f"0 of {total} documents are done" in editor.get("/t/the-night-ferry").get_data(as_text=True)
    assert "documents are done" not in editor.application.test_client().get("/t/harbour-pact").get_data(as_text=True)


def test_where_the_job_is_switched_off_the_line_says_what_to_type(editor, site_world):
    schedule = site_world.settings.schedule.model_copy(update={"reread_s": 0})
    object.__setattr__(site_world, "settings", site_world.settings.model_copy(update={"schedule": schedule}))
    with site_world.database.transaction() as session:
        snapshot = session.exec(select(Snapshot)).first()
        snapshot.read_with = "a b c d"
        session.add(snapshot)
    assert "tracker reread --what topics" in text_of(editor.get("/t/harbour-pact"))


def test_a_form_with_all_the_phrases_and_examples_that_may_be_is_taken(editor, site_world):
    examples = "\n".join(f"{number} {'Нічний пором ' * 70}" for number in range(60))
    answer = send(editor, form(editor, examples_in=examples), do="preview")
    assert answer.status_code == 200
    assert re.search(r"Examples that come out (wrong: \d+ of|right: all) 61", text_of(answer))


@pytest.mark.parametrize("topic", ["new", "the-night-ferry"])
def test_of_two_who_save_at_once_one_is_told(make_world, topic):
    """On PostgreSQL two transactions run side by side: the second must read what the first one wrote."""
    world = make_world(topics=[], events=[])
    clients = [editor_of(world, f"{name}@example.org") for name in ("vera", "ole")]
    if topic != "new":
        save(clients[0])
    forms = []
    for number, client in enumerate(clients):
        sent = form(client, topic, name=f"Night ferries {number}", address="" if topic != "new" else "night-ferries")
        looked = text_of(send(client, sent, topic, "preview"))
        forms.append({**sent, "previewed": re.search('name="previewed" value="(.*?)"', looked)[1]})
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda pair: send(pair[0], pair[1], topic).status_code, zip(clients, forms, strict=True))
        )
    assert sorted(answers) == ([303, 400] if topic == "new" else [303, 409])


def editor_of(world, email):
    with world.database.transaction() as session:
        accounts.add(session, world.now(), email=email, name="E", role=Role.EDITOR, password=PASSWORD)
    client = create_app(world).test_client()
    sign_in(client, email, PASSWORD)
    return client
