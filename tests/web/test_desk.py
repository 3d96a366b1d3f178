"""The desk: one press an item, everything can be undone, what is corrected is public, nobody decides over another."""

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, func, select

from tests.web import seed
from tests.web.conftest import PASSWORD, sign_in, token
from tracker import accounts, audit
from tracker.accounts import Role
from tracker.decisions import Decision
from tracker.positions import queries as positions
from tracker.positions.ledger import codings, suggesters
from tracker.positions.models import ClaimTopic, Coding, CodingReading, Position, Shift, Topic
from tracker.positions.suggesters.cross_validation import SuggesterAgreement
from tracker.positions.suggesters.types import SuggesterName, Suggestion
from tracker.speech.ledger import look_alikes
from tracker.speech.models import Appearance, Claim, LookAlike, Reservation, Speaker, Status

PACT = "harbour-pact"


def text(client, address, **more):
    return client.get(address, **more).get_data(as_text=True)


def fields(page):
    """The hidden fields of the decision's form."""
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("seen", "following", "csrf_token")}


def press(client, address, do, **more):
    return client.post(
        address, data={**fields(text(client, address)), **standing(text(client, address)), "do": do, **more}
    )


def standing(page):
    """What the fields of the form hold as the page shows them."""
    found = dict(re.findall(r'name="(speaker|role|said_from|said_to|basis|condition)"[^>]*? value="([^"]*)"', page))
    kind = re.search(r"<option selected>([a-z]+)", page)
    return {**found, "kind": kind[1] if kind else "direct"}


def test_the_form_of_an_item_holds_what_stands(editor, seeded):
    page = text(editor, f"/review/statement-{seeded.claims['lea-kross-2']}")
    assert standing(page)["kind"] == "direct"
    assert "<option selected>direct</option>" in page
    answer = press(editor, f"/review/statement-{seeded.claims['lea-kross-2']}", "save")
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.get_data(as_text=True)


def undo(client):
    return client.post(
        "/desk/undo", data={"csrf_token": token(client, "/desk"), "here": "/review"}, follow_redirects=True
    )


@pytest.fixture
def of(site_world, seeded):
    """A statement of the record as it stands now."""

    def find(key):
        with site_world.database.reading() as session:
            return session.exec(select(Claim).where(Claim.public_id == seeded.claims[key])).one()

    return find


@pytest.fixture
def other_editor(app, site_world):
    client = app.test_client()
    with site_world.database.transaction() as session:
        accounts.add(session, seed.NOW, email="ben@example.org", name="Ben Oder", role=Role.EDITOR, password=PASSWORD)
    sign_in(client, "ben@example.org", PASSWORD)
    return client


def test_off_topic_takes_a_statement_out_of_everything_of_the_topic_and_undoing_brings_it_back(editor, seeded, app):
    key = seeded.claims["mara-lind-4"]
    visitor = app.test_client()

    def seen():
        return (
            key in text(visitor, f"/t/{PACT}"),
            key in text(visitor, f"/t/{PACT}/around/seaford-2024?window=365&show=all"),
            key in text(visitor, f"/feeds/t/{PACT}.atom"),
            key in text(visitor, f"/api/v1/topics/{PACT}/statements"),
            json.loads(text(visitor, f"/api/v1/topics/{PACT}"))["statements"],
        )

    before = seen()
    assert before[0]
    assert before[2]
    assert before[3]
    press(editor, f"/review/{key}/{PACT}", "code", position="off topic")
    assert seen() == (False, False, False, False, before[4] - 1)
    assert visitor.get(f"/c/{key}").status_code == 200
    undo(editor)
    assert seen() == before


@pytest.mark.parametrize("reading", [one for one in CodingReading if one is not CodingReading.POSITION])
def test_the_five_kinds_of_no_position_are_five_values(editor, seeded, of, site_world, reading):
    key = seeded.claims["mara-lind-4"]
    press(editor, f"/review/{key}/{PACT}", "code", position=reading.value)
    with site_world.database.reading() as session:
        last = session.exec(select(Coding).where(Coding.claim_id == of("mara-lind-4").id, Coding.number == 2)).one()
    assert (last.reading, last.position_id) == (reading, None)
    row = json.loads(text(editor, f"/c/{key}.json"))
    assert reading.value in [one["position"] for one in row["codings"]]


