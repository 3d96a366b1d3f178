"""The one room of mail: rows become an EmailMessage from templates/email/<folder>/, and a transport sends it.

Headers are safe by construction and by proof: control and bidi characters are dropped, `=?` from a source can't start an
encoded word, and the finished message is parsed again and refused when its headers are not those that were set.
"""

import contextlib
import email
import os
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tracker.errors import TrackerError
from tracker.settings import Mail, Site
from tracker.speech.display import inert, inert_text

TEMPLATES = Path(__file__).parents[2] / "templates" / "email"


class _Wire(EmailPolicy):
    """How a message is written out: lines up to RFC 5322's limit, encoded words of at most 75 characters (RFC 2047 2).

    The limit is that long because a shorter one would make an encoded word of the exit link in List-Unsubscribe, which mail
    programs could then not follow. A subject that needs encoding is folded by itself, at 75.
    """

    def fold(self, name: str, value: Any) -> str:  # noqa: ANN401 - the library's signature
        """One header as lines."""
        words = str(value)
        if name.lower() != "subject" or words.isascii():
            return str(super().fold(name, value))
        coded = Header(words, "utf-8", maxlinelen=WORD, header_name=name).encode(linesep=self.linesep)
        return f"{name}: {coded}{self.linesep}"

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - the library's signature
        """The same as bytes."""
        if name.lower() != "subject" or str(value).isascii():
            return bytes(super().fold_binary(name, value))
        return self.fold(name, value).encode("ascii")


WORD = 75
WIRE = _Wire(linesep="\r\n", max_line_length=998)
LINE = 72
MAILBOX_FULL = 552
"""RFC 5321 4.2.3; its enhanced form is 5.2.2 (RFC 3463 3.3): final for this mail, not for the address."""
QUIT_S = 5.0
"""Seconds to wait for the answer to QUIT, which nothing depends on."""
DOT = re.compile(rb"^\.", re.MULTILINE)
"""A line that begins with a dot gets a second one (RFC 5321 4.5.2)."""
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\U000e0000-\U000e007f]+")


class Undelivered(TrackerError):
    """A mail did not go; `permanent` says that another try can't help, `given_up` that we ended the talk ourselves."""

    def __init__(self, reason: str, *, permanent: bool, given_up: bool = False, no_mailbox: bool = False) -> None:
        """Keep the server's words and whether they are final; `no_mailbox`: it is the address that they refuse for good."""
        super().__init__(reason)
        self.permanent = permanent
        self.given_up = given_up
        self.no_mailbox = no_mailbox


MayGoOn = Callable[[], bool]
"""Asked before the words of a mail go to the server: whether they still may."""


def always() -> bool:
    """For who sends alone."""
    return True


class Mailer(Protocol):
    """Something that sends one message to one recipient, or raises `Undelivered`."""

    def send(self, message: EmailMessage, may_go_on: MayGoOn = always) -> None:
        """Return only after the receiving side took the message."""

    def close(self) -> None:
        """End every talk in which the words have not gone yet, and begin none: the service is stopping."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who a mail is from and to, and how its reader gets rid of it."""

    to: str
    message_id: str
    unsubscribe_url: str | None = None
    plain: bool = False


