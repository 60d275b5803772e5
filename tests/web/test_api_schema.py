"""The interface keeps what it describes: every operation, with arguments nobody thought of (trust R11).

No 5xx, every answer is one the description names and has the shape it names, nothing is said to nobody, nothing foreign.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shouwang.casework import actions
from shouwang.web.api import batches, cases, clues, households, me, rules, screenings, written
from shouwang.web.api.errors import Refusal
from shouwang.web.api.interface import api
from tests.accounts.conftest import sign_in
from tests.casework.conftest import MakeHouse, Staff, house, staff

__all__ = ["house", "staff"]
pytestmark = pytest.mark.django_db

SCHEMA: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
OPERATIONS = [(path, method) for path, methods in SCHEMA["paths"].items() for method in methods]
_PARTS = (batches, cases, clues, households, me, rules, screenings, written)
#: Shapes by the name the description gives them.
SHAPES = {
    name: shape for part in _PARTS for name, shape in vars(part).items() if isinstance(shape, type) and hasattr(shape, "model_fields")
} | {"Refusal": Refusal}  # fmt: skip
#: Words of a unit the caller may not see.
FOREIGN = "鹮"
_NASTY = st.sampled_from(
    ["", "0", "-1", "9" * 30, "x" * 500, "a\x00b", "'; --", "%", "../..", "户", "null", "[]", "2020-13-45"]
)
_ANY = st.one_of(
    _NASTY,
    st.text(max_size=20),
    st.integers().map(str),
    st.uuids().map(str),
    st.booleans().map(str),
    st.dates().map(str),
)
_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _ANY),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def values(schema: dict[str, Any], known: dict[str, list[str]], name: str) -> st.SearchStrategy[Any]:
    """What fits a schema, roughly, now and then something that does not."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return st.one_of(*(values(one, known, name) for one in schema["anyOf"]))
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(-3, 300),
        "boolean": st.booleans(),
        "null": st.none(),
        "array": st.lists(_ANY, max_size=2),
        "object": st.dictionaries(st.text(max_size=8), _JSON, max_size=3),
        "string": st.one_of(_ANY, st.sampled_from(schema.get("enum") or known.get(name) or ["x"])),
    }
    if "properties" in schema:
        return st.fixed_dictionaries(
            {}, optional={key: values(one, known, key) for key, one in schema["properties"].items()}
        )
    return st.one_of(kinds.get(schema.get("type", "string"), _ANY), _ANY)


@st.composite
def requests(
    draw: Any, path: str, method: str, known: dict[str, list[str]]
) -> tuple[str, dict[str, Any], Any, dict[str, str]]:
    """An address filled in, a query, a body, headers."""
    operation, query, headers = SCHEMA["paths"][path][method], {}, {}
    for parameter in operation.get("parameters", []):
        name, where = parameter["name"], parameter["in"]
        if where != "path" and not parameter.get("required") and draw(st.booleans()):
            continue
        value = draw(values(parameter["schema"], known, name))
        if where == "path":
            text = draw(st.sampled_from(known.get(name, ["x"]))) if draw(st.integers(0, 3)) else str(value)
            path = path.replace(f"{{{name}}}", text.replace("/", "").replace("\x00", "") or "x")
        elif where == "query":
            query[name] = "" if value is None else value
        else:
            headers[name] = (
                str(uuid4())
                if draw(st.booleans())
                else str(value).encode("ascii", "ignore").decode().replace("\x00", "")
            )
    body = None
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = draw(st.one_of(values(schema, known, ""), _JSON))
    return path, query, body, {name: " ".join(value.split()) for name, value in headers.items()}


@pytest.fixture
def known(staff: Staff, house: MakeHouse) -> dict[str, list[str]]:
    """Numbers that exist, one's own and foreign ones, so that not all that is asked ends in a 404."""
    own, foreign = house("c1"), house("c81")
    foreign.people.update(name=f"{FOREIGN}某")
    case = actions.open_case(by=staff.cadre, household=own)
    clue = actions.report_clue(by=staff.cadre, household=house("c1"), sentence="看到")
    far = staff.make("far", "cadre", "c81")
    other = actions.open_case(by=far, household=foreign)
    told = actions.report_clue(by=far, household=house("c81"), sentence=f"{FOREIGN}看到")
    return {
        "uuid": [str(own.uuid), str(clue.uuid), str(foreign.uuid), str(told.uuid)], "number": [case.number, other.number],
        "household": [str(own.uuid), str(foreign.uuid)], "step": ["declare", "visit", "confirm"], "way": ["self", "declared"],
        "unit": [str(own.unit.uuid), str(foreign.unit.uuid)], "policy": ["qituan-2020", "national-2021"],
        "kind": ["step", "clue"], "on": ["2020-06-01", "1900-01-01", "9999-12-31"],
    }  # fmt: skip


def test_every_refusal_an_operation_may_give_is_described() -> None:
    for path, method in OPERATIONS:
        operation = SCHEMA["paths"][path][method]
        assert {"200", "401", "404", "409", "422", "429"} <= operation["responses"].keys(), path
        assert operation["summary"] and operation["security"], path
        assert method == "get" or any(
            one["name"] == "Idempotency-Key" and one["required"] for one in operation["parameters"]
        )


def test_amounts_are_whole_fen_by_name() -> None:
    """A number of money is an integer called *_fen; nothing in the description is a float."""
    text = json.dumps(SCHEMA)
    assert '"type": "number"' not in text
    fen = {
        name
        for shape in SCHEMA["components"]["schemas"].values()
        for name in shape.get("properties", {})
        if "fen" in name
    }
    assert fen == {"income_fen", "cost_fen", "net_fen", "rigid_fen", "claims_fen", "value_fen"}


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(data=st.data())
def test_every_operation_keeps_to_its_description(
    known: dict[str, list[str]], staff: Staff, settings: Any, path: str, method: str, data: Any
) -> None:
    settings.API_PER_MINUTE = 10**9
    who = data.draw(st.sampled_from(["office", "cadre", "hospital", "corps", "nobody"]))
    where, query, body, headers = data.draw(requests(path, method, known))
    client = Client() if who == "nobody" else sign_in(Client(), staff[who])
    if method == "get":
        answer = client.get(where, query, headers=headers)
    else:
        answer = client.post(where, json.dumps(body), content_type="application/json", headers=headers)
    described = SCHEMA["paths"][path][method]["responses"]
    assert str(answer.status_code) in described, (where, answer.status_code, answer.content[:300])
    assert who != "nobody" or answer.status_code == 401
    shape = described[str(answer.status_code)]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    TypeAdapter(SHAPES[shape]).validate_json(answer.content)
    assert FOREIGN not in answer.content.decode()
