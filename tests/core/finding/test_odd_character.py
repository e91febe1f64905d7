"""Characters that a reader does not see are found, and those that do their work are left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.finding.odd_character import odd_characters
from coldbyte.core.text.text import Text
from coldbyte.services import resources


def found(chars: str) -> list[tuple[str, str, int, int]]:
    return [(odd.id, odd.chars, odd.start, odd.count) for odd in odd_characters(Text.from_str(chars))]


@pytest.mark.parametrize(
    ("chars", "name", "odd", "start", "count"),
    [
        ("é\u200bb\u200b", "invisible-char-changed", "\u200b", 2, 2),
        ("\ufeffHi", "invisible-char-changed", "\ufeff", 0, 1),
        ("a\u202eb", "invisible-char-changed", "\u202e", 1, 1),
        ("x\x00y", "invisible-char-changed", "\x00", 1, 1),
        ("a\u00a0b", "invisible-char-changed", "\u00a0", 1, 1),
        ("\u00a0a\u200b", "invisible-char-changed", "\u200b", 3, 1),
        ("cafe\u0301", "unicode-normalization-changed", "e\u0301", 3, 1),
        ("a\ufffdb\ufffd", "encoding-damaged", "\ufffd", 1, 2),
        ("voil\u00c3\u00a9", "encoding-damaged", "\u00c3\u00a9", 4, 1),
        ("don\u00e2\u20ac\u2122t", "encoding-damaged", "\u00e2\u20ac\u2122", 3, 1),
        ("p\u0430ypal", "homoglyph-changed", "\u0430", 1, 1),
        ("\u0440aypal", "homoglyph-changed", "\u0440", 0, 1),
        ("a\r\nb\nc\n", "line-endings-changed", "\r\n", 1, 1),
        ("a\nb\rc", "line-endings-changed", "\r", 3, 1),
    ],
)
def test_an_odd_character_is_found_at_its_first_place(
    chars: str, name: str, odd: str, start: int, count: int
) -> None:
    assert found(chars) == [(name, odd, start, count)]


@pytest.mark.parametrize(
    "chars",
    [
        "",
        "Plain text,\twith a tab\nand a line.",
        "a\r\nb\r\n",
        "“Curly” – dashes… and § signs, naïve café",
        "👨‍👩‍👧 and ❤️ and 1️⃣ and 🏴\U000e0067\U000e0062\U000e007f",
        "نیم\u200cفاصله",
        "क्\u200dष",
        "שלום\u200f (abc)",
        "全角\u3000空白",
        "σx, μm, kΩ, Δt, πr, Δtime, μmeter",
        "Привет, мир",
        "q\u0331",  # no composed form
    ],
)
def test_characters_that_do_their_work_are_left_alone(chars: str) -> None:
    assert found(chars) == []


def test_what_typesetters_leave_is_quiet() -> None:
    quiet = {odd.chars: odd.quiet for odd in odd_characters(Text.from_str("a\u00adb"))}
    assert quiet == {"\u00ad": True}
    (loud,) = odd_characters(Text.from_str("a\u00adb\u200b"))
    assert (loud.quiet, loud.chars) == (False, "\u200b")


def test_a_law_holds_soft_hyphens_and_nothing_worse() -> None:
    (odd,) = odd_characters(Text.from_str(resources.text("sample/gdpr.txt")))
    assert (odd.chars, odd.quiet, odd.count) == ("\u00ad", True, 39)


@given(st.text(st.sampled_from("aeo\u0301\u0308é\u1100\u1161ü"), max_size=30))
def test_a_text_in_composed_form_is_not_called_decomposed(chars: str) -> None:
    names = [name for name, *_ in found(unicodedata.normalize("NFC", chars))]
    assert "unicode-normalization-changed" not in names


@given(st.text(st.sampled_from("ae é\u0301\u200b\u00a0\r\n\ufffdа"), max_size=40))
def test_the_bytes_are_those_of_the_characters(chars: str) -> None:
    for _, odd, start, count in found(chars):
        assert chars.encode()[start:].startswith(odd.encode())
        assert count >= 1


def test_a_letter_with_very_many_marks_is_read_in_bounded_time() -> None:
    assert found("e" + "\u0301\u0323" * 50_000)[0][0] == "unicode-normalization-changed"