def test_a_corrected_speaker_and_day_stand_on_page_list_feed_export_and_api_with_reason(editor, seeded, of, app):
    key = seeded.claims["mara-lind-3"]
    answer = press(
        editor, f"/review/statement-{key}", "save", speaker="Tor Aske", said_from="2024-05-16", said_to="2024-05-16",
        note="The label stood a line higher",
    )  # fmt: skip
    assert answer.status_code == 303
    assert of("mara-lind-3").status is Status.IN_REVIEW
    visitor = app.test_client()
    page = text(visitor, f"/c/{key}")
    assert "“Mara Lind” before, now “Tor Aske” (The label stood a line higher)" in page
    assert "16 May 2024" in page
    row = json.loads(text(visitor, f"/c/{key}.json"))
    assert [(one["field"], one["old"], one["new"]) for one in row["corrections"]] == [
        ("speaker", "Mara Lind", "Tor Aske"),
        ("day", "Wed 15 May 2024", "Thu 16 May 2024"),
    ]
    assert row["corrections"][0]["by"] == "Vera Noll"
    assert json.loads(text(visitor, f"/api/v1/statements/{key}"))["corrections"] == row["corrections"]
    assert "Corrected" in text(visitor, f"/t/{PACT}?speaker=tor-aske")
    entry = text(visitor, f"/feeds/t/{PACT}.atom").split(f"/c/{key}</id>")[1].split("</entry>")[0]
    assert "Thu 16 May 2024" in entry
    assert "Mara Lind" not in row["speaker"]
    assert "speaker: Mara Lind" in text(visitor, f"/c/{key}.csv")


def test_a_correction_withdraws_the_shift_that_rested_on_it_and_undoing_brings_the_same_row_back(
    editor, seeded, site_world
):
    def standing_shifts():
        with site_world.database.reading() as session:
            return [row.id for row in session.exec(select(Shift).where(col(Shift.withdrawn_at).is_(None)))]

    before = standing_shifts()
    press(editor, f"/review/statement-{seeded.claims['mara-lind-3']}", "save", speaker="Nils Quiet", note="x")
    assert set(before) - set(standing_shifts())
    undo(editor)
    assert set(before) <= set(standing_shifts())


def test_a_rejected_statement_answers_410_with_the_reason_and_can_be_put_back(editor, seeded, of, app):
    key = seeded.claims["oskar-brandt-2"]
    assert press(editor, f"/review/statement-{key}", "reject").status_code == 400
    press(editor, f"/review/statement-{key}", "reject A scare quote")
    gone = app.test_client().get(f"/c/{key}")
    assert gone.status_code == 410
    assert "A scare quote" in gone.get_data(as_text=True)
    assert of("oskar-brandt-2").status is Status.REJECTED
    press(editor, f"/review/statement-{key}", "back")
    assert of("oskar-brandt-2").status is Status.IN_REVIEW


def test_what_was_published_is_withdrawn_with_a_correction(editor, seeded, of):
    key = seeded.claims["mara-lind-4"]
    suggested = re.search(r'name="position" value="(\d+)"', text(editor, f"/review/{key}/{PACT}"))[1]
    press(editor, f"/review/{key}/{PACT}", "code", position=suggested)
    assert of("mara-lind-4").status is Status.CONFIRMED
    press(editor, f"/review/publish-{key}", "publish")
    assert of("mara-lind-4").status is Status.PUBLISHED
    press(editor, f"/review/statement-{key}", "reject", note="The outlet took it back")
    assert of("mara-lind-4").status is Status.WITHDRAWN


def test_a_day_is_an_interval_with_its_basis_and_days_out_of_order_keep_what_was_typed(editor, seeded, of):
    address = f"/review/days-{seeded.claims['yara-unknown']}"
    wrong = press(editor, address, "save", said_from="2024-05-09", said_to="2024-05-07", note="Heard it there")
    assert wrong.status_code == 400
    page = wrong.get_data(as_text=True)
    assert 'value="2024-05-09"' in page
    assert "Heard it there" in page
    press(editor, address, "save", said_from="2024-05-07", said_to="2024-05-09", basis="early that week")
    claim = of("yara-unknown")
    assert (str(claim.said_from), str(claim.said_to), claim.said_precision.value, claim.said_basis) == (
        "2024-05-07", "2024-05-09", "range", "early that week",
    )  # fmt: skip


