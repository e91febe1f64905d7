from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.json.value import Json, Pairs, Spelled, compact
from coldbyte.core.prefix.record import (
    BodyError,
    an_array,
    an_object,
    block_record,
    canonical,
    empty_turn_record,
    setting_record,
    text_record,
    tool_record,
    ttl_of,
    turn_record,
    word,
)
from coldbyte.core.text.text import Text
from core.json_tree import TREES
from core.request_tree import STRINGS

MARK = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}
SOURCE = {"type": "base64", "media_type": "image/png", "data": "iVBO"}


@pytest.mark.parametrize(
    ("block", "where", "head", "content"),
    [
        ({"type": "text", "text": "x"}, "b.text", "user text", "x"),
        (
            {"text": "x", "citations": [{"b": 1, "a": 2}], "type": "text"},
            "b.text",
            'user text {"citations":[{"b":1,"a":2}]}',
            "x",
        ),
        (
            {"source": SOURCE, "type": "image"},
            "b.source.data",
            'user image {"source":{"type":"base64","media_type":"image/png"}}',
            "iVBO",
        ),
        (
            {"type": "image", "source": {"url": "u", "type": "url"}},
            "b",
            "user image json",
            '{"source":{"type":"url","url":"u"}}',
        ),
        (
            {"context": "c", "title": "t", "type": "document", "source": {"data": "d", "type": "text"}},
            "b.source.data",
            'user document {"title":"t","context":"c","source":{"type":"text"}}',
            "d",
        ),
        (
            {"type": "document", "source": {"content": [{"text": "x", "type": "text"}], "type": "content"}},
            "b",
            "user document json",
            '{"source":{"type":"content","content":[{"type":"text","text":"x"}]}}',
        ),
        (
            {"content": "r", "tool_use_id": "t", "type": "tool_result"},
            "b.content",
            'user tool_result {"tool_use_id":"t"}',
            "r",
        ),
        (
            {
                "type": "tool_result",
                "tool_use_id": "t",
                "content": [{"type": "text", "text": "r"}],
                "is_error": True,
            },
            "b.content[0].text",
            'user tool_result {"tool_use_id":"t","is_error":true}',
            "r",
        ),
        (
            {"type": "tool_result", "content": [{"text": "r", "type": "text", "citations": [1]}]},
            "b",
            "user tool_result json",
            '{"content":[{"type":"text","text":"r","citations":[1]}]}',
        ),
        (
            {"input": {"b": 1, "a": Spelled("1.0")}, "name": "n", "id": "i", "type": "tool_use"},
            "b",
            "user tool_use json",
            '{"id":"i","name":"n","input":{"b":1,"a":1.0}}',
        ),
        (
            {"signature": "s", "thinking": "t", "type": "thinking"},
            "b",
            "user thinking json",
            '{"thinking":"t","signature":"s"}',
        ),
        ({"zeta": 1, "alpha": 2, "type": "new_kind"}, "b", "user new_kind json", '{"alpha":2,"zeta":1}'),
        ({"type": "Odd Kind"}, "b", 'user "Odd\\u0020Kind" json', "{}"),
        ({"type": "turn", "x": 1}, "b", 'user "turn" json', '{"x":1}'),
    ],
)
def test_a_block_is_a_record(block: Json, where: str, head: str, content: str) -> None:
    record = block_record(block, "b", "messages", "user")
    assert (record.where, record.head.decode(), str(record.content)) == (where, head, content)


@pytest.mark.parametrize("kind", ["turn", "tool", "setting"])
def test_a_block_is_never_taken_for_a_turn_a_tool_or_a_setting(kind: str) -> None:
    assert block_record({"type": kind}, "b", "system", "system").kind == f'"{kind}"'


@pytest.mark.parametrize(
    ("kind", "default", "other"),
    [
        ("tool_result", {"is_error": False}, {"is_error": True}),
        ("tool_use", {"caller": {"type": "direct"}}, {"caller": {"type": "code_execution_20250825"}}),
    ],
)
def test_a_default_that_is_spelled_out_counts_as_absent(
    kind: str, default: dict[str, Json], other: dict[str, Json]
) -> None:
    plain: dict[str, Json] = {"type": kind, "id": "t"}
    same, changed = block_record({**plain, **default}, "b", "messages", "user"), {**plain, **other}
    assert same == block_record(plain, "b", "messages", "user")
    assert same != block_record(changed, "b", "messages", "user")


