"""A page is edited: around the words, in the words, or in their marks alone; and back again."""

import re
from html import unescape

import pytest
from sqlmodel import col, select

from jobs import collect, deliver, extract, recheck
from tests.wishes import wish
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import Delivery, Occasion
from tracker.record import export, proof
from tracker.speech.models import Appearance, SourceStatus
from tracker.web.app import create_app

WORDS = "We need the toll now, and the bridge toll will pay for the road to the harbour"
PAGE = """<html lang="en"><head><title>The toll</title><meta property="article:published_time" content="2024-03-06T10:00:00Z">
</head><body><article><h1>The toll</h1><p>The bridge of Nordhaven is six years old.</p>
<p>{quote}</p><p>It crosses the sound between two islands, and the road behind it leads to the harbour.</p>
</article></body></html>"""
BRIGHT = f"“{WORDS},” said Minister Ada Bright on Monday."
STONE = f"“{WORDS},” said Mayor Tom Stone on Monday."
TUESDAY = BRIGHT.replace("Monday", "Tuesday")
CHANGED, INTACT = SourceStatus.CHANGED, SourceStatus.INTACT


def begin(world, outlet, quote):
    outlet.pages["/one"] = PAGE.format(quote=quote)
    collect.run(world)
    with world.database.transaction() as session:
        wanted = wish("reader@example.org", rhythm="instant")
        sign_up_ledger.request(session, world.now(), wanted, ip="192.0.2.1")
        token = session.exec(select(Delivery.token)).first()
    deliver.run(world)
    with world.database.transaction() as session:
        sign_up_ledger.confirm(session, world.now(), token)


def edit(world, outlet, clock, quote):
    outlet.pages["/one"] = PAGE.format(quote=quote)
    clock.forward(days=2)
    recheck.run(world, everything=True)
    extract.run(world)
    deliver.run(world)


def claims(world):
    with world.database.reading() as session:
        return list(export.claims(session))


def states(world):
    with world.database.reading() as session:
        return list(session.exec(select(Appearance.state).order_by(col(Appearance.id))))


def owed(world):
    with world.database.reading() as session:
        rows = session.exec(select(Delivery.occasion).order_by(col(Delivery.id)))
        return [occasion for occasion in rows if occasion != Occasion.CONFIRM]


def page(world, claim):
    html = create_app(world).test_client().get(f"/c/{claim['claim']}").get_data(as_text=True)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def last_mail(mailbox, form="plain"):
    text = mailbox.messages[-1].get_body((form,)).get_content()
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())


def proven(world):
    return proof.verify(world.database, world.archive, everything=True).problems == ()


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        (STONE, "attributed to Tom Stone now, before to Ada Bright"),
        (TUESDAY, "said Tue 5 March 2024 by what it tells now, Mon 4 March 2024 by what it told before"),
    ],
)
def test_another_speaker_or_day_around_the_same_words_is_a_change_of_that_statement(
    courier, outlet, clock, mailbox, quote, told
):
    begin(courier, outlet, BRIGHT)
    edit(courier, outlet, clock, quote)
    [claim] = claims(courier)
    assert (claim["speaker"], claim["said"]["from"]) == ("Ada Bright", "2024-03-04")
    assert [place["state"] for place in claim["appearances"]] == ["changed", "intact"]
    assert owed(courier) == [Occasion.SOURCE_CHANGED]
    assert told in page(courier, claim)
    for form in ("plain", "html"):
        assert told in last_mail(mailbox, form)
    assert proven(courier)


def test_another_edit_elsewhere_tells_nothing_again(courier, outlet, clock):
    begin(courier, outlet, BRIGHT)
    edit(courier, outlet, clock, STONE)
    edit(courier, outlet, clock, f"{STONE}</p><p>The road is twelve miles long.")
    assert len(claims(courier)) == 1
    assert states(courier)[0] == CHANGED
    assert owed(courier) == [Occasion.SOURCE_CHANGED]


