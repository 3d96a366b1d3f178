"""Claims as an Excel workbook (XLSX): the columns of the CSV, each cell text or a number, never a formula or a link.

Rows go to a file on disk as they come, so memory stays the same whatever their number. A cell holds at most 32,767 characters
and a sheet 1,048,576 rows: longer text is cut and says so, and further rows go on in a further sheet.
"""

from collections.abc import Iterable
from typing import IO, Any

from tracker.record.export import COLUMNS, flat_rows
from tracker.speech.display import xml_text

MOST_LETTERS = 32_767
CUT = " [… cut: a cell of a spreadsheet holds no more]"
MOST_ROWS = 1_048_576
"""Rows of a sheet, the head among them."""
WIDTHS = {
    "text": 60,
    "exact": 60,
    "question": 40,
    "said_basis": 30,
    "topics": 24,
    "codings": 40,
    "url": 40,
    "corrections": 40,
}
"""How wide columns are in characters; the others are as wide as a day."""
NARROW = 14


def write(stream: IO[bytes], rows: Iterable[dict[str, Any]]) -> None:
    """Write claims, as the interface's objects, as a workbook; one row for each place where a claim stands."""
    import xlsxwriter

    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        head = book.add_format({"bold": True})
        sheet, number = None, MOST_ROWS
        for line in _lines(rows):
            if number >= MOST_ROWS or sheet is None:
                sheet, number = book.add_worksheet(), 1
                sheet.freeze_panes(1, 1)
                for column, name in enumerate(COLUMNS):
                    sheet.set_column(column, column, WIDTHS.get(name, NARROW))
                    sheet.write_string(0, column, name, head)
            for column, value in enumerate(line):
                if isinstance(value, int):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    sheet.write_string(number, column, cell(str(value)))
            number += bool(line)


def cell(text: str) -> str:
    """A text as a cell can hold it."""
    clean = xml_text(text)
    return clean if len(clean) <= MOST_LETTERS else clean[: MOST_LETTERS - len(CUT)] + CUT


def _lines(rows: Iterable[dict[str, Any]]) -> Iterable[list[Any]]:
    """Every row of the table; one empty one first, so that a table without any has its head."""
    yield []
    for row in rows:
        yield from flat_rows(row)
