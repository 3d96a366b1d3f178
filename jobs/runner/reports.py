"""Telling the log of a fault that lasts: one line when it begins, changes or ends, not one for each try."""

import threading
from dataclasses import dataclass, field
from typing import Any

from tracker.condition import first_line, trouble_of
from tracker.db import DriverError


@dataclass(slots=True)
class FaultLog:
    """What was said last about each kind of work."""

    said: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fails(self, log: Any, what: str, trouble: Exception | str) -> None:  # noqa: ANN401 - structlog's logger has no type of its own
        """`what` can't go on: told when that is news. A trace of a full disk says nothing more than its sentence."""
        if not self._is_news(what, reason_of(trouble)):
            return
        kind = trouble_of(trouble) if isinstance(trouble, DriverError) else None
        log.error("work stands still", work=what, error=reason_of(trouble), to_do=kind.value if kind else None)

    def works(self, log: Any, what: str) -> None:  # noqa: ANN401 - as above
        """`what` goes on: told when it stood still before."""
        if self._is_news(what, ""):
            log.info("work goes on", work=what)

    def _is_news(self, what: str, reason: str) -> bool:
        with self.lock:
            if self.said.get(what, "") == reason:
                return False
            self.said[what] = reason
            return True


def reason_of(trouble: Exception | str) -> str:
    """A fault in one line: its kind and its own words, at most 300 characters."""
    if isinstance(trouble, str):
        return trouble
    return f"{trouble.__class__.__name__}: {first_line(trouble)}"[:300]
