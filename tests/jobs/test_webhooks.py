"""A webhook gets each message once, signed, whatever its receiver does: real HTTP servers, and the standard's own check."""

import json
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError
from werkzeug import Request, Response

from jobs import deliver, post_webhooks
from tests.hostile import answer, certificates, hostile, reset, silent
from tracker import processes
from tracker.alerts import webhook
from tracker.alerts.ledger import deliveries, webhook_outbox, webhooks
from tracker.alerts.ledger.outbox import RESERVED_FOR
from tracker.alerts.ledger.webhooks import BadWebhook, NewWebhook
from tracker.alerts.models import Delivery, DeliveryState, Medium, Webhook, WebhookState
from tracker.alerts.queries import outbox_status
from tracker.alerts.queries import webhooks as queries
from tracker.db import DriverError
from tracker.speech.ledger import search_index
from tracker.speech.models import Claim, Precision, QuoteKind, Speaker

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what happens outside the database."""


@dataclass
class Receiver:
    """A receiver on a real server: what it answers next, and what it was sent."""

    url: str
    answers: list[Response] = field(default_factory=list)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)
    before: list = field(default_factory=list)
    """Called when a request is there and not answered yet."""

    def __call__(self, request: Request) -> Response:
        self.got.append((dict(request.headers), request.get_data(as_text=True)))
        if self.before:
            self.before.pop(0)()
        return self.answers.pop(0) if self.answers else Response(status=204)

    @property
    def ids(self) -> list[str]:
        return [headers["Webhook-Id"] for headers, _ in self.got]


@pytest.fixture
def receiver(httpserver):
    made = Receiver(httpserver.url_for("/hook"))
    httpserver.expect_request("/hook", method="POST").respond_with_handler(made)
    return made


@pytest.fixture
def place(make_world, httpserver, clock):
    """A world that may post to the local server; its clock is today's, since a signature is checked against the real one."""
    clock.now = datetime.now(UTC).replace(microsecond=0)
    return make_world(fetch=fetching(f"{httpserver.host}:{httpserver.port}"))


def fetching(*places, seconds=20):
    return {"per_host_gap_s": 0, "deadline_s": seconds, "allow_private": list(places)}


def allowed(world):
    return frozenset(world.settings.fetch.allow_private)


def make(world, url, *searches, tell="claims", name="Archive desk"):
    """A webhook of an editor, with its public id."""
    with world.database.transaction() as session:
        wanted = NewWebhook(
            name=name, url=url, searches=searches or ("bridge",), tell=tell, created_by="vera@example.org"
        )
        made = webhooks.add(session, world.now(), wanted, allowed(world))
        return made.id


def state(world, number):
    with world.database.reading() as session:
        return session.get_one(Webhook, number)


def say(world, number=1, text="The bridge needs a toll"):
    """A new statement of a made-up minister, told to whoever follows it."""
    with world.database.transaction() as session:
        if session.get(Speaker, 1) is None:
            session.add(Speaker(id=1, slug="mara-lind", name="Mara Lind", folded="mara lind", created_at=world.now()))
            session.flush()
        claim = Claim(
            id=number,
            public_id=f"lind-{number}",
            identity_key=str(number),
            speaker_id=1,
            kind=QuoteKind.DIRECT,
            text=text,
            folded=text.casefold(),
            said_precision=Precision.UNKNOWN,
            created_at=world.now(),
        )
        session.add(claim)
        session.flush()
        search_index.refresh(session)
        return deliveries.enqueue_claim(session, world.now(), claim, world.digest_schedule)


def rows(world):
    with world.database.reading() as session:
        return session.exec(select(Delivery).where(Delivery.medium == Medium.WEBHOOK).order_by(col(Delivery.id))).all()


def keys(world, number=0):
    with world.database.reading() as session:
        info = queries.webhooks(session)[number]
    return post_webhooks.signing_keys(world, info.webhook, info.public_id)


