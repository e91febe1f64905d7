"""Repairs of freely composed JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.mended import LONG, body, repaired, wired

_A, _B = '"a":{"type":"number","minimum":1}', '"b":{"enum":["x","y","z"]}'
_A_TURNED = '"a":{"minimum":1,"type":"number"}'
OLD = f'{{"type":"object","properties":{{{_A},{_B}}},"required":["a"]}}'


def sent(schema: str, *contents: Any) -> bytes:
    tool = {"name": "read", "description": LONG, "input_schema": "@"}
    return wired(body(*contents, tools=[tool])).replace(b'"@"', schema.encode())


@pytest.mark.parametrize(
    ("new", "kept"),
    [
        (
            f'{{ "required" : ["a"], "properties":{{{_B},{_A_TURNED}}} ,"type":"\\u006fbject"}}',
            f'{{ "type":"\\u006fbject", "properties":{{{_A},{_B}}} ,"required" : ["a"]}}',
        ),
        (OLD.replace(":1}", ":1.0 }"), OLD.replace(":1}", ":1 }")),
        (
            OLD.replace('["x","y","z"]', '["z", "x","\\u0079"]'),
            OLD.replace('["x","y","z"]', '["x", "\\u0079","z"]'),
        ),
    ],
    ids=["key order", "number", "items"],
)
def test_the_old_order_and_spelling_come_back_and_the_rest_stays_as_sent(new: str, kept: str) -> None:
    found = repaired(sent(OLD, "q1"), sent(new, "q1", "a1", "q2"))
    assert not found.left
    assert found.body == sent(kept, "q1", "a1", "q2")
    assert found.proof.effect == "hit"


def test_a_new_value_in_a_schema_is_left() -> None:
    new = sent(OLD.replace(":1}", ":2}"), "q1", "a1", "q2")
    found = repaired(sent(OLD, "q1"), new)
    assert found.body == new
    assert [cause.id for cause in found.left] == ["tool-schema-changed"]


def test_a_document_inside_a_string_is_spelled_as_before() -> None:
    rows = [{"number": number, "title": f"Größe {number}"} for number in range(40)]
    talk = ["q1", [{"type": "tool_use", "id": "t", "name": "read", "input": {}}]]

    def told(content: str) -> list[Any]:
        return [*talk, [{"type": "tool_result", "tool_use_id": "t", "content": content}]]

    before = body(*told(json.dumps(rows, ensure_ascii=False)))
    after = body(*told(json.dumps(rows)), "a2", "q3")
    found = repaired(before, after)
    assert json.loads(found.body)["messages"][:3] == before["messages"]
    assert found.proof.effect == "hit"