def test_one_press_makes_a_candidate_the_speaker(editor, seeded, of, site_world):
    address = f"/review/speakers-{seeded.claims['unresolved']}"
    page = text(editor, address)
    assert "fits the words beside the quote" in page
    assert "<mark>" in page
    press(editor, address, "pick brita-sund")
    with site_world.database.reading() as session:
        assert session.get(Speaker, of("unresolved").speaker_id).name == "Brita Sund"


def test_what_is_left_as_it_stands_leaves_the_queue_and_comes_back_by_undoing(editor, seeded):
    address = f"/review/speakers-{seeded.claims['unresolved']}"

    def waits():
        return address in text(editor, "/review?kind=speakers", follow_redirects=True)

    assert waits()
    press(editor, address, "settle")
    assert not waits()
    undo(editor)
    assert waits()


def test_copies_are_merged_and_undoing_restores_ids_and_links(editor, seeded, of, site_world, app):
    gone, stays = seeded.claims["yara-before"], seeded.claims["yara-same-day"]
    before = of("yara-before").id
    press(editor, f"/review/statement-{gone}", "merge", merge_into=stays)
    answer = app.test_client().get(f"/c/{gone}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/c/{stays}")
    with site_world.database.reading() as session:
        assert not session.exec(select(Appearance).where(Appearance.claim_id == before)).all()
    undo(editor)
    assert app.test_client().get(f"/c/{gone}").status_code == 200
    with site_world.database.reading() as session:
        assert len(session.exec(select(Appearance).where(Appearance.claim_id == before)).all()) == 1


def test_an_appearance_is_parted_into_a_statement_of_its_own_and_undone_it_leads_back(
    editor, seeded, of, site_world, app
):
    claim = of("mara-lind-2")
    with site_world.database.reading() as session:
        places = [one.id for one in session.exec(select(Appearance).where(Appearance.claim_id == claim.id))]
    press(editor, f"/review/statement-{claim.public_id}", f"split {places[-1]}")
    with site_world.database.reading() as session:
        made = session.exec(
            select(Claim).join(Appearance, col(Appearance.claim_id) == col(Claim.id)).where(Appearance.id == places[-1])
        ).one()
    assert made.id != claim.id
    visitor = app.test_client()
    assert visitor.get(f"/c/{made.public_id}").status_code == 200
    undo(editor)
    answer = visitor.get(f"/c/{made.public_id}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/c/{claim.public_id}")


def test_speakers_are_merged_and_parted_and_undone(editor, seeded, of, app, site_world):
    lone = of("tor-aske-1").speaker_id
    address = "/desk/speakers/tor-aske"
    sent = {"csrf_token": token(editor, address), "name": "Ines Vale", "do": "merge", "reason": "One person"}
    assert editor.post(address, data=sent).status_code == 303
    answer = app.test_client().get("/s/tor-aske")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/s/ines-vale")
    assert of("tor-aske-1").speaker_id != lone
    undo(editor)
    assert of("tor-aske-1").speaker_id == lone
    assert app.test_client().get("/s/tor-aske").status_code == 200
    sent = {
        "csrf_token": token(editor, address),
        "name": "Tora Aske",
        "do": "split",
        "item": seeded.claims["tor-aske-1"],
    }
    editor.post(address, data=sent)
    with site_world.database.reading() as session:
        assert session.get(Speaker, of("tor-aske-1").speaker_id).name == "Tora Aske"
    assert of("tor-aske-2").speaker_id == lone


def test_of_two_editors_the_second_sees_whose_it_is_and_is_not_saved(editor, other_editor, seeded, of, site_world):
    address = f"/review/{seeded.claims['lea-kross-3']}/{PACT}"
    text(editor, address)
    page = text(other_editor, address)
    assert "Vera Noll has this statement open until" in page
    late = other_editor.post(address, data={**fields(page), "do": "code", "position": "ambiguous", "note": "My reason"})
    assert late.status_code == 409
    assert "My reason" in late.get_data(as_text=True)
    with site_world.database.transaction() as session:
        session.get_one(Reservation, of("lea-kross-3").id).until = seed.NOW - timedelta(seconds=1)
    assert press(other_editor, address, "code", position="ambiguous").status_code == 303


