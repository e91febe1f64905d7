"""Answers that have to have a shape: the input of a forced tool, and JSON that fits a schema."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import jsonschema
import pytest
from anthropic.types import TextBlock, ToolUseBlock
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from coldbyte.services.simulator.schema_example import example
from services.simulator_world import MODEL, World, run, user

INPUT = {
    "type": "object",
    "properties": {"when": {"type": "string"}, "hours": {"type": "integer", "minimum": 3}},
    "required": ["when", "hours"],
}
TOOLS = [
    {"type": "web_search_20250305", "name": "web_search"},
    {"name": "one", "input_schema": {"type": "object"}},
    {"name": "two", "input_schema": INPUT},
]


@pytest.mark.parametrize(
    ("choice", "name", "given"),
    [
        ({"type": "any"}, "one", {}),
        ({"type": "tool", "name": "two"}, "two", {"when": "simulated", "hours": 3}),
    ],
)
def test_a_forced_tool_is_called_whole_and_streamed(
    choice: dict[str, str], name: str, given: dict[str, object]
) -> None:
    async def story(world: World) -> None:
        client = await world.client()
        body: dict[str, Any] = {"tools": TOOLS, "tool_choice": choice, "messages": [user("When?")]}
        whole = await client.messages.create(model=MODEL, max_tokens=500, **body)
        async with client.messages.stream(model=MODEL, max_tokens=500, **body) as stream:
            streamed = await stream.get_final_message()
        for message in (whole, streamed):
            assert message.stop_reason == "tool_use"
            (block,) = message.content
            assert isinstance(block, ToolUseBlock)
            assert (block.name, block.input) == (name, given)
            assert block.id.startswith("toolu_")

    run(story)


def test_without_force_there_is_a_text() -> None:
    async def story(world: World) -> None:
        answer = await world.ask(messages=[user("When?")], tools=TOOLS, tool_choice={"type": "auto"})
        assert isinstance(answer.content[0], TextBlock)

    run(story)


class Hours(BaseModel):
    opens: date
    kind: Literal["shop", "bakery"]
    days: list[int]
    note: str | None
    inner: dict[str, int] = {}


def test_an_answer_is_parsed_into_the_caller_s_own_class() -> None:
    async def story(world: World) -> None:
        client = await world.client()
        parsed = await client.messages.parse(
            model=MODEL,
            max_tokens=500,
            messages=[{"role": "user", "content": "When?"}],
            output_format=Hours,
        )
        assert isinstance(parsed.parsed_output, Hours)
        assert parsed.parsed_output.kind == "shop"

    run(story)


SCHEMAS = st.recursive(
    st.sampled_from(
        [
            {"type": "string"},
            {"type": "string", "minLength": 30},
            {"type": "integer", "minimum": 7},
            {"type": "number"},
            {"type": "boolean"},
            {"type": "null"},
            {"type": ["string", "null"]},
            {"enum": [3, "x"]},
            {"const": {"a": [1]}},
            {"$ref": "#/$defs/leaf"},
        ]
    ),
    lambda part: (
        st.builds(lambda items: {"type": "array", "items": items, "minItems": 2}, part)
        | st.builds(
            lambda members: {"type": "object", "properties": members, "required": list(members)},
            st.dictionaries(st.sampled_from("abc"), part, max_size=3),
        )
        | st.builds(lambda options: {"anyOf": options}, st.lists(part, min_size=1, max_size=2))
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_an_example_fits_its_schema(schema: dict[str, Any]) -> None:
    whole = {**schema, "$defs": {"leaf": {"type": "string"}}}
    jsonschema.validate(example(whole), whole)


@pytest.mark.parametrize(
    "schema",
    [
        None,
        {},
        {"$ref": "#"},
        {"$ref": "#/no/such"},
        {"type": "array", "minItems": 10**9, "items": {"$ref": "#"}},
        {"type": "object", "properties": {name: {"$ref": "#"} for name in "abcdefghij"}},
        {"type": []},
        {"anyOf": []},
    ],
)
def test_a_schema_that_goes_on_for_ever_or_means_nothing_has_a_small_example(schema: Any) -> None:
    assert len(repr(example(schema))) < 200_000
