from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.capture import read_capture
from coldbyte.core.json.value import Json, Pairs, pairs_of
from coldbyte.core.prefix.canonical_prefix import OUTSIDE, prefix_of
from coldbyte.core.prefix.marker import effective, markers_of
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.prefix.record import BodyError
from core.json_printer import Printer
from core.json_tree import TREES
from core.meaning import meaning
from core.request_tree import BODIES, MARKS, Object, mutated

MARK = {"type": "ephemeral"}
TOOL = {"name": "t", "input_schema": {"type": "object"}}
QUESTION = {"role": "user", "content": "q"}


def prefix(body: Mapping[str, Json], **options: Any) -> Prefix:
    return prefix_of(RequestBody(body), **options)


def encode(body: Mapping[str, Json], **options: Any) -> bytes:
    return prefix(body, **options).encode()


def asked(*blocks: Any, **fields: Any) -> Object:
    """A body in every tier, with these blocks as the question and these fields."""
    turn = {"role": "user", "content": [*blocks, {"type": "text", "text": "q"}]}
    return {"model": "claude-opus-5", "tools": [TOOL], "system": "S", "messages": [turn], **fields}


def result(*texts: str) -> list[Any]:
    """Messages with the result of a tool in so many blocks."""
    blocks = [{"type": "text", "text": text} for text in texts]
    return [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": blocks}]}]


def error_of(body: Any) -> BodyError | None:
    """Why no prefix can be made of a body; any other exception is the caller's."""
    try:
        prefix(body)
    except BodyError as error:
        return error
    return None


@given(BODIES, st.data())
def test_a_change_changes_the_bytes_exactly_when_it_changes_the_meaning(
    body: Object, data: st.DataObject
) -> None:
    changed = data.draw(mutated(body))
    assume(isinstance(changed, Mapping) and error_of(changed) is None)
    assert isinstance(changed, Mapping)
    assert (encode(body) == encode(changed)) == (meaning(body) == meaning(changed))


@given(BODIES, BODIES)
def test_bodies_give_equal_bytes_exactly_when_they_mean_the_same(one: Object, two: Object) -> None:
    assert (encode(one) == encode(two)) == (meaning(one) == meaning(two))


@given(BODIES)
def test_the_same_body_gives_the_same_prefix(body: Object) -> None:
    assert prefix(body) == prefix(copy.deepcopy(body))


def unmarked(value: Any) -> Any:
    """A list of tools, blocks or messages without any breakpoint that the API knows."""
    if not isinstance(value, list):
        return value
    return [
        {key: _unmarked_member(key, item) for key, item in part.items() if key != "cache_control"}
        if type(part) is dict
        else part
        for part in value
    ]


def _unmarked_member(key: str, value: Any) -> Any:
    if key == "source" and type(value) is dict and isinstance(value.get("content"), list):
        return {**value, "content": unmarked(value["content"])}
    return unmarked(value) if key == "content" else value


@given(BODIES)
def test_breakpoints_leave_no_trace_in_the_bytes(body: Object) -> None:
    plain = {key: unmarked(value) for key, value in body.items() if key != "cache_control"}
    assert encode(body) == encode(plain)
    assert prefix(plain).breakpoints == ()


@given(BODIES)
def test_breakpoints_stand_where_the_markers_are(body: Object) -> None:
    for message in body["messages"]:
        message.pop("clear_at", None)
    wheres = {marker.block for marker in effective(markers_of(RequestBody(body)))}
    made = prefix(body)
    ends = {_owner(made.blocks[index], wheres) for index in made.breakpoints}
    assert ends == wheres


def _owner(block: PrefixBlock, wheres: set[str]) -> str:
    return next(
        (where for where in wheres if f"{block.where}.".startswith((f"{where}.", f"{where}["))), block.where
    )


@given(BODIES)
def test_a_string_and_one_text_block_give_equal_bytes(body: Object) -> None:
    spelled = copy.deepcopy(body)
    if isinstance(spelled.get("system"), str):
        spelled["system"] = [{"text": spelled["system"], "type": "text", "citations": None}]
    for message in spelled["messages"]:
        if isinstance(message["content"], str):
            message["content"] = [{"type": "text", "text": message["content"]}]
        for block in message["content"]:
            if block["type"] == "tool_result" and isinstance(block.get("content"), str):
                block["content"] = [{"type": "text", "text": block["content"]}]
    assert encode(body) == encode(spelled)


@given(BODIES)
def test_neighbouring_turns_of_one_role_and_one_turn_give_equal_bytes(body: Object) -> None:
    turns: list[Object] = []
    for message in body["messages"]:
        blocks = message["content"]
        if isinstance(blocks, str):
            blocks = [{"type": "text", "text": blocks}]
        last = turns[-1] if turns else {}
        bare = [*last] == [*message] == ["role", "content"] and last["content"] and blocks
        if bare and last["role"] == message["role"]:
            last["content"] = last["content"] + blocks
        else:
            turns.append({**message, "content": blocks})
    assert encode(body) == encode({**body, "messages": turns})


@given(BODIES, st.randoms(use_true_random=False))
def test_the_order_of_the_fields_that_are_read_by_name_is_free(body: Object, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if type(value) is not dict:
            return value
        keys = random.sample([*value], len(value))
        return {key: value[key] for key in keys}

    other = shuffled(body)
    for name in ("tools", "system"):
        if isinstance(other.get(name), list):
            other[name] = [shuffled(item) for item in other[name]]
    for name in ("thinking", "tool_choice", "output_config"):
        if name in other:
            other[name] = shuffled(other[name])
    other["messages"] = [shuffled(message) for message in other["messages"]]
    for message in other["messages"]:
        if isinstance(message["content"], list):
            message["content"] = [shuffled(block) for block in message["content"]]
    assert encode(body) == encode(other)


@given(BODIES, st.randoms(use_true_random=False))
def test_spacing_and_escapes_of_the_body_are_free(body: Object, random: Any) -> None:
    read = read_capture(Printer(random).print(body).encode()).body
    assert prefix_of(read) == prefix(body)


@given(BODIES, st.sampled_from(OUTSIDE), TREES)
def test_what_is_outside_the_key_never_changes_the_bytes(body: Object, name: str, value: Json) -> None:
    assert encode(body) == encode({**body, name: value})


@given(BODIES, MARKS)
def test_the_automatic_breakpoint_changes_no_bytes_and_stands_on_one_block(body: Object, mark: Json) -> None:
    plain = {key: value for key, value in body.items() if key != "cache_control"}
    one, two = prefix(plain), prefix({**plain, "cache_control": mark})
    assert one.encode() == two.encode()
    changed = [old.ttl for old, new in zip(one.blocks, two.blocks, strict=True) if old.ttl != new.ttl]
    assert changed in ([], [None])


# What is no request.


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"model": None}, "model"),
        ({"model": 5}, "model"),
        ({"messages": None}, "messages"),
        ({"messages": {}}, "messages"),
        ({"messages": "q"}, "messages"),
        ({"messages": ["q"]}, "messages[0]"),
        ({"messages": [{"content": "q"}]}, "messages[0].role"),
        ({"messages": [{"role": 1, "content": "q"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": None}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": {}}]}, "messages[0].content"),
        ({"messages": [QUESTION, {"role": "user", "content": ["q"]}]}, "messages[1].content[0]"),
        ({"messages": [{"role": "user", "content": [{"text": "q"}]}]}, "messages[0].content[0].type"),
        ({"messages": [{"role": "user", "content": [{"type": 5}]}]}, "messages[0].content[0].type"),
        ({"tools": {}}, "tools"),
        ({"tools": "t"}, "tools"),
        ({"tools": [TOOL, 1]}, "tools[1]"),
        ({"system": 5}, "system"),
        ({"system": {"type": "text"}}, "system"),
        ({"system": ["S"]}, "system[0]"),
        ({"system": [{"text": "S"}]}, "system[0].type"),
        ({"output_config": "low"}, "output_config"),
        ({"output_config": []}, "output_config"),
        ({"betas": "a"}, "betas"),
        ({"betas": ["a", 5]}, "betas[1]"),
    ],
)
def test_what_is_no_request_is_an_error_that_names_the_place(fields: Object, path: str) -> None:
    with pytest.raises(BodyError) as error:
        prefix(asked(**fields))
    assert error.value.path == path
    assert str(error.value) == f"{path}: {error.value.expected}"
    assert error.value.expected.startswith("expected ")


