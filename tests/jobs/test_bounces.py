"""Mails that come back are read from a real IMAP server, and count against nobody but whose mail they report."""

import contextlib
import imaplib
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage, Message, MIMEPart
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from sqlmodel import col, select

from jobs import deliver, read_bounces
from tests.conftest import Mailbox, free_port, smtp_server
from tests.jobs.test_outbox import owe
from tests.wishes import wish
from tracker import runs
from tracker.alerts.bounce_mailbox import MailboxTrouble
from tracker.alerts.bounce_reports import Severity, read_report
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.mail import SmtpMailer
from tracker.alerts.models import Bounce, Delivery, DeliveryState, Suppression
from tracker.runs import LeaseLost
from tracker.settings import Mail

ID = "0123456789abcdef0123456789abcdef01234567"
USER, PASSWORD = "bounces", "seven grey herons"
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def report(
    mail_id=ID,
    *,
    action="failed",
    status="5.1.1",
    code="smtp; 550 no such user",
    returned="message/rfc822",
    to="bounces",
):
    """A report as RFC 3464 has it, with the mail or its headers alone sent back."""
    made = MIMEMultipart("report", report_type="delivery-status")
    made["From"], made["To"], made["Subject"] = "MAILER-DAEMON@mx.example", f"{to}@example.org", "Undelivered"
    made.attach(MIMEText("I could not deliver it.\n"))
    fields = Message()
    about = Message()
    about["Reporting-MTA"] = "dns; mx.example"
    recipient = Message()
    recipient["Final-Recipient"] = "rfc822; somebody.else@example.net"
    recipient["Action"], recipient["Status"] = action, status
    if code:
        recipient["Diagnostic-Code"] = code
    fields.set_type("message/delivery-status")
    fields.set_payload([about, recipient])
    made.attach(fields)
    if mail_id:
        ours = EmailMessage()
        ours["Message-ID"], ours["Subject"] = f"<{mail_id}@example.org>", "A shift"
        ours.set_content("“The bridge needs a toll”")
        if returned == "message/rfc822":
            made.attach(MIMEMessage(ours))
        else:
            made.attach(MIMEText(f"Message-ID: <{mail_id}@example.org>\nSubject: A shift\n", "rfc822-headers"))
    return made.as_bytes()


def complaint(mail_id=ID):
    made = MIMEMultipart("report", report_type="feedback-report")
    made["From"], made["To"] = "fbl@provider.example", "bounces@example.org"
    made.attach(MIMEText("This is an abuse report.\n"))
    fields = MIMEPart()
    fields.set_type("message/feedback-report")
    fields.set_payload("Feedback-Type: abuse\nVersion: 1\n")
    made.attach(fields)
    ours = EmailMessage()
    ours["Message-ID"] = f"<{mail_id}@example.org>"
    made.attach(MIMEMessage(ours))
    return made.as_bytes()


QMAIL = f"""From: MAILER-DAEMON@mx.example
To: bounces@example.org
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<somebody.else@example.net>:
Sorry, no mailbox here by that name. vpopmail (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <bounces@example.org>
Message-ID: <{ID}@example.org>
Subject: A shift
""".encode()
EXIM = f"""From: Mail Delivery System <Mailer-Daemon@mx.example>
To: bounces+{ID}@example.org
X-Failed-Recipients: somebody.else@example.net
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.
""".encode()
REPLY = f"""From: ida@example.org
To: alerts@example.org
Subject: Re: A shift

Thank you! I had a question about <{ID}@example.org>: who signs a shift?
""".encode()


@pytest.mark.parametrize(
    ("raw", "severity", "words"),
    [
        (report(), Severity.HARD, "5.1.1 550 no such user"),
        (report(returned="headers"), Severity.HARD, "5.1.1"),
        (report(None, to=f"bounces+{ID}"), Severity.HARD, "5.1.1"),
        (report(status="5.2.2", code="smtp; 552 5.2.2 mailbox full"), Severity.SOFT, "mailbox full"),
        (report(status="4.4.7", code=None), Severity.SOFT, "4.4.7"),
        (report(status="5.0.0 (undeliverable)", code="smtp; 550 Benutzer unbekannt – кінець"), Severity.HARD, "5.0.0"),
        (report(action="delayed", status="4.4.1"), Severity.DELAY, "4.4.1"),
        (report(action="Failed (bad destination)", status=""), Severity.SOFT, "mail came back"),
        (complaint(), Severity.HARD, "unwanted"),
        (QMAIL, Severity.HARD, "came back"),
        (EXIM, Severity.HARD, "came back"),
    ],
)
def test_a_report_says_which_mail_whether_for_good_and_why(raw, severity, words):
    found = read_report(raw)
    assert found.message_ids == (ID,)
    assert found.severity is severity
    assert words in found.reason