def test_a_form_that_is_out_of_date_gets_409_and_keeps_what_was_typed(editor, seeded):
    address = f"/review/{seeded.claims['lea-kross-3']}/{PACT}"
    old = fields(text(editor, address))
    press(editor, address, "code", position="ambiguous")
    late = editor.post(address, data={**old, "do": "code", "position": "fragment", "note": "Half a sentence"})
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "Half a sentence" in page
    assert re.search(r'value="fragment"[^>]*\bchecked', page)


def test_all_that_are_ticked_are_decided_by_one_press_and_undone_by_one(editor, seeded, site_world):
    page = text(editor, "/review?kind=codings", follow_redirects=True)
    ticked = re.findall(r'name="item" value="([^"]+)"', page)[:3]
    sent = {"csrf_token": token(editor, "/desk"), "kind": "codings", "bulk": "off topic", "item": ticked}
    editor.post("/desk/bulk", data=sent)

    def removed():
        with site_world.database.reading() as session:
            return session.exec(select(func.count()).where(col(ClaimTopic.removed).is_(True))).one()

    assert removed() == 3
    assert "3 × off topic" in text(editor, "/review?kind=codings", follow_redirects=True)
    undo(editor)
    assert removed() == 0
    with site_world.database.reading() as session:
        assert audit.verify(session)[1] == []
        assert len(session.exec(select(Decision).where(col(Decision.undone_at).is_not(None))).all()) == 3


def test_a_second_coding_is_blind_and_never_counts(editor, other_editor, seeded, of, site_world):
    with site_world.database.reading() as session:
        coding = session.exec(select(Coding).where(Coding.claim_id == of("mara-lind-2").id)).first()
    address = f"/review/second/{coding.id}"
    assert editor.get(address).status_code == 404
    page = text(other_editor, address)
    main = page.split("<main")[1]
    assert "Mara" not in main
    assert "Lind" not in main
    assert seeded.claims["mara-lind-2"] not in main
    assert "confirmed" not in main
    position = re.search(r'name="position" value="(\d+)"', page)[1]
    sent = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("following", "csrf_token")}
    assert other_editor.post(address, data={**sent, "do": "code", "position": position}).status_code == 303
    assert other_editor.get(address).status_code == 404
    assert "How far two coders agree" in text(other_editor, "/desk")


def test_a_shift_is_told_only_once_it_is_signed_and_with_two_signatures_nobody_signs_their_own(
    editor, other_editor, site_world, seeded
):
    from tracker.positions.models import Topic

    with site_world.database.transaction() as session:
        row = session.exec(select(Shift)).first()
        row.signed_at = None
        session.get_one(Topic, PACT).signatures = 2
        number = row.id
        accounts.add(session, seed.NOW, email="cleo@example.org", name="Cleo", role=Role.EDITOR, password=PASSWORD)
    assert f"shift-{number}" not in text(editor, f"/feeds/t/{PACT}/shifts.atom")
    address = f"/review/shifts/{number}"

    def sign(client):
        return client.post(address, data={"csrf_token": token(client, address), "do": "sign", "following": "/review"})

    assert sign(editor).status_code == 409  # vera coded both statements
    assert sign(other_editor).status_code == 303
    assert f"shift-{number}" not in text(editor, f"/feeds/t/{PACT}/shifts.atom")
    assert sign(other_editor).status_code == 409
    third = editor.application.test_client()
    sign_in(third, "cleo@example.org", PASSWORD)
    assert sign(third).status_code == 303
    assert f"shift-{number}" in text(editor, f"/feeds/t/{PACT}/shifts.atom")


def test_two_wordings_that_may_be_one_wait_side_by_side(editor, site_world, of):
    with site_world.database.transaction() as session:
        first = session.get_one(Claim, of("mara-lind-1").id)
        copy = Claim(**{**first.model_dump(exclude={"id"}), "public_id": "copycopy", "identity_key": "copy",
                        "folded": first.folded + " now", "text": first.text + " now"})  # fmt: skip
        session.add(copy)
        session.flush()
        from tracker.speech.ledger import utterances

        utterances.index_fingerprints(session, [first, copy])
        assert look_alikes.find(session, seed.NOW, [copy]) >= 1
        pair = session.exec(
            select(LookAlike).where(LookAlike.other_id == copy.id, LookAlike.claim_id == first.id)
        ).one()
        number = pair.id
    address = f"/review/alike/{number}"
    page = text(editor, address)
    assert "now" in page
    assert "<ins>" in page
    sent = {"csrf_token": token(editor, address), "do": "merge", "following": "/review"}
    assert editor.post(address, data=sent).status_code == 303
    assert editor.get("/c/copycopy").status_code == 301
    assert editor.post(address, data=sent).status_code == 409


