"""Text for a terminal: columns, breaks, stand-ins, colour."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.commands.terminal import Ink, columns_of, cut, cut_start, printable, wrapped

odd = st.text("ab 漢字🐈e\u0301\u200b\u202e\x1b[31m\n\u00a0한\u1100\u1161")


@pytest.mark.parametrize(
    ("chars", "columns"),
    [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("ｆｕｌｌ", 8), ("🐈", 2), ("\u1100\u1161", 2), ("", 0)],
)
def test_columns_are_those_of_a_terminal(chars: str, columns: int) -> None:
    assert columns_of(chars) == columns


@given(odd | st.text())
def test_nothing_printed_can_steer_a_terminal(chars: str) -> None:
    shown = printable(chars)
    wrong = {char for char in shown if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")}
    assert not wrong
    assert printable(shown) == shown


def test_a_plain_text_is_printed_as_it_is() -> None:
    assert printable("Größe 漢字 e\u0301 – “x”") == "Größe 漢字 e\u0301 – “x”"


@given(odd.map(printable), st.integers(2, 30))
def test_a_cut_line_fits_and_says_that_it_is_cut(chars: str, columns: int) -> None:
    start, end = cut(chars, columns), cut_start(chars, columns)
    assert columns_of(start) <= columns
    assert columns_of(end) <= columns
    if columns_of(chars) <= columns:
        assert (start, end) == (chars, chars)
    else:
        assert start[-1] == end[0] == "…"
        assert chars.startswith(start[:-1])
        assert chars.endswith(end[1:])


@given(odd.map(printable), st.integers(2, 30))
def test_wrapped_lines_fit_and_hold_everything(chars: str, columns: int) -> None:
    lines = list(wrapped(chars, columns))
    assert all(columns_of(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == chars.replace(" ", "")


def test_lines_break_between_words() -> None:
    assert list(wrapped("one two three", 7)) == ["one two", "three"]
    assert list(wrapped("", 7)) == [""]


def test_ink_colours_or_not() -> None:
    assert Ink(coloured=True)("bad", "x") == "\x1b[1;31mx\x1b[0m"
    assert Ink(coloured=False)("bad", "x") == "x"
    assert Ink(coloured=True)("bad", "") == ""
