"""The speakers the record knows, as the reader takes them."""

from datetime import date

from sqlmodel import Session, col, select

from tracker.speech.models import Alias, Office, Speaker
from tracker.speech.reading import KnownOffice, KnownSpeaker


def known_speakers(session: Session) -> tuple[KnownSpeaker, ...]:
    """Every speaker with other names and offices, in three SELECTs."""
    aliases: dict[int, list[str]] = {}
    for alias in session.exec(select(Alias).order_by(col(Alias.id))):
        aliases.setdefault(alias.speaker_id, []).append(alias.text)
    offices: dict[int, list[KnownOffice]] = {}
    for office in session.exec(select(Office).order_by(col(Office.from_on))):
        since = None if office.from_on == date.min else office.from_on
        offices.setdefault(office.speaker_id, []).append(
            KnownOffice(title=office.title, body=office.body or None, since=since, until=office.to_on)
        )
    return tuple(
        KnownSpeaker(
            name=speaker.name,
            aliases=tuple(aliases.get(speaker.id, ())),
            kind="body" if speaker.kind == "body" else "person",
            offices=tuple(offices.get(speaker.id, ())),
        )
        for speaker in session.exec(select(Speaker).order_by(col(Speaker.id)))
    )
