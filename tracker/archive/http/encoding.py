"""Undoing Content-Encoding under a budget: a bomb is stopped while it unfolds, not after (RFC 9110 section 8.4)."""

import zlib

from tracker.errors import TrackerError

KNOWN = frozenset({"gzip", "x-gzip", "deflate"})
OFFERED = "gzip, deflate"
MOST = 2
GZIP_MAGIC = b"\x1f\x8b"
STEP = 65536
GZIP = 16 + zlib.MAX_WBITS


class BadEncoding(TrackerError):
    """The body can't be decoded; the text says why."""


class TooLarge(TrackerError):
    """The body is larger than allowed, packed or unpacked."""


def encodings(header: str | None) -> tuple[str, ...]:
    """The encodings to undo, outermost (last applied) first. Raises `BadEncoding` for what was never offered."""
    names = [name.strip().lower() for name in (header or "").split(",")]
    names = [name for name in names if name and name != "identity"]
    for name in names:
        if name not in KNOWN:
            raise BadEncoding(f"the body is in an encoding we did not ask for: {name[:40]!a}")
    if len(names) > MOST:
        raise BadEncoding(f"the body is packed {len(names)} times over")
    return tuple(reversed(names))


class Unpacker:
    """Undoes one chain of encodings chunk by chunk; no layer may yield more than `limit` bytes in all.

    Raises `TooLarge` and `BadEncoding`.
    """

    def __init__(self, names: tuple[str, ...], limit: int) -> None:
        """`names` as given by `encodings`; `limit` in bytes."""
        self._layers = [_Layer(name, limit) for name in names]
        self._limit = limit
        self._seen = 0

    def feed(self, data: bytes) -> bytes:
        """What these bytes unpack to."""
        self._seen += len(data)
        if self._seen > self._limit:
            raise TooLarge
        for layer in self._layers:
            data = layer.feed(data)
        return data

    def finish(self) -> None:
        """Raises `BadEncoding` when the packed data stopped before its end."""
        if self._seen and not all(layer.complete for layer in self._layers):
            raise BadEncoding("the packed body was cut off before its end")


class _Layer:
    def __init__(self, name: str, limit: int) -> None:
        self._gzip = name != "deflate"
        self._engine: zlib._Decompress | None = None
        self._limit = limit
        self._given = 0
        self._ended = False

    @property
    def complete(self) -> bool:
        """Whether the packed data stands at an end (nothing at all is an end too)."""
        return self._engine is None or self._ended

    def feed(self, data: bytes) -> bytes:
        out = []
        while data and not self._ended:
            if self._engine is None:
                self._engine = self._start(data)
            try:
                piece = self._engine.decompress(data, STEP)
            except zlib.error as error:
                raise BadEncoding("the packed body is damaged") from error
            self._given += len(piece)
            if self._given > self._limit:
                raise TooLarge
            out.append(piece)
            data = self._rest(self._engine)
        return b"".join(out)

    def _rest(self, engine: "zlib._Decompress") -> bytes:
        if not engine.eof:
            return engine.unconsumed_tail
        # A gzip file may have several members (RFC 1952 section 2.2); what else follows the end is padding.
        self._ended = not self._gzip or not GZIP_MAGIC.startswith(engine.unused_data[:2])
        self._engine = None
        return engine.unused_data

    def _start(self, data: bytes) -> "zlib._Decompress":
        """Servers send `deflate` both with and without the zlib header that RFC 9110 asks for: the first byte tells."""
        if self._gzip:
            return zlib.decompressobj(GZIP)
        zlib_header = data[0] & 0x0F == 8 and data[0] >> 4 <= 7  # noqa: PLR2004 - RFC 1950 section 2.2
        return zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
