"""The addresses of the read interface. Each reads one view of the database and answers one shape."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from flask import Blueprint, Response, abort, request
from pydantic import ValidationError

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions import shift_rule
from tracker.positions.lineup import LineUpOptions, LineUpRow, LineUpSide
from tracker.positions.placement import LineUpStatement
from tracker.positions.queries import Filters, searches
from tracker.positions.shift_rule import VerdictKind
from tracker.record import export
from tracker.speech import queries as speech
from tracker.speech.queries import PAGE
from tracker.speech.search.parameters import NAMES, BadParameter, read_query
from tracker.speech.states import HIDDEN
from tracker.web.api import openapi, schemas
from tracker.web.api.openapi import Endpoint
from tracker.web.context import absolute_url, reading, text_response, world
from tracker.web.errors import problem
from tracker.web.views.lineups import line_up as kept_line_up
from tracker.web.views.topics import TopicSummary, event_topics, summaries

Params = TypeVar("Params", bound=schemas.Schema)

pages = Blueprint("api", __name__, url_prefix="/api/v1")


def topics() -> Response:
    """Every topic."""
    _asked(schemas.NoParams)
    with reading() as db:
        return _answer({"items": [_topic(one) for one in summaries(db)]})


def topic(topic_id: str) -> Response:
    """One topic with its scale and events."""
    _asked(schemas.NoParams)
    with reading() as db:
        subject = positions.topic(db, topic_id) or _missing("topic", topic_id)
        summary = next(one for one in summaries(db) if one.topic.id == topic_id)
        events = [event.id for event in positions.events_of(db, topic_id)]
    steps = [
        {"step": one.step, "id": one.key, "label": one.label, "definition": one.definition} for one in subject.positions
    ]
    return _answer({**_topic(summary), "positions": steps, "events": events})


def topic_statements(topic_id: str) -> Response:
    """One page of a topic's statements, the latest said first."""
    asked = _asked(schemas.StatementsParams)
    filters = Filters(
        speaker=asked.speaker, step=asked.step, first=asked.first, last=asked.last, text=asked.text or None,
        confirmed=asked.show == "confirmed",
    )  # fmt: skip
    with reading() as db:
        if positions.topic(db, topic_id) is None:
            _missing("topic", topic_id)
        ids = positions.timeline(db, topic_id, filters, asked.page)
        return _answer(_page(db, asked.page, ids, positions.count(db, topic_id, filters)))


def line_up(topic_id: str, event_id: str) -> Response:
    """What each speaker said on a topic before and after an event, and what changed."""
    asked = _asked(schemas.LineUpParams)
    options = LineUpOptions(
        window_days=asked.window or None, first_day=asked.first, last_day=asked.last,
        confirmed_only=asked.show == "confirmed",
    )  # fmt: skip
    with reading() as db:
        whole = kept_line_up(db, topic_id, event_id, options, group=asked.group)
        if whole is None:
            _missing("comparison", f"{topic_id} around {event_id}")
        if asked.group is not None and asked.group not in whole.groups:
            abort(problem(400, "What was asked can’t be read.", errors=["group: is no group of this line-up"]))
        built = whole.built
        public = speech.public_ids(db, {one.claim_id for row in built.rows for one in _named(row)})
    rows = [_row(row, public, whole.speakers[row.speaker_id]) for row in built.rows]
    return _answer(
        {
            "topic": topic_id,
            "event": event_id,
            "pivot": _time(built.pivot),
            "first_day": built.first_day,
            "last_day": built.last_day,
            "rows": rows,
        }
    )


def events() -> Response:
    """Every event."""
    _asked(schemas.NoParams)
    with reading() as db:
        about = event_topics(db)
        items = [
            {
                "id": event.id,
                "name": event.name,
                "place": event.place,
                "start": event.starts_on,
                "end": event.ends_on,
                "pivot": _time(event.pivot),
                "topics": [one.id for one in about.get(event.id, ())],
            }
            for event in positions.events(db)
        ]
    return _answer({"items": items})


def speakers() -> Response:
    """Every speaker with shown statements."""
    _asked(schemas.NoParams)
    with reading() as db:
        items = [
            {
                "id": one.who.slug,
                "name": one.who.name,
                "kind": one.kind,
                "role": one.role,
                "statements": one.statements,
                "last_said": one.last,
            }
            for one in speech.speakers(db)
        ]
    return _answer({"items": items})


def speaker_statements(slug: str) -> Response:
    """One page of a speaker's statements, the latest said first."""
    asked = _asked(schemas.PageParams)
    with reading() as db:
        known = speech.speaker(db, slug) or _missing("speaker", slug)
        return _answer(_page(db, asked.page, *speech.of_speaker(db, known.speaker.id, asked.page)))


def search() -> Response:
    """One page of the statements that a query finds."""
    asked = _asked(schemas.SearchParams, several=("speaker",))
    try:
        query = read_query({name: request.args.getlist(name) for name in NAMES})
    except BadParameter as error:
        abort(problem(400, "What was asked can’t be read.", errors=[f"{error.name}: {error.what}"]))
    with reading() as db:
        try:
            found = searches.hits(db, query, asked.order, asked.cursor)
        except ValueError:
            abort(problem(400, "What was asked can’t be read.", errors=["cursor: is no place to go on from"]))
        return _answer(
            {
                "total": searches.count(db, query),
                "cursor": found.cursor,
                "problems": list(query.problems),
                "items": export.claims_by_id(db, list(found.claim_ids)),
            }
        )


