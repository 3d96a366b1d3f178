"""An evidence bundle proves itself, also with a stranger's tools, and shows each thing that was changed in it."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.ingest import manual
from tracker.archive.supplied import from_object
from tracker.archive.warc import NotArchived
from tracker.record import bundle, bundle_proof, export
from tracker.record.bundle import BundleMaker
from tracker.record.bundle_proof import BadBundle

MAKER = BundleMaker("On the Record", "https://record.example.org", datetime(2024, 3, 20, 12, tzinfo=UTC))
WORDS = "“We need the bridge toll now, <b>all</b> of it & more,” Moor said."
PAGES = (
    ("Harbour Post", "2024-03-18", f"Mayor Ada Moor spoke on Monday.\r\n\r\n{WORDS}"),
    ("Курьер", "2024-03-18", f"Mayor Ada Moor spoke on Monday. Мэр 😀 здесь.\n\n{WORDS}"),
)


@pytest.fixture
def record(world):
    for number, (outlet, published, text) in enumerate(PAGES):
        told = {"text": text, "url": f"https://{number}.example.org/a", "outlet": outlet, "language": "en"}
        manual.add(world, from_object({**told, "published": published, "title": "Page"}))
    return world


def made(world, tmp_path) -> Path:
    file = tmp_path / "bundle.zip"
    with world.database.reading() as session, file.open("wb") as out:
        public_id = next(iter(export.claims(session)))["claim"]
        bundle.write(out, session, world.archive, bundle.statement_subject(session, public_id), MAKER)
    return file


def test_a_bundle_proves_itself(record, tmp_path):
    result = bundle_proof.verify(made(record, tmp_path))
    assert result.problems == ()
    assert result.counts == {"files": 8, "archived records": 2, "texts": 2, "quotes": 2}


def test_a_strangers_tools_agree(record, tmp_path):
    with zipfile.ZipFile(made(record, tmp_path)) as packed:
        packed.extractall(tmp_path / "out")
    out = tmp_path / "out"
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS"], cwd=out, check=True)
    warcio = Path(sys.executable).parent / "warcio"
    for file in (out / "warc").iterdir():
        subprocess.run([warcio, "check", file], check=True)
        payload = subprocess.run([warcio, "extract", "--payload", file, "0"], check=True, capture_output=True).stdout
        assert f"{hashlib.sha256(payload).hexdigest()}.warc.gz" == file.name
    command = next(line.strip() for line in (out / "README.md").read_text().splitlines() if "python3 -c" in line)
    told = subprocess.run(
        ["sh", "-c", command.replace("python3", sys.executable)], cwd=out, check=True, capture_output=True
    )
    assert [line.split()[0] for line in told.stdout.decode().splitlines()] == ["True", "True"]


def test_the_page_of_a_bundle_is_read_without_us_and_shows_the_words_as_words(record, tmp_path):
    with zipfile.ZipFile(made(record, tmp_path)) as packed:
        page = packed.read("index.html").decode()
    assert "“We need the bridge toll now, &lt;b&gt;all&lt;/b&gt; of it &amp; more”" in page
    assert "<script" not in page
    assert "Ada Moor" in page


def changed(file, tmp_path, name, content=None, *, sums=False):
    """A copy of the bundle in which a file has other content, or is gone; with `sums`, the sums say so, too."""
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(file) as packed, zipfile.ZipFile(other, "w") as out:
        files = {one: packed.read(one) for one in packed.namelist()}
        name = next(one for one in files if one.startswith(name))
        if content is None:
            del files[name]
        else:
            files[name] = content(files[name])
        if sums:
            lines = [
                f"{hashlib.sha256(data).hexdigest()}  {one}\n" for one, data in files.items() if one != bundle.SUMS
            ]
            files[bundle.SUMS] = "".join(lines).encode()
        for one, data in files.items():
            out.writestr(one, data)
    return other


def moved(content):
    rows = json.loads(content)
    rows[0]["appearances"][0]["start"] += 1
    return json.dumps(rows).encode()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("statements.json", moved, "words at its place are not the words kept"),
        ("texts/", lambda text: text.replace(b"toll", b"tax"), "does not hash to its name"),
        ("warc/", lambda _: b"nothing", "no WARC record"),
        ("warc/", None, "archived bytes are not in the bundle"),
    ],
)
def test_what_was_changed_is_shown_even_where_the_sums_were_made_anew(record, tmp_path, name, content, said):
    file = made(record, tmp_path)
    assert bundle_proof.verify(changed(file, tmp_path, name, content)).problems
    found = bundle_proof.verify(changed(file, tmp_path, name, content, sums=True)).problems
    assert any(said in one for one in found), found


@pytest.mark.parametrize("name", ["README.md", "history.json", "index.html"])
def test_a_changed_file_without_quotes_is_shown_by_its_sum(record, tmp_path, name):
    found = bundle_proof.verify(changed(made(record, tmp_path), tmp_path, name, lambda text: text + b" "))
    assert [one for one in found.problems if one.startswith(name)]


def zip_of(tmp_path, **files):
    file = tmp_path / "hostile.zip"
    with zipfile.ZipFile(file, "w") as out:
        for name, content in files.items():
            out.writestr(name, content)
    return file


def test_what_is_no_bundle_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "text.zip").write_text("no zip")
    hostile = [
        tmp_path / "text.zip",
        tmp_path / "missing.zip",
        zip_of(tmp_path, **{"a.txt": "x"}),
        zip_of(tmp_path, **{"../../etc/passwd": "x", bundle.SUMS: ""}),
        zip_of(tmp_path, **{bundle.SUMS: "", "statements.json": "{"}),
        zip_of(tmp_path, **{bundle.SUMS: "", "statements.json": "[1]"}),
    ]
    for file in hostile:
        with pytest.raises(BadBundle):
            bundle_proof.verify(file)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_proof, "MOST_BYTES", 1000)
    with pytest.raises(BadBundle, match="more than"):
        bundle_proof.verify(zip_of(tmp_path, **{bundle.SUMS: "", "statements.json": "[" + " " * 5000 + "]"}))


def test_bytes_that_the_archive_lost_are_said_and_make_no_bundle(record):
    with record.database.reading() as session:
        row = next(iter(export.claims(session)))
        record.archive.path_of(row["appearances"][0]["snapshot"]).unlink()
        subject = bundle.statement_subject(session, row["claim"])
        with pytest.raises(NotArchived):
            bundle.write(io.BytesIO(), session, record.archive, subject, MAKER)
