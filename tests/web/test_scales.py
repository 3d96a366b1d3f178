"""A topic's scale on the site: what its steps mean, older versions, and a new one with a reason."""

import re

import pytest
from sqlmodel import col, select

from tests.web.conftest import token
from tracker.audit import AuditEntry
from tracker.positions import queries

PAGE = "/t/harbour-pact/scale"
LABELS = ("No entry", "Not now", "Later, when conditions are met", "Clear path now", "Admit now")


def form(labels=LABELS, **more):
    rows: dict[str, str] = {}
    for row, label in enumerate(labels):
        rows |= {f"key-{row}": f"s{row + 1}", f"step-{row}": str(row + 1), f"label-{row}": label}
        rows[f"definition-{row}"] = f"{label}, in short."
    return {**rows, "reason": "The words were read in two ways.", **more}


def save(client, **fields):
    return client.post(PAGE, data={"csrf_token": token(client, PAGE), **form(**fields)})


def test_every_coded_cell_is_one_click_from_what_its_step_means(client):
    page = client.get("/t/harbour-pact/around/seaford-2024").get_data(as_text=True)
    addresses = set(re.findall(r'<a class="quiet" href="(/t/harbour-pact/scale\?version=1#step-\d)">', page))
    assert "/t/harbour-pact/scale?version=1#step-2" in addresses
    text = client.get(PAGE).get_data(as_text=True)
    assert all(label in text for label in LABELS)
    assert 'id="step-2"' in text
    assert "Sides: 1 and 5" in text


def test_a_visitor_reads_and_changes_nothing(client):
    assert "Change this scale" not in client.get(PAGE).get_data(as_text=True)
    assert client.post(PAGE, data=form()).status_code in {302, 400, 403}


def test_other_words_make_a_new_version_and_codings_keep_theirs(editor, site_world):
    before = editor.get("/t/harbour-pact/around/seaford-2024?show=confirmed").get_data(as_text=True)
    assert save(editor, labels=("Never", *LABELS[1:])).status_code == 303
    text = editor.get(PAGE).get_data(as_text=True)
    assert "Version 2, in force" in text
    assert "Never" in text
    old = editor.get(f"{PAGE}?version=1").get_data(as_text=True)
    assert "No entry" in old
    assert "Never" not in old
    assert "Change this scale" not in old
    after = editor.get("/t/harbour-pact/around/seaford-2024?show=confirmed").get_data(as_text=True)
    tally = re.compile(r'<ul class="tally">.*?</ul>', re.DOTALL)
    assert tally.search(after)[0] == tally.search(before)[0]
    with site_world.database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "scale changed")).one()
        subject = queries.topic(session, "harbour-pact")
    assert (entry.actor, entry.reason) == ("vera@example.org", "The words were read in two ways.")
    assert [one.phrases for one in subject.positions] == [[] for _ in LABELS]


def test_an_example_from_the_record_makes_no_new_version(editor, seeded):
    save(editor, **{"example-1": f"http://127.0.0.1:8000/c/{seeded.claims['mara-lind-2']}"})
    text = editor.get(PAGE).get_data(as_text=True)
    assert "Version 1, in force" in text
    assert "At this summit we do not ask for entry" in text


def test_sides_are_a_part_of_the_scale_and_change_the_verdicts_of_its_codings(editor):
    save(editor, **{"side-0": "lower", "side-1": "lower", "side-3": "upper", "side-4": "upper"})
    text = editor.get(PAGE).get_data(as_text=True)
    assert "Version 2, in force" in text
    assert "Sides: 1, 2 and 4, 5" in text


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"reason": ""}, "reason"), ({"labels": LABELS[:2]}, "label"), ({"step-1": "1"}, "step"),
        ({"step-1": "one"}, "step-1"), ({"side-0": "upper"}, "side"), ({"side-0": "left"}, "side-0"),
        ({"example-0": "nothing"}, "example-0"),
    ],
)  # fmt: skip
def test_a_scale_that_is_none_is_refused_by_name_and_nothing_saved(editor, fields, name):
    answer = save(editor, **fields)
    assert answer.status_code == 400
    assert f"“{name}”" in answer.get_data(as_text=True)
    assert "Version 1, in force" in editor.get(PAGE).get_data(as_text=True)


@pytest.mark.parametrize("query", ["?version=9", "?version=two", "?step=2"])
def test_a_version_that_is_none_is_told(client, query):
    assert client.get(f"{PAGE}{query}").status_code == 400


def test_the_trail_is_written_once_for_a_change(editor, site_world):
    save(editor, labels=("Never", *LABELS[1:]))
    with site_world.database.reading() as session:
        trail = session.exec(select(AuditEntry.action).where(col(AuditEntry.subject) == "topic:harbour-pact")).all()
    assert trail == ["scale changed"]
