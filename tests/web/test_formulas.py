"""The formulas of a topic on the site."""

import re
from datetime import date

import pytest
from sqlmodel import select

from tests.web import seed
from tracker.speech.models import Speaker
from tracker.speech.types import Polarity

PAGE = "/t/harbour-pact/formulas"
PHRASE = "phrase=Allies+agree+and+conditions+are+met!"


@pytest.fixture
def said(site_world):
    """Tor takes Mara's words over and drops them; what somebody denies is no use of them."""
    with site_world.database.transaction() as session:
        writer = seed.Writer(session, number=900)

        def add(slug, day, words, **more):
            who = session.exec(select(Speaker).where(Speaker.slug == slug)).one()
            writer.about(writer.claim(f"{slug} {day}", who, words, date(2024, 6, day), **more))

        add("tor-aske", 1, "They come in when allies agree and conditions are met")
        add("tor-aske", 5, "They come into the Harbour Pact")
        add("tor-aske", 9, "They come into the Harbour Pact soon")
        add("lea-kross", 2, "It was when allies agree and conditions are met", polarity=Polarity.DENIED)


def test_a_phrase_is_traced_from_its_first_speaker_to_its_last(client, said):
    text = client.get(f"{PAGE}?{PHRASE}").get_data(as_text=True)
    assert "First found with Mara Lind on 15 May 2024; one other speaker took it over; one speaker dropped it;" in text
    assert "last said by Tor Aske on 1 June 2024." in text
    rows = re.findall(r'<th scope="row"><a href="/s/([^"]+)">', text)
    assert rows == ["mara-lind", "tor-aske"]
    assert "Dropped: not in 2 later statements on this topic" in text


def test_every_mark_of_the_timeline_opens_its_statement(client, said, seeded):
    text = client.get(f"{PAGE}?{PHRASE}").get_data(as_text=True)
    marks = re.findall(r'<a href="(/c/[^"]+)" tabindex="-1"><title>([^<]+)</title>', text)
    assert (f"/c/{seeded.claims['mara-lind-3']}", "15 May 2024: with the phrase") in marks
    assert (f"/c/{seeded.claims['mara-lind-4']}", "11 June 2024: without the phrase") in marks


def test_without_a_phrase_those_that_recur_are_proposed(client, said):
    text = client.get(PAGE).get_data(as_text=True)
    assert re.search(
        rf'<a href="{PAGE}\?phrase=[^"]*conditions[+%20]+are[+%20]+met"><bdi>[^<]*conditions are met</bdi>', text
    )


def test_who_is_no_longer_heard_is_told_with_the_days_asked_for(client):
    assert '<a href="/s/tor-aske">' not in client.get(f"{PAGE}?days=90").get_data(as_text=True).split('id="silent"')[1]
    assert '<a href="/s/lea-kross">' in client.get(f"{PAGE}?days=5").get_data(as_text=True).split('id="silent"')[1]


def test_a_phrase_nobody_used_says_so(client):
    assert "Nobody is found saying “green cheese”" in client.get(f"{PAGE}?phrase=green+cheese").get_data(as_text=True)


@pytest.mark.parametrize("query", ["?days=0", "?days=many", "?word=x", "?phrase=...", "?phrase=a&phrase=b"])
def test_what_is_none_is_told_by_its_name(client, query):
    assert client.get(f"{PAGE}{query}").status_code == 400