def test_a_new_statement_is_posted_once_and_its_signature_holds(place, receiver):
    make(place, receiver.url)
    assert say(place) == 1
    assert post_webhooks.run(place).sent == 1
    assert post_webhooks.run(place).sent == 0
    [(headers, body)] = receiver.got
    [key] = keys(place)
    told = Verifier(key).verify(body, headers)
    assert told["type"] == "statement.new"
    assert told["data"]["occasion"] == "new_claims"
    assert told["data"]["statement"]["text"] == "The bridge needs a toll"
    assert told["data"]["statement"]["speaker"] == "Mara Lind"
    assert told["data"]["link"] == "http://127.0.0.1:8000/c/lind-1"
    assert headers["Content-Type"] == "application/json"
    for altered in (body.replace("needs", "wants"), body + " "):
        with pytest.raises(WebhookVerificationError):
            Verifier(key).verify(altered, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(key).verify(body, {**headers, "Webhook-Id": "msg_other"})
    [row] = rows(place)
    assert (row.state, row.tries) == (DeliveryState.SENT, 1)


@one_database
def test_mails_and_webhooks_do_not_wait_for_each_other(place, receiver):
    make(place, receiver.url)
    say(place)
    with place.database.reading() as session:
        assert outbox_status(session, place.now()).due == 0
    assert deliver.run(place).sent == 0
    assert rows(place)[0].state is DeliveryState.OWED
    assert post_webhooks.run(place).sent == 1


@one_database
@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Response("down", status=500), "answers 500"),
        (Response(status=429, headers={"Retry-After": "600"}), "answers 429"),
        (Response(status=400), "answers 400"),
        (Response(status=302, headers={"Location": "/elsewhere"}), "redirect (302"),
    ],
)
def test_what_was_refused_is_posted_again_under_the_same_id(place, receiver, clock, refusal, words):
    number = make(place, receiver.url)
    say(place)
    receiver.answers.append(refusal)
    assert (post_webhooks.run(place).sent, post_webhooks.run(place).sent, len(receiver.got)) == (0, 0, 1)
    webhook_row = state(place, number)
    assert words in webhook_row.answer
    assert webhook_row.failing_since == clock.now
    assert webhook_row.retry_at >= clock.now + timedelta(seconds=600 if "429" in words else 60)
    clock.forward(minutes=11)
    assert post_webhooks.run(place).sent == 1
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == 2
    webhook_row = state(place, number)
    assert (webhook_row.failing_since, webhook_row.failures, webhook_row.answer) == (None, 0, "answers 204 NO CONTENT")


@one_database
@pytest.mark.parametrize("page", [reset(), reset(b"HTTP/1.1 200 OK\r\n")], ids=["at once", "in its answer"])
def test_a_receiver_that_breaks_off_is_told_so_and_asked_again(make_world, clock, page):
    with hostile() as server:
        server.pages["/hook"] = page
        world = make_world(fetch=fetching(server.place))
        number = make(world, server.url("/hook"))
        say(world)
        assert post_webhooks.run(world).postponed == 1
        clock.forward(minutes=3)
        server.pages["/hook"] = answer()
        assert post_webhooks.run(world).sent == 1
        assert len(server.requests) == 2
    assert state(world, number).answer == "answers 200 OK"


@one_database
def test_a_receiver_that_never_answers_is_left(make_world):
    with hostile() as server:
        server.pages["/hook"] = silent
        world = make_world(fetch=fetching(server.place, seconds=0.2))
        number = make(world, server.url("/hook"))
        say(world)
        assert post_webhooks.run(world).postponed == 1
    assert state(world, number).answer.startswith("is slow")


@one_database
def test_a_receiver_that_hangs_holds_up_no_other(make_world, httpserver, receiver):
    told = threading.Event()

    def hold(_connection):
        """Answer nothing before the other one has all."""
        told.wait(30)

    with hostile() as server:
        server.pages["/hook"] = hold
        world = make_world(fetch=fetching(server.place, f"{httpserver.host}:{httpserver.port}"))
        make(world, server.url("/hook"), name="A bad one")
        make(world, receiver.url)
        say(world)
        say(world, 2, "The bridge will open")
        receiver.before += [lambda: None, told.set]
        counts = post_webhooks.run(world)
    assert (counts.sent, counts.postponed) == (2, 1)
    assert told.is_set()


@one_database
def test_a_certificate_that_does_not_hold_is_told_and_nothing_is_sent(make_world, clock):
    with hostile(certificates()["self-made"]) as server:
        world = make_world(fetch=fetching(server.place))
        number = make(world, server.url("/hook"))
        say(world)
        assert post_webhooks.run(world).sent == 0
        assert not server.requests
    assert "certificate" in state(world, number).answer


@one_database
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/hook",
        "http://10.0.0.8/hook",
        "http://[::1]/hook",
        "http://2130706433/hook",
        "ftp://hooks.example.org/",
        "https://ada:pw@hooks.example.org/",
        "http://hooks.example.org:25/",
    ],
)
def test_addresses_that_are_not_public_are_not_taken(place, url):
    with pytest.raises(BadWebhook, match="can't be posted to"):
        make(place, url)


