"""The evidence: standard files, whole or not at all, and no byte of them changed unseen."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from tracker.archive.http.gate import HttpResponse
from tracker.archive.warc import Archive, ArchiveUnwritable, NotArchived

AT = datetime(2024, 3, 6, 12, 0, 0, 123456, tzinfo=UTC)
BODY = "<html><body><p>“We need the toll now,” Lind said.</p></body></html>".encode()


def response(body: bytes = BODY, **more) -> HttpResponse:
    values = {
        "url": "https://courier.example/one", "final_url": "https://courier.example/one?x=“y”", "status": 200, "reason": "OK",
        "headers": (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Set-Cookie", "a=1\r\nX: y")),
        "peer": "192.0.2.7", "request_headers": (("Host", "courier.example"), ("User-Agent", "OnTheRecord/0.1")),
    }  # fmt: skip
    return HttpResponse(body=body, **{**values, **more})


@pytest.fixture
def archive(tmp_path) -> Archive:
    return Archive(tmp_path / "archive")


def test_an_answer_is_read_back_with_its_headers_address_and_time(archive):
    kept = archive.keep(response(), AT)
    assert kept.sha256 == hashlib.sha256(BODY).hexdigest()
    found = archive.read(kept.sha256)
    assert (found.body, found.url, found.fetched_at) == (BODY, "https://courier.example/one?x=%E2%80%9Cy%E2%80%9D", AT)
    assert ("X-Archive-Orig-Content-Encoding", "gzip") in found.headers
    assert ("Content-Length", str(len(BODY))) in found.headers
    assert found.content_type == "text/html"


def test_other_tools_read_the_records_and_their_digests_hold(archive):
    kept = archive.keep(response(), AT)
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
    first = archive.keep(response(), AT)
    before = (archive.folder / first.path).read_bytes()
    assert archive.keep(response(status=203), AT.replace(year=2025)) == first
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
    kept = archive.keep(response(BODY * 3), AT)
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
    kept = archive.keep(response(), AT)
    path = archive.folder / kept.path
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], whole + b"x", whole + whole[:40], b""):
        path.write_bytes(damaged)
        assert archive.verify(kept.sha256) is not None


def test_one_content_under_the_name_of_another_is_found(archive):
    one, other = archive.keep(response(), AT), archive.keep(response(b"<p>another</p>"), AT)
    (archive.folder / one.path).write_bytes((archive.folder / other.path).read_bytes())
    assert "hash to" in archive.verify(one.sha256)


def test_what_is_not_there_says_so(archive):
    assert "not in the archive" in archive.verify("0" * 64)
    with pytest.raises(NotArchived):
        archive.read("0" * 64)
    with pytest.raises(NotArchived):
        archive.read("../../etc/passwd")


def files(archive: Archive) -> list[Path]:
    return [path for path in archive.folder.rglob("*") if path.is_file() and path.name != ".lock"]


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 256 KB; skipped where we may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_told_leaves_no_half_file_and_is_over_when_there_is_space(small_disk):
    archive = Archive(small_disk / "archive")
    archive.keep(response(), AT)
    archive.require_writable()
    (small_disk / "other").write_bytes(os.urandom(240_000))
    large = os.urandom(100_000)
    with pytest.raises(ArchiveUnwritable) as told:
        archive.keep(response(large), AT)
    assert str(told.value) == f"the archive folder {archive.folder} can't be written: No space left on device"
    with pytest.raises(ArchiveUnwritable, match="No space left"):
        archive.keep_resource(large, "text/plain", "urn:one", AT)
    with pytest.raises(ArchiveUnwritable, match="No space left"):
        archive.require_writable()
    assert len(files(archive)) == 1
    (small_disk / "other").unlink()
    archive.require_writable()
    assert archive.verify(archive.keep(response(large), AT).sha256) is None


def test_a_disk_that_was_made_read_only_is_told(small_disk):
    archive = Archive(small_disk / "archive")
    archive.keep(response(), AT)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for write in (
        archive.require_writable,
        lambda: archive.keep(response(b"new"), AT),
        lambda: archive.keep(response(), AT),
        lambda: archive.sweep((), AT, AT),
    ):
        with pytest.raises(ArchiveUnwritable, match="Read-only file system"):
            write()


LIMITED = """
import os, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from tracker.archive.warc import Archive, ArchiveUnwritable
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
archive = Archive(Path(sys.argv[1]))
for write in (lambda: archive.keep_resource(bytes(range(256)) * 200 + sys.argv[0].encode(), "a/b", "urn:x", datetime.now(UTC)),
              lambda: archive.keep_resource(os.urandom(50_000), "a/b", "urn:x", datetime.now(UTC)),
              archive.require_writable):
    try:
        write()
        print("written")
    except ArchiveUnwritable as error:
        print(error.why)
"""


def test_a_system_that_allows_only_small_files_gets_small_contents_and_no_half_ones(archive):
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(archive.folder)], capture_output=True, text=True, check=False
    )
    assert (ran.stdout.splitlines(), ran.stderr) == (["written", "File too large", "File too large"], "")
    assert len(files(archive)) == 1


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path):
    archive = Archive(tmp_path / "archive")
    archive.folder.write_text("no folder")
    with pytest.raises(ArchiveUnwritable, match="archive can't be written: File exists"):
        archive.keep(response(), AT)
    with pytest.raises(ArchiveUnwritable, match="there is no such folder"):
        archive.require_writable()


def test_a_folder_that_is_not_there_yet_is_made_by_the_first_content_only(archive):
    with pytest.raises(ArchiveUnwritable, match="there is no such folder"):
        archive.require_writable()
    assert not archive.folder.exists()
    archive.keep(response(), AT)
    archive.require_writable()


def test_a_folder_that_was_there_and_is_gone_is_not_made_anew(archive):
    archive.keep(response(), AT)
    shutil.rmtree(archive.folder)
    for _ in range(2):
        with pytest.raises(ArchiveUnwritable, match="it was there and is gone"):
            archive.keep(response(b"new"), AT)
    archive.folder.mkdir()  # what is left of a disk that is not mounted any more
    with pytest.raises(ArchiveUnwritable, match="it was there and is gone"):
        archive.keep(response(b"new"), AT)


def test_a_disk_that_fails_while_it_writes_leaves_nothing_behind(archive, monkeypatch):
    archive.keep(response(), AT)
    before = files(archive)

    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", broken)  # no test can break a disk
    with pytest.raises(ArchiveUnwritable, match="Input/output error"):
        archive.keep(response(b"new"), AT)
    with pytest.raises(ArchiveUnwritable, match="Input/output error"):
        archive.require_writable()
    assert files(archive) == before


def test_what_a_killed_check_left_behind_is_swept(archive):
    archive.keep(response(), AT)
    left = archive.folder / ".writing-killed"
    left.write_bytes(b"0")
    os.utime(left, (0, 0))
    assert archive.sweep({hashlib.sha256(BODY).hexdigest()}, AT, AT) == 1
    assert not left.exists()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.binary(max_size=300), st.text(max_size=40), st.text(max_size=30))
def test_any_bytes_and_any_headers_are_kept_and_proved(archive, body, value, reason):
    kept = archive.keep(response(body, reason=reason, headers=(("X-Any", value), ("Content-Type", value))), AT)
    assert archive.read(kept.sha256).body == body
    assert archive.verify(kept.sha256) is None
