"""What a host's robots.txt lets us do (RFC 9309), remembered for a while."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

KEEP_S = 3600.0
KEEP_FAILURE_S = 300.0
MOST_HOSTS = 2000
LARGEST = 500 * 1024  # RFC 9309 section 2.5: at least 500 KiB are read
LONGEST_DELAY_S = 30.0


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one robots.txt says: `rules` None means that everything is allowed, for the reason in `why`.

    `trouble` says why nothing may be asked at present: the file could not be had (RFC 9309 section 2.3.1.4).
    """

    why: str
    rules: Protego | None = None
    trouble: str | None = None

    def allows(self, url: str, agent: str) -> bool:
        """Whether the file lets `agent` ask for this address."""
        return self.trouble is None and (self.rules is None or bool(self.rules.can_fetch(url, agent)))

    def delay(self, agent: str) -> float:
        """Seconds between two requests that the file asks for, at most 30."""
        wanted = self.rules.crawl_delay(agent) if self.rules else None
        return min(max(float(wanted or 0), 0.0), LONGEST_DELAY_S)


def parse(body: bytes) -> RobotsRules:
    """The rules of a robots.txt; what can't be read as rules allows everything."""
    text = body[:LARGEST].decode("utf-8-sig", "replace").replace("\x00", "")
    try:
        return RobotsRules("robots.txt", Protego.parse(text))
    except Exception as error:  # noqa: BLE001 - a parser's accident on hostile text must not stop the asking
        return RobotsRules(f"robots.txt can't be read ({type(error).__name__})")


class RobotsCache:
    """The rules of the hosts asked lately, for one hour each; the least used are forgotten first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` in monotonic seconds."""
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, RobotsRules]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, origin: str) -> RobotsRules | None:
        """What is known of a host, when it is still fresh."""
        with self._lock:
            until, rules = self._known.get(origin, (0.0, None))
            if rules is None or until < self._clock():
                return None
            self._known.move_to_end(origin)
            return rules

    def put(self, origin: str, rules: RobotsRules) -> RobotsRules:
        """Remember what was read."""
        with self._lock:
            keep = KEEP_FAILURE_S if rules.trouble else KEEP_S
            self._known[origin] = (self._clock() + keep, rules)
            self._known.move_to_end(origin)
            while len(self._known) > MOST_HOSTS:
                self._known.popitem(last=False)
        return rules