@pytest.mark.parametrize("between", [STONE, TUESDAY, BRIGHT.replace("toll now", "toll never")])
def test_what_is_as_it_was_read_again_says_that_it_is_restored(courier, outlet, clock, mailbox, between):
    begin(courier, outlet, BRIGHT)
    edit(courier, outlet, clock, between)
    edit(courier, outlet, clock, BRIGHT)
    claim = claims(courier)[0]
    assert states(courier)[0] == INTACT
    assert "Restored as it was read since" in page(courier, claim)
    bodies = [message.get_body(("plain",)).get_content() for message in mailbox.messages]
    assert [body.count("the statement is restored as it was read") for body in bodies][-2:] == [0, 1]
    assert proven(courier)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (BRIGHT, BRIGHT.replace("“", '"').replace("”", '"')),
        (BRIGHT.replace("the harbour", "Norland’s harbour"), BRIGHT.replace("the harbour", "Norland's harbour")),
        (BRIGHT.replace("now, and", "now — and"), BRIGHT.replace("now, and", "now - and")),
        (BRIGHT, BRIGHT.replace("the toll", "the\u00a0toll")),
    ],
)
def test_marks_of_another_style_are_no_change(courier, outlet, clock, old, new):
    begin(courier, outlet, old)
    edit(courier, outlet, clock, new)
    assert len(claims(courier)) == 1
    assert set(states(courier)) == {INTACT}
    assert owed(courier) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("the toll now", "the toll never"), ("will pay", "will not pay"), ("bridge toll", "100 crown bridge toll")],
)
def test_other_words_are_told_once_with_what_stands_there_now(courier, outlet, clock, mailbox, old, new):
    begin(courier, outlet, BRIGHT)
    edit(courier, outlet, clock, BRIGHT.replace(old, new))
    assert states(courier)[0] == CHANGED
    assert owed(courier) == [Occasion.SOURCE_CHANGED]
    for form in ("plain", "html"):
        assert "It reads now:" in last_mail(mailbox, form)
        assert new in last_mail(mailbox, form).split("It reads now:")[1].split("The statement")[0]
    [claim] = claims(courier)
    assert claim["text"] == WORDS
    assert [(place["state"], place["form"]) for place in claim["appearances"]] == [
        ("changed", "verbatim"),
        ("intact", "altered"),
    ]
    assert proven(courier)


@pytest.mark.parametrize(
    ("before", "after", "number"),
    [
        # Of two statements one is edited: the other stays what it is.
        (
            ("The toll costs 100 million crowns", "The road costs 40 million crowns"),
            "The toll costs 10 million crowns",
            2,
        ),
        # One that is taken off the page and another of the same speaker that stands there instead.
        (("The toll costs 100 million crowns",), "Nobody has ever asked me about the ferry", 2),
    ],
)
def test_an_edit_is_of_the_statement_whose_words_it_changed(courier, outlet, clock, before, after, number):
    said = "“{},” said Minister Ada Bright on Monday."
    begin(courier, outlet, "</p><p>".join(said.format(words) for words in before))
    edit(courier, outlet, clock, "</p><p>".join(said.format(words) for words in (after, *before[1:])))
    found = claims(courier)
    assert (len(found), {claim["text"] for claim in found} >= set(before)) == (number, True)
    assert proven(courier)


def test_words_edited_twice_are_one_statement_and_restored_once(courier, outlet, clock, mailbox):
    begin(courier, outlet, BRIGHT)
    for old, new in (("will pay", "will not pay"), ("toll now", "toll never"), ("", "")):
        edit(courier, outlet, clock, BRIGHT.replace(old, new) if old else BRIGHT)
    [claim] = claims(courier)
    assert [place["state"] for place in claim["appearances"]] == ["intact", "changed", "changed", "intact"]
    bodies = [message.get_body(("plain",)).get_content() for message in mailbox.messages]
    assert sum(body.count("the statement is restored as it was read") for body in bodies) == 1
    assert proven(courier)


def test_a_denial_made_of_a_statement_is_a_change_and_two_statements(courier, outlet, clock):
    words = "the toll on the bridge was needed for the road to the harbour"
    begin(courier, outlet, f"On Monday, Minister Ada Bright said that {words}.")
    edit(courier, outlet, clock, f"On Monday, Minister Ada Bright denied that {words}.")
    assert sorted(claim["polarity"] for claim in claims(courier)) == ["affirmed", "denied"]
    assert states(courier) == [CHANGED, INTACT]
    assert owed(courier) == [Occasion.SOURCE_CHANGED]


def test_an_outlet_that_quotes_one_sentence_of_three_has_not_altered_the_others(courier, outlet):
    others = "Nobody likes to pay a toll. We have built this bridge for six years."
    outlet.pages["/one"] = PAGE.format(quote=f"“{others} {WORDS},” said Minister Ada Bright on Monday.")
    outlet.pages["/two"] = PAGE.format(quote=BRIGHT).replace("The toll<", "Bright speaks<")
    collect.run(courier)
    [claim] = claims(courier)
    assert sorted(place["form"] for place in claim["appearances"]) == ["trimmed", "verbatim"]
    assert "A part of it is quoted. Word for word the same" in page(courier, claim)
    html = create_app(courier).test_client().get(f"/c/{claim['claim']}").get_data(as_text=True)
    assert html.count("<del>") == 1  # the one that explains the mark
