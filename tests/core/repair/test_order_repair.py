"""Repairs of the order of tools and blocks."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.mended import LONG, MARK, body, repaired, spelled, text

NAMES = ("read", "find", "bash", "edit", "todo")


def tools(*names: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "description": f"{name}: {LONG}", "input_schema": {"type": "object"}} for name in names
    ]


@settings(max_examples=25)
@given(st.permutations(NAMES), st.integers(0, 4), st.data())
def test_tools_stand_as_they_stood_and_the_breakpoint_keeps_its_place(
    order: list[str], at: int, data: st.DataObject
) -> None:
    before = body("q1", tools=tools(*NAMES))
    after = body("q1", "a1", "q2", tools=tools(*order))
    after["tools"][at] |= MARK
    found = repaired(data.draw(spelled(before)), data.draw(spelled(after)))
    wanted = tools(*NAMES)
    wanted[at] |= MARK
    assert json.loads(found.body) == {**after, "tools": wanted}
    assert found.proof.effect == "hit"


def test_a_deferred_tool_among_them_stays_where_it_is() -> None:
    late = {"name": "late", "input_schema": {}, "defer_loading": True}
    before = body("q1", tools=tools("read", "find"))
    after = body("q1", "a1", "q2", tools=[*tools("find"), late, *tools("read")])
    found = repaired(before, after)
    assert json.loads(found.body)["tools"] == [*tools("read"), late, *tools("find")]


@settings(max_examples=25)
@given(st.permutations(range(4)))
def test_documents_of_a_message_stand_as_they_stood(order: list[int]) -> None:
    documents = [text(f"Document {number}. {LONG}") for number in range(4)]
    before = body([*documents, text("q1")])
    after = body([*(documents[number] for number in order), text("q1")], "a1", "q2")
    found = repaired(before, after)
    assert json.loads(found.body)["messages"][0] == before["messages"][0]
    assert found.proof.effect == "hit"
