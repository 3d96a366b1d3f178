"""The sections of the settings that name what a newsroom watches: sources, topics, events, speakers, webhooks."""

import re
from base64 import b64decode
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator

from tracker.setting_types import (
    YEAR_M,
    Day,
    Filled,
    Flag,
    Identity,
    Line,
    Moment,
    Number,
    Place,
    Text,
    WebAddress,
    Whole,
    expression_problem,
    secret_of,
)

FEWEST_STEPS, MOST_STEPS = 3, 7
"""Steps of a topic's scale."""


class Section(BaseModel):
    """What all sections share: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSection(Section):
    """One place we look."""

    id: Identity
    name: Filled
    kind: Literal["feed", "listing", "json", "sitemap", "folder"]
    url: WebAddress | None = None
    path: Place | None = None
    every_minutes: Whole = Field(default=60, ge=1, le=YEAR_M)
    lane: Literal["primary", "reported"] = "reported"
    channel: Filled | None = None
    outlet: Filled | None = None
    language: Filled | None = None
    timezone: str = "UTC"
    expect_every: Filled | None = None
    full_text: Flag = True
    public_context: Annotated[Whole, Field(ge=0, le=100)] | Literal["all"] = 2
    """Sentences around a quote that everybody may read in an archived copy; "all" for the whole copy."""
    link_pattern: Filled | None = None
    link_selector: Filled | None = None
    link_replace: tuple[str, str] | None = None
    skip_title: Filled | None = None
    date_pattern: Filled | None = None
    date_format: Filled | None = None
    article_selector: Filled | None = None
    paths: dict[Literal["items", "url", "id", "title", "date", "summary", "text"], str] | None = None
    timeout_s: Number | None = Field(default=None, gt=0, le=120)
    rights: Filled | None = None
    verified_on: Day | None = None
    enabled: Flag = True
    note: Text | None = None

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value)

    @field_validator("link_pattern", "skip_title", "date_pattern")
    @classmethod
    def _pattern(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        if problem := expression_problem(value):
            raise ValueError(problem)
        found = re.compile(value)
        if info.field_name == "date_pattern" and not {"year", "month"} <= set(found.groupindex):
            raise ValueError(
                "names no year and month (write it like (?P<year>\\d{4})/(?P<month>\\d\\d)/(?P<day>\\d\\d))"
            )
        return value

    @field_validator("link_selector", "article_selector")
    @classmethod
    def _selector(cls, value: str | None) -> str | None:
        if value is not None:
            import cssselect

            try:
                cssselect.HTMLTranslator().css_to_xpath(value)
            except (cssselect.SelectorError, ValueError, RecursionError) as error:
                raise ValueError(f"not a CSS selector: {error} (write it like main .news-list)") from error
        return value

    @field_validator("date_format")
    @classmethod
    def _form(cls, value: str | None) -> str | None:
        if value is not None:
            if not re.fullmatch(r"(?:[^%]|%[A-Za-z%])*", value):
                raise ValueError("not a date's form (write it like %d %B %Y)")
            try:
                datetime.strptime(datetime(2024, 3, 6, tzinfo=UTC).strftime(value), value)  # noqa: DTZ007 - a trial
            except ValueError as error:
                raise ValueError(f"not a date's form: {error} (write it like %d %B %Y)") from error
        return value

    @field_validator("paths")
    @classmethod
    def _expressions(cls, value: dict[str, str] | None) -> dict[str, str] | None:
        for name, expression in (value or {}).items():
            problem = path_problem(expression)
            if problem:
                raise ValueError(f"{name}: {problem}")
        return value

    @field_validator("expect_every")
    @classmethod
    def _period(cls, value: str | None) -> str | None:
        if value is not None and not period_minutes(value):
            raise ValueError("not a period (write it like 30m, 6h, 2d or 1w)")
        return value

    @model_validator(mode="after")
    def _place(self) -> Self:
        if self.kind == "folder":
            if self.path is None or self.url is not None:
                raise ValueError("a folder needs `path` and no `url`")
        elif self.url is None or self.path is not None:
            raise ValueError(f"a {self.kind} needs `url` and no `path`")
        return self

    @model_validator(mode="after")
    def _shape(self) -> Self:
        if self.kind == "json":
            given = set(self.paths or {})
            if "items" not in given or not given & {"url", "id"}:
                raise ValueError('a json source needs `paths` with "items" and "url" (or "id"): where they stand')
        elif self.paths is not None:
            raise ValueError(f"`paths` is for json sources, this one is a {self.kind}")
        if self.kind == "listing" and not (self.link_pattern or self.link_selector):
            raise ValueError("a listing needs `link_pattern` or `link_selector` (which links of the page count)")
        if self.link_selector and self.kind != "listing":
            raise ValueError(f"`link_selector` is for listings, this one is a {self.kind}")
        return self

    @property
    def options(self) -> dict[str, Any]:
        """What the archive keeps beside the columns of a source: how its list and its pages are read."""
        names = (
            "full_text public_context link_pattern link_selector link_replace skip_title date_pattern date_format "
            "article_selector paths timeout_s rights verified_on"
        ).split()
        return {
            name: value
            for name, value in self.model_dump(mode="json", include=set(names)).items()
            if value is not None and not (name == "full_text" and value)
        }


class PositionSection(Section):
    """One step of a topic's scale."""

    step: Whole = Field(ge=0, le=99)
    id: Identity | None = None
    label: Filled
    definition: Text = ""
    phrases: tuple[Filled, ...] = ()
    side: Literal["lower", "upper"] | None = None