def statement(claim_id: str) -> Response:
    """One statement; a merged one answers with the one it was merged into."""
    _asked(schemas.NoParams)
    with reading() as db:
        found = speech.claim(db, claim_id)
        found = speech.survivor(db, found) if found is not None else None
        if found is None or found.status in HIDDEN:
            _missing("statement", claim_id)
        return _answer(export.claims_by_id(db, [found.id])[0])


ENDPOINTS = (
    Endpoint(path="/topics", asked=schemas.NoParams, answer=schemas.TopicsSchema, view=topics, summary="Every topic"),
    Endpoint(
        path="/topics/<topic_id>",
        asked=schemas.NoParams,
        answer=schemas.TopicInFullSchema,
        view=topic,
        summary="One topic, its scale and events",
    ),
    Endpoint(
        path="/topics/<topic_id>/statements",
        asked=schemas.StatementsParams,
        answer=schemas.StatementsSchema,
        view=topic_statements,
        summary="Statements on a topic",
    ),
    Endpoint(
        path="/topics/<topic_id>/around/<event_id>",
        asked=schemas.LineUpParams,
        answer=schemas.LineUpSchema,
        view=line_up,
        summary="Before and after an event",
    ),
    Endpoint(path="/events", asked=schemas.NoParams, answer=schemas.EventsSchema, view=events, summary="Every event"),
    Endpoint(
        path="/speakers", asked=schemas.NoParams, answer=schemas.SpeakersSchema, view=speakers, summary="Every speaker"
    ),
    Endpoint(
        path="/speakers/<slug>/statements",
        asked=schemas.PageParams,
        answer=schemas.StatementsSchema,
        view=speaker_statements,
        summary="A speaker's statements",
    ),
    Endpoint(
        path="/statements",
        asked=schemas.SearchParams,
        answer=schemas.FoundSchema,
        view=search,
        summary="Search statements",
    ),
    Endpoint(
        path="/statements/<claim_id>",
        asked=schemas.NoParams,
        answer=schemas.StatementSchema,
        view=statement,
        summary="One statement",
    ),
)
for _one in ENDPOINTS:
    pages.add_url_rule(_one.path, view_func=_one.view)


@pages.get("/openapi.json")
def description() -> Response:
    """This interface, described for programs."""
    return _answer(openapi.describe(world().settings.site.name, absolute_url(""), ENDPOINTS))


def _asked(shape: type[Params], *, several: tuple[str, ...] = ()) -> Params:
    """What the request asks for; 400 with one sentence for each mistake. Only `several` may be given more than once."""
    twice = [name for name, values in request.args.lists() if len(values) > 1 and name not in several]
    mistakes = [f"{name[:100]}: given {len(request.args.getlist(name))} times" for name in twice]
    try:
        asked = shape.model_validate(request.args.to_dict())
    except ValidationError as error:
        mistakes += [
            f"{'.'.join(map(str, one['loc']))[:100]}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_url=False)
        ]
    if mistakes:
        abort(problem(400, f"What was asked can’t be read. {mistakes[0]}", errors=mistakes))
    return asked


def _missing(what: str, name: str) -> NoReturn:
    abort(problem(404, f"there is no {what} {name[:100]!r} on the record"))


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return text_response(json.dumps(body, ensure_ascii=True, default=str) + "\n", "application/json", status)


def _page(db: Session, page: int, ids: list[int], total: int) -> dict[str, Any]:
    return {"page": page, "pages": -(-total // PAGE), "total": total, "items": export.claims_by_id(db, ids)}


def _topic(one: TopicSummary) -> dict[str, Any]:
    return {
        "id": one.topic.id,
        "name": one.topic.name,
        "description": one.topic.description,
        "statements": one.statements,
        "speakers": one.speakers,
        "last_said": one.last,
    }


def _named(row: LineUpRow) -> Iterator[LineUpStatement]:
    yield from (key for key in (row.before.shown, row.after.shown) if key is not None)
    yield from (*row.during, *row.same_day, *row.uncertain, *row.unknown)


def _row(row: LineUpRow, public_ids: Mapping[int, str], who: speech.SpeakerRef) -> dict[str, Any]:
    def public(found: tuple[LineUpStatement, ...]) -> list[str]:
        return [public_ids[one.claim_id] for one in found]

    return {
        "speaker": who.slug,
        "name": who.name,
        "verdict": row.verdict.outcome.value,
        "distance": row.verdict.distance,
        "refusal": row.verdict.refusal.value if row.verdict.refusal else None,
        "confirmed": None if row.verdict.outcome is VerdictKind.UNCLEAR else True,
        "suggested": shift_rule.verdict_sentence(row.proposed) if row.proposed else None,
        "before": _side(row.before, public_ids),
        "after": _side(row.after, public_ids),
        "during": public(row.during),
        "same_day": public(row.same_day),
        "uncertain": public(row.uncertain),
        "unknown": public(row.unknown),
    }


def _side(cell: LineUpSide, public_ids: Mapping[int, str]) -> dict[str, Any] | None:
    key = cell.shown
    if key is None:
        return None
    state = None if key.step is None else "confirmed" if key.confirmed else "suggested"
    return {"claim": public_ids[key.claim_id], "step": key.step, "state": state}


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
