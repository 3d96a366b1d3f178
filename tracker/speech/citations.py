r"""A statement as others cite it: in a newsroom's words, in the style of the APA, as BibTeX and as RIS. Pure.

APA: the parts that its Publication Manual (7th edition) asks of a work on a page that may change; the name stays as it is
known, since nothing tells which of its words is the family's. BibTeX: entry type `misc`, fields of biblatex. RIS: type GEN.
"""

from dataclasses import dataclass
from datetime import date

from tracker.speech import phrasing
from tracker.speech.models import Precision

_ESCAPES = {
    "\\": r"\textbackslash{}",
    **{char: f"\\{char}" for char in "{}$&#_%"},
    "~": r"\textasciitilde{}",
    "^": r"\^{}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedStatement:
    """What a citation names. The days are those of saying; `words` stand as every page gives them, marks included."""

    key: str
    """The statement's permanent id."""
    words: str
    speaker: str | None
    role: str | None
    first: date | None
    last: date | None
    precision: Precision
    place: str | None
    """Channel and venue, as far as known."""
    outlet: str | None
    url: str | None
    """The original address, where it may be linked to."""
    archived: str | None
    permalink: str
    site: str
    accessed: date


@dataclass(frozen=True, slots=True)
class Citation:
    """One style: its name, its text, and the type of file it would be."""

    style: str
    text: str
    ending: str


def citations(of: CitedStatement) -> tuple[Citation, ...]:
    """A statement in every style."""
    return (
        Citation("Newsroom", newsroom(of), "txt"),
        Citation("APA", apa(of), "txt"),
        Citation("BibTeX", bibtex(of), "bib"),
        Citation("RIS", ris(of), "ris"),
    )


def newsroom(of: CitedStatement) -> str:
    """The words, who said them as what, when and where, where it was read, and where to check it."""
    said = phrasing.said(of.first, of.last, of.precision)[0]
    who = ", ".join(part for part in (_speaker(of), of.role, f"said {said}", of.place) if part)
    read = ", ".join(part for part in (of.outlet, of.url) if part)
    archived = f"Archived copy: {of.archived}. " if of.archived else ""
    return (
        f"{of.words} — {who}. {f'{read}. ' if read else ''}{archived}"
        f"{of.site}, {of.permalink} (accessed {phrasing.short_day(of.accessed)})."
    )


def apa(of: CitedStatement) -> str:
    """An entry of a list of references."""
    what = ", ".join(part for part in ("Statement", of.role, of.place) if part)
    read = f" {of.outlet}." if of.outlet else ""
    urls = " ".join(one for one in (of.url, of.archived and f"[Archived copy: {of.archived}]") if one)
    accessed = f"{phrasing.MONTHS[of.accessed.month - 1]} {of.accessed.day}, {of.accessed.year}"
    return (
        f"{_speaker(of)} ({_apa_day(of)}). {of.words} [{what}].{read}{f' {urls}' if urls else ''} "
        f"Retrieved {accessed}, from {of.site}: {of.permalink}"
    )


def bibtex(of: CitedStatement) -> str:
    """An entry for BibTeX and biblatex."""
    fields = {
        "author": f"{{{_tex(_speaker(of))}}}",
        "title": f"{{{_tex(of.words)}}}",
        "date": _iso(of),
        "year": str(of.first.year) if of.first else None,
        "howpublished": _tex(", ".join(part for part in (of.outlet, of.place) if part)) or None,
        "note": _tex(
            "; ".join(part for part in (of.role, f"archived copy: {of.archived}" if of.archived else None) if part)
        )
        or None,
        "publisher": _tex(of.site),
        "url": of.permalink,
        "urldate": of.accessed.isoformat(),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{of.key},", *lines, "}"])


def ris(of: CitedStatement) -> str:
    """A record for reference managers; each value on one line, as the format wants it."""
    tags = [
        ("TY", "GEN"),
        ("AU", _speaker(of)),
        ("TI", of.words),
        ("PY", str(of.first.year) if of.first else None),
        ("DA", of.first.strftime("%Y/%m/%d") if of.first and of.first == of.last else None),
        ("PB", of.outlet),
        ("N1", ", ".join(part for part in (of.role, of.place) if part) or None),
        ("UR", of.permalink),
        ("L2", of.url),
        ("L1", of.archived),
        ("DP", of.site),
        ("Y2", of.accessed.strftime("%Y/%m/%d")),
        ("ID", of.key),
    ]
    return "\n".join(f"{tag}  - {' '.join(value.split())}" for tag, value in tags if value) + "\nER  - "


def _speaker(of: CitedStatement) -> str:
    return of.speaker or "Speaker not resolved"


def _apa_day(of: CitedStatement) -> str:
    first, last = of.first, of.last
    if first is None or last is None or of.precision is Precision.UNKNOWN:
        return "n.d."
    if of.precision is Precision.YEAR:
        return str(first.year)
    month = phrasing.MONTHS[first.month - 1]
    if of.precision is Precision.MONTH:
        return f"{first.year}, {month}"
    if first == last:
        return f"{first.year}, {month} {first.day}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.year}, {month} {first.day}–{last.day}"
    until = f"{phrasing.MONTHS[last.month - 1]} {last.day}"
    return f"{first.year}, {month} {first.day}–{until}{'' if first.year == last.year else f', {last.year}'}"


def _iso(of: CitedStatement) -> str | None:
    """The days as biblatex has them (ISO 8601-2): a day, an interval, a month or a year."""
    if of.first is None or of.last is None or of.precision is Precision.UNKNOWN:
        return None
    if of.precision is Precision.YEAR:
        return f"{of.first:%Y}"
    if of.precision is Precision.MONTH:
        return f"{of.first:%Y-%m}"
    return of.first.isoformat() if of.first == of.last else f"{of.first.isoformat()}/{of.last.isoformat()}"


def _tex(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in " ".join(text.split()))
