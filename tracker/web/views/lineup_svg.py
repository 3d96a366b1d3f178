"""A line-up's chart as one SVG image that stands alone: the rows, marks and words of its page, and its source line. Pure.

It carries no style sheet, no script and no foreign address, so that it looks alike wherever it is opened; the colours are
those of the site on light paper. Text does not wrap in an SVG, so lines are broken here by an estimate of their width.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.speech.display import inert_text
from tracker.web.views.lineup_chart import WIDTH, ChartEnd, ChartRow
from tracker.web.views.lineup_figure import LineUpFigure, SharedLineUp

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SVG = "http://www.w3.org/2000/svg"
FONTS = "'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', sans-serif"
PAPER, SUNK, INK, INK_2, INK_3 = "#fbfaf6", "#f2f0e9", "#1a1b1e", "#44474e", "#61646b"
RULE, ACCENT = "#dbd7cb", "#0a5a70"
MARKS = {
    "band": {"fill": SUNK},
    "line-moved": {"stroke": ACCENT, "stroke-width": "2.25", "fill": "none"},
    "strip-line": {"stroke": RULE, "fill": "none"},
    "dot": {"fill": INK},
    "dot-ring": {"fill": PAPER, "stroke": INK, "stroke-width": "1.75"},
    "dot-unk": {"stroke": INK_3, "stroke-width": "1", "fill": "none"},
}
"""How the page draws what it calls by these names."""
SIZE, SMALL, LARGE = 14.0, 12.0, 19.0
LEADING = 1.3
SCALE_HEIGHT, MARK_Y, STRIP_Y = 44.0, 17.0, 40.0
GAP = 8.0
NARROW_LETTERS, WIDE_LETTERS = frozenset("fijlrtI.,:;'’()[]|!/- "), frozenset("mwMW@%…—")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the columns stand. A narrow chart puts what a wide one has beside the scale above and below it."""

    width: float
    margin: float
    scale_x: float
    name_width: float
    change_x: float | None
    """None where the change stands below the scale."""

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return self.width - 2 * self.margin