def test_what_a_model_passes_to_a_tool_is_no_default() -> None:
    call: Json = {"type": "tool_use", "name": "n", "input": {"is_error": False, "caller": {"type": "direct"}}}
    assert "is_error" in str(block_record(call, "b", "messages", "assistant").content)
    assert "caller" in str(block_record(call, "b", "messages", "assistant").content)


@pytest.mark.parametrize(
    ("default", "other"),
    [
        ({"strict": False}, {"strict": True}),
        ({"allowed_callers": ["direct"]}, {"allowed_callers": ["direct", "code_execution_20250825"]}),
    ],
)
def test_a_default_of_a_tool_counts_as_absent(default: dict[str, Json], other: dict[str, Json]) -> None:
    plain: dict[str, Json] = {"name": "n", "input_schema": {"strict": False}}
    assert tool_record({**plain, **default}, "t", "tools", "tool") == tool_record(plain, "t", "tools", "tool")
    assert tool_record({**plain, **other}, "t", "tools", "tool") != tool_record(plain, "t", "tools", "tool")
    assert "strict" in str(tool_record(plain, "t", "tools", "tool").content)


def test_a_field_that_is_null_counts_as_absent() -> None:
    assert canonical({"type": "text", "text": "x", "citations": None, "new": None}) == {
        "type": "text",
        "text": "x",
    }


@pytest.mark.parametrize("off", [[], {}, {"enabled": False}, {"enabled": None}, Pairs([("enabled", False)])])
def test_citations_that_are_off_count_as_absent(off: Json) -> None:
    assert canonical({"citations": off}) == {}


@pytest.mark.parametrize(
    "on", [[1], {"enabled": True}, {"enabled": 0}, {"enabled": False, "new": 1}, True, "x", 0]
)
def test_other_citations_do_not(on: Json) -> None:
    assert canonical({"citations": on}) == {"citations": on}


@given(st.dictionaries(st.sampled_from(["type", "name", "input", "z", "a", "content", "source"]), TREES))
def test_the_order_of_the_fields_of_a_block_is_free(fields: dict[str, Json]) -> None:
    turned = dict(reversed(fields.items()))
    assert compact(canonical(fields)) == compact(canonical(turned))


@given(TREES)
def test_what_the_sender_composes_keeps_its_order_and_its_markers(tree: Json) -> None:
    for name in ("input", "input_schema", "new"):
        given_ = {"cache_control": MARK, "b": tree, "a": None}
        assert canonical({name: given_}) == {name: given_}


def test_markers_are_left_out_of_blocks_inside_blocks_only() -> None:
    inner: Json = {"type": "text", "text": "x", "cache_control": MARK}
    assert canonical({"content": [inner], "cache_control": MARK}) == {
        "content": [{"type": "text", "text": "x"}]
    }
    assert canonical({"source": {"content": [inner], "cache_control": MARK}}) == {
        "source": {"content": [{"type": "text", "text": "x"}], "cache_control": MARK}
    }


@pytest.mark.parametrize(
    ("control", "ttl"),
    [
        (MARK, "5m"),
        ({"type": "ephemeral", "ttl": "5m"}, "5m"),
        ({"type": "ephemeral", "ttl": None}, "5m"),
        (HOUR, "1h"),
        *((None, None), ("x", None), (5, None), ([], None), ({}, None)),
        *(({"ttl": "5m"}, None), ({"type": "other"}, None)),
        ({"type": "ephemeral", "ttl": "2h"}, None),
        ({"type": "ephemeral", "ttl": 300}, None),
    ],
)
def test_the_lifetime_of_a_marker(control: Json, ttl: str | None) -> None:
    assert ttl_of({"cache_control": control}) == ttl