def compose(
    site: Site, sender: str, now: datetime, *, folder: str, envelope: Envelope, values: Mapping[str, Any]
) -> EmailMessage:
    """The finished message from the templates of a folder, "confirm" or "alert".

    Raises `Undelivered` (permanent) when its headers would not come out as set.
    """
    context = {"site": site, "now": now, "unsubscribe_url": envelope.unsubscribe_url, **values}
    message = EmailMessage(policy=SMTP)
    name, spec = parseaddr(sender)
    try:
        message["From"] = Address(header_text(name), addr_spec=spec)
        message["To"] = Address(addr_spec=envelope.to)
    except (ValueError, IndexError, email.errors.MessageError) as error:
        raise Undelivered(f"the address can't be written to: {error}", permanent=True) from error
    message["Subject"] = header_text(_render(folder, "subject.txt", context))
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{envelope.message_id}@{urlsplit(site.base_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    if envelope.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_render(folder, "body.txt", context), cte="quoted-printable")
    if not envelope.plain:
        message.add_alternative(_render(folder, "body.html", context), subtype="html", cte="quoted-printable")
    _prove(message)
    return message


def header_text(text: str) -> str:
    """`text` fit for a header: one line, no control, zero-width or bidi characters, and never an encoded word."""
    clean = UNSAFE.sub(" ", text).replace("=?", "= ?").encode("utf-8", "replace").decode()
    return " ".join(clean.split())[:200]


def _prove(message: EmailMessage) -> None:
    """Parse the finished bytes again; more or other headers than were set mean that a text broke out of its own."""
    again = email.message_from_bytes(message.as_bytes(policy=WIRE), policy=SMTP)
    if sorted(name.lower() for name in again) != sorted(name.lower() for name in message.keys()):  # noqa: SIM118 - a message's keys repeat
        raise Undelivered("a text of this mail would have changed its headers; it was not sent", permanent=True)


@cache
def _templates() -> Environment:
    """The mails' own templates: text is text, HTML is escaped, and an unknown name is an error."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=inert,
        autoescape=select_autoescape(("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrapped"] = _wrapped
    environment.filters["address"] = _address
    return environment


def _wrapped(text: str, indent: int = 0) -> str:
    """A text in lines of at most 72 characters; the lines after the first are indented."""
    paragraphs = [" ".join(inert_text(paragraph).split()) for paragraph in text.splitlines() if paragraph.strip()]
    pad = " " * indent
    return f"\n{pad}".join(
        fill(paragraph, LINE - indent, subsequent_indent=pad, break_long_words=False, break_on_hyphens=False)
        for paragraph in paragraphs
    )


def _address(told: Mapping[str, Sequence[str]]) -> str:
    """Parameters as the query of an address."""
    return urlencode(told, doseq=True)


def _render(folder: str, file: str, context: Mapping[str, Any]) -> str:
    return _templates().get_template(f"{folder}/{file}").render(**context)


class FolderMailer:
    """Puts each mail into a folder as an .eml file that any mail program opens."""

    def __init__(self, folder: Path) -> None:
        """Mails go into `folder`; it is made when the first one comes."""
        self.folder = folder

    def send(self, message: EmailMessage, may_go_on: MayGoOn = always) -> None:
        """Write the file under its Message-ID: whole or not at all, and the same mail twice is one file."""
        if not may_go_on():
            raise Undelivered("given up before it was written", permanent=False, given_up=True)
        name = re.sub(r"[^A-Za-z0-9.@-]", "", str(message["Message-ID"])).split("@")[0] or "mail"
        target = self.folder / f"{name}.eml"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / f".{name}.{os.getpid()}").open("wb") as file:
                file.write(message.as_bytes(policy=WIRE))
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(target)
        except OSError as error:
            raise Undelivered(f"the mail folder can't be written: {error.strerror}", permanent=False) from error

    def close(self) -> None:
        """Nothing waits here."""


class SmtpMailer:
    """Sends each mail over SMTP, one recipient and one connection a message. Safe for several threads."""

    def __init__(self, settings: Mail) -> None:
        """Keep the server's address; nothing is opened before the first mail."""
        self.settings = settings
        self._lock = threading.Lock()
        self._talks: set[smtplib.SMTP] = set()
        self._closed = False

    def send(self, message: EmailMessage, may_go_on: MayGoOn = always) -> None:
        """Return after the server's 250 to the whole message (RFC 5321 4.2.5); 5xx is final, all else may be tried again.

        What the server accepted is sent, whatever it answers to QUIT (421) or does to the connection afterwards.
        """
        try:
            with self._talk() as server:
                self._hand_over(server, message, may_go_on)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            said = _words(words)
            gone = _final(code) and code != MAILBOX_FULL and not said.startswith("5.2.2")
            raise Undelivered(f"{code} {said}", permanent=_final(code), no_mailbox=gone) from error
        except smtplib.SMTPResponseException as error:
            # A refused log-in or a full server is not the recipient's fault: only an answer to the mail itself is final.
            final = _final(error.smtp_code) and isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused)
            raise Undelivered(f"{error.smtp_code} {_words(error.smtp_error)}", permanent=final) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Undelivered(f"the mail server does not offer what is configured: {error}", permanent=False) from error
        except (smtplib.SMTPException, OSError) as error:
            stopped = self._closed and not isinstance(error, smtplib.SMTPConnectError)
            reason = "given up: the service is stopping" if stopped else f"the mail server did not answer: {error}"
            raise Undelivered(reason, permanent=False, given_up=stopped) from error

    def close(self) -> None:
        """Cut off every talk in which the words have not gone yet; one that waits for the last answer goes on."""
        with self._lock:
            self._closed = True
        threading.Thread(target=self._cut_off, name="end mail talks", daemon=True).start()

    def _cut_off(self) -> None:
        """Shut every connection until no talk is left: one that is just being made has no socket yet that could be shut."""
        while True:
            with self._lock:
                talks = list(self._talks)
            if not talks:
                return
            for server in talks:
                with contextlib.suppress(OSError, AttributeError):
                    server.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
            time.sleep(0.05)

    @contextlib.contextmanager
    def _talk(self) -> Iterator[smtplib.SMTP]:
        """A connection, open for as long as it is needed; how it ends says nothing of the mail."""
        mail = self.settings
        # Made without a host it is not connected yet: so `close` can reach a talk that hangs at the greeting.
        server = (
            smtplib.SMTP_SSL(timeout=mail.timeout_s, context=ssl.create_default_context())
            if mail.security == "tls"
            else smtplib.SMTP(timeout=mail.timeout_s)
        )
        server._host = mail.host  # type: ignore[attr-defined]  # noqa: SLF001 - the name that TLS checks; connect() leaves it
        with self._lock:
            if self._closed:
                raise smtplib.SMTPServerDisconnected("the service is stopping")
            self._talks.add(server)
        try:
            code, words = server.connect(mail.host, mail.port)
            if code != 220:  # noqa: PLR2004 - RFC 5321 4.3.1: service ready
                raise smtplib.SMTPConnectError(code, words)
            if mail.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if mail.username:
                server.login(mail.username, mail.secret)
            yield server
        finally:
            self._leave(server)

    def _leave(self, server: smtplib.SMTP) -> None:
        """Say goodbye where that is still possible; the answer, 221 or 421 or none, changes nothing."""
        with self._lock:
            self._talks.discard(server)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if server.sock is not None and not self._closed:
                server.sock.settimeout(min(self.settings.timeout_s, QUIT_S))
                server.quit()
        with contextlib.suppress(OSError):
            server.close()

    def _return_path(self, message: EmailMessage) -> str:
        """Where the mail is sent back to when it can't be delivered; tagged, its address says which mail it was."""
        told = self.settings.return_path
        if told is None:
            return str(message["From"].addresses[0].addr_spec)
        name, _, host = told.partition("@")
        tag = str(message["Message-ID"]).strip("<> ").partition("@")[0]
        return f"{name}+{tag}@{host}" if self.settings.return_path_tagged else told

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage, may_go_on: MayGoOn) -> None:
        """The mail transaction of RFC 5321 3.3; after the final dot the wait is longer (4.5.3.2.6): a short one doubles."""
        sender = self._return_path(message)
        recipient = message["To"].addresses[0].addr_spec
        data = message.as_bytes(policy=WIRE)
        server.ehlo_or_helo_if_needed()
        code, words = server.mail(sender)
        if code != 250:  # noqa: PLR2004 - RFC 5321: requested mail action okay, completed
            raise smtplib.SMTPSenderRefused(code, words, sender)
        code, words = server.rcpt(recipient)
        if code not in {250, 251}:
            raise smtplib.SMTPRecipientsRefused({recipient: (code, words)})
        code, words = server.docmd("data")
        if code != 354:  # noqa: PLR2004 - RFC 5321: start mail input
            raise smtplib.SMTPDataError(code, words)
        with self._lock:
            # From here on the talk is not cut off: the server may have taken the mail when it seems to hang.
            self._talks.discard(server)
        if self._closed or not may_go_on():
            raise Undelivered("given up before the words went", permanent=False, given_up=True)
        if server.sock is not None:
            server.sock.settimeout(max(self.settings.data_timeout_s, self.settings.timeout_s))
        server.send(DOT.sub(b"..", data) + (b"" if data.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, words = server.getreply()
        if code != 250:  # noqa: PLR2004 - as above
            raise smtplib.SMTPDataError(code, words)


def mailer(settings: Mail) -> Mailer:
    """The transport that the settings name."""
    return SmtpMailer(settings) if settings.transport == "smtp" else FolderMailer(settings.folder)


def _final(code: int) -> bool:
    return 500 <= code < 600  # noqa: PLR2004 - RFC 5321 4.2.1: 5yz is a permanent negative completion


def _words(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return header_text(text)
