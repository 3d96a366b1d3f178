"""What everybody may read of a copy, what colleagues may, and how a quote is pointed at from outside."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlmodel import col, select

from jobs import extract
from jobs.ingest import manual, store
from tests.conftest import NOON, build_world
from tests.web.conftest import PASSWORD, sign_in
from tracker import accounts, audit
from tracker.accounts import Role
from tracker.archive.models import Document, Snapshot, State
from tracker.archive.supplied import from_object
from tracker.archive.types import FetchResult
from tracker.speech.ledger import source_status as speech
from tracker.speech.models import Claim
from tracker.web.app import create_app

QUOTE = "Tarvins offer is no offer at all, and the bridge toll will pay for the road to the harbour"
LINES = [f"Sentence number {n} is about the sand and the harbour of the old town." for n in range(1, 13)]
TEXT = " ".join(LINES[:6]) + f"\n\n“{QUOTE},” Mara Lind said on Wednesday.\n\n" + " ".join(LINES[6:])


@pytest.fixture
def world(sqlite, tmp_path, clock, mailbox):
    built = build_world(sqlite, tmp_path, clock, mailbox)
    manual.add(built, from_object({"text": TEXT, "url": "https://courier.example/one", "published": "2024-03-06"}))
    yield built
    built.database.dispose()


@pytest.fixture
def anybody(world):
    return create_app(world).test_client()


@pytest.fixture
def colleague(world):
    with world.database.transaction() as session:
        accounts.add(session, NOON, email="ida@example.org", name="Ida", role=Role.READER, password=PASSWORD)
    client = create_app(world).test_client()
    sign_in(client, "ida@example.org", PASSWORD)
    return client


def copy(world) -> str:
    with world.database.reading() as session:
        return session.exec(select(Snapshot.sha256).order_by(col(Snapshot.id))).first()


def claim_of(world) -> str:
    with world.database.reading() as session:
        return session.exec(select(Claim.public_id).order_by(col(Claim.id))).first()


def changed(world, quote: str) -> None:
    """A new version of the page, as looking again would keep it."""
    with world.database.reading() as session:
        document, old = session.exec(select(Document)).one(), session.exec(select(Snapshot)).one()
    page = store.RawDocument(
        body=TEXT.replace(QUOTE, quote).replace("12 is", "12 was").encode(),
        content_type="text/plain; charset=utf-8",
        url=document.url,
    )

    def follow(session, new):
        speech.update_after_change(session, NOON, old, new)

    store.store_version(world, document, page, FetchResult(at=NOON, state=State.OK), after=follow)
    extract.run(world)


def test_everybody_reads_the_quote_with_the_sentences_the_source_allows(world, anybody):
    page = anybody.get(f"/snapshots/{copy(world)}").get_data(as_text=True)
    assert QUOTE in page
    assert LINES[4] in page
    assert LINES[6] in page
    assert LINES[0] not in page
    assert LINES[11] not in page
    assert page.count("[…]") == 3
    assert "Around each quote 2 sentences are shown" in page
    assert "Download the stored text" not in page


def test_colleagues_read_the_whole_copy_and_take_its_record_with_them(world, colleague, tmp_path):
    sha = copy(world)
    page = colleague.get(f"/snapshots/{sha}").get_data(as_text=True)
    assert all(line in page for line in LINES)
    assert "[…]" not in page
    assert colleague.get(f"/snapshots/{sha}.txt").get_data(as_text=True) == TEXT
    answer = colleague.get(f"/snapshots/{sha}.warc.gz")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    file = Path(tmp_path / "saved.warc.gz")
    file.write_bytes(answer.data)
    assert subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(file)], check=False).returncode == 0


@pytest.mark.parametrize("ending", [".txt", ".warc.gz"])
def test_the_whole_of_a_copy_is_not_for_strangers(world, anybody, ending):
    answer = anybody.get(f"/snapshots/{copy(world)}{ending}")
    assert answer.status_code in {302, 303, 403}
    assert LINES[0].encode() not in answer.data


def test_a_changed_quote_shows_old_and_new_side_by_side_to_the_letter(world, anybody):
    changed(world, QUOTE.replace("Tarvins", "Tarvin’s"))
    page = anybody.get(f"/c/{claim_of(world)}").get_data(as_text=True)
    assert "The words were changed at this address" in page
    assert "Tarvin<ins>’</ins>s" in page
    assert "What changed" in page
    with world.database.reading() as session:
        old, new = session.exec(select(Snapshot.sha256).order_by(col(Snapshot.version))).all()
    compared = anybody.get(f"/snapshots/{old}/vs/{new}").get_data(as_text=True)
    assert "Tarvin<ins>’</ins>s" in compared
    assert "Sentence number 12" not in compared
    assert "1 changed paragraph without quoted words is kept for the newsroom" in compared


def test_a_statement_as_json_carries_selectors_and_the_state_they_were_made_in(world, anybody):
    told = anybody.get(f"/c/{claim_of(world)}.json").get_json()
    [place] = told["appearances"]
    quote, position = place["target"]["selector"]
    assert place["target"]["source"] == "https://courier.example/one"
    assert (quote["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
    assert TEXT[position["start"] : position["end"]] == quote["exact"] == place["exact"]
    assert TEXT.index(quote["prefix"] + quote["exact"] + quote["suffix"]) >= 0
    assert place["target"]["state"] == {
        "type": "TimeState", "sourceDate": "2024-03-06T12:00:00Z", "cached": f"http://127.0.0.1:8000/snapshots/{copy(world)}",
    }  # fmt: skip


def test_a_statement_links_to_the_very_words_while_they_stand_there(world, anybody):
    page = anybody.get(f"/c/{claim_of(world)}").get_data(as_text=True)
    link = page.split('<p class="links"><a href="')[1].split('"')[0]
    assert link.startswith("https://courier.example/one#:~:text=Tarvins%20offer")
    assert unquote(link.split("text=")[1]) == QUOTE.replace("&", "&amp;")
    changed(world, "Nothing of the kind was on the table on that day, and nothing will be in the years to come")
    page = anybody.get(f"/c/{claim_of(world)}").get_data(as_text=True)
    assert "#:~:text=" not in page.split('<p class="links">')[1].split("</p>")[0]
    assert "Archived copy" in page


def test_an_editor_links_two_versions_of_one_transcript_and_everybody_compares_them(world, anybody):
    other = TEXT.replace("harbour,” Mara", "harbour, and that is that,” Mara")
    manual.add(world, from_object({"text": other, "outlet": "Norland press office", "published": "2024-03-07"}))
    with world.database.reading() as session:
        one, two = session.exec(select(Snapshot.sha256).order_by(col(Snapshot.id))).all()
    with world.database.transaction() as session:
        accounts.add(session, NOON, email="vera@example.org", name="Vera", role=Role.EDITOR, password=PASSWORD)
    editor = create_app(world).test_client()
    sign_in(editor, "vera@example.org", PASSWORD)

    def send(step: str, **fields: str):
        token = (
            editor.get(f"/snapshots/{one}").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
        )
        return editor.post(f"/snapshots/{one}/rivals", data={"csrf_token": token, "step": step, **fields})

    assert send("link", other="https://courier.example/x").status_code == 400
    assert send("link", other=one).status_code == 400
    assert send("link", other=f"http://127.0.0.1:8000/snapshots/{two}?c=1").status_code == 303
    page = anybody.get(f"/snapshots/{two}").get_data(as_text=True)
    assert "Other versions of the same words" in page
    assert f"/snapshots/{two}/vs/{one}" in page
    assert "Link as the same words" not in page
    compared = anybody.get(f"/snapshots/{two}/vs/{one}", follow_redirects=True).get_data(as_text=True)
    assert "<ins>" in compared
    assert "Two different documents" in compared
    with world.database.reading() as session:
        assert [entry.actor for entry in audit.history(session, "document:1")] == ["vera@example.org"]
    send("unlink", other=two)
    assert "Other versions" not in anybody.get(f"/snapshots/{two}").get_data(as_text=True)
    assert anybody.post(f"/snapshots/{one}/rivals", data={"other": two}).status_code in {302, 303, 400, 403}
