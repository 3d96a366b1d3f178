"""The page of what reading again proposes: accept, refuse, many at once, and what followed is taken back; no JavaScript."""

import pytest
from sqlmodel import col, select

from tests.conftest import NOON
from tests.web.conftest import token
from tracker import audit
from tracker.alerts.models import Delivery
from tracker.positions.models import ClaimTopic, Coding, Shift
from tracker.record import proof
from tracker.speech.ledger.statement_fields import values_of, words_value
from tracker.speech.models import Appearance, ChangeState, Claim, ReadingChange, Speaker

PAGE = "/desk/reread"
PROPOSED, FOLLOWED = ChangeState.PROPOSED, ChangeState.FOLLOWED


@pytest.fixture
def make(site_world):
    """Store a change of a seeded statement's field: `new` over what stands, or what stands over `old`."""

    def store(claim_key, seeded, field, state=PROPOSED, **value):
        with site_world.database.transaction() as session:
            claim = session.exec(select(Claim).where(Claim.public_id == seeded.claims[claim_key])).one()
            place = session.exec(select(Appearance).where(Appearance.claim_id == claim.id)).first()
            speaker = session.get(Speaker, claim.speaker_id) if claim.speaker_id else None
            old = words_value(claim, place) if field == "words" else None
            old = old or values_of(claim, speaker.name if speaker else None).get(field) or value.pop("old")
            change = ReadingChange(
                claim_id=claim.id, appearance_id=place.id, field=field, old=old, new={**old, **value},
                why_old={"said": {"rule": "weekday"}}, why_new={"said": {"rule": "date"}},
                reader_old="2020.1.1", reader_new="2026.1.1", state=state, at=NOON,
            )  # fmt: skip
            session.add(change)
            session.flush()
            return change.id

    return store


def send(editor, **form):
    return editor.post(PAGE, data={"csrf_token": token(editor, PAGE), **form}, follow_redirects=True)


def claim(site_world, seeded, key):
    with site_world.database.reading() as session:
        return session.exec(select(Claim).where(Claim.public_id == seeded.claims[key])).one()


def state(site_world, number):
    with site_world.database.reading() as session:
        return session.get_one(ReadingChange, number).state


def first_claim(seeded):
    return next(iter(seeded.claims))


def test_only_editors_see_it(client):
    assert client.get(PAGE).status_code in {302, 303, 401, 403}
    assert client.get("/desk").status_code in {302, 303, 401, 403}


def test_the_page_shows_both_values_and_why_and_the_desk_counts_them(editor, seeded, make):
    key = first_claim(seeded)
    make(key, seeded, "day", **{"from": "2024-05-02", "to": "2024-05-02", "basis": "on Thursday"})
    page = editor.get(PAGE).get_data(as_text=True)
    for words in ("2 May 2024", "rule “weekday”", "rule “date”", "evidence “on Thursday”", "2020.1.1", "2026.1.1"):
        assert words in page
    desk = editor.get("/desk").get_data(as_text=True)
    assert 'href="/desk/reread"' in desk


def test_an_accepted_day_is_the_statements_day_and_audited(editor, site_world, seeded, make):
    key = first_claim(seeded)
    number = make(key, seeded, "day", **{"from": "2024-05-02", "to": "2024-05-02", "basis": "on Thursday"})
    page = send(editor, one=f"accept:{number}").get_data(as_text=True)
    assert "1 decided." in page
    after = claim(site_world, seeded, key)
    assert (after.said_from.isoformat(), after.said_basis) == ("2024-05-02", "on Thursday")
    assert state(site_world, number) is ChangeState.ACCEPTED
    with site_world.database.reading() as session:
        entry = audit.history(session, f"claim:{after.id}")[0]
    assert (entry.actor, entry.action) == ("vera@example.org", "proposed change accepted: day")


def test_a_refused_proposal_changes_nothing_and_is_gone_from_the_list(editor, site_world, seeded, make):
    key = first_claim(seeded)
    before = claim(site_world, seeded, key).model_dump()
    number = make(key, seeded, "speaker", name="Nobody Else")
    send(editor, one=f"refuse:{number}")
    assert claim(site_world, seeded, key).model_dump() == before
    assert state(site_world, number) is ChangeState.REFUSED
    assert f"refuse:{number}" not in editor.get(PAGE).get_data(as_text=True)


def test_what_followed_by_itself_is_taken_back(editor, site_world, seeded, make):
    key = first_claim(seeded)
    before = claim(site_world, seeded, key)
    number = make(key, seeded, "condition", FOLLOWED, condition="if the pact is signed")
    with site_world.database.transaction() as session:
        session.get_one(Claim, before.id).condition = "if the pact is signed"
    assert "if the pact is signed" in editor.get(f"{PAGE}?state=followed").get_data(as_text=True)
    send(editor, one=f"refuse:{number}", state="followed")
    assert claim(site_world, seeded, key).condition == before.condition
    assert state(site_world, number) is ChangeState.REFUSED


