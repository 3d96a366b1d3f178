"""Questions about followers: their alerts in plain words, and how much an alert would bring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from tracker.alerts.models import (
    Follower,
    MutedSpeaker,
    Rhythm,
    StoredQuery,
    Subscription,
    SubscriptionState,
)
from tracker.positions.models import Event
from tracker.positions.queries import searches
from tracker.speech import phrasing
from tracker.speech.models import Speaker
from tracker.speech.search.parameters import Parameters, read_query

WHEN = {Rhythm.INSTANT: "at once", Rhythm.DAILY: "daily", Rhythm.WEEKLY: "weekly"}
WHAT = {"claims": "every new statement", "shifts": "only shifts", "changes": "only changes at the sources"}
OURS = frozenset({"topic", "event", "side", "position", "kind", "lane", "polarity", "said_from", "said_to"})
"""Parameters whose values can't be a stranger's words."""
WEEKS = 8
MOST_NAMED = 5
"""Speakers that a summary names; of more it says how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert of a follower, as pages and mails tell it."""

    id: int
    subscription: Subscription
    told: dict[str, list[str]]
    summary: str
    """What it follows: `“bridge toll” by Mara Lind, on The toll`."""
    what: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedVolume:
    """How much an alert would have brought lately: statements in the last `WEEKS` weeks by their days, and the last of all."""

    lately: int
    last: date | None

    @property
    def words(self) -> str:
        """In words: "About 3 a week, last: 14 May 2024"."""
        if not self.lately and self.last is None:
            return "Nothing on the record yet"
        rounded = round(self.lately / WEEKS)
        much = f"About {rounded} a week" if rounded else f"{self.lately or 'None'} in the last {WEEKS} weeks"
        return f"{much}, last: {phrasing.short_day(self.last)}" if self.last else f"{much}, none with a day before"


def alerts_of(session: Session, follower_id: int) -> list[Alert]:
    """The confirmed alerts of a follower, the oldest first."""
    rows = session.exec(
        select(Subscription, StoredQuery)
        .join(StoredQuery, col(StoredQuery.id) == col(Subscription.query_id))
        .where(Subscription.follower_id == follower_id, Subscription.state == SubscriptionState.CONFIRMED)
        .order_by(col(Subscription.id))
    ).all()
    return [_alert(session, subscription, query) for subscription, query in rows]


def alerts_by_id(session: Session, subscription_ids: Sequence[int]) -> dict[int, Alert]:
    """These alerts, whatever became of them."""
    rows = session.exec(
        select(Subscription, StoredQuery)
        .join(StoredQuery, col(StoredQuery.id) == col(Subscription.query_id))
        .where(col(Subscription.id).in_(subscription_ids))
        .order_by(col(Subscription.id))
    ).all()
    return {subscription.id: _alert(session, subscription, query) for subscription, query in rows}


def muted(session: Session, follower_id: int) -> list[Speaker]:
    """The speakers of whom a follower is told nothing, by name."""
    return list(
        session.exec(
            select(Speaker)
            .join(MutedSpeaker, col(MutedSpeaker.speaker_id) == col(Speaker.id))
            .where(MutedSpeaker.follower_id == follower_id)
            .order_by(Speaker.name)
        )
    )


def follower_of(session: Session, subscription: Subscription) -> Follower:
    """Whose alert it is."""
    return session.get_one(Follower, subscription.follower_id)


def is_told(session: Session, follower_id: int) -> bool:
    """Whether a follower has an alert that counts."""
    query = select(Subscription.id).where(
        Subscription.follower_id == follower_id, Subscription.state == SubscriptionState.CONFIRMED
    )
    return session.exec(query.limit(1)).first() is not None


def expected_volume(session: Session, told: Parameters, now: datetime) -> ExpectedVolume:
    """How much a query would have brought in the last weeks."""
    query, today = read_query(told), now.date()
    return ExpectedVolume(
        lately=searches.said_since(session, query, today - timedelta(weeks=WEEKS)),
        last=searches.last_said(session, query),
    )


def title(session: Session, told: Mapping[str, Sequence[str]]) -> str:
    """A query in a few words, for a subject: its topic, else its words, else all of it."""
    if "q" in told:
        return f"“{told['q'][0]}”"
    topics = searches.topics_called(session, told["topic"][0]) if "topic" in told else ()
    return topics[0].name if topics else summary(session, told)


def ours_alone(session: Session, told: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What of a query may stand in a mail to somebody who did not ask: our topics, events and speakers, no typed words."""
    slugs = set(session.exec(select(Speaker.slug).where(col(Speaker.slug).in_(told.get("speaker", ())))))
    speakers = [slug for slug in told.get("speaker", ()) if slug in slugs]
    kept = {name: list(values) for name, values in told.items() if name in OURS}
    if "topic" in kept:
        kept["topic"] = [topic.id for topic in searches.topics_called(session, kept["topic"][0])][:1]
    if "event" in kept and session.get(Event, kept["event"][0]) is None:
        del kept["event"]
    return {name: values for name, values in {**kept, "speaker": speakers}.items() if values}


def summary(session: Session, told: Mapping[str, Sequence[str]]) -> str:
    """A query in plain words: `“bridge toll” by Mara Lind or Tor Aske, on The toll, before the Seaford summit`."""
    one = {name: values[0] for name, values in told.items()}
    parts = [f"“{one['q']}”" if "q" in one else "statements"]
    parts[0] += _by(session, told.get("speaker", ()))
    if "topic" in one:
        parts.append(
            f"on {' or '.join(topic.name for topic in searches.topics_called(session, one['topic'])) or one['topic']}"
        )
    if "position" in one:
        parts.append(f"at step {one['position']}")
    if "event" in one:
        event = session.get(Event, one["event"])
        parts.append(f"{one.get('side', 'around')} {event.name if event else one['event']}")
    words = {"source": "in {}", "kind": "{} only", "channel": "in a {}", "language": "in the language {}"}
    parts += [form.format(one[name]) for name, form in words.items() if name in one]
    if "lane" in one:
        parts.append("in primary records" if one["lane"] == "primary" else "as reported by others")
    if "polarity" in one:
        parts.append("denied" if one["polarity"] == "denied" else "not denied")
    parts += [f"said {word} {one[name]}" for name, word in (("said_from", "from"), ("said_to", "to")) if name in one]
    return ", ".join(parts)


def _by(session: Session, speakers: Sequence[str]) -> str:
    if not speakers:
        return ""
    if len(speakers) > MOST_NAMED:
        return f" by {len(speakers)} chosen speakers"
    names = {one.slug: one.name for one in session.exec(select(Speaker).where(col(Speaker.slug).in_(speakers)))}
    return f" by {' or '.join(names.get(one, one) for one in speakers)}"


def _alert(session: Session, subscription: Subscription, query: StoredQuery) -> Alert:
    what = "claims" if subscription.claims else "shifts" if subscription.shifts else "changes"
    return Alert(
        id=subscription.id,
        subscription=subscription,
        told=query.told,
        summary=summary(session, query.told),
        what=WHAT[what],
        when=WHEN[subscription.rhythm],
    )
