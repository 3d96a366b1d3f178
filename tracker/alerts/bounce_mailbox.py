"""The mailbox to which mails come back, over IMAP: unread mails are read, and marked once what they say is kept."""

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from typing import Any, Self

from tracker.errors import TrackerError
from tracker.settings import BouncesSection

MOST_MAILS = 200
"""Read in one run; the rest waits for the next one."""
LARGEST = 256 * 1024
"""Of a mail so many bytes are read: a report stands before what is sent back."""


class MailboxTrouble(TrackerError):
    """The mailbox of mails that came back can't be read."""


class BounceMailbox:
    """An open mailbox; leave it as a context."""

    def __init__(self, settings: BouncesSection) -> None:
        """Connect, sign in and open the folder. Raises `MailboxTrouble`."""
        with _told():
            self._server = _connect(settings)
        try:
            with _told():
                self._server.login(settings.username, settings.secret)
                folder = settings.folder.replace("\\", "\\\\").replace('"', '\\"')
                _accepted(self._server.select(f'"{folder}"'), "the folder can't be opened")
        except MailboxTrouble:
            self.close()
            raise

    def unread(self) -> Iterator[tuple[str, bytes]]:
        """Each unread mail with its number in the folder; reading it here does not mark it. Raises `MailboxTrouble`."""
        with _told():
            found = _accepted(self._server.uid("SEARCH", "UNSEEN"), "can't be searched")
        for number in (found[0] or b"").split()[:MOST_MAILS]:
            with _told():
                told = _accepted(
                    self._server.uid("FETCH", number.decode(), f"(BODY.PEEK[]<0.{LARGEST}>)"), "can't be read"
                )
            yield number.decode(), next((part[1] for part in told if isinstance(part, tuple)), b"")

    def mark(self, number: str, *, understood: bool) -> None:
        """Never read it again; one that is no report of ours is flagged, for a person to look at. Raises `MailboxTrouble`."""
        flags = r"(\Seen)" if understood else r"(\Seen \Flagged)"
        with _told():
            _accepted(self._server.uid("STORE", number, "+FLAGS", flags), "can't be marked")

    def close(self) -> None:
        """Sign out; how that ends changes nothing."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._server.logout()

    def __enter__(self) -> Self:
        """This mailbox."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _connect(settings: BouncesSection) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if settings.security == "tls":
        return imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=settings.timeout_s)
    server = imaplib.IMAP4(settings.host, settings.port, timeout=settings.timeout_s)
    if settings.security == "starttls":
        server.starttls(context)
    return server


def _accepted(answer: tuple[str, list[Any]], otherwise: str) -> list[Any]:
    if answer[0] != "OK":
        raise MailboxTrouble(f"the mailbox of returned mails {otherwise}")
    return answer[1]


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What goes wrong between us and the server, as one sentence."""
    try:
        yield
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxTrouble(f"the mailbox of returned mails can't be read: {error}") from error
