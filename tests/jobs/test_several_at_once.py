"""Several hands at once, on both databases: nothing is lost, nothing is written twice, no chain breaks."""

from concurrent.futures import ThreadPoolExecutor

from jobs import by_hand
from tracker.archive.given import from_object
from tracker.record import export, proof

WORDS = "We need the bridge toll number {number} now, and there will be no delay"


def document(paper, number):
    text = f"Mara Lind spoke on Wednesday.\n\n“{WORDS.format(number=number)},” Mara Lind said."
    return from_object({"text": text, "published": "2024-03-06", "url": f"https://paper{paper}.example/1"})


def test_many_documents_at_once_with_the_same_new_speaker_and_the_same_words(world):
    documents = [document(paper, paper % 4) for paper in range(24)]
    with ThreadPoolExecutor(max_workers=6) as pool:
        added = list(pool.map(lambda one: by_hand.add(world, one), documents))
    assert sum(one.claims for one in added) == 4
    with world.database.reading() as session:
        claims = list(export.claims(session))
    assert {claim["speaker"] for claim in claims} == {"Mara Lind"}
    assert sorted(len(claim["appearances"]) for claim in claims) == [6, 6, 6, 6]
    assert proof.verify(world.database, world.archive, everything=True).problems == ()
