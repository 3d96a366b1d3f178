"""What a document says: bytes to main text, title, date and language, with the rule that did it. Pure.

HTML goes through `tracker.archive.text.html`, PDF and DOCX through `documents`, WebVTT and SRT through `captions`. Plain text
is taken as it is given, to the letter.
"""

import re
from dataclasses import replace

from tracker.archive.text import captions, html, office
from tracker.archive.text.extracted import ExtractedText
from tracker.errors import TrackerError
from tracker.languages.letters import count_small_cyrillic

EXTRACTOR_VERSION = "2026.11.4"
"""Stored with each snapshot; raise it with every change of what is extracted."""
REPLACEMENT = "\ufffd"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PACKED = frozenset({"application/zip", "application/octet-stream", "application/msword", ""})
CAPTIONS = frozenset({"text/vtt", "application/x-subrip", "text/srt", "application/srt"})
CYRILLIC = ("cp1251", "koi8-u", "iso8859-5", "cp866")
"""Code pages of pages that tell none; KOI8-U has KOI8-R's letters in the same places."""
MOSTLY = 0.7
"""Share of small letters from which a text is one in that code page."""
LATIN = frozenset({"iso-8859-1", "cp1252", "windows-1252", "latin-1", "ascii", "us-ascii"})


class UnreadableDocument(TrackerError):
    """There is no text to be had from these bytes; the words say why."""


def extract_text(body: bytes, *, content_type: str | None, url: str | None) -> ExtractedText:
    """The main text of a document and what it tells about itself. Raises `UnreadableDocument`, never anything else."""
    kind = (content_type or "").split(";")[0].strip().lower()
    if not body.strip():
        raise UnreadableDocument("the document is empty")
    try:
        return replace(_read(body, kind, content_type, url), extractor=EXTRACTOR_VERSION)
    except UnreadableDocument:
        raise
    except (captions.NoCaptions, office.NoText) as error:
        raise UnreadableDocument(str(error)) from error
    except Exception as error:
        # Parsers fail in ways of their own on hostile bytes: for us it is one thing, a document nobody can read.
        raise UnreadableDocument(f"the document can't be read: {error.__class__.__name__}") from error


def _read(body: bytes, kind: str, content_type: str | None, url: str | None) -> ExtractedText:
    if kind == "application/pdf" or body.startswith(b"%PDF-"):
        return _plain(office.pdf(body), "pypdf, lines joined")
    if kind == DOCX or (kind in PACKED and body.startswith(b"PK\x03\x04")):
        return _plain(office.docx(body), "docx paragraphs")
    if kind in CAPTIONS or body.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return _plain(captions.to_text(decode(body, content_type)), "captions joined into turns")
    if kind == "text/plain":
        return _plain(decode(body, content_type), "plain text")
    return _html(decode(body, content_type), url)


def _plain(text: str, rule: str) -> ExtractedText:
    if not text.strip():
        raise UnreadableDocument("the document has no text")
    return ExtractedText(text=text, rule=rule, damaged=REPLACEMENT in text)


def decode(body: bytes, content_type: str | None) -> str:
    """The body as text by the WHATWG rules: byte order mark, header, declaration, then what the bytes look like.

    A header or declaration that the bytes contradict is not believed when they are sound UTF-8: servers say
    `iso-8859-1` for everything.
    """
    from w3lib.encoding import html_body_declared_encoding, html_to_unicode, http_content_type_encoding

    told = http_content_type_encoding(content_type) or html_body_declared_encoding(body)
    if told in LATIN and _is_utf8(body):
        content_type = "text/html; charset=utf-8"
    return str(html_to_unicode(content_type, body, auto_detect_fun=_guess, default_encoding="utf-8")[1]).lstrip(
        "\ufeff"
    )


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not body.isascii()


def _guess(body: bytes) -> str:
    """UTF-8 where the bytes are that; else the Cyrillic or the western code page, by which letters would come out.

    Of the Cyrillic ones it is the one that gives words in small letters: KOI8-R and windows-1251 have capitals and small
    letters in each other's places. Where none does, the bytes are read as UTF-8, and what is none marks the text damaged.
    """
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        words = re.sub(rb"<[^>]*>", b"", body)
        high, plain = len(re.findall(rb"[\x80-\xff]", words)), len(re.findall(rb"[A-Za-z]", words))
        if high <= plain:
            return "cp1252"
        small = {name: count_small_cyrillic(words.decode(name, "replace")) for name in CYRILLIC}
        best = max(CYRILLIC, key=lambda name: small[name])
        return best if small[best] >= MOSTLY * high else "utf-8"
    return "utf-8"


def _html(text: str, url: str | None) -> ExtractedText:
    found = html.read(text, url)
    if found is None:
        raise UnreadableDocument("no main text was found on the page")
    return replace(found, damaged=REPLACEMENT in found.text)
