"""One address that the operator names in the configuration is asked: a service of the newsroom's own, or one it pays for.

It is no source: it may lie on this machine or in a private network, since whoever writes the configuration says so, and no
reader or page can name another. All else is as at the gate: http or https, TLS verified, no proxy from the environment, no
cookies, a limit of time, of headers and of the answer. A redirect is refused: the key and the words go where they were sent.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.archive.http import redirects, responses
from tracker.archive.http.address import BadAddress, Target, read_address
from tracker.archive.http.connection import (
    NETWORK_ERRORS,
    Budget,
    HeadersTooLarge,
    PinnedAdapter,
    Stopped,
    TooSlow,
    describe_network_error,
    look_up,
    resolve_within,
    verifying,
)
from tracker.archive.http.encoding import OFFERED, BadEncoding, TooLarge
from tracker.archive.http.gate import Refused, read_body

MAX_BYTES = 256 * 1024
"""Of an answer, unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedAddress:
    """An address that takes JSON and answers JSON."""

    url: str
    user_agent: str
    deadline_s: float
    """Seconds for the whole talk."""
    key: str = ""
    """Sent as a bearer token; in no log and no error."""
    stopping: threading.Event

    def post(self, value: Mapping[str, Any]) -> bytes:
        """The body of the answer to a value sent as JSON. Raises `Refused`."""
        budget = Budget(time.monotonic() + self.deadline_s, stopping=self.stopping)
        try:
            target = read_address(self.url)
            asking = PinnedAdapter(target, self._peers(target), budget, verifying())
        except BadAddress as error:
            raise self._refused(f"is not asked: {error}") from error
        except TooSlow as error:
            raise self._refused("is slow: its name could not be looked up in time", state="slow") from error
        except OSError as error:
            raise self._refused("can't be found: its name has no address") from error
        try:
            return self._talk(asking, target, json.dumps(value, ensure_ascii=False).encode(), budget)
        except HeadersTooLarge as error:
            raise self._refused("sends headers larger than 64 KB") from error
        except TooLarge as error:
            raise self._refused(f"sends more than {MAX_BYTES // 1024} KB") from error
        except BadEncoding as error:
            raise self._refused(f"sends what can't be unpacked: {error}") from error
        except (Stopped, TooSlow, *NETWORK_ERRORS) as error:
            if isinstance(error, Stopped):
                raise self._refused("was not read to its end: the service is stopping") from error
            clause, state = describe_network_error(error, self.deadline_s, begun=budget.header_bytes is None)
            raise self._refused(clause, state=state) from error
        finally:
            asking.close()

    def _talk(self, asking: PinnedAdapter, target: Target, body: bytes, budget: Budget) -> bytes:
        response = asking.ask(target.url, self._headers(), body=body)
        if redirects.is_redirect(response.status_code):
            raise self._refused("answers with a redirect, which is not followed", status=response.status_code)
        if response.status_code not in responses.FULL:
            raise self._refused(f"answers {response.status_code}", status=response.status_code)
        headers = tuple((str(name), str(told)) for name, told in response.raw.headers.iteritems())
        return read_body(response.raw, headers, budget, MAX_BYTES, cut=False)

    def _peers(self, target: Target) -> tuple[str, ...]:
        return (
            (str(target.ip),)
            if target.ip is not None
            else resolve_within(look_up, target.host, target.port, self.deadline_s)
        )

    def _headers(self) -> dict[str, str]:
        headers = {
            "User-Agent": self.user_agent,
            "Accept": "application/json",
            "Accept-Encoding": OFFERED,
            "Content-Type": "application/json",
            "Connection": "close",
        }
        return {**headers, "Authorization": f"Bearer {self.key}"} if self.key else headers

    def _refused(self, clause: str, *, state: str = "error", status: int | None = None) -> Refused:
        return Refused(f"{responses.one_line(self.url)} {clause}", state=state, status=status)
