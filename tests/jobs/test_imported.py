"""Statements kept elsewhere come in row by row: as they were given, marked for ever, once, and without an alert."""

import pytest
from sqlmodel import select

from jobs.ingest import csv_import
from tracker.alerts.models import Delivery
from tracker.archive.models import Document
from tracker.archive.supplied import InvalidDocument
from tracker.record import export, proof

HEAD = "text,speaker,said,url,outlet,published,kind\n"
ROW = '"The bridge toll is fair, to all",Mara Lind,2024-03-06,https://courier.example/1,Courier,2024-03-07,direct\n'


def write(folder, text):
    path = folder / "kept.csv"
    path.write_text(text, encoding="utf-8")
    return path


def take(world, path, **how):
    told = [
        (line, row if isinstance(row, str) else csv_import.store_row(world, row, **how))
        for line, row in csv_import.read_rows(path)
    ]
    with world.database.reading() as session:
        return told, list(export.claims(session))


def test_a_row_becomes_a_statement_with_its_words_its_day_and_where_it_is_said_to_stand(world, tmp_path):
    told, [claim] = take(world, write(tmp_path, HEAD + ROW))
    assert told == [(2, True)]
    assert (claim["text"], claim["speaker"], claim["kind"]) == (
        "The bridge toll is fair, to all",
        "Mara Lind",
        "direct",
    )
    assert claim["said"] == {
        "from": "2024-03-06", "to": "2024-03-06", "precision": "day", "basis": "by hand", "conflict": None,
    }  # fmt: skip
    assert [link["topic"] for link in claim["topics"]] == ["bridge-toll"]
    assert claim["appearances"][0]["url"] == "https://courier.example/1"
    assert claim["appearances"][0]["exact"] == "The bridge toll is fair, to all"
    with world.database.reading() as session:
        [document] = session.exec(select(Document)).all()
        assert session.exec(select(Delivery)).all() == []
    assert document.entered_by == "import"
    assert "the page itself was not read" in document.note
    assert proof.verify(world.database, world.archive, everything=True).problems == ()


def test_the_same_file_twice_adds_nothing(world, tmp_path):
    path = write(tmp_path, HEAD + ROW)
    take(world, path)
    told, claims = take(world, path)
    assert told == [(2, False)]
    assert len(claims) == 1


def test_a_dry_run_says_what_would_be_new_and_writes_nothing(world, tmp_path):
    told, claims = take(world, write(tmp_path, HEAD + ROW), dry_run=True)
    assert told == [(2, True)]
    assert claims == []


def test_days_may_be_several(world, tmp_path):
    path = write(tmp_path, "text,speaker,said_from,said_to\nThe toll is fair to all,Mara Lind,2024-03-04,2024-03-06\n")
    _, [claim] = take(world, path)
    assert (claim["said"]["from"], claim["said"]["to"], claim["said"]["precision"]) == (
        "2024-03-04",
        "2024-03-06",
        "range",
    )


def test_without_a_day_the_day_is_unknown(world, tmp_path):
    _, [claim] = take(world, write(tmp_path, "text,speaker\nThe toll is fair to all,Mara Lind\n"))
    assert claim["said"]["precision"] == "unknown"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",Mara Lind,,,,,\n", "text: empty"),
        ("The toll is fair,,,,,,\n", "speaker: empty"),
        ("The toll is fair,Mara Lind,yesterday,,,,\n", "said: 'yesterday' is no day"),
        ("The toll is fair,Mara Lind,,ftp://x.example,,,\n", "url: not an http or https address"),
        ("The toll is fair,Mara Lind,,,,,shouted\n", "kind: 'shouted' is none of direct"),
        (f"{'x' * 20_001},Mara Lind,,,,,\n", "text: longer than 20000 characters"),
    ],
)
def test_a_row_that_is_none_is_told_with_its_line_and_the_others_are_taken(world, tmp_path, row, words):
    told, claims = take(world, write(tmp_path, HEAD + row + ROW))
    assert told[0][0] == 2
    assert words in told[0][1]
    assert told[1] == (3, True)
    assert len(claims) == 1


@pytest.mark.parametrize("text", ["", "speaker,said\n", "text;speaker\n"])
def test_a_file_without_the_needed_columns_is_refused(tmp_path, text):
    with pytest.raises(InvalidDocument, match="has no column 'text'"):
        list(csv_import.read_rows(write(tmp_path, text)))


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    path = tmp_path / "kept.csv"
    path.write_bytes(HEAD.encode() + b"\xff\xfe,Mara Lind\n")
    with pytest.raises(InvalidDocument, match="not CSV in UTF-8"):
        list(csv_import.read_rows(path))


def test_our_own_export_comes_back_as_it_went(world, tmp_path):
    quoted = '"=SUM(A1) is the bridge toll, she said",Mara Lind,2024-03-06,https://courier.example/1,Courier,2024-03-07,direct\n'
    take(world, write(tmp_path, HEAD + ROW + quoted))
    with world.database.reading() as session:
        out = "".join(export.write(session, "csv", None))
    assert csv_import.unused_columns(out.removeprefix("\ufeff").splitlines()[0].replace('"', "").split(",")) == []
    told, claims = take(world, write(tmp_path, out))
    assert told == [(2, False), (3, False)]
    assert {claim["text"] for claim in claims} == {
        "The bridge toll is fair, to all",
        "=SUM(A1) is the bridge toll, she said",
    }


def test_a_misspelt_column_is_named(tmp_path):
    assert csv_import.unused_columns(["text", "speaker", "sayd", "snapshot"]) == ["sayd"]
