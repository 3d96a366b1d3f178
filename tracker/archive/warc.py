"""The evidence: each content once, as a standard WARC/1.1 file (ISO 28500:2017) named by the SHA-256 of its payload.

A payload is kept unpacked: Content-Encoding and Transfer-Encoding are undone, their headers kept under
`X-Archive-Orig-`, so that every WARC tool reads the bytes the hash is of.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import tempfile
import zlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tracker.archive.http.gate import HttpResponse
from tracker.errors import TrackerError

NAME = re.compile(r"[0-9a-f]{64}")
SUFFIX = ".warc.gz"
TEMPORARY = ".writing-"
LOCK = ".lock"
HEADS = frozenset(
    {
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00" + rest
        for rest in (b"\x02\x03", b"\x00\x03", b"\x02\xff", b"\x00\xff", b"\x02\x13")
    }
)
"""Magic, deflate, no flags, no time, and what zlib writes for level and system on the machines we run on."""
UNDONE = frozenset({"content-encoding", "transfer-encoding", "content-length"})

PROBE_BYTES = 65_536
"""So much is written to learn whether the folder can be written: a full disk often still takes an empty file."""

Headers = Sequence[tuple[str, str]]


class NotArchived(TrackerError):
    """The archive has no such content, or what it has can't be read; the text says which."""


class ArchiveUnwritable(TrackerError):
    """The archive folder takes no content: full, read-only, not ours, broken or gone. No source is to blame for that.

    The text names the folder and the system's reason; `__cause__` is the `OSError`, where there was one.
    """

    def __init__(self, folder: Path, why: str) -> None:
        """`why` is the system's reason, in its own words."""
        super().__init__(f"the archive folder {folder} can't be written: {why}")
        self.folder = folder
        self.why = why


