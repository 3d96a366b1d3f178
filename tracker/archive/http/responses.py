"""What an answer means: which states a status code, a challenge page or a Retry-After header stand for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

Headers = Sequence[tuple[str, str]]

NOT_MODIFIED = 304
FULL = frozenset({200, 203})
CLOSED = {
    401: "asks for a sign-in",
    402: "asks for payment",
    403: "refuses us",
    407: "asks for a proxy's sign-in",
    451: "is withheld for legal reasons",
}
SHORTEST_WAIT, LONGEST_WAIT = 60.0, 86400.0
LOOK_AT = 65536

# Pages that stand before the page: each mark is only ever seen on such a page, or counts only on a very small one.
CHALLENGE = re.compile(
    rb"<title>\s*(just a moment\.\.\.|attention required! \| cloudflare|access denied|pardon our interruption"
    rb"|ddos-guard|please wait\.\.\. \| cloudflare|security check|are you a robot\??|human verification)\s*</title>",
    re.IGNORECASE,
)
SMALL_CHALLENGE = re.compile(
    rb"_incapsula_resource|captcha-delivery\.com|/cdn-cgi/challenge-platform/|sgcaptcha|px-captcha|awswafcookiedomainlist"
    rb"|__cf_chl_|window\._cf_chl_opt",
    re.IGNORECASE,
)
SMALL = 12_000


@dataclass(frozen=True, slots=True)
class RefusedResponse:
    """An answer that gives no document: a clause for the sentence, its state, whether asking again is useless."""

    clause: str
    state: str
    permanent: bool = False


def header(headers: Headers, name: str) -> str | None:
    """The first header of this name (in small letters), byte for byte."""
    return next((value for key, value in headers if key.lower() == name), None)


def find_refusal(status: int, reason: str, headers: Headers, body: bytes) -> RefusedResponse | None:
    """What is wrong with an answer, or None when it carries a document. Redirects and 304 are not judged here."""
    said = f"{status} {one_line(reason)}".strip()
    challenge = _challenge(headers, body)
    if status in FULL:
        return RefusedResponse("shows a check for robots instead of the page", "blocked") if challenge else None
    if status in CLOSED:
        return RefusedResponse(f"{CLOSED[status]} ({said})", "blocked")
    if challenge:
        return RefusedResponse(f"shows a check for robots instead of the page ({said})", "blocked")
    if status == 404:  # noqa: PLR2004 - the famous one
        return RefusedResponse(f"has no such page ({said})", "gone")
    if status == 410:  # noqa: PLR2004 - RFC 9110 section 15.5.11
        return RefusedResponse(f"has removed the page for good ({said})", "gone", permanent=True)
    return RefusedResponse(f"answered {said}", "error")


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds to wait as the server asks (RFC 9110 section 10.2.3), between one minute and one day; None for junk."""
    value = (header(headers, "retry-after") or "").strip()
    if re.fullmatch(r"[0-9]{1,12}", value):
        return min(max(float(value), SHORTEST_WAIT), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), SHORTEST_WAIT), LONGEST_WAIT)


def max_age(headers: Headers) -> float | None:
    """Seconds for which the server calls its answer good (RFC 9111 section 5.2.2.1), at most one day; None when unsaid."""
    value = (header(headers, "cache-control") or "").lower()
    if re.search(r"\bno-(cache|store)\b", value):
        return None
    found = re.search(r"(?<![a-z-])max-age\s*=\s*\"?(\d{1,9})", value)
    return min(float(found[1]), LONGEST_WAIT) if found else None


def one_line(text: str) -> str:
    """A foreign text that may stand in a message: one short line of visible characters."""
    shown = "".join(character if character.isprintable() else " " for character in text[:200])
    return " ".join(shown.split())


def _challenge(headers: Headers, body: bytes) -> bool:
    if (header(headers, "cf-mitigated") or "").lower() == "challenge":
        return True
    kind = (header(headers, "content-type") or "text/html").lower()
    if "html" not in kind:
        return False
    head = body[:LOOK_AT]
    return bool(CHALLENGE.search(head)) or (len(body) <= SMALL and bool(SMALL_CHALLENGE.search(head)))
