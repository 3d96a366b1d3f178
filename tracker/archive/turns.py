"""One request to one host at a time, with a pause between two: nobody's server is asked in parallel by us."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Book = Callable[[str, float], float]
"""Books the next turn at a host, `gap` seconds long, among all processes; gives the seconds to wait until it begins."""


class Turns:
    """Who may ask which host now; `clock` in monotonic seconds."""

    def __init__(self, gap_s: float, clock: Callable[[], float], book: Book | None = None) -> None:
        """`gap_s` seconds lie between the end of one request and the start of the next to the same host.

        Without `book` that holds within this process, with it between processes too.
        """
        self._gap_s = gap_s
        self._clock = clock
        self._book = book if gap_s > 0 else None
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._free_at: dict[str, float] = {}
        self._stopped = False

    @contextmanager
    def of(self, host: str, *, at_once: bool) -> Iterator[bool]:
        """Hold a host's turn. `at_once` leaves the pause out: a redirect is part of the same request.

        Gives False when everything is being stopped: then nothing may be asked any more.
        """
        mine = held = self._wait(host, at_once=at_once)
        try:
            if mine and self._book is not None and not at_once:
                mine = self._sleep(self._book(host, self._gap_s))
            yield mine
        finally:
            if held:
                with self._changed:
                    self._busy.discard(host)
                    self._free_at[host] = max(self._clock() + self._gap_s, self._free_at.get(host, 0.0))
                    self._changed.notify_all()

    def pause(self, host: str, seconds: float) -> None:
        """Make the next pause at this host at least so long (its Crawl-delay)."""
        if seconds > self._gap_s:
            with self._changed:
                self._free_at[host] = self._clock() + seconds

    def stop(self) -> None:
        """Let nobody begin any more; those who wait go home."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _wait(self, host: str, *, at_once: bool) -> bool:
        with self._changed:
            while not self._stopped:
                pause = 0.0 if at_once else self._free_at.get(host, 0.0) - self._clock()
                if host in self._busy:
                    self._changed.wait()
                elif pause > 0:
                    self._changed.wait(pause)
                else:
                    self._forget()
                    self._busy.add(host)
                    return True
            return False

    def _sleep(self, seconds: float) -> bool:
        """Wait for a booked turn; False when everything is being stopped."""
        until = time.monotonic() + seconds
        with self._changed:
            while not self._stopped:
                left = until - time.monotonic()
                if left <= 0:
                    return True
                self._changed.wait(left)
            return False

    def _forget(self) -> None:
        if len(self._free_at) > 10_000:  # noqa: PLR2004 - enough to keep, little to hold
            now = self._clock()
            self._free_at = {host: at for host, at in self._free_at.items() if at > now}
