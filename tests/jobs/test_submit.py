"""Asking the Internet Archive for a copy: once a snapshot, again after a failure, and never in the way."""

import re

import pytest
from sqlmodel import select
from werkzeug import Response

from jobs import JOBS, collect, wayback_submit
from tests.conftest import build_world
from tests.jobs.conftest import source
from tracker.archive.models import Submission
from tracker.settings import Schedule

QUOTE = "We need the toll now, and the bridge toll will pay for the road"


@pytest.fixture
def courier(sqlite, tmp_path, clock, mailbox, outlet):
    place = f"{outlet.server.host}:{outlet.server.port}"
    world = build_world(
        sqlite, tmp_path, clock, mailbox,
        sources=[source("courier", outlet.server.url_for("/feed.xml"))],
        fetch={"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [place]},
        archive_org={"save_url": outlet.server.url_for("/save")},
    )  # fmt: skip
    yield world
    world.database.dispose()


def answer_saves(outlet, answer):
    given = outlet.answer

    def both(request):
        if request.path.startswith("/save/"):
            outlet.asked.append(request.path)
            return answer()
        return given(request)

    outlet.server.clear_all_handlers()
    outlet.server.expect_request(re.compile(r"^/.*")).respond_with_handler(both)


def rows(world):
    with world.database.reading() as session:
        return session.exec(select(Submission)).all()


def test_it_is_off_unless_somebody_says_so():
    [job] = [job for job in JOBS if job.name == "submit"]
    assert job.every_s(Schedule()) == 0


def test_each_page_is_asked_for_once_and_its_copy_noted(courier, outlet, clock):
    outlet.write("one", QUOTE)
    collect.run(courier)
    answer_saves(
        outlet, lambda: Response("saved", headers={"Content-Location": "/web/20240306120000/https://c.example/one"})
    )
    assert wayback_submit.run(courier) == wayback_submit.SubmitCounts(queued=1, asked=1, made=1)
    clock.forward(days=1)
    assert wayback_submit.run(courier) == wayback_submit.SubmitCounts()
    [row] = rows(courier)
    assert row.address == "/web/20240306120000/https://c.example/one"


def test_a_failure_is_tried_again_later_and_given_up_after_five(courier, outlet, clock):
    outlet.write("one", QUOTE)
    collect.run(courier)
    answer_saves(outlet, lambda: Response("busy", status=503))
    for tries in range(1, 8):
        wayback_submit.run(courier)
        assert wayback_submit.run(courier).asked == 0
        assert rows(courier)[0].tries == min(tries, 5)
        clock.forward(days=10)
    assert "503" in rows(courier)[0].detail
    assert rows(courier)[0].next_at is None


def test_a_server_that_wants_a_pause_gets_it(courier, outlet, clock):
    for name in ("one", "two"):
        outlet.write(name, f"{QUOTE} and this is page {name}", title=f"Lind {name}")
    collect.run(courier)
    answer_saves(outlet, lambda: Response("slow down", status=429, headers={"Retry-After": "600"}))
    assert wayback_submit.run(courier).asked == 1
    clock.forward(minutes=9)
    assert wayback_submit.run(courier).asked == 1
    clock.forward(minutes=2)
    assert wayback_submit.run(courier).asked == 1
