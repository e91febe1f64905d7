"""The table of invisible characters."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.invisible import (
    DECOMPOSED,
    INVISIBLE,
    category_of,
    is_invisible,
    is_plain,
    name_of,
    stand_in,
)

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
INVISIBLES = [char for char in EVERY if is_invisible(char)]


def test_every_stand_in_can_be_seen_and_is_as_long_as_the_character() -> None:
    for char in INVISIBLES:
        shown = stand_in(char)
        assert not is_invisible(shown)
        assert unicodedata.category(shown)[0] in "SLNP"
        assert len(shown.encode("utf-16")) == len(char.encode("utf-16"))


def test_every_separator_and_control_but_space_tab_and_newline_is_invisible() -> None:
    blank = [char for char in EVERY if unicodedata.category(char) in ("Cc", "Zs", "Zl", "Zp")]
    assert [char for char in blank if not is_invisible(char)] == ["\t", "\n", " "]


@given(st.text(alphabet=st.sampled_from([*map(chr, range(0x180)), "\u2028", "😀"])))
def test_plain_text_is_visible_ascii_with_blanks(chars: str) -> None:
    assert is_plain(chars) == (chars.isascii() and not any(map(is_invisible, chars)))


def test_the_pattern_and_the_table_agree_on_every_character() -> None:
    assert [char for char in EVERY if INVISIBLE.fullmatch(char)] == INVISIBLES


@given(st.characters(exclude_categories=["Cs"]))
def test_a_character_that_can_be_seen_stands_for_itself(char: str) -> None:
    if not is_invisible(char):
        assert stand_in(char) == char
        assert category_of(char) is None


@pytest.mark.parametrize(
    ("char", "category", "name"),
    [
        ("\u00a0", "space", "NO-BREAK SPACE"),
        ("\u202f", "space", "NARROW NO-BREAK SPACE"),
        ("\u200b", "zero-width", "ZERO WIDTH SPACE"),
        ("\ufeff", "zero-width", "ZERO WIDTH NO-BREAK SPACE"),
        ("\u202e", "bidi", "RIGHT-TO-LEFT OVERRIDE"),
        ("\x00", "control", "NULL"),
        ("\x1b", "control", "ESCAPE"),
        ("\r", "line-separator", "CARRIAGE RETURN"),
        ("\x85", "line-separator", "NEXT LINE"),
        ("\u2028", "line-separator", "LINE SEPARATOR"),
        ("\u00ad", "format", "SOFT HYPHEN"),
        ("\ufe0f", "format", "VARIATION SELECTOR-16"),
        ("\U000e0067", "format", "TAG LATIN SMALL LETTER G"),
        ("\ufdd0", "format", "NONCHARACTER-FDD0"),
    ],
)
def test_the_usual_suspects_have_their_kind_and_name(char: str, category: str, name: str) -> None:
    assert (category_of(char), name_of(char)) == (category, name)


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("e", "LATIN SMALL LETTER E"),
        ("\x91", "CONTROL-0091"),
        ("\ue000", "PRIVATE USE-E000"),
        ("\u0378", "UNASSIGNED-0378"),
        ("\U0001fffe", "NONCHARACTER-1FFFE"),
    ],
)
def test_every_character_has_a_name(char: str, name: str) -> None:
    assert name_of(char) == name


def test_a_tag_is_shown_as_the_letter_that_it_spells() -> None:
    assert "".join(map(stand_in, "\U000e0067\U000e0042\U000e0031")) == "𝚐𝙱𝟷"


@pytest.mark.parametrize("chars", ["e\u0301", "a\u0308\u0323", "か\u3099", "\u1112\u1161\u11ab"])
def test_a_decomposed_letter_is_found_as_a_whole(chars: str) -> None:
    match = DECOMPOSED.search(f"xx{chars}yy")
    assert match is not None
    assert match[0] == chars


@pytest.mark.parametrize("chars", ["é", "が", "한", "x\ufe0f", "e\n\u0301"])
def test_composed_letters_are_not_taken_for_decomposed_ones(chars: str) -> None:
    assert DECOMPOSED.search(chars) is None
