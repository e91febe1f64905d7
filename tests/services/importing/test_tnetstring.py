"""Tagged netstrings: every value comes back, and no length in a file is believed."""

from __future__ import annotations

import io
import math
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.tnetstring import (
    DEEPEST,
    MOST,
    NetstringError,
    netstrings,
    read_dictionary,
    text_of,
)
from services.importing.log_seed import netstring

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False)
    | st.binary(max_size=20)
    | st.text(max_size=20)
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
dictionaries = st.dictionaries(st.text(max_size=8), values, max_size=5)


def inside(value: dict[str, Any]) -> bytes:
    return netstring(value).partition(b":")[2][:-1]


@given(dictionaries)
def test_every_value_comes_back_as_it_was_written(value: dict[str, Any]) -> None:
    assert read_dictionary(inside(value)) == value


@given(st.lists(dictionaries, max_size=5))
def test_a_file_gives_its_dictionaries_each_with_its_place(rows: list[dict[str, Any]]) -> None:
    data = b"".join(map(netstring, rows))
    found = list(netstrings(io.BytesIO(data)))
    assert [read_dictionary(one.data or b"") for one in found] == rows
    assert all(data[one.byte :].startswith(str(one.size).encode() + b":") for one in found)


@given(dictionaries, st.data())
def test_a_file_that_ends_early_says_so_of_its_last_value_only(
    row: dict[str, Any], data: st.DataObject
) -> None:
    whole = netstring(row)
    cut = data.draw(st.integers(1, len(whole) - 1))
    first, last = netstrings(io.BytesIO(whole + whole[:cut]))
    assert first.whole
    assert read_dictionary(first.data or b"") == row
    assert (last.whole, last.data, last.byte) == (False, None, len(whole))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    byte: int | None = 0
    try:
        read_dictionary(data)
    except NetstringError as error:
        byte = error.byte
    assert byte is not None
    assert 0 <= byte <= len(data)
    try:
        list(netstrings(io.BytesIO(data)))
    except ImportTroubleError as error:
        byte = error.byte
    assert byte is not None


def test_bytes_keys_of_old_files_are_names() -> None:
    assert read_dictionary(inside({b"type": b"http"})) == {"type": b"http"}  # type: ignore[dict-item]
    assert text_of(b"http") == text_of("http") == "http"
    assert text_of(3) == ""


@pytest.mark.parametrize(
    ("data", "say"),
    [
        (b"1:a,", "no value"),
        (b"1:1#1:a,", "no text"),
        (b"1:a,9:b,", "larger than"),
        (b"1:a,1:x#", "its type"),
        (b"1:a,3:abc!", "its type"),
        (b"1:a,1:x~", "its type"),
        (b"1:a,3:1e?^", "its type"),
        (b"1:a,1:x?", "its type"),
        (b"1:a,5000:", "larger than"),
        (b"x", "a length"),
        (b"1:a,30:" + b"9" * 30 + b"#", "its type"),
        (b"1:a,-1:x,", "a length"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, say: str) -> None:
    with pytest.raises(NetstringError, match=say):
        read_dictionary(data)


def test_a_fraction_may_be_odd_but_is_a_number() -> None:
    assert read_dictionary(b"1:a,3:inf^") == {"a": math.inf}


def test_nesting_and_number_of_values_have_a_limit() -> None:
    deep: Any = []
    for _ in range(DEEPEST + 1):
        deep = [deep]
    with pytest.raises(NetstringError, match="levels"):
        read_dictionary(inside({"a": deep}))
    with pytest.raises(NetstringError, match="more than"):
        read_dictionary(inside({"a": [None] * MOST}))


def test_a_hostile_length_costs_no_memory() -> None:
    tracemalloc.start()
    try:
        (one,) = netstrings(io.BytesIO(b"120000000:abc"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not one.whole
    assert peak < 2_000_000


def test_a_value_that_is_too_long_is_passed_over_and_the_next_is_read() -> None:
    long, short = netstring({"a": b"x" * 900_000}), netstring({"b": 1})
    first, second = netstrings(io.BytesIO(long + short), longest=1000)
    assert (first.data, first.whole) == (None, True)
    assert read_dictionary(second.data or b"") == {"b": 1}


@pytest.mark.parametrize("data", [b"hello", b"3:abc,", b"0123456789012345:", b"2:ab}x"])
def test_what_is_no_dictionary_ends_the_reading(data: bytes) -> None:
    with pytest.raises(ImportTroubleError) as caught:
        list(netstrings(io.BytesIO(data)))
    assert caught.value.byte == (5 if data.endswith(b"}x") else 0)
