from __future__ import annotations

import pytest

from coldbyte.core.finding.sides import Sides, joined, length
from coldbyte.core.text.hunk import Hunk
from coldbyte.core.text.text import Text


@pytest.mark.parametrize("many", [1, 1_000])
def test_slices_are_the_same_whether_texts_are_joined_or_not(many: int) -> None:
    left, right = "Größe: 10\nBe brief.", "Größe: 12\nBe brief."
    sides = Sides(Text.from_str(left), Text.from_str(right), many)
    hunk = Hunk(10, 11, 10, 11)
    assert sides.chars(hunk, 100) == ("0", "2")
    assert (sides.lead(hunk, 4), sides.tail(hunk, 4)) == ("e: 1", "\nBe ")
    assert (sides.lead(hunk, 1_000), sides.tail(hunk, 1_000)) == ("Größe: 1", "\nBe brief.")
    assert sides.old(-5, 3) == left.encode()[:3]
    assert sides.new(3, 999) == right.encode()[3:]


def test_a_slice_that_cuts_a_character_leaves_it_out() -> None:
    sides = Sides(Text.from_str("é!"), Text.from_str("é?"), 1)
    assert sides.lead(Hunk(2, 3, 2, 3), 1) == ""


def test_of_a_run_of_line_ends_the_first_one_is_shown() -> None:
    sides = Sides(Text.from_str("a\nb\n"), Text.from_str("a\r\nb\r\n"), 1)
    assert sides.chars(Hunk(1, 4, 1, 6, 2), 100) == ("\n", "\r\n")


def test_joined_hunks_reach_from_the_first_to_the_last() -> None:
    first, last = Hunk(1, 2, 1, 3), Hunk(5, 6, 6, 9)
    assert joined(first, last) == Hunk(1, 6, 1, 9)
    run = Hunk(1, 4, 1, 6, 2)
    assert joined(run, run) is run
    assert length(last) == 3