@one_database
def test_a_name_of_a_private_address_is_refused_when_it_is_posted_to(make_world, httpserver, receiver):
    world = make_world(fetch=fetching("elsewhere.example.org:80"))
    number = make(world, f"http://localhost:{httpserver.port}/hook")
    say(world)
    assert post_webhooks.run(world).sent == 0
    assert not receiver.got
    assert "not a public address" in state(world, number).answer


def test_one_that_says_it_is_gone_is_suspended_and_loses_nothing(place, receiver, clock):
    number = make(place, receiver.url)
    say(place)
    receiver.answers.append(Response(status=410))
    post_webhooks.run(place)
    assert state(place, number).state is WebhookState.SUSPENDED
    say(place, 2, "The bridge will open")
    clock.forward(days=1)
    assert post_webhooks.run(place).sent == 0
    with place.database.transaction() as session:
        webhooks.resume(session, clock.now, queries.webhooks(session)[0].webhook)
    assert post_webhooks.run(place).sent == 2
    assert [row.state for row in rows(place)] == [DeliveryState.SENT] * 2
    assert receiver.ids[0] in receiver.ids[1:]


@one_database
def test_days_of_refusals_suspend_it_and_resuming_sends_what_was_given_up(place, receiver, clock):
    number = make(place, receiver.url)
    say(place)
    receiver.answers += [Response(status=503) for _ in range(100)]
    tries = 0
    while state(place, number).state is WebhookState.ACTIVE:
        post_webhooks.run(place)
        clock.forward(hours=13)
        tries += 1
        if tries == 2:
            say(place, 2, "The bridge will open")
    assert clock.now - state(place, number).failing_since >= webhook_outbox.SUSPEND_AFTER
    assert [row.state for row in rows(place)] == [DeliveryState.FAILED] * 2
    receiver.answers.clear()
    with place.database.transaction() as session:
        assert webhooks.resume(session, clock.now, queries.webhooks(session)[0].webhook) == 2
    assert post_webhooks.run(place).sent == 2
    assert len(set(receiver.ids)) == 2


@one_database
def test_a_message_that_is_refused_holds_up_no_other(place, receiver, clock):
    make(place, receiver.url)
    say(place)
    receiver.answers.append(Response(status=400))
    post_webhooks.run(place)
    say(place, 2, "The bridge will open")
    clock.forward(minutes=3)
    receiver.answers += [Response(status=204), Response(status=400)]
    assert post_webhooks.run(place).sent == 1
    assert [row.state for row in rows(place)] == [DeliveryState.OWED, DeliveryState.SENT]


def test_a_crash_after_the_yes_repeats_it_under_the_same_id(place, receiver, clock, monkeypatch):
    make(place, receiver.url)
    say(place)

    def power_cut(*_):
        raise DriverError("power cut", None, OSError())

    with monkeypatch.context() as patched:
        # A real crash can't be had inside a test's own process; what it leaves is a row that nobody marked.
        patched.setattr(webhook_outbox, "mark_accepted", power_cut)
        with pytest.raises(DriverError):
            post_webhooks.run(place)
    assert rows(place)[0].state is DeliveryState.TAKEN
    other = replace(place, name=processes.new_name(), accepted=[])
    assert post_webhooks.run(other).sent == 0
    clock.forward(seconds=RESERVED_FOR.total_seconds() + 1)
    assert post_webhooks.run(other).sent == 1
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


@one_database
def test_a_database_that_fails_after_the_yes_doubles_nothing(place, receiver, monkeypatch):
    make(place, receiver.url)
    say(place)

    def locked(*_):
        raise DriverError("locked", None, OSError())

    with monkeypatch.context() as patched:
        patched.setattr(webhook_outbox, "mark_accepted", locked)
        with pytest.raises(DriverError):
            post_webhooks.run(place)
    assert post_webhooks.run(place).sent == 0
    assert len(receiver.ids) == 1
    assert rows(place)[0].state is DeliveryState.SENT


