"""The index of a body, against the walk that it spares."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.json.index import JsonIndex, wire_bytes
from coldbyte.core.json.place import find_place, wire_byte
from coldbyte.core.json.reader import read_json
from core.json_spelling import DOCUMENTS, UNITS, places
from core.mended import body, spelled, text


@given(st.data(), DOCUMENTS)
def test_every_place_of_a_body_is_found_like_without_an_index(data: st.DataObject, free: str) -> None:
    tools = [{"name": "a", "input_schema": {"max items": [1, "x"]}}, {"name": "b"}]
    made: dict[str, Any] = body("q1", [text("a1"), {"type": "x", "content": [text("t")]}], [], tools=tools)
    front = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf ", b'{"z":1}\n']))
    raw = front + data.draw(spelled({**made, "free": 12345})).replace(b"12345", free.encode())
    start = len(front) if front[:1] == b"{" else 0
    index = JsonIndex(raw, start)
    for where, _ in places(read_json(raw, start)):
        assert index.span(where) == find_place(raw, where, start)


def test_of_a_list_that_is_given_twice_the_last_one_counts() -> None:
    raw = b'{"tools":[1,2,3],"tools":[{"a":4}]}'
    assert raw[slice(*JsonIndex(raw).span("tools[0].a"))] == b"4"
    for where in ("tools[1]", "system", "tools[0].b", "messages[0].content[0]"):
        with pytest.raises(KeyError):
            JsonIndex(raw).span(where)


@given(st.lists(UNITS, max_size=40), st.data())
def test_bytes_of_a_string_are_found_in_one_walk(units: list[tuple[str, str]], data: st.DataObject) -> None:
    raw = b'[ "' + "".join(spelling for _, spelling in units).encode() + b'"]'
    size = len("".join(char for char, _ in units).encode())
    asked = sorted(data.draw(st.lists(st.integers(0, size), max_size=12)))
    wanted = [wire_byte(raw, 2, byte) for byte in asked]
    assert list(wire_bytes(raw, 2, len(raw) - 1, asked)) == wanted


@pytest.mark.parametrize("ascii_only", [True, False])
def test_bytes_far_apart_in_a_long_string_are_found(ascii_only: bool) -> None:
    chars = 'Zeile mit é, 漢字, "Wort" \\ und 😀.\n' * 20_000
    raw = b"[" + json.dumps(chars, ensure_ascii=ascii_only).encode() + b"]"
    size = len(chars.encode())
    asked = [7, 70_000, 70_001, 70_002, 400_000, 540_000, size - 3, size]
    wanted = [wire_byte(raw, 1, byte) for byte in asked]
    assert list(wire_bytes(raw, 1, len(raw) - 1, asked)) == wanted
