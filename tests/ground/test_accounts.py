from datetime import timedelta

import pytest

from tests.conftest import NOON
from tracker import accounts, permissions
from tracker.accounts import BadAccount, Role
from tracker.limits import TooMany
from tracker.permissions import PERMISSIONS

PASSWORD = "a long enough password"


def add(database, email="ben@example.org", role=Role.EDITOR):
    with database.transaction() as session:
        return accounts.add(session, NOON, email=email, name="Ben", role=role, password=PASSWORD)


def sign_in(database, email="ben@example.org", password=PASSWORD, now=NOON, ip="192.0.2.1"):
    with database.transaction() as session:
        return accounts.sign_in(session, now, email, password, ip)


def who(database, token, now=NOON):
    with database.reading() as session:
        return accounts.user_for_token(session, now, token)


def test_the_right_password_opens_a_session(database):
    add(database)
    token = sign_in(database, "BEN@example.org ")
    assert who(database, token).name == "Ben"


def test_a_wrong_password_or_an_unknown_address_gives_nothing(database):
    add(database)
    assert sign_in(database, password="wrong") is None
    assert sign_in(database, email="nobody@example.org") is None
    assert who(database, "made up") is None


@pytest.mark.as_in_service
def test_a_password_is_kept_as_argon2id_in_the_low_memory_profile(database):
    """RFC 9106, section 4: 64 MiB, three passes, four lanes."""
    add(database)
    with database.reading() as session:
        assert accounts.find(session, "ben@example.org").password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert sign_in(database)


@pytest.mark.parametrize("change", ["sign out", "password", "role", "disabled", "time"])
def test_a_copied_cookie_is_worth_nothing_after(database, change):
    add(database)
    token = sign_in(database)
    with database.transaction() as session:
        if change == "sign out":
            accounts.sign_out(session, token)
        elif change == "password":
            accounts.set_password(session, "ben@example.org", PASSWORD + "!")
        elif change == "role":
            accounts.set_role(session, "ben@example.org", Role.READER)
        elif change == "disabled":
            accounts.disable(session, NOON, "ben@example.org")
    assert who(database, token, NOON + timedelta(days=15) if change == "time" else NOON) is None


def test_five_tries_a_minute_for_one_account(database):
    add(database)
    for number in range(5):
        sign_in(database, password="wrong", ip=f"192.0.2.{number}")
    with pytest.raises(TooMany) as caught:
        sign_in(database, ip="192.0.2.9")
    assert 0 < caught.value.retry_after_s <= 60
    assert sign_in(database, now=NOON + timedelta(seconds=61), ip="192.0.2.9") is not None


def test_twenty_tries_an_hour_from_one_place(database):
    for number in range(20):
        sign_in(database, email=f"p{number}@example.org", now=NOON + timedelta(minutes=number))
    with pytest.raises(TooMany):
        sign_in(database, email="other@example.org", now=NOON + timedelta(minutes=21))


def test_short_passwords_bad_and_used_addresses_are_refused(database):
    add(database)
    with pytest.raises(BadAccount, match="there is an account"):
        add(database)
    with pytest.raises(BadAccount, match="too short"), database.transaction() as session:
        accounts.add(session, NOON, email="a@example.org", name="A", role=Role.READER, password="short")
    with pytest.raises(BadAccount, match=r"name@example\.org"):
        add(database, email="not an address")


def test_each_role_may_what_the_table_says(database):
    users = {role: add(database, f"{role}@example.org", role) for role in Role}
    order = list(Role)
    for act, least in PERMISSIONS.items():
        for role, user in users.items():
            assert permissions.can(user, act) == (order.index(role) >= order.index(least))
        assert not permissions.can(None, act)


@pytest.mark.parametrize("change", ["role", "disabled"])
def test_the_last_open_admin_stays_one(database, change):
    add(database, role=Role.ADMIN)

    def take_away():
        with database.transaction() as session:
            if change == "role":
                accounts.set_role(session, "ben@example.org", Role.EDITOR)
            else:
                accounts.disable(session, NOON, "ben@example.org")

    with pytest.raises(BadAccount, match="the last open admin"):
        take_away()
    with database.transaction() as session:
        accounts.set_role(session, "ben@example.org", Role.ADMIN)
    add(database, email="ada@example.org", role=Role.ADMIN)
    take_away()


def test_a_disabled_admin_counts_as_none_and_may_lose_the_role(database):
    add(database, role=Role.ADMIN)
    add(database, email="ada@example.org", role=Role.ADMIN)
    with database.transaction() as session:
        accounts.disable(session, NOON, "ada@example.org")
        accounts.set_role(session, "ada@example.org", Role.READER)
    with pytest.raises(BadAccount), database.transaction() as session:
        accounts.disable(session, NOON, "ben@example.org")


def test_changing_the_own_password_gives_a_fresh_session_and_ends_the_old(database):
    user = add(database)
    old = sign_in(database)
    with database.transaction() as session:
        assert accounts.change_password(session, NOON, user.id, "wrong", PASSWORD + "!") is None
        fresh = accounts.change_password(session, NOON, user.id, PASSWORD, PASSWORD + "!")
    assert who(database, old) is None
    assert who(database, fresh).email == "ben@example.org"
    with pytest.raises(BadAccount, match="too short"), database.transaction() as session:
        accounts.change_password(session, NOON, user.id, PASSWORD + "!", "short")


def test_an_e_mail_address_is_never_told_who_did_something_is(database):
    add(database)
    with database.transaction() as session:
        accounts.add(session, NOON, email="x@example.org", name="x@example.org", role=Role.EDITOR, password=PASSWORD)
    actors = {"ben@example.org", "x@example.org", "gone@example.org", "rules", "command line"}
    with database.reading() as session:
        assert accounts.public_names(session, actors) == {
            "ben@example.org": "Ben",
            "x@example.org": "the newsroom",
            "gone@example.org": "the newsroom",
            "rules": "rules",
            "command line": "command line",
        }
