"""Which block of one prefix became which block of the other: kept, edited, moved, inserted or removed."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from coldbyte.core.prefix.prefix import PrefixBlock
from coldbyte.core.prefix.version import related, versions
from coldbyte.core.text.anchor import Pair, anchors
from coldbyte.core.text.text import Text

Kind = Literal["edited", "moved", "inserted", "removed"]

_DIGESTED = 65_536  # bytes of a content up to which it is told apart by its digest
_SAID = 4_096  # bytes of a message that may be said twice
_EDITED = 16  # edited blocks in a row behind which an insertion is still put off
_MOVABLE = ("text", "image", "document")  # what a client hangs on another message


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
    """Every block that is not kept in place, in the order of the old sequence; as few as possible moved.

    What could be said to stand in several places, as one of many equal blocks, stands as late as it can: what
    was added to a growing conversation stands at its end.
    """
    size = min(len(before), len(after))
    head = next((index for index in range(size) if not _same(before[index], after[index])), size)
    size -= head
    tail = next((step for step in range(size) if not _same(before[-1 - step], after[-1 - step])), size)
    if len(before) - tail - head == 1 == len(after) - tail - head and related(before[head], after[head]):
        return (Step("edited", head, head, (head, head)),)
    return tuple(_Middle(before, after, head, tail).steps())


class _Middle:
    """The blocks from the first that differs on."""

    def __init__(
        self, before: Sequence[PrefixBlock], after: Sequence[PrefixBlock], head: int, tail: int
    ) -> None:
        self.before, self.after, self.head = before, after, head
        self.numbers = _Numbers()
        self.stops = len(before) - tail, len(after) - tail
        self.kept = self._kept()
        self._keep_last_turn()

    def steps(self) -> list[Step]:
        """The steps, in the order of the old sequence."""
        moves = self._moves()
        moved_left, moved_right = set(moves), set(moves.values())
        steps = [Step("moved", one, two, self._felt(one, two)) for one, two in moves.items()]
        for one, two in self._gaps():
            gone = [index for index in one if index not in moved_left]
            new = [index for index in two if index not in moved_right]
            steps.extend(self._gap(gone, new, one.stop, two.stop))
        return sorted(steps, key=lambda step: (step.before, step.after))

    def _kept(self) -> list[Pair]:
        """Pairs of equal blocks in increasing order; `stops` say where those at the end begin."""
        left = [self.numbers.of(block) for block in self.before[self.head : self.stops[0]]]
        right = [self.numbers.of(block) for block in self.after[self.head : self.stops[1]]]
        pairs = ((self.head + one, self.head + two) for one, two in anchors(left, right))
        ends = zip(range(self.stops[0], len(self.before)), range(self.stops[1], len(self.after)), strict=True)
        kept: list[Pair] = []
        one = two = self.head
        for at_one, at_two in chain(pairs, ends):
            edited = self._edited(range(one, at_one), range(two, at_two))
            low_one, low_two = one + edited, two + edited
            if low_one == at_one and low_two < at_two and _same(self.after[low_two], self.after[at_two]):
                at_two = low_two
            elif low_two == at_two and low_one < at_one and _same(self.before[low_one], self.before[at_one]):
                at_one = low_one
            elif at_one >= self.stops[0]:
                self.stops = at_one, at_two
                return kept
            kept.append((at_one, at_two))
            one, two = at_one + 1, at_two + 1
        self.stops = len(self.before), len(self.after)
        return kept

    def _edited(self, one: range, two: range) -> int:
        """How many blocks at the start of a gap may have been edited in place: all of the shorter side."""
        size = min(len(one), len(two))
        if size > _EDITED or not all(
            map(related, self.before[one.start : one.start + size], self.after[two.start : two.start + size])
        ):
            return 0
        return size

    def _keep_last_turn(self) -> None:
        """Find the newest message of the old side where it stood, if a part of it was said once more since.

        `continue` under a note, answered by another `continue` under that note, is the same words twice: the
        note moved, and no turn was put in between. So did a note below a question that stands below the next.
        """
        start = self._last_turn()
        if start > self.stops[0]:
            return
        kept = [pair for pair in self.kept if pair[0] < start]
        at = kept[-1][1] + 1 if kept else min(self.head, start)
        stop = self._turn_stop(at) if at < len(self.after) else at
        ends = zip(range(self.stops[0], len(self.before)), range(self.stops[1], len(self.after)), strict=True)
        later = [pair for pair in chain(self.kept[len(kept) :], ends) if pair[1] >= stop]
        left, right = self.before[start:], self.after[at:stop]
        if (
            not later
            or not right
            or right[0].role != left[0].role
            or not self._said_again(later, left, right)
        ):
            return
        pairs = anchors(*([self.numbers.of(block) for block in blocks] for blocks in (left, right)))
        self.kept = kept + [(start + one, at + two) for one, two in pairs if start + one >= self.head]
        self.stops = len(self.before), len(self.after)

    def _last_turn(self) -> int:
        """Where the last turn of the old side starts; the number of blocks without one."""
        start = len(self.before)
        while start and self.before[start - 1].tier == "messages":
            if self.before[start - 1].role != self.before[-1].role:
                break
            start -= 1
        return start

    def _turn_stop(self, index: int) -> int:
        """Where the turn of a new block ends."""
        stop = index
        while stop < len(self.after) and self.after[stop].role == self.after[index].role:
            stop += 1
        return stop

    def _said_again(
        self, later: Sequence[Pair], left: Sequence[PrefixBlock], right: Sequence[PrefixBlock]
    ) -> bool:
        """Whether a turn stands where it stood, and what was taken for a part of it belongs to another."""
        said = {_words(block) for block in right if block.kind == "text"}
        if not any(_words(block) in said for block in left if block.kind == "text"):
            return False
        if any(_words(self.before[one]) in said for one, _ in later):
            return True
        first, last = later[0][1] - 1, later[-1][1] + 1
        around = [index for index in (first, last) if index < len(self.after)]
        return any(self.after[index].role == left[0].role for index in around)

    def _gaps(self) -> Iterator[tuple[range, range]]:
        """What stands between kept blocks, where that is something."""
        last_one, last_two = self.head, self.head
        for one, two in [*self.kept, self.stops]:
            if last_one < one or last_two < two:
                yield range(last_one, one), range(last_two, two)
            last_one, last_two = one + 1, two + 1

    def _moves(self) -> dict[int, int]:
        """Equal blocks that are left over on both sides, wherever they stand."""
        gaps = list(self._gaps())
        waiting: dict[int, list[int]] = defaultdict(list)
        for index in reversed([index for one, _ in gaps for index in one]):
            waiting[self.numbers.of(self.before[index])].append(index)
        moves = {}
        for index in [index for _, two in gaps for index in two]:
            found = waiting.get(self.numbers.of(self.after[index]))
            if found and self._moved(found[-1], index):
                moves[found.pop()] = index
        return moves

    def _moved(self, one: int, two: int) -> bool:
        """Whether an equal block is the same one: in what was added at the end it need not be.

        There it is, if it hung on a message that is still there.
        """
        last = self.kept[-1] if self.kept else (self.head - 1, self.head - 1)
        block = self.before[one]
        if self.stops != (len(self.before), len(self.after)) or two <= last[1] or block.tier != "messages":
            return True
        if block.role == "assistant" or block.kind not in _MOVABLE:
            return False
        mates = [
            mate
            for mate in (one - 1, one + 1)
            if 0 <= mate < len(self.before)
            and (self.before[mate].tier, self.before[mate].role) == ("messages", block.role)
        ]
        above, below = self._around(one)
        place = self.after[above[1] + 1]
        if place.kind == block.kind == "text" and above[1] + 1 != two and _words(place) == _words(block):
            return False
        return any(mate == above[0] or mate == below for mate in mates) or (
            bool(mates) and place.role == block.role and above[1] + 1 != two
        )

    def _around(self, one: int) -> tuple[Pair, int]:
        """The kept pair above an old block, and the kept old block below it."""
        at = bisect_left(self.kept, one, key=lambda pair: pair[0])
        above = self.kept[at - 1] if at else (self.head - 1, self.head - 1)
        return above, self.kept[at][0] if at < len(self.kept) else self.stops[0]

    def _felt(self, one: int, two: int) -> tuple[int, int]:
        """Where a move is noticed first, reading from the top."""
        gone = one, self._around(one)[0][1] + 1
        above = bisect_left(self.kept, two, key=lambda pair: pair[1])
        new = self.kept[above - 1][0] + 1 if above else self.head, two
        return min(gone, new)

    def _gap(self, gone: list[int], new: list[int], stop_one: int, stop_two: int) -> Iterator[Step]:
        """Pair what was edited between two kept blocks; the rest was removed or inserted."""
        left, right = [self.before[index] for index in gone], [self.after[index] for index in new]
        growing = stop_one == len(self.before)
        pairs = [*versions(left, right, growing=growing), (len(gone), len(new))]
        one = two = 0
        for at_one, at_two in pairs:
            there = gone[at_one] if at_one < len(gone) else stop_one
            place = new[at_two] if at_two < len(new) else stop_two
            first = new[two] if two < at_two else place
            for index in gone[one:at_one]:
                yield Step("removed", index, first, (index, first))
            for index in new[two:at_two]:
                yield Step("inserted", there, index, (there, index))
            if at_one < len(gone):
                yield Step("edited", there, place, (there, place))
            one, two = at_one + 1, at_two + 1


class _Numbers:
    """A number for each content: equal blocks have the same."""

    def __init__(self) -> None:
        self.known: dict[tuple[bytes, int, bytes], list[tuple[Text, int]]] = defaultdict(list)
        self.count = 0

    def of(self, block: PrefixBlock) -> int:
        size = block.content.size
        name = block.content.encode() if size <= _SAID else block.content.digest if size <= _DIGESTED else b""
        bucket = self.known[block.head, size, name]
        for content, number in bucket:
            if content == block.content:
                return number
        self.count += 1
        bucket.append((block.content, self.count))
        return self.count


def _words(block: PrefixBlock) -> tuple[bytes, ...]:
    return tuple(block.content.slice_bytes(0, _SAID).split()) if block.content.size <= _SAID else ()


def _same(before: PrefixBlock, after: PrefixBlock) -> bool:
    return before is after or before.same_content(after)
