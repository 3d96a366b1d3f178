"""What machines read: JSON, CSV and Atom."""

import csv
import io
import json
import re
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from tests.web import seed
from tracker.record import export

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_statement_as_json_has_the_interfaces_shape(client, seeded):
    answer = client.get(f"/c/{seeded.claims['mara-lind-2']}.json")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    told = answer.get_json()
    assert told["speaker"] == "Mara Lind"
    assert told["said"]["from"] == "2024-05-02"
    assert told["codings"][0]["state"] == "confirmed"
    assert len(told["appearances"]) == 5


def test_a_statement_as_csv_is_safe_in_a_spreadsheet(client, seeded):
    answer = client.get(f"/c/{seeded.claims['hostile']}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert rows[0]["text"] == seed.HOSTILE


def test_the_feed_is_well_formed_and_keeps_hostile_words_inert(client):
    answer = client.get("/feeds/t/harbour-pact.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 28
    assert f"“{seed.HOSTILE}”" in [entry.find(f"{ATOM}content").text.partition("\n")[0] for entry in entries]


def test_the_feed_of_shifts_describes_and_never_judges(client):
    root = ET.fromstring(client.get("/feeds/t/harbour-pact/shifts.atom").data)
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "Mara Lind moved one step up, from 2 to 3"


def test_exports_of_what_moved_or_is_gone_say_so(client, seeded):
    moved = client.get(f"/c/{seeded.claims['merged']}.json")
    assert moved.headers["Location"] == f"/c/{seeded.claims['unresolved']}.json"
    assert client.get(f"/c/{seeded.claims['rejected']}.json").status_code == 410


def test_what_a_search_finds_is_downloaded_whole_and_opens_in_a_spreadsheet(client):
    page = client.get("/search?q=harbour+pact&order=said-oldest").get_data(as_text=True)
    link = re.search(r'href="(/export/statements\.csv\?[^"]+)"', page)
    answer = client.get(link[1].replace("&amp;", "&"))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    lines = client.get("/export/statements.jsonl?q=harbour+pact&order=said-oldest").get_data(as_text=True).splitlines()
    told = [json.loads(line)["claim"] for line in lines]
    total = int(re.search(r'<h2 id="r">(\d+) statements', page)[1])
    assert total == len(told) == len({row["claim"] for row in rows})
    assert total > 25


def test_what_a_search_finds_is_downloaded_as_a_workbook_with_the_rows_of_the_csv(client):
    page = client.get("/search?q=harbour+pact&order=said-oldest").get_data(as_text=True)
    link = re.search(r'href="(/export/statements\.xlsx\?[^"]+)"', page)[1].replace("&amp;", "&")
    with client.get(link) as answer:
        assert answer.headers["Content-Type"] == export.MIME["xlsx"]
        assert answer.headers["Content-Disposition"] == "attachment; filename=statements.xlsx"
        (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets
    told = list(
        csv.reader(io.StringIO(client.get(link.replace(".xlsx", ".csv")).get_data(as_text=True).removeprefix("\ufeff")))
    )
    assert [[cell or "" for cell in line[:7]] for line in sheet.iter_rows(values_only=True)] == [
        line[:7] for line in told
    ]
    assert sheet.max_row > 25


@pytest.mark.parametrize(
    "address",
    [
        *(f"/export/statements.{form}" for form in export.MIME),
        *(
            f"/export/statements.{form}?q=pact&cursor={place}"
            for form in export.MIME
            for place in ("x", "2024-02-31.7")
        ),
        "/export/statements.csv?q=a&sort=b",
        "/export/statements.exe?q=a",
    ],
)
def test_a_download_that_asks_for_nothing_known_is_refused(client, address):
    assert client.get(address).status_code in {400, 404}
