from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.json.value import Json, Spelled
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import HEAD_END, RECORD_END, Prefix, PrefixBlock
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.text.text import Text
from core.request_tree import BODIES, Object, mutated

TIERS = ["request", "tools", "system", "messages"]


def prefix(body: Mapping[str, Json]) -> Prefix:
    return prefix_of(RequestBody(body))


def encode(body: Mapping[str, Json]) -> bytes:
    return prefix(body).encode()


@given(BODIES)
def test_the_records_are_delimited(body: Object) -> None:
    made = prefix(body)
    records = made.encode().split(RECORD_END)
    assert records.pop() == b""
    assert len(records) == len(made.blocks)
    for record, block in zip(records, made.blocks, strict=True):
        head, content = record.split(HEAD_END)
        assert (head, content) == (block.head, block.content.encode())


@given(BODIES)
def test_starts_and_sizes_are_those_of_the_bytes(body: Object) -> None:
    made = prefix(body)
    data = made.encode()
    assert made.starts[0] == 0
    assert made.size == len(data) == made.starts[-1]
    for start, stop, block in zip(made.starts, made.starts[1:], made.blocks, strict=False):
        assert stop - start == block.size
        assert data[start : start + len(block.head) + 1] == block.head + HEAD_END
        content = start + block.content_start
        assert data[content : stop - 1] == block.content.encode()
        assert data[stop - 1 : stop] == RECORD_END


@given(BODIES)
def test_all_but_the_two_delimiters_is_utf_8(body: Object) -> None:
    data = encode(body)
    data.replace(HEAD_END, b"").replace(RECORD_END, b"").decode()
    assert data.count(HEAD_END) == data.count(RECORD_END) == len(prefix(body).blocks)


@given(BODIES)
def test_the_order_is_request_tools_system_messages(body: Object) -> None:
    tiers = [TIERS.index(block.tier) for block in prefix(body).blocks]
    assert tiers == sorted(tiers)


@given(BODIES)
def test_the_settings_of_a_tier_stand_before_its_blocks(body: Object) -> None:
    blocks = prefix(body).blocks
    for tier in TIERS:
        kinds = [block.kind == "setting" for block in blocks if block.tier == tier]
        assert kinds == sorted(kinds, reverse=True)


@given(BODIES)
def test_keys_of_a_prefix_that_grows_stay(body: Object) -> None:
    made = prefix({**body, "model": "m"})
    user = {"role": "user", "content": "more"}
    other = prefix({**body, "model": "m", "messages": [*body["messages"], user]})
    assert other.keys[: len(made.keys)] == made.keys
    assert len(set(other.keys)) == len(other.keys)


@given(BODIES, st.data())
def test_keys_are_equal_exactly_as_far_as_the_bytes_are(body: Object, data: st.DataObject) -> None:
    other = data.draw(mutated(body))
    assert isinstance(other, Mapping)
    try:
        one, two = prefix(body), prefix(other)
    except BodyError:
        assume(False)
    for index, (left, right) in enumerate(zip(one.keys, two.keys, strict=False)):
        same = one.encode()[: one.starts[index + 1]] == two.encode()[: two.starts[index + 1]]
        assert (left == right) == same


def test_a_key_is_not_that_of_the_same_block_behind_something_else() -> None:
    one, two = (prefix({"model": name, "system": "S", "messages": []}) for name in "mn")
    assert one.blocks[1].same_content(two.blocks[1])
    assert one.keys[1] != two.keys[1]
    assert len(one.keys[1]) == len(blake2b(digest_size=16).digest())


@given(BODIES)
def test_a_structured_block_is_json_and_another_one_is_text(body: Object) -> None:
    for block in prefix(body).blocks:
        if block.structured:
            value = json.loads(str(block.content))
            assert block.fields == (value if isinstance(value, dict) else {})
            assert block.attributes == {}
        else:
            assert block.fields == {}
            head = block.head.decode().split(" ", 2)
            assert block.attributes == (json.loads(head[2]) if len(head) > 2 else {})


@given(BODIES)
def test_the_role_is_the_first_word_of_the_head(body: Object) -> None:
    for block in prefix(body).blocks:
        expected = {"request": ["setting"], "tools": ["setting", "tool"]}.get(block.tier)
        assert expected is None or block.role in expected
        if block.tier == "messages" and block.kind != "setting":
            assert block.role.strip('"').startswith(("user", "assistant", "turn-"))
        if block.tier == "system" and block.kind not in ("setting", "tool"):
            assert block.role == "system"


def test_the_model_is_the_first_record() -> None:
    made = prefix({"speed": "fast", "messages": [], "model": "claude-opus-5"})
    assert made.model == "claude-opus-5"
    assert made.encode().startswith(b"setting model\xfeclaude-opus-5\xff")


def test_stored_ends_behind_the_last_breakpoint() -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    content = [{"type": "text", "text": "a", **mark}, {"type": "text", "text": "b"}]
    body: Object = {
        "model": "m",
        "system": [{"type": "text", "text": "S", **mark}],
        "messages": [{"role": "user", "content": content}],
    }
    made = prefix(body)
    assert made.breakpoints == (1, 2)
    assert made.stored == made.starts[3]
    assert prefix({"model": "m", "messages": []}).stored == 0


def test_equal_content_in_another_place_is_the_same_content() -> None:
    one = PrefixBlock("a", "messages", "text", b"user text", Text.from_str("x"), "5m")
    two = PrefixBlock("b", "messages", "text", b"user text", Text.from_str("x"))
    assert one.same_content(two)
    assert not one.same_content(PrefixBlock("a", "messages", "text", b"user text", Text.from_str("y")))
    assert not one.same_content(PrefixBlock("a", "messages", "text", b"assistant text", Text.from_str("x")))


@pytest.mark.parametrize(
    "text", ['line\r\n"quoted" \\ \u00e9 e\u0301 \u2028 \0 \x7f \u00fe\u00ff 😀', "\\u00e9", ""]
)
def test_text_stands_verbatim(text: str) -> None:
    turn: Json = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": text}]}
    source = {"type": "text", "media_type": "text/plain", "data": text}
    document: Json = {"role": "user", "content": [{"type": "document", "source": source}]}
    data = encode({"model": "m", "system": text, "messages": [turn, document]})
    assert data.count(HEAD_END + text.encode() + RECORD_END) == 3


def test_structured_blocks_stand_as_compact_json_in_the_order_and_spelling_of_the_sender() -> None:
    schema: Json = {"type": "object", "b": 1.0, "a": ["é", "\u2028", Spelled("1e+30")]}
    tool: Json = {"name": "n", "input_schema": schema}
    data = encode({"model": "m", "tools": [tool], "messages": []})
    assert b'{"type":"object","b":1.0,"a":["\xc3\xa9","\xe2\x80\xa8",1e+30]}' in data
