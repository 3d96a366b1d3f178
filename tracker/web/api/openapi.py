"""The description of the read interface (OpenAPI 3.1), made from the same table that routes it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask.typing import RouteCallable
from pydantic.json_schema import models_json_schema

from tracker.web.api.shapes import Problem, Shape

REFERENCE = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address: its path below `/api/v1` in Flask's form, what may be asked, what is answered, and by whom."""

    path: str
    asked: type[Shape]
    answer: type[Shape]
    view: RouteCallable
    summary: str


def describe(name: str, address: str, endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The OpenAPI document of these endpoints."""
    answers = [(one.answer, "serialization") for one in endpoints]
    _, shapes = models_json_schema(
        [*dict.fromkeys(answers), (Problem, "serialization")],  # type: ignore[list-item]
        ref_template=REFERENCE,
        by_alias=True,
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{name}: the record", "version": "1"},
        "servers": [{"url": f"{address}/api/v1"}],
        "paths": {_path(one.path): {"get": _operation(one)} for one in endpoints},
        "components": {"schemas": shapes["$defs"]},
    }


def _path(path: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)


def _operation(one: Endpoint) -> dict[str, Any]:
    return {
        "operationId": getattr(one.view, "__name__", one.path),
        "summary": one.summary,
        "parameters": [*_in_path(one.path), *_in_query(one.asked)],
        "responses": {
            "200": {"description": one.answer.__doc__ or "", "content": _json(one.answer)},
            "404": {"description": "There is no such thing on the record.", "content": _json(Problem)},
            "422": {"description": "What was asked is wrong.", "content": _json(Problem)},
        },
    }


def _json(model: type[Shape]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": REFERENCE.format(model=model.__name__)}}}


def _in_path(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"<(?:\w+:)?(\w+)>", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _in_query(asked: type[Shape]) -> list[dict[str, Any]]:
    schema = asked.model_json_schema(by_alias=True)
    needed = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": kind}
        for name, kind in schema.get("properties", {}).items()
    ]
