from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.text.anchor import anchors, gaps, rising

LISTS = st.lists(st.sampled_from("abcd"), max_size=12)


def _longest(left: Sequence[str], right: Sequence[str]) -> int:
    """The length of the longest common sequence, by the table that everyone knows."""
    row = [0] * (len(right) + 1)
    for one in left:
        last = row
        row = [0]
        for at, two in enumerate(right):
            row.append(last[at] + 1 if one == two else max(last[at + 1], row[-1]))
    return row[-1]


def _is_valid(left: Sequence[object], right: Sequence[object], pairs: Sequence[tuple[int, int]]) -> bool:
    falls = any(one[0] >= two[0] or one[1] >= two[1] for one, two in pairwise(pairs))
    return not falls and all(left[one] == right[two] for one, two in pairs)


@given(LISTS, LISTS)
def test_as_many_as_can_be_are_paired(left: list[str], right: list[str]) -> None:
    pairs = anchors(left, right)
    assert _is_valid(left, right, pairs)
    assert len(pairs) == _longest(left, right)


def test_scattered_new_elements_in_a_monotonous_list_are_found() -> None:
    before = [0] * 1_000
    after = [*before]
    for place in (900, 500, 100):
        after.insert(place, 7)
    assert len(anchors(before, after)) == len(before)


def test_a_long_search_is_cut_short_and_keeps_what_is_unique() -> None:
    chance = random.Random(1)
    left: list[object] = [chance.randrange(3) for _ in range(4_000)]
    right: list[object] = [chance.randrange(3) for _ in range(4_000)]
    for number in range(100):
        left[number * 40 + 5] = right[number * 40 + 9] = f"unique {number}"
    pairs = anchors(left, right)
    assert _is_valid(left, right, pairs)
    assert {(number * 40 + 5, number * 40 + 9) for number in range(100)} <= {*pairs}
    assert len(pairs) > 2_000


def test_lists_without_a_common_element_have_no_anchor() -> None:
    assert anchors(range(50_000), range(50_000, 100_000)) == []


def test_the_gaps_are_what_stands_between_the_pairs() -> None:
    found = list(gaps([(1, 0), (2, 1), (5, 2)], range(6), range(4)))
    assert found == [
        (range(1), range(0)),
        (range(2, 2), range(1, 1)),
        (range(3, 5), range(2, 2)),
        (range(6, 6), range(3, 4)),
    ]


@given(st.permutations(range(8)))
def test_the_longest_rising_run_is_found(places: list[int]) -> None:
    pairs = [(one, two) for two, one in enumerate(places)]
    run = rising(pairs)
    assert _is_valid(places, places, [(two, two) for _, two in run])
    assert all(one[0] < two[0] for one, two in pairwise(run))
    assert len(run) == _longest([str(one) for one in places], [str(one) for one in range(8)])
