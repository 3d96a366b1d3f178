"""The evidence: standard files, whole or not at all, and no byte of them changed unseen."""

import hashlib
import os
import subprocess
import sys
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from tracker.archive.fetch import Fetched
from tracker.archive.warc import Archive, NotArchived

AT = datetime(2024, 3, 6, 12, 0, 0, 123456, tzinfo=UTC)
BODY = "<html><body><p>“We need the toll now,” Lind said.</p></body></html>".encode()


def fetched(body: bytes = BODY, **more) -> Fetched:
    values = {
        "url": "https://courier.example/one", "final_url": "https://courier.example/one?x=“y”", "status": 200, "reason": "OK",
        "headers": (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Set-Cookie", "a=1\r\nX: y")),
        "peer": "192.0.2.7", "request_headers": (("Host", "courier.example"), ("User-Agent", "OnTheRecord/0.1")),
    }  # fmt: skip
    return Fetched(body=body, **{**values, **more})


@pytest.fixture
def archive(tmp_path) -> Archive:
    return Archive(tmp_path / "archive")


def test_an_answer_is_read_back_with_its_headers_address_and_time(archive):
    kept = archive.keep(fetched(), AT)
    assert kept.sha256 == hashlib.sha256(BODY).hexdigest()
    found = archive.read(kept.sha256)
    assert (found.body, found.url, found.fetched_at) == (BODY, "https://courier.example/one?x=%E2%80%9Cy%E2%80%9D", AT)
    assert ("X-Archive-Orig-Content-Encoding", "gzip") in found.headers
    assert ("Content-Length", str(len(BODY))) in found.headers
    assert found.content_type == "text/html"


def test_other_tools_read_the_records_and_their_digests_hold(archive):
    kept = archive.keep(fetched(), AT)
    archive.keep_resource(b"entered by hand", "text/plain", "urn:item:a b", AT)
    for path in archive.folder.rglob("*.warc.gz"):
        check = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)], capture_output=True, check=False
        )
        assert check.returncode == 0, check.stdout
        assert b"digest pass" in check.stdout
    with (archive.folder / kept.path).open("rb") as file:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Concurrent-To")) for record in ArchiveIterator(file)
        ]
    assert [kind for kind, _ in records] == ["response", "request"]
    assert records[1][1]


def test_the_same_bytes_are_kept_once(archive):
    first = archive.keep(fetched(), AT)
    before = (archive.folder / first.path).read_bytes()
    assert archive.keep(fetched(status=203), AT.replace(year=2025)) == first
    assert (archive.folder / first.path).read_bytes() == before
    assert list(archive.known()) == [first.sha256]


def records(packed: bytes) -> bytes:
    out = b""
    while packed:
        engine = zlib.decompressobj(16 + zlib.MAX_WBITS)
        out += engine.decompress(packed)
        packed = engine.unused_data
    return out


def test_a_flip_of_any_bit_is_found_or_changes_nothing_at_all(archive):
    kept = archive.keep(fetched(BODY * 3), AT)
    path = archive.folder / kept.path
    whole = path.read_bytes()
    assert archive.verify(kept.sha256) is None
    harmless = 0
    for place in range(len(whole)):
        flipped = whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1 :]
        path.write_bytes(flipped)
        if archive.verify(kept.sha256) is None:
            # The bits that fill up the last byte of a compressed stream hold nothing.
            assert records(flipped) == records(whole)
            harmless += 1
    assert harmless <= 2


def test_a_file_that_is_cut_or_longer_is_found(archive):
    kept = archive.keep(fetched(), AT)
    path = archive.folder / kept.path
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], whole + b"x", whole + whole[:40], b""):
        path.write_bytes(damaged)
        assert archive.verify(kept.sha256) is not None


def test_one_content_under_the_name_of_another_is_found(archive):
    one, other = archive.keep(fetched(), AT), archive.keep(fetched(b"<p>another</p>"), AT)
    (archive.folder / one.path).write_bytes((archive.folder / other.path).read_bytes())
    assert "hash to" in archive.verify(one.sha256)


def test_what_is_not_there_says_so(archive):
    assert "not in the archive" in archive.verify("0" * 64)
    with pytest.raises(NotArchived):
        archive.read("0" * 64)
    with pytest.raises(NotArchived):
        archive.read("../../etc/passwd")


def test_a_write_that_fails_leaves_nothing_behind(archive, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)  # a disk can't be filled in a test
    with pytest.raises(OSError, match="No space"):
        archive.keep(fetched(), AT)
    assert [path for path in archive.folder.rglob("*") if path.is_file()] == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.text(max_size=40), st.text(max_size=30))
def test_any_bytes_and_any_headers_are_kept_and_proved(archive, body, value, reason):
    kept = archive.keep(fetched(body, reason=reason, headers=(("X-Any", value), ("Content-Type", value))), AT)
    assert archive.read(kept.sha256).body == body
    assert archive.verify(kept.sha256) is None
