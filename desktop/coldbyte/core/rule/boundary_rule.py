"""The rule for text that is the same but cut into blocks in another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from coldbyte.core.cause import Cause
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.rule.leftover import Leftover, counted
from coldbyte.core.text.text import Text, first_difference

_ALONE = 2  # blocks of a pair that is equal by itself
_RUNS = 16  # runs of one gap that are compared with each other


def boundaries_changed(left: Leftover) -> list[Cause]:
    """Neighbouring text blocks of one role that say the same together, with other ends between them."""
    if not left.gone or not left.new or len(left.gone) + len(left.new) < 3:
        return []
    gaps: dict[int, tuple[list[range], list[range]]] = defaultdict(lambda: ([], []))
    for side, (prefix, steps) in enumerate(((left.before, left.gone), (left.after, left.new))):
        for run in _runs(prefix, sorted(steps)):
            gaps[left.gap(side, run.start)][side].append(run)
    causes = []
    for olds, news in gaps.values():
        for old in olds[:_RUNS]:
            for new in news[:_RUNS]:
                groups = [group for group in _groups(left, old, new) if sum(map(len, group)) > _ALONE]
                causes += [_cause(left, *group) for group in groups]
    return causes


def _runs(prefix: Prefix, indexes: Iterable[int]) -> Iterator[range]:
    """Neighbouring text blocks with the same head."""
    start = stop = -1
    head = b""
    for index in indexes:
        block = prefix.blocks[index]
        if block.kind != "text":
            continue
        if index == stop and block.head == head:
            stop += 1
            continue
        if stop > start:
            yield range(start, stop)
        start, stop, head = index, index + 1, block.head
    if stop > start:
        yield range(start, stop)


def _groups(left: Leftover, old: range, new: range) -> Iterator[tuple[range, range]]:
    """Blocks at the start of two runs, or at their end, that say the same together."""
    blocks = left.before.blocks[old.start : old.stop], left.after.blocks[new.start : new.stop]
    if blocks[0][0].head != blocks[1][0].head or len(old) + len(new) < 3:
        return
    found = 0, 0
    for one, two in _equal(*blocks):
        yield old[found[0] : one], new[found[1] : two]
        found = one, two
    rest = blocks[0][found[0] :][::-1], blocks[1][found[1] :][::-1]
    last = 0, 0
    for one, two in _equal(*rest, backwards=True):
        yield old[len(old) - one : len(old) - last[0]], new[len(new) - two : len(new) - last[1]]
        last = one, two


def _equal(
    left: Sequence[PrefixBlock], right: Sequence[PrefixBlock], *, backwards: bool = False
) -> Iterator[tuple[int, int]]:
    """How many blocks of both sides say the same together, as often as they do."""
    start, sizes, one, two = (0, 0), [0, 0], 0, 0
    while one < len(left) or two < len(right):
        if sizes[0] <= sizes[1] and one < len(left):
            sizes[0] += left[one].content.size
            one += 1
        elif two < len(right) and sizes[1] <= sizes[0]:
            sizes[1] += right[two].content.size
            two += 1
        else:
            return
        if sizes[0] != sizes[1] or one == start[0] or two == start[1]:
            continue
        if not _same(left[start[0] : one], right[start[1] : two], backwards):
            return
        yield one, two
        start = one, two


def _same(left: Sequence[PrefixBlock], right: Sequence[PrefixBlock], backwards: bool) -> bool:
    step = -1 if backwards else 1
    sides = [
        Text(tuple(piece for block in blocks[::step] for piece in block.content.pieces))
        for blocks in (left, right)
    ]
    return first_difference(*sides) is None


def _cause(left: Leftover, old: range, new: range) -> Cause:
    left.take(old, new)
    say = f"The same text is cut into blocks differently: {counted(len(old), 'block')} became {len(new):,}."
    label = "merged" if len(new) < len(old) else "split" if len(new) > len(old) else "moved"
    return left.cause("block-boundaries-changed", old.start, new.start, say, label=label)
