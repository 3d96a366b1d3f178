"""Held documents are read again: what the machine set follows, what a person set waits for a person, nobody is told."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from jobs import collect, deliver, extract, reading_context, reread
from jobs.ingest import csv_import
from tests.jobs.test_edits import begin, proven
from tracker import audit
from tracker import world as worlds
from tracker.alerts.models import Delivery, Occasion
from tracker.archive.models import Snapshot
from tracker.decisions import Journal
from tracker.positions import queries as positions
from tracker.positions.ledger import codings
from tracker.positions.ledger.topic_links import decide_link
from tracker.positions.models import ClaimTopic, Coding, CodingState, TopicBorder
from tracker.record import backup, export
from tracker.setting_sections import OfficeSection, SpeakerSection
from tracker.speech.ledger import rereading as speech_rereading
from tracker.speech.models import Appearance, ChangeState, Claim, ReadingChange, Speaker, Status
from tracker.speech.reading import read
from tracker.web.app import create_app

LIND = "“We need the toll now, and the bridge toll will pay for the road,” said Minister Mara Lind on Monday."
MORE = "“The harbour will stay open all winter for every ship,” she added."
FOLLOWED, PROPOSED, OUTDATED = ChangeState.FOLLOWED, ChangeState.PROPOSED, ChangeState.OUTDATED


@pytest.fixture
def older(monkeypatch):
    """Read with an older reader, which saw each quote as `see` gives it (None: it did not see it)."""

    def use(see):
        def old_read(manuscript):
            found = read(manuscript)
            return replace(found, quotes=tuple(quote for one in found.quotes if (quote := see(one)) is not None))

        monkeypatch.setattr(extract, "read", old_read)
        monkeypatch.setattr(extract, "READER_VERSION", "2020.1.1")
        monkeypatch.setattr(reading_context, "READER_VERSION", "2020.1.1")

    yield use
    monkeypatch.undo()


@pytest.fixture
def today(monkeypatch):
    """The reader as it is."""
    return monkeypatch.undo


def rows(world, table):
    with world.database.reading() as session:
        return list(session.exec(select(table).order_by(col(table.id))))


def claim(world, number=0):
    return rows(world, Claim)[number]


def fields(world, *states):
    return [one.field for one in rows(world, ReadingChange) if not states or one.state in states]


def mails(world):
    return len(rows(world, Delivery))


def nobody(quote):
    return replace(quote, speaker=quote.speaker and replace(quote.speaker, name=None, candidates=("Mara Lind",)))


def undated(quote):
    return replace(quote, said=replace(quote.said, first=None, last=None, precision="unknown", basis=None))


def in_marks(quote):
    return replace(quote, kind="mixed")


def denied(quote):
    return replace(quote, polarity="denied")


def with_condition(quote):
    return replace(quote, condition=(quote.start + 1, quote.start + 20))


def confirm(world, who="ben@example.org", step=3):
    with world.database.transaction() as session:
        subject = positions.topic(session, "bridge-toll")
        found = session.exec(select(Claim).order_by(col(Claim.id))).first()
        position = next(one for one in subject.positions if one.step == step)
        codings.confirm(
            session, world.now(), by=who, claim_id=found.id, topic_id="bridge-toll", position_id=position.id
        )


@pytest.mark.parametrize(
    ("see", "field"),
    [
        (nobody, "speaker"),
        (undated, "day"),
        (in_marks, "kind"),
        (denied, "polarity"),
        (with_condition, "condition"),
    ],
)
def test_what_the_machine_set_follows_the_newer_reader(courier, outlet, clock, older, today, see, field):
    older(see)
    begin(courier, outlet, LIND)
    before, told = claim(courier), mails(courier)
    today()
    clock.forward(days=1)
    counts = reread.run(courier)
    after = claim(courier)
    assert (counts.documents, counts.failed) == (1, 0)
    assert field in fields(courier, FOLLOWED)
    assert fields(courier, PROPOSED) == []
    assert (after.kind, after.said_from.isoformat(), after.polarity, after.condition) == (
        "direct", "2024-03-04", "affirmed", None
    )  # fmt: skip
    assert after.speaker_id is not None
    assert after.public_id == before.public_id, "its address stands"
    assert mails(courier) == told
    with courier.database.reading() as session:
        entries = audit.history(session, f"claim:{after.id}")
    assert {"reread"} == {one.actor for one in entries if one.field == field}
    assert proven(courier)


def test_reading_again_with_the_same_things_changes_nothing(courier, outlet, older, today):
    older(nobody)
    begin(courier, outlet, LIND)
    today()
    assert reread.run(courier).followed > 0
    before = [one.model_dump() for table in (Claim, Appearance, ReadingChange) for one in rows(courier, table)]
    assert reread.run(courier).documents == 0, "nothing is due"
    everything = reread.run_all(courier)
    assert (everything.documents, everything.followed, everything.proposed, everything.statements) == (1, 0, 0, 0)
    assert before == [one.model_dump() for table in (Claim, Appearance, ReadingChange) for one in rows(courier, table)]


def test_the_same_words_found_later_join_what_the_rereading_resolved(courier, outlet, older, today):
    older(nobody)
    begin(courier, outlet, LIND)
    today()
    reread.run(courier)
    outlet.write("two", LIND.split("”", maxsplit=1)[0].strip("“ ,"), day="Monday, 4 March")
    outlet.pages["/two"] = outlet.pages["/one"].replace("six years", "seven years")
    collect.run(courier, everything=True)
    extract.run(courier)
    assert len(rows(courier, Claim)) == 1
    assert len(rows(courier, Appearance)) == 2


@pytest.mark.parametrize(("see", "field"), [(nobody, "speaker"), (undated, "day"), (in_marks, "kind")])
def test_what_a_person_worked_on_is_proposed_and_stays(courier, outlet, older, today, see, field):
    older(see)
    begin(courier, outlet, LIND)
    confirm(courier)
    before = claim(courier).model_dump()
    today()
    counts = reread.run(courier)
    assert counts.proposed >= 1
    assert fields(courier, FOLLOWED) == []
    assert field in fields(courier, PROPOSED)
    assert claim(courier).model_dump() == before
    reread.run_all(courier)
    assert fields(courier, PROPOSED).count(field) == 1, "it is proposed once"


def test_a_statement_that_two_outlets_carry_gets_no_other_speaker_by_itself(courier, outlet, older, today):
    older(lambda quote: replace(quote, speaker=quote.speaker and replace(quote.speaker, name="Tom Stone")))
    begin(courier, outlet, LIND)
    outlet.pages["/two"] = outlet.pages["/one"].replace("six years", "seven years")
    collect.run(courier, everything=True)
    extract.run(courier)
    assert len(rows(courier, Claim)) == 1
    today()
    reread.run(courier)
    assert fields(courier, PROPOSED) == ["speaker"]


def test_a_statement_that_is_none_any_more_is_withdrawn_and_comes_back(courier, outlet, monkeypatch):
    begin(courier, outlet, f"{LIND}</p><p>{MORE}")
    with courier.database.transaction() as session:
        for row in session.exec(select(Delivery)):
            session.delete(row)
    number = len(rows(courier, Claim))
    assert number == 2
    withdrawn = claim(courier, 1)

    def without(manuscripts):
        return [replace(found, quotes=found.quotes[:1]) for found in map(read, manuscripts)]

    monkeypatch.setattr(reread, "read_all", without)
    reread.run_all(courier)
    after = claim(courier, 1)
    assert (after.public_id, after.status) == (withdrawn.public_id, Status.WITHDRAWN)
    assert len(rows(courier, Claim)) == number, "nothing is deleted"
    assert proven(courier)
    monkeypatch.undo()
    reread.run_all(courier)
    assert claim(courier, 1).status == Status.NEW


@pytest.mark.parametrize("why", ["told", "coded"])
def test_a_statement_that_somebody_was_told_of_or_coded_is_only_proposed_for_withdrawal(
    courier, outlet, monkeypatch, why
):
    begin(courier, outlet, LIND)
    if why == "told":
        with courier.database.transaction() as session:
            row = session.exec(select(Delivery)).first()
            session.add(
                Delivery(
                    follower_id=row.follower_id, subscription_id=row.subscription_id,
                    occasion=Occasion.NEW_CLAIMS, subject=f"claim:{claim(courier).id}",
                    owed_at=courier.now(), due_at=courier.now(),
                )
            )  # fmt: skip
    else:
        confirm(courier)
    monkeypatch.setattr(reread, "read_all", lambda texts: [replace(read(one), quotes=()) for one in texts])
    reread.run_all(courier)
    assert fields(courier, PROPOSED) == ["statement"]
    assert claim(courier).status is not Status.WITHDRAWN


def test_what_is_newly_found_in_an_old_document_is_added_and_nobody_is_told(courier, outlet, older, today):
    older(lambda quote: quote if quote.start < 150 else None)
    begin(courier, outlet, f"{LIND}</p><p>“The toll stays what it is in every year,” she added.")
    held, told = len(rows(courier, Claim)), mails(courier)
    today()
    counts = reread.run(courier)
    assert counts.statements == len(rows(courier, Claim)) - held == 1
    assert mails(courier) == told
    assert len(rows(courier, ClaimTopic)) == 2
    deliver.run(courier)
    assert mails(courier) == told


@pytest.fixture
def with_topic(courier):
    def make(**topic):
        data = [one.model_copy(update=topic) for one in courier.settings.topics]
        changed = replace(courier, settings=courier.settings.model_copy(update={"topics": tuple(data)}))
        worlds.configure(changed)
        return changed

    return make


def test_a_changed_topic_reaches_what_is_held(courier, outlet, with_topic, older):
    begin(courier, outlet, LIND)
    told = mails(courier)
    narrowed = with_topic(any=("ferry",))
    reread.run(narrowed)
    assert [(link.removed, link.by_hand) for link in rows(courier, ClaimTopic)] == [(True, False)]
    assert "topic:bridge-toll" in fields(courier, FOLLOWED)
    reread.run(with_topic(any=("toll",)))
    assert [(link.removed, link.by_hand) for link in rows(courier, ClaimTopic)] == [(False, False)]
    assert mails(courier) == told


def test_what_a_topic_finds_by_little_waits_for_an_editor_whose_word_outlives_each_run(courier, outlet, with_topic):
    begin(courier, outlet, LIND)
    narrowed = with_topic(any=("toll road monday",), name="Ferries")
    reread.run(narrowed)
    found = [(one.topic_id, one.reason) for one in rows(courier, TopicBorder)]
    assert found == [("bridge-toll", "found by “toll road monday (in the text around it)” only")]
    with courier.database.transaction() as session:
        decide_link(session, courier.now(), Journal(session), by="e", claim_id=claim(courier).id, topic_id="bridge-toll",
                    is_about=False)  # fmt: skip
    reread.run_all(narrowed)
    assert [(link.removed, link.by_hand) for link in rows(courier, ClaimTopic)] == [(True, True)]
    reread.run(with_topic(any=("harbour",), name="Ferries"))
    assert rows(courier, TopicBorder) == []


def test_another_way_of_finding_topics_reaches_what_is_held(courier, outlet, monkeypatch):
    begin(courier, outlet, LIND)
    with courier.database.transaction() as session:
        link = session.exec(select(ClaimTopic)).one()
        link.matched = ["as an older version called it"]
        session.add(link)
    assert reread.run(courier).documents == 0
    monkeypatch.setattr("jobs.reading_context.MATCHING", "another version")
    assert reread.run(courier).documents == 1
    assert [(link.matched, link.removed) for link in rows(courier, ClaimTopic)] != [
        (["as an older version called it"], False)
    ]


def test_a_topic_that_a_person_coded_on_is_not_taken_off(courier, outlet, with_topic):
    begin(courier, outlet, LIND)
    confirm(courier)
    reread.run(with_topic(any=("ferry",)))
    assert [link.removed for link in rows(courier, ClaimTopic)] == [False]
    assert fields(courier, PROPOSED) == ["topic:bridge-toll"]


def test_changed_phrases_suggest_anew_and_leave_what_is_confirmed(courier, outlet, with_topic):
    begin(courier, outlet, LIND)
    (first,) = rows(courier, Coding)
    steps = courier.settings.topics[0].positions
    moved = tuple(
        one.model_copy(update={"phrases": ("pay for the road",) if one.step == 1 else ("nothing at all",)})
        for one in steps
    )
    changed = with_topic(positions=moved)
    reread.run(changed)
    old, new = rows(courier, Coding)
    assert (old.id, old.withdrawn_at is not None) == (first.id, True)
    with courier.database.reading() as session:
        in_force = codings.in_force(session, new.claim_id, new.topic_id)
        exported = next(iter(export.claims(session)))["codings"]
    assert (in_force.id, new.state) == (new.id, CodingState.SUGGESTED)
    assert [one["step"] for one in exported] == [1]
    confirm(courier)
    reread.run(with_topic(positions=steps))
    assert [one.state for one in rows(courier, Coding)].count(CodingState.CONFIRMED) == 1
    with courier.database.reading() as session:
        assert codings.in_force(session, new.claim_id, new.topic_id).state is CodingState.CONFIRMED


def test_a_new_office_of_a_speaker_reaches_what_is_held(courier, outlet):
    begin(courier, outlet, LIND.replace("Minister Mara Lind on Monday", "the minister of roads"))
    assert claim(courier).speaker_id is None
    office = OfficeSection.model_validate({"title": "Minister of Roads", "body": "Norland", "from": "2020-01-01"})
    known = SpeakerSection(name="Mara Lind", aliases=("M. Lind",), offices=(office,))
    changed = replace(courier, settings=courier.settings.model_copy(update={"speakers": (known,)}))
    worlds.configure(changed)
    assert reread.run(changed).followed >= 1
    assert [one.name for one in rows(courier, Speaker) if one.id == claim(courier).speaker_id] == ["Mara Lind"]


def test_a_speaker_that_is_merely_named_makes_no_other_document_due(courier, outlet):
    outlet.write("one", "We need the toll now, and the bridge toll will pay for the road")
    collect.run(courier)
    extract.run(courier)
    outlet.write("two", "The bridge toll is a matter for next year and not for this one")
    outlet.pages["/two"] = outlet.pages["/two"].replace("Mara Lind", "Tom Stone").replace("Lind", "Stone")
    collect.run(courier, everything=True)
    extract.run(courier)
    assert len(rows(courier, Speaker)) == 2
    assert reread.run(courier).documents == 0


def test_a_dry_run_shows_the_same_and_changes_nothing(courier, outlet, older, today):
    older(nobody)
    begin(courier, outlet, LIND)
    today()
    before = [one.model_dump() for table in (Claim, Appearance, Snapshot) for one in rows(courier, table)]
    told: list[ReadingChange] = []
    counts = reread.run_all(courier, dry_run=True, tell=told.append)
    assert counts.followed == len(told) > 0
    assert before == [one.model_dump() for table in (Claim, Appearance, Snapshot) for one in rows(courier, table)]
    assert rows(courier, ReadingChange) == []
    assert reread.run_all(courier).followed == counts.followed


def test_a_rereading_that_dies_in_the_middle_is_taken_up_where_it_ended(courier, outlet, older, today, monkeypatch):
    older(nobody)
    for name in ("one", "two", "three"):
        outlet.write(name, f"The bridge of {name} ships will pay for the road and the harbour")
    collect.run(courier)
    extract.run(courier)
    today()
    written = speech_rereading.compare

    def dies(session, now, **told):
        found = written(session, now, **told)
        if len(rows_in(session, ReadingChange)) > 1:
            raise KeyboardInterrupt
        return found

    with monkeypatch.context() as broken:
        broken.setattr(speech_rereading, "compare", dies)
        with pytest.raises(KeyboardInterrupt):
            reread.run(courier)
    before = len(rows(courier, ReadingChange))
    counts = reread.run(courier)
    assert counts.documents + 1 == 3
    assert before + counts.followed == len(rows(courier, ReadingChange))
    assert all(one.speaker_id for one in rows(courier, Claim))
    assert proven(courier)


def rows_in(session, table):
    return list(session.exec(select(table)))


def test_what_a_person_imported_keeps_the_speaker_and_day_it_came_with(courier, tmp_path):
    file = tmp_path / "old.csv"
    file.write_text("text,speaker,said\nThe toll stays,Ada Moor,2024-01-02\n")
    for _, row in csv_import.rows(file) if hasattr(csv_import, "rows") else ():
        csv_import.store_row(courier, row)
    before = [one.model_dump() for one in rows(courier, Claim)]
    reread.run_all(courier)
    assert before == [one.model_dump() for one in rows(courier, Claim)]


def test_a_document_at_which_an_older_reader_stopped_is_read_and_nobody_is_told(courier, outlet, clock, monkeypatch):
    def stops(manuscript):
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr(extract, "read", stops)
        broken.setattr(extract, "READER_VERSION", "2020.1.1")
        begin(courier, outlet, LIND)
    told = mails(courier)
    assert rows(courier, Claim) == []
    reread.run(courier)
    extract.run(courier)
    assert len(rows(courier, Claim)) == 1
    assert mails(courier) == told


def test_a_backup_holds_what_waits_for_a_person(courier, outlet, older, today, tmp_path):
    older(nobody)
    begin(courier, outlet, LIND)
    confirm(courier)
    today()
    reread.run(courier)
    backup.backup(courier.database, courier.archive, tmp_path / "copy", courier.now())
    assert (tmp_path / "copy/tables/reading_change.jsonl.gz").exists()


def test_the_page_folds_away_how_we_know_and_says_nothing_beside_a_sure_day(courier, outlet):
    begin(courier, outlet, f"{LIND}</p><p>{MORE}")
    html = create_app(courier).test_client().get(f"/c/{claim(courier).public_id}").get_data(as_text=True)
    folded = html.partition("<summary>How do we know?</summary>")[2].partition("</details>")[0]
    for told in ("Minister Mara Lind", "Monday", "said", "rule: weekday", "Read by"):
        assert told in folded
    assert "exact day" not in html
    assert "<dt>Evidence</dt>" not in html


def test_a_rereading_fills_in_what_older_readings_did_not_keep(courier, outlet):
    begin(courier, outlet, LIND)
    with courier.database.transaction() as session:
        place = session.exec(select(Appearance)).one()
        place.reasons = {"reader": "2020.1.1"}
    reread.run_all(courier)
    (place,) = rows(courier, Appearance)
    assert set(place.reasons) >= {"reader", "quote", "speaker", "said", "read", "told"}
    assert place.reasons["read"]["day"]["from"] == "2024-03-04"
