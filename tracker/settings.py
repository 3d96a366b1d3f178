"""Settings: frozen, read once, complete or refused. Every mistake is reported at once, with its key path and a hint.

`load(path)` reads a TOML file; `config.example.toml` documents every key. Secrets may stand in a file of their own.
"""

import re
import tomllib
from functools import cached_property
from importlib import metadata
from os import environ
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import (
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from tracker.errors import TrackerError
from tracker.setting_sections import (
    EventSection,
    Section,
    SourceSection,
    SpeakerSection,
    TopicSection,
    WebhookSection,
    known_zone,
)
from tracker.setting_types import (
    HOUR_S,
    WEEK_S,
    Filled,
    Flag,
    Line,
    Number,
    Place,
    WebAddress,
    Whole,
    secret_of,
)

VERSION = metadata.version("on-the-record")
SHORTEST_SECRET = 32
WEAK = re.compile(r"change.?me|secret|example|password|default|0{8}|1234", re.IGNORECASE)
OWN_PATHS = frozenset(
    "a account api bounces bundle c capture compare desk embed export events feeds follow healthz oembed outbox readyz review "
    "runs s search sign-in sign-out snapshots sources speakers static t topics "
    "webhooks".split()
)
"""How the site's own paths begin: a site below such a path could not tell a proxy that takes it off from one that doesn't."""

Kind = TypeVar("Kind", bound=Section)


class BadSettings(TrackerError):
    """The configuration can't be used; `mistakes` holds one line for each mistake: `key.path: what is wrong (hint)`."""

    def __init__(self, mistakes: list[str]) -> None:
        """Keep every line; the message is all of them."""
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


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
        return known_zone(value)

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
    return_path: Line | None = None
    """Where a mail that can't be delivered is sent back to; None: the address of `from`."""
    return_path_tagged: Flag = False
    """Whether that address names the mail, too (`bounces+…@`): for mailboxes that take such addresses."""
    timeout_s: Number = Field(default=30, gt=0, le=HOUR_S)
    data_timeout_s: Number = Field(default=120, ge=1, le=HOUR_S)

    @cached_property
    def secret(self) -> str:
        """The password, or an empty text."""
        return secret_of(self.password, self.password_file)

    @field_validator("return_path")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[^<>@\s]{1,20}@[^<>@\s]+", value):
            raise ValueError(
                "not a mail address with up to 20 letters before the @ (write it like bounces@example.org)"
            )
        return value

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


class BouncesSection(Section):
    """The mailbox to which mails come back, read by IMAP. Off unless `host` is set."""

    host: Line = ""
    port: Whole = Field(default=993, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "tls"
    username: Line = ""
    password: SecretStr | None = None
    password_file: Place | None = None
    folder: Filled = "INBOX"
    hook_key: SecretStr | None = None
    hook_key_file: Place | None = None
    timeout_s: Number = Field(default=30, gt=0, le=600)

    @cached_property
    def secret(self) -> str:
        """The password, or an empty text."""
        return secret_of(self.password, self.password_file)

    @cached_property
    def hook_secret(self) -> str:
        """What the address ends with to which a mail provider posts, or an empty text: then nobody can."""
        return secret_of(self.hook_key, self.hook_key_file)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.hook_secret and not re.fullmatch(r"[A-Za-z0-9_-]{32,200}", self.hook_secret):
            raise ValueError("hook_key is weak (it needs 32 or more letters and digits: `openssl rand -hex 32`)")
        if self.host and not (self.username and self.secret):
            raise ValueError("username and password (or password_file) are missing (of the mailbox at `host`)")
        return self


class Operators(Section):
    """Who is told of the service itself, by mail; `/outbox` and the log tell it anyway."""

    mail: tuple[Line, ...] = ()
    nothing_collected_h: Whole = Field(default=24, ge=0, le=24 * 31)
    """Hours without anything new from any source that are worth a notice; 0: none are."""

    @field_validator("mail")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            if not re.fullmatch(r"[^<>@\s,]+@[^<>@\s,]+", address):
                raise ValueError(f"{address!r} is no mail address (write it like desk@example.org)")
        return value


class SuggestionsSection(Section):
    """A language model that suggests positions, behind an address of the chat protocol. Off unless `url` is set."""

    url: WebAddress | None = None
    model: Line = ""
    key: SecretStr | None = None
    key_file: Place | None = None
    key_variable: Line = ""
    """The environment variable that holds the key."""
    timeout_s: Number = Field(default=60, ge=1, le=600)
    per_run: Whole = Field(default=20, ge=1, le=1000)

    @cached_property
    def secret(self) -> str:
        """The key, or an empty text."""
        return secret_of(self.key, self.key_file) or environ.get(self.key_variable, "").strip()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.url is not None and not self.model:
            raise ValueError("model is missing (the name of the model at `url`)")
        if not all(" " < letter <= "~" for letter in self.secret):
            raise ValueError("the key is not one word of ASCII letters")
        return self


class Schedule(Section):
    """How often each job runs, in seconds; 0 switches a job off."""

    collect_s: Whole = Field(default=60, ge=0, le=WEEK_S)
    extract_s: Whole = Field(default=30, ge=0, le=WEEK_S)
    deliver_s: Whole = Field(default=30, ge=0, le=WEEK_S)
    notify_operators_s: Whole = Field(default=60, ge=0, le=WEEK_S)
    read_bounces_s: Whole = Field(default=300, ge=0, le=WEEK_S)
    recheck_s: Whole = Field(default=300, ge=0, le=WEEK_S)
    reread_s: Whole = Field(default=300, ge=0, le=WEEK_S)
    learn_s: Whole = Field(default=600, ge=0, le=WEEK_S)
    ask_model_s: Whole = Field(default=300, ge=0, le=WEEK_S)
    tidy_s: Whole = Field(default=3600, ge=0, le=WEEK_S)
    submit_s: Whole = Field(default=0, ge=0, le=WEEK_S)
    lease_s: Whole = Field(default=45, ge=5, le=600)
    digest_hour: Whole = Field(default=7, ge=0, le=23)
    digest_weekday: Whole = Field(default=0, ge=0, le=6)


class Settings(Section):
    """Everything the service is told, in sections as in `config.example.toml`."""

    site: Site
    database: DatabaseSection = DatabaseSection()
    archive: ArchiveSection = ArchiveSection()
    archive_org: ArchiveOrg = ArchiveOrg()
    mail: Mail = Mail()
    bounces: BouncesSection = BouncesSection()
    operators: Operators = Operators()
    fetch: FetchSection = FetchSection()
    suggestions: SuggestionsSection = SuggestionsSection()
    schedule: Schedule = Schedule()
    sources: tuple[SourceSection, ...] = ()
    topics: tuple[TopicSection, ...] = ()
    events: tuple[EventSection, ...] = ()
    speakers: tuple[SpeakerSection, ...] = ()
    webhooks: tuple[WebhookSection, ...] = ()

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to every server we ask: our name, and where its owner reads what we do and why."""
        # A header holds ASCII only; an address may hold more.
        about = quote(f"{self.site.base_url.rstrip('/')}/sources", safe=":/[]%~")
        return self.fetch.user_agent or f"OnTheRecord/{VERSION} (+{about})"

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        for title, things in (
            ("sources", self.sources),
            ("topics", self.topics),
            ("events", self.events),
            ("webhooks", self.webhooks),
        ):
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


def topic_sections(told: object) -> tuple[TopicSection, ...]:
    """Topics from parsed TOML, as the configuration holds them. Raises `BadSettings` with every mistake at once."""
    return read_sections("topics", TopicSection, told)


def read_sections(key: str, kind: type[Kind], told: object) -> tuple[Kind, ...]:
    """The sections below a key of a parsed file, as the configuration has them. Raises `BadSettings` with every mistake."""
    try:
        return TypeAdapter(tuple[kind, ...]).validate_python(told)  # type: ignore[valid-type]
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
    raise BadSettings(sorted({f"{key}.{_line(mistake)}" for mistake in found}))


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
        ("bounces", "password_file"),
        ("bounces", "hook_key_file"),
        ("suggestions", "key_file"),
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
    for section, key in (("sources", "path"), ("webhooks", "key_file")):
        if isinstance(rooted.get(section), list):
            rooted[section] = [
                {**one, key: str(folder / one[key])} if isinstance(one, dict) and isinstance(one.get(key), str) else one
                for one in rooted[section]
            ]
    return rooted
