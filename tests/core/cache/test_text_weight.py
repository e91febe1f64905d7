"""What a text weighs: the same whatever pieces it is cut into, and near to what is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import Tokenizer
from coldbyte.core.cache.text_weight import weight_of
from coldbyte.core.text.text import Piece, Text

CHARS = st.text(st.sampled_from("ab Zé\n 12.,(\u00a0中ж\u3000한😀\x00\u2019"), max_size=40) | st.text(
    max_size=60
)
BOTH: tuple[Tokenizer, ...] = ("2023", "2026")


def weight(chars: str, tokenizer: Tokenizer = "2023") -> int:
    return weight_of(Text.from_str(chars), tokenizer)


@given(st.lists(CHARS, max_size=6))
def test_the_pieces_of_a_text_do_not_matter(parts: list[str]) -> None:
    cut = Text(tuple(Piece(part, part.encode()) for part in parts if part))
    for tokenizer in BOTH:
        assert weight_of(cut, tokenizer) == weight("".join(parts), tokenizer)


@given(CHARS, st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9), CHARS), max_size=5))
def test_it_does_not_matter_how_a_text_was_typed(chars: str, edits: list[tuple[int, int, str]]) -> None:
    text = Text.from_str(chars)
    for start, length, new in edits:
        start = min(start, text.utf16)
        text = text.replace(start, min(start + length, text.utf16), new)
    assert weight_of(text, "2026") == weight(str(text), "2026")


@given(CHARS, CHARS)
def test_more_text_weighs_more_and_a_run_that_goes_on_weighs_once(one: str, two: str) -> None:
    both = weight(one + two)
    assert max(weight(one), weight(two)) <= both <= weight(one) + weight(two)


def test_a_run_counts_once_and_its_bytes_each() -> None:
    assert weight("word") - weight("wor") == weight("x" * 9) - weight("x" * 8) < 100
    assert weight("two words") > weight("twowords") + 500
    assert weight("(((") < 2 * weight("(")
    assert weight(" " * 40) < 1000 < weight("\n\n")


def test_a_piece_is_weighed_once() -> None:
    shared = Piece("x" * 10, b"x" * 10)
    text = Text((shared, Piece(" y", b" y")))
    assert weight_of(text, "2023") == weight("x" * 10 + " y")
    shared.derived["token weight 2023"] += 5000  # what is kept is believed
    assert weight_of(Text((shared, Piece(" z", b" z"))), "2023") == weight("x" * 10 + " z") + 5000


@pytest.mark.parametrize(
    ("chars", "least", "most"),
    [
        ("The quick brown fox jumps over the lazy dog.", 3.5, 4.6),
        ("def add(self, other: int) -> int:\n    return self.value + other\n", 2.5, 3.9),
        ('{"city":"Paris","days":3}', 2.0, 3.2),
        ("数据保护条例规定了个人数据的处理方式", 0.8, 1.1),
        ("Быстрая коричневая лиса прыгает через ленивую собаку", 1.2, 2.2),
        ("Der schnelle braune Fuchs springt über den faulen Hund", 3.0, 4.6),
        ("3.14159 2.71828 1.41421", 1.2, 2.4),
    ],
)
def test_scripts_and_code_have_about_their_known_length_of_a_token(
    chars: str, least: float, most: float
) -> None:
    assert least < len(chars) * 1000 / weight(chars) < most
    assert weight(chars, "2026") > weight(chars) * 1.25


def test_the_newer_tokenizer_takes_each_digit_by_itself() -> None:
    assert weight("12345678", "2026") - weight("1234", "2026") == 4000
    assert weight("abc", "2026") == pytest.approx(weight("abc") * 1.3, abs=3)