@pytest.mark.parametrize(
    "block",
    [
        {"type": "text"},
        {"type": "text", "text": 5},
        {"type": "text", "text": "x", "cache_control": "x"},
        {"type": "text", "text": "x", "citations": True},
        {"type": "document", "source": "x"},
        {"type": "document", "source": {"type": "text", "data": 5}},
        {"type": "image", "source": 5, "cache_control": {}},
        {"type": "document", "source": None},
        {"type": "tool_result", "content": 7},
        {"type": "tool_result", "content": [7, [], {"type": 5}]},
        {"type": "tool_use", "input": "x"},
    ],
)
def test_a_field_of_a_block_that_is_odd_is_kept_as_it_is(block: Object) -> None:
    kept, usual = (
        [one for one in prefix(body).blocks if one.kind != "setting"] for body in (asked(block), asked())
    )
    assert [one.head + one.content.encode() for one in kept[:2] + kept[3:]] == [
        one.head + one.content.encode() for one in usual
    ]
    assert kept[2].where.startswith("messages[0].content[0]")
    assert all(one.ttl is None for one in kept)


def places(tree: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path]
    if isinstance(tree, Mapping):
        for key in tree:
            found += places(tree[key], (*path, key))
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            found += places(item, (*path, index))
    return found


def with_value(tree: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(tree, Mapping):
        pairs = [
            (key, with_value(item, path[1:], value) if key == path[0] else item)
            for key, item in pairs_of(tree)
        ]
        return Pairs(pairs) if isinstance(tree, Pairs) else dict(pairs)
    return [
        with_value(item, path[1:], value) if index == path[0] else item for index, item in enumerate(tree)
    ]


@given(BODIES, st.data())
def test_any_json_in_any_place_is_a_prefix_or_a_body_error(body: Object, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(body)[1:]))
    odd = with_value(body, place, data.draw(TREES))
    error = error_of(odd)
    if error is not None:
        assert error.path
        return
    made = prefix(odd)
    assert made.encode().count(b"\xff") == len(made.blocks) == len(made.keys)


