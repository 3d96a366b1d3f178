"""Everybody with a statement, as several pages list them."""

from tracker.db import Session
from tracker.speech import queries as speech
from tracker.speech.queries import SpeakerCount
from tracker.web.cache import cached


def listed_speakers(db: Session) -> tuple[SpeakerCount, ...]:
    """Everybody with a statement, counted anew when the record has changed."""
    return cached(db, "speakers", lambda: tuple(speech.speakers(db)))
