"""When mails count as not going out, and collecting as standing still: for `/readyz` and the mails to operators. Pure."""

from datetime import datetime, timedelta

from tracker.alerts.queries import OutboxStatus
from tracker.archive.queries import Collection

UNSENT = timedelta(minutes=15)
"""How long mails may be due without a single one going out: then the mail server is dead, not one reader's mailbox."""
OVERDUE = timedelta(hours=1)
"""How long any mail may be due."""
LATE = timedelta(hours=1)
"""How long a source may wait past its time."""
UNREAD = timedelta(days=2)
"""How long no source at all may be read well."""


def mail_problem(outbox: OutboxStatus, now: datetime) -> str | None:
    """What keeps mails from going, in a sentence.

    It counts by when each mail was due first: a time that every new try moves forward would never grow old.
    """
    if outbox.oldest_due is None:
        return None
    waits = now - outbox.oldest_due
    if waits > UNSENT and (outbox.last_sent is None or outbox.last_sent < outbox.oldest_due):
        return f"{outbox.due} mails wait and none has gone for {in_words(waits)}: is the mail server answering?"
    if waits > OVERDUE:
        return f"a mail is overdue by {in_words(waits)}; the log says what its server answered"
    return None


def collecting_problem(collection: Collection, now: datetime) -> str | None:
    """What keeps sources from being read, in a sentence."""
    if not collection.sources:
        return None
    if collection.next_at is not None and now - collection.next_at > LATE:
        waits = in_words(now - collection.next_at)
        return f"no source is looked at: one has been due for {waits}; is the collecting job running?"
    good = collection.last_good or collection.since
    if good is not None and now - good > max(UNREAD, 3 * collection.shortest):
        return f"no source was read well for {in_words(now - good)}; /sources says why"
    return None


def in_words(period: timedelta) -> str:
    """A period as people say it: "40 minutes", "3 hours", "2 days"."""
    minutes = int(period.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days > 1:
        return f"{days} days"
    return f"{days * 24 + hours} hours" if minutes >= 120 else f"{minutes} minutes"  # noqa: PLR2004 - two hours
