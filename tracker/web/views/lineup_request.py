"""What the address of a line-up asks for: days, speakers, group, order, evidence, and as of when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from urllib.parse import urlencode

from flask import current_app, request

from tracker.positions.lineup import ORDERS, LineUpOptions, Order
from tracker.web import forms
from tracker.web.forms import Malformed
from tracker.web.views.evidence import shown_evidence

WINDOWS = ("90", "30", "60", "365", "all")
SHARED_FIELDS = ("window", "from", "to", "order", "speaker", "group", "at")
"""What narrows a line-up, wherever it is shown."""
FIELDS = (*SHARED_FIELDS, "show", "event", "page")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z")
ORDER_WORDS: Mapping[str, str] = {
    "shift": "Size of shift", "name": "Name", "position": "Position after", "last": "Last statement",
    "statements": "Number of statements",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpRequest:
    """The filters as chosen."""

    window: str
    first: date | None
    last: date | None
    show: str
    order: str
    speakers: tuple[str, ...]
    group: str | None
    at: datetime | None
    """As the record knew it then; None for now."""
    asked_at: str
    """The same as it was typed."""

    @property
    def options(self) -> LineUpOptions:
        """How the line-up is to be built."""
        return LineUpOptions(
            window_days=None if self.window == "all" else int(self.window),
            first_day=self.first,
            last_day=self.last,
            confirmed_only=self.show == "confirmed",
            order=cast("Order", self.order),
        )


def read_request() -> LineUpRequest:
    """The filters in the address of this request. Raises `Malformed` for a parameter that is unknown or can't be read."""
    return _read(FIELDS, shown_evidence())


def read_shared_request(*more: str) -> LineUpRequest:
    """The filters of a line-up that leaves the site: confirmed codings only. Raises `Malformed`; `more` is known, too."""
    return _read((*SHARED_FIELDS, *more), "confirmed")


def read_address(query: str) -> tuple[LineUpRequest, str]:
    """The filters in another address of a line-up's page, and its `shared_query`. Raises `Malformed`."""
    with current_app.request_context({**request.environ, "QUERY_STRING": query}):
        return replace(read_request(), show="confirmed"), shared_query()


def shared_query() -> str:
    """The filters of this request's line-up as they go on to its other forms, with a question mark; "" without any."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name in SHARED_FIELDS and value]
    return f"?{urlencode(pairs)}" if pairs else ""


def _read(fields: tuple[str, ...], show: str) -> LineUpRequest:
    forms.only(*fields)
    forms.once(*(name for name in fields if name != "speaker"))
    first, last = forms.day("from"), forms.day("to")
    if first is not None and last is not None and last < first:
        raise Malformed("to", "lies before “from”")
    asked_at = forms.text("at") or ""
    return LineUpRequest(
        window=forms.choice("window", WINDOWS),
        first=first,
        last=last,
        show=show,
        order=forms.choice("order", ORDERS),
        speakers=forms.many("speaker"),
        group=forms.text("group"),
        at=_moment(asked_at) if asked_at else None,
        asked_at=asked_at,
    )


def _moment(typed: str) -> datetime:
    """The end of a day, or the moment told. Raises `Malformed`."""
    try:
        if MOMENT.fullmatch(typed):
            return datetime.fromisoformat(typed)
        if forms.DAY.fullmatch(typed) and typed < date.max.isoformat():
            return datetime.combine(date.fromisoformat(typed) + timedelta(days=1), time(), UTC) - timedelta(seconds=1)
    except ValueError:
        pass
    raise Malformed("at", "is no day like 2024-05-14 and no time like 2024-05-14T15:00:00Z")
