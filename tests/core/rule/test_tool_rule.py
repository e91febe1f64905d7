from __future__ import annotations

from typing import Any

import pytest

from core.stored_body import of_bodies, only, stored


def tool(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "description": f"Tool {name}.", "input_schema": {"type": "object"}, **fields}


@pytest.mark.parametrize(
    ("before", "after", "name", "where"),
    [
        ([tool("a"), tool("b")], [tool("b"), tool("a")], "tools-reordered", "tools[0]"),
        ([tool("a"), tool("b")], [tool("a"), tool("x"), tool("b")], "tool-set-changed", "tools[1]"),
        ([tool("a"), tool("b")], [tool("a")], "tool-set-changed", "tools[1]"),
        ([], [tool("a")], "tool-set-changed", "tools[0]"),
        (
            [tool("a", description="Helpers: reviewer")],
            [tool("a", description="Helpers: reviewer, writer")],
            "tool-description-changed",
            "tools[0].description",
        ),
        (
            [tool("a", description="Don't")],
            [tool("a", description="Don\u2019t")],
            "typography-changed",
            "tools[0].description",
        ),
        (
            [tool("a")],
            [tool("a", input_schema={"type": "object", "required": ["q"]})],
            "tool-schema-changed",
            "tools[0].input_schema.required",
        ),
        (
            [tool("a", input_schema={"type": "object", "required": []})],
            [tool("a", input_schema={"required": [], "type": "object"})],
            "json-key-reordered",
            "tools[0].input_schema",
        ),
    ],
)
def test_a_change_of_the_tools_has_its_own_cause(
    before: list[Any], after: list[Any], name: str, where: str
) -> None:
    cause = only(of_bodies(stored(tools=before), stored(tools=after)))
    assert (cause.id, cause.where, cause.tier) == (name, where, "tools")


def test_web_search_acts_on_the_system_tier() -> None:
    web = {"type": "web_search_20250305", "name": "web_search"}
    cause = only(of_bodies(stored(tools=[tool("a")]), stored(tools=[tool("a"), web])))
    assert (cause.id, cause.where, cause.tier) == ("server-feature-toggled", "tools[1]", "system")


def test_added_and_removed_tools_are_named() -> None:
    cause = only(
        of_bodies(stored(tools=[tool("a"), tool("b")]), stored(tools=[tool("a"), tool("C"), tool("d")]))
    )
    assert (
        cause.say == "Tools “C”, “d” were added and tool “b” was removed: tools stand in front of everything."
    )
    assert cause.count == 3


def test_a_tool_that_moved_and_changed_is_two_causes() -> None:
    before, after = [tool("a"), tool("b")], [tool("b", description="Other."), tool("a")]
    found = of_bodies(stored(tools=before), stored(tools=after))
    assert [cause.id for cause in found.causes] == ["tools-reordered", "tool-description-changed"]


def test_unchanged_tools_have_no_cause() -> None:
    found = of_bodies(stored(tools=[tool("a")], system="S"), stored(tools=[tool("a")], system="T"))
    assert [cause.id for cause in found.causes] == ["text-edited"]


def test_another_version_of_a_tool_is_no_date() -> None:
    old, new = (
        {"type": f"web_search_{day}", "name": "web_search", "max_uses": 3} for day in ("20250305", "20260209")
    )
    cause = only(of_bodies(stored(tools=[old]), stored(tools=[new])))
    assert (cause.id, cause.where) == ("tool-schema-changed", "tools[0].type")
    assert cause.say.startswith("Tool “web_search”: the field “type” changed from ")
