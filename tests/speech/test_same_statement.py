"""Which quotes of several documents are one statement, and which wording stands for it."""

import hashlib
from datetime import date, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import event
from sqlmodel import select

from tests.conftest import NOON
from tracker.archive.models import Document, Snapshot, Source, SourceKind
from tracker.db import Database
from tracker.speech import same_statement
from tracker.speech.ledger import readings
from tracker.speech.ledger.utterances import MOST_ALIKE
from tracker.speech.models import Appearance, Claim, QuoteKind
from tracker.speech.types import Mention, Polarity, Quote, Reading, Said
from tracker.speech.types import QuoteKind as QuoteKindName

FULL = "President Vale and I had a very good phone call earlier today, and we will bring the bridge to both shores"
TURN = f"Well, thank you. {FULL}. That is all that I can say about it this morning, and there will be more."
DAY = date(2024, 3, 6)


class Desk:
    """A record that takes quotes one document after the other."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.number = 0
        with database.transaction() as session:
            session.add(Source(id="s", name="S", kind=SourceKind.FEED, created_at=NOON))

    def read(self, *quotes: tuple[str, str], day: date | None = DAY, at: datetime | None = NOON, **more) -> list[str]:
        """Read a document of these quotes (kind and words); the statements they belong to, by their public ids."""
        self.number += 1
        text = "\n".join(words for _, words in quotes)
        places = [text.index(words) for _, words in quotes]
        said = Said(first=day, last=day, precision="day" if day else "unknown")
        made = tuple(
            Quote(
                start=start,
                end=start + len(words),
                spans=((start, start + len(words)),),
                kind=cast("QuoteKindName", kind),
                speaker=Mention(start=0, end=0, text="Lind", name=more.get("speaker", "Mara Lind")),
                said=more.get("said", said),
                polarity=more.get("polarity", Polarity.AFFIRMED),
            )
            for (kind, words), start in zip(quotes, places, strict=True)
        )
        with self.database.transaction() as session:
            document = Document(
                source_id="s",
                item=str(self.number),
                first_seen_at=NOON,
                published_at=at,
                published_precision="time" if at else None,
                channel=more.get("channel"),
                language=more.get("language"),
            )
            session.add(document)
            session.flush()
            digest = hashlib.sha256(text.encode()).hexdigest()
            snapshot = Snapshot(
                document_id=document.id, version=1, fetched_at=NOON, sha256=digest, text=text, text_sha256=digest,
                extractor="e", rule="r", previous=f"p{self.number}", digest=f"d{self.number}",
            )  # fmt: skip
            session.add(snapshot)
            session.flush()
            written = readings.write(
                session,
                NOON,
                snapshot=snapshot,
                document=document,
                source=session.get_one(Source, "s"),
                reading=Reading("en", "article", made),
                reader="test",
            )
            return [one.claim.public_id for one in written]

    def claim(self, public_id: str) -> Claim:
        with self.database.reading() as session:
            return session.exec(select(Claim).where(Claim.public_id == public_id)).one()


@pytest.fixture
def desk(database):
    return Desk(database)


@pytest.mark.parametrize(
    "scrap",
    [
        "she “had a very good phone call” with the president",
        "„had a very good phone call“, sagte sie",
        'that they "will bring the bridge to both shores" soon',
        "who «had a very good phone call» and “will bring the bridge to both shores”",
        "“President Vale and I had a very good phone call,” as she put it",
    ],
)
@pytest.mark.parametrize("first", ["scrap", "whole"])
def test_a_scrap_of_a_mixed_quote_is_the_statement_it_was_taken_from(desk, scrap, first):
    pair = [("mixed", scrap), ("direct", f"“{FULL}”")]
    [one] = desk.read(pair[first == "whole"])
    [other] = desk.read(pair[first != "whole"])
    assert one == other
    assert (desk.claim(one).kind, desk.claim(one).text) == (QuoteKind.DIRECT, FULL)


@pytest.mark.parametrize("order", [1, -1])
def test_a_scrap_and_the_quote_it_was_taken_from_are_one_on_one_page(desk, order):
    quotes = [("mixed", "she “had a very good phone call” with the president"), ("direct", f"“{FULL}”")][::order]
    assert len(set(desk.read(*quotes))) == 1


def test_two_whole_quotes_of_one_page_are_two(desk):
    half = "President Vale and I had a very good phone call earlier today"
    assert len(set(desk.read(("direct", f"“{FULL}”"), ("direct", f"“{half}.”")))) == 2


@pytest.mark.parametrize(
    "scrap",
    [
        "she called it “a good call”",
        "she had “a very bad phone call” with the president",
        "she said they “will not bring the bridge to both shores”",
        "the call was “very good”",
        "she had a very good phone call, she said, and “nothing else” to add",
    ],
)
def test_other_words_inside_the_marks_make_another_statement(desk, scrap):
    assert desk.read(("direct", f"“{FULL}”")) != desk.read(("mixed", scrap))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Four oh four is a number", "Four ten is a number"),
        ("We will open the bridge in May", "We will open the bridge in June"),
        ("The bridge costs us ten million", "The bridge costs us twelve million"),
        ("We meet in Nordhaven on Monday", "We meet in Nordhaven on Tuesday"),
        ("Die Brücke kostet zwei Milliarden Kronen", "Die Brücke kostet drei Milliarden Kronen"),
        ("Norland must join the pact now", "Velmora must join the pact now"),
    ],
)
def test_a_number_a_day_or_a_name_makes_another_statement(desk, one, other):
    assert desk.read(("direct", f"“{one}”")) != desk.read(("direct", f"“{other}”"))


@pytest.mark.parametrize("kind", ["direct", "mixed", "indirect", "post", "turn"])
def test_undated_copies_published_within_days_are_one(desk, kind):
    words = f"“{FULL}”"
    first = desk.read((kind, words), day=None)
    assert desk.read((kind, words), day=None, at=NOON + timedelta(days=2)) == first
    assert desk.read((kind, words), day=None, at=NOON + timedelta(days=30)) != first
    assert desk.read((kind, words), day=None, at=None) != first
    assert desk.read((kind, words), day=None, speaker="Bo Vale") != first


def test_a_dated_copy_gives_an_undated_one_its_day(desk):
    [one] = desk.read(("direct", f"“{FULL}”"), day=None, at=datetime(2024, 3, 7, tzinfo=NOON.tzinfo))
    [other] = desk.read(("direct", f"“{FULL}”"), at=None)
    assert one == other
    assert desk.claim(one).said_from == DAY


def test_words_that_were_said_again_on_another_day_are_another_statement(desk):
    assert desk.read(("direct", f"“{FULL}”")) != desk.read(("direct", f"“{FULL}”"), day=DAY + timedelta(days=1))


def test_a_denial_of_the_same_words_is_another_statement(desk):
    assert desk.read(("direct", f"“{FULL}”")) != desk.read(("direct", f"“{FULL}”"), polarity=Polarity.DENIED)


@pytest.mark.parametrize("first", ["outlet", "transcript"])
def test_a_transcript_becomes_the_reference_whichever_came_first_and_brings_its_channel(desk, first):
    longer = f"“{TURN} And so on, and so on, as the outlet has it at some length.”"
    steps = [
        lambda: desk.read(("direct", longer)),
        lambda: desk.read(("turn", TURN), channel="press conference"),
        lambda: desk.read(("direct", f"“{FULL}”")),
    ]
    order = steps if first == "outlet" else [steps[1], steps[0], steps[2]]
    assert len({one for step in order for one in step()}) == 1
    with desk.database.reading() as session:
        [claim] = session.exec(select(Claim)).all()
        assert (claim.kind, claim.text, claim.channel) == (QuoteKind.TURN, TURN, "press conference")
        assert len(session.exec(select(Appearance)).all()) == 3


def test_an_outlets_own_words_around_a_scrap_make_it_no_fuller_wording(desk):
    scrap = f"the minister, who came late and left early, told all of us that “{FULL}” before she went home again"
    [one] = desk.read(("direct", f"“{FULL}”"))
    assert desk.read(("mixed", scrap)) == [one]
    assert desk.claim(one).text == FULL


def test_one_thought_of_a_long_speech_is_not_the_speech(desk):
    speech = " ".join(f"We said {word} of the bridge." for word in "abcdefghijklmnopqrstuvwxyz")
    assert desk.read(("turn", speech)) != desk.read(("direct", "“We said c of the bridge”"))


@pytest.mark.parametrize(
    "words", ["Wir hatten heute ein sehr gutes Gespräch am Telefon", "Мы хорошо поговорили сегодня"]
)
def test_a_translation_is_never_joined(desk, words):
    assert desk.read(("direct", f"“{FULL}”")) != desk.read(("direct", f"“{words}”"))


LEFT_OUT = [
    (
        "The bridge is safe. We have looked at every bolt of it. Nobody needs to fear for their children.",
        "The bridge is safe. Nobody needs to fear for their children.",
    ),
    (
        "Die Brücke ist sicher. Wir haben jede Schraube geprüft. Niemand muss um seine Kinder fürchten.",
        "Die Brücke ist sicher. Niemand muss um seine Kinder fürchten.",
    ),
    (
        "Мост надёжен и простоит сто лет. Мы проверили каждый болт. Никому не нужно бояться за детей.",
        "Мост надёжен и простоит сто лет. Никому не нужно бояться за детей.",
    ),
    (
        "There are two more CPI reports before the June 18 [board] meeting, so we have to wait and see what comes of it.",
        (
            "There are two more Consumer Price Index reports before the June 18 (board) meeting, so we have to wait and see"
            " what comes of it."
        ),
    ),
]


@pytest.mark.parametrize(("fuller", "shorter"), LEFT_OUT)
@pytest.mark.parametrize("kind", ["direct", "turn"])
@pytest.mark.parametrize("first", ["fuller", "shorter"])
def test_a_sentence_left_out_or_an_abbreviation_written_out_makes_no_other_statement(
    desk, fuller, shorter, kind, first
):
    pair = [(kind, fuller if kind == "turn" else f"“{fuller}”"), ("direct", f"“{shorter}”")]
    assert desk.read(pair[first == "shorter"]) == desk.read(pair[first != "shorter"])


@pytest.mark.parametrize(
    "other",
    [
        "The bridge is not safe. Nobody needs to fear for their children.",
        "The bridge is safe. Everybody needs to fear for their children.",
        "The bridge is safe. Two of us need to fear for their children.",
    ],
)
def test_a_sentence_left_out_and_another_turned_make_another_statement(desk, other):
    assert desk.read(("turn", LEFT_OUT[0][0])) != desk.read(("direct", f"“{other}”"))


@pytest.mark.parametrize(
    "scrap",
    [
        "that if the tide stays “reasonably low” she “will bring the bridge to both shores”",
        "wenn die Flut „niedrig genug“ bleibe, „will bring the bridge to both shores“",
        "если прилив «будет мал», то «will bring the bridge to both shores»",
    ],
)
def test_a_sentence_of_several_scraps_is_the_statement_most_were_taken_from(desk, scrap):
    assert desk.read(("direct", f"“{FULL}”")) == desk.read(("mixed", scrap))


def test_a_short_quote_of_a_transcripts_passage_is_that_passage(desk):
    passage = " ".join(f"We looked at bolt {word} of the whole bridge." for word in "abcdefghijkl")
    assert desk.read(("turn", f"{passage} {FULL}.")) == desk.read(("direct", f"“{FULL}”"))


def test_a_small_word_of_one_language_is_no_number_of_another():
    """Danish "to" is two, and English "to" no number."""
    one = (
        "At the fair and in the days before the fair, we’re not discussing to issue a formal licence. What we are"
        " discussing is how to bring Norville closer to the port, and the ongoing talks. I’m not in a position to preempt the"
        " outcome of those talks"
    )
    other = (
        "We are not discussing the issue of a formal licence. What we are discussing is how to bring Norville closer to"
        " the port and there are ongoing talks and I am not in a position to preempt the outcome of those talks"
    )
    assert same_statement.is_same_wording(one, other)
    assert not same_statement.is_same_wording(one, other.replace("not discussing", "discussing"))
    ten = "We will pay ten million for the new ferry of ours and for the port"
    assert not same_statement.is_same_wording(ten, ten.replace("ten", "two"))


def test_only_the_most_alike_of_a_speakers_statements_are_loaded(desk):
    for number in range(3 * MOST_ALIKE):
        desk.read(("direct", f"{FULL} number {number}"), day=DAY + timedelta(days=number))
    loaded = []

    def note(claim, _context):
        loaded.append(claim.id)

    event.listen(Claim, "load", note)
    try:
        new = desk.read(("direct", f"{FULL} once more"), day=DAY - timedelta(days=9))
        at_most = len(set(loaded))
        again = desk.read(("direct", f"as I said, {FULL} number {MOST_ALIKE}"), day=DAY + timedelta(days=MOST_ALIKE))
    finally:
        event.remove(Claim, "load", note)
    # Asked twice: to join the new one, and for the pairs that are shown to an editor.
    assert 0 < at_most <= 2 * MOST_ALIKE + len(new)
    with desk.database.reading() as session:
        joined = session.exec(select(Claim).where(Claim.public_id == again[0])).one()
        assert joined.said_from == DAY + timedelta(days=MOST_ALIKE)
        assert len(session.exec(select(Appearance).where(Appearance.claim_id == joined.id)).all()) == 2


LEADS = [
    (
        "ru",
        "Мур назвала мост «очень глупой вещью»",
        "Мы видели много мостов, но этот мост был очень глупая вещь, и он стоит дорого.",
    ),
    (
        "de",
        "Moor nannte ihn „einen großen Fehler“",
        "Das war wirklich die Zeit eines großen Fehlers, und wir bezahlen noch heute dafür.",
    ),
    (
        "en",
        "Moor called the bridge a “grave mistake”",
        "We have seen many bridges, and this one was among the gravest mistakes of all.",
    ),
    (
        "fr",
        "Moor a parlé de « grandes erreurs »",
        "Nous avons vu beaucoup de ponts, et celui-ci était une grande erreur de notre temps.",
    ),
    (
        "es",
        "Moor habló de «graves errores»",
        "Hemos visto muchos puentes, y este fue sin duda un grave error de nuestro tiempo.",
    ),
]


@pytest.mark.parametrize(("language", "lead", "whole"), LEADS)
def test_a_lead_tells_what_its_page_gives_in_full_though_in_other_forms(desk, language, lead, whole):
    made = desk.read(("mixed", lead), ("direct", f"“{whole}”"), language=language)
    assert len(set(made)) == (2 if language == "en" else 1)  # "grave" and "gravest" share no stem


def test_a_lead_is_joined_with_the_one_full_quotation_of_its_page(desk):
    whole = "We have seen many bridges, and this one was a mistake, a grave one, that we pay for"
    lead, full = desk.read(("mixed", "she called it a “grave mistake” on Monday"), ("direct", f"“{whole}”"))
    assert lead == full


def test_a_lead_that_two_quotations_of_its_page_fit_is_neither(desk):
    first = "We have seen many bridges, and this one was a grave mistake that we pay for"
    other = "Nobody on this council will ever again make such a grave mistake as that tunnel was"
    made = desk.read(("mixed", "she spoke of a “grave mistake”"), ("direct", f"“{first}”"), ("direct", f"“{other}”"))
    assert len(set(made)) == 3


def test_a_short_word_in_marks_is_no_sign_of_a_quotation(desk):
    whole = "We have seen many bridges, and this one was a toll bridge, which is what we pay for"
    assert len(set(desk.read(("mixed", "she spoke of a “toll”"), ("direct", f"“{whole}”")))) == 2
