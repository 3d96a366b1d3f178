"""The demo record: true statements in digests of our own, taken through the real pipeline and never into the tables.

`documents/` holds one digest for each source page, in the shape of `tracker add --jsonl`; only the words in quotation
marks come from the page it names. `later/` holds what happens afterwards: a digest that was changed, one that is new, and
`gone.txt` names those that disappear. `record.toml` holds topics, events, speakers and an editor's codings.
"""

import secrets
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jobs import collect, deliver, extract, recheck
from tracker import settings as settings_module
from tracker import world as worlds
from tracker.alerts.ledger import deliveries as alerts
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.ledger.sign_up import AlertRequest, SubscriptionRequest
from tracker.db import Session
from tracker.decisions import Journal
from tracker.demo import queries
from tracker.errors import TrackerError
from tracker.positions.ledger import codings as positions
from tracker.positions.ledger import desk
from tracker.positions.models import Topic
from tracker.speech.ledger import readings as speech
from tracker.speech.models import Claim
from tracker.world import World

HERE = Path(__file__).parent
FOLLOWER = "reader@example.org"
EDITOR = "demo editor"
SOURCE = "demo-digests"


class DemoIncomplete(TrackerError):
    """The demo record does not come out as it was written."""


def prepare(data: Path, base_url: str, tell: Callable[[str], None] = lambda _line: None) -> World:
    """The world of the demo record in the folder `data`, filled on the first call and merely opened on later ones."""
    data.mkdir(parents=True, exist_ok=True)
    settings = settings_module.load(_configuration(data, base_url))
    world = worlds.build(settings, demo=True)
    done = data / "filled"
    if world.database.is_empty():
        done.unlink(missing_ok=True)  # whatever was filled before is not there any more
    else:
        world.database.require_whole(worlds.LOOK_S)
    world.database.upgrade()
    worlds.require_record(world)
    worlds.configure(world)
    if not done.exists():
        tell("Filling the demo record (once, about a few seconds) …")
        fill(world, data / "documents")
        done.touch()
    return world


def fill(world: World, folder: Path) -> None:
    """Take the demo record through the pipeline: collect, archive, extract, code, follow, change, alert.

    Every step may be cut short and done again: what is there already is not written twice.
    """
    record = _record()
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted((HERE / "documents").glob("*.json")):
        shutil.copy(file, folder)
    collect.run(world, [SOURCE])
    code(world, [entry for entry in record["codings"] if not entry.get("late")])
    _follow(world, record["topics"][0]["id"])
    for file in sorted((HERE / "later").glob("*.json")):
        shutil.copy(file, folder)
    for name in (HERE / "later" / "gone.txt").read_text(encoding="utf-8").split():
        (folder / name).unlink(missing_ok=True)
    collect.run(world, [SOURCE])
    # Two looks, because one missing page may be a slip of the server.
    recheck.run(world, everything=True)
    recheck.run(world, everything=True)
    extract.run(world)
    code(world, [entry for entry in record["codings"] if entry.get("late")])
    deliver.run(world)


def code(world: World, entries: list[dict[str, Any]]) -> None:
    """Confirm positions as an editor would, by the same call as the site's. Raises `DemoIncomplete` for a lost statement."""
    for entry in entries:
        with world.database.transaction() as session:
            claim = _claim(session, entry["speaker"], entry["words"])
            topic = session.get_one(Topic, entry["topic"])
            if entry["position"] == "none":
                reading, position = "no position", None
            else:
                reading = "position"
                position = queries.position_id(session, topic, entry["position"])
            if "at" in entry and claim.said_at is None:
                speech.place_in_time(session, world.now(), claim.id, at=entry["at"], by=EDITOR, reason=entry["reason"])
            old = positions.in_force(session, claim.id, topic.id)
            if old is not None and old.by == EDITOR:
                continue
            changes = positions.confirm(
                session,
                world.now(),
                by=EDITOR,
                claim_id=claim.id,
                topic_id=topic.id,
                reading=reading,
                position_id=position,
                note=entry.get("note"),
                key_quote=entry.get("key", False),
            )
            for shift in changes.made:
                if shift.signed_at is None:
                    desk.sign(session, world.now(), Journal(session), shift, EDITOR)
            alerts.enqueue_shifts(session, world.now(), changes, world.digest_schedule)


def _claim(session: Session, speaker: str, words: str) -> Claim:
    """The statement of a speaker that holds these words. Raises `DemoIncomplete` where there is none."""
    found = queries.claim_with_words(session, speaker, words)
    if found is None:
        raise DemoIncomplete(f"the demo record has no statement by {speaker} with the words {words!r}")
    return found


def _follow(world: World, topic_id: str) -> None:
    """A follower signs up, gets the confirmation mail, and clicks."""
    with world.database.transaction() as session:
        sign_up_ledger.request(
            session,
            world.now(),
            SubscriptionRequest(address=FOLLOWER, alert=AlertRequest(told={"topic": [topic_id]}, rhythm="instant")),
            ip="127.0.0.1",
        )
        token = queries.confirmation_token(session)
    deliver.run(world)
    if token:
        with world.database.transaction() as session:
            sign_up_ledger.confirm(session, world.now(), token)


def _record() -> dict[str, Any]:
    return tomllib.loads((HERE / "record.toml").read_text(encoding="utf-8"))


def _configuration(data: Path, base_url: str) -> Path:
    """The demo's own configuration file, so that every other command works on the demo record, too."""
    secret = data / "secret.key"
    if not secret.exists():
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
    head = f"""# Written by `tracker demo`; written anew at each start.
[site]
base_url = "{base_url}"
secret_key_file = "secret.key"

[database]
url = "sqlite:///record.sqlite"

[archive]
path = "archive"

[mail]
transport = "folder"
folder = "mail"

[schedule]
deliver_s = 2
collect_s = 10
extract_s = 10

[[sources]]
id = "{SOURCE}"
name = "Demo digests"
kind = "folder"
path = "documents"
every_minutes = 1
lane = "reported"
note = "Digests written for the demo record; the words in quotation marks are those of the pages they name."

"""
    text = (HERE / "record.toml").read_text(encoding="utf-8")
    target = data / "config.toml"
    target.write_text(head + text[: text.index("# ---- Codings")], encoding="utf-8")
    return target
