"""Merging takes over what each side changed, byte for byte, and never decides a conflict."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.project.merge import Conflict, Merge, merge
from coldbyte.core.text.text import Text

LINES = st.lists(st.sampled_from(["a", "b", "é", "e\u0301", "", "\r", "\u00a0x", "long " * 9]), max_size=9)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n", "\r\n"]))


def merged(base: str, mine: str, theirs: str) -> Merge:
    return merge(Text.from_str(base), Text.from_str(mine), Text.from_str(theirs))


@given(TEXTS, TEXTS)
def test_with_a_side_that_changed_nothing_the_other_is_the_result(base: str, other: str) -> None:
    assert str(merged(base, other, base).text()) == other
    assert str(merged(base, base, other).text()) == other


@given(TEXTS, TEXTS)
def test_the_same_change_on_both_sides_is_no_conflict(base: str, other: str) -> None:
    assert str(merged(base, other, other).text()) == other


@given(TEXTS, TEXTS, TEXTS)
def test_a_conflict_holds_the_bytes_of_all_three(base: str, mine: str, theirs: str) -> None:
    result = merged(base, mine, theirs)
    for conflict in result.conflicts:
        assert base.encode()[conflict.start :].startswith(conflict.base)
        assert conflict.mine in mine.encode()
        assert conflict.theirs in theirs.encode()
        assert len({conflict.base, conflict.mine, conflict.theirs}) == 3


@given(TEXTS, TEXTS, TEXTS)
def test_the_sides_change_places_and_nothing_else_does(base: str, mine: str, theirs: str) -> None:
    one, other = merged(base, mine, theirs), merged(base, theirs, mine)
    count = len(one.conflicts)
    assert one.text(["mine"] * count) == other.text(["theirs"] * count)
    assert one.text(["theirs"] * count) == other.text(["mine"] * count)


@given(st.lists(st.sampled_from(["k", "mine", "theirs"]), min_size=1, max_size=30), st.data())
def test_changes_of_lines_apart_are_both_taken_over(kinds: list[str], data: st.DataObject) -> None:
    """Lines that differ from each other, changed by one side each, with an untouched line between them."""
    base, mine, theirs, expected = [], [], [], []
    for number, kind in enumerate(kinds):
        old, other, still = (f"{sha256(f'{name}{number}'.encode()).hexdigest()}\n" for name in "abc")
        new = data.draw(st.sampled_from(["", other, old + other]))
        base += [old, still]
        mine += [new if kind == "mine" else old, still]
        theirs += [new if kind == "theirs" else old, still]
        expected += [old if kind == "k" else new, still]
    result = merged("".join(base), "".join(mine), "".join(theirs))
    assert not result.conflicts
    assert str(result.text()) == "".join(expected)


def test_two_changes_of_one_line_are_a_conflict_of_the_whole_line() -> None:
    result = merged(
        "one\ntwo three four\nfive\n", "one\nTWO three four\nfive\n", "one\ntwo three FOUR\nfive\n"
    )
    assert result.conflicts == (Conflict(4, b"two three four\n", b"TWO three four\n", b"two three FOUR\n"),)
    assert str(result.text(["mine"])) == "one\nTWO three four\nfive\n"
    assert str(result.text(["theirs"])) == "one\ntwo three FOUR\nfive\n"


def test_two_lines_added_at_the_same_place_are_a_conflict() -> None:
    result = merged("a\nb\n", "a\nmine\nb\n", "a\ntheirs\nb\n")
    (conflict,) = result.conflicts
    assert (conflict.base, conflict.mine, conflict.theirs) == (b"", b"mine\n", b"theirs\n")


def test_a_changed_line_and_a_removed_one_are_a_conflict() -> None:
    (conflict,) = merged("a\nb\nc\n", "a\nB\nc\n", "a\nc\n").conflicts
    assert (conflict.base, conflict.mine, conflict.theirs) == (b"b\n", b"B\n", b"")


def test_a_change_of_all_line_ends_conflicts_with_a_word_in_between() -> None:
    base = "".join(f"line {n}\n" for n in range(50))
    result = merged(base, base.replace("\n", "\r\n"), base.replace("line 20", "LINE 20"))
    assert len(result.conflicts) == 1
    assert str(result.text(["mine"])) == base.replace("\n", "\r\n")


def test_every_conflict_needs_a_choice() -> None:
    with pytest.raises(ValueError, match="0 choices for 1 conflicts"):
        merged("a", "b", "c").text()
