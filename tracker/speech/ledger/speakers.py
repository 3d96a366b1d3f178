"""Writes of the speech floor: speakers, as they are configured and as readings name them."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from tracker.db import insert_if_absent
from tracker.speech import wording
from tracker.speech.models import Alias, Office, Speaker, SpeakerGroup
from tracker.speech.people.office_holders import find_office_holder
from tracker.speech.queries import batches, speaker_by_id
from tracker.speech.types import KnownSpeaker, Quote


@dataclass(frozen=True, slots=True)
class NewOffice:
    """A role as it is configured; `to_on` is None while it is held."""

    title: str
    body: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class NewSpeaker:
    """A speaker as it is configured: name, "person" or "body", other names, roles."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    offices: tuple[NewOffice, ...]


def configure(session: Session, now: datetime, speakers: Sequence[NewSpeaker]) -> None:
    """Make the configured speakers with their other names and offices; what is there already stays."""
    for told in speakers:
        speaker = speaker_named(session, told.name)
        if speaker is None:
            speaker = _new_speaker(now, told.name, told.kind, _taken_slugs(session, [told.name]))
            session.add(speaker)
            session.flush()
        _add_names(session, speaker, told.aliases)
        _add_offices(session, speaker, told.offices)


def set_groups(session: Session, name: str, groups: Collection[str]) -> None:
    """Put the speaker of this name into these groups and no other; nothing where no one speaker bears the name."""
    speaker = speaker_named(session, name)
    if speaker is None:
        return
    held = {row.name: row for row in session.exec(select(SpeakerGroup).where(SpeakerGroup.speaker_id == speaker.id))}
    for group in held.keys() - set(groups):
        session.delete(held[group])
    for group in dict.fromkeys(groups):
        if group not in held:
            session.add(SpeakerGroup(speaker_id=speaker.id, name=group))


def speaker_named(session: Session, name: str) -> Speaker | None:
    """The one speaker with this name or alias; None when there is none or more than one."""
    found = _bearers(session, [wording.fold(name)])[wording.fold(name)]
    return found[0] if len(found) == 1 else None


def speakers_of(
    session: Session, now: datetime, quotes: Iterable[Quote], language: str | None
) -> dict[str, Speaker | None]:
    """The speakers that the mentions of one text were resolved to, by their names; unknown ones are made.

    None for a name that several of the record bear.
    """
    told = dict.fromkeys(quote.speaker.name for quote in quotes if quote.speaker and quote.speaker.name)
    return _find_or_make(session, now, told, language)


def get_or_create(session: Session, now: datetime, name: str | None, language: str | None) -> Speaker | None:
    """The speaker of one name, made where the record has none; None for a name that several of the record bear."""
    return _find_or_make(session, now, [name], language).get(name) if name else None


def sole_name(session: Session, name: str | None) -> str | None:
    """A name that stands for one speaker of the record, or for one it does not know yet; else None."""
    folded = wording.fold(name or "")
    return name if folded and len(_bearers(session, [folded])[folded]) <= 1 else None


def known_as(session: Session, name: str, language: str | None) -> str:
    """The name under which the record has a speaker, or would have one; nothing is made."""
    found = speaker_named(session, name)
    if found is None and (holder := find_office_holder(name, language)):
        spellings = (holder.speaker.name, *holder.speaker.aliases)
        found = next((one for spelling in spellings if (one := speaker_named(session, spelling))), None)
        return found.name if found else holder.speaker.name
    return found.name if found else name


def _find_or_make(
    session: Session, now: datetime, told: Iterable[str], language: str | None
) -> dict[str, Speaker | None]:
    names = {name: folded for name in told if (folded := wording.fold(name))}
    known = _bearers(session, names.values())
    slugs = _taken_slugs(session, [name for name, folded in names.items() if not known[folded]])
    speakers: dict[str, Speaker | None] = {}
    for name, folded in names.items():
        if not known[folded]:
            holder = find_office_holder(name, language)
            if holder:
                speaker = _office_holder(session, now, holder.speaker, slugs)
                for spelling in (holder.speaker.name, *holder.speaker.aliases):
                    known[wording.fold(spelling)] = known[wording.fold(spelling)] or [speaker]
            else:
                speaker = _new_speaker(now, name, "person", slugs)
                session.add(speaker)
            known[folded] = [speaker]
        speakers[name] = known[folded][0] if len(known[folded]) == 1 else None
    session.flush()
    return speakers


def _bearers(session: Session, folded: Collection[str]) -> defaultdict[str, list[Speaker]]:
    """Who bears each of these folded names: as a name, else as one of the other names."""
    found: defaultdict[str, list[Speaker]] = defaultdict(list)
    for some in batches(folded):
        for speaker in session.exec(select(Speaker).where(col(Speaker.folded).in_(some))):
            found[speaker.folded].append(speaker_by_id(session, speaker.id) or speaker)
    for some in batches([name for name in folded if name not in found]):
        rows = session.exec(
            select(Alias.folded, Speaker)
            .join(Speaker, col(Speaker.id) == col(Alias.speaker_id))
            .where(col(Alias.folded).in_(some))
            .distinct()
        )
        for name, speaker in rows:
            one = speaker_by_id(session, speaker.id) or speaker
            if one not in found[name]:
                found[name].append(one)
    return found


def _office_holder(session: Session, now: datetime, known: KnownSpeaker, taken: set[str]) -> Speaker:
    """The speaker of the record for a person of the list, under whichever spelling it is there; else a new one."""
    spellings = (known.name, *known.aliases)
    found = _bearers(session, [wording.fold(spelling) for spelling in spellings])
    one = next((bearers[0] for name in spellings if len(bearers := found[wording.fold(name)]) == 1), None)
    if one is None:
        taken |= _taken_slugs(session, [known.name])
        one = _new_speaker(now, known.name, known.kind, taken)
        session.add(one)
        session.flush()
    _add_names(session, one, spellings)
    offices = (
        NewOffice(title=office.title, body=office.body or "", from_on=office.since or date.min, to_on=office.until)
        for office in known.offices
    )
    _add_offices(session, one, offices)
    return one


def _add_names(session: Session, speaker: Speaker, names: Iterable[str]) -> None:
    for name in names:
        insert_if_absent(session, Alias, {"speaker_id": speaker.id, "text": name, "folded": wording.fold(name)})


def _add_offices(session: Session, speaker: Speaker, offices: Iterable[NewOffice]) -> None:
    for office in offices:
        insert_if_absent(session, Office, {"speaker_id": speaker.id, **asdict(office)})


def _new_speaker(now: datetime, name: str, kind: str, taken: set[str]) -> Speaker:
    """A speaker with an address of its own; the address is `taken` from then on."""
    folded = wording.fold(name)
    slug = _plain_slug(folded)
    if not slug or slug in taken:
        slug = f"{slug}-{hashlib.sha256(folded.encode()).hexdigest()[:6]}".strip("-")
    taken.add(slug)
    return Speaker(slug=slug, name=name, folded=folded, kind=kind, created_at=now)


def _taken_slugs(session: Session, names: Iterable[str]) -> set[str]:
    """Those of the plain addresses of these names that the record has already."""
    wanted = [_plain_slug(wording.fold(name)) for name in names]
    return {
        slug
        for some in batches(wanted)
        for slug in session.exec(select(Speaker.slug).where(col(Speaker.slug).in_(some)))
    }


def _plain_slug(folded: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:80]