def test_two_senders_at_once_post_each_message_once(place, receiver):
    make(place, receiver.url)
    for number in range(1, 6):
        say(place, number, f"The bridge has {number} lanes")
    meet = threading.Barrier(2)

    def work():
        meet.wait(20)
        post_webhooks.run(replace(place, name=processes.new_name(), accepted=[]))

    senders = [threading.Thread(target=work) for _ in range(2)]
    for one in senders:
        one.start()
    for one in senders:
        one.join(30)
    post_webhooks.run(place)
    assert len(receiver.ids) == len(set(receiver.ids)) == 5


@one_database
def test_for_a_day_after_a_rotation_both_keys_sign(place, receiver, clock):
    make(place, receiver.url)
    [old] = keys(place)
    with place.database.transaction() as session:
        webhooks.rotate(session, clock.now, queries.webhooks(session)[0].webhook)
    new, also = keys(place)
    assert also == old != new
    say(place)
    post_webhooks.run(place)
    headers, body = receiver.got[0]
    assert Verifier(old).verify(body, headers) == Verifier(new).verify(body, headers)
    clock.forward(hours=25)
    assert keys(place) == (new,)


@one_database
def test_no_table_holds_a_signing_key(place, receiver):
    make(place, receiver.url)
    [key] = keys(place)
    with place.database.reading() as session:
        info = queries.webhooks(session)[0]
        held = " ".join(str(value) for value in info.webhook.model_dump().values())
        assert key not in held
        assert key == webhook.signing_key(place.settings.site.secret, info.public_id, 1)


@one_database
def test_a_paused_one_gets_what_it_was_owed_when_it_goes_on(place, receiver, clock):
    make(place, receiver.url)
    with place.database.transaction() as session:
        webhooks.pause(session, queries.webhooks(session)[0].webhook)
    say(place)
    assert post_webhooks.run(place).sent == 0
    with place.database.transaction() as session:
        webhooks.resume(session, clock.now, queries.webhooks(session)[0].webhook)
    assert post_webhooks.run(place).sent == 1


@one_database
def test_a_test_message_goes_the_way_of_all_others(place, receiver, clock):
    make(place, receiver.url, "nothing that was ever said")
    with place.database.transaction() as session:
        webhooks.ping(session, clock.now, queries.webhooks(session)[0].webhook)
    assert post_webhooks.run(place).sent == 1
    headers, body = receiver.got[0]
    assert Verifier(keys(place)[0]).verify(body, headers)["type"] == "ping"


def test_a_removed_one_is_told_nothing_any_more(place, receiver, clock):
    make(place, receiver.url)
    say(place)
    with place.database.transaction() as session:
        webhooks.remove(session, clock.now, queries.webhooks(session)[0].webhook, place.digest_schedule)
    assert say(place, 2, "The bridge will open") == 0
    assert post_webhooks.run(place).sent == 0
    assert [row.state for row in rows(place)] == [DeliveryState.DROPPED]


KEY = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def test_the_configuration_makes_changes_and_removes_webhooks(make_world, httpserver, receiver, clock):
    clock.now = datetime.now(UTC)
    here = fetching(f"{httpserver.host}:{httpserver.port}")
    one = {"id": "desk", "name": "Desk", "url": receiver.url, "searches": ["topic=bridge-toll", "bridge"], "key": KEY}
    world = make_world(fetch=here, webhooks=[one])
    say(world)
    assert post_webhooks.run(world).sent == 1
    headers, body = receiver.got[0]
    assert Verifier(KEY).verify(body, headers)["data"]["statement"]["claim"] == "lind-1"
    world = make_world(fetch=here, webhooks=[{**one, "searches": ["ferry"]}])
    say(world, 2, "The bridge will open")
    say(world, 3, "The ferry stays")
    assert post_webhooks.run(world).sent == 1
    assert json.loads(receiver.got[1][1])["data"]["statement"]["claim"] == "lind-3"
    world = make_world(fetch=here, webhooks=[])
    assert say(world, 4, "The ferry goes") == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("bridge toll", {"q": ["bridge toll"]}),
        ("“bridge toll” speaker:lind", {"q": ["“bridge toll” speaker:lind"]}),
        ("https://record.example.org/search?q=міст&topic=toll&order=said-oldest", {"q": ["міст"], "topic": ["toll"]}),
        ("/search?speaker=mara-lind&speaker=tor-aske", {"speaker": ["mara-lind", "tor-aske"]}),
        ("topic=bridge-toll", {"topic": ["bridge-toll"]}),
        ("a = b", {"q": ["a = b"]}),
    ],
)  # fmt: skip
def test_a_search_is_read_as_typed_or_as_an_address(typed, told):
    assert webhooks.read_search(typed) == told
