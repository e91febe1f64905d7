"""Escapes: what can't be typed or seen can be searched for all the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.escape import (
    EscapeError,
    escaped,
    needs_escapes,
    unescaped,
    with_numbers_read,
)
from coldbyte.core.text.invisible import is_invisible

CHARS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\\\r\n\t\0\u00a0\ufeffaux{}N"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\u00a0b", "a\u00a0b"),
        (r"\r\n", "\r\n"),
        (r"\t\0\f\v\\", "\t\0\f\v\\"),
        (r"\x41\u{1F600}\U0001F600", "A😀😀"),
        (r"\N{NO-BREAK SPACE}", "\u00a0"),
        (r"\\n", "\\n"),
    ],
)
def test_an_escape_means_its_character(written: str, meant: str) -> None:
    assert unescaped(written) == meant


@pytest.mark.parametrize(
    ("written", "at", "words"),
    [
        (r"ab\q", 2, "no escape"),
        ("ab\\", 2, "backslash at the end"),
        (r"\u12", 0, "no escape"),
        (r"a\ud800", 1, "no character"),
        (r"\u{110000}", 0, "no character"),
        (r"\N{NO SUCH THING}", 0, "no character is called"),
    ],
)
def test_what_is_no_escape_is_said_with_its_place(written: str, at: int, words: str) -> None:
    with pytest.raises(EscapeError, match=re.escape(words)) as caught:
        unescaped(written)
    assert caught.value.at == at


@given(CHARS)
def test_what_was_escaped_means_the_same_and_can_be_seen(chars: str) -> None:
    assert unescaped(escaped(chars)) == chars
    assert not any(is_invisible(char) or char in "\t\n" for char in escaped(chars))


@given(CHARS)
def test_only_what_can_not_be_shown_needs_escapes(chars: str) -> None:
    assert needs_escapes(chars) is (escaped(chars, backslash=False) != chars)


@pytest.mark.parametrize(
    ("template", "made"), [(r"\1\u00a0", "a\u00a0"), (r"\\u00a0", r"\u00a0"), (r"\u005c1", r"\1")]
)
def test_a_template_may_hold_numbered_characters(template: str, made: str) -> None:
    assert re.sub("(a)", with_numbers_read(template), "a") == made
