"""Entering a document by hand: looked at first, then saved, marked so for ever; through the same gate as everything."""

import io
import re

import pytest
from sqlmodel import select

from tests.conftest import NOON, build_world
from tests.web.conftest import PASSWORD, sign_in
from tracker import accounts
from tracker.accounts import Role
from tracker.archive.models import Document, Snapshot
from tracker.record import proof
from tracker.speech.models import Claim
from tracker.web.app import create_app

QUOTE = "We need the toll now, and the bridge toll will pay for the road to the harbour"
TRANSCRIPT = (
    f"MARA LIND: {QUOTE}.\n\nQ: And the law?\n\nMARA LIND: The parliament votes at the end of the month, not before."
)
PAGE = f"""<html lang="en"><head><title>Lind on the bridge</title></head><body><article><h1>Lind on the bridge</h1>
<p>Norland’s foreign minister Mara Lind spoke about the bridge on Wednesday, before a full hall.</p>
<p>“{QUOTE},” Lind said.</p><p>The bridge has been under construction for six years and the debate goes on.</p>
</article></body></html>"""


@pytest.fixture
def world(sqlite, tmp_path, clock, mailbox, httpserver):
    built = build_world(
        sqlite, tmp_path, clock, mailbox,
        fetch={"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [f"{httpserver.host}:{httpserver.port}"]},
    )  # fmt: skip
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/one").respond_with_data(PAGE, content_type="text/html; charset=utf-8")
    yield built
    built.database.dispose()


def signed_in(world, role: Role):
    with world.database.transaction() as session:
        accounts.add(session, NOON, email="ida@example.org", name="Ida", role=role, password=PASSWORD)
    client = create_app(world).test_client()
    sign_in(client, "ida@example.org", PASSWORD)
    return client


@pytest.fixture
def reporter(world):
    return signed_in(world, Role.REPORTER)


def send(client, step="preview", **fields):
    page = client.get("/capture").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(
        "/capture", data={"csrf_token": token, "step": step, **fields}, content_type="multipart/form-data"
    )


def sha(answer) -> str:
    return re.search(r'name="sha256" value="([0-9a-f]{64})"', answer.get_data(as_text=True))[1]


def rows(world, table):
    with world.database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


def test_a_pasted_transcript_is_shown_in_its_turns_and_saved_as_it_was_shown(world, reporter):
    about = {"kind": "transcript", "said": "2024-03-05", "outlet": "Norland radio", "published": "2024-03-06"}
    shown = send(reporter, text=TRANSCRIPT, **about)
    page = shown.get_data(as_text=True)
    assert "2 statements" in page
    assert "Asked: <bdi>" in page
    assert "2024-03-05" in page
    assert rows(world, Document) == []
    saved = send(reporter, "save", sha256=sha(shown), **about)
    assert saved.status_code == 303
    assert saved.headers["Location"] == f"/snapshots/{sha(shown)}"
    [document] = rows(world, Document)
    assert (document.entered_by, document.source_id, document.said, document.outlet) == (
        "ida@example.org",
        "hand",
        "2024-03-05",
        "Norland radio",
    )
    assert rows(world, Snapshot)[0].text == TRANSCRIPT
    assert [row.said_basis for row in rows(world, Claim)] == ["by hand", "by hand"]
    copy = reporter.get(saved.headers["Location"]).get_data(as_text=True)
    assert "Entered by hand" in copy
    statement = reporter.get(f"/c/{rows(world, Claim)[0].public_id}").get_data(as_text=True)
    assert "entered by hand" in statement
    assert proof.verify(world.database, world.archive, everything=True).problems == ()


def test_an_address_is_fetched_once_and_what_was_shown_is_what_is_kept(world, reporter, httpserver):
    url = httpserver.url_for("/one")
    shown = send(reporter, url=url)
    assert QUOTE in shown.get_data(as_text=True)
    asked = len([one for one, _ in httpserver.log if one.path == "/one"])
    assert send(reporter, "save", sha256=sha(shown), url=url).status_code == 303
    assert len([one for one, _ in httpserver.log if one.path == "/one"]) == asked == 1
    [document] = rows(world, Document)
    assert document.url == url
    kept = world.archive.read(rows(world, Snapshot)[0].sha256)
    assert ("Content-Type", "text/html; charset=utf-8") in kept.headers


def test_the_same_document_twice_adds_nothing_and_leads_to_the_copy(world, reporter):
    first = send(reporter, text=TRANSCRIPT, kind="transcript")
    send(reporter, "save", sha256=sha(first), kind="transcript")
    again = send(reporter, text=TRANSCRIPT, kind="transcript")
    assert "on the record already" in again.get_data(as_text=True)
    assert send(reporter, "save", sha256=sha(again)).headers["Location"] == f"/snapshots/{sha(first)}"
    assert len(rows(world, Snapshot)) == 1


def test_a_file_of_captions_is_read_in_turns(world, reporter):
    cues = (f"00:01.000 --> 00:04.000\n<v Mara Lind>{QUOTE}.", "00:04.000 --> 00:05.000\n<v Bo Vale>And the law?")
    captions = "\n\n".join(("WEBVTT", *cues))
    shown = send(reporter, file=(io.BytesIO(captions.encode()), "hall.vtt"), kind="transcript")
    assert "captions joined into turns" in shown.get_data(as_text=True)
    assert send(reporter, "save", sha256=sha(shown), kind="transcript").status_code == 303
    assert rows(world, Snapshot)[0].text.startswith(f"Mara Lind: {QUOTE}.")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "give one of the three"),
        ({"url": "https://a.example/x", "text": "words"}, "give one of the three"),
        ({"url": "ftp://a.example/x"}, "does not begin with http"),
        ({"url": "http://10.0.0.1/x"}, "10.0.0.1"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "169.254"),
        ({"url": "http://localhost:1/x"}, "localhost"),
        ({"text": "x", "said": "tomorrow"}, "is no day"),
        ({"text": "x", "published": "soon"}, "is no date"),
        ({"text": "x", "kind": "poem"}, "neither"),
    ],
)
def test_what_can_not_be_taken_is_said_and_the_form_keeps_what_was_entered(world, reporter, fields, words):
    answer = send(reporter, **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert words in page
    assert all(value in page for name, value in fields.items() if name in {"url", "said", "published"})
    assert rows(world, Document) == []


def test_a_file_nobody_reads_is_refused_by_its_name(reporter):
    page = send(reporter, file=(io.BytesIO(b"MZ"), "virus.exe")).get_data(as_text=True)
    assert "virus.exe: we read" in page


def test_what_was_never_looked_at_can_not_be_saved(world, reporter):
    assert "not there any more" in send(reporter, "save", sha256="0" * 64).get_data(as_text=True)
    assert send(reporter, "save", sha256="../../etc/passwd").status_code == 400
    assert rows(world, Document) == []


def test_only_reporters_and_above_may_add(world, sqlite):
    stranger = create_app(world).test_client()
    assert stranger.get("/capture").status_code in {302, 303, 403}
    assert signed_in(world, Role.READER).get("/capture").status_code == 403
    assert stranger.post("/capture", data={"text": "x"}).status_code in {302, 303, 400, 403}
    assert rows(world, Document) == []


def test_a_form_without_its_token_changes_nothing(world, reporter):
    assert reporter.post("/capture", data={"step": "preview", "text": TRANSCRIPT}).status_code == 400


def test_a_long_transcript_may_be_pasted_by_colleagues_only(world, reporter):
    long = "\n\n".join(f"MARA LIND: We need toll number {n} now, and no delay." for n in range(4000))
    assert re.search(r"4,?000 statements", send(reporter, text=long, kind="transcript").get_data(as_text=True))
    assert create_app(world).test_client().post("/capture", data={"text": long}).status_code == 413


def test_the_bookmark_fills_in_the_address(reporter):
    page = reporter.get("/capture?url=https://courier.example/one%3Fa=1").get_data(as_text=True)
    assert 'value="https://courier.example/one?a=1"' in page
    assert "javascript:location.href=&#39;http://127.0.0.1:8000/capture?url=&#39;" in page
    assert 'href="javascript' not in page
