"""One's own account: who one is here, and a new password."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, redirect, request, session, url_for

from tracker import accounts, audit
from tracker.accounts import BadAccount
from tracker.web.context import as_response, now, render, writing
from tracker.web.security import require_user

pages = Blueprint("account", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage:
    """Answers: as whom am I signed in, and how do I change my password."""

    template: ClassVar[str] = "account.html"
    section: ClassVar[str] = "account"
    title: str
    email: str
    role: str
    problem: str | None
    changed: bool
    shortest: int


@pages.get("/account")
def form() -> Response:
    """The account and the empty form."""
    require_user()
    return _form(None, changed=session.pop("password_changed", None) is not None)


@pages.post("/account")
def change() -> Response:
    """Change one's own password: every session ends, and a fresh one goes on here."""
    who = require_user()
    old, new = request.form.get("old_password") or "", request.form.get("new_password") or ""
    if new != (request.form.get("new_password_again") or ""):
        return _form("The new password was not the same both times. Nothing has changed.", status=422)
    try:
        with writing() as db:
            token = accounts.change_password(db, now(), who.id, old, new)
            action = "password not changed: the old one was wrong" if token is None else "password changed"
            audit.write(db, now(), actor=who.email, action=action, subject=f"user:{who.id}")
    except BadAccount:
        short = (
            f"The new password is too short: at least {accounts.MIN_PASSWORD_LENGTH} characters. Nothing has changed."
        )
        return _form(short, status=422)
    if token is None:
        return _form("The old password is not right. Nothing has changed.", status=422)
    session.clear()
    session["token"], session["password_changed"] = token, True
    return as_response(redirect(url_for("account.form"), code=303))


def _form(problem: str | None, *, changed: bool = False, status: int = 200) -> Response:
    who = require_user()
    page = AccountPage(
        title="Your account",
        email=who.email,
        role=who.role.value,
        problem=problem,
        changed=changed,
        shortest=accounts.MIN_PASSWORD_LENGTH,
    )
    return render(page, status)