def test_many_are_decided_at_once(editor, site_world, seeded, make):
    keys = list(seeded.claims)[:3]
    numbers = [make(key, seeded, "condition", condition=f"if {key}") for key in keys]
    send(editor, many="accept", chosen=[str(one) for one in numbers[:2]], shown=[str(one) for one in numbers])
    assert [state(site_world, one) for one in numbers] == [ChangeState.ACCEPTED, ChangeState.ACCEPTED, PROPOSED]
    send(editor, many="refuse all", shown=[str(one) for one in numbers])
    assert state(site_world, numbers[2]) is ChangeState.REFUSED


def test_what_has_another_value_by_now_is_left_and_said(editor, site_world, seeded, make):
    key = first_claim(seeded)
    number = make(key, seeded, "condition", condition="if the pact is signed")
    with site_world.database.transaction() as session:
        session.exec(select(Claim).where(Claim.public_id == seeded.claims[key])).one().condition = "unless it rains"
    page = send(editor, one=f"accept:{number}").get_data(as_text=True)
    assert "another value by now" in page
    assert claim(site_world, seeded, key).condition == "unless it rains"


def test_another_speaker_takes_the_statements_shifts_along_and_nobody_is_told(editor, site_world, seeded, make):
    with site_world.database.reading() as session:
        shift = session.exec(select(Shift).where(col(Shift.withdrawn_at).is_(None))).first()
        public_id = session.get_one(Claim, shift.before_claim_id).public_id
        mails = len(session.exec(select(Delivery)).all())
    key = next(name for name, found in seeded.claims.items() if found == public_id)
    number = make(key, seeded, "speaker", name="Nobody Else")
    send(editor, one=f"accept:{number}")
    with site_world.database.reading() as session:
        assert session.get_one(Shift, shift.id).withdrawn_at is not None
        assert len(session.exec(select(Delivery)).all()) == mails
        assert session.get(Speaker, session.get_one(Claim, shift.before_claim_id).speaker_id).name == "Nobody Else"


def test_a_statement_that_an_editor_lets_go_answers_410_with_its_reason(editor, site_world, seeded, make):
    key = first_claim(seeded)
    stands = claim(site_world, seeded, key).status.value
    number = make(key, seeded, "statement", old={"status": stands}, status="withdrawn")
    send(editor, one=f"accept:{number}")
    answer = editor.get(f"/c/{seeded.claims[key]}")
    assert answer.status_code == 410
    assert "withdrew" in answer.get_data(as_text=True)


def test_a_topic_that_an_editor_keeps_is_touched_by_no_rule_any_more(editor, site_world, seeded, make):
    with site_world.database.reading() as session:
        coding = session.exec(select(Coding)).first()
        public_id = session.get_one(Claim, coding.claim_id).public_id
    key = next(name for name, found in seeded.claims.items() if found == public_id)
    old = {"topic": "The pact", "linked": True, "matched": ["harbour pact"]}
    number = make(key, seeded, f"topic:{coding.topic_id}", old=old, linked=False, matched=[])
    send(editor, one=f"refuse:{number}")
    with site_world.database.reading() as session:
        link = session.exec(
            select(ClaimTopic).where(ClaimTopic.claim_id == coding.claim_id, ClaimTopic.topic_id == coding.topic_id)
        ).one()
    assert (link.by_hand, link.removed) == (True, False)


def test_the_record_is_proven_after_other_words_were_accepted(editor, site_world, seeded, make):
    key = first_claim(seeded)
    before = claim(site_world, seeded, key)
    with site_world.database.reading() as session:
        place = session.exec(select(Appearance).where(Appearance.claim_id == before.id)).first()
    text = place.exact[1:8]
    number = make(
        key, seeded, "words", text=text, start=place.start, end=place.start + 8, spans=[[place.start, place.start + 8]]
    )
    send(editor, one=f"accept:{number}")
    assert claim(site_world, seeded, key).text == text
    found = proof.verify(site_world.database, site_world.archive, everything=False)
    assert [one for one in found.problems if "words" in one or "piece" in one] == []


def test_it_is_paged_by_key(editor, seeded, make):
    key = first_claim(seeded)
    numbers = [make(key, seeded, "condition", condition=f"if {number}") for number in range(27)]
    first = editor.get(PAGE).get_data(as_text=True)
    assert f'value="{numbers[-1]}"' in first
    assert f'value="{numbers[0]}"' not in first
    rest = editor.get(f"{PAGE}?state=waiting&before={numbers[2]}").get_data(as_text=True)
    assert f'value="{numbers[0]}"' in rest
