"""The description is true: made-up requests of every shape get the answers it promises."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from starlette.testclient import TestClient

from pittari import clock
from pittari.engine import Engine
from pittari.model.catalog import Item
from pittari.settings import project
from pittari.testing import known_world
from pittari.web.api import OPERATIONS
from pittari.web.app import PATHS, create_app
from pittari.web.operations import Operation

EXAMPLES = int(os.environ.get("PITTARI_EXAMPLES", "15"))
"""Requests per operation and mode; more are asked for by the environment."""


@dataclass(frozen=True)
class Described:
    """A description as machines read it, and a key for what it describes."""

    schema: BaseSchema
    key: str


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    folder: Path = tmp_path_factory.mktemp("described")
    (folder / "pittari.toml").write_text("")
    engine = Engine.open(project(folder))
    world = known_world()
    engine.store.catalog.put_items(Item(id=name) for name in world.knowledge.catalog.ids)
    learned = {n: (p.arrays, "known", {}) for n, p in world.knowledge.parameters.items()}
    engine.store.parameters.publish(learned, clock.now())
    app = create_app(engine)
    with TestClient(app):
        schema = schemathesis.openapi.from_asgi("/openapi.json", app)
        yield Described(schema, engine.store.keys.create("admin", "admin"))
    engine.close()


ASKED = [
    pytest.param(operation, mode, id=f"{operation.name}-{mode.value}")
    for operation in OPERATIONS
    for mode in GenerationMode
    if mode is not GenerationMode.NEGATIVE or operation.fields or operation.body
]
"""Each operation with good and with bad input, where there is something in it to be wrong about."""


@pytest.mark.parametrize(("operation", "mode"), ASKED)
def test_every_answer_is_one_the_description_promises(
    described: Described, operation: Operation, mode: GenerationMode
) -> None:
    one = described.schema[operation.path][operation.method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=one.as_strategy(generation_mode=mode))
    def holds(case: Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {described.key}"})

    holds()


@pytest.mark.parametrize("context", [None, {}, {"text": "おは"}, {"text": "a", "caret": "-1"},
                                     {"text": "a", "caret": "1"}, {"caret": "1"}])  # fmt: skip
@pytest.mark.parametrize("touchpoint", ["shelf", "suggest"])
def test_a_question_that_fits_the_description_is_answered_and_no_other(
    described: Described, touchpoint: str, context: dict[str, str] | None
) -> None:
    asked = {"touchpoint": touchpoint, "user": "u"} | (
        {} if context is None else {"context": context}
    )
    of = {"$ref": "#/components/schemas/Question", **described.schema.raw_schema}
    with TestClient(described.schema.app) as door:
        key = {"Authorization": f"Bearer {described.key}"}
        answered = door.post("/v1/decisions", json=asked, headers=key).status_code
    assert answered == (200 if jsonschema_rs.is_valid(of, asked) else 422)


def test_every_address_is_described_and_every_operation_has_a_name(described: Described) -> None:
    paths = described.schema.raw_schema["paths"]
    assert {*paths, "/docs", "/openapi.json"} == set(PATHS)
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_the_page_tells_every_operation_and_runs_nothing(described: Described) -> None:
    page = described.schema.app  # the same door
    with TestClient(page) as door:
        told = door.get("/docs")
    assert "default-src 'none'" in told.headers["content-security-policy"]
    assert "<script" not in told.text
    for operation in OPERATIONS:
        assert f'id="{operation.name}"' in told.text
        assert operation.path in told.text
