"""One's own account: a new password, the end of every session, and what the audit trail keeps of it."""

from sqlmodel import select

from tests.web.conftest import PASSWORD, sign_in, token
from tracker import audit
from tracker.audit import AuditEntry
from tracker.positions import queries as positions

NEW = "four red lanterns 8"


def change(client, old=PASSWORD, new=NEW, again=None):
    form = {"old_password": old, "new_password": new, "new_password_again": new if again is None else again}
    return client.post("/account", data={**form, "csrf_token": token(client, "/account")})


def trail(world):
    with world.database.reading() as session:
        assert audit.verify(session)[1] == []
        return [(one.action, one.actor, one.subject.split(":")[0]) for one in session.exec(select(AuditEntry))]


def test_the_account_is_linked_beside_signing_out_and_closed_to_strangers(app, editor):
    assert 'href="/account"' in editor.get("/").get_data(as_text=True)
    assert app.test_client().get("/account").headers["Location"] == "/sign-in?next=/account"
    stranger = app.test_client()
    form = {"csrf_token": token(stranger, "/sign-in"), "old_password": PASSWORD}
    assert stranger.post("/account", data=form).headers["Location"] == "/sign-in?next=/account"


def test_a_new_password_ends_every_session_but_the_one_that_goes_on_here(app, editor):
    copied, elsewhere = editor.get_cookie("session").value, app.test_client()
    sign_in(elsewhere, "vera@example.org", PASSWORD)
    answer = change(editor)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "Your password is changed" in editor.get("/account").get_data(as_text=True)
    assert "Your password is changed" not in editor.get("/account").get_data(as_text=True)
    assert elsewhere.get("/account").status_code == 302
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert thief.get("/account").status_code == 302
    assert sign_in(thief, "vera@example.org", PASSWORD).status_code == 422
    assert sign_in(thief, "vera@example.org", NEW).status_code == 303


def test_what_is_wrong_with_a_new_password_is_said_and_nothing_changes(app, editor):
    for answer, words in (
        (change(editor, old="not my password"), "The old password is not right"),
        (change(editor, new="short"), "at least 12 characters"),
        (change(editor, again="four red lanterns 9"), "not the same both times"),
    ):
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)
    assert sign_in(app.test_client(), "vera@example.org", PASSWORD).status_code == 303


def test_guessing_the_old_password_is_stopped_and_keeps_nobody_from_signing_in(app, editor):
    codes = [change(editor, old=f"guess {number}").status_code for number in range(7)]
    assert codes == [422] * 5 + [429] * 2
    assert sign_in(app.test_client(), "vera@example.org", PASSWORD).status_code == 303


def test_signing_in_and_out_failing_and_changing_are_in_the_audit_trail(editor, site_world):
    change(editor, old="not my password")
    change(editor)
    editor.post("/sign-out", data={"csrf_token": token(editor, "/")})
    sign_in(editor, "vera@example.org", "wrong")
    sign_in(editor, "nobody@example.org", "wrong")
    assert trail(site_world) == [
        ("signed in", "vera@example.org", "user"),
        ("password not changed: the old one was wrong", "vera@example.org", "user"),
        ("password changed", "vera@example.org", "user"),
        ("signed out", "vera@example.org", "user"),
        ("sign-in failed", "somebody", "user"),
        ("sign-in failed", "somebody", "sign-in"),
    ]


def test_a_stranger_who_tries_and_tries_adds_no_more_to_the_trail_than_is_counted(client, site_world):
    for number in range(40):
        sign_in(client, f"nobody{number}@example.org", "wrong")
    kept = trail(site_world)
    assert len(kept) == 20
    assert "nobody" not in str(kept)


def test_who_signs_in_has_no_page_counted_anew(client, site_world):
    with site_world.database.reading() as session:
        before = positions.newest_rows(session)
    sign_in(client, "nobody@example.org", "wrong")
    with site_world.database.transaction() as session:
        assert positions.newest_rows(session) == before
        audit.write(session, site_world.now(), actor="vera", action="corrected", subject="claim:1")
        assert positions.newest_rows(session) != before
