"""What the API would refuse in a tool is said with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Tool
from coldbyte.core.text.text import Text
from coldbyte.core.tool_check import tool_name, tool_trouble, tool_troubles

GOOD: dict[str, Any] = {"name": "get_weather", "description": "d", "input_schema": {"type": "object"}}


def text(value: object) -> Text:
    return Text.from_str(value if isinstance(value, str) else json.dumps(value))


def test_a_good_tool_has_no_trouble_and_an_empty_one_is_not_sent() -> None:
    assert tool_trouble(text(GOOD)) == ""
    assert tool_trouble(Text()) == ""
    assert tool_trouble(text({"type": "web_search_20260209", "name": "web_search"})) == ""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('{\n "name": "a",\n}', "line 3"),
        ("[]", "JSON object"),
        ({**GOOD, "name": ""}, "`name`"),
        ({**GOOD, "name": "a b"}, "`name`"),
        ({**GOOD, "name": "x" * 129}, "`name`"),
        ({"name": "a"}, "`input_schema` is missing"),
        ({**GOOD, "input_schema": []}, "`input_schema` is missing"),
        ({**GOOD, "input_schema": {"type": "array"}}, '"type": "object"'),
        ({**GOOD, "input_schema": {}}, '"type": "object"'),
    ],
)
def test_each_trouble_is_named(value: object, said: str) -> None:
    assert said in tool_trouble(text(value))


def test_two_tools_of_one_name_are_both_told() -> None:
    tools = [Tool("1", text(GOOD)), Tool("2", text({**GOOD, "name": "other"})), Tool("3", text(GOOD))]
    assert set(tool_troubles(tools)) == {"1", "3"}
    assert "get_weather" in tool_troubles(tools)["1"]


@given(st.text())
def test_no_text_makes_it_fail(words: str) -> None:
    encodable = words.encode(errors="replace").decode()
    value = Text.from_str(encodable)
    assert isinstance(tool_name(value), str)
    assert isinstance(tool_trouble(value), str)
