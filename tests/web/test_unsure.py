"""The editors' lists of what is unsure: reached from the desk with their counts, with candidates and reasons, paged by key."""

import re

import pytest
from sqlmodel import select

from tracker.speech.ledger.source_status import EDITED
from tracker.speech.models import Appearance, Claim, Precision, SourceStatus, Status

LISTS = ["/desk/speakers", "/desk/days", "/desk/conflicts"]


def text(client, address):
    html = client.get(address).get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def numbers(client):
    html = client.get("/desk").get_data(as_text=True)
    found = re.findall(r'<a href="(/desk/[a-z]+)">[^<]*</a></th><td[^>]*>(\d+)</td>', html)
    return {address: int(number) for address, number in found}


@pytest.fixture
def change(site_world, seeded):
    def set_fields(key, **fields):
        with site_world.database.transaction() as session:
            claim = session.exec(select(Claim).where(Claim.public_id == seeded.claims[key])).one()
            place = session.exec(select(Appearance).where(Appearance.claim_id == claim.id)).first()
            for name, value in fields.items():
                setattr(place if name in {"state", "reasons"} else claim, name, value)

    return set_fields


@pytest.mark.parametrize("address", LISTS)
def test_only_editors_see_the_lists(client, address):
    assert client.get(address).status_code in {302, 303, 401, 403}


@pytest.mark.parametrize("address", [*LISTS, "/desk/days?kind=range", "/desk/conflicts?kind=places"])
def test_each_list_answers(editor, address):
    assert editor.get(address).status_code == 200


def test_an_unknown_list_or_parameter_is_refused_by_its_name(editor):
    assert editor.get("/desk/days?kind=nonsense").status_code == 400
    assert editor.get("/desk/speakers?page=2").status_code == 400


def test_an_unresolved_speaker_stands_with_candidates_and_the_rule(editor, seeded, change):
    before = numbers(editor)["/desk/speakers"]
    change(
        "mara-lind-1",
        speaker_id=None,
        speaker_text="the minister",
        candidates=["Mara Lind", "Bo Vik"],
        reasons={"speaker": {"span": [0, 3], "rule": "role, several or nobody"}},
    )
    assert numbers(editor)["/desk/speakers"] == before + 1
    shown = text(editor, "/desk/speakers")
    for words in ("the minister", "Mara Lind", "Bo Vik", "Rule: role, several or nobody."):
        assert words in shown


def test_days_that_are_unknown_and_days_that_are_several_are_two_lists(editor, change):
    before = numbers(editor)["/desk/days"]
    change("mara-lind-1", said_from=None, said_to=None, said_precision=Precision.UNKNOWN, said_basis="")
    change("mara-lind-2", said_precision=Precision.MONTH)
    assert numbers(editor)["/desk/days"] == before + 2
    assert "seed000001" in editor.get("/desk/days").get_data(as_text=True)
    several = editor.get("/desk/days?kind=range").get_data(as_text=True)
    assert "seed000002" in several
    assert "seed000001" not in several


def test_conflicts_say_what_differs(editor, change):
    before = numbers(editor)["/desk/conflicts"]
    change("mara-lind-1", said_conflict="Tuesday, but 13 May 2024 is a Monday")
    change("mara-lind-2", venue_conflict="“an interview with Nord TV” and “a press conference”")
    edited = {EDITED: {"speaker": ["Ada Bright", "Tom Stone"]}}
    change("mara-lind-3", state=SourceStatus.CHANGED, reasons=edited)
    assert numbers(editor)["/desk/conflicts"] == before + 3
    assert "Tuesday, but 13 May 2024 is a Monday" in text(editor, "/desk/conflicts?kind=days")
    assert "“a press conference”" in text(editor, "/desk/conflicts?kind=places")
    shown = text(editor, "/desk/conflicts?kind=edits")
    assert "Ada Bright" in shown
    assert "Tom Stone" in shown


def test_what_is_hidden_is_in_no_list(editor, change):
    before = numbers(editor)
    change("mara-lind-1", speaker_id=None, status=Status.REJECTED)
    assert numbers(editor) == before


def test_a_list_goes_on_where_the_page_before_it_ended(editor, site_world, seeded):
    with site_world.database.transaction() as session:
        first = session.exec(select(Claim).where(Claim.public_id == seeded.claims["mara-lind-1"])).one()
        kept = first.model_dump(exclude={"id", "public_id", "identity_key", "speaker_id"})
        for number in range(30):
            session.add(Claim(**{**kept, "public_id": f"more{number:04d}", "identity_key": f"more{number}"}))
    seen = []
    address = "/desk/speakers"
    while address:
        html = editor.get(address).get_data(as_text=True)
        seen += re.findall(r'href="/c/(more\d+)"', html)
        older = re.search(r'rel="next" href="([^"]+)"', html)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"more{number:04d}" for number in reversed(range(30))]
