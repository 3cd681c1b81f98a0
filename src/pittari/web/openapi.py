"""The API described for machines: OpenAPI 3.1, read off the table of operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_type_hints

import msgspec

from pittari import __version__
from pittari.model.catalog import Id
from pittari.store.keys import ROLES
from pittari.web import examples
from pittari.web.messages import SUGGEST, Problem, Question
from pittari.web.operations import JSON, Operation
from pittari.web.problems import KINDS, problem

_REF = "#/components/schemas/{name}"
_ALWAYS = ("method_not_allowed", "not_acceptable", "internal", "unavailable")
_WITH_KEY = ("unauthorized", "forbidden", "too_many")
_WITH_IDS = ("not_found", "invalid")
_WITH_QUERY = ("invalid",)
_WITH_BODY = ("malformed", "invalid", "timeout", "too_large", "unsupported_media_type")
_ABOUT = """\
Pittari decides what a touchpoint shows, records it, and takes back what people saw and did.

Send `Authorization: Bearer KEY`; `pittari keys create NAME --role ROLE` makes a key. The roles are
client, editor, operator and admin, and each may do what those before it may. Errors are
`application/problem+json`; their `type` is stable. A 503 and a 429 say in `Retry-After` when to
try again; sending the same rows or things again is always safe.
"""


def described(operations: Sequence[Operation]) -> dict[str, Any]:
    """Returns the OpenAPI document of a table of operations."""
    kinds = list(dict.fromkeys(_types(operations)))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    components[Question.__name__].update(SUGGEST)
    of = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _one(operation, of)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Pittari",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {kind: _problem(kind) for kind in KINDS},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }
    portable: dict[str, Any] = _portable(document)
    return portable


def _types(operations: Sequence[Operation]) -> list[Any]:
    told = [kind for o in operations for kind in (o.body, o.answer) if kind is not None]
    asked = [hint for o in operations for hint in _query(o).values()]
    return [Problem, Id, *asked, *told]


def _query(operation: Operation) -> dict[str, Any]:
    return get_type_hints(operation.query, include_extras=True)


def _one(operation: Operation, of: dict[str, Any]) -> dict[str, Any]:
    """Returns the description of one operation."""
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.path.split("/")[2] if operation.path.startswith("/v1") else "server"],
        "responses": {"200": _success(operation, of)},
    }
    if operation.role:
        may = " or ".join(ROLES[ROLES.index(operation.role) :])
        told["description"] = f"Role: {may}."
        told["security"] = [{"key": []}]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": of[repr(Id)]}
        for name in operation.fields
    ] + [
        {"name": name, "in": "query", "required": False, "schema": of[repr(hint)]}
        for name, hint in _query(operation).items()
    ]
    if parameters:
        told["parameters"] = parameters
    if operation.body is not None:
        media = {"schema": of[repr(operation.body)], "example": operation.example}
        told["requestBody"] = {"required": True, "content": {JSON: media}}
    if operation.public:
        told["responses"]["304"] = {"description": "It is as the caller has it (If-None-Match)"}
    for kind in _errors(operation):
        told["responses"][str(KINDS[kind][0])] = {"$ref": f"#/components/responses/{kind}"}
    return told


def _success(operation: Operation, of: dict[str, Any]) -> dict[str, Any]:
    media: dict[str, Any] = {"schema": of[repr(operation.answer)]}
    example = examples.ANSWERS.get(operation.name)
    if example is not None:
        media["example"] = example
    return {"description": operation.summary, "content": {operation.media.split(";")[0]: media}}


def _errors(operation: Operation) -> list[str]:
    kinds = [*_ALWAYS, *operation.errors]
    kinds += _WITH_KEY if operation.role else ()
    kinds += ("too_many",) if operation.public else ()
    kinds += _WITH_IDS if operation.fields else ()
    kinds += _WITH_BODY if operation.body is not None else ()
    kinds += _WITH_QUERY
    return sorted(set(kinds), key=lambda kind: KINDS[kind][0])


def _problem(kind: str) -> dict[str, Any]:
    told = problem(kind, examples.DETAILS.get(kind, KINDS[kind][1]))
    body = {"schema": {"$ref": _REF.format(name="Problem")}, "example": msgspec.to_builtins(told)}
    return {"description": told.title, "content": {"application/problem+json": body}}


def _portable(schema: Any) -> Any:
    """Returns a schema whose patterns are those of ECMA 262, where \\Z means nothing."""
    if isinstance(schema, dict):
        return {
            key: value.replace("\\Z", "$")
            if key == "pattern" and isinstance(value, str)
            else _portable(value)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_portable(value) for value in schema]
    return schema
