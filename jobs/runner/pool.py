"""Many things done at once so that those that hang never hold up the others.

`seats` things are begun side by side. One that has sat for longer than `PATIENCE_S` is waiting, not working: another takes
a seat beside it, up to `ROOM` times as many in all. So forty sources that drip keep none that answers from being read.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

PATIENCE_S = 2.0
ROOM = 8
MOST_THREADS = 128
BEAT_S = 0.25

Task = TypeVar("Task")
Result = TypeVar("Result")


class Lanes(Generic[Task, Result]):
    """Does `work` for every task, in order as far as seats allow; results come as they are ready."""

    def __init__(self, work: Callable[[Task], Result], seats: int) -> None:
        """`work` must not raise."""
        self._work = work
        self._seats = seats
        self._most = max(seats, min(seats * ROOM, MOST_THREADS))
        self._waiting: deque[Task] = deque()
        self._done: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._began: dict[int, float] = {}
        self._count = 0

    def run(self, tasks: Sequence[Task]) -> Iterator[list[Result]]:
        """What is ready since the last time, four times a second at least; an empty list when nothing is."""
        self._waiting.extend(tasks)
        left = len(tasks)
        try:
            while left:
                self._fill()
                ready = self._ready(left)
                left -= len(ready)
                yield ready
        finally:
            self._waiting.clear()  # whoever stops listening wants nothing more begun

    def _ready(self, most: int) -> list[Result]:
        """What comes within a beat; no more is waited for than can come."""
        ready: list[Result] = []
        until = time.monotonic() + BEAT_S
        while len(ready) < most and (rest := until - time.monotonic()) > 0:
            try:
                ready.append(self._done.get(timeout=rest))
            except queue.Empty:
                break
        return ready

    def _fill(self) -> None:
        """Begin as many threads as there are free seats and waiting tasks."""
        with self._lock:
            free = self._seats - self._sitting()
            room = self._most - self._count
            for _ in range(min(free, room, len(self._waiting))):
                self._count += 1
                threading.Thread(target=self._sit, name=f"lane {self._count}", daemon=True).start()

    def _sitting(self) -> int:
        """How many threads sit on a seat; those that have waited long stand beside it."""
        now = time.monotonic()
        return self._count - sum(now - began > PATIENCE_S for began in self._began.values())

    def _sit(self) -> None:
        me = threading.get_ident()
        while True:
            with self._lock:
                self._began.pop(me, None)
                # Back from a long wait: its seat may have been taken meanwhile.
                if not self._waiting or self._sitting() > self._seats:
                    self._count -= 1
                    return
                task = self._waiting.popleft()
                self._began[me] = time.monotonic()
            self._done.put(self._work(task))
