"""Anchors: which elements of one sequence are those of another, in bounded time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

Pair = tuple[int, int]

_EDITS = 1_000  # additions and removals up to which the longest common sequence is looked for
_STEPS = 24  # steps of that search, for each element
_ROUNDS = 3  # times that a gap between anchors is looked at again


def anchors(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Pair]:
    """Places of equal elements, rising on both sides: as many as can be, or many where that is costly."""
    found: list[Pair] = []
    todo = [(range(len(left)), range(len(right)))]
    for _ in range(_ROUNDS):
        again: list[tuple[range, range]] = []
        for one, two in todo:
            one, two = _trimmed(left, right, one, two, found)
            if one and two:
                pairs, final = _between(left, right, one, two)
                found += pairs
                again += [] if final else gaps(pairs, one, two)
        todo = again
    return sorted(found)


def gaps(pairs: Sequence[Pair], one: range, two: range) -> Iterator[tuple[range, range]]:
    """What stands between the pairs, on both sides: also where that is nothing."""
    last_one, last_two = one.start, two.start
    for at_one, at_two in [*pairs, (one.stop, two.stop)]:
        yield range(last_one, at_one), range(last_two, at_two)
        last_one, last_two = at_one + 1, at_two + 1


def rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest run of pairs, sorted by their second number, whose first numbers rise."""
    tops: list[int] = []
    heads: list[int] = []
    above: list[int] = []
    for index, (one, _) in enumerate(pairs):
        length = bisect_left(tops, one)
        above.append(heads[length - 1] if length else -1)
        tops[length : length + 1], heads[length : length + 1] = [one], [index]
    run: list[Pair] = []
    index = heads[-1] if heads else -1
    while index >= 0:
        run.append(pairs[index])
        index = above[index]
    return run[::-1]


def _trimmed(
    left: Sequence[Hashable], right: Sequence[Hashable], one: range, two: range, found: list[Pair]
) -> tuple[range, range]:
    """A gap without the equal elements at its two ends, which are added to `found`."""
    size = min(len(one), len(two))
    head = next((step for step in range(size) if left[one[step]] != right[two[step]]), size)
    size -= head
    tail = next((step for step in range(size) if left[one[-1 - step]] != right[two[-1 - step]]), size)
    found += zip(one[:head], two[:head], strict=True)
    found += zip(one[len(one) - tail :], two[len(two) - tail :], strict=True)
    return one[head : len(one) - tail], two[head : len(two) - tail]


def _between(
    left: Sequence[Hashable], right: Sequence[Hashable], one: range, two: range
) -> tuple[list[Pair], bool]:
    """The anchors of a gap, and whether there are no more."""
    count_one, count_two = Counter(left[at] for at in one), Counter(right[at] for at in two)
    both_one = [at for at in one if left[at] in count_two]
    both_two = [at for at in two if right[at] in count_one]
    steps = _longest([left[at] for at in both_one], [right[at] for at in both_two])
    if steps is not None:
        return [(both_one[step], both_two[other]) for step, other in steps], True
    places = {left[at]: at for at in both_one}
    unique = [
        (places[right[at]], at) for at in both_two if count_one[right[at]] == 1 and count_two[right[at]] == 1
    ]
    pairs = rising(unique)
    return pairs, not pairs


def _longest(left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Pair] | None:
    """The longest common sequence; None where looking for it takes too long.

    Greedy by the number of edits: a row holds, for each diagonal, how far on the left side that many edits
    lead.
    """
    budget = _STEPS * (len(left) + len(right))
    rows: list[list[int]] = []
    for edits in range(min(len(left) + len(right), _EDITS) + 1):
        row: list[int] = []
        for index in range(edits + 1):
            start = one = _entry(rows[-1], index)[0] if rows else 0
            two = one + edits - 2 * index
            while one < len(left) and two < len(right) and left[one] == right[two]:
                one, two = one + 1, two + 1
            row.append(one)
            if one >= len(left) and two >= len(right):
                return _traced([*rows, row], index)
            budget -= 1 + one - start
        if budget < 0:
            return None
        rows.append(row)
    return None


def _entry(row: Sequence[int], index: int) -> tuple[int, int]:
    """Where a diagonal is entered from the row before: the place on the left side, and the index there."""
    if index == 0 or (index < len(row) and row[index - 1] < row[index]):
        return row[index], index
    return row[index - 1] + 1, index - 1


def _traced(rows: Sequence[Sequence[int]], index: int) -> list[Pair]:
    pairs: list[Pair] = []
    for edits in range(len(rows) - 1, -1, -1):
        stop = rows[edits][index]
        start, above = _entry(rows[edits - 1], index) if edits else (0, 0)
        offset = edits - 2 * index
        pairs += [(one, one + offset) for one in range(stop - 1, start - 1, -1)]
        index = above
    return pairs[::-1]
