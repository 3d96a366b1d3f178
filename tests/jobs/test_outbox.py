"""A mail goes once and is told truly, whatever server, sender or database does in the middle of it; real mail servers."""

import contextlib
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from jobs import deliver
from tests.conftest import Mailbox, build_world, free_port, smtp_server
from tests.wishes import wish
from tracker import processes, runs
from tracker.alerts.ledger import deliveries as alerts
from tracker.alerts.ledger import outbox as outbox_ledger
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.ledger.outbox import RESERVED_FOR
from tracker.alerts.mail import SmtpMailer, always
from tracker.alerts.models import Delivery, DeliveryState, Occasion, StoredQuery
from tracker.db import lock_timeout
from tracker.runs import LeaseLost


def follow(world, address):
    """Somebody who has confirmed, with the confirmation mail out of the way."""
    with world.database.transaction() as session:
        sign_up_ledger.request(
            session,
            world.now(),
            wish(address, what="shifts", rhythm="instant"),
            ip=address,
        )
        [row] = session.exec(select(Delivery).where(Delivery.state == DeliveryState.OWED)).all()
        sign_up_ledger.confirm(session, world.now(), row.token)
        row.state = DeliveryState.SENT
        session.add(row)


def owe(world, number=1):
    """One mail owed to each of so many readers."""
    for reader in range(number):
        follow(world, f"reader{reader}@example.org")
    with world.database.transaction() as session:
        alerts.enqueue(
            session,
            world.now(),
            occasion=Occasion.SHIFT,
            subject="shift:1",
            query_ids=session.exec(select(StoredQuery.id)).all(),
            speaker_id=None,
            digests=world.digest_schedule,
        )


def rows(world):
    with world.database.reading() as session:
        return session.exec(
            select(Delivery).where(Delivery.occasion == Occasion.SHIFT).order_by(col(Delivery.id))
        ).all()


def states(world):
    return [row.state.value for row in rows(world)]


def names(messages):
    return sorted(str(message["To"]) for message in messages)


@pytest.fixture(autouse=True)
def short_mails(monkeypatch):
    """Mails about a shift that is no row: what mails tell is tested elsewhere, how they travel here."""
    monkeypatch.setattr(deliver, "_compose", lambda _world, parcel: message(parcel))


def message(parcel, words="One of them moved."):
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = "desk@example.org", parcel.follower.address, "A shift"
    made["Message-ID"] = f"<{parcel.message_id}@example.org>"
    made.set_content(words)
    return made


def test_a_mail_is_held_as_long_as_its_talk_lasts(world, clock):
    owe(world)
    with world.database.transaction() as session:
        mine = outbox_ledger.take(session, clock.now, "ada")
    for _ in range(5):
        clock.forward(seconds=30)
        with world.database.transaction() as session:
            assert outbox_ledger.renew(session, clock.now, mine.message_id, "ada")
            outbox_ledger.release_abandoned(session, clock.now)
            assert outbox_ledger.take(session, clock.now, "ben") is None
    clock.forward(seconds=RESERVED_FOR.total_seconds())
    with world.database.transaction() as session:
        outbox_ledger.release_abandoned(session, clock.now)
        assert outbox_ledger.take(session, clock.now, "ben").message_id == mine.message_id
        assert not outbox_ledger.renew(session, clock.now, mine.message_id, "ada")


def test_a_sender_that_froze_sends_nothing_when_it_wakes(world, clock, mailbox, monkeypatch):
    owe(world, 3)
    # No test waits for 45 s: what a frozen process has is a thread that holds nothing, and a word that is too old.
    monkeypatch.setattr(deliver, "_renew_until_done", lambda *_: None)
    monkeypatch.setattr(deliver, "RENEW_EVERY_S", -1)

    class Freezing(SmtpMailer):
        """Sleeps before its first talk, while another sender works."""

        slept = False

        def send(self, message, may_go_on=always):
            if not self.slept:
                self.slept = True
                clock.forward(seconds=RESERVED_FOR.total_seconds() + 1)
                assert deliver.run(replace(world, name=processes.new_name())).sent == 3
            super().send(message, may_go_on)

    counts = deliver.run(replace(world, mailer=Freezing(world.settings.mail)))
    assert counts.sent == 0
    assert names(mailbox.messages) == [f"reader{number}@example.org" for number in range(3)]
    assert states(world) == ["sent"] * 3


