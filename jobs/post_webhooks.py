"""Post to webhooks: the same outbox as the mails', sent as signed POST requests.

Several are posted to side by side, each of them one message after the other: one that hangs holds up no other. A crash
between a receiver's yes and our mark leaves the row taken; it is posted once more under the same `webhook-id`.
"""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog

from jobs.deliver import DeliverCounts, mark_accepted
from tracker.alerts import webhook
from tracker.alerts.ledger import outbox as outbox_ledger
from tracker.alerts.ledger import webhook_outbox
from tracker.alerts.ledger.outbox import MailBatch
from tracker.alerts.models import Medium, Webhook
from tracker.alerts.queries import webhooks
from tracker.alerts.webhook import BOTH_KEYS_FOR, WebhookAnswer, WebhookMessage
from tracker.archive.http.posting import NotPosted
from tracker.db import DriverError
from tracker.record.webhook_payloads import payload
from tracker.world import World

log = structlog.get_logger("webhooks")

AT_ONCE = 4
"""Webhooks that are posted to side by side."""
FRESH_S = 10.0
"""Seconds for which a reservation is relied on without asking again: less than what it lasts, by more than a POST."""


def run(world: World) -> DeliverCounts:
    """Post everything that is due when the run begins; what is put off waits for a later one."""
    begun = world.now()
    mark_accepted(world)
    with world.database.transaction() as session:
        outbox_ledger.release_abandoned(session, begun, also=[world.name], medium=Medium.WEBHOOK)
        due = webhook_outbox.due_followers(session, begun)
    if not due:
        return DeliverCounts()
    with ThreadPoolExecutor(min(AT_ONCE, len(due)), thread_name_prefix="webhook") as pool:
        counts = list(pool.map(lambda number: _post_due(world, number, begun), due))
    return DeliverCounts(sent=sum(one.sent for one in counts), postponed=sum(one.postponed for one in counts))


def _post_due(world: World, follower_id: int, begun: datetime) -> DeliverCounts:
    """Post what is due to one webhook, until it takes one no more."""
    sent = 0
    while not world.stopping.is_set():
        with world.database.transaction() as session:
            batch = webhook_outbox.take(session, world.now(), world.name, follower_id, begun)
        if batch is None:
            break
        if not _post(world, batch):
            return DeliverCounts(sent=sent, postponed=1)
        sent += 1
    return DeliverCounts(sent=sent)


def _post(world: World, batch: MailBatch) -> bool:
    """Post one message and write down what became of it; whether the receiver took it."""
    taken_at = time.monotonic()
    try:
        message = _compose(world, batch)
        if time.monotonic() - taken_at > FRESH_S and not _still_ours(world, batch):
            return False
        answer = webhook.send(
            message,
            deadline_s=world.settings.fetch.deadline_s,
            allow_private=frozenset(world.settings.fetch.allow_private),
            stopping=world.stopping,
        )
    except NotPosted as error:
        if error.stopping:
            _give_back(world, batch)
            return False
        answer = WebhookAnswer(words=str(error), accepted=False)
    except DriverError:
        raise
    except Exception as error:
        log.exception("webhook message could not be written", message=batch.message_id)
        answer = WebhookAnswer(words=f"could not be written: {error.__class__.__name__}", accepted=False)
    if answer.accepted:
        world.accepted.append(batch.message_id)  # marked first in the next run where the database can't now
        # A sender that lost the lead meanwhile marks it, too: it is true whoever leads.
        with world.database.guarded(None).transaction() as session:
            webhook_outbox.mark_accepted(session, world.now(), batch, answer.words)
        with contextlib.suppress(ValueError):
            world.accepted.remove(batch.message_id)
        log.info("webhook posted", message=batch.message_id)
        return True
    with world.database.transaction() as session:
        suspended = webhook_outbox.mark_refused(session, world.now(), batch, world.name, answer)
    log.warning("webhook not posted", message=batch.message_id, reason=answer.words, suspended=suspended)
    return False


def _still_ours(world: World, batch: MailBatch) -> bool:
    with world.database.transaction() as session:
        return outbox_ledger.renew(session, world.now(), batch.message_id, world.name)


def _give_back(world: World, batch: MailBatch) -> None:
    with world.database.transaction() as session:
        outbox_ledger.release(session, batch.message_id, world.name)


def _compose(world: World, batch: MailBatch) -> WebhookMessage:
    [row] = batch.deliveries
    with world.database.reading() as session:
        of = webhooks.by_follower(session, batch.follower.id)
        body = payload(session, row, world.settings.site.base_url)
    return WebhookMessage(
        url=batch.follower.address,
        message_id=webhook.message_id(batch.message_id),
        at=world.now(),
        body=body,
        keys=signing_keys(world, of, batch.follower.public_id),
        user_agent=world.settings.user_agent,
    )


def signing_keys(world: World, of: Webhook, public_id: str) -> tuple[str, ...]:
    """The keys that sign a message to a webhook, the one in force first."""
    if of.configured_as is not None:
        return (next(one.secret for one in world.settings.webhooks if one.id == of.configured_as),)
    numbers = [of.key_number]
    if of.rotated_at is not None and world.now() - of.rotated_at < BOTH_KEYS_FOR:
        numbers.append(of.key_number - 1)
    return tuple(webhook.signing_key(world.settings.site.secret, public_id, number) for number in numbers)
