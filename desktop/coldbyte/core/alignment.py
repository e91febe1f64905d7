"""Which block of one prefix became which block of the other: kept, edited, moved, inserted or removed."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from coldbyte.core.prefix import PrefixBlock
from coldbyte.core.text import Text, common_suffix, first_difference

Kind = Literal["edited", "moved", "inserted", "removed"]

_DIGESTED = 65_536  # bytes of a content up to which it is told apart by its digest
_AHEAD = 16  # blocks among which an edited one is looked for


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to one block. `before` and `after` are its indexes or, where a side has not got it, the
    index of the block that stands where it would stand; the number of blocks at the end. `felt` are the
    indexes from which on the order is another, for a moved block where it is missing or where it now stands.
    """

    kind: Kind
    before: int
    after: int
    felt: tuple[int, int]


def align(before: Sequence[PrefixBlock], after: Sequence[PrefixBlock]) -> tuple[Step, ...]:
    """Every block that is not kept in place, in the order of the old sequence; as few as possible moved."""
    size = min(len(before), len(after))
    head = next((index for index in range(size) if not _same(before[index], after[index])), size)
    size -= head
    tail = next((step for step in range(size) if not _same(before[-1 - step], after[-1 - step])), size)
    left, right = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(left) == len(right) == 1 and _related(left[0], right[0]):
        return (Step("edited", head, head, (head, head)),)
    return tuple(
        Step(step.kind, step.before + head, step.after + head, (step.felt[0] + head, step.felt[1] + head))
        for step in _Middle(left, right).steps()
    )


class _Middle:
    """The blocks between the first and the last that differ."""

    def __init__(self, left: Sequence[PrefixBlock], right: Sequence[PrefixBlock]) -> None:
        self.left, self.right = left, right
        numbers = _Numbers()
        self.left_ids = [numbers.of(block) for block in left]
        self.right_ids = [numbers.of(block) for block in right]

    def steps(self) -> list[Step]:
        kept = self._kept()
        moves = self._moves(kept)
        moved_left, moved_right = set(moves), set(moves.values())
        steps = [Step("moved", one, two, _felt(one, two, kept)) for one, two in moves.items()]
        last_one, last_two = -1, -1
        for one, two in [*kept, (len(self.left), len(self.right))]:
            gone = [index for index in range(last_one + 1, one) if index not in moved_left]
            new = [index for index in range(last_two + 1, two) if index not in moved_right]
            steps.extend(self._gap(gone, new, one, two))
            last_one, last_two = one, two
        return sorted(steps, key=lambda step: (step.before, step.after))

    def _kept(self) -> list[tuple[int, int]]:
        """Pairs of equal blocks in increasing order: rare ones as anchors, others where they touch those."""
        left_count, right_count = Counter(self.left_ids), Counter(self.right_ids)
        places = {number: index for index, number in enumerate(self.left_ids)}
        unique = [
            (places[number], index)
            for index, number in enumerate(self.right_ids)
            if left_count[number] == 1 == right_count[number]
        ]
        kept: list[tuple[int, int]] = []
        last_one, last_two = -1, -1
        for one, two in [*_rising(unique), (len(self.left), len(self.right))]:
            kept.extend(self._touching(last_one + 1, one, last_two + 1, two))
            if one < len(self.left):
                kept.append((one, two))
            last_one, last_two = one, two
        return kept

    def _touching(self, one: int, stop_one: int, two: int, stop_two: int) -> list[tuple[int, int]]:
        """Equal blocks at the start and at the end of a gap."""
        head, tail = [], []
        while one < stop_one and two < stop_two and self.left_ids[one] == self.right_ids[two]:
            head.append((one, two))
            one, two = one + 1, two + 1
        while (
            one < stop_one and two < stop_two and self.left_ids[stop_one - 1] == self.right_ids[stop_two - 1]
        ):
            stop_one, stop_two = stop_one - 1, stop_two - 1
            tail.append((stop_one, stop_two))
        return head + tail[::-1]

    def _moves(self, kept: list[tuple[int, int]]) -> dict[int, int]:
        """Equal blocks that are left over on both sides, wherever they stand."""
        stay_left, stay_right = {one for one, _ in kept}, {two for _, two in kept}
        waiting: dict[int, list[int]] = defaultdict(list)
        for index in reversed(range(len(self.left))):
            if index not in stay_left:
                waiting[self.left_ids[index]].append(index)
        moves = {}
        for index, number in enumerate(self.right_ids):
            if index not in stay_right and waiting.get(number):
                moves[waiting[number].pop()] = index
        return moves

    def _gap(self, gone: list[int], new: list[int], stop_one: int, stop_two: int) -> Iterator[Step]:
        """Pair what was edited between two kept blocks; the rest was removed or inserted."""
        pairs = self._edited(gone, new)
        at = 0
        for one in gone:
            if one in pairs:
                at = new.index(pairs[one], at) + 1
                yield Step("edited", one, pairs[one], (one, pairs[one]))
            else:
                there = new[at] if at < len(new) else stop_two
                yield Step("removed", one, there, (one, there))
        paired, at = set(pairs.values()), 0
        backwards = {two: one for one, two in pairs.items()}
        for two in new:
            if two in paired:
                at = gone.index(backwards[two], at) + 1
            else:
                there = gone[at] if at < len(gone) else stop_one
                yield Step("inserted", there, two, (there, two))

    def _edited(self, gone: list[int], new: list[int]) -> dict[int, int]:
        """Pairs in order: alike ones first, then those between them that could be versions of each other."""
        if len(gone) == len(new) and all(map(self._could_be, gone, new)):
            return dict(zip(gone, new, strict=True))
        pairs: dict[int, int] = {}
        last_one, last_two = 0, 0
        for at_one, at_two in [*self._paired(gone, new, alike=True), (len(gone), len(new))]:
            between = gone[last_one:at_one], new[last_two:at_two]
            pairs |= {between[0][one]: between[1][two] for one, two in self._paired(*between, alike=False)}
            if at_one < len(gone):
                pairs[gone[at_one]] = new[at_two]
            last_one, last_two = at_one + 1, at_two + 1
        return pairs

    def _paired(self, gone: list[int], new: list[int], *, alike: bool) -> Iterator[tuple[int, int]]:
        """Places in both lists of blocks that could be versions of each other and, if asked, look like it."""
        at = 0
        for one, left in enumerate(gone):
            for two in range(at, min(at + _AHEAD, len(new))):
                right = new[two]
                if self._could_be(left, right) and (
                    not alike or _alike(self.left[left].content, self.right[right].content)
                ):
                    yield one, two
                    at = two + 1
                    break

    def _could_be(self, one: int, two: int) -> bool:
        return _related(self.left[one], self.right[two])


