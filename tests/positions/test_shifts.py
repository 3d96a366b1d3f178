"""Shifts: one rule for row, mail, feed, page and API, and always from the codings in force, in whatever order they come."""

import hashlib
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import count, pairwise, permutations
from random import Random

import pytest
from sqlmodel import col, select

from jobs import deliver
from tests.conftest import NOON
from tests.wishes import wish
from tracker.alerts.ledger import deliveries as alerts
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import Delivery, DeliveryState, Occasion
from tracker.decisions import Journal
from tracker.positions import queries
from tracker.positions.ledger import codings as coding_ledger
from tracker.positions.ledger import desk as desk_ledger
from tracker.positions.models import CodingReading, Position, Shift
from tracker.record import export
from tracker.speech.models import Claim, Precision, QuoteKind, Speaker, Status
from tracker.web.app import create_app

TOLL = "bridge-toll"
ATOM = "{http://www.w3.org/2005/Atom}"
GAPS = (1, 2, 3, 10)
PIVOT = date(2024, 3, 10)
SCALES = (GAPS, (0, 5, 10), (1, 2, 3, 4, 5), (0, 3, 7, 8, 20))


def topic_of(steps):
    positions = [
        {"step": step, "id": f"p{place}", "label": f"Step {step}", "definition": "", "phrases": []}
        for place, step in enumerate(steps)
    ]
    name = "-".join(map(str, steps))
    return {"id": f"topic-{name}", "name": f"Scale {steps}", "any": ["toll"], "positions": positions}


class Desk:
    """An editor's desk: statements of made-up speakers, and codings confirmed by the same calls as the site's."""

    def __init__(self, world, topic=TOLL):
        self.world, self.topic, self.number = world, topic, count(1)

    def says(self, day, speaker="Mara Lind"):
        key = f"{speaker} {next(self.number)} {self.topic}"
        with self.world.database.transaction() as session:
            who = session.exec(select(Speaker).where(Speaker.name == speaker)).first() or Speaker(
                slug=speaker.lower().replace(" ", "-"), name=speaker, folded=speaker.lower(), created_at=NOON
            )
            session.add(who)
            session.flush()
            claim = Claim(
                public_id=hashlib.sha256(key.encode()).hexdigest()[:12], identity_key=hashlib.sha256(key.encode()).hexdigest(),
                speaker_id=who.id, kind=QuoteKind.DIRECT, text=f"This is what I say on {day} about it", folded=key,
                said_from=day, said_to=day, said_precision=Precision.DAY, created_at=NOON,
            )  # fmt: skip
            session.add(claim)
            session.flush()
            return claim.id

    def codes(self, claim_id, step, reading=CodingReading.POSITION):
        with self.world.database.transaction() as session:
            position = session.exec(
                select(Position).where(Position.topic_id == self.topic, Position.step == step)
            ).first()
            changes = coding_ledger.confirm(
                session, self.world.now(), by="ben", claim_id=claim_id, topic_id=self.topic,
                reading=reading, position_id=position.id if position else None,
            )  # fmt: skip
            for shift in changes.made:
                if shift.signed_at is None:
                    desk_ledger.sign(session, self.world.now(), Journal(session), shift, "ada")
            alerts.enqueue_shifts(session, self.world.now(), changes, self.world.digest_schedule)
        return changes

    def takes_back(self, claim_id):
        return self.codes(claim_id, None, CodingReading.NO_POSITION)

    def shifts(self):
        with self.world.database.reading() as session:
            return sorted(
                (one.before.id, one.after.id, one.shift.verdict, one.shift.distance)
                for one in queries.shifts(session, self.topic)
            )

    def follow(self, **told):
        with self.world.database.transaction() as session:
            sign_up_ledger.request(
                session,
                self.world.now(),
                wish("reader@example.org", self.topic, **told),
                ip="192.0.2.1",
            )
            token = session.exec(select(Delivery.token).where(Delivery.occasion == Occasion.CONFIRM)).one()
            sign_up_ledger.confirm(session, self.world.now(), token)

    def told(self):
        with self.world.database.reading() as session:
            rows = session.exec(select(Delivery).where(Delivery.occasion == Occasion.SHIFT).order_by(col(Delivery.id)))
            return [row.state for row in rows]


@pytest.fixture
def gaps(make_world):
    return Desk(make_world(topics=[{**topic_of(GAPS), "id": TOLL}]))


@pytest.fixture
def desk(world):
    return Desk(world)


@pytest.fixture
def three(desk):
    """Three statements, one a week."""
    return [desk.says(PIVOT + timedelta(days=7 * week)) for week in range(3)]


@pytest.mark.parametrize(
    ("before", "after", "verdict", "distance"),
    [(2, 3, "moved", 1), (3, 10, "moved", 1), (1, 2, "moved", 1), (10, 1, "reversed", -3), (2, 10, "moved", 2)],
)
def test_steps_count_by_their_place_and_not_by_their_number(gaps, before, after, verdict, distance):
    early, late = gaps.says(date(2024, 3, 1)), gaps.says(date(2024, 3, 20))
    gaps.codes(early, before)
    [shift] = gaps.codes(late, after).made
    assert (shift.verdict, shift.distance) == (verdict, distance)