def test_what_a_server_accepted_is_sent_though_another_sender_holds_it_by_now(world, clock):
    owe(world)
    with world.database.transaction() as session:
        mail = outbox_ledger.take(session, clock.now, "ada")
    clock.forward(seconds=RESERVED_FOR.total_seconds())
    with world.database.transaction() as session:
        outbox_ledger.release_abandoned(session, clock.now)
        again = outbox_ledger.take(session, clock.now, "ben")
        outbox_ledger.mark_failed(session, clock.now, mail, "ada", "451 later", permanent=False)
        assert again.deliveries[0].state == DeliveryState.TAKEN, "what was ada's tells nothing of ben's try"
        outbox_ledger.mark_sent(session, clock.now, mail.message_id)
        assert not outbox_ledger.renew(session, clock.now, mail.message_id, "ben"), "ben must not send it now"
    assert states(world) == ["sent"]


def test_a_mail_that_went_is_marked_also_by_a_sender_that_lost_the_lead_meanwhile(world, clock, mailbox):
    owe(world, 2)

    def overtaken(_) -> str:
        with world.database.transaction() as session:
            assert runs.acquire(session, clock.now + timedelta(minutes=1), "scheduler", "another:1:-:x", 45) == 2
        return "250 OK"

    with world.database.transaction() as session:
        fence = runs.acquire(session, clock.now, "scheduler", world.name, 45)
    mailbox.data = overtaken
    with pytest.raises(LeaseLost):
        deliver.run(world.fenced("scheduler", fence))
    assert states(world) == ["sent", "owed"]
    mailbox.data = lambda _: "250 OK"
    assert deliver.run(replace(world, name=processes.new_name())).sent == 1
    assert names(mailbox.messages) == ["reader0@example.org", "reader1@example.org"]


# ---- What servers do ----------------------------------------------------------------------------------------------


def say(file, words: bytes) -> None:
    file.write(words + b"\r\n")
    file.flush()


def talk(file, got: list[bytes], after_data: bytes | None, quit_answer: bytes | None) -> None:
    """One talk of a server: what it says to the final dot and to QUIT; None ends the talk without a word."""
    say(file, b"220 here")
    while line := file.readline():
        word = line[:4].upper().strip()
        if word == b"DATA":
            say(file, b"354 go on")
            got.append(b"".join(iter(file.readline, b".\r\n")))
            if after_data is None:
                return
            say(file, after_data)
        elif word == b"QUIT":
            if quit_answer is not None:
                say(file, quit_answer)
            return
        else:
            say(file, b"250 ok")


@contextlib.contextmanager
def raw_server(*, after_data: bytes | None, quit_answer: bytes | None):
    """A server written by hand, for what no well-behaved one says; gives its port and what it was sent."""
    got: list[bytes] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, connection.makefile("rwb") as file, contextlib.suppress(OSError):
                    talk(file, got, after_data, quit_answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1], got
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


@pytest.mark.parametrize("answer", [b"421 too busy", b"500 what", b"garbage", None, b"221 bye"])
def test_whatever_follows_the_250_the_mail_is_sent(world, answer):
    owe(world)
    with raw_server(after_data=b"250 taken", quit_answer=answer) as (port, got):
        place = replace(world, mailer=SmtpMailer(world.settings.mail.model_copy(update={"port": port})))
        assert deliver.run(place).sent == 1
        assert deliver.run(place).sent == 0
    assert len(got) == 1
    assert states(world) == ["sent"]


def test_a_connection_lost_after_the_words_is_one_more_try_with_the_same_message_id(world, clock, mailbox):
    owe(world)
    with raw_server(after_data=None, quit_answer=None) as (port, got):
        broken = replace(world, mailer=SmtpMailer(world.settings.mail.model_copy(update={"port": port})))
        assert deliver.run(broken).postponed == 1
    clock.forward(minutes=3)
    assert deliver.run(world).sent == 1
    [message] = mailbox.messages
    assert f"Message-ID: {message['Message-ID']}".encode() in got[0]


def test_lines_that_begin_with_a_dot_arrive_as_they_were(world, mailbox, monkeypatch):
    owe(world)
    words = ".\n..\n.hidden\nend."
    monkeypatch.setattr(deliver, "_compose", lambda _world, parcel: message(parcel, words))
    assert deliver.run(world).sent == 1
    assert mailbox.messages[0].get_content().replace("\r\n", "\n").rstrip("\n") == words


