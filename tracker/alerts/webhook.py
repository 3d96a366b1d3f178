"""What a webhook is sent: a signed POST as Standard Webhooks 1 asks (standardwebhooks.com), and what its answer means.

Signatures are made by the standard's own library. A signing key stands in no table: it is derived from the site's secret and
the webhook's public id, so that a copy of the database can't sign.
"""

import hashlib
import hmac
import threading
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from standardwebhooks import Webhook as Signer

from tracker.archive.http import responses
from tracker.archive.http.posting import PostRequest, PostResponse, post

ANSWER_WITHIN_S = 15.0
"""Seconds for the whole talk; a receiver should answer first and work afterwards."""
BOTH_KEYS_FOR = timedelta(hours=24)
"""After a rotation messages carry signatures by the old key and the new one for so long."""
GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMessage:
    """What one POST carries, under an id that all tries of it share."""

    url: str
    message_id: str
    at: datetime
    """When this try is made."""
    body: str
    keys: Sequence[str]
    """Signing keys, `whsec_…`; each signs."""
    user_agent: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers that identify and sign it."""
        signatures = [Signer(key).sign(self.message_id, self.at, self.body) for key in self.keys]
        return {
            "Content-Type": "application/json",
            "User-Agent": self.user_agent,
            "webhook-id": self.message_id,
            "webhook-timestamp": str(int(self.at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAnswer:
    """What a receiver said."""

    words: str
    accepted: bool
    gone: bool = False
    """It wants nothing any more (410)."""
    wait_s: float | None = None
    """How long it asks us to wait."""


def signing_key(secret: str, public_id: str, number: int) -> str:
    """The key of a webhook made on the site, as its receiver is given it; each number is another key."""
    told = f"webhook/{public_id}/{number}".encode()
    return f"whsec_{b64encode(hmac.new(secret.encode(), told, hashlib.sha256).digest()).decode()}"


def message_id(name: str) -> str:
    """The `webhook-id` of a message of the outbox: no dot in it, which parts what is signed."""
    return f"msg_{name}"


def send(
    message: WebhookMessage, *, deadline_s: float, allow_private: frozenset[str], stopping: threading.Event
) -> WebhookAnswer:
    """Post it and read the answer's status; any 2xx is a yes, and the rest of the answer is not read. Raises `NotPosted`."""
    request = PostRequest(
        url=message.url,
        headers=message.headers,
        body=message.body.encode(),
        deadline_s=min(deadline_s, ANSWER_WITHIN_S),
        allow_private=allow_private,
    )
    return _read(post(request, stopping), message.at)


def _read(response: PostResponse, now: datetime) -> WebhookAnswer:
    said = responses.one_line(f"{response.status} {response.reason}").strip()
    if 300 <= response.status < 400:  # noqa: PLR2004 - RFC 9110 15.4: redirects
        return WebhookAnswer(words=f"answers with a redirect ({said}), which is not followed", accepted=False)
    return WebhookAnswer(
        words=f"answers {said}",
        accepted=200 <= response.status < 300,  # noqa: PLR2004 - RFC 9110 15.3: successful
        gone=response.status == GONE,
        wait_s=responses.retry_after(response.headers, now),
    )
