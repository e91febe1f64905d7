"""Where two prefixes part: the break, in both coordinate systems, and what became of its block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coldbyte.core.prefix import HEAD_END, Prefix, PrefixBlock, Tier
from coldbyte.core.text import Spot, first_difference, first_differing_byte

Shape = Literal["edited", "inserted", "removed", "moved", "replaced"]


@dataclass(frozen=True, slots=True)
class Side:
    """The place of a break in one of the two prefixes.

    `byte` counts in the content of the block (negative inside its head); `spot` is the same place in lines.
    """

    index: int
    block: PrefixBlock
    byte: int
    spot: Spot


@dataclass(frozen=True, slots=True)
class Break:
    """The first byte at which two prefixes differ, in the cache view; `after` or `before` is None at an end.

    `shape`: the block was edited, inserted, removed, moved, or replaced by one of another kind.
    """

    cache_byte: int
    shape: Shape
    before: Side | None
    after: Side | None

    @property
    def tier(self) -> Tier:
        """The tier in which the break lies."""
        side = self.after or self.before
        assert side is not None
        return side.block.tier


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two prefixes and their first difference. `shared` counts the equal bytes at their start."""

    before: Prefix
    after: Prefix
    shared: int
    first: Break | None

    @property
    def identical(self) -> bool:
        """Whether both are the same bytes."""
        return self.first is None

    @property
    def harmless(self) -> bool:
        """Whether all that the baseline could have stored is unchanged: growth, or a change behind it."""
        return self.shared >= self.before.stored


def compare(before: Prefix, after: Prefix) -> Comparison:
    """Find the break. Blocks that both share cost nothing; the work follows what changed."""
    count = min(len(before.blocks), len(after.blocks))
    index = next((i for i in range(count) if not _same(before.blocks[i], after.blocks[i])), count)
    shared = before.starts[index]
    if index == len(before.blocks) == len(after.blocks):
        return Comparison(before, after, shared, None)
    left = before.blocks[index] if index < len(before.blocks) else None
    right = after.blocks[index] if index < len(after.blocks) else None
    inside = _differing_byte(left, right) if left and right else 0
    found = Break(
        shared + inside,
        _shape(before.blocks[index:], after.blocks[index:]),
        _side(index, left, inside),
        _side(index, right, inside),
    )
    return Comparison(before, after, shared + inside, found)


def _same(before: PrefixBlock, after: PrefixBlock) -> bool:
    return before is after or before.same_content(after)


def _differing_byte(before: PrefixBlock, after: PrefixBlock) -> int:
    """Offset in the record at which two records that differ part."""
    if before.head != after.head:
        return first_differing_byte(before.head + HEAD_END, after.head + HEAD_END)
    byte = first_difference(before.content, after.content)
    assert byte is not None
    return before.content_start + byte


def _side(index: int, block: PrefixBlock | None, inside: int) -> Side | None:
    if block is None:
        return None
    byte = inside - block.content_start
    return Side(index, block, byte, block.content.spot(max(byte, 0)))


def _shape(before: tuple[PrefixBlock, ...], after: tuple[PrefixBlock, ...]) -> Shape:
    """What became of the first of the blocks that differ, judged by where equal blocks stand on."""
    if not before:
        return "inserted"
    if not after:
        return "removed"
    left_stays = any(_same(before[0], block) for block in after[1:])
    right_stood = any(_same(after[0], block) for block in before[1:])
    match left_stays, right_stood:
        case True, True:
            return "moved"
        case True, False:
            return "inserted"
        case False, True:
            return "removed"
        case _:
            return "edited" if before[0].head == after[0].head else "replaced"