class TopicSection(Section):
    """A subject with its rules and scale."""

    id: Identity
    name: Filled
    description: Text = ""
    any: tuple[Filled, ...] = ()
    all: tuple[Filled, ...] = ()
    none: tuple[Filled, ...] = ()
    examples_in: tuple[Filled, ...] = ()
    examples_out: tuple[Filled, ...] = ()
    positions: tuple[PositionSection, ...] = ()

    @field_validator("positions")
    @classmethod
    def _ordered(cls, value: tuple[PositionSection, ...]) -> tuple[PositionSection, ...]:
        if len({position.step for position in value}) != len(value):
            raise ValueError("two positions share a step (each step stands once)")
        if value and not FEWEST_STEPS <= len(value) <= MOST_STEPS:
            raise ValueError(
                f"a scale of {len(value)} step{'' if len(value) == 1 else 's'} "
                f"(write {FEWEST_STEPS} to {MOST_STEPS} positions, or none: two sides leave no room between them)"
            )
        ordered = tuple(sorted(value, key=lambda position: position.step))
        if wrong := sides_problem([position.side for position in ordered]):
            raise ValueError(wrong)
        return ordered

    @model_validator(mode="after")
    def _findable(self) -> Self:
        if not (self.any or self.all):
            raise ValueError("has neither `any` nor `all` (without phrases nothing can match)")
        return self


def sides_problem(sides: Sequence[str | None]) -> str | None:
    """What is wrong with the sides of a scale's steps, lowest step first; None when nothing is.

    A scale names both sides or none (then its two ends are the sides), and the lower side lies below the upper one.
    """
    lower = [place for place, side in enumerate(sides) if side == "lower"]
    upper = [place for place, side in enumerate(sides) if side == "upper"]
    if bool(lower) != bool(upper):
        return "only one side is named (name `lower` and `upper`, or neither: then the two ends are the sides)"
    if lower and max(lower) > min(upper):
        return "a step of the lower side lies above one of the upper side"
    return None