def expected(steps, before, after):
    """The verdict in words, reckoned here by hand: places on the scale, whose two ends are its sides."""
    way = steps.index(after) - steps.index(before)
    size = {1: "one step", 2: "two steps", 3: "three steps", 4: "four steps"}[abs(way)]
    moved = f"{size} {'up' if way > 0 else 'down'}, from {before} to {after}"
    if {before, after} == {steps[0], steps[-1]}:
        return "reversed", way, f"changed sides, {moved}"
    return "moved", way, f"moved {moved}"


@pytest.mark.parametrize("steps", SCALES, ids=str)
def test_row_mail_feed_page_api_and_export_say_the_same_of_every_move(make_world, mailbox, steps):
    topic = topic_of(steps)
    event = {
        "id": "opening", "name": "Opening of the bridge", "start": "2024-03-10", "end": "2024-03-10",
        "pivot": "2024-03-10T12:00:00Z", "topics": [topic["id"]],
    }  # fmt: skip
    world = make_world(topics=[topic], events=[event])
    desk, site = Desk(world, topic["id"]), create_app(world).test_client()
    desk.follow(rhythm="instant", what="shifts")
    moves = {f"Speaker {before} {after}": (before, after) for before, after in permutations(steps, 2)}
    stored = {}
    for who, (before, after) in moves.items():
        early, late = desk.says(date(2024, 3, 1), who), desk.says(date(2024, 3, 20), who)
        desk.codes(early, before)
        [shift] = desk.codes(late, after).made
        stored[who] = (shift.verdict, shift.distance, f"{who} {expected(steps, before, after)[2]}")
    assert stored == {
        who: (*expected(steps, *move)[:2], f"{who} {expected(steps, *move)[2]}") for who, move in moves.items()
    }
    told = {who: words for who, (*_, words) in stored.items()}
    deliver.run(world)
    mails = " ".join(" ".join(mail.get_body(("plain",)).get_content().split()) for mail in mailbox.messages)
    home = " ".join(re.sub(r"<[^>]+>", " ", site.get("/").get_data(as_text=True)).split())
    feed = ET.fromstring(site.get(f"/feeds/t/{topic['id']}/shifts.atom").data)
    titles = {entry.find(f"{ATOM}title").text for entry in feed.findall(f"{ATOM}entry")}
    page = site.get(f"/t/{topic['id']}/around/opening").get_data(as_text=True)
    shown = dict(
        re.findall(r'<th scope="row"><a[^>]*><bdi>([^<]+)</bdi>.*?<td class="verdict">([^<]*)<', page, re.DOTALL)
    )
    rows = {row["name"]: row for row in site.get(f"/api/v1/topics/{topic['id']}/around/opening").get_json()["rows"]}
    for who, words in told.items():
        verdict, distance, _ = stored[who]
        assert words in mails
        assert words in titles
        assert (rows[who]["verdict"], rows[who]["distance"]) == (verdict, distance)
        assert shown[who].lower() == words.removeprefix(f"{who} ").partition(", from")[0]
        speaker = site.get(f"/s/{who.lower().replace(' ', '-')}").get_data(as_text=True)
        assert f"{shown[who]}: " in re.sub(r"<[^>]+>", "", speaker)
    assert sum(words in home for words in told.values()) == 4
    with world.database.reading() as session:
        coded = [(one["speaker"], *[coding["step"] for coding in one["codings"]]) for one in export.claims(session)]
    assert sorted(coded) == sorted((who, step) for who, move in moves.items() for step in move)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_the_order_of_the_codings_makes_no_difference(desk, three, order):
    for place in order:
        desk.codes(three[place], place + 1)
    assert desk.shifts() == [(three[0], three[1], "moved", 1), (three[1], three[2], "moved", 1)]


def test_coding_the_later_quote_first_makes_the_shift_with_the_earlier_one(desk, three):
    assert desk.codes(three[1], 3).made == ()
    [shift] = desk.codes(three[0], 1).made
    assert (shift.before_claim_id, shift.after_claim_id, shift.distance) == (three[0], three[1], 2)


def test_a_statement_coded_between_two_divides_their_shift(desk, three):
    desk.codes(three[0], 1)
    desk.codes(three[2], 3)
    changes = desk.codes(three[1], 2)
    assert (len(changes.made), len(changes.withdrawn)) == (2, 1)
    assert [one[:2] for one in desk.shifts()] == [(three[0], three[1]), (three[1], three[2])]


def test_a_coding_that_is_taken_back_takes_its_shift_along(desk, three):
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)
    assert desk.takes_back(three[1]).withdrawn
    assert desk.shifts() == []
    site = create_app(desk.world).test_client()
    assert "reversed" not in site.get("/").get_data(as_text=True)
    assert b"<entry>" not in site.get(f"/feeds/t/{TOLL}/shifts.atom").data
    assert desk.codes(three[2], 1).made == ()  # nothing is computed from what was taken back


