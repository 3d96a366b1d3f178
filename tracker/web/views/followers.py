"""Who a visitor is as a follower: known by a link of a mail, by the click of a confirmation, or by being signed in."""

from flask import session

from tracker.alerts.ledger import followers, sign_up
from tracker.alerts.models import Follower
from tracker.db import Session
from tracker.web.context import now, user
from tracker.web.views import dates

KEY = "follower"


def remember(follower: Follower) -> None:
    """Know this browser as the follower's from now on: who opened a link of its mails reads its inbox."""
    session[KEY] = follower.public_id


def forget() -> None:
    """Know this browser as nobody's."""
    session.pop(KEY, None)


def current(db: Session) -> Follower | None:
    """The follower this visitor is; None for one we do not know."""
    public_id = session.get(KEY)
    if isinstance(public_id, str):
        found = followers.by_public_id(db, public_id)
        if found is not None:
            return found
    who = user()
    return followers.by_address(db, who.email) if who is not None else None


def current_or_colleague(db: Session) -> Follower | None:
    """The same, but a colleague who is signed in becomes a follower: the address of an account needs no confirmation."""
    found, who = current(db), user()
    if found is None and who is not None:
        return sign_up.enrol(db, now(), who.email, timezone=dates.zone().key)
    return found
