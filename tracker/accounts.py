"""Accounts: users, roles, passwords and sign-ins. What each role may do: `tracker.permissions`.

Passwords are argon2id (RFC 9106, the library's low-memory profile). A sign-in is a row, so it dies with sign-out, a new
password, a new role or a disabled account; the cookie holds a random token of which only the hash is stored.
"""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Field, Session, SQLModel, col, select

from tracker import limits
from tracker.db import UTCDateTime, advisory_lock, enum_column
from tracker.errors import TrackerError

MIN_PASSWORD_LENGTH = 12
MAX_ADDRESS_LENGTH = 254
"""RFC 5321 4.5.3.1.3, less the angle brackets."""
SESSION_LIFETIME = timedelta(days=14)
NEWSROOM = "the newsroom"
"""Who did something, where no name can be told."""


class Role(StrEnum):
    """What kind of colleague somebody is; each may do what the ones before it may."""

    READER = "reader"
    REPORTER = "reporter"
    EDITOR = "editor"
    ADMIN = "admin"


class BadAccount(TrackerError):
    """An account can't be made or changed as asked."""


class User(SQLModel, table=True):
    """A colleague with a role."""

    id: int = Field(default=None, primary_key=True)
    email: str = Field(unique=True)
    name: str
    role: Role = Field(sa_type=enum_column(Role))
    password_hash: str
    created_at: datetime = Field(sa_type=UTCDateTime)
    disabled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SignIn(SQLModel, table=True):
    """One open session of a user."""

    __tablename__ = "sign_in"

    id: int = Field(default=None, primary_key=True)
    token_sha256: str = Field(unique=True, max_length=64)
    user_id: int = Field(foreign_key="user.id", index=True)
    since: datetime = Field(sa_type=UTCDateTime)
    until: datetime = Field(sa_type=UTCDateTime)


def add(session: Session, now: datetime, *, email: str, name: str, role: Role, password: str) -> User:
    """A new account. Raises `BadAccount` for a bad address, a short password or an address in use."""
    folded = fold_email(email)
    if session.exec(select(User).where(User.email == folded)).first() is not None:
        raise BadAccount(f"{email}: there is an account with this address")
    user = User(email=folded, name=name, role=role, password_hash=_hash(password), created_at=now)
    session.add(user)
    session.flush()
    return user


def disable(session: Session, now: datetime, email: str) -> User:
    """Close an account and every open session of it. Raises `BadAccount` for the last open admin."""
    user = _by_email(session, email)
    _require_another_admin(session, user, "disabled")
    user.disabled_at = now
    session.add(user)
    end_sessions(session, user)
    return user


def enable(session: Session, email: str) -> User:
    """Open a closed account again; its old sessions stay ended."""
    user = _by_email(session, email)
    user.disabled_at = None
    session.add(user)
    return user


def set_password(session: Session, email: str, password: str) -> User:
    """A new password; every open session ends. Raises `BadAccount` for a short one or an unknown address."""
    user = _by_email(session, email)
    user.password_hash = _hash(password)
    session.add(user)
    end_sessions(session, user)
    return user


def change_password(session: Session, now: datetime, user_id: int, old: str, new: str) -> str | None:
    """Change one's own password: every open session ends, and the token of a fresh one is given.

    None when the old password is wrong. Raises `BadAccount` for a short new one, and `TooMany` after 5 tries a minute or
    20 an hour: they are counted apart from sign-ins, so that a stranger's tries keep nobody from changing a password.
    """
    replaced = _hash(new)
    limits.count(session, now, "change password", str(user_id), most=20, within=timedelta(hours=1))
    limits.count(session, now, "change password now", str(user_id), most=5, within=timedelta(minutes=1))
    user = session.get(User, user_id)
    if user is None or user.disabled_at is not None or not _matches(user.password_hash, old):
        return None
    user.password_hash = replaced
    session.add(user)
    end_sessions(session, user)
    return _open_session(session, now, user)


def set_role(session: Session, email: str, role: Role) -> User:
    """Set another role; every open session ends. Raises `BadAccount` when no open admin would be left."""
    user = _by_email(session, email)
    if role is not Role.ADMIN:
        _require_another_admin(session, user, f"made {'an' if role is Role.EDITOR else 'a'} {role.value}")
    user.role = role
    session.add(user)
    end_sessions(session, user)
    return user


