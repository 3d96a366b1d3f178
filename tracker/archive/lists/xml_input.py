"""XML as it comes from outside, before a parser sees it: attacks refused, wide encodings made UTF-8. Pure."""

import re

from tracker.archive.lists.entries import UnreadableList

ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
ENCODING = re.compile(r"^(\s*<\?xml[^>]{0,200}?)\s+encoding\s*=\s*[\"'][^\"']{0,40}[\"']", re.IGNORECASE)
WIDE = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
BARE_WIDE = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}


def refuse_entities(body: bytes) -> None:
    """Declared entities are how XML bombs and file theft begin; no feed needs them. UTF-16 and 32 hide them in zeros."""
    if ENTITY.search(body) or ENTITY.search(body.replace(b"\x00", b"")):
        raise UnreadableList("not read: the feed declares XML entities, which can hide an attack")


def to_utf8(body: bytes, content_type: str | None) -> tuple[bytes, str | None]:
    """The body in UTF-8 when its first bytes show it to be UTF-16 or UTF-32, whatever it says of itself; and its type."""
    encoding = next((name for mark, name in WIDE.items() if body.startswith(mark)), None)
    encoding = encoding or next(
        (name for mark, name in BARE_WIDE.items() if body.lstrip(b" \n").startswith(mark)), None
    )
    if encoding is None:
        return body, content_type
    text = ENCODING.sub(r"\1", body.decode(encoding, "replace"), count=1)
    kind = (content_type or "application/xml").split(";")[0]
    return text.encode("utf-8", "replace"), f"{kind}; charset=utf-8"
