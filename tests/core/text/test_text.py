"""The text value against plain `str` and `bytes`, with pieces of a few characters and of the real size."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text import text as text_module
from coldbyte.core.text.text import (
    EMPTY,
    LoneSurrogateError,
    NotUtf8Error,
    Spot,
    Text,
    common_suffix,
    first_difference,
    first_differing_byte,
)

CHARS = st.sampled_from('ab\n\r\t "\\\0\x1b\x7f\u00a0é\u0301\u2028\u2029\ufdd0\ufeff漢\u200d😀👨🏽\U000e0067')
STRINGS = st.lists(st.one_of(CHARS, st.characters(exclude_categories=["Cs"])), max_size=40).map("".join)
FILLER = "Zeile mit é, 漢字 und 😀.\r\n" * 400
LONG = st.builds(lambda head, times, tail: head + times * FILLER + tail, STRINGS, st.integers(0, 3), STRINGS)
SIZES = [3, text_module._PIECE]


@pytest.fixture(params=SIZES, ids=["small pieces", "real pieces"], autouse=True)
def piece_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(text_module, "_PIECE", request.param)
    monkeypatch.setattr(text_module, "_FRESH", 2 * request.param)
    return int(request.param)


def units(chars: str) -> int:
    return len(chars.encode("utf-16-le")) // 2


def offsets(chars: str) -> Iterator[int]:
    """UTF-16 offset of every character, and the length."""
    return (units(chars[:index]) for index in range(len(chars) + 1))


def contents() -> st.SearchStrategy[str]:
    """Strings of some pieces of the present size."""
    return STRINGS if text_module._PIECE < 100 else STRINGS | LONG


@st.composite
def stretches(draw: st.DrawFn) -> tuple[str, int, int]:
    """A string with the code point indexes of a stretch of it."""
    chars = draw(contents())
    start = draw(st.integers(0, len(chars)))
    return chars, start, draw(st.integers(start, len(chars)))


@st.composite
def relatives(draw: st.DrawFn) -> tuple[Text, Text]:
    """A text and another that was made of it by edits, so that they share pieces."""
    text = other = Text.from_str(draw(contents()))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, other.utf16))
        other = other.replace(start, draw(st.integers(start, other.utf16)), draw(STRINGS))
    return text, other


@given(STRINGS)
def test_a_text_gives_back_its_characters_and_bytes(chars: str) -> None:
    text = Text.from_str(chars)
    assert str(text) == chars
    assert text.encode() == chars.encode()
    assert Text.from_bytes(chars.encode()) == text
    assert (text.size, text.code_points, text.utf16) == (len(chars.encode()), len(chars), units(chars))


def test_a_text_that_comes_run_by_run_is_cut_like_one_that_comes_whole(piece_size: int) -> None:
    whole = FILLER[: 5 * piece_size] + "😀" * (piece_size // 2)
    for size in [1, 2, 3, 5, 7, 20_000] if piece_size < 100 else [5_000, 8_192, 8_193, 20_000]:
        for end in [0, 1, piece_size, 2 * piece_size, 2 * piece_size + 1, 3 * piece_size, len(whole)]:
            chars = whole[:end]
            text = Text.from_runs(chars[start : start + size] for start in range(0, end, size))
            assert [piece.chars for piece in text.pieces] == [p.chars for p in Text.from_str(chars).pieces]
            assert text.encode() == chars.encode()


@given(STRINGS)
def test_escaped_is_the_size_inside_a_json_string(chars: str) -> None:
    assert Text.from_str(chars).escaped == len(json.dumps(chars, ensure_ascii=False).encode()) - 2


@given(STRINGS)
def test_the_digest_names_the_bytes_and_not_the_pieces(chars: str) -> None:
    grown = EMPTY
    for char in chars:
        grown = grown.replace(grown.utf16, grown.utf16, char)
    whole = Text.from_str(chars)
    data = chars.encode()
    number = int.from_bytes(data, "big") % text_module._PRIME
    assert grown.digest == whole.digest == len(data).to_bytes(8, "big") + number.to_bytes(32, "big")
    assert grown == whole
    assert hash(grown) == hash(whole)


@given(stretches(), STRINGS)
def test_replace_is_slice_assignment(stretch: tuple[str, int, int], new: str) -> None:
    chars, start, stop = stretch
    replaced = Text.from_str(chars).replace(units(chars[:start]), units(chars[:stop]), new)
    assert str(replaced) == chars[:start] + new + chars[stop:]
    assert all(piece.data for piece in replaced.pieces)


@given(chars=STRINGS, edits=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), STRINGS), max_size=8))
def test_many_edits_in_a_row_are_slice_assignments(
    chars: str, edits: list[tuple[float, float, str]], piece_size: int
) -> None:
    text = Text.from_str(chars)
    for one, two, new in edits:
        start, stop = sorted((round(one * len(chars)), round(two * len(chars))))
        text = text.replace(units(chars[:start]), units(chars[:stop]), new)
        chars = chars[:start] + new + chars[stop:]
        assert str(text) == chars
        assert text.utf16 == units(chars)
    assert all(len(piece.chars) <= 2 * piece_size for piece in text.pieces)


@given(STRINGS, st.floats(0, 1), STRINGS)
def test_replace_never_cuts_a_pair(chars: str, where: float, new: str) -> None:
    text = Text.from_str(chars)
    offset = round(where * text.utf16)
    floor = max(at for at in offsets(chars) if at <= offset)
    assert text.replace(offset, offset, new) == text.replace(floor, floor, new)


@given(STRINGS)
def test_replace_refuses_half_a_pair(chars: str) -> None:
    with pytest.raises(LoneSurrogateError) as caught:
        Text.from_str(chars + "\ud83d")
    assert caught.value.code_point == len(chars)


@given(STRINGS)
def test_bytes_that_are_no_utf8_are_refused_with_their_offset(chars: str) -> None:
    with pytest.raises(NotUtf8Error) as caught:
        Text.from_bytes(chars.encode() + b"\xff")
    assert caught.value.byte == len(chars.encode())


@given(stretches())
def test_slice_is_a_slice_at_utf16_offsets(stretch: tuple[str, int, int]) -> None:
    chars, start, stop = stretch
    assert Text.from_str(chars).slice(units(chars[:start]), units(chars[:stop])) == chars[start:stop]


@given(STRINGS, st.floats(0, 1), st.floats(0, 1))
def test_slice_bytes_is_a_slice_of_the_bytes(chars: str, one: float, two: float) -> None:
    data = chars.encode()
    start, stop = sorted((round(one * len(data)), round(two * len(data))))
    assert Text.from_str(chars).slice_bytes(start, stop) == data[start:stop]


@given(STRINGS)
def test_every_byte_belongs_to_its_character(chars: str) -> None:
    text = Text.from_str(chars)
    byte = 0
    for index, char in enumerate(chars):
        for inside in range(len(char.encode())):
            assert text.boundary(byte + inside) == byte
            assert text.utf16_at(byte + inside) == units(chars[:index])
        byte += len(char.encode())
    assert text.boundary(byte) == byte
    assert text.utf16_at(byte) == text.utf16


@given(STRINGS)
def test_a_spot_counts_lines_and_columns(chars: str) -> None:
    text = Text.from_str(chars)
    byte = 0
    for index in range(len(chars) + 1):
        lines = chars[:index].split("\n")
        assert text.spot(byte) == Spot(byte, len(lines), len(lines[-1]) + 1)
        byte += len(chars[index : index + 1].encode())


@given(STRINGS)
def test_escaped_before_is_the_size_of_the_escaped_prefix(chars: str) -> None:
    text = Text.from_str(chars)
    byte = 0
    for index in range(len(chars) + 1):
        escaped = len(json.dumps(chars[:index], ensure_ascii=False).encode()) - 2
        assert text.escaped_before(byte) == escaped
        byte += len(chars[index : index + 1].encode())


@given(relatives())
def test_the_first_difference_is_the_first_byte_that_differs(pair: tuple[Text, Text]) -> None:
    before, after = (text.encode() for text in pair)
    found = first_difference(*pair)
    if before == after:
        assert found is None
        assert pair[0] == pair[1]
    else:
        assert found is not None
        assert before[:found] == after[:found]
        assert before[found : found + 1] != after[found : found + 1]
        assert pair[0] != pair[1]


@given(relatives(), st.integers(0, 60))
def test_the_common_suffix_is_the_longest_within_the_limit(pair: tuple[Text, Text], limit: int) -> None:
    before, after = (text.encode() for text in pair)
    size = common_suffix(*pair, limit)
    most = min(limit, len(before), len(after))
    assert size <= most
    assert before[len(before) - size :] == after[len(after) - size :]
    if size < most:
        assert before[len(before) - size - 1] != after[len(after) - size - 1]


@given(st.binary(max_size=30), st.binary(max_size=30), st.sampled_from([0, 65_530, 131_072]))
def test_the_first_differing_byte_of_long_strings_is_found(one: bytes, two: bytes, shared: int) -> None:
    before, after = b"x" * shared + one, b"x" * shared + two
    found = first_differing_byte(before, after)
    assert before[:found] == after[:found]
    assert found == min(len(before), len(after)) or before[found] != after[found]


@given(stretches(), STRINGS)
def test_an_edit_keeps_the_pieces_that_it_does_not_touch(stretch: tuple[str, int, int], new: str) -> None:
    chars, start, _ = stretch
    text = Text.from_str(chars)
    at = units(chars[:start])
    kept = {id(piece) for piece in text.pieces} & {id(piece) for piece in text.replace(at, at, new).pieces}
    assert len(kept) >= len(text.pieces) - 1


def test_a_key_beside_another_one_makes_one_of_five_hundred_pieces_new(piece_size: int) -> None:
    fresh = Text.from_str("abcdefg\n" * (500 * piece_size // 8))
    middle = fresh.utf16 // 2
    text = fresh.replace(middle, middle, "y")
    edited = text.replace(middle, middle, "x")
    old = {id(piece) for piece in text.pieces}
    assert sum(id(piece) not in old for piece in edited.pieces) <= 2


def test_the_empty_text_has_no_pieces() -> None:
    assert EMPTY.pieces == Text.from_str("").pieces == EMPTY.replace(0, 0, "").pieces == ()
    assert EMPTY.spot(0) == Spot(0, 1, 1)
    assert (EMPTY.escaped_before(0), EMPTY.boundary(0), EMPTY.utf16_at(0)) == (0, 0, 0)
