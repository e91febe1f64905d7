"""Repairs of breakpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.mended import HOUR, LONG, MARK, body, offered, repaired, text, wired

FIVE = {"cache_control": {"type": "ephemeral", "ttl": "5m"}}
TOOL: dict[str, Any] = {"name": "read", "description": LONG, "input_schema": {"type": "object"}}


def plain(*contents: Any, **more: Any) -> dict[str, Any]:
    made = body(*contents, **more)
    return {key: value for key, value in made.items() if key != "cache_control"}


def marks(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            where = f"{path}.{key}" if path else key
            yield from [(path, item)] if key == "cache_control" else marks(item, where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from marks(item, f"{path}[{index}]")


def marked(data: bytes) -> dict[str, Any]:
    """The lifetime of each breakpoint by its place."""
    return {path: control.get("ttl", "5m") for path, control in marks(json.loads(data))}


def test_breakpoints_that_were_lost_stand_on_the_same_blocks_again() -> None:
    before = body([text("q1", **MARK)], system=[text(LONG, **HOUR)], tools=[{**TOOL, **HOUR}])
    after = plain("q1", "a1", "q2", tools=[TOOL])
    found = repaired(before, after)
    assert marked(found.body) == {
        "tools[0]": "1h",
        "system[0]": "1h",
        "messages[0].content[0]": "5m",
        "": "5m",
    }
    assert found.proof.effect == "hit"
    stripped = json.loads(found.body)
    assert stripped["messages"][2] == after["messages"][2]


def test_a_request_that_never_asked_for_caching_gets_the_automatic_breakpoint() -> None:
    found = repaired(plain("q1"), plain("q1", "a1", "q2"))
    assert json.loads(found.body) == {**plain("q1", "a1", "q2"), **MARK}
    assert [cause.id for cause in found.done] == ["no-cache-control"]


def test_of_too_many_those_go_that_the_earlier_request_had_not() -> None:
    before = plain([text("q1", **MARK)], "a1", "q2", system=[text(LONG, **MARK)], tools=[{**TOOL, **MARK}])
    after = plain(
        [text("q1", **MARK)],
        [text("a1", **MARK)],
        [text("q2", **MARK)],
        "a2",
        [text("q3", **MARK)],
        system=[text(LONG, **MARK)],
        tools=[{**TOOL, **MARK}],
    )
    found = repaired(before, after)
    places = ["tools[0]", "system[0]", "messages[0].content[0]", "messages[4].content[0]"]
    assert sorted(marked(found.body)) == sorted(places)
    assert found.proof.effect == "hit"


def test_longer_lifetimes_come_first() -> None:
    before = plain([text("q1", **MARK)], system=[text(LONG, **MARK)], tools=[TOOL])
    after = body(
        [text("q1", **MARK)], "a1", "q2", system=[text(LONG, **FIVE)], tools=[{**TOOL, **MARK}], **HOUR
    )
    found = repaired(before, after)
    assert marked(found.body) == {
        "tools[0]": "1h",
        "system[0]": "1h",
        "messages[0].content[0]": "1h",
        "": "1h",
    }
    assert found.proof.effect == "hit"


@pytest.mark.parametrize(
    ("block", "control"),
    [
        ({"type": "thinking", "thinking": "t", "signature": "s"}, MARK),
        ({"type": "thinking", "thinking": "t", "signature": "s"}, HOUR),
    ],
)
def test_a_breakpoint_that_is_not_allowed_moves_to_the_block_before(block: Any, control: Any) -> None:
    before = plain("q1", [block, text("a1")], "q2", system=[text(LONG, **HOUR)])
    after = plain("q1", [{**block, **control}, text("a1")], "q2", "a2", "q3", system=[text(LONG, **HOUR)])
    found = repaired(before, after)
    lifetime = control["cache_control"].get("ttl", "5m")
    assert marked(found.body) == {"system[0]": "1h", "messages[0].content[0]": lifetime}
    assert found.proof.effect == "hit"


def test_a_breakpoint_of_a_deferred_tool_moves_to_the_tool_before() -> None:
    late = {**TOOL, "name": "find", "defer_loading": True}
    before = plain("q1", tools=[{**TOOL, **MARK}, late])
    after = plain("q1", "a1", "q2", tools=[TOOL, {**late, **MARK}])
    found = repaired(before, after)
    assert marked(found.body) == {"tools[0]": "5m"}
    assert found.proof.effect == "hit"


@pytest.mark.parametrize(
    ("control", "lifetime"),
    [({"type": "persistent"}, "1h"), ({"type": "ephemeral", "ttl": "2h"}, "1h"), (7, "1h")],
)
def test_a_wrong_value_becomes_the_old_one(control: Any, lifetime: str) -> None:
    before = plain("q1", system=[text(LONG, **HOUR)])
    after = plain("q1", "a1", "q2", system=[text(LONG, cache_control=control)])
    found = repaired(before, after)
    assert marked(found.body) == {"system[0]": lifetime}
    assert found.proof.effect == "hit"


def test_two_lifetimes_of_the_last_block_become_one() -> None:
    before = plain("q1", system=[text(LONG, **HOUR)])
    after = body("q1", "a1", [text("q2", **HOUR)], system=[text(LONG, **HOUR)])
    found = repaired(before, after)
    assert marked(found.body) == {"system[0]": "1h", "messages[2].content[0]": "1h", "": "1h"}
    assert found.proof.effect == "hit"


@pytest.mark.parametrize("full", [False, True])
def test_a_breakpoint_stands_again_where_the_search_would_have_found_it(full: bool) -> None:
    before = body("q1", system=[text(LONG, **HOUR) if full else text(LONG)])
    blocks = [text(f"b{number}") for number in range(30)]
    if full:
        blocks[24] = text("b24", **MARK)
        blocks[27] = text("b27", **MARK)
    after = body("q1", "a1", blocks, system=before["system"])
    found = repaired(before, after)
    assert [cause.id for cause in found.done] == ["lookback-window-exceeded"]
    assert found.proof.effect == "hit"
    assert len(marked(found.body)) <= 4
    assert marked(found.body)["messages[0].content[0]"] == "5m"


def test_an_anchor_that_moved_back_stands_where_it_stood() -> None:
    before = plain([text("q1")], "a1", [text("q2", **MARK)])
    after = plain([text("q1", **MARK)], "a1", [text("q2")], "a2", "q3")
    found = repaired(before, after)
    assert marked(found.body) == {"messages[0].content[0]": "5m", "messages[2].content[0]": "5m"}
    assert found.proof.effect == "hit"


def test_an_hour_is_asked_for_again() -> None:
    before = body("q1", system=[text(LONG, **HOUR)], **HOUR)
    after = body("q1", "a1", "q2", system=[text(LONG, **MARK)], **MARK)
    # Sent ten minutes later, the entry is still there, so that the lifetime alone costs nothing.
    exchange = {"request": after, "started_at": 1_795_430_600.0}
    old = {"request": before, "started_at": 1_795_430_000.0}
    found = repaired(wired(old), wired(exchange))
    assert found.proof.effect == "hit"
    assert not found.done
    assert marked(found.body) == {"": "5m", "system[0]": "5m"}


def test_a_breakpoint_on_what_changes_is_for_a_person_to_move() -> None:
    before, after = body("What is in the first file?"), body("Name ten towns by the sea, please.")
    assert offered(before, after) == []
    assert repaired(before, after).body == wired(after)
