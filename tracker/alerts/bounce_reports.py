"""What a mail that came back says: which of our mails it was, whether for good, and why. Pure.

Reports as RFC 3464 has them are read by their fields, complaints as RFC 5965 has them; the many other forms by flufl.bounce,
which knows them. Which mail it was, only the id says that we gave it: it stands in the headers that are sent back, or in the
address that the report was sent to.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.policy import compat32
from enum import StrEnum

from flufl.bounce import all_failures

OUR_ID = re.compile(r"(?<![0-9a-zA-Z])([0-9a-f]{40})(?=@)")
"""The left part of our Message-IDs, and the tag of a tagged return path."""
MOST_IDS = 20
MAILBOX_FULL = "5.2.2"
"""RFC 3463 3.3: final for this mail, not for the address."""
SENT_TO = ("to", "delivered-to", "x-original-to", "envelope-to")


class Severity(StrEnum):
    """What a report means for the address."""

    HARD = "hard"
    """It takes no mail, or its reader complained."""
    SOFT = "soft"
    """It did not take this one: full, or out of order for days."""
    DELAY = "delay"
    """A server goes on trying; nothing is lost yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceReport:
    """A report of mails of ours, perhaps."""

    message_ids: tuple[str, ...]
    """What may be ids of ours in it."""
    severity: Severity
    reason: str


def read_report(raw: bytes) -> BounceReport | None:
    """The report in a mail; None for one that tells of no failure, or of no mail that could be ours."""
    message = email.message_from_bytes(raw, policy=compat32)
    told = _complaint(message) or _status_report(message) or _other(message)
    ids = tuple(dict.fromkeys(_ids(message)))[:MOST_IDS]
    if told is None or not ids:
        return None
    severity, reason = told
    return BounceReport(message_ids=ids, severity=severity, reason=reason)


def _complaint(message: Message) -> tuple[Severity, str] | None:
    if any(part.get_content_type() == "message/feedback-report" for part in message.walk()):
        return Severity.HARD, "its reader told the mail provider that our mails are unwanted"
    return None


def _status_report(message: Message) -> tuple[Severity, str] | None:
    """What the worst of the recipients' fields say (RFC 3464 2.3): one mail of ours has one recipient."""
    parts = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    blocks = [block for part in parts if part.is_multipart() for block in part.get_payload()]
    found = [_recipient(block) for block in blocks if isinstance(block, Message) and block.get("action")]
    return min(found, key=lambda one: list(Severity).index(one[0])) if found else None


def _recipient(block: Message) -> tuple[Severity, str]:
    action = str(block["action"]).split()[0].lower() if str(block["action"]).split() else ""
    status = (re.search(r"[245]\.\d{1,3}\.\d{1,3}", str(block.get("status", ""))) or [""])[0]
    words = " ".join(str(block.get("diagnostic-code", "")).partition(";")[2].split())
    reason = " ".join(part for part in ("mail came back:", status, words) if part)
    if action != "failed":
        return Severity.DELAY, reason
    return (Severity.HARD if status.startswith("5") and status != MAILBOX_FULL else Severity.SOFT), reason


def _other(message: Message) -> tuple[Severity, str] | None:
    """What the detectors of flufl.bounce make of it; a heuristic alone, so the reason says no more than that."""
    try:
        for_now, for_good = all_failures(message)
    except Exception:  # noqa: BLE001 - a stranger's mail in a form that a detector trips over is no report
        return None
    if for_good:
        return Severity.HARD, "mail came back, without a status"
    return (Severity.DELAY, "a server goes on trying") if for_now else None


def _ids(message: Message) -> Iterator[str]:
    for name in SENT_TO:
        for value in message.get_all(name, []):
            yield from OUR_ID.findall(str(value).replace("+", " "))
    for part in message.walk():
        if part is not message and part.get("message-id"):
            yield from OUR_ID.findall(str(part["message-id"]))
        if part.get_content_type() in {"text/rfc822-headers", "text/plain"}:
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield from OUR_ID.findall(payload.decode("latin-1"))
