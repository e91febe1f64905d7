"""Every marker of a body is found at its place, and the API's rules for places are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.marker import Marker, contested, counted, effective, markers_of, out_of_order
from coldbyte.core.text.text import Text

Object = dict[str, Any]
FIVE: Object = {"cache_control": {"type": "ephemeral"}}
HOUR: Object = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}


def text(chars: str | Text = "x", **more: Any) -> Object:
    return {"type": "text", "text": chars, **more}


def body(**fields: Any) -> RequestBody:
    return RequestBody({"model": "m", "messages": [{"role": "user", "content": "q"}], **fields})


def user(*blocks: Any, **more: Any) -> Object:
    return {"role": "user", "content": list(blocks), **more}


def found(asked: RequestBody) -> list[tuple[str, str | None, str | None]]:
    return [(marker.where, marker.ttl, marker.problem) for marker in markers_of(asked)]


def only(asked: RequestBody) -> Marker:
    (marker,) = markers_of(asked)
    return marker


def test_markers_stand_in_cache_order_with_the_automatic_one_at_its_place() -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": [text(**HOUR)], **FIVE}
    asked = body(
        messages=[user(result, text()), user({"type": "thinking", "thinking": "t", **FIVE})],
        cache_control={"type": "ephemeral", "ttl": "1h"},
        system=[text(), text(**FIVE)],
        tools=[{"name": "f"}, {"name": "g", **HOUR}],
    )
    assert found(asked) == [
        ("tools[1]", "1h", None),
        ("system[1]", "5m", None),
        ("messages[0].content[0].content[0]", "1h", None),
        ("messages[0].content[0]", "5m", None),
        ("cache_control", "1h", None),
        ("messages[1].content[0]", "5m", "thinking"),
    ]
    nested, automatic = markers_of(asked)[2], markers_of(asked)[4]
    assert nested.nested
    assert nested.block == "messages[0].content[0]"
    assert automatic.automatic
    assert automatic.block == "messages[0].content[1]"
    assert (automatic.control, automatic.lifetime) == ("cache_control", "cache_control.ttl")
    assert markers_of(asked)[3].lifetime == "messages[0].content[0].cache_control"


@pytest.mark.parametrize(
    ("asked", "where", "problem"),
    [
        (body(system=[text("", **FIVE)]), "system[0]", "empty-text"),
        (body(system=[text(Text(), **FIVE)]), "system[0]", "empty-text"),
        (body(messages=[user({"type": "redacted_thinking", **FIVE})]), "messages[0].content[0]", "thinking"),
        (body(tools=[{"name": "f", "defer_loading": True, **FIVE}]), "tools[0]", "deferred"),
        (
            body(messages=[{**user(text(**FIVE)), "role": "system", "clear_at": "next_user_message"}]),
            "messages[0].content[0]",
            "turn-scoped",
        ),
        (body(messages=[user(text(), **FIVE)]), "messages[0]", "message"),
        (body(system=[text(cache_control="ephemeral")]), "system[0]", "not-object"),
        (body(system=[text(cache_control={"type": "eternal"})]), "system[0]", "wrong-type"),
        (body(system=[text(cache_control={})]), "system[0]", "wrong-type"),
        (body(system=[text(cache_control={"type": "ephemeral", "ttl": "2h"})]), "system[0]", "wrong-ttl"),
        (
            body(messages=[user(text(citations=[{"type": "char_location", **FIVE}]))]),
            "messages[0].content[0].citations[0]",
            "sub-block",
        ),
        (
            body(
                messages=[
                    user({"type": "document", "source": {"type": "content", "content": [text(**FIVE)]}})
                ]
            ),
            "messages[0].content[0].source.content[0]",
            "sub-block",
        ),
        (
            body(tools=[{"type": "mcp_toolset", "configs": {"a b": {**FIVE}}}]),
            'tools[0].configs["a b"]',
            "sub-block",
        ),
        (
            body(messages=[user({"type": "tool_result", "content": [text("", **FIVE)]})]),
            "messages[0].content[0].content[0]",
            "empty-text",
        ),
    ],
)
def test_a_marker_where_none_can_stand_is_named_by_its_problem(
    asked: RequestBody, where: str, problem: str
) -> None:
    marker = only(asked)
    assert (marker.where, marker.problem) == (where, problem)
    assert effective([marker]) == ()


@pytest.mark.parametrize(
    "asked",
    [
        body(cache_control=None, system=[text(cache_control=None)]),
        body(tools=[{"name": "f", "input_schema": {"properties": {"cache_control": {"type": "ephemeral"}}}}]),
        body(messages=[user({"type": "tool_use", "id": "t", "name": "f", "input": {**FIVE}})]),
        body(system="cache_control", messages=[{"role": "user", "content": '{"cache_control":{}}'}]),
    ],
)
def test_what_only_looks_like_a_marker_is_none(asked: RequestBody) -> None:
    assert markers_of(asked) == ()


def test_a_marked_message_does_not_count_its_blocks_twice() -> None:
    asked = body(messages=[user(text(**FIVE), **FIVE)])
    assert found(asked) == [("messages[0]", "5m", "message"), ("messages[0].content[0]", "5m", None)]


def test_the_automatic_marker_walks_back_to_what_can_carry_it() -> None:
    thinking = {"type": "thinking", "thinking": "t"}
    asked = body(messages=[user(text("q"), text(""), thinking)], system="S", **FIVE)
    assert only(asked).block == "messages[0].content[0]"
    assert only(body(messages=[{"role": "user", "content": "q"}], **FIVE)).block == "messages[0].content"
    assert only(body(messages=[user(thinking)], system="S", **FIVE)).block == "system"
    assert only(body(messages=[user(thinking)], **FIVE)).block == ""


def test_an_automatic_marker_takes_no_place_where_its_block_has_one() -> None:
    four = [text(**FIVE)] * 4
    assert len(counted(markers_of(body(messages=[user(*four)], **FIVE)))) == 4
    assert len(counted(markers_of(body(messages=[user(*four, text())], **FIVE)))) == 5
    nested = {"type": "tool_result", "content": [text(**FIVE)]}
    assert len(counted(markers_of(body(messages=[user(nested)], **FIVE)))) == 2


def test_two_lifetimes_for_one_block_contest_each_other() -> None:
    same = markers_of(body(messages=[user(text(**HOUR))], **HOUR))
    other = markers_of(body(messages=[user(text(**HOUR))], **FIVE))
    apart = markers_of(body(messages=[user(text(**HOUR), text())], **FIVE))
    assert contested(same) is None
    assert contested(apart) is None
    assert contested(other) == other[-1]
    assert other[-1].automatic


@given(st.lists(st.sampled_from(["5m", "1h", None]), max_size=6))
def test_the_first_hour_behind_five_minutes_is_out_of_order(lifetimes: list[Any]) -> None:
    late = [n for n, ttl in enumerate(lifetimes) if ttl == "1h" and "5m" in lifetimes[:n]]
    assert out_of_order(lifetimes) == (late[0] if late else None)


MARK = st.sampled_from([{}, {}, FIVE, HOUR, {"cache_control": None}, {"cache_control": {"type": "x"}}])
CHARS = st.sampled_from(["", "a", "bc"])
INNER = st.builds(lambda chars, mark: text(chars, **mark), CHARS, MARK)
BLOCK = st.one_of(
    INNER,
    st.builds(lambda mark: {"type": "thinking", "thinking": "t", **mark}, MARK),
    st.builds(lambda mark: {"type": "tool_use", "id": "t", "name": "f", "input": {**FIVE}, **mark}, MARK),
    st.builds(
        lambda inner, mark: {"type": "tool_result", "tool_use_id": "t", "content": inner, **mark},
        st.lists(INNER, max_size=2) | CHARS,
        MARK,
    ),
    st.builds(
        lambda data, mark: {"type": "document", "source": {"type": "text", "data": data}, **mark}, CHARS, MARK
    ),
)
TOOL = st.builds(lambda mark: {"name": "f", "input_schema": {**FIVE}, **mark}, MARK)
MESSAGE = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["user", "assistant"]),
    CHARS | st.lists(BLOCK, max_size=3),
)
BODY = st.builds(
    lambda tools, system, messages, mark: RequestBody(
        {"model": "m", "tools": tools, "system": system, "messages": messages, **mark}
    ),
    st.lists(TOOL, max_size=2),
    CHARS | st.lists(INNER, max_size=2),
    st.lists(MESSAGE, max_size=4),
    MARK,
)


def walk(value: Any, path: str) -> Iterator[str]:
    """The owners of markers, by looking at every place of the tree that is no free content."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in ("input", "input_schema", "cache_control"):
                yield from walk(item, f"{path}.{key}" if path else key)
        if value.get("cache_control") is not None:
            yield path or "cache_control"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from walk(item, f"{path}[{index}]")


@given(BODY)
def test_all_markers_are_found_and_no_others(asked: RequestBody) -> None:
    explicit = [marker.where for marker in markers_of(asked) if not marker.automatic]
    everywhere = list(walk(asked.fields, ""))
    assert explicit == [where for where in everywhere if where != "cache_control"]
    assert sorted(everywhere) == sorted(marker.where for marker in markers_of(asked))


@given(BODY)
def test_markers_that_take_effect_are_the_breakpoints_of_the_prefix(asked: RequestBody) -> None:
    taken = [marker for marker in markers_of(asked) if marker.problem is None and marker.block]
    prefix = prefix_of(asked)
    points = {block_path(prefix.blocks[index].where) for index in prefix.breakpoints}
    hidden = {m.block for m in markers_of(asked) if m.nested and m.problem == "empty-text" and m.ttl}
    assert {marker.block for marker in taken} <= points <= {marker.block for marker in taken} | hidden
