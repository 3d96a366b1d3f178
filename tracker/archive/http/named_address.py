"""One address that the operator names in the configuration is asked: a service of the newsroom's own, or one it pays for.

It is no source: it may lie on this machine or in a private network, since whoever writes the configuration says so, and no
reader or page can name another. All else is as at the gate: http or https, TLS verified, no proxy from the environment, no
cookies, a limit of time, of headers and of the answer. A redirect is refused: the key and the words go where they were sent.
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.archive.http import redirects, responses
from tracker.archive.http.gate import Refused
from tracker.archive.http.posting import NotPosted, PostRequest, post

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
        request = PostRequest(
            url=self.url,
            headers=self._headers(),
            body=json.dumps(value, ensure_ascii=False).encode(),
            deadline_s=self.deadline_s,
            most_bytes=MAX_BYTES,
            allow_private=None,
        )
        try:
            response = post(request, self.stopping)
        except NotPosted as error:
            raise self._refused(str(error), state=error.state) from error
        if redirects.is_redirect(response.status):
            raise self._refused("answers with a redirect, which is not followed", status=response.status)
        if response.status not in responses.FULL:
            raise self._refused(f"answers {response.status}", status=response.status)
        return response.body

    def _headers(self) -> dict[str, str]:
        headers = {
            "User-Agent": self.user_agent,
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        return {**headers, "Authorization": f"Bearer {self.key}"} if self.key else headers

    def _refused(self, clause: str, *, state: str = "error", status: int | None = None) -> Refused:
        return Refused(f"{responses.one_line(self.url)} {clause}", state=state, status=status)
