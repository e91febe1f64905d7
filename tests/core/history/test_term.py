"""Texts and questions in the form of the index."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.history.term import MOST_TERMS, excerpt, folded, indexed, plain, terms_of

TEXTS = st.text(max_size=40)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.booleans())
def test_the_text_of_a_json_string_is_what_it_says(text: str, escaped: bool) -> None:
    assert plain(json.dumps(text, ensure_ascii=escaped).encode())[1:-1] == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\\ud800b", "a\ufffdb"),
        (b"\\", "\\"),
        (b"\\u12", "\\u12"),
        (b"\\x\xff", "\\x\ufffd"),
        (b"\\\\n", "\\n"),
    ],
)
def test_what_is_not_sound_is_replaced_or_left(data: bytes, text: str) -> None:
    assert plain(data) == text


@given(TEXTS)
def test_case_and_accents_make_no_difference(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded("NAÏVE Cafe\u0301 ＡＢＣ") == "naive cafe abc"


@given(TEXTS, TEXTS, st.text("abc漢字かなไทย", min_size=1, max_size=5))
def test_a_text_has_all_entries_of_the_terms_that_stand_in_it(before: str, after: str, middle: str) -> None:
    """Nothing is missed: a term that a text holds is found by the words of its index."""
    text = f"{before} {middle} {after}"
    words = indexed(text).split()
    for term in terms_of(middle):
        assert term.pattern.search(folded(text))
        for gram in term.grams[:-1]:
            assert gram in words
        last = term.grams[-1]
        assert any(word.startswith(last) if term.begun else word == last for word in words)


def test_words_stand_alone_and_in_quotes_together() -> None:
    first, second, third = terms_of('One "two-three four" fiv')
    assert (first.grams, first.begun, first.loose) == (("one",), False, False)
    assert (second.grams, second.begun, second.loose) == (("two", "three", "four"), False, True)
    assert (third.grams, third.begun) == (("fiv",), True)
    assert terms_of("one ")[0].begun is False
    assert terms_of('"" - * " ') == ()
    assert len(terms_of(" ".join(map(str, range(100))))) == MOST_TERMS


def test_an_excerpt_shows_the_text_as_it_is() -> None:
    text = "ß" * 100 + " some  Straße\nhere " + "x" * 200
    shown = excerpt(text, terms_of("strasse"))
    assert "some Straße here" in shown
    assert shown[0] == shown[-1] == "…"
    assert len(shown) < 150
    assert excerpt(text, terms_of("none")) == ""