@given(st.dictionaries(st.sampled_from(["model", "messages", "system", "tools", "betas"]), TREES))
def test_any_object_is_a_prefix_or_a_body_error(body: Object) -> None:
    error = error_of(body)
    assert error is None or error.path


@pytest.mark.parametrize("leaf", [1, Pairs([("a", 1), ("a", 2)]), "x"])
@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"type": "text", "content": [inner]}])
def test_deep_nesting_is_kept(leaf: Any, wrap: Any) -> None:
    deep = leaf
    for _ in range(245):
        deep = wrap(deep)
    for fields in (
        {"input": deep},
        {"content": deep},
        {"content": [deep]},
        {"source": deep},
        {"source": {"type": "content", "content": [deep]}},
    ):
        made = prefix(asked({"type": "tool_result", **fields}))
        assert made.size > 245
    for name in ("thinking", "tool_choice", "x", "tools", "mcp_servers"):
        assert prefix(asked(**{name: [{"a": deep}]})).size > 245


# Different requests that could have been taken for each other.


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            {"messages": [{"role": "user", "content": [{"type": "turn", "x": 1}]}]},
            {"messages": [{"role": "user", "x": 1, "content": []}]},
        ),
        ({"messages": [QUESTION]}, {"messages": [QUESTION, {"role": "assistant", "content": []}]}),
        ({"messages": result("a", "b")}, {"messages": result("a")}),
        ({"x json": "5"}, {"x": 5}),
        ({"output_config.x": 1}, {"output_config": {"x": 1}}),
        ({"output_config": {"x json": "5"}}, {"output_config": {"x": 5}}),
        ({"speed": "[1]"}, {"speed": [1]}),
        (
            {"output_format": {"a": 1}, "output_config": {"format": {"a": 1}}},
            {"output_config": {"format": {"a": 1}}},
        ),
        ({"betas": ["a"]}, {"betas": ["a", "b"]}),
        ({"system": "S", "messages": []}, {"system": None, "messages": [{"role": "system", "content": "S"}]}),
        ({"messages": [QUESTION, QUESTION]}, {"messages": [{"role": "user", "content": "qq"}]}),
        ({"tool_choice": {"type": "auto", "cache_control": MARK}}, {"tool_choice": {"type": "auto"}}),
        (
            {"messages": [{"role": "user", "content": '{"type":"text","text":"x"}'}]},
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        ),
        (
            {"tools": [{"name": "t", "input_schema": {"cache_control": MARK}}]},
            {"tools": [{"name": "t", "input_schema": {}}]},
        ),
    ],
)
def test_two_requests_that_differ_have_different_bytes(one: Object, two: Object) -> None:
    assert encode(asked(**one)) != encode(asked(**two))
