from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import Comparison, compare
from coldbyte.core.prefix.microscope import Glyph, Microscope
from coldbyte.core.prefix.microscope import microscope as look_at_cause
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.rule.explain import explain
from coldbyte.core.text.invisible import display, is_invisible

STRINGS = st.text(st.sampled_from("ab cd\n\t\r\u00e9\u0301\u00a0\u200b\ufeff\U0001f600"), max_size=30)


def prefix(*texts: str) -> Prefix:
    blocks = [{"type": "text", "text": chars} for chars in texts]
    return prefix_of(RequestBody({"model": "m", "messages": [{"role": "user", "content": blocks}]}))


def compared(before: str, after: str) -> Comparison:
    return compare(prefix(before), prefix(after))


def microscope(comparison: Comparison, **options: int) -> Microscope:
    """At the first cause."""
    first = explain(comparison).first
    return look_at_cause(comparison, first, **options) if first else Microscope()


def shown(scope: Microscope) -> list[tuple[str | None, str | None]]:
    """Both columns, with a pair for each row."""
    return [
        (row.before.display if row.before else None, row.after.display if row.after else None)
        for row in scope.rows
    ]


def first_difference(scope: Microscope) -> tuple[Glyph | None, Glyph | None]:
    row = next(row for row in scope.rows if not row.same)
    return row.before, row.after


def test_a_no_break_space_is_shown_with_everything_that_is_known_about_it() -> None:
    comparison = compared("max 10 items", "max 10\u00a0items")
    before, after = first_difference(microscope(comparison))
    assert before is not None
    assert after is not None
    assert (before.code_point, before.name, before.utf8, before.category) == ("U+0020", "SPACE", "20", "Zs")
    assert (after.code_point, after.utf8, after.category) == ("U+00A0", "C2 A0", "Zs")
    assert after.name.startswith("NO-BREAK SPACE")
    assert (before.byte, after.byte) == (6, 6)
    assert comparison.first is not None
    assert before.cache_byte == after.cache_byte == comparison.first.cache_byte
    assert before.display != after.display
    assert "\u00a0" not in after.display


def test_rows_start_before_the_break_and_end_behind_it() -> None:
    scope = microscope(compared("abcdefghij-klmnopqrst", "abcdefghij+klmnopqrst"), context=3)
    assert shown(scope) == [
        ("h", "h"),
        ("i", "i"),
        ("j", "j"),
        ("-", "+"),
        ("k", "k"),
        ("l", "l"),
        ("m", "m"),
    ]
    assert [row.same for row in scope.rows] == [True] * 3 + [False] + [True] * 3


def test_sides_stay_aligned_behind_an_insertion() -> None:
    scope = microscope(compared("cold byte", "cold \u200bbyte"), context=2)
    assert [(bool(row.before), bool(row.after), row.same) for row in scope.rows] == [
        (True, True, True),
        (True, True, True),
        (False, True, False),
        (True, True, True),
        (True, True, True),
    ]
    assert shown(scope)[-1] == ("y", "y")


def test_a_decomposed_letter_stands_beside_the_composed_one() -> None:
    scope = microscope(compared("caf\u00e9s", "cafe\u0301s"), context=1)
    assert shown(scope) == [("f", "f"), ("\u00e9", "e"), (None, "\u25cc\u0301"), ("s", "s")]
    assert scope.rows[2].after is not None
    assert scope.rows[2].after.name == "COMBINING ACUTE ACCENT"


def test_where_a_text_ends_there_are_empty_cells() -> None:
    scope = microscope(compared("abc", "abcde"), context=2)
    assert shown(scope) == [("b", "b"), ("c", "c"), (None, "d"), (None, "e")]


def test_where_a_prefix_ends_one_side_is_empty() -> None:
    scope = microscope(compare(prefix("a"), prefix("a", "next")), context=2)
    assert shown(scope) == []
    assert scope.before is None
    assert scope.after is not None
    assert scope.after.line == "next"


def test_line_ends_of_a_whole_file_are_shown_one_by_one() -> None:
    before = "".join(f"line {number}\n" for number in range(100))
    scope = microscope(compared(before, before.replace("\n", "\r\n")), context=4)
    assert shown(scope)[4:6] == [(None, display("\r")), (display("\n"), display("\n"))]
    assert shown(scope)[6:] == [(char, char) for char in "line"]
    assert scope.after is not None
    assert scope.after.stop - scope.after.start == 2


def test_another_title_is_looked_at_by_itself() -> None:
    def document(title: str) -> Prefix:
        block: dict[str, Any] = {"type": "document", "source": {"type": "text", "data": "d"}, "title": title}
        return prefix_of(RequestBody({"model": "m", "messages": [{"role": "user", "content": [block]}]}))

    comparison = compare(document("a.txt"), document("b.txt"))
    scope = microscope(comparison, context=2)
    before, after = first_difference(scope)
    assert (before.char if before else "", after.char if after else "") == ("a", "b")
    assert comparison.first is not None
    assert before is not None
    assert before.cache_byte == comparison.first.cache_byte


def test_equal_prefixes_have_nothing_to_look_at() -> None:
    assert microscope(compared("a", "a")) == Microscope()


