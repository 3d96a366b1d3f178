"""How a text of a source, a speaker or a colleague is put before a reader, on a page, in a feed and in a mail.

It may carry characters that reorder or hide the letters beside them (U+202E in a name turns the rest of the line around).
Evidence keeps them; a reader is shown the text without the invisible ones, and a control character as U+FFFD. Arabic,
Hebrew and their marks stay. Templates put every value through `inert`, so none can forget it.
"""

import re

from tracker.speech.wording import visible

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb\ufffe\uffff]")

NOT_XML = re.compile(rf"[^\t\n\r -{chr(0xD7FF)}{chr(0xE000)}-{chr(0xFFFD)}{chr(0x10000)}-{chr(0x10FFFF)}]")


def inert(value: object) -> object:
    """A value as a reader is shown it; what is no plain `str`, such as finished HTML, stays as it is."""
    return inert_text(value) if type(value) is str else value


def inert_text(text: str) -> str:
    """A text without what could reorder or hide letters or act on a terminal."""
    return text if text.isascii() and text.isprintable() else CONTROL.sub("\ufffd", visible(text))


def xml_text(text: str) -> str:
    """A text whose every character XML can hold; the others become U+FFFD."""
    return NOT_XML.sub("\ufffd", text)
