from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.capture import read_capture
from coldbyte.core.cause import Cause
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import Json, Spelled, compact, printed_size, value_at
from coldbyte.core.prefix.wire import wire_byte, with_wire, with_wires
from coldbyte.core.text.text import Text
from core.json.test_value import places
from core.json_printer import Printer
from core.json_tree import TREES
from core.request_tree import BODIES, STRINGS

RANDOM = st.randoms(use_true_random=False)


def written(tree: Json, choice: random.Random) -> RequestBody:
    """A body as it is read from bytes that were written in some way, behind something else."""
    front = choice.choice([b"", b" \n", b'{"before":1}\n'])
    data = front + Printer(choice).print(tree).encode() + choice.choice([b"", b"\n"])
    found = read_json(data, len(front))
    assert isinstance(found, Mapping)
    return RequestBody(found, Source(data, len(front)))


def decoded(data: bytes) -> str:
    """What the start of a string stands for, as far as it is whole."""
    for cut in range(len(data), -1, -1):
        try:
            return str(json.loads(b'"' + data[:cut] + b'"'))
        except ValueError:
            continue
    raise AssertionError(data)


@given(BODIES, RANDOM, st.data())
def test_the_wire_byte_of_a_text_is_that_of_the_same_character(
    body: Any, choice: random.Random, data: Any
) -> None:
    read = written(body, choice)
    assert read.source is not None
    raw = read.source.data
    texts = [(path, str(value)) for path, value in places(read.fields) if isinstance(value, (str, Text))]
    path, text = data.draw(st.sampled_from(texts))
    start = wire_byte(read, path, 0)
    assert start is not None
    assert raw[start - 1 : start] == b'"'
    for index in range(len(text)):
        byte = wire_byte(read, path, len(text[:index].encode()))
        assert byte is not None
        assert decoded(raw[start:byte]) == text[:index]
        assert json.loads(b'"' + raw[start:byte] + b'"') == text[:index]
    end = wire_byte(read, path, len(text.encode()))
    assert end == wire_byte(read, path, None if not text else 10**9)
    assert end is not None
    assert raw[end : end + 1] == b'"'
    assert json.loads(raw[start - 1 : end + 1]) == text


@given(st.dictionaries(st.sampled_from("ab"), TREES, min_size=1), RANDOM)
def test_the_wire_byte_of_any_other_value_is_that_of_the_same_byte_of_its_print(
    tree: dict[str, Json], choice: random.Random
) -> None:
    read = written(tree, choice)
    assert read.source is not None
    raw = read.source.data
    for path, value in places(read.fields):
        if isinstance(value, (str, Text)):
            continue
        print_ = compact(value).encode()
        found = [wire_byte(read, path, byte) for byte in range(len(print_))]
        assert found == sorted(found, key=lambda byte: byte or 0)
        for byte, place in zip(print_, found, strict=True):
            assert place is not None
            if chr(byte) in '[]{},:"0123456789' and raw[place] != ord("\\"):
                assert raw[place] == byte


@given(st.dictionaries(st.sampled_from("ab"), TREES, min_size=1))
def test_of_a_body_written_here_the_wire_is_the_compact_print(tree: dict[str, Json]) -> None:
    body = RequestBody(tree)
    data = body.encode()
    same = replace(body, source=Source(data))
    for path, value in places(tree):
        size = len(str(value).encode()) if isinstance(value, (str, Text)) else printed_size(value)
        for byte in range(size):
            assert wire_byte(body, path, byte) == wire_byte(same, path, byte)


@pytest.mark.parametrize("source", [False, True])
@pytest.mark.parametrize("where", ["b", "a.b", "a[3]", "a[0].x", "not a path", '["'])
def test_a_place_that_the_body_has_not_got_has_no_wire_byte(where: str, source: bool) -> None:
    data = b'{"a":[1,2]}'
    fields = read_json(data)
    assert isinstance(fields, Mapping)
    assert wire_byte(RequestBody(fields, Source(data) if source else None), where, 0) is None


def test_the_wire_byte_of_a_changed_number_is_its_first_other_digit() -> None:
    data = b'{"tools": [ {"input_schema": {"minimum": 1.05}} ]}'
    body = read_capture(data).body
    where = "tools[0].input_schema.minimum"
    assert value_at(body.fields, where) in (1.05, Spelled("1.05"))
    assert wire_byte(body, where, 2) == data.index(b"1.05") + 2


def test_the_wire_byte_of_a_reordered_object_is_the_first_other_byte_of_its_key() -> None:
    data = b'{ "input" : { "a" : 1 , "\\u0062\\"" : [ 2 ] } }'
    body = read_capture(data).body
    assert compact(body.fields["input"]) == '{"a":1,"b\\"":[2]}'
    found = [wire_byte(body, "input", byte) for byte in range(len('{"a":1,"b\\"":[2]}'))]
    chars = "".join(chr(data[byte]) for byte in found if byte is not None)
    assert chars == '{"a":1,"\\\\\\":[2]}'
    assert wire_byte(body, "input", 8) == data.index(b"\\u0062")


