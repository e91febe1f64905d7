from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coldbyte.core.finding.text_rule import alike, classify, clusters, ends_of, misread, untangle

PLAIN = st.text(st.sampled_from("abcxyzäöüéñ .,;"), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("before", "after", "name", "label"),
    [
        ("\n", "\r\n", "line-endings-changed", "LF to CRLF"),
        ("\r\n", "\n", "line-endings-changed", "CRLF to LF"),
        ("\r", "\n", "line-endings-changed", "CR to LF"),
        ("a\nb\n", "a\r\nb\n", "line-endings-changed", "LF to mixed"),
        ("\u00e9", "e\u0301", "unicode-normalization-changed", "decomposed"),
        ("e\u0301", "\u00e9", "unicode-normalization-changed", "composed"),
        ("a\u0323\u0301", "a\u0301\u0323", "unicode-normalization-changed", "mixed"),
        ("\ud55c", "\u1112\u1161\u11ab", "unicode-normalization-changed", "decomposed"),
        ("\u212b", "\u00c5", "unicode-normalization-changed", "composed"),
        (" ", "\u00a0", "invisible-char-changed", "space"),
        ("\u00a0", " ", "invisible-char-changed", "space"),
        (" ", "\u2009", "invisible-char-changed", "space"),
        ("", "\u00a0", "invisible-char-changed", "space"),
        ("\u202f", "", "invisible-char-changed", "space"),
        (" ", "\u00a0\u00a0", "invisible-char-changed", "space"),
        ("", "\u200b", "invisible-char-changed", "zero-width"),
        ("\ufeff", "", "invisible-char-changed", "zero-width"),
        ("co\u00adoperate", "cooperate", "invisible-char-changed", "format"),
        ("", "\u202e", "invisible-char-changed", "bidi"),
        ("", "\0", "invisible-char-changed", "control"),
        ("\n", "\u2028", "invisible-char-changed", "line-separator"),
        ("x", "x\r", "invisible-char-changed", "line-separator"),
        ("\u2764", "\u2764\ufe0f", "invisible-char-changed", "format"),
        ("'", "\u2019", "typography-changed", "quotes"),
        ("\u201cyes\u201d", '"yes"', "typography-changed", "quotes"),
        ("-", "\u2014", "typography-changed", "dashes"),
        ("--", "\u2013", "typography-changed", "dashes"),
        ("...", "\u2026", "typography-changed", "ellipsis"),
        ("fi", "\ufb01", "typography-changed", "symbols"),
        ("\U0001f408", "\ufffd\ufffd", "encoding-damaged", "replacement character"),
        ("caf\ufffd", "caf\u00e9", "encoding-damaged", "replacement character"),
        ("\u00e9", "\u00c3\u00a9", "encoding-damaged", "misread encoding"),
        ("\u00e2\u20ac\u2122", "\u2019", "encoding-damaged", "misread encoding"),
        ("c", "\u0441", "homoglyph-changed", "Cyrillic"),
        ("\u0391", "A", "homoglyph-changed", "Greek"),
        ("o", "\u0585", "homoglyph-changed", "Armenian"),
        ("A", "\uff21", "homoglyph-changed", "Fullwidth"),
        ("A", "\U0001d400", "homoglyph-changed", "Mathematical"),
        ("", " ", "whitespace-changed", "inner"),
        ("a b", "ab", "whitespace-changed", "inner"),
        ("\t", "    ", "whitespace-changed", "tabs"),
        ("\r\n\r\n", "\n", "whitespace-changed", "inner"),
        ("", " and kind", "text-edited", "added"),
        ("tea", "", "text-edited", "removed"),
        ("tea", "coffee", "text-edited", "replaced"),
        ("1", "l", "text-edited", "replaced"),
        ("a-b", "a--b", "text-edited", "replaced"),
        ("\ufffd", "completely different", "text-edited", "replaced"),
        ("e", "e\u0301", "text-edited", "replaced"),
    ],
)
def test_each_kind_of_change_has_its_name(before: str, after: str, name: str, label: str) -> None:
    assert classify(before, after) == (name, label)


@given(PLAIN)
def test_another_normal_form_is_never_anything_else(chars: str) -> None:
    other = unicodedata.normalize("NFD", chars)
    assume(other != chars)
    assert classify(chars, other)[0] == "unicode-normalization-changed"
    assert classify(other, chars)[0] == "unicode-normalization-changed"


@given(PLAIN, PLAIN)
def test_a_visible_addition_is_never_narrow(chars: str, more: str) -> None:
    assume(more.strip(" .,;"))
    assert classify(chars, chars + more)[0] == "text-edited"
    assert classify(chars + more, chars)[0] == "text-edited"


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_kind_of_a_change_does_not_depend_on_its_direction(one: str, two: str) -> None:
    assume(one != two)
    assert classify(one, two)[0] == classify(two, one)[0]


def test_a_letter_with_a_hundred_thousand_marks_is_classified_without_normal_forms() -> None:
    one, two = "e" + "\u0301\u0323" * 50_000, "e" + "\u0323\u0301" * 50_000
    assert classify(one, two)[0] == "text-edited"


def test_changes_that_touch_are_taken_apart_when_all_are_narrow() -> None:
    before, after = "\u201ccaf\u00e9\u201d", '"cafe\u0301"'
    parts = untangle(before, after)
    changes = [(before[one:two], after[three:four]) for one, two, three, four in parts]
    assert changes == [("\u201c", '"'), ("\u00e9", "e\u0301"), ("\u201d", '"')]


def test_a_no_break_space_beside_an_edited_word_is_not_swallowed() -> None:
    before, after = " bar", "\u00a0baz"
    parts = untangle(before, after)
    changes = [(before[one:two], after[three:four]) for one, two, three, four in parts]
    assert changes == [(" ", "\u00a0"), ("r", "z")]


def test_plain_edits_are_not_taken_apart() -> None:
    assert untangle("tea and milk", "coffee or milk") == ()
    assert untangle("t\u00e9a", "c\u00f6ffee") == ()


@given(st.text(max_size=40), st.text(max_size=40))
def test_parts_are_in_order_and_differ(before: str, after: str) -> None:
    one = two = 0
    for start, stop, start_two, stop_two in untangle(before, after):
        assert one <= start <= stop
        assert two <= start_two <= stop_two
        assert before[one:start] == after[two:start_two]
        assert before[start:stop] != after[start_two:stop_two]
        one, two = stop, stop_two
    assert before[one:] == after[two:] or not untangle(before, after)


@given(st.text(max_size=40))
def test_clusters_joined_are_the_text(chars: str) -> None:
    assert "".join(clusters(chars)) == chars


def test_clusters_keep_together_what_makes_one_character() -> None:
    assert clusters("e\u0301\r\n\nx\u1112\u1161\u11ab") == [
        "e\u0301",
        "\r\n",
        "\n",
        "x",
        "\u1112\u1161\u11ab",
    ]


def test_alike_says_how_far_two_texts_read_the_same() -> None:
    assert alike("\u00e9t\u00e9 xyz", "e\u0301te\u0301 abc") == (4, 6)
    assert alike("abc", "xbc") == (0, 0)


def test_ends_of_names_the_line_ends() -> None:
    assert [ends_of(chars) for chars in ("a\n", "a\r\n", "a\r", "a\r\nb\n")] == ["LF", "CRLF", "CR", "mixed"]


def test_misread_is_what_windows_makes_of_utf8() -> None:
    assert misread("\u00e9") == "\u00c3\u00a9"
    assert misread("plain") is None