LAYOUTS = {
    "wide": Layout(width=900, margin=24, scale_x=316, name_width=180, change_x=706),
    "narrow": Layout(width=400, margin=16, scale_x=60, name_width=368, change_x=None),
}
"""For a column of a page and for a telephone: both are read at the width they are shown at, down to 360 pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """An SVG image and its size."""

    svg: bytes
    width: float
    height: float


def draw(shared: SharedLineUp, figure: LineUpFigure, layout: Layout, source: str) -> Drawing:
    """The chart with its heading and, at its foot, the line that says whose it is and when it was read."""
    from lxml import etree

    canvas = Canvas(etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG}), layout)
    canvas.lines(shared.title, size=LARGE, bold=True)
    canvas.lines(shared.lead, colour=INK_2)
    canvas.lines(figure.finding, bold=True)
    key = f"Ring: before {figure.pivot_name}. Dot: after. Confirmed codings only."
    canvas.lines(f"{key} Small marks below a row: its nearest statements by day.", size=SMALL, colour=INK_2)
    canvas.y += GAP
    _scale_head(canvas, figure)
    for row in figure.chart.rows:
        _row(canvas, figure, row)
    canvas.rule()
    steps = "; ".join(f"{step} {label}" for step, label in figure.chart.steps)
    canvas.lines(f"Steps: {steps}.", size=SMALL, colour=INK_2)
    if shared.left_out:
        canvas.lines(shared.left_out, size=SMALL, colour=INK_2)
    canvas.lines(source, size=SMALL, colour=INK_2)
    return canvas.finish(shared.title, figure.finding)


class Canvas:
    """An image that grows downwards: `y` is where the next thing begins."""

    def __init__(self, root: "Element", layout: Layout) -> None:
        """Begin at the upper margin."""
        self.root, self.layout, self.y = root, layout, layout.margin

    def lines(self, words: str, *, size: float = SIZE, bold: bool = False, colour: str = INK) -> None:
        """Write words over the whole width and go on below them."""
        for line in broken(words, self.layout.inner, size, bold=bold):
            self.y += size * LEADING
            self.text(line, self.layout.margin, self.y - size * 0.3, size=size, bold=bold, colour=colour)
        self.y += GAP / 2

    def text(
        self,
        words: str,
        x: float,
        y: float,
        *,
        size: float = SIZE,
        bold: bool = False,
        colour: str = INK,
        anchor: str = "start",
    ) -> None:
        """Write one line whose letters stand on `y`."""
        weight = {"font-weight": "600"} if bold else {}
        where = {"x": f"{x:g}", "y": f"{y:g}", "font-size": f"{size:g}", "fill": colour, "text-anchor": anchor}
        self.shape(self.root, "text", {**where, **weight}).text = inert_text(words)

    def shape(self, parent: "Element", kind: str, attributes: dict[str, str]) -> "Element":
        """Add an element of SVG."""
        from lxml import etree

        return etree.SubElement(parent, f"{{{SVG}}}{kind}", attributes)

    def rule(self) -> None:
        """Draw a line across and go on below it."""
        right = self.layout.width - self.layout.margin
        self.shape(self.root, "path", {"d": f"M{self.layout.margin:g} {self.y:g}H{right:g}", "stroke": RULE})
        self.y += GAP

    def finish(self, title: str, description: str) -> Drawing:
        """The whole image, as high as it has become."""
        from lxml import etree

        whole = self.y + self.layout.margin
        width, height = f"{self.layout.width:g}", f"{whole:g}"
        self.root.attrib.update({"width": width, "height": height, "viewBox": f"0 0 {width} {height}"})
        self.root.attrib.update({"role": "img", "font-family": FONTS})
        paper = self.shape(self.root, "rect", {"width": width, "height": height, "fill": PAPER})
        for place, (kind, words) in enumerate((("title", title), ("desc", description))):
            told = self.shape(self.root, kind, {})
            told.text = inert_text(words)
            self.root.insert(place, told)
        self.root.insert(2, paper)
        written = etree.tostring(self.root, encoding="utf-8", xml_declaration=True)
        return Drawing(svg=written, width=self.layout.width, height=whole)


def _scale_head(canvas: Canvas, figure: LineUpFigure) -> None:
    """What stands above the scale: the turning point, the ends in words, the number of each step."""
    left, middle = canvas.layout.scale_x, canvas.layout.scale_x + WIDTH / 2
    for line in broken(figure.pivot_name, WIDTH, SIZE, bold=True):
        canvas.y += SIZE * LEADING
        canvas.text(line, middle, canvas.y, bold=True, colour=ACCENT, anchor="middle")
    low, high = (broken(words, WIDTH / 2 - GAP, SMALL) for words in (figure.chart.low, figure.chart.high))
    for number in range(max(len(low), len(high))):
        canvas.y += SMALL * LEADING
        for lines, x, anchor in ((low, left, "start"), (high, left + WIDTH, "end")):
            if number < len(lines):
                canvas.text(lines[number], x, canvas.y, size=SMALL, colour=INK_2, anchor=anchor)
    canvas.y += SIZE * LEADING
    for x, (step, _) in zip(figure.chart.bands, figure.chart.steps, strict=True):
        canvas.text(str(step), left + x + figure.chart.band / 2, canvas.y, bold=True, anchor="middle")
    canvas.y += GAP


def _row(canvas: Canvas, figure: LineUpFigure, row: ChartRow) -> None:
    """One speaker: the name, both days, the scale between them, and the change with what must be said beside it."""
    canvas.rule()
    layout, top = canvas.layout, canvas.y
    beside = layout.change_x is not None
    y = top + (MARK_Y + 5 - SIZE * LEADING if beside else 0)
    for line in broken(row.name, layout.name_width, SIZE, bold=True):
        y += SIZE * LEADING
        canvas.text(line, layout.margin, y, bold=True)
    named = y
    scale_top = top if beside else named + GAP / 2
    _scale(canvas, figure, row, scale_top)
    y = scale_top + SCALE_HEIGHT + GAP / 2
    if beside:
        for end, x, anchor in (
            (row.before, layout.scale_x - 10, "end"),
            (row.after, layout.scale_x + WIDTH + 10, "start"),
        ):
            for number, words in enumerate(_day(end)):
                below = scale_top + MARK_Y + 5 + number * SMALL * LEADING
                canvas.text(words, x, below, size=SMALL, colour=INK_2, anchor=anchor)
        left, width = layout.change_x or 0.0, layout.width - layout.margin - (layout.change_x or 0.0)
        told = scale_top + MARK_Y + 5 - SIZE * LEADING
    else:
        y += SMALL * LEADING
        for word, end, x, anchor in (
            ("before", row.before, layout.margin, "start"),
            ("after", row.after, layout.width - layout.margin, "end"),
        ):
            canvas.text(f"{word}: {', '.join(_day(end))}", x, y, size=SMALL, colour=INK_2, anchor=anchor)
        left, width, told = layout.margin, layout.inner, y
    for words, size, bold in ((row.change, SIZE, row.moved), *((note, SMALL, False) for note in row.notes)):
        for line in broken(words, width, size, bold=bold):
            told += size * LEADING
            canvas.text(line, left, told, size=size, bold=bold, colour=INK if bold else INK_2)
    canvas.y = max(y, named, told) + GAP


def _scale(canvas: Canvas, figure: LineUpFigure, row: ChartRow, top: float) -> None:
    """The drawing of a row, as the page has it: the boxes of the steps, the arrow, ring and dot, the strip of days."""
    from lxml import etree

    box = canvas.shape(canvas.root, "g", {"transform": f"translate({canvas.layout.scale_x:g} {top:g})"})
    for x in figure.chart.bands:
        where = {"x": f"{x:.1f}", "y": "0", "width": f"{figure.chart.band:.1f}", "height": "34"}
        canvas.shape(box, "rect", where | MARKS["band"])
    if row.arrow:
        canvas.shape(box, "path", {"d": row.arrow} | MARKS["line-moved"])
    if row.strip:
        canvas.shape(box, "path", {"d": "M2 40H278M140 36V44"} | MARKS["strip-line"])
    for kind, title, x, y, radius in _marks(row):
        group = canvas.shape(box, "g", {})
        etree.SubElement(group, f"{{{SVG}}}title").text = inert_text(title)
        if kind == "dot-unk":
            canvas.shape(group, "path", {"d": f"M{x - 2:g} {y - 2:g}l4 4m0-4l-4 4"} | MARKS[kind])
        else:
            canvas.shape(group, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{radius:g}"} | MARKS[kind])


def _marks(row: ChartRow) -> Iterator[tuple[str, str, float, float, float]]:
    """Each mark of a row: how it looks, the words of its statement, where it stands, how large."""
    for end, kind, radius in ((row.before, "dot-ring", 7.0), (row.after, "dot", 5.0)):
        if end is not None and end.x is not None:
            yield kind, end.title, end.x, MARK_Y, radius
    for one in row.strip:
        yield one.kind, one.title, one.x, STRIP_Y, 2.4


def _day(end: ChartEnd | None) -> tuple[str, ...]:
    if end is None:
        return ("none",)
    return (end.day,) if end.step is not None else (end.day, "no position")


def broken(words: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Words in lines that fit, none of them wider than `width`; a word that alone is wider is cut."""
    lines: list[str] = []
    line = ""
    for word in words.split():
        whole = f"{line} {word}" if line else word
        if wide(whole, size, bold=bold) <= width:
            line = whole
            continue
        if line:
            lines.append(line)
        line = word
        while wide(line, size, bold=bold) > width:
            fits = max(1, next(n for n in range(len(line), -1, -1) if wide(line[:n], size, bold=bold) <= width))
            lines.append(line[:fits])
            line = line[fits:]
    return [*lines, line] if line else lines


def wide(words: str, size: float, *, bold: bool = False) -> float:
    """About how wide words are, a little more than in the fonts that are likely to be there."""
    return sum(_letter(letter) for letter in words) * size * (1.08 if bold else 1.0)


def _letter(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 1.02
    if letter in NARROW_LETTERS:
        return 0.34
    if letter in WIDE_LETTERS:
        return 0.95
    return 0.7 if letter.isupper() else 0.57
