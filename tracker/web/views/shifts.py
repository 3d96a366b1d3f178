"""A stored shift in one line, as the home page and the feeds show it."""

from dataclasses import dataclass

from tracker.positions import shift_rule
from tracker.positions.queries import ShiftRow
from tracker.web.views import dates
from tracker.web.views.cards import verdict_style


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftLine:
    """A stored shift in one line."""

    glyph: str
    name: str
    slug: str
    words: str
    days: str
    before: str
    after: str


def shift_line(one: ShiftRow) -> ShiftLine:
    """A stored shift in one line of words."""
    who = one.after.speaker or one.before.speaker
    days = [day for day in (one.before.said_to, one.after.said_from) if day is not None]
    return ShiftLine(
        glyph=verdict_style(one.verdict)[1],
        name=who.name if who else "",
        slug=who.slug if who else "",
        words=shift_rule.verdict_sentence(one.verdict),
        days=f"{dates.short_day(days[0])} to {dates.short_day(days[-1])}" if days else "",
        before=one.before.public_id,
        after=one.after.public_id,
    )
