"""Settings: frozen, read once, complete or refused. Every mistake is reported at once, with its key path and a hint.

`load(path)` reads a TOML file; `config.example.toml` documents every key. Secrets may stand in a file of their own.
"""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from tracker.errors import TrackerError
from tracker.setting_types import (
    HOUR_S,
    WEEK_S,
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

VERSION = metadata.version("on-the-record")
SHORTEST_SECRET = 32
WEAK = re.compile(r"change.?me|secret|example|password|default|0{8}|1234", re.IGNORECASE)
OWN_PATHS = frozenset(
    "a account api c capture events feeds follow healthz readyz review runs s search sign-in sign-out sources speakers "
    "static t topics".split()
)
"""How the site's own paths begin: a site below such a path could not tell a proxy that takes it off from one that doesn't."""


FEWEST_STEPS, MOST_STEPS = 3, 7
"""Steps of a topic's scale."""


class BadSettings(TrackerError):
    """The configuration can't be used; `mistakes` holds one line for each mistake: `key.path: what is wrong (hint)`."""

    def __init__(self, mistakes: list[str]) -> None:
        """Keep every line; the message is all of them."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Section(BaseModel):
    """What all sections share: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(Section):
    """The site's face and its secret."""

    name: Filled = "On the Record"
    base_url: WebAddress = "http://127.0.0.1:8000"
    timezone: str = "UTC"
    contact: Line = "corrections@localhost"
    secret_key: SecretStr | None = None
    secret_key_file: Place | None = None
    trusted_proxies: Whole = Field(default=0, ge=0, le=5)

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if "?" in value or "#" in value:
            raise ValueError("holds a query or fragment (write it like https://record.example.org)")
        path = parts.path.strip("/").split("/")
        if path != [""] and not all(re.fullmatch(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*", part) for part in path):
            raise ValueError(
                "its path holds more than letters, digits, - . _ ~ (write it like https://example.org/record)"
            )
        if path[0] in OWN_PATHS:
            raise ValueError(f"its path begins like addresses of the site itself (choose another than /{path[0]})")
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return _zone(value)

    @cached_property
    def secret(self) -> str:
        """The secret itself, from the key or its file."""
        return secret_of(self.secret_key, self.secret_key_file)

    @model_validator(mode="after")
    def _strong(self) -> Self:
        problem = secret_problem(secret_of(self.secret_key, self.secret_key_file))
        if problem:
            raise ValueError(problem)
        return self


class DatabaseSection(Section):
    """Where the record is kept."""

    url: Line = "sqlite:///data/record.sqlite"

    @field_validator("url")
    @classmethod
    def _known(cls, value: str) -> str:
        if not re.match(r"sqlite:///.+|postgres(ql)?(\+psycopg)?://.+", value):
            raise ValueError("not a database address (sqlite:///file or postgresql://user@host/name)")
        if not value.startswith("sqlite"):
            from sqlalchemy import make_url  # here, as commands without a server start in a third of the time

            try:
                port = make_url(value).port
            except ValueError:
                port = 0  # SQLAlchemy's words would show the password
            if port is not None and not 0 < port < 65_536:  # noqa: PLR2004 - ports have 16 bits
                raise ValueError("its port is not a number from 1 to 65535 (postgresql://user@host:5432/name)")
        return value


class ArchiveSection(Section):
    """Where the evidence is kept."""

    path: Place = Path("data/archive")


class ArchiveOrg(Section):
    """The Internet Archive: its copies where a page is gone, and the request to make one. Off unless you say so."""

    copies: Flag = False
    cdx_url: WebAddress = "https://web.archive.org/cdx/search/cdx"
    playback_url: WebAddress = "https://web.archive.org/web"
    save_url: WebAddress = "https://web.archive.org/save"

    @field_validator("cdx_url", "playback_url", "save_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if "?" in value or "#" in value:
            raise ValueError("holds a query or fragment")
        return value.rstrip("/")


class Mail(Section):
    """How mail leaves: into a folder, or by SMTP."""

    transport: Literal["folder", "smtp"] = "folder"
    folder: Place = Path("data/mail")
    host: Filled = "localhost"
    port: Whole = Field(default=25, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    username: Line | None = None
    password: SecretStr | None = None
    password_file: Place | None = None
    sender: Line = Field(default="On the Record <alerts@localhost>", alias="from")
    timeout_s: Number = Field(default=30, gt=0, le=HOUR_S)
    data_timeout_s: Number = Field(default=120, ge=1, le=HOUR_S)

    @cached_property
    def secret(self) -> str:
        """The password, or an empty text."""
        return secret_of(self.password, self.password_file)

    @field_validator("sender")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        if not re.fullmatch(r"[^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", value):
            raise ValueError("not a mail address (write it like On the Record <alerts@example.org>)")
        return value


class FetchSection(Section):
    """How we behave as a visitor, and what we never do."""

    user_agent: str | None = None
    """None: `Settings.user_agent` makes one, whose address is that of the site."""
    deadline_s: Number = Field(default=30, gt=0, le=600)
    max_bytes: Whole = Field(default=10_000_000, ge=1_000, le=1_000_000_000)
    max_redirects: Whole = Field(default=5, ge=0, le=20)
    per_host_gap_s: Number = Field(default=2, ge=0, le=HOUR_S)
    workers: Whole = Field(default=4, ge=1, le=32)
    max_items: Whole = Field(default=100, ge=1, le=10_000)
    allow_private: tuple[str, ...] = ()

    @field_validator("user_agent")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[!-~][ -~]*", value):
            raise ValueError("not one line of ASCII letters (write it like Record/1.0 (+https://example.org/sources))")
        return value

    @field_validator("allow_private")
    @classmethod
    def _exact(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            if not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5}", entry):
                raise ValueError(f"{entry!r} is no exact host:port (write it like 127.0.0.1:8800; no wildcards)")
        return value


class Schedule(Section):
    """How often each job runs, in seconds; 0 switches a job off."""

    collect_s: Whole = Field(default=60, ge=0, le=WEEK_S)
    extract_s: Whole = Field(default=30, ge=0, le=WEEK_S)
    deliver_s: Whole = Field(default=30, ge=0, le=WEEK_S)
    recheck_s: Whole = Field(default=300, ge=0, le=WEEK_S)
    tidy_s: Whole = Field(default=3600, ge=0, le=WEEK_S)
    submit_s: Whole = Field(default=0, ge=0, le=WEEK_S)
    lease_s: Whole = Field(default=45, ge=5, le=600)
    digest_hour: Whole = Field(default=7, ge=0, le=23)
    digest_weekday: Whole = Field(default=0, ge=0, le=6)


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
        return _zone(value)

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

    step: Whole = Field(ge=0, le=20)
    id: Identity | None = None
    label: Filled
    definition: Text = ""
    phrases: tuple[Filled, ...] = ()


class TopicSection(Section):
    """A subject with its rules and scale."""

    id: Identity
    name: Filled
    description: Text = ""
    any: tuple[Filled, ...] = ()
    all: tuple[Filled, ...] = ()
    none: tuple[Filled, ...] = ()
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
        return tuple(sorted(value, key=lambda position: position.step))

    @model_validator(mode="after")
    def _findable(self) -> Self:
        if not (self.any or self.all):
            raise ValueError("has neither `any` nor `all` (without phrases nothing can match)")
        return self


class EventSection(Section):
    """A real happening."""

    id: Identity
    name: Filled
    place: Line = ""
    start: Day
    end: Day
    pivot: Moment | None = None
    pivot_name: Line = ""
    topics: tuple[Filled, ...] = ()

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
        """The pivot: as told, else the beginning of the first day in UTC."""
        return (self.pivot or datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)).astimezone(UTC)


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


class Settings(Section):
    """Everything the service is told, in sections as in `config.example.toml`."""

    site: Site
    database: DatabaseSection = DatabaseSection()
    archive: ArchiveSection = ArchiveSection()
    archive_org: ArchiveOrg = ArchiveOrg()
    mail: Mail = Mail()
    fetch: FetchSection = FetchSection()
    schedule: Schedule = Schedule()
    sources: tuple[SourceSection, ...] = ()
    topics: tuple[TopicSection, ...] = ()
    events: tuple[EventSection, ...] = ()
    speakers: tuple[SpeakerSection, ...] = ()

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to every server we ask: our name, and where its owner reads what we do and why."""
        # A header holds ASCII only; an address may hold more.
        about = quote(f"{self.site.base_url.rstrip('/')}/sources", safe=":/[]%~")
        return self.fetch.user_agent or f"OnTheRecord/{VERSION} (+{about})"

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        for title, things in (("sources", self.sources), ("topics", self.topics), ("events", self.events)):
            seen: set[str] = set()
            for thing in things:
                if thing.id in seen:
                    raise ValueError(f"{title}: {thing.id!r} stands twice (each id names one thing)")
                seen.add(thing.id)
        topics = {topic.id for topic in self.topics}
        for event in self.events:
            for topic in event.topics:
                if topic not in topics:
                    raise ValueError(f"events: {event.id!r} names the topic {topic!r}, which is not configured")
        return self

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed and may not be meant, a line each as a mistake would be told."""
        return tuple(
            f"events.{number}.pivot: is missing: what {event.id!r} parts into before and after is parted at "
            f"{event.moment:%Y-%m-%d %H:%M} UTC, the beginning of its first day (set pivot to the moment that counts)"
            for number, event in enumerate(self.events)
            if event.pivot is None
        )


def load(path: Path) -> Settings:
    """The settings in the TOML file at `path`; relative paths in it count from its folder.

    Raises `BadSettings` with every mistake at once. Opens nothing but the file and the secrets' files it names.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadSettings([f"{path}: there is no such file (`tracker init` writes one)"]) from error
    except (OSError, ValueError) as error:  # a ValueError: bytes that are no UTF-8, or a name with a zero byte
        raise BadSettings([f"{path}: can't be read: {error}"]) from error
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise BadSettings([f"{path}: not read: its lists or tables stand too deep in each other"]) from None
    except ValueError as error:  # a TOMLDecodeError, or a number of more digits than Python reads
        raise BadSettings([f"{path}: not TOML: {error}"]) from error
    return parse(data, path.parent)


def parse(data: dict[str, Any], folder: Path) -> Settings:
    """Settings from parsed TOML; relative paths count from `folder`. Raises `BadSettings`."""
    data = _rooted(data, folder)
    data.setdefault("site", {})
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        lines = {_line(mistake) for mistake in error.errors(include_input=False, include_url=False)}
    raise BadSettings(sorted(lines | _unseen(data["site"])))


def _unseen(site: object) -> set[str]:
    """A bad secret beside other mistakes of its section: pydantic looks at the whole only when each key is right."""
    if not isinstance(site, dict):
        return set()
    key, file = site.get("secret_key"), site.get("secret_key_file")
    try:
        found = secret_of(
            SecretStr(key) if isinstance(key, str) else None, Path(file) if isinstance(file, str) else None
        )
    except ValueError as error:
        return {f"site: {error}"}
    problem = secret_problem(found)
    return {f"site: {problem}"} if problem else set()


def secret_problem(found: str) -> str | None:
    """What is wrong with a secret, without the secret; None when it is strong."""
    if not found:
        return "secret_key is missing (`tracker init` makes a strong one; or set secret_key_file)"
    if len(found) < SHORTEST_SECRET or len(set(found)) < SHORTEST_SECRET // 4 or WEAK.search(found):
        return f"secret_key is weak (it needs {SHORTEST_SECRET} random characters: `openssl rand -hex 32`)"
    return None


def period_minutes(text: str) -> int | None:
    """Minutes in a period such as `30m`, `6h`, `2d`, `1w`; None when it is none."""
    found = re.fullmatch(r"(\d{1,4})([mhdw])", text)
    if not found:
        return None
    unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[found[2]]
    return int(timedelta(**{unit: int(found[1])}).total_seconds() // 60)


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


HINTS = {
    "extra_forbidden": "unknown key (see config.example.toml for every key)",
    "missing": "is missing",
}


def _line(mistake: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    place = ".".join(str(part) for part in mistake["loc"]) or "configuration"
    wrong = HINTS.get(mistake["type"]) or mistake["msg"].removeprefix("Value error, ")
    return f"{place}: {wrong}"


def _rooted(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A copy whose relative paths stand under `folder`; what has the wrong shape is left for the check to name."""
    rooted = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    for section, key in (
        ("site", "secret_key_file"),
        ("archive", "path"),
        ("mail", "folder"),
        ("mail", "password_file"),
    ):
        table = rooted.get(section, {} if key in {"path", "folder"} else None)
        if isinstance(table, dict) and isinstance(table.get(key), str):
            table[key] = str(folder / table[key])
    for section, key, default in (("archive", "path", "data/archive"), ("mail", "folder", "data/mail")):
        table = rooted.setdefault(section, {})
        if isinstance(table, dict):
            table.setdefault(key, str(folder / default))
    table = rooted.setdefault("database", {})
    if isinstance(table, dict):
        url = table.get("url", "sqlite:///data/record.sqlite")
        if isinstance(url, str) and url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
            url = "sqlite:///" + str((folder / url.removeprefix("sqlite:///")).absolute())
        table["url"] = url
    if isinstance(rooted.get("sources"), list):
        rooted["sources"] = [
            {**source, "path": str(folder / source["path"])}
            if isinstance(source, dict) and isinstance(source.get("path"), str)
            else source
            for source in rooted["sources"]
        ]
    return rooted


@cache
def _zones() -> set[str]:
    """The zones this machine knows: to list them takes longer than to check all else."""
    return available_timezones()


def _zone(value: str) -> str:
    if value not in _zones():
        raise ValueError("not a time zone (write it like Europe/Kyiv)")
    ZoneInfo(value)
    return value
