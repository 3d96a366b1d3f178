"""Accounts of colleagues, for administrators: who there is, a new one, another role, a new password, closing one."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, redirect, request, url_for

from tracker import accounts, audit
from tracker.accounts import BadAccount, Role, User
from tracker.db import Session
from tracker.web import forms
from tracker.web.context import as_response, now, reading, render, writing
from tracker.web.security import require_permission, require_user

pages = Blueprint("colleagues", __name__)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as administrators see it."""

    email: str
    name: str
    role: str
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleaguesPage:
    """Answers: who may do what here, and how is that changed."""

    template: ClassVar[str] = "colleagues.html"
    section: ClassVar[str] = "desk"
    title: str
    accounts: tuple[AccountRow, ...]
    roles: tuple[str, ...]
    shortest: int
    problem: str | None
    done: str | None
    typed_email: str
    typed_name: str


@pages.get("/desk/accounts")
def index() -> Response:
    """Every account."""
    require_permission("change accounts")
    forms.only("done")
    return _page(done=forms.text("done"))


@pages.post("/desk/accounts")
def change() -> Response:
    """Make an account, or change one: role, password, closed or open."""
    require_permission("change accounts")
    who = require_user()
    do, email = forms.chosen("do", ("add", "role", "password", "close", "open")), forms.field("email")
    try:
        with writing() as db:
            told = _change(db, do, email, by=who)
    except BadAccount as problem:
        return _page(problem=f"{str(problem)[:1].upper()}{str(problem)[1:]}. Nothing has changed.", status=422)
    return as_response(redirect(url_for("colleagues.index", done=told), code=303))


def _change(db: Session, do: str, email: str, *, by: User) -> str:
    password = request.form.get("password") or ""
    old, new = None, None
    if do == "add":
        role = Role(forms.chosen("role", tuple(Role)))
        row = accounts.add(db, now(), email=email, name=forms.field("name") or email, role=role, password=password)
        action, new = "account made", role.value
    elif do == "role":
        role = Role(forms.chosen("role", tuple(Role)))
        known = accounts.find(db, email)
        old, new = known.role.value if known else None, role.value
        row, action = accounts.set_role(db, email, role), "role changed"
    elif do == "password":
        row, action = accounts.set_password(db, email, password), "password changed"
    elif do == "close":
        row, action = accounts.disable(db, now(), email), "account disabled"
    else:
        row, action = accounts.enable(db, email), "account opened again"
    audit.write(
        db,
        now(),
        actor=by.email,
        action=action,
        subject=f"user:{row.id}",
        field="role" if new else None,
        old=old,
        new=new,
    )
    return f"{action[:1].upper()}{action[1:]}: {row.email}."


def _page(problem: str | None = None, done: str | None = None, status: int = 200) -> Response:
    with reading() as db:
        rows = accounts.list_users(db)
    page = ColleaguesPage(
        title="Accounts",
        accounts=tuple(
            AccountRow(row.email, row.name, row.role.value, closed=row.disabled_at is not None) for row in rows
        ),
        roles=tuple(Role),
        shortest=accounts.MIN_PASSWORD_LENGTH,
        problem=problem,
        done=done,
        typed_email=forms.field("email") if problem else "",
        typed_name=forms.field("name") if problem else "",
    )
    return render(page, status)
