"""The proof of an evidence bundle, from the file alone: no record, no archive, no network.

A bundle may come from anybody, so nothing of it is unpacked to the disk, no name in it is trusted, and its size is bounded.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from tracker.errors import TrackerError
from tracker.record.bundle import SUMS
from tracker.record.proof import ProofResult

NAME = re.compile(r"(?:[\w.-]+|texts/[0-9a-f]{64}\.txt|warc/[0-9a-f]{64}\.warc\.gz)")
MOST_FILES = 20_000
MOST_BYTES = 4 * 1024**3
"""Unpacked, all files together."""


class BadBundle(TrackerError):
    """A file that is no evidence bundle, or one that can't be read; it says why."""


def verify(file: Path) -> ProofResult:
    """Look at every file, record, text and quote of a bundle; one sentence for each that does not hold. Raises `BadBundle`."""
    counts = {"files": 0, "archived records": 0, "texts": 0, "quotes": 0}
    problems: list[str] = []
    try:
        with zipfile.ZipFile(file) as bundle:
            _bound(bundle)
            problems += _sums(bundle, counts)
            problems += _records(bundle, counts)
            problems += _quotes(bundle, counts)
    except OSError as error:
        raise BadBundle(f"{file} can't be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise BadBundle(f"{file} is no ZIP that can be read: {error}") from error
    return ProofResult(counts, tuple(problems))


def _bound(bundle: zipfile.ZipFile) -> None:
    members = bundle.infolist()
    if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_BYTES:
        raise BadBundle(
            f"it holds more than {MOST_FILES:,} files or {MOST_BYTES // 1024**3} GB; no bundle of ours does"
        )
    names = [one.filename for one in members]
    odd = [name for name in names if not NAME.fullmatch(name)]
    if odd or len(set(names)) != len(names):
        raise BadBundle(f"it holds a file that no bundle holds, or one twice: {(odd or names)[0][:80]!r}")
    if SUMS not in names:
        raise BadBundle(f"it has no {SUMS}; this is no evidence bundle")


def _sums(bundle: zipfile.ZipFile, counts: dict[str, int]) -> Iterator[str]:
    """Whether every file is named once in `SHA256SUMS` and hashes to what stands there."""
    told = {}
    for line in bundle.read(SUMS).decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        told[name] = digest
    for name in bundle.namelist():
        if name == SUMS:
            continue
        counts["files"] += 1
        if name not in told:
            yield f"{name}: not named in {SUMS}"
        elif hashlib.sha256(bundle.read(name)).hexdigest() != told[name]:
            yield f"{name}: not the file that {SUMS} names"
    yield from (f"{name}: named in {SUMS} and not there" for name in sorted(set(told) - set(bundle.namelist())))


def _records(bundle: zipfile.ZipFile, counts: dict[str, int]) -> Iterator[str]:
    """Whether every archived record is whole and its payload hashes to its name."""
    for name in bundle.namelist():
        if not name.startswith("warc/"):
            continue
        counts["archived records"] += 1
        try:
            digests = _payloads(bundle.read(name))
        except (ArchiveLoadFailed, OSError, ValueError, EOFError) as error:
            yield f"{name}: no WARC record that can be read: {error}"
            continue
        if name.removeprefix("warc/").removesuffix(".warc.gz") not in digests:
            yield f"{name}: its bytes do not hash to its name"


def _payloads(content: bytes) -> set[str]:
    """The SHA-256 of the payload of each response or resource in a WARC file."""
    return {
        hashlib.sha256(record.raw_stream.read()).hexdigest()
        for record in ArchiveIterator(io.BytesIO(content), check_digests="raise")
        if record.rec_type in {"response", "resource"}
    }


def _quotes(bundle: zipfile.ZipFile, counts: dict[str, int]) -> Iterator[str]:
    """Whether every quote stands word for word at its place in its text, and every text hashes to its name."""
    texts = {}
    for name in bundle.namelist():
        if name.startswith("texts/"):
            counts["texts"] += 1
            content = bundle.read(name)
            digest = hashlib.sha256(content).hexdigest()
            if f"texts/{digest}.txt" != name:
                yield f"{name}: the text does not hash to its name"
            texts[digest] = content.decode("utf-8", "surrogatepass")
    for statement in _statements(bundle):
        for place in statement.get("appearances", ()):
            counts["quotes"] += 1
            if not _stands(place, texts):
                yield f"statement {statement.get('claim')}: the words at its place are not the words kept"
            if f"warc/{place.get('snapshot')}.warc.gz" not in bundle.namelist():
                yield f"statement {statement.get('claim')}: its archived bytes are not in the bundle"


def _statements(bundle: zipfile.ZipFile) -> list[dict[str, Any]]:
    try:
        found = json.loads(bundle.read("statements.json"))
    except (KeyError, ValueError) as error:
        raise BadBundle("its statements.json is missing or can't be read") from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadBundle("its statements.json is no list of statements")
    return found


def _stands(place: dict[str, Any], texts: dict[str, str]) -> bool:
    text, start, end, exact = (place.get(name) for name in ("text_sha256", "start", "end", "exact"))
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(exact, str) and 0 <= start < end):
        return False
    digest = hashlib.sha256(exact.encode("utf-8", "surrogatepass")).hexdigest()
    return texts.get(str(text), "")[start:end] == exact and digest == place.get("exact_sha256")
