"""An SVG image of ours as PNG, where the optional library that draws it is installed, and fonts are.

The library holds the interpreter for as long as it draws, up to a second, so it draws in a process of its own, one image at
a time: no other visitor waits for a picture. The last ones are kept.
"""

import subprocess
import sys
from functools import lru_cache
from threading import Lock

from werkzeug.exceptions import ServiceUnavailable

MOST_PIXELS = 6_000_000
"""Of an image: what is tall is drawn less finely, so that every one is done within a second or two."""
ZOOM = 2.0
"""Points of the screen for each unit of the image: sharp on dense screens and in print."""
WAIT_S, DRAW_S = 5.0, 20.0
PROBE = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="16" font-family="sans-serif">{}</text></svg>'
DRAW = (
    "import sys, resvg_py; "
    "sys.stdout.buffer.write(resvg_py.svg_to_bytes(svg_string=sys.stdin.buffer.read().decode(), zoom=float(sys.argv[1])))"
)
DRAWING = Lock()


@lru_cache(maxsize=24)
def png(svg: bytes, width: float, height: float) -> bytes:
    """The image of this size as PNG. Raises `ServiceUnavailable` where too many wait for theirs."""
    zoom = min(ZOOM, (MOST_PIXELS / (width * height)) ** 0.5)
    if not DRAWING.acquire(timeout=WAIT_S):
        raise ServiceUnavailable
    try:
        # Isolated (-I): nothing of this folder or of the environment changes what is imported.
        command = [sys.executable, "-I", "-c", DRAW, f"{zoom:.3f}"]
        return subprocess.run(command, input=svg, capture_output=True, check=True, timeout=DRAW_S).stdout  # noqa: S603 - our own program
    finally:
        DRAWING.release()


@lru_cache(maxsize=1)
def unavailable() -> str | None:
    """Why no PNG can be drawn here, with what to install; None where it can."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        return "PNG needs an extra: pip install 'on-the-record[images]' (the package resvg-py)."
    written, blank = (svg_to_bytes(svg_string=PROBE.format(words)) for words in ("Aa", ""))
    if written == blank:
        return "PNG needs fonts on the server, and none was found (on Debian: apt-get install fonts-dejavu-core)."
    return None