class _Numbers:
    """A number for each content: equal blocks have the same."""

    def __init__(self) -> None:
        self.known: dict[tuple[bytes, int, bytes], list[tuple[Text, int]]] = defaultdict(list)
        self.count = 0

    def of(self, block: PrefixBlock) -> int:
        size = block.content.size
        bucket = self.known[block.head, size, block.content.digest if size <= _DIGESTED else b""]
        for content, number in bucket:
            if content == block.content:
                return number
        self.count += 1
        bucket.append((block.content, self.count))
        return self.count


def _same(before: PrefixBlock, after: PrefixBlock) -> bool:
    return before is after or before.same_content(after)


def _related(before: PrefixBlock, after: PrefixBlock) -> bool:
    """Whether one could be an edited version of the other: same place in the conversation, same kind."""
    if (before.tier, before.kind) != (after.tier, after.kind):
        return False
    return before.head.split(b" ", 1)[0] == after.head.split(b" ", 1)[0]


def _alike(before: Text, after: Text) -> bool:
    """Whether a quarter of the shorter text stands at the same end of both."""
    wanted = min(before.size, after.size) // 4 + 1
    first = first_difference(before, after)
    if first is None or first >= wanted:
        return True
    return common_suffix(before, after, min(before.size, after.size) - first) >= wanted


def _felt(one: int, two: int, kept: list[tuple[int, int]]) -> tuple[int, int]:
    """Where a move is noticed first, reading from the top."""
    above = bisect_left(kept, one, key=lambda pair: pair[0])
    gone = one, kept[above - 1][1] + 1 if above else 0
    above = bisect_left(kept, two, key=lambda pair: pair[1])
    new = kept[above - 1][0] + 1 if above else 0, two
    return min(gone, new)


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, sorted by their second number, whose first numbers rise."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (one, _) in enumerate(pairs):
        length = bisect_left(tops, one)
        before.append(ends[length - 1] if length else -1)
        if length == len(tops):
            tops.append(one)
            ends.append(index)
        else:
            tops[length], ends[length] = one, index
    run = []
    index = ends[-1] if ends else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]
