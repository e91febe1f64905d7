"""A search by pieces finds what a search in the whole text finds, and after an edit reads what is new."""

from __future__ import annotations

import re
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.hit import Span
from coldbyte.core.text.search import Known, Query, QueryError, Scan, Search, piece_at
from coldbyte.core.text.text import Piece, Text

ALPHABET = st.sampled_from([*"aaabAB_. \n", "\r", "\u00a0", "😀", "é", "e\u0301", "\ufeff"])
STRINGS = st.lists(ALPHABET, max_size=40).map("".join)
WORDS = st.lists(ALPHABET, min_size=1, max_size=4).map("".join)


def text_of(parts: list[str]) -> Text:
    return Text(tuple(Piece(part, part.encode()) for part in parts if part))


def units(chars: str) -> int:
    return len(chars.encode("utf-16-le")) // 2


def expected(chars: str, query: Query) -> list[Span]:
    """The same, by one expression over the whole text."""
    pattern = re.escape(query.words)
    if query.whole_words:
        first, last = query.words[0], query.words[-1]
        pattern = ("(?<!\\w)" if re.match(r"\w", first) else "") + pattern
        pattern += "(?!\\w)" if re.match(r"\w", last) else ""
    found = re.finditer(pattern, chars, 0 if query.case else re.IGNORECASE)
    return [(units(chars[: one.start()]), units(chars[: one.end()])) for one in found]


def scanned(text: Text, query: Query, first: int = 0) -> tuple[Scan, int]:
    scan, steps = Scan(text, Search(query), {}, first), 0
    while not scan.is_done:
        scan.step()
        steps += 1
    return scan, steps


@given(st.lists(STRINGS, max_size=5), WORDS, st.booleans(), st.booleans(), st.integers(0, 5))
def test_pieces_make_no_difference(parts: list[str], words: str, case: bool, whole: bool, first: int) -> None:
    query = Query(words, case=case, whole_words=whole)
    scan, _ = scanned(text_of(parts), query, first)
    assert list(scan.hits) == expected("".join(parts), query)
    assert scan.hits.is_complete


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_hit_across_pieces_takes_its_characters_from_the_next(first: int) -> None:
    scan, _ = scanned(text_of(["aaa", "aa", "a😀"]), Query("aa"), first)
    assert list(scan.hits) == [(0, 2), (2, 4), (4, 6)]


@given(st.lists(STRINGS, min_size=1, max_size=5), WORDS, st.integers(0, 100), STRINGS)
def test_what_is_known_stays_true_after_an_edit(parts: list[str], words: str, at: int, new: str) -> None:
    query = Query(words)
    known: Known = {}
    text = text_of(parts)
    search = Search(query)
    scan = Scan(text, search, known)
    while not scan.is_done:
        scan.step()
    place = min(at, text.utf16)
    changed = text.replace(place, min(place + 2, text.utf16), new)
    again = Scan(changed, search, known)
    while not again.is_done:
        again.step()
    assert list(again.hits) == expected(str(changed), query)


def test_an_edit_costs_the_pieces_around_it() -> None:
    text = Text.from_str("one two three\n" * 40_000)
    search = Search(Query("two"))
    known: Known = {}
    scan = Scan(text, search, known)
    while not scan.is_done:
        scan.step()
    assert len(scan.hits) == 40_000
    text = text.replace(300_000, 300_000, "two")
    again, steps = Scan(text, search, known), 0
    while not again.is_done:
        again.step()
        steps += 1
    read = [piece for piece in text.pieces if all(piece is not old for old in scan.text.pieces)]
    assert len(again.hits) == 40_001
    assert 0 < steps <= len(read) + 2 < len(text.pieces)


def test_what_is_near_the_cursor_is_found_first() -> None:
    text = Text.from_str("x" * 200_000 + "needle" + "x" * 200_000)
    scan = Scan(text, Search(Query("needle")), {}, piece_at(text, 199_000))
    scan.step()
    assert list(scan.hits) == [(200_000, 200_006)]
    assert not scan.hits.is_complete


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        (Query(r"\u00a0", escapes=True), "a\u00a0b c", [(1, 2)]),
        (Query(r"\u00a0"), r"a\u00a0b", [(1, 7)]),
        (Query(r"\r\n", escapes=True), "a\r\nb\nc\rd", [(1, 3)]),
        (Query(r"\r", escapes=True), "a\r\nb", [(1, 2)]),
        (Query("A", case=True), "aA", [(1, 2)]),
        (Query("a.c"), "abc a.c", [(4, 7)]),
        (Query("an", whole_words=True), "an and an_ (an)", [(0, 2), (12, 14)]),
        (Query("aa"), "aaaa", [(0, 2), (2, 4)]),
        (Query("x"), "😀x", [(2, 3)]),
    ],
)
def test_words_mean_what_their_options_say(query: Query, text: str, found: list[Span]) -> None:
    assert list(scanned(Text.from_str(text), query)[0].hits) == found


@pytest.mark.parametrize(
    ("query", "words", "at"),
    [
        (Query(""), "nothing", None),
        (Query(r"ab\q", escapes=True), "no escape", 2),
        (Query("x" * 10_001), "more than 10,000", None),
    ],
)
def test_what_can_not_be_searched_for_is_said(query: Query, words: str, at: int | None) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        Search(query)
    assert caught.value.at == at


def test_a_search_that_finds_too_much_ends() -> None:
    text = Text.from_str("a" * 1_200_000)
    scan, steps = scanned(text, Query("a"))
    assert scan.hits.is_cut
    assert 1_000_000 < len(scan.hits) < 1_200_000
    assert steps < len(text.pieces)


@given(STRINGS, st.integers(0, 60))
def test_a_place_lies_in_its_piece(chars: str, offset: int) -> None:
    text = text_of([*chars])
    index = piece_at(text, offset)
    before = sum(piece.utf16 for piece in text.pieces[:index])
    assert before <= offset or not text.pieces
    if offset < text.utf16:
        assert offset < before + text.pieces[index].utf16


def test_the_test_alphabet_has_marks_and_pairs() -> None:
    assert category("\u0301") == "Mn"
    assert units("😀") == 2
