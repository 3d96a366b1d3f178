"""One request to one host at a time, with a pause between two: nobody's server is asked in parallel by us.

Within one process the pause is kept in memory, and costs nothing. Among processes (workers, or a command beside the
service) it is kept by booking hosts in the record:

1. A host that nobody announced is booked for one request and the pause after it: one transaction. Such requests follow
   each other at the pause's own distance, so that their transactions never matter.
2. Hosts that are about to be asked are announced (`expect`): a run over a thousand feeds knows them all. The first that
   is asked is booked together with the `BATCH - 1` announced after it, all for `HOLD_S` seconds and the pause: one
   transaction for a hundred requests. Within that time only this process asks them, by its own clock and pauses.
3. Who finds a host booked by somebody else looks again when it is free, after `POLL_S` at the latest, so no request of
   another process to the same host begins before the pause is over; and nobody waits longer than `HOLD_S` and the pause
   for a process that died, or that never came to ask.
"""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

BookHosts = Callable[[Sequence[str], float], Mapping[str, float]]
"""Books those of these hosts that are free, for so many seconds from now, among all processes.

Gives the others: the seconds until each is free.
"""

BATCH = 100
HOLD_S = 5.0
HOLD_GAPS = 2.5
"""Announced hosts are held for `HOLD_S` seconds, with short pauses only for so many of them."""
POLL_S = 1.0


class HostThrottle:
    """Who may ask which host now; `clock` in monotonic seconds."""

    def __init__(self, gap_s: float, clock: Callable[[], float], book: BookHosts | None = None) -> None:
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
        self._hold_s = min(HOLD_S, HOLD_GAPS * gap_s)
        self._booking = threading.Lock()
        self._expected: dict[str, None] = {}
        self._ours_until: dict[str, float] = {}

    def expect(self, hosts: Iterable[str]) -> None:
        """Announce the hosts that are about to be asked, in their order; they take the place of those announced before."""
        with self._booking:
            self._expected = dict.fromkeys(hosts)

    @contextmanager
    def of(self, host: str, *, at_once: bool) -> Iterator[bool]:
        """Hold a host's turn. `at_once` leaves the pause out: a redirect is part of the same request.

        Gives False when everything is being stopped: then nothing may be asked any more.
        """
        mine = held = self._wait(host, at_once=at_once)
        try:
            if mine and self._book is not None and not at_once:
                mine = self._booked(self._book, host)
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

    def _booked(self, book: BookHosts, host: str) -> bool:
        """Wait until a host is ours among all processes; False when everything is being stopped."""
        while True:
            with self._booking:
                now = self._clock()
                if now < self._ours_until.get(host, now):
                    return True
                hosts = self._batch(host)
                hold_s = self._hold_s if len(hosts) > 1 else 0.0
                taken = book(hosts, hold_s + self._gap_s)
                # Counted from before the booking: by our clock it ends sooner than for the others, never later.
                self._ours_until.update({other: now + hold_s for other in hosts if other not in taken})
            if host not in taken:
                return True
            if not self._sleep(min(taken[host], POLL_S)):
                return False

    def _batch(self, host: str) -> list[str]:
        if host not in self._expected:
            return [host]
        del self._expected[host]
        others = list(itertools.islice(self._expected, BATCH - 1))
        for other in others:
            del self._expected[other]
        return [host, *others]

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
            self._ours_until = {host: at for host, at in self._ours_until.copy().items() if at > now}