@pytest.mark.parametrize(
    "raw",
    [
        REPLY,
        b"",
        b"\xff\xfe\x00 no mail at all",
        report(None),
        report("not-one-of-our-ids"),
        b"Subject: Out of office\n\nI am away until Monday.\n",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\nAction:\n\n--x--\n",
    ],
)
def test_what_is_no_report_of_a_mail_of_ours_is_none(raw):
    assert read_report(raw) is None


@pytest.fixture(scope="module")
def imap_port():
    """A real IMAP server with an empty mailbox, in a process of its own."""
    port = free_port()
    server = subprocess.Popen(
        [
            sys.executable, "-c", "from pymap.main import main; main()",
            "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict", "--demo-user", USER, "--demo-password", PASSWORD,
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            break
        time.sleep(0.1)
    yield port
    server.terminate()
    server.wait(20)


@pytest.fixture
def mails(imap_port):
    """The mailbox as its owner sees it, emptied before."""
    with imaplib.IMAP4("127.0.0.1", imap_port, timeout=30) as server:
        server.login(USER, PASSWORD)
        server.select("INBOX")
        server.store("1:*", "+FLAGS", r"(\Deleted)")
        server.expunge()
        yield server


def arrive(mails, *raws):
    for raw in raws:
        answer, told = mails.append("INBOX", "()", None, raw)
        assert answer == "OK", told


def flags(mails):
    """How many are read, and how many flagged for a person."""
    mails.noop()
    return [len(mails.search(None, word)[1][0].split()) for word in ("SEEN", "FLAGGED")]


@pytest.fixture
def place(make_world, imap_port):
    mailbox = {"host": "127.0.0.1", "port": imap_port, "security": "none", "username": USER, "password": PASSWORD}
    return make_world(bounces={**mailbox, "timeout_s": 20})


def sent(world, readers=1):
    """A mail that went to each reader; the ids of these mails."""
    owe(world, readers)
    with world.database.transaction() as session:
        rows = session.exec(select(Delivery).where(Delivery.occasion == "shift").order_by(col(Delivery.id))).all()
        for number, row in enumerate(rows):
            row.state, row.sent_at, row.message_id = DeliveryState.SENT, world.now(), f"{number:040x}"
            session.add(row)
        return [row.message_id for row in rows]


def suspended(world):
    with world.database.reading() as session:
        return {row.address_folded: row.reason for row in session.exec(select(Suppression))}


def test_a_hard_bounce_suspends_the_address_of_our_own_mail(place, mails):
    first, _ = sent(place, 2)
    arrive(mails, report(first))
    counts = read_bounces.run(place)
    assert (counts.read, counts.of_ours, counts.suspended) == (1, 1, 1)
    assert suspended(place) == {"reader0@example.org": "mail came back: 5.1.1 550 no such user"}
    assert flags(mails) == [1, 0]
    assert read_bounces.run(place).read == 0


@one_database
def test_one_that_lost_its_lead_counts_nothing_and_leaves_the_mail_to_its_successor(place, mails, clock):
    [first] = sent(place)
    arrive(mails, report(first))
    with place.database.transaction() as session:
        fence = runs.acquire(session, clock.now, "scheduler", place.name, 45)
    with place.database.transaction() as session:
        runs.acquire(session, clock.now + timedelta(minutes=1), "scheduler", "another:1:-:x", 45)
    with pytest.raises(LeaseLost):
        read_bounces.run(place.fenced("scheduler", fence))
    assert not suspended(place)
    assert flags(mails) == [0, 0]
    assert read_bounces.run(place).suspended == 1


@one_database
def test_three_soft_bounces_of_three_mails_in_a_week_suspend_and_one_reported_thrice_does_not(place, mails, clock):
    [first] = sent(place)
    full = {"status": "5.2.2", "code": "smtp; 552 full"}
    arrive(mails, *[report(first, **full)] * 3)
    assert read_bounces.run(place).of_ours == 3
    assert not suspended(place)
    for number in range(2):
        with place.database.transaction() as session:
            row = session.exec(select(Delivery).where(Delivery.message_id == first)).one()
            made = row.model_dump(exclude={"id"}) | {
                "subject": f"shift:{number + 7}",
                "message_id": f"{number + 7:040x}",
            }
            session.add(Delivery(**made))
        arrive(mails, report(f"{number + 7:040x}", **full))
        clock.forward(days=1)
        assert read_bounces.run(place).suspended == number
    assert suspended(place)["reader0@example.org"].startswith("3 mails in a week came back")


@one_database
def test_a_delay_counts_for_nothing_and_a_failure_after_it_does(place, mails):
    [first] = sent(place)
    arrive(mails, report(first, action="delayed", status="4.4.1"))
    assert read_bounces.run(place).suspended == 0
    arrive(mails, report(first, status="4.4.7", code=None), report(first))
    assert read_bounces.run(place).suspended == 1


@one_database
@pytest.mark.parametrize(
    "forge",
    [
        lambda _known: report("f" * 40),
        lambda known: report(None, to="bounces+reader0"),
        lambda known: report(known[:-1] + "x"),
        lambda known: report(known.upper()),
        lambda known: report(f"{known}0"),
    ],
    ids=["another id", "an address", "not hexadecimal", "capitals", "too long"],
)
def test_a_forged_report_suspends_nobody_and_is_flagged_for_a_person(place, mails, forge):
    [known] = sent(place)
    arrive(mails, forge("a1" + known[2:]))
    assert read_bounces.run(place).of_ours == 0
    assert not suspended(place)
    assert flags(mails) == [1, 1]


@one_database
def test_a_report_names_an_old_mail_or_one_that_did_not_go_in_vain(place, mails, clock):
    first, second = sent(place, 2)
    with place.database.transaction() as session:
        row = session.exec(select(Delivery).where(Delivery.message_id == second)).one()
        row.state = DeliveryState.TAKEN
        session.add(row)
    arrive(mails, report(second))
    clock.forward(days=31)
    arrive(mails, report(first))
    assert read_bounces.run(place).of_ours == 0
    assert not suspended(place)


@one_database
def test_a_suspended_reader_gets_nothing_until_it_confirms_anew(place, mails, mailbox):
    [first] = sent(place)
    arrive(mails, report(first))
    read_bounces.run(place)
    with place.database.transaction() as session:
        sign_up_ledger.request(session, place.now(), wish("reader0@example.org"), ip="9")
        row = session.exec(select(Delivery).where(Delivery.occasion == "confirm", Delivery.state == "owed")).one()
        token = row.token
    assert deliver.run(place).sent == 1, "the link that the reader asks for goes"
    with place.database.transaction() as session:
        sign_up_ledger.confirm(session, place.now(), token)
    assert not suspended(place)
    with place.database.reading() as session:
        assert not session.exec(select(Bounce)).all()


@one_database
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong"}, "can't be read"),
        ({"folder": "Returned"}, "folder can't be opened"),
        ({"port": 1}, "refused"),
    ],
)
def test_a_mailbox_that_can_not_be_read_is_an_error_in_words(make_world, imap_port, change, words):
    mailbox = {"host": "127.0.0.1", "port": imap_port, "security": "none", "username": USER, "password": PASSWORD}
    world = make_world(bounces={**mailbox, **change})
    with pytest.raises(MailboxTrouble, match=words) as told:
        read_bounces.run(world)
    assert PASSWORD not in str(told.value)


@dataclass
class Seeing(Mailbox):
    """A mail server that remembers who each mail was from, as the talk said and not the header."""

    senders: list[str | None] = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.senders.append(envelope.mail_from)
        return await super().handle_DATA(server, session, envelope)


@pytest.mark.parametrize(
    ("told", "sender"),
    [
        ({}, "alerts@example.org"),
        ({"return_path": "bounces@example.org"}, "bounces@example.org"),
        ({"return_path": "bounces@example.org", "return_path_tagged": True}, f"bounces+{ID}@example.org"),
    ],
    ids=["none", "plain", "tagged"],
)
def test_a_mail_comes_back_to_the_configured_address_tagged_with_its_id(told, sender):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = (
        "Record <alerts@example.org>",
        "ida@example.org",
        f"<{ID}@example.org>",
    )
    mail.set_content("One of them moved.")
    box = Seeing()
    with smtp_server(box):
        SmtpMailer(Mail(host="127.0.0.1", port=box.port, transport="smtp", **told)).send(mail)
    assert box.senders == [sender]
    assert box.messages[0]["From"] == "Record <alerts@example.org>"