def test_a_value_with_a_breakpoint_inside_is_found_at_its_start() -> None:
    data = b'{"tools": [{"cache_control": {"type": "ephemeral"}, "name": "n"}]}'
    body = read_capture(data).body
    assert wire_byte(body, "tools[0]", 5) == data.index(b'{"cache')
    assert wire_byte(RequestBody(body.fields), "tools[0]", 5) == body_start(body, b'{"cache')


def body_start(body: RequestBody, part: bytes) -> int:
    return body.encode().index(part)


def test_a_setting_that_the_prefix_orders_anew_is_found_at_its_start() -> None:
    data = b'{"thinking": {"budget_tokens": 9, "type": "enabled"}}'
    body = read_capture(data).body
    assert wire_byte(body, "thinking", 9) == data.index(b'{"budget')
    ordered = read_capture(b'{"thinking": {"type": "enabled", "budget_tokens": 9}}').body
    assert wire_byte(ordered, "thinking", len('{"type":"enabled","budget_tokens":')) == len(data) - 3


def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    data = b'{"system": "one", "system": "two"}'
    body = read_capture(data).body
    assert wire_byte(body, "system", 1) == data.index(b"two") + 1
    assert wire_byte(RequestBody(body.fields), "system", 1) == body_start(body, b"two") + 1


@given(st.fixed_dictionaries({"x": TREES, "model": STRINGS, "y": TREES}), RANDOM)
def test_the_wire_byte_counts_in_the_file_of_an_exchange_or_in_its_raw_request(
    body: Any, choice: random.Random
) -> None:
    printer = Printer(choice)
    plain = {"request": body, "response": None}
    exchange = printer.print(plain).encode()
    capture = read_capture(exchange)
    place = wire_byte(capture.body, "model", 0)
    assert place is not None
    assert exchange[place - 1 :].startswith(printer.print(body["model"])[:1].encode())
    assert decoded(exchange[place : wire_byte(capture.body, "model", 10**6)]) == body["model"]
    raw = printer.print(body)
    capture = read_capture(printer.print({**plain, "request_raw": raw}).encode())
    place = wire_byte(capture.body, "model", 0)
    assert place is not None
    assert decoded(raw.encode()[place : wire_byte(capture.body, "model", 10**6)]) == body["model"]


def cause(where: str, before: str | None, byte: tuple[int | None, int | None], **more: Any) -> Cause:
    return Cause("text-edited", "system", where, before, 0, 0, "", None, block_byte=byte, **more)


def test_a_cause_gets_the_bytes_of_both_bodies() -> None:
    before = read_capture(b'{"system": "ab"}').body
    after = read_capture(b'{ "system": "\\u0061c"}').body
    found = with_wire(cause("system", "system", (1, 1), blocks=(1, 1)), before, after)
    assert found.wire_byte == (13, 19)


def test_a_side_that_has_not_got_the_place_has_no_wire_byte() -> None:
    body = read_capture(b'{"system": "ab", "model": "m"}').body
    assert with_wire(cause("system", None, (None, 0), blocks=(None, 1)), body, body).wire_byte == (None, 12)
    assert with_wire(cause("system", "system", (0, None), blocks=(1, None)), body, body).wire_byte == (
        12,
        None,
    )
    assert with_wire(cause("", "", (0, 0)), body, body).wire_byte == (0, 0)


def test_many_causes_get_the_bytes_that_each_gets_by_itself() -> None:
    long = "Zeile\n" * 30_000
    before = read_capture(json.dumps({"system": long, "tools": [{"a": 1}, {"b": "x"}]}).encode()).body
    after = read_capture(json.dumps({"tools": [{"a": 2}], "system": f"é{long}"}).encode()).body
    causes = [
        *(
            cause("system", "system", (byte, byte + 2), blocks=(1, 1))
            for byte in (170_000, 5, 70_001, 180_000)
        ),
        cause("tools[0].a", "tools[0].a", (0, 0), blocks=(0, 0)),
        cause("tools[1].b", "tools[1].b", (0, None), blocks=(1, None)),
        cause("tools[7]", None, (None, 0), blocks=(None, 1)),
    ]
    assert with_wires(causes, before, after) == tuple(with_wire(one, before, after) for one in causes)


def test_paths_of_all_texts_of_a_body_are_found() -> None:
    def texts(value: Json) -> Iterator[str]:
        yield from (str(one) for _, one in places(value) if isinstance(one, (str, Text)))

    data = b'{"a b": {"": ["x", {"\\"": "y"}]}}'
    body = read_capture(data).body
    assert list(texts(body.fields)) == ["x", "y"]
    assert [wire_byte(body, path, 0) for path, one in places(body.fields) if isinstance(one, str)] == [15, 27]