def test_a_server_that_refuses_faster_than_the_clock_goes_ends_the_run_all_the_same(world, clock, mailbox):
    # Each answer takes two hours of our clock: every mail is due again before the run has come to its end.
    owe(world, 2)

    def refuse(_: str) -> str:
        clock.forward(hours=2)
        return "451 later"

    mailbox.rcpt = refuse
    assert deliver.run(world).postponed == 2


# ---- The end of the service ---------------------------------------------------------------------------------------


def test_a_stop_lets_the_mail_in_hand_go_and_leaves_the_others_as_they_were(world, mailbox):
    owe(world, 12)

    def last_before_the_end(_) -> str:
        if len(mailbox.messages) == 1:
            world.stop()
        return "250 OK"

    mailbox.data = last_before_the_end
    assert deliver.run(world).sent == 2
    assert sorted(states(world)) == ["owed"] * 10 + ["sent"] * 2
    again = replace(world, stopping=threading.Event(), mailer=SmtpMailer(world.settings.mail))
    assert deliver.run(again).sent == 10
    assert names(mailbox.messages) == sorted(f"reader{number}@example.org" for number in range(12))


@pytest.mark.parametrize("stage", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_stop_cuts_off_a_server_that_hangs_before_the_words_went(world, stage):
    owe(world, 2)
    hangs, release = threading.Event(), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb") as file, contextlib.suppress(OSError):
                if stage != "greeting":
                    file.write(b"220 here\r\n")
                    file.flush()
                    while (line := file.readline()) and line[:4].upper().strip() != stage.encode():
                        file.write(b"250 ok\r\n")
                        file.flush()
                hangs.set()
                release.wait(30)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        patient = world.settings.mail.model_copy(
            update={"port": listening.getsockname()[1], "timeout_s": 600.0, "data_timeout_s": 600.0}
        )
        place = replace(world, mailer=SmtpMailer(patient))
        stopper = threading.Thread(target=lambda: (hangs.wait(30), place.stop()))
        stopper.start()
        counts = deliver.run(place)  # would wait ten minutes
        release.set()
        stopper.join()
        thread.join(10)
    assert (counts.sent, counts.postponed, counts.failed) == (0, 0, 0)
    assert [(row.state.value, row.tries) for row in rows(world)] == [("owed", 0)] * 2


# ---- Dead senders, and a database that is away -------------------------------------------------------------------


def test_what_a_dead_process_of_this_machine_had_taken_goes_at_once(world, clock, mailbox):
    owe(world)
    command = [sys.executable, "-c", "from tracker import processes; print(processes.new_name())"]
    dead = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    with world.database.transaction() as session:
        outbox_ledger.take(session, clock.now, dead)
    assert deliver.run(world).sent == 1
    assert len(mailbox.messages) == 1


def test_a_mail_that_went_while_the_database_was_away_is_marked_later_and_never_sent_again(world, clock, mailbox):
    owe(world, 2)
    blocker = sa.create_engine(world.database.url)
    held = contextlib.ExitStack()

    def take_away(_) -> str:
        if not mailbox.messages:
            connection = held.enter_context(blocker.connect())
            if world.database.is_sqlite:
                connection.connection.driver_connection.isolation_level = None
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE")
        return "250 OK"

    mailbox.data = take_away
    with held, lock_timeout(0.2), pytest.raises(sa.exc.OperationalError):
        deliver.run(world)
    blocker.dispose()
    assert len(mailbox.messages) == 1
    assert deliver.run(world).sent == 1
    assert names(mailbox.messages) == ["reader0@example.org", "reader1@example.org"]
    assert states(world) == ["sent", "sent"]


def test_a_mail_that_can_not_be_written_holds_up_no_other(world, mailbox, monkeypatch):
    owe(world, 2)

    def first_is_broken(_world, parcel):
        if parcel.follower.address.startswith("reader0"):
            raise KeyError("nobody foresaw this")
        return message(parcel)

    monkeypatch.setattr(deliver, "_compose", first_is_broken)
    counts = deliver.run(world)
    assert (counts.sent, counts.postponed) == (1, 1)
    assert [row.error for row in rows(world)] == ["the mail could not be written: KeyError", None]


def test_a_server_that_is_reached_again_gets_what_waited(database_url, tmp_path, clock):
    port = free_port()
    box = Mailbox(port=port)
    world = build_world(database_url, tmp_path, clock, box)
    owe(world, 3)
    assert deliver.run(world).postponed == 3
    clock.forward(minutes=3)
    with smtp_server(box, port):
        assert deliver.run(world).sent == 3
    world.database.dispose()
