"""A workbook of statements: the same cells as the CSV, all of them text or numbers, whatever was said."""

import io
import zipfile

import openpyxl
import pytest

from jobs.ingest import manual
from tracker.archive.supplied import from_object
from tracker.record import export, spreadsheet
from tracker.record.export import COLUMNS

HOSTILE = (
    '=HYPERLINK("https://evil.example","pay")', "+1+1", "-2+3", "@SUM(A1:A9)", "|cmd", "＝1+1", "\t=1+1",
    "https://a.example/?q=1",
    "internal:Sheet2!A1", "007", "1e5", "TRUE", "_x0041_ is written so", "ünïcödé 北約 мир 😀", "a\x01b\ufffec",
    "<b>&amp;</b> ]]>",
    "  two blanks  before", "",
)  # fmt: skip


def row(text="Words", places=1, **more):
    return {
        "claim": "abc", "text": text, "kind": "direct", "polarity": "affirmed", "speaker": "Ada Moor", "role": None,
        "candidates": [],
        "said": {"from": "2024-03-18", "to": "2024-03-18", "precision": "day", "basis": "", "conflict": None},
        "channel": None, "venue": None, "question": None, "condition": None, "topics": [], "codings": [], "status": "new",
        "corrections": [],
        "appearances": [
            {"url": "https://a.example/1", "outlet": "A", "published": None, "fetched": None, "snapshot": "0", "start": 5,
             "end": 9 + number, "spans": [], "exact": text, "exact_sha256": "1", "form": "verbatim", "state": "intact"}
            for number in range(places)
        ],
        **more,
    }  # fmt: skip


def written(rows) -> bytes:
    stream = io.BytesIO()
    spreadsheet.write(stream, rows)
    return stream.getvalue()


def sheets(data: bytes):
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [[list(line) for line in sheet.iter_rows()] for sheet in book.worksheets]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_was_said_is_text_and_no_formula_and_no_link(text):
    data = written([row(text)])
    (_, line), *_ = sheets(data)
    cell = line[COLUMNS.index("exact")]
    assert cell.data_type in {"s", "inlineStr", "n"}
    assert cell.data_type != "n" or cell.value is None
    assert cell.hyperlink is None
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        whole = "".join(parts.read(name).decode() for name in parts.namelist())
    assert "<f>" not in whole
    assert "<hyperlink" not in whole
    told = (cell.value or "").replace("_x005F_", "_")
    assert told == text.replace("\x01", "\ufffd").replace("\ufffe", "\ufffd")


def test_where_words_stand_is_a_number_and_each_place_has_its_row():
    (head, *lines), *_ = sheets(written([row(places=3)]))
    assert [cell.value for cell in head] == list(COLUMNS)
    assert [line[COLUMNS.index("end")].value for line in lines] == [9, 10, 11]
    assert all(line[COLUMNS.index("end")].data_type == "n" for line in lines)


def test_words_longer_than_a_cell_are_cut_and_say_so():
    (_, line), *_ = sheets(written([row("ä" * 40_000)]))
    told = line[COLUMNS.index("text")].value
    assert len(told) == spreadsheet.MOST_LETTERS
    assert told.endswith(spreadsheet.CUT)
    (_, line), *_ = sheets(written([row("ä" * spreadsheet.MOST_LETTERS)]))
    assert line[COLUMNS.index("text")].value == "ä" * spreadsheet.MOST_LETTERS


def test_rows_beyond_a_sheet_go_on_in_the_next_one_under_the_same_head(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 4)
    found = sheets(written([row(str(number)) for number in range(7)]))
    assert [len(lines) for lines in found] == [4, 4, 2]
    assert [line[1].value for lines in found for line in lines[1:]] == [str(number) for number in range(7)]
    assert all([cell.value for cell in lines[0]] == list(COLUMNS) for lines in found)


def test_a_table_without_any_row_has_its_head():
    ((head,),) = sheets(written([]))
    assert [cell.value for cell in head] == list(COLUMNS)


def test_it_holds_the_record_as_the_csv_does(world):
    text = "Mayor Ada Moor spoke on Monday.\n\n“=1+1 is what we need, all of it, now,” Moor said."
    manual.add(
        world, from_object({"text": text, "url": "https://a.example/1", "published": "2024-03-18", "title": "P"})
    )
    with world.database.reading() as session:
        rows = list(export.claims(session))
    (_, *lines), *_ = sheets(written(rows))
    expected = [["" if value is None else value for value in line] for one in rows for line in export.flat_rows(one)]
    assert [["" if cell.value is None else cell.value for cell in line] for line in lines] == expected
    assert lines[0][COLUMNS.index("exact")].value.startswith("“=1+1")
