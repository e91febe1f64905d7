"""Patches of JSON as it was sent, against the same changes of the values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.json.member import elements, members
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import pairs_of
from coldbyte.core.repair.patch import (
    Edit,
    added_member,
    array_edits,
    as_block,
    marked,
    marker_in,
    patched,
    removed_members,
    unmarked,
)
from core.json_spelling import DOCUMENTS, oracle, plain

SPACES = st.sampled_from(["", " ", "\n  "])
ARRAYS = st.tuples(st.lists(DOCUMENTS, max_size=6), SPACES)
OBJECTS = st.tuples(st.lists(st.tuples(st.sampled_from("abcd"), DOCUMENTS), max_size=6), SPACES)
MARK = b'{"type":"ephemeral"}'


def array(items: list[str], space: str) -> bytes:
    return (f"[{space}" + f"{space},{space}".join(items) + f"{space}]").encode()


def an_object(pairs: list[tuple[str, str]], space: str) -> bytes:
    inner = f"{space},".join(f'{space}"{key}"{space}:{space}{value}' for key, value in pairs)
    return f"{{{inner}{space}}}".encode()


@given(ARRAYS, st.binary(max_size=3))
def test_each_element_is_found_as_it_was_sent(given_array: tuple[list[str], str], front: bytes) -> None:
    items, space = given_array
    data = front + array(items, space)
    found = [data[start:stop].decode() for start, stop in elements(data, len(front))]
    assert found == items


@given(OBJECTS)
def test_each_member_is_found_also_where_a_key_stands_twice(pairs: tuple[list[tuple[str, str]], str]) -> None:
    data = an_object(*pairs)
    found = [(one.key, data[one.value : one.stop].decode()) for one in members(data, 0)]
    assert found == pairs[0]


@given(
    ARRAYS,
    st.dictionaries(st.integers(0, 6), st.lists(st.sampled_from([b"7", b'{"n":8}']), min_size=1, max_size=2)),
    st.sets(st.integers(0, 5)),
)
def test_an_array_is_patched_like_a_list_and_what_stays_keeps_its_bytes(
    given_array: tuple[list[str], str], inserts: dict[int, list[bytes]], deletes: set[int]
) -> None:
    items, space = given_array
    inserts = {at: raws for at, raws in inserts.items() if at <= len(items)}
    deletes = {at for at in deletes if at < len(items)}
    data = array(items, space)
    wanted: list[str] = []
    for at in range(len(items) + 1):
        wanted += [raw.decode() for raw in inserts.get(at, ())]
        wanted += [items[at]] if at < len(items) and at not in deletes else []
    changed = patched(data, array_edits(data, 0, inserts, deletes))
    assert [changed[start:stop].decode() for start, stop in elements(changed, 0)] == wanted
    assert plain(read_json(changed)) == [oracle(item.encode()) for item in wanted]


@given(st.lists(st.sampled_from([b'{"n":1}', b'{"n":2}']), max_size=2), st.booleans(), st.booleans())
def test_a_string_among_blocks_becomes_a_text_block(new: list[bytes], front: bool, gone: bool) -> None:
    data = b'{"content": "h\\u00e9 \\"q\\""}'
    edits = array_edits(data, 12, {0 if front else 1: new}, {0} if gone else ())
    own = [] if gone else [{"type": "text", "text": 'hé "q"'}]
    blocks = [json.loads(raw) for raw in new]
    assert json.loads(patched(data, edits)) == {"content": [*blocks, *own] if front else [*own, *blocks]}


@given(OBJECTS, st.sampled_from("abcde"))
def test_members_are_taken_out_and_put_in(pairs: tuple[list[tuple[str, str]], str], key: str) -> None:
    data = an_object(*pairs)
    less = patched(data, removed_members(data, 0, key))
    rest = [(name, value) for name, value in pairs[0] if name != key]
    assert [(one.key, less[one.value : one.stop].decode()) for one in members(less, 0)] == rest
    more = read_json(patched(data, [added_member(data, 0, key, b"[77]")]))
    assert isinstance(more, dict) or pairs[0]
    assert [value for name, value in pairs_of(more) if name == key][-1] == [77]  # type: ignore[arg-type]
    assert len(pairs_of(more)) == len(pairs[0]) + all(name != key for name, _ in pairs[0])  # type: ignore[arg-type]


def test_two_edits_of_the_same_bytes_are_refused() -> None:
    assert patched(b"abcd", [Edit(3, 4, b""), Edit(0, 2, b"x"), Edit(2, 2, b"y")]) == b"xyc"
    with pytest.raises(ValueError, match="two edits at byte 1"):
        patched(b"abcd", [Edit(0, 2, b""), Edit(1, 3, b"")])


def block(**fields: Any) -> bytes:
    return json.dumps({"type": "tool_result", **fields}).encode()


def test_a_block_loses_its_breakpoints_and_keeps_what_only_looks_like_one() -> None:
    marker = {"cache_control": {"type": "ephemeral"}}
    raw = block(content=[{"type": "text", "text": "t", **marker}], input={**marker}, **marker)
    assert json.loads(unmarked(raw)) == json.loads(
        block(content=[{"type": "text", "text": "t"}], input={**marker})
    )
    assert marker_in(raw) == json.dumps(marker["cache_control"]).encode()
    assert marker_in(block(cache_control=None)) is None


def test_a_block_takes_another_breakpoint() -> None:
    assert marked(b'"q"', MARK) == as_block(b'"q"')[:-1] + b',"cache_control":' + MARK + b"}"
    assert json.loads(marked(block(cache_control={"type": "ephemeral", "ttl": "1h"}), MARK)) == {
        "type": "tool_result",
        "cache_control": {"type": "ephemeral"},
    }
    assert json.loads(marked(block(cache_control=None), None)) == {"type": "tool_result"}
