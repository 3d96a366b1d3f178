"""Signing in and out. The answer to a wrong password and to an unknown address is the same."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, redirect, request, session, url_for

from tracker import accounts, audit
from tracker.db import Session
from tracker.limits import TooMany
from tracker.web import errors, forms
from tracker.web.context import as_response, client_address, now, render, user, writing
from tracker.web.security import safe_next_path

pages = Blueprint("auth", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """The sign-in form."""

    template: ClassVar[str] = "sign_in.html"
    section: ClassVar[str] = "sign-in"
    title: str
    email: str
    wrong: bool
    next: str


@pages.get("/sign-in")
def form() -> Response:
    """The empty form."""
    return render(
        SignInPage(
            title="Sign in", email="", wrong=False, next=safe_next_path(request.args.get("next"), request.root_path)
        )
    )


@pages.post("/sign-in")
def sign_in() -> Response:
    """Check address and password; a fresh session on success."""
    email, onward = forms.field("email"), safe_next_path(request.form.get("next"), request.root_path)
    try:
        with writing() as db:
            token = accounts.sign_in(db, now(), email, request.form.get("password") or "", client_address())
            _note(db, email, right=token is not None)
    except TooMany as problem:
        response = errors.error(429, detail=f"Wait {problem.retry_after_s} seconds and try again.")
        response.headers["Retry-After"] = str(problem.retry_after_s)
        return response
    if token is None:
        return render(SignInPage(title="Sign in", email=email, wrong=True, next=onward), 422)
    session.clear()
    session["token"] = token
    return as_response(redirect(onward, code=303))


@pages.post("/sign-out")
def sign_out() -> Response:
    """End this session."""
    token = session.get("token")
    who = user()
    if who is not None and isinstance(token, str):
        with writing() as db:
            accounts.sign_out(db, token)
            audit.write(db, now(), actor=who.email, action="signed out", subject=f"user:{who.id}")
    session.clear()
    return as_response(redirect(url_for("home.home"), code=303))


def _note(db: Session, email: str, *, right: bool) -> None:
    """Write a counted try into the audit trail: under its account, or under a hash where there is none."""
    who = accounts.find(db, email)
    unknown = hashlib.sha256(email.strip().casefold().encode("utf-8", "replace")).hexdigest()[:16]
    audit.write(
        db,
        now(),
        actor=who.email if who and right else "somebody",
        action="signed in" if right else "sign-in failed",
        subject=f"user:{who.id}" if who else f"sign-in:{unknown}",
    )
