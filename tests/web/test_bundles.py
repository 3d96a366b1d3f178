"""Who may have an evidence bundle, and from where."""

import io
import zipfile

from sqlmodel import select

from jobs.ingest import manual
from tests.web import seed
from tracker.archive.models import Source
from tracker.archive.supplied import from_object
from tracker.record import export

PAGE = "Mayor Ada Moor spoke on Monday.\n\n“We need the harbour pact now,” Moor said."


def kept(world):
    manual.add(
        world, from_object({"text": PAGE, "url": "https://a.example/1", "published": "2024-03-18", "title": "Page"})
    )
    with world.database.reading() as session:
        return next(row["claim"] for row in export.claims(session) if row["text"].startswith("We need the harbour"))


def test_a_colleague_saves_the_bundle_from_the_statements_page(editor, site_world):
    public_id = kept(site_world)
    assert f'href="/bundle/c/{public_id}.zip"' in editor.get(f"/c/{public_id}").get_data(as_text=True)
    with editor.get(f"/bundle/c/{public_id}.zip") as answer:
        assert answer.headers["Content-Type"] == "application/zip"
        assert "SHA256SUMS" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()


def test_a_visitor_gets_it_where_the_sources_let_their_copies_be_read_whole(client, site_world):
    public_id = kept(site_world)
    assert client.get(f"/bundle/c/{public_id}.zip").status_code in {302, 303}
    assert "/bundle/" not in client.get(f"/c/{public_id}").get_data(as_text=True)
    with site_world.database.transaction() as session:
        for source in session.exec(select(Source)):
            source.options = {**(source.options or {}), "public_context": "all"}
            session.add(source)
    with client.get(f"/bundle/c/{public_id}.zip") as answer:
        assert answer.status_code == 200


def test_what_is_not_there_has_no_bundle(editor, seeded):
    assert editor.get("/bundle/c/nothing.zip").status_code == 404
    assert editor.get(f"/bundle/c/{seeded.claims['rejected']}.zip").status_code == 404
    assert editor.get(f"/bundle/t/{seed.PACT}/around/nothing.zip").status_code == 404