def test_an_administrator_makes_and_changes_accounts_and_an_editor_does_not(editor, site_world, app):
    assert editor.get("/desk/accounts").status_code == 403
    with site_world.database.transaction() as session:
        accounts.add(session, seed.NOW, email="root@example.org", name="Root", role=Role.ADMIN, password=PASSWORD)
    admin = app.test_client()
    sign_in(admin, "root@example.org", PASSWORD)

    def send(**sent):
        return admin.post("/desk/accounts", data={"csrf_token": token(admin, "/desk/accounts"), **sent})

    new = {"do": "add", "email": "new@example.org", "name": "New", "role": "reporter", "password": PASSWORD}
    assert send(**new).status_code == 303
    assert send(do="role", email="new@example.org", role="editor").status_code == 303
    assert send(do="role", email="root@example.org", role="editor").status_code == 422
    assert send(do="close", email="vera@example.org").status_code == 303
    assert editor.get("/review").status_code == 302
    with site_world.database.reading() as session:
        assert accounts.find(session, "new@example.org").role is Role.EDITOR
        assert {entry.action for entry in session.exec(select(audit.AuditEntry))} >= {"account made", "role changed"}


def test_the_desk_tells_who_suggests_what_and_how_far_they_agree_with_editors(editor, seeded, site_world, of):
    claim = of("mara-lind-4")
    with site_world.database.transaction() as session:
        topic = session.get_one(Topic, PACT)
        steps = {one.step: one.id for one in session.exec(select(Position).where(Position.topic_id == PACT))}
        for name, step in ((SuggesterName.PHRASES, 1), (SuggesterName.LEARNED, 3)):
            found = Suggestion(steps[step], (f"a reason of {name.value}",))
            codings.suggest_anew(session, seed.NOW, claim.id, PACT, found, by=name)
        measured = SuggesterAgreement(coded=50, shown=31, exact=27, near=30, covered=30, without=10, alone=9)
        suggesters.store(session, seed.NOW, topic, SuggesterName.LEARNED, measured, model={"any": "thing"})
    page = " ".join(re.sub(r"<[^>]+>", " ", text(editor, f"/review/{claim.public_id}/{PACT}")).split())
    phrases, learned = page.index("Phrases of the scale"), page.index("Learned from this topic’s codings")
    assert phrases < page.index("a reason of rules") < learned < page.index("a reason of learned")
    assert "Agreement not measured yet." in page
    assert (
        "Of 60 confirmed codings that it had not learned from it suggests a step for 31: the editors’ own for 27, one within "
        "a step of it for 30. It leaves alone 9 of 10 without a position." in page
    )


def test_a_suggester_that_is_not_sure_says_so(editor, site_world, of):
    with site_world.database.transaction() as session:
        measured = SuggesterAgreement(coded=1, shown=0, exact=0, near=0, covered=0, without=0, alone=0)
        suggesters.store(session, seed.NOW, session.get_one(Topic, PACT), SuggesterName.LEARNED, measured)
    page = text(editor, f"/review/{of('mara-lind-4').public_id}/{PACT}")
    assert "Not sure enough to suggest anything yet, measured on 1 confirmed coding." in page


def test_the_newsrooms_phrases_stand_before_what_was_learned(site_world, of):
    claim = of("mara-lind-4")
    with site_world.database.transaction() as session:
        steps = {one.step: one.id for one in session.exec(select(Position).where(Position.topic_id == PACT))}
        for name, step in ((SuggesterName.LEARNED, 3), (SuggesterName.PHRASES, 1), (SuggesterName.LEARNED, 2)):
            codings.suggest_anew(session, seed.NOW, claim.id, PACT, Suggestion(steps[step], ()), by=name)
        session.exec(sa.delete(Coding).where(col(Coding.claim_id) == claim.id, col(Coding.state) == "confirmed"))
        assert positions.codings(session, [claim.id], PACT)[claim.id, PACT].step == 1
        codings.suggest_anew(session, seed.NOW, claim.id, PACT, None, by=SuggesterName.PHRASES)
        assert positions.codings(session, [claim.id], PACT)[claim.id, PACT].step == 2
