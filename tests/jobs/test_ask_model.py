"""A language model is asked at an address that the newsroom names: a real local server that speaks the chat protocol."""

import json
import socket
import time
from dataclasses import replace

import pytest
from sqlmodel import col, select
from werkzeug import Request, Response

from jobs import ask_model, learn
from jobs.ingest import manual
from tests.hostile import hostile
from tracker import settings as settings_module
from tracker.archive.supplied import from_object
from tracker.positions.ledger import codings
from tracker.positions.models import Coding, CodingReading, CodingState, ModelQuestion, Position
from tracker.positions.queries import suggester_rows
from tracker.settings import BadSettings, SuggestionsSection
from tracker.speech.models import Claim
from tracker.world import World

TOPIC = "bridge-toll"
FAIR = "Whoever drives across shares the price, and that toll is only fair to all of us"
OTHER = "The toll has been on the table of the committee since the spring of last year"
CHAT = "/v1/chat/completions"


class Model:
    """A server of the chat protocol whose model says what it is told to say."""

    def __init__(self, server) -> None:
        self.asked: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.says = lambda statement: {"step": None}
        self.reply = None
        server.expect_request(CHAT, method="POST").respond_with_handler(self.answer)
        self.url = server.url_for(CHAT)

    def answer(self, request: Request) -> Response:
        self.asked.append(json.loads(request.data))
        self.headers.append(dict(request.headers))
        if self.reply is not None:
            return self.reply
        statement = json.loads(self.asked[-1]["messages"][-1]["content"])["statement"]
        said = self.says(statement)
        content = said if isinstance(said, str) else json.dumps(said)
        return Response(json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}))


@pytest.fixture
def model(httpserver) -> Model:
    return Model(httpserver)


def told(world: World, url: str, **more) -> World:
    asked = SuggestionsSection(url=url, model="a-model", **{"timeout_s": 5, **more})
    return replace(world, settings=world.settings.model_copy(update={"suggestions": asked}))


@pytest.fixture
def asking(world, model) -> World:
    for name, words in (("Mara Lind", FAIR), ("Oskar Dahl", OTHER)):
        manual.add(world, from_object({"text": f"“{words},” {name} said.", "published": "2024-03-06"}))
    return told(world, model.url)


def suggestions(world) -> dict[str, tuple[str, list[str]]]:
    with world.database.reading() as session:
        rows = session.exec(
            select(Claim.text, Position.key, Coding.reasons, Coding.state)
            .join(Coding, col(Coding.claim_id) == col(Claim.id))
            .join(Position, col(Position.id) == col(Coding.position_id))
            .where(Coding.by == "model", col(Coding.withdrawn_at).is_(None))
        ).all()
        assert all(row[3] is CodingState.SUGGESTED for row in rows)
        return {text: (key, reasons) for text, key, reasons, _state in rows}


def questions(world) -> list[tuple[str, str]]:
    with world.database.reading() as session:
        return [
            (one.outcome, one.detail) for one in session.exec(select(ModelQuestion).order_by(col(ModelQuestion.id)))
        ]


def test_without_an_address_nobody_is_asked(world, asking, model):
    assert ask_model.run(world) == ask_model.AskCounts()
    assert not model.asked


def test_a_step_with_words_of_the_statement_is_suggested(asking, model):
    model.says = lambda text: {"step": 3, "words": ["that toll is only fair"]} if text == FAIR else {"step": None}
    assert ask_model.run(asking) == ask_model.AskCounts(asked=2, suggested=1)
    assert suggestions(asking) == {FAIR: ("for", ["“that toll is only fair”"])}


def test_it_is_told_the_statement_its_question_and_the_scale_and_nothing_else(asking, model):
    ask_model.run(asking)
    sent = [json.loads(one["messages"][-1]["content"]) for one in model.asked]
    assert {one["statement"] for one in sent} == {FAIR, OTHER}
    assert sent[0].keys() == {"statement", "question", "steps"}
    assert [step["label"] for step in sent[0]["steps"]] == ["Against", "Later", "For"]
    assert "Lind" not in json.dumps(model.asked)
    assert model.asked[0]["model"] == "a-model"
    assert "Authorization" not in model.headers[0]


def test_the_key_goes_to_the_address_and_into_no_log(asking, model, capsys, monkeypatch):
    monkeypatch.setenv("MODEL_KEY", "k-4711-secret")
    model.reply = Response("no", status=500)
    ask_model.run(told(asking, model.url, key_variable="MODEL_KEY"))
    assert model.headers[0]["Authorization"] == "Bearer k-4711-secret"
    assert "4711" not in capsys.readouterr().out + str(questions(asking))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("It is step 3, because the toll is fair.", "is no JSON"),
        ('["step", 3]', "is no JSON object"),
        ("[" * 100_000, "is no JSON"),
        ({"position": 3}, "names no step"),
        ({"step": 9, "words": ["that toll is only fair"]}, "a step that the scale does not have"),
        ({"step": True, "words": ["that toll is only fair"]}, "a step that the scale does not have"),
        ({"step": "3", "words": ["that toll is only fair"]}, "a step that the scale does not have"),
        ({"step": 3}, "names no words that decide"),
        ({"step": 3, "words": []}, "names no words that decide"),
        ({"step": 3, "words": [3]}, "names no words that decide"),
        ({"step": 3, "words": ["the toll is most fair"]}, "words that do not stand in the statement"),
        ({"step": 3, "words": ["that toll is only fair", "he said so"]}, "words that do not stand in the statement"),
        ({"step": 3, "words": [" "]}, "words that do not stand in the statement"),
        ({"step": 3, "words": ["That Toll Is Only Fair"]}, "words that do not stand in the statement"),
    ],
)
def test_an_answer_that_can_not_be_used_is_dropped_and_not_asked_for_again(asking, model, said, why):
    model.says = lambda _text: said
    assert ask_model.run(asking) == ask_model.AskCounts(asked=2, dropped=2)
    assert suggestions(asking) == {}
    assert [outcome for outcome, _why in questions(asking)] == ["dropped", "dropped"]
    assert why in questions(asking)[0][1]
    assert ask_model.run(asking) == ask_model.AskCounts()


