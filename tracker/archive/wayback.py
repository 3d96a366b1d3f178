"""The Internet Archive's copies: where they are asked for, and what its index answers. Pure.

The index speaks the CDX server's JSON (https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server); a copy
is played back raw, as it was captured, under `<time>id_/<address>`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from tracker.errors import TrackerError

FIELDS = ("timestamp", "original", "mimetype", "statuscode", "digest")
MOST = 500


class InvalidIndexResponse(TrackerError):
    """The index answered something else than its protocol; the text says what."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One copy: when it was made, of which address, which type and digest (base32 SHA-1 of the payload)."""

    at: datetime
    original: str
    content_type: str
    digest: str

    @property
    def stamp(self) -> str:
        """The time as the archive's addresses have it."""
        return self.at.strftime("%Y%m%d%H%M%S")


def index_url(cdx: str, url: str, first: date, last: date, *, daily: bool = False) -> str:
    """Where to ask for the good copies of one address in a window; with `daily`, at most one a day."""
    query = [
        ("url", url), ("from", f"{first:%Y%m%d}"), ("to", f"{last:%Y%m%d}"), ("output", "json"),
        ("fl", ",".join(FIELDS)), ("filter", "statuscode:200"),
        ("collapse", "timestamp:8" if daily else "digest"), ("limit", str(MOST)),
    ]  # fmt: skip
    return f"{cdx}?{urlencode(query)}"


def save_url(save: str, url: str) -> str:
    """Where to ask for a copy of a page to be made now."""
    return f"{save.rstrip('/')}/{url}"


def snapshot_address(final_url: str, headers: Sequence[tuple[str, str]]) -> str | None:
    """The address of the copy that was made: where the answer led, or what its headers name; None when there is none."""
    for address in (final_url, *(value for name, value in headers if name.lower() in {"content-location", "link"})):
        found = re.search(r"/web/\d{14}[^/]*/[^>\s]+", address)
        if found:
            return address if address.startswith("http") and "<" not in address else found[0]
    return None


def parse_captures(body: bytes) -> list[Capture]:
    """The copies an answer names, oldest first. Raises `InvalidIndexResponse`."""
    if not body.strip():
        return []
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidIndexResponse("the index of archive.org did not answer in JSON") from error
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise InvalidIndexResponse("the index of archive.org did not answer with a list")
    if not rows:
        return []
    names, found = rows[0], []
    for row in rows[1:]:
        values = {str(name): str(value) for name, value in zip(names, row, strict=False)}
        try:
            at = datetime.strptime(values["timestamp"][:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            found.append(Capture(at, values["original"], values.get("mimetype", ""), values.get("digest", "")))
        except (KeyError, ValueError):
            continue
    return sorted(found, key=lambda one: one.at)


def playback_url(base: str, capture: Capture) -> str:
    """Where a copy is given raw, without the archive's own banner and links."""
    return f"{base.rstrip('/')}/{capture.stamp}id_/{capture.original}"


def nearest(copies: Sequence[Capture], moment: datetime | None) -> Capture | None:
    """The first copy at or after a time (the page as first published), else the last before it; the first without one."""
    if not copies:
        return None
    after = [one for one in copies if moment is None or one.at >= moment]
    return after[0] if after else copies[-1]
