from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import Json, RequestBody
from coldbyte.core.prefix import HEAD_END, RECORD_END, BodyError, prefix_of

Object = dict[str, Any]

STRINGS = st.text(st.sampled_from('ab \n{}"é😀'), max_size=6)
MARKS = st.sampled_from([None, None, {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}])


def marked(blocks: st.SearchStrategy[Object]) -> st.SearchStrategy[Object]:
    """The same blocks, some with a breakpoint."""
    return st.tuples(blocks, MARKS).map(
        lambda pair: {**pair[0], "cache_control": pair[1]} if pair[1] else pair[0]
    )


TEXT = st.fixed_dictionaries({"type": st.just("text"), "text": STRINGS})
CITED = st.fixed_dictionaries({"type": st.just("text"), "text": STRINGS, "citations": st.just([])})
LIKE_JSON = STRINGS.map(
    lambda chars: {
        "type": "text",
        "text": json.dumps({"type": "text", "text": chars, "citations": []}, separators=(",", ":")),
    }
)
DOCUMENT = st.builds(
    lambda data, title: {
        "type": "document",
        "source": {"type": "text", "media_type": "text/plain", "data": data},
        **title,
    },
    STRINGS,
    st.sampled_from([{}, {"title": "a"}, {"title": "a", "citations": {"enabled": True}}]),
)
IMAGE = st.fixed_dictionaries(
    {"type": st.just("image"), "source": st.fixed_dictionaries({"type": st.just("url"), "url": STRINGS})}
)
USE = st.fixed_dictionaries(
    {
        "type": st.just("tool_use"),
        "id": STRINGS,
        "name": STRINGS,
        "input": st.dictionaries(STRINGS, STRINGS, max_size=2),
    }
)
BLOCK = st.one_of(TEXT, CITED, LIKE_JSON, DOCUMENT, IMAGE, USE)
TOOL = st.fixed_dictionaries(
    {"name": STRINGS, "description": STRINGS}, optional={"input_schema": st.just({"type": "object"})}
)
MESSAGE = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "assistant", "system"]),
        "content": STRINGS | st.lists(marked(BLOCK), min_size=1, max_size=3),
    }
)
BODY = st.fixed_dictionaries(
    {"model": st.sampled_from(["m", "n"]), "messages": st.lists(MESSAGE, max_size=4)},
    optional={
        "max_tokens": st.integers(1, 9),
        "tools": st.lists(marked(TOOL), max_size=2),
        "system": STRINGS | st.lists(marked(TEXT), max_size=2),
        "tool_choice": st.sampled_from([{"type": "auto"}, {"type": "any"}]),
        "thinking": st.sampled_from([{"type": "adaptive"}, {"type": "disabled"}]),
        "output_config": st.sampled_from([{"effort": "low"}, {"effort": "max"}]),
        "speed": st.sampled_from(["fast", "standard"]),
        "cache_control": MARKS,
    },
)


def encode(body: Mapping[str, Json]) -> bytes:
    return prefix_of(RequestBody(body)).encode()


def unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: unmarked(item) for key, item in value.items() if key != "cache_control"}
    return [unmarked(item) for item in value] if isinstance(value, list) else value


def block_meaning(block: Object) -> tuple[str, str]:
    """A plain text block is its text, in whatever order its keys stand."""
    bare = unmarked(block)
    return ("text", bare["text"]) if set(bare) == {"type", "text"} else ("json", json.dumps(bare))


def meaning(body: Object) -> list[Any]:
    """What the cache key depends on, written down another way: the order of keys counts, markers do not."""
    content: list[Any] = [("model", body["model"])]
    content += [(name, json.dumps(body[name])) for name in ("speed",) if name in body]
    content += [("tool", json.dumps(unmarked(tool))) for tool in body.get("tools", [])]
    system = body.get("system", [])
    if isinstance(system, str):
        system = [{"type": "text", "text": system}]
    content += [("system", *block_meaning(block)) for block in system]
    for name in ("tool_choice", "thinking", "output_config"):
        if name in body:
            content.append((name, json.dumps(body[name])))
    for message in body["messages"]:
        blocks = message["content"]
        if isinstance(blocks, str):
            blocks = [{"type": "text", "text": blocks}]
        content += [(f"turn of {message['role']}", *block_meaning(block)) for block in blocks]
    return content


@given(BODY, BODY)
def test_bodies_give_equal_bytes_exactly_when_they_mean_the_same(one: Object, two: Object) -> None:
    assert (encode(one) == encode(two)) == (meaning(one) == meaning(two))


@given(BODY, st.data())
def test_any_change_of_meaning_changes_the_bytes(body: Object, data: st.DataObject) -> None:
    changed = copy.deepcopy(body)
    match data.draw(st.sampled_from(["system", "messages", "tools", "model"])):
        case "system":
            changed["system"] = data.draw(STRINGS | st.lists(TEXT, max_size=2))
        case "messages":
            changed["messages"] = data.draw(st.permutations(changed["messages"]))
        case "tools":
            changed["tools"] = data.draw(st.lists(TOOL, max_size=2))
        case _:
            changed["model"] = "o"
    assert (encode(body) == encode(changed)) == (meaning(body) == meaning(changed))


@given(BODY)
def test_the_records_are_delimited(body: Object) -> None:
    prefix = prefix_of(RequestBody(body))
    records = prefix.encode().split(RECORD_END)
    assert records.pop() == b""
    assert len(records) == len(prefix.blocks)
    for record, block, start in zip(records, prefix.blocks, prefix.starts[:-1], strict=True):
        head, content = record.split(HEAD_END)
        assert (head, content) == (block.head, block.content.encode())
        assert prefix.encode()[start : start + block.size] == record + RECORD_END
    assert prefix.size == len(prefix.encode()) == prefix.starts[-1]


