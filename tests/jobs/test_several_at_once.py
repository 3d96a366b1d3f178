"""Several hands at once, on both databases: nothing is lost, nothing is written twice, no chain breaks."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from jobs import collect, extract
from jobs.ingest import manual
from jobs.runner import schedule
from tracker.archive.supplied import from_object
from tracker.record import export, proof
from tracker.speech import reading
from tracker.world import utc_now as real_clock

WORDS = "We need the bridge toll number {number} now, and there will be no delay"


def document(paper, number):
    text = f"Mara Lind spoke on Wednesday.\n\n“{WORDS.format(number=number)},” Mara Lind said."
    return from_object({"text": text, "published": "2024-03-06", "url": f"https://paper{paper}.example/1"})


def test_many_documents_at_once_with_the_same_new_speaker_and_the_same_words(world):
    documents = [document(paper, paper % 4) for paper in range(24)]
    with ThreadPoolExecutor(max_workers=6) as pool:
        added = list(pool.map(lambda one: manual.add(world, one), documents))
    assert sum(one.claims for one in added) == 4
    with world.database.reading() as session:
        claims = list(export.claims(session))
    assert {claim["speaker"] for claim in claims} == {"Mara Lind"}
    assert sorted(len(claim["appearances"]) for claim in claims) == [6, 6, 6, 6]
    assert proof.verify(world.database, world.archive, everything=True).problems == ()


def faster(monkeypatch, where, name, world):
    """Let another process read all that waits at the very moment before a function is called: the worst one."""
    called = getattr(where, name)

    def after_another(*arguments):
        monkeypatch.setattr(where, name, called)
        extract.run(replace(world))
        monkeypatch.setattr(where, name, after_another)
        return called(*arguments)

    monkeypatch.setattr(where, name, after_another)


def test_a_document_added_beside_a_faster_reader_counts_its_own_statements(world, monkeypatch):
    assert manual.add(world, document(1, 1)).claims == 1
    faster(monkeypatch, extract, "read_snapshot", world)
    assert manual.add(world, document(2, 2)).claims == 1
    assert manual.add(world, document(3, 2)).claims == 0, "the same words stand in another paper already"


def test_a_document_that_a_faster_reader_stopped_at_is_told_as_unreadable(world, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(extract, "read", lambda _manuscript: 1 / 0)  # the reader never raises: a broken one stands in
        faster(broken, extract, "read_snapshot", world)
        added = manual.add(world, document(1, 1))
    assert (added.claims, added.unreadable) == (0, reading.stopped(ZeroDivisionError()))
    assert extract.read_again(world) == extract.ExtractCounts(read=1, claims=1)


def test_documents_added_beside_a_running_schedule_count_their_own_statements(make_world):
    jobs = {"collect_s": 0, "extract_s": 1, "deliver_s": 0, "recheck_s": 0, "tidy_s": 0}
    world = replace(make_world(schedule=jobs), now=real_clock)
    with schedule.running(world):
        added = [manual.add(world, document(1 + number, number)) for number in range(30)]
    assert [one.claims for one in added] == [1] * 30


def test_a_source_tells_the_statements_it_gave_whoever_read_them(courier, outlet, monkeypatch):
    outlet.write("one", WORDS.format(number=1))
    [outcome] = collect.run(courier)
    assert (outcome.new_documents, outcome.new_claims) == (1, 1)
    outlet.write("two", WORDS.format(number=2))
    outlet.write("three", WORDS.format(number=3))
    faster(monkeypatch, extract, "read_source", courier)
    [outcome] = collect.run(courier, everything=True)
    assert (outcome.new_documents, outcome.new_claims) == (2, 2)