class EventSection(Section):
    """A real happening."""

    id: Identity
    name: Filled
    place: Line = ""
    start: Day
    end: Day
    pivot: Moment | None = None
    pivot_name: Line = ""
    zone: str = "UTC"
    pivot_zone: str | None = None
    pivot_reason: Text = ""
    during: Flag = False
    documents: tuple[WebAddress, ...] = ()
    groups: dict[str, tuple[Filled, ...]] = Field(default_factory=dict)
    topics: tuple[Filled, ...] = ()

    @field_validator("zone", "pivot_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        return known_zone(value) if value is not None else None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start > self.end:
            raise ValueError("ends before it starts")
        if self.pivot is not None and self.pivot.tzinfo is None:
            raise ValueError("pivot: a time without its zone (write it like 2023-07-11T16:00:00Z)")
        if self.pivot is not None and not self._around(self.pivot.astimezone(UTC).date()):
            raise ValueError(
                f"pivot: lies outside {self.start} to {self.end} (it parts before from after: one of these days)"
            )
        return self

    def _around(self, day: date) -> bool:
        """Whether a day is one of the event's, or beside them: in another zone it is another day."""
        return (self.start - day).days <= 1 and (day - self.end).days <= 1

    @property
    def moment(self) -> datetime:
        """The pivot: as told, else the beginning of the first day in the event's zone."""
        opens = datetime(self.start.year, self.start.month, self.start.day, tzinfo=ZoneInfo(self.zone))
        return (self.pivot or opens).astimezone(UTC)


class OfficeSection(Section):
    """A role held from one day to another."""

    title: Filled
    body: Line = ""
    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")


class SpeakerSection(Section):
    """A person or body known before anything is read."""

    name: Filled
    kind: Literal["person", "body"] = "person"
    aliases: tuple[Filled, ...] = ()
    offices: tuple[OfficeSection, ...] = ()
    groups: tuple[Filled, ...] = ()


class WebhookSection(Section):
    """An address that is told by signed POST requests (docs/alerts.md); others are made on the site."""

    id: Identity
    name: Filled
    url: WebAddress
    searches: tuple[Filled, ...] = Field(min_length=1)
    tell: Literal["claims", "shifts", "changes"] = "claims"
    key: SecretStr | None = None
    key_file: Place | None = None

    @cached_property
    def secret(self) -> str:
        """The signing key."""
        return secret_of(self.key, self.key_file)

    @model_validator(mode="after")
    def _signed(self) -> Self:
        coded = self.secret.removeprefix("whsec_")
        try:
            length = len(b64decode(coded, validate=True)) if coded != self.secret else 0
        except ValueError:
            length = 0
        if not 24 <= length <= 64:  # noqa: PLR2004 - as the standard has it
            raise ValueError(
                'has no signing key, or a weak one (key or key_file: "whsec_" and 24 to 64 random bytes in base64, '
                "as `openssl rand -base64 32` makes them)"
            )
        return self


def period_minutes(text: str) -> int | None:
    """Minutes in a period such as `30m`, `6h`, `2d`, `1w`; None when it is none."""
    found = re.fullmatch(r"(\d{1,4})([mhdw])", text)
    if not found:
        return None
    unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[found[2]]
    return int(timedelta(**{unit: int(found[1])}).total_seconds() // 60)


def period_words(minutes: int | None) -> str:
    """A period as it is written, in its largest whole unit: `6h`, `2d`, `1w`; empty where there is none."""
    if not minutes:
        return ""
    units = ((10_080, "w"), (1440, "d"), (60, "h"), (1, "m"))
    many, letter = next(one for one in units if minutes % one[0] == 0)
    return f"{minutes // many}{letter}"


STEP = re.compile(r'\.?([^\s.\[\]|"{}]+)|\.?\[\s*(?:-?\d{1,6}|\*|"[^"]*")\s*\]')


def path_problem(expression: str) -> str | None:
    """What is wrong with a path expression or a template of them (the archive reads them); None when nothing is."""
    parts = re.findall(r"\{([^{}]+)\}", expression) if "{" in expression else [expression]
    if not parts or (
        ("{" in expression or "}" in expression) and re.search(r"[{}]", re.sub(r"\{[^{}]+\}", "", expression))
    ):
        return f"{expression!r}: a brace without its partner"
    for way in (way.strip() for part in parts for way in part.split("|")):
        if not way or way.startswith(".") or STEP.sub("", way):
            return f'{way!r} is no path (write it like items[*].link or ["a:b"])'
    return None


@cache
def _zones() -> set[str]:
    """The zones this machine knows: to list them takes longer than to check all else."""
    return available_timezones()


def known_zone(value: str) -> str:
    """The name of a time zone, when this machine knows it. Raises `ValueError`."""
    if value not in _zones():
        raise ValueError("not a time zone (write it like Europe/Kyiv)")
    ZoneInfo(value)
    return value