def test_a_snippet_marks_the_difference_and_leaves_nothing_invisible() -> None:
    scope = microscope(compared("x" * 100 + " \n" + "y" * 100, "x" * 100 + "\u00a0\n" + "y" * 100))
    assert scope.before is not None
    assert scope.after is not None
    assert scope.before.line[scope.before.start : scope.before.stop] == display(" ")
    assert scope.after.line[scope.after.start : scope.after.stop] == display("\u00a0")
    assert scope.before.line.startswith("…" + "x" * 40)
    assert scope.before.line.endswith("y" * 39 + "…")
    assert "\n" not in scope.after.line


@pytest.mark.parametrize(
    ("char", "name"),
    [
        ("\n", "LINE FEED (LF)"),
        ("\r", "CARRIAGE RETURN (CR)"),
        ("\0", "NULL"),
        ("\ue000", "PRIVATE USE-E000"),
        ("\U0003fffd", "UNASSIGNED-3FFFD"),
        ("\ufdd0", "NONCHARACTER-FDD0"),
        ("\u00e9", "LATIN SMALL LETTER E WITH ACUTE"),
    ],
)
def test_every_character_has_a_name(char: str, name: str) -> None:
    _, after = first_difference(microscope(compared("", char)))
    assert after is not None
    assert after.name == name
    assert after.display.isprintable()


@given(st.characters(exclude_categories=["Cs"]))
def test_every_stand_in_can_be_printed(char: str) -> None:
    visible_sign_of_format = unicodedata.category(char) == "Cf" and not is_invisible(char)
    assert display(char).isprintable() or visible_sign_of_format


@given(STRINGS, STRINGS, st.integers(0, 8), st.integers(9, 30))
def test_rows_are_true_to_both_texts(before: str, after: str, context: int, rows: int) -> None:
    assume(before != after)
    comparison = compared(before, after)
    scope = microscope(comparison, context=context, rows=rows)
    first = comparison.first
    assert first is not None
    assert len(scope.rows) <= rows
    for prefix_, side, column in (
        (comparison.before, first.before, [row.before for row in scope.rows]),
        (comparison.after, first.after, [row.after for row in scope.rows]),
    ):
        glyphs = [glyph for glyph in column if glyph is not None]
        assert side is not None
        data, cache = side.block.content.encode(), prefix_.encode()
        place = glyphs[0].byte if glyphs else 0
        for glyph in glyphs:
            utf8 = bytes.fromhex(glyph.utf8)
            assert glyph.byte == place
            assert data[place : place + len(utf8)] == utf8 == glyph.char.encode()
            assert cache[glyph.cache_byte : glyph.cache_byte + len(utf8)] == utf8
            place += len(utf8)
    for row in scope.rows:
        chars = row.before.char if row.before else None, row.after.char if row.after else None
        assert row.same == (chars[0] == chars[1])
    differing = next(row for row in scope.rows if not row.same)
    broken = differing.before or differing.after
    assert broken is not None
    assert broken.cache_byte <= first.cache_byte < broken.cache_byte + len(bytes.fromhex(broken.utf8))


def causes_of(before: str, after: str) -> tuple[Comparison, tuple[Cause, ...]]:
    comparison = compared(before, after)
    explained = explain(comparison)
    return comparison, (*explained.causes, *explained.harmless)


@given(st.lists(st.sampled_from(["a ", "be ", "it's "]), min_size=30, max_size=60), st.integers(0, 2))
def test_every_cause_is_looked_at_where_it_lies(words: list[str], where: int) -> None:
    before = "max 10 " + "".join(words) + "caf\u00e9 " + "".join(words) + "'end'"
    after = (
        before.replace("max 10", "max\u00a010")
        .replace("caf\u00e9", "cafe\u0301")
        .replace("'end'", "\u2019end'")
    )
    comparison, causes = causes_of(before, after)
    assert len(causes) == 3
    cause = causes[where]
    first, second = first_difference(look_at_cause(comparison, cause))
    assert first is not None
    assert second is not None
    assert cause.code_points_before[0] == first.code_point
    assert cause.code_points_after[0] == second.code_point
    assert (first.cache_byte, second.cache_byte) == (cause.cache_byte_before, cause.cache_byte)
    assert (first.byte, second.byte) == cause.block_byte


def test_a_difference_right_before_another_is_still_told_from_it() -> None:
    comparison, causes = causes_of("It's 10 items, isn't it", "It\u2019s 10\u00a0items, isn't it")
    scope = look_at_cause(comparison, causes[1])
    differing = [row for row in scope.rows if not row.same]
    assert {row.after.code_point for row in differing if row.after} == {"U+2019", "U+00A0"}
    assert scope.after is not None
    assert scope.after.line[scope.after.start : scope.after.stop] == display("\u00a0")


def test_a_removed_block_is_shown_on_the_side_that_had_it() -> None:
    comparison = compare(prefix("one", "two", "three"), prefix("one", "three"))
    cause = (*explain(comparison).causes, *explain(comparison).harmless)[0]
    scope = look_at_cause(comparison, cause)
    assert scope.after is None
    assert scope.before is not None
    assert scope.before.line[scope.before.start : scope.before.stop] == "two"
    assert scope.rows == ()


def test_what_stands_before_a_difference_ends_together_on_both_sides() -> None:
    comparison, causes = causes_of("10 x", "Z10\u00a0x")
    scope = look_at_cause(comparison, causes[1])
    assert shown(scope)[:3] == [(None, "Z"), ("1", "1"), ("0", "0")]
