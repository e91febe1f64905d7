from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.finding.cluster import Cluster, groups_of
from coldbyte.core.finding.sides import Sides
from coldbyte.core.text.hunk import Hunk, hunks
from coldbyte.core.text.text import Text

WORDS = st.lists(st.sampled_from(["tea ", "é", "\n", "rice, ", "10:15 ", "x" * 60]), max_size=30).map("".join)


def clusters(before: str, after: str, closed: set[int] | None = None) -> list[Cluster]:
    left, right = Text.from_str(before), Text.from_str(after)
    found = hunks(left, right)
    is_open = [n not in (closed or set()) for n in range(len(found))]
    sides = Sides(left, right, len(found))
    return [group.read(sides) for group in groups_of(sides, found, is_open)]


def test_hunks_in_one_line_are_a_cluster_with_the_line_around_it() -> None:
    (one,) = clusters("a\nIt was tea we sold now\nb", "a\nIt was rice we gave now\nb")
    assert (one.left, one.right) == ("It was tea we sold now", "It was rice we gave now")
    assert [one.left[cut[0] : cut[1]] for cut in one.cuts] == ["tea", "sold"]
    assert [one.right[cut[2] : cut[3]] for cut in one.cuts] == ["rice", "gave"]


def test_hunks_in_two_lines_or_far_apart_are_two_clusters() -> None:
    assert len(clusters("tea\nmilk", "Tea\nmild")) == 2
    assert len(clusters(f"tea{' word' * 40}milk", f"Tea{' word' * 40}mild")) == 2


def test_no_cluster_reaches_over_an_explained_hunk() -> None:
    before, after = "one two three four five six", "One two\u00a0three four five siX"
    first, last = clusters(before, after, closed={1})
    assert (first.left, last.left) == ("one two", "three four five six")


def test_a_hunk_that_is_too_long_is_not_read() -> None:
    (one,) = clusters("a" * 3000, "b" * 3000)
    assert (one.left, one.cuts) == ("", ())


@given(WORDS, WORDS)
def test_outside_the_cuts_both_sides_are_equal(before: str, after: str) -> None:
    seen: list[Hunk] = []
    for one in clusters(before, after):
        seen += one.hunks
        here = there = 0
        for start, stop, start_two, stop_two in one.cuts:
            assert one.left[here:start] == one.right[there:start_two]
            here, there = stop, stop_two
        assert one.left[here:] == one.right[there:]
    assert tuple(seen) == hunks(Text.from_str(before), Text.from_str(after))


def test_groups_have_one_shape_where_only_digits_differ() -> None:
    def shapes(before: str, after: str) -> list[object]:
        left, right = Text.from_str(before), Text.from_str(after)
        sides = Sides(left, right, 2)
        found = hunks(left, right)
        return [group.shape(sides) for group in groups_of(sides, found, [True] * len(found))]

    assert shapes("max 10 items", "max 12 items") == shapes("max 30 items", "max 35 items")
    assert shapes("max 10 items", "max 12 items") != shapes("min 10 items", "min 12 items")
    assert shapes("max 10 items", "max 12 items") != shapes("max 10 items", "max one items")
    assert shapes("max 1x items", "max 12 items") != shapes("max 1y items", "max 12 items")
