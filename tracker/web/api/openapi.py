"""The description of the read interface (OpenAPI 3.1), made from the same table that routes it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask.typing import RouteCallable
from pydantic.json_schema import models_json_schema

from tracker.web.api.schemas import ProblemSchema, Schema, published_name

REFERENCE = "#/components/schemas/{model}"
PROBLEMS = {
    "400": "A parameter is unknown, malformed or given twice; `errors` names each.",
    "404": "There is no such thing on the record, or no such address.",
    "405": "This address does not take that method; `Allow` names those it takes.",
    "414": "The address is longer than we accept.",
    "429": "Too many requests; `Retry-After` says when to come back, in seconds.",
    "500": "Something went wrong on our side; `code` names it in our log.",
    "503": "The record is busy or out of reach; `Retry-After` says when to come back, in seconds.",
}
"""What else than 200 may come, each as a problem object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address: its path below `/api/v1` in Flask's form, what may be asked, what is answered, and by whom."""

    path: str
    asked: type[Schema]
    answer: type[Schema]
    view: RouteCallable
    summary: str


def describe(name: str, address: str, endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The OpenAPI document of these endpoints."""
    answers = [(one.answer, "serialization") for one in endpoints]
    _, described = models_json_schema(
        [*dict.fromkeys(answers), (ProblemSchema, "serialization")],  # type: ignore[list-item]
        ref_template=REFERENCE,
        by_alias=True,
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{name}: the record", "version": "1"},
        "servers": [{"url": f"{address}/api/v1"}],
        "paths": {_path(one.path): {"get": _operation(one)} for one in endpoints},
        "components": {
            "schemas": _published(described["$defs"]),
            "responses": {status: _problem(words) for status, words in PROBLEMS.items()},
        },
    }


def _published(schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas under their published names, which their references to each other follow."""
    text = re.sub(rf'("{re.escape(REFERENCE.format(model=""))}\w+?)Schema"', r'\1"', json.dumps(schemas))
    return dict(sorted((published_name(name), schema) for name, schema in json.loads(text).items()))


def _path(path: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def _operation(one: Endpoint) -> dict[str, Any]:
    return {
        "operationId": getattr(one.view, "__name__", one.path),
        "summary": one.summary,
        "parameters": [*_in_path(one.path), *_in_query(one.asked)],
        "responses": {
            "200": {"description": one.answer.__doc__ or "", "content": _json(one.answer)},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in PROBLEMS},
        },
    }


def _problem(words: str) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=published_name(ProblemSchema.__name__))}
    return {"description": words, "content": {"application/problem+json": {"schema": schema}}}


def _json(model: type[Schema]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": REFERENCE.format(model=published_name(model.__name__))}}}


def _in_path(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"<(?:\w+:)?(\w+)>", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _in_query(asked: type[Schema]) -> list[dict[str, Any]]:
    schema = asked.model_json_schema(by_alias=True)
    needed = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": kind}
        for name, kind in schema.get("properties", {}).items()
    ]