def _require_another_admin(session: Session, user: User, what: str) -> None:
    """Refuse to take the last open admin away: nobody could give the role back from the site."""
    advisory_lock(session, "accounts")  # of two who do it to each other at once, the second sees what the first did
    session.refresh(user)
    others = select(User.id).where(User.role == Role.ADMIN, col(User.disabled_at).is_(None), User.id != user.id)
    if user.role is Role.ADMIN and user.disabled_at is None and session.exec(others).first() is None:
        raise BadAccount(f"{user.email} is the last open admin and can't be {what}; make another admin first")


def list_users(session: Session) -> list[User]:
    """All accounts by address."""
    return list(session.exec(select(User).order_by(User.email)))


def sign_in(session: Session, now: datetime, email: str, password: str, ip: str) -> str | None:
    """A fresh session token, or None; known and unknown addresses take the same time and get the same answer.

    Raises `TooMany` after 5 tries a minute for one account or 20 an hour from one place.
    """
    folded = email.strip().casefold()
    limits.count(session, now, "sign in from", ip, most=20, within=timedelta(hours=1))
    limits.count(session, now, "sign in as", folded, most=5, within=timedelta(minutes=1))
    user = find(session, folded)
    right = _matches(user.password_hash if user else _dummy_hash(), password)
    if user is None or not right or user.disabled_at is not None:
        return None
    return _open_session(session, now, user)


def _open_session(session: Session, now: datetime, user: User) -> str:
    token = secrets.token_urlsafe(32)
    session.add(SignIn(token_sha256=_digest(token), user_id=user.id, since=now, until=now + SESSION_LIFETIME))
    session.flush()
    return token


def user_for_token(session: Session, now: datetime, token: str) -> User | None:
    """The user behind a session token, while the session stands."""
    return session.exec(
        select(User)
        .join(SignIn, col(SignIn.user_id) == col(User.id))
        .where(SignIn.token_sha256 == _digest(token), col(SignIn.until) > now, col(User.disabled_at).is_(None))
    ).first()


def sign_out(session: Session, token: str) -> None:
    """End one session; a copied cookie is worth nothing afterwards."""
    session.connection().execute(sa.delete(SignIn).where(col(SignIn.token_sha256) == _digest(token)))


def end_sessions(session: Session, user: User) -> None:
    """End every session of a user."""
    session.connection().execute(sa.delete(SignIn).where(col(SignIn.user_id) == user.id))


def delete_expired_sessions(session: Session, now: datetime) -> int:
    """Delete sessions that ran out."""
    return int(session.connection().execute(sa.delete(SignIn).where(col(SignIn.until) < now)).rowcount)


def fold_email(email: str) -> str:
    """An address in the one form it is kept in; raises `BadAccount` when it is none."""
    folded = email.strip().casefold()
    if len(folded) > MAX_ADDRESS_LENGTH or not re.fullmatch(
        r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.?[^\s@<>,;:\"()\[\]\\]+", folded
    ):
        raise BadAccount("Enter an email address like name@example.org")
    return folded


def find(session: Session, email: str) -> User | None:
    """The account that somebody names at the sign-in, open or not."""
    return session.exec(select(User).where(User.email == email.strip().casefold())).first()


def public_names(session: Session, actors: Collection[str]) -> dict[str, str]:
    """Who did something, as everybody may read it: an account's name for its e-mail address, which nobody may.

    What is no address ("rules", "command line") names itself; an address without an account, or one whose name holds an
    address too, is "the newsroom".
    """
    addresses = {actor for actor in actors if "@" in actor}
    rows = session.exec(select(User.email, User.name).where(col(User.email).in_(addresses))).all() if addresses else []
    known = {email: name for email, name in rows if "@" not in name}
    return {actor: known.get(actor, NEWSROOM) if actor in addresses else actor for actor in actors}


def _by_email(session: Session, email: str) -> User:
    user = session.exec(select(User).where(User.email == fold_email(email))).first()
    if user is None:
        raise BadAccount(f"{email}: there is no such account")
    return user


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _dummy_hash() -> str:
    """The hash an unknown address is checked against, so that it takes as long as a known one."""
    return _hasher().hash(secrets.token_hex(16))


def require_strong(password: str) -> str:
    """The password, when it may be one. Raises `BadAccount`."""
    if len(password) < MIN_PASSWORD_LENGTH:
        raise BadAccount(f"the password is too short: at least {MIN_PASSWORD_LENGTH} characters")
    return password


def _hash(password: str) -> str:
    return _hasher().hash(require_strong(password))


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
