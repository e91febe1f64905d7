"""Boundaries and ends of strings, at every offset."""

from __future__ import annotations

import json
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coldbyte.core.json.string import MisreadError, boundary, closing_quote, read_string, string_end
from core.json_spelling import UNITS, small_sizes


def boundaries(units: list[tuple[str, str]]) -> list[int]:
    """The offsets between the characters of a string, whose content begins at 0."""
    return list(accumulate((len(spelled.encode()) for _, spelled in units), initial=0))


@given(st.lists(UNITS, min_size=1, max_size=40))
@example([("\\", "\\\\")] * 20 + [("😀", "\\ud83d\\ude00")])
@example([("\\", "\\\\"), ("u", "u"), ("d", "d"), ("8", "8"), ("3", "3"), ("d", "d"), ("é", "\\u00e9")])
def test_a_boundary_is_the_last_offset_between_two_characters(units: list[tuple[str, str]]) -> None:
    data = "".join(spelled for _, spelled in units).encode() + b'"'
    allowed = boundaries(units)
    for place in range(len(data)):
        assert boundary(data, 0, place) in allowed
        assert place - boundary(data, 0, place) <= 12
        if place in allowed and not data[:place].endswith(b"\\u") and data[place : place + 2] != b"\\u":
            assert boundary(data, 0, place) == place


@pytest.mark.parametrize("small", [True, False])
@given(units=st.lists(UNITS, max_size=60), behind=st.sampled_from([b"", b',"\\\\"', b"]", "é".encode()]))
def test_a_string_ends_at_its_closing_quote(small: bool, units: list[tuple[str, str]], behind: bytes) -> None:
    raw = "".join(spelled for _, spelled in units).encode()
    data = b'["' + raw + b'"' + behind
    with pytest.MonkeyPatch.context() as patch:
        if small:
            small_sizes(patch)
        assert string_end(data, 1) == len(raw) + 3
        chars, end = read_string(data, 1, len(data))
    assert end == len(raw) + 3
    assert str(chars) == "".join(char for char, _ in units)


def test_a_closing_quote_is_told_from_escaped_ones() -> None:
    data = rb'"a\"b\\" , "c"'
    assert closing_quote(data, 1, 4) == -1
    assert closing_quote(data, 1, len(data)) == 7


def test_a_string_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="byte 3"):
        string_end(rb'   "a\"', 3)
    with pytest.raises(MisreadError) as caught:
        read_string(b'"abc', 0, 4)
    assert caught.value.byte == 4


def test_a_string_does_not_reach_beyond_the_stop() -> None:
    data = b'"abc"'
    assert json.loads(data) == read_string(data, 0, 5)[0]
    with pytest.raises(MisreadError) as caught:
        read_string(data, 0, 4)
    assert caught.value.byte == 4