@dataclass(frozen=True, slots=True)
class StoredContent:
    """Where a content lies: the SHA-256 of its payload, the file below the archive's folder, the payload's bytes."""

    sha256: str
    path: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedContent:
    """A content read back, with what was known when it was first kept. `headers` is empty for what was not fetched."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    url: str
    fetched_at: datetime
    content_type: str | None


class Archive:
    """A folder of WARC files, one for each content. Safe for several processes: files appear whole or not at all."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made when the first content is kept; once this process saw it, it must stay."""
        self.folder = Path(folder)
        self._prepared = False

    def require_writable(self) -> None:
        """Write, sync and remove a small file in the folder. Raises `ArchiveUnwritable`, also when there is no folder."""
        with self._writing():
            if not self.folder.is_dir():
                raise ArchiveUnwritable(self.folder, "there is no such folder")
            with _whole_file(self.folder) as (file, temporary):
                file.write(bytes(PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
                temporary.unlink()

    def keep(self, response: HttpResponse, fetched_at: datetime) -> StoredContent:
        """Keep an answer as a `response` record with its `request`; nothing is written when the content is known.

        Raises `ArchiveUnwritable`.
        """
        asked = StatusAndHeaders(
            _request_line(response.final_url),
            [(_ascii(name), _clean(value)) for name, value in response.request_headers],
            is_http_request=True,
        )
        status = f"{response.status} {_ascii(response.reason)}".strip()
        answer = StatusAndHeaders(status, _as_kept(response.headers, len(response.body)), protocol="HTTP/1.1")
        extra = {"WARC-IP-Address": response.peer} if response.peer else {}

        def write(writer: WARCWriter) -> None:
            when = _stamp(fetched_at)
            response_record = writer.create_warc_record(
                _uri(response.final_url),
                "response",
                payload=BytesIO(response.body),
                length=len(response.body),
                http_headers=answer,
                warc_headers_dict={"WARC-Date": when, **extra},
            )
            request_record = writer.create_warc_record(
                _uri(response.final_url), "request", http_headers=asked, warc_headers_dict={"WARC-Date": when}
            )
            writer.write_request_response_pair(request_record, response_record)

        return self._keep(response.body, write)

    def keep_resource(self, body: bytes, content_type: str, uri: str, fetched_at: datetime) -> StoredContent:
        """Keep what was not fetched (a file, a text entered by hand) as a `resource` record.

        Raises `ArchiveUnwritable`.
        """

        def write(writer: WARCWriter) -> None:
            record = writer.create_warc_record(
                _uri(uri), "resource", payload=BytesIO(body), length=len(body),
                warc_content_type=_clean(content_type) or "application/octet-stream",
                warc_headers_dict={"WARC-Date": _stamp(fetched_at)},
            )  # fmt: skip
            writer.write_record(record)

        return self._keep(body, write)

    def read(self, sha256: str) -> ArchivedContent:
        """The content of this name. Raises `NotArchived`."""
        path = self._path(sha256)
        try:
            with path.open("rb") as file:
                for record in ArchiveIterator(file, check_digests="raise"):
                    if record.rec_type in {"response", "resource"}:
                        return _archived(record)
        except FileNotFoundError as error:
            raise NotArchived(f"{sha256}: not in the archive") from error
        except Exception as error:  # whatever damaged bytes make a parser raise, the file is damaged
            raise NotArchived(f"{sha256}: the file is damaged ({type(error).__name__})") from error
        raise NotArchived(f"{sha256}: the file holds no content")

    def verify(self, sha256: str) -> str | None:
        """What is wrong with the file of this name, as a sentence; None when every byte of it is as it was written.

        The content must hash to its name, each record to the digests in its head, and each compressed member must end
        with its own checksum and begin with the very head that we write (which no checksum covers).
        """
        try:
            packed = self._path(sha256).read_bytes()
            _unpacked(packed)
            bodies = {}
            for record in ArchiveIterator(BytesIO(packed), check_digests="raise"):
                bodies[record.rec_type] = _archived(record).body if record.rec_type != "request" else _drained(record)
        except FileNotFoundError:
            return f"{sha256}: not in the archive"
        except Exception as error:  # noqa: BLE001 - whatever damaged bytes make a parser raise, the file is damaged
            return f"{sha256}: the file is damaged ({type(error).__name__})"
        body = bodies.get("response", bodies.get("resource"))
        if body is None:
            return f"{sha256}: the file holds no content"
        found = hashlib.sha256(body).hexdigest()
        return None if found == sha256 else f"{sha256}: the bytes kept hash to {found}"

    def path_of(self, sha256: str) -> Path | None:
        """The file of the content of this name, complete; None when there is none."""
        path = self._path(sha256).absolute()
        return path if path.is_file() else None

    def known(self) -> Iterator[str]:
        """The names of all contents, in order."""
        for path in sorted(self.folder.glob(f"??/*{SUFFIX}")):
            name = path.name.removesuffix(SUFFIX)
            if NAME.fullmatch(name):
                yield name

    def sweep(self, referenced: Container[str], temporary_before: datetime, orphans_before: datetime) -> int:
        """Remove what crashes left behind: temporary files, and contents that no row names; each older than its limit.

        Evidence is written before its row, so a content without a row is a run that died in between; its bytes will be
        fetched again. Gives the number of files removed. Raises `ArchiveUnwritable`.
        """
        removed = 0
        with self._writing():
            for pattern in (f"{TEMPORARY}*", f"??/{TEMPORARY}*"):
                for path in sorted(self.folder.glob(pattern)):
                    removed += self._remove(path, temporary_before.timestamp())
            for name in list(self.known()):
                if name not in referenced:
                    removed += self._remove(self._path(name), orphans_before.timestamp())
        return removed

    def _remove(self, path: Path, limit: float) -> bool:
        # Who keeps a content that is there already touches it under the same lock, before the row is written.
        with self._lock():
            try:
                if path.stat().st_mtime >= limit:
                    return False
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """One at a time may touch or remove what is there; between processes too."""
        with (self.folder / LOCK).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _path(self, sha256: str) -> Path:
        if not NAME.fullmatch(sha256):
            raise NotArchived(f"{sha256[:80]!a} is no name of a content")
        return self.folder / sha256[:2] / f"{sha256}{SUFFIX}"

    def _touch(self, path: Path) -> bool:
        """Make a content that is there already young again; False when it was swept just now.

        The folder is synced: whoever put the content there may not have come to that yet, and our row follows at once.
        """
        with self._lock():
            try:
                os.utime(path)
            except FileNotFoundError:
                return False
            _sync(path.parent)
        return True

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Tell of whatever the system refuses as `ArchiveUnwritable`."""
        try:
            yield
        except OSError as error:
            raise ArchiveUnwritable(self.folder, error.strerror or type(error).__name__) from error

    def _prepare(self) -> None:
        """Make the folder with its 256 subfolders (00 to ff), once in a process; later contents need no new folder.

        A folder that was there and is not any more was deleted or unmounted: a new one in its place would hide that.
        """
        if self._prepared:
            return
        made = not self.folder.is_dir()
        self.folder.mkdir(parents=True, exist_ok=True)
        for number in range(256):
            subfolder = self.folder / f"{number:02x}"
            if not subfolder.is_dir():
                subfolder.mkdir(exist_ok=True)
                made = True
        if made:
            _sync(self.folder)
            _sync(self.folder.parent)
        self._prepared = True

    def _keep(self, body: bytes, write: Any) -> StoredContent:  # noqa: ANN401 - a callable of an untyped library
        sha256 = hashlib.sha256(body).hexdigest()
        path = self._path(sha256)
        kept = StoredContent(sha256, str(path.relative_to(self.folder)), len(body))
        with self._writing():
            self._prepare()
            if not path.parent.is_dir():
                raise ArchiveUnwritable(self.folder, "it was there and is gone (deleted, or not mounted any more)")
            if path.exists() and self._touch(path):
                return kept
            with _whole_file(path.parent) as (file, temporary):
                write(WARCWriter(file, gzip=True, warc_version="1.1"))
                file.flush()
                os.fsync(file.fileno())
                temporary.replace(path)
            _sync(path.parent)
        return kept


@contextlib.contextmanager
def _whole_file(folder: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new temporary file in a folder, to be filled and then renamed or removed; it is removed when that fails."""
    number, name = tempfile.mkstemp(prefix=TEMPORARY, dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            yield file, temporary
    except BaseException:
        with contextlib.suppress(OSError):  # swept later; the first error is the one to tell
            temporary.unlink(missing_ok=True)
        raise


def _unpacked(packed: bytes) -> None:
    """Raise unless these are whole gzip members (RFC 1952), each with the head we write, and nothing else."""
    while packed:
        if packed[:10] not in HEADS:
            raise ArchiveLoadFailed("a member with another head")
        engine = zlib.decompressobj(16 + zlib.MAX_WBITS)
        engine.decompress(packed)
        if not engine.eof:
            raise ArchiveLoadFailed("a member without its end")
        packed = engine.unused_data


def _drained(record: Any) -> bytes:  # noqa: ANN401 - untyped library
    return bytes(record.content_stream().read())


def _archived(record: Any) -> ArchivedContent:  # noqa: ANN401 - untyped library
    body = record.content_stream().read()
    checker = record.digest_checker
    if checker is not None and checker.passed is False:
        raise ArchiveLoadFailed("digest mismatch")
    headers = tuple(record.http_headers.headers) if record.http_headers else ()
    described = record.http_headers or record.rec_headers
    return ArchivedContent(
        body=body,
        headers=headers,
        url=record.rec_headers.get_header("WARC-Target-URI"),
        fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
        content_type=described.get_header("content-type"),
    )


def _as_kept(headers: Headers, length: int) -> list[tuple[str, str]]:
    named = [(_ascii(name).replace(":", "%3A").replace(" ", "%20") or "X", _clean(value)) for name, value in headers]
    kept = [(f"X-Archive-Orig-{name}" if name.lower() in UNDONE else name, value) for name, value in named]
    return [*kept, ("Content-Length", str(length))]


def _request_line(url: str) -> str:
    path = _uri(url).split("/", 3)[3] if url.count("/") > 2 else ""  # noqa: PLR2004 - scheme, nothing, host, path
    return f"GET /{path} HTTP/1.1"


def _clean(value: str) -> str:
    """A header's value on one line, in characters that the record can hold."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", value).encode("utf-8", "replace").decode("utf-8").strip()


def _ascii(value: str) -> str:
    """A status line's or a name's words in ASCII: the library can escape values, not these."""
    return _clean(value).encode("ascii", "backslashreplace").decode("ascii")


def _uri(uri: str) -> str:
    """The address as a record may hold it: visible ASCII, the rest percent-encoded (RFC 3986 section 2.1)."""
    return re.sub(r"[^\x21-\x7e]", lambda match: quote(match[0], safe="", errors="replace"), uri)


def _stamp(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time of fetching needs its zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