@pytest.mark.parametrize(
    "body", [b"", b"no", b"{}", b'{"choices": []}', b'{"choices": [{"message": {"content": 7}}]}', b"\xff"]
)
def test_what_is_not_the_protocol_is_dropped(asking, model, body):
    model.reply = Response(body)
    assert ask_model.run(asking).dropped == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 429, 500, 503])
def test_no_answer_is_a_failure_and_is_asked_for_again_later(asking, model, clock, status):
    model.reply = Response("x", status=status, headers={"Location": model.url})
    assert ask_model.run(asking) == ask_model.AskCounts(asked=2, failed=2)
    assert len(model.asked) == 2, "a redirect is not followed"
    assert ask_model.run(asking) == ask_model.AskCounts()
    clock.forward(hours=2)
    model.reply = None
    assert ask_model.run(asking) == ask_model.AskCounts(asked=2)
    assert questions(asking) == [("none", ""), ("none", "")]


def endless(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


def silent(_connection) -> None:
    time.sleep(3)


def broken(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    connection.shutdown(socket.SHUT_WR)
    time.sleep(1)  # closing at once would throw away what was sent, since nobody read the question


@pytest.mark.parametrize(
    ("page", "seconds", "why"),
    [(endless, 20, "sends more than 256 KB"), (silent, 1, "is slow: no full answer in 1 s"), (broken, 20, "broke off")],
)
def test_a_server_that_misbehaves_costs_no_more_than_its_time(asking, page, seconds, why):
    with hostile() as server:
        server.pages[CHAT] = page
        assert ask_model.run(told(asking, server.url(CHAT), timeout_s=seconds, per_run=1)).failed == 1
    assert why in questions(asking)[0][1]


def test_nobody_at_the_address_ends_the_run_after_three(asking):
    for number in range(4):
        words = f"The toll number {number} has been on the table of this house for years"
        manual.add(asking, from_object({"text": f"“{words},” Ines Roth said.", "published": "2024-03-07"}))
    assert ask_model.run(told(asking, "http://127.0.0.1:9/v1")) == ask_model.AskCounts(asked=3, failed=3)
    assert suggestions(asking) == {}


def test_a_run_asks_no_more_than_it_may_and_the_next_goes_on(asking, model):
    few = told(asking, model.url, per_run=1)
    assert ask_model.run(few).asked == 1
    assert ask_model.run(few).asked == 1
    assert ask_model.run(few).asked == 0
    assert len({json.loads(one["messages"][-1]["content"])["statement"] for one in model.asked}) == 2


def test_what_can_hold_no_position_is_not_sent(world, model):
    for words in ("Shall every car pay a toll on the bridge from now on?", "I won’t comment on the toll"):
        manual.add(world, from_object({"text": f"“{words}” Mara Lind said.", "published": "2024-03-06"}))
    with world.database.reading() as session:
        assert len(session.exec(select(Claim)).all()) == 2
    ask_model.run(told(world, model.url))
    assert not model.asked


def test_what_an_editor_coded_is_not_sent_and_agreement_is_counted(asking, model):
    model.says = lambda _text: {"step": 3, "words": ["toll"]}
    ask_model.run(asking)
    with asking.database.transaction() as session:
        steps = {one.key: one.id for one in session.exec(select(Position))}
        for claim in session.exec(select(Claim)):
            reading = CodingReading.POSITION if claim.text == FAIR else CodingReading.NO_POSITION
            codings.confirm(
                session, asking.now(), by="ada@record.example", claim_id=claim.id, topic_id=TOPIC, reading=reading,
                position_id=steps["for"] if claim.text == FAIR else None,
            )  # fmt: skip
    learn.run(asking)
    with asking.database.reading() as session:
        row = suggester_rows.suggesters_of(session, TOPIC)["model"]
        assert (row.coded, row.shown, row.exact, row.without, row.alone) == (1, 2, 1, 1, 0)
    assert ask_model.run(told(asking, model.url + "?")) == ask_model.AskCounts()


def test_another_model_is_asked_anew_and_its_word_replaces_the_old_one(asking, model):
    model.says = lambda text: {"step": 3, "words": ["toll"]}
    ask_model.run(asking)
    model.says = lambda text: {"step": None}
    other = asking.settings.suggestions.model_copy(update={"model": "another"})
    newer = replace(asking, settings=asking.settings.model_copy(update={"suggestions": other}))
    assert ask_model.run(newer).asked == 2
    assert suggestions(asking) == {}


@pytest.mark.parametrize(
    ("section", "wrong"),
    [
        ({"url": "http://127.0.0.1:1/v1"}, "model is missing"),
        ({"url": "ftp://127.0.0.1/v1", "model": "m"}, "url"),
        ({"model": "m", "key": "two words\nmore"}, "suggestions"),
        ({"per_run": 0}, "per_run"),
    ],
)
def test_a_section_that_makes_no_sense_is_refused(tmp_path, section, wrong):
    site = {"secret_key": "k3Jd9sLq0Zx7Vb2Nm5Tr8Yw1Pf4Hg6Ac"}
    with pytest.raises(BadSettings) as refused:
        settings_module.parse({"site": site, "suggestions": section}, tmp_path)
    assert wrong in str(refused.value)
    assert "two words" not in str(refused.value)