def test_a_recoded_statement_has_the_shift_of_its_new_position_alone(desk, three):
    desk.codes(three[0], 1)
    desk.codes(three[1], 2)
    desk.codes(three[1], 3)
    assert desk.shifts() == [(three[0], three[1], "reversed", 2)]
    desk.codes(three[1], 1)
    assert desk.shifts() == []


def test_a_withdrawn_shift_stays_as_a_row(desk, three):
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)
    desk.takes_back(three[0])
    with desk.world.database.reading() as session:
        [row] = session.exec(select(Shift)).all()
    assert row.withdrawn_at == NOON


def test_the_same_position_confirmed_again_is_no_new_shift(desk, three, mailbox):
    desk.follow(rhythm="instant")
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)
    changes = desk.codes(three[1], 3)
    assert (changes.made, changes.withdrawn) == ((), ())
    assert len(desk.told()) == 1


def test_a_shift_that_is_back_is_told_once(desk, three, mailbox):
    desk.follow(rhythm="instant")
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)
    deliver.run(desk.world)
    desk.takes_back(three[1])
    assert desk.codes(three[1], 3).made
    deliver.run(desk.world)
    assert desk.told() == [DeliveryState.SENT]
    assert [mail["Subject"] for mail in mailbox.messages if "changed sides" in mail["Subject"]] == [
        "Mara Lind changed sides, two steps up, from 1 to 3: The toll on the Norland bridge"
    ]


def test_nobody_is_told_of_a_shift_that_was_withdrawn_before_its_mail_went(desk, three, mailbox, clock):
    desk.follow(rhythm="daily")
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)
    desk.takes_back(three[1])
    assert desk.told() == [DeliveryState.DROPPED]
    desk.codes(three[1], 3)
    assert desk.told() == [DeliveryState.OWED]  # back before anybody was told, it is owed again
    desk.takes_back(three[0])
    clock.forward(days=2)
    deliver.run(desk.world)
    assert not [mail for mail in mailbox.messages if "changed sides" in mail["Subject"]]


def test_a_mail_in_hand_is_not_tried_again_when_its_shift_is_withdrawn_meanwhile(desk, three, mailbox, clock):
    desk.follow(rhythm="instant")
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)

    def refuse(message):
        if "changed sides" in message["Subject"]:
            desk.takes_back(three[1])
            return "451 later"
        return "250 OK"

    mailbox.data = refuse
    deliver.run(desk.world)
    mailbox.data = lambda _message: "250 OK"
    clock.forward(hours=2)
    deliver.run(desk.world)
    assert desk.told() == [DeliveryState.DROPPED]


@pytest.mark.parametrize("place", [0, 1])
def test_a_rejected_statement_takes_no_part(desk, three, place):
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)
    with desk.world.database.transaction() as session:
        session.get_one(Claim, three[place]).status = Status.REJECTED
    assert desk.shifts() == []
    desk.codes(three[2], 2)
    assert [one[:2] for one in desk.shifts()] == [(three[1 - place], three[2])]


def test_days_that_overlap_prove_no_order(desk, three):
    with desk.world.database.transaction() as session:
        claim = session.get_one(Claim, three[1])
        claim.said_from, claim.said_precision = PIVOT, Precision.RANGE
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)
    assert desk.shifts() == []


def test_hidden_shifts_do_not_push_the_shown_ones_off_the_list(desk, three):
    desk.codes(three[0], 1)
    desk.codes(three[1], 3)
    desk.world.now.forward(days=1)
    for number in range(3):
        early, late = (desk.says(day, f"Speaker {number}") for day in (date(2024, 3, 1), date(2024, 3, 20)))
        desk.codes(early, 1)
        desk.codes(late, 3)
        desk.takes_back(late)
    with desk.world.database.reading() as session:
        assert [one.shift.after_claim_id for one in queries.shifts(session, limit=1)] == [three[1]]


def test_two_editors_at_once_leave_the_shift_of_both_codings(desk, three):
    """Each codes one of the two statements, neither transaction sees the other's coding before it ends."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: desk.codes(*pair), [(three[0], 1), (three[1], 3)]))
    assert desk.shifts() == [(three[0], three[1], "reversed", 2)]


def test_however_codings_come_and_go_the_shifts_are_those_of_the_last_ones(desk, three):
    """A long walk of decisions over three statements; after each, the shifts are reckoned by hand from the last ones."""
    chance, last = Random(8), {}
    for _ in range(60):
        place, step = chance.randrange(3), chance.choice((None, 1, 2, 3))
        desk.codes(three[place], step) if step else desk.takes_back(three[place])
        last[place] = step
        held = [(three[place], last[place]) for place in sorted(last) if last[place]]
        assert [(*one[:2], one[3]) for one in desk.shifts()] == [
            (before, after, new - old) for (before, old), (after, new) in pairwise(held) if new != old
        ]