@pytest.mark.parametrize(
    "block",
    [
        {"type": "text", "text": ""},
        {"type": "text", "text": Text.from_str("")},
        {"type": "thinking", "thinking": "t"},
        {"type": "redacted_thinking", "data": "x"},
    ],
)
def test_a_marker_on_what_can_not_carry_one_is_no_breakpoint(block: dict[str, Any]) -> None:
    assert block_record({**block, "cache_control": MARK}, "b", "messages", "user").ttl is None
    assert block_record(_result({**block, "cache_control": MARK}), "b", "messages", "user").ttl is None


def _result(*parts: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": "t", "content": list(parts), **fields}


def test_a_marker_inside_a_result_stands_behind_it_and_is_no_content() -> None:
    part = {"type": "text", "text": "found"}
    marked = block_record(_result({**part, "cache_control": HOUR}), "b", "messages", "user")
    assert marked.same_content(block_record(_result(part), "b", "messages", "user"))
    assert (marked.ttl, block_record(_result(part), "b", "messages", "user").ttl) == ("1h", None)
    first = block_record(
        _result({**part, "cache_control": HOUR}, {**part, "cache_control": MARK}), "b", "messages", "u"
    )
    assert first.ttl == "5m"
    own = block_record(_result({**part, "cache_control": HOUR}, cache_control=MARK), "b", "messages", "user")
    assert own.ttl == "5m"


def test_a_tool_is_its_definition_without_type_custom() -> None:
    tool: Json = {
        "type": "custom",
        "input_schema": {"b": 1, "a": 1},
        "name": "n",
        "cache_control": HOUR,
        "strict": True,
    }
    record = tool_record(tool, "tools[0]", "tools", "tool")
    assert str(record.content) == '{"name":"n","input_schema":{"b":1,"a":1},"strict":true}'
    assert (record.where, record.head, record.ttl, record.kind) == ("tools[0]", b"tool json", "1h", "tool")


@given(STRINGS)
def test_a_string_stands_for_one_text_block(text: str) -> None:
    one = text_record(text, "system", "system", "system")
    two = block_record({"text": Text.from_str(text), "type": "text"}, "system[0]", "system", "system")
    assert one.same_content(two)
    assert (one.where, two.where) == ("system", "system[0].text")


def test_a_setting_that_is_a_string_stands_verbatim() -> None:
    assert setting_record("x", "x", "request", "a\nb").content == Text.from_str("a\nb")
    assert setting_record("x", "x", "request", "1").head == b"setting x"
    assert setting_record("x", "x", "request", 1).head == b"setting x json"
    assert (
        str(setting_record("x", "x", "request", {"b": Spelled("1e0"), "a": None}).content)
        == '{"b":1e0,"a":null}'
    )


def test_a_turn_is_a_record_where_it_says_more_than_role_and_content() -> None:
    assert turn_record({"role": "user", "content": "x", "clear_at": None}, "m", "user") is None
    found = turn_record(
        {"content": [], "role": "system", "z": 1, "output_config": {"effort": "low"}}, "m", "turn-system"
    )
    assert found is not None
    assert (found.head, str(found.content)) == (
        b"turn-system turn json",
        '{"output_config":{"effort":"low"},"z":1}',
    )
    assert empty_turn_record("m", "user").head == b"user turn"


@given(STRINGS, STRINGS)
def test_a_word_is_one_word_and_stands_for_one_name(one: str, two: str) -> None:
    assert (word(one) == word(two)) == (one == two)
    assert " " not in word(one)
    assert "{" not in word(one)
    assert word("text") == "text"


@pytest.mark.parametrize("value", ["x", Text.from_str("x"), {}, 5, None, True])
def test_what_is_no_array_is_an_error(value: Json) -> None:
    with pytest.raises(BodyError, match=r"^a\.b: expected an array$"):
        an_array(value, "a.b")


@pytest.mark.parametrize("value", ["x", [], 5, None])
def test_what_is_no_object_is_an_error(value: Json) -> None:
    with pytest.raises(BodyError, match=r"^the body: expected an object$") as error:
        an_object(value, "")
    assert (error.value.path, error.value.expected) == ("", "expected an object")
