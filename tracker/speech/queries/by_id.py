"""Single rows of the speech floor by their numbers, for who decides about them at the desk."""

from sqlmodel import Session

from tracker.speech.models import Appearance, Claim, LookAlike, Speaker


def claim(session: Session, number: int) -> Claim:
    """The claim with this number. Raises `NoResultFound`."""
    return session.get_one(Claim, number)


def appearance(session: Session, number: int) -> Appearance | None:
    """The appearance with this number."""
    return session.get(Appearance, number)


def speaker(session: Session, number: int | None) -> Speaker | None:
    """The speaker with this number; None for no number, too."""
    return session.get(Speaker, number) if number is not None else None


def look_alike(session: Session, number: int) -> LookAlike | None:
    """The pair of statements that look alike with this number."""
    return session.get(LookAlike, number)
