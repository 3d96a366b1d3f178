"""A thread pool that grows while its workers are stalled, so that tasks that hang never hold up the others.

1. `max_workers` tasks run side by side.
2. A worker that has been at one task for longer than `stall_after_s` is waiting, not working: it counts as stalled, and
   another thread is started beside it, up to `overflow` times `max_workers` threads in all.
3. A stalled worker that comes back goes on only while fewer than `max_workers` others work; else its thread ends.

So forty sources that drip keep none that answers from being read.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

STALL_AFTER_S = 2.0
OVERFLOW = 8
MAX_THREADS = 128
POLL_S = 0.25

Task = TypeVar("Task")
Result = TypeVar("Result")


class ElasticThreadPool(Generic[Task, Result]):
    """Does `work` for every task, begun in their order; results come as they are ready."""

    def __init__(
        self,
        work: Callable[[Task], Result],
        *,
        max_workers: int,
        overflow: int = OVERFLOW,
        stall_after_s: float | None = None,
    ) -> None:
        """`work` must not raise. There are never more than `MAX_THREADS` threads, but at least `max_workers`."""
        self._work = work
        self._max_workers = max_workers
        self._max_threads = max(max_workers, min(max_workers * overflow, MAX_THREADS))
        self._stall_after_s = STALL_AFTER_S if stall_after_s is None else stall_after_s
        self._waiting: deque[Task] = deque()
        self._done: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._began: dict[int, float] = {}
        self._threads = 0

    def run(self, tasks: Sequence[Task]) -> Iterator[list[Result]]:
        """What is ready since the last time, four times a second at least; an empty list when nothing is."""
        self._waiting.extend(tasks)
        left = len(tasks)
        try:
            while left:
                self._start_threads()
                ready = self._ready(left)
                left -= len(ready)
                yield ready
        finally:
            self._waiting.clear()  # whoever stops listening wants nothing more begun

    def _ready(self, most: int) -> list[Result]:
        """What comes within `POLL_S`; no more is waited for than can come."""
        ready: list[Result] = []
        until = time.monotonic() + POLL_S
        while len(ready) < most and (rest := until - time.monotonic()) > 0:
            try:
                ready.append(self._done.get(timeout=rest))
            except queue.Empty:
                break
        return ready

    def _start_threads(self) -> None:
        """Start as many threads as there are free workers and waiting tasks."""
        with self._lock:
            free = self._max_workers - self._working()
            startable = self._max_threads - self._threads
            for _ in range(min(free, startable, len(self._waiting))):
                self._threads += 1
                threading.Thread(target=self._run_worker, name=f"worker {self._threads}", daemon=True).start()

    def _working(self) -> int:
        """How many threads work; those that are stalled don't count."""
        now = time.monotonic()
        return self._threads - sum(now - began > self._stall_after_s for began in self._began.values())

    def _run_worker(self) -> None:
        me = threading.get_ident()
        while True:
            with self._lock:
                self._began.pop(me, None)
                # Back from a long wait: its place may have been taken meanwhile.
                if not self._waiting or self._working() > self._max_workers:
                    self._threads -= 1
                    return
                task = self._waiting.popleft()
                self._began[me] = time.monotonic()
            self._done.put(self._work(task))