@given(BODY)
def test_breakpoints_leave_no_trace_in_the_bytes(body: Object) -> None:
    assert encode(body) == encode(unmarked(body))
    assert b"cache_control" not in encode(body)


@given(BODY)
def test_a_string_and_one_text_block_give_equal_bytes(body: Object) -> None:
    spelled = copy.deepcopy(body)
    if isinstance(spelled.get("system"), str):
        spelled["system"] = [{"type": "text", "text": spelled["system"]}]
    for message in spelled["messages"]:
        if isinstance(message["content"], str):
            message["content"] = [{"type": "text", "text": message["content"]}]
    assert encode(body) == encode(spelled)


@given(BODY)
def test_neighbouring_turns_of_one_role_and_one_turn_give_equal_bytes(body: Object) -> None:
    merged = copy.deepcopy(body)
    turns: list[Object] = []
    for message in merged["messages"]:
        blocks = message["content"]
        if isinstance(blocks, str):
            blocks = [{"type": "text", "text": blocks}]
        if turns and turns[-1]["role"] == message["role"]:
            turns[-1]["content"] = turns[-1]["content"] + blocks
        else:
            turns.append({"role": message["role"], "content": blocks})
    merged["messages"] = turns
    assert encode(body) == encode(merged)


@given(BODY)
def test_keys_stand_for_the_bytes_up_to_each_record(body: Object) -> None:
    prefix = prefix_of(RequestBody(body))
    other = prefix_of(
        RequestBody({**body, "messages": [*body["messages"], {"role": "user", "content": "more"}]})
    )
    assert other.keys[: len(prefix.keys)] == prefix.keys
    assert len(set(other.keys)) == len(other.keys)


@given(BODY)
def test_the_order_is_tools_then_system_then_messages(body: Object) -> None:
    order = ["request", "tools", "system", "messages"]
    tiers = [order.index(block.tier) for block in prefix_of(RequestBody(body)).blocks]
    assert tiers == sorted(tiers)


def test_a_system_text_is_not_a_system_turn() -> None:
    user = {"role": "user", "content": "q"}
    assert encode({"model": "m", "system": "S", "messages": [user]}) != encode(
        {"model": "m", "messages": [{"role": "system", "content": "S"}, user]}
    )


def test_json_in_a_text_is_not_the_block_that_it_spells() -> None:
    block = {"type": "text", "text": "x", "citations": []}
    spelled = {"type": "text", "text": json.dumps(block, separators=(",", ":"))}
    one = encode({"model": "m", "messages": [{"role": "user", "content": [block]}]})
    assert one != encode({"model": "m", "messages": [{"role": "user", "content": [spelled]}]})


def test_a_setting_that_is_a_string_is_not_the_value_that_it_spells() -> None:
    assert encode({"model": "m", "speed": "[1]", "messages": []}) != encode(
        {"model": "m", "speed": [1], "messages": []}
    )


def test_text_stands_verbatim() -> None:
    text = 'line\r\n"quoted" \\ \u00e9 \u2028 \0'
    assert text.encode() in encode({"model": "m", "system": text, "messages": []})


def test_stored_ends_behind_the_last_breakpoint() -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    body: Object = {
        "model": "m",
        "system": [{"type": "text", "text": "S", **mark}],
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "a", **mark}, {"type": "text", "text": "b"}],
            }
        ],
    }
    prefix = prefix_of(RequestBody(body))
    assert prefix.breakpoints == (1, 2)
    assert prefix.stored == prefix.starts[3]
    assert prefix_of(RequestBody(unmarked(body))).stored == 0


def test_an_automatic_breakpoint_stands_on_the_last_block_that_can_carry_one() -> None:
    body: Object = {
        "model": "m",
        "cache_control": {"type": "ephemeral", "ttl": "1h"},
        "messages": [
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": [{"type": "thinking", "thinking": "t", "signature": "s"}]},
            {"role": "user", "content": ""},
        ],
    }
    assert [block.ttl for block in prefix_of(RequestBody(body)).blocks] == [None, "1h", None, None]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"messages": []}, "model"),
        ({"model": "m"}, "messages"),
        ({"model": "m", "messages": [{"content": "q"}]}, "messages[0].role"),
        ({"model": "m", "messages": ["q"]}, "messages[0]"),
        (
            {"model": "m", "messages": [{"role": "user", "content": [{"text": "q"}]}]},
            "messages[0].content[0].type",
        ),
        ({"model": "m", "messages": [], "tools": [1]}, "tools[0]"),
        (
            {
                "model": "m",
                "messages": [],
                "system": [{"type": "text", "text": "S", "cache_control": {"ttl": "2h"}}],
            },
            "system[0].cache_control.ttl",
        ),
    ],
)
def test_what_is_no_request_is_an_error_that_names_the_place(body: Object, path: str) -> None:
    with pytest.raises(BodyError) as error:
        prefix_of(RequestBody(body))
    assert error.value.path == path


def test_a_marker_inside_a_tool_result_is_a_breakpoint_and_no_content() -> None:
    def body(marker: dict[str, Any]) -> RequestBody:
        inner: Json = [{"type": "text", "text": "found", **marker}]
        result: Json = {"type": "tool_result", "tool_use_id": "t", "content": inner}
        return RequestBody({"model": "m", "messages": [{"role": "user", "content": [result]}]})

    marked = prefix_of(body({"cache_control": {"type": "ephemeral", "ttl": "1h"}}))
    plain = prefix_of(body({}))
    assert marked.encode() == plain.encode()
    assert [block.ttl for block in marked.blocks] == [None, "1h"]
    assert plain.breakpoints == ()
