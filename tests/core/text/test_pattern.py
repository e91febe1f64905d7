"""Regular expressions find in a text what `re` finds, in UTF-16 offsets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.pattern import compiled, matches
from coldbyte.core.text.search import Query, QueryError

ALPHABET = st.sampled_from([*"aab. \n", "\r\n", "\u00a0", "😀", "é", "1"])
STRINGS = st.lists(ALPHABET, max_size=40).map("".join)
PATTERNS = st.sampled_from(["a+", "^", "$", r"\s", r"\b", "[^a]", "😀.", "a|b", "(?s).+", r"(?<=a)b", ""])


def regex(words: str, **options: bool) -> Query:
    return Query(words, regex=True, **options)


def units(chars: str) -> int:
    return len(chars.encode("utf-16-le")) // 2


@given(STRINGS, PATTERNS.filter(bool), st.booleans(), st.integers(0, 40))
def test_hits_are_those_of_the_expression(chars: str, words: str, case: bool, at: int) -> None:
    at = min(at, len(chars))
    pattern = re.compile(words, re.MULTILINE | (0 if case else re.IGNORECASE))
    wanted = [
        (units(chars[: one.start()]), units(chars[: one.end()]), f"<{one[0]}>")
        for one in pattern.finditer(chars, at)
    ]
    assert list(matches(chars, regex(words, case=case), r"<\g<0>>", units(chars[:at]))) == wanted


@pytest.mark.parametrize(
    ("query", "template", "text", "made"),
    [
        (regex(r"(\w+) (\w+)"), r"\2 \1", "a b", [(0, 3, "b a")]),
        (regex(" "), r"\u00a0", "a b", [(1, 2, "\u00a0")]),
        (regex("b"), r"\\", "abc", [(1, 2, "\\")]),
        (regex("(x)|b"), r"[\1]", "b", [(0, 1, "[]")]),
        (regex("^"), "> ", "a\nb", [(0, 0, "> "), (2, 2, "> ")]),
        (regex("an|and", whole_words=True), None, "and", [(0, 3, None)]),
        (regex("(?s)a.b", whole_words=True), None, "a\nb", [(0, 3, None)]),
    ],
)
def test_a_replacement_is_made_of_the_groups(
    query: Query, template: str | None, text: str, made: list[tuple[int, int, str | None]]
) -> None:
    assert list(matches(text, query, template)) == made


@pytest.mark.parametrize(
    ("words", "at"), [("a(", 1), ("*", 0), ("[z-a]", 1), ("", None), ("x" * 10_001, None)]
)
def test_a_wrong_expression_is_said_with_its_place(words: str, at: int | None) -> None:
    with pytest.raises(QueryError) as caught:
        compiled(regex(words))
    assert caught.value.at == at
    with pytest.raises(QueryError):
        compiled(regex(words, whole_words=True))


@pytest.mark.parametrize("template", [r"\2", r"\g<no>", r"\q", r"\ud800", "\\"])
def test_a_wrong_replacement_is_said_before_the_first_hit(template: str) -> None:
    with pytest.raises(QueryError):
        list(matches("nothing here", regex("(x)"), template))
