"""Where two prefixes part: the break, in both coordinate systems, and what became of its block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coldbyte.core.prefix.prefix import HEAD_END, Prefix, PrefixBlock, Tier
from coldbyte.core.text.text import Spot, first_difference, first_differing_byte

Shape = Literal["edited", "inserted", "removed", "moved", "replaced"]


@dataclass(frozen=True, slots=True)
class Side:
    """The place of a break in one of the two prefixes.

    `byte` counts in the content of the block (negative inside its head).
    """

    index: int
    block: PrefixBlock
    byte: int

    @property
    def spot(self) -> Spot:
        """The same place in lines."""
        return self.block.content.spot(max(self.byte, 0))


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
    index, inside = 0, None
    while index < count and (inside := _differing_byte(before.blocks[index], after.blocks[index])) is None:
        index += 1
    shared = before.starts[index]
    if index == len(before.blocks) == len(after.blocks):
        return Comparison(before, after, shared, None)
    left = before.blocks[index] if index < len(before.blocks) else None
    right = after.blocks[index] if index < len(after.blocks) else None
    byte = inside or 0
    found = Break(
        shared + byte,
        _shape(before.blocks[index:], after.blocks[index:]),
        _side(index, left, byte),
        _side(index, right, byte),
    )
    return Comparison(before, after, shared + byte, found)


def keyed(comparison: Comparison) -> tuple[Prefix, Prefix]:
    """Both prefixes with keys that mean nothing elsewhere: the same up to the break, and different behind it.

    No text is hashed for them.
    """
    first, before, after = comparison.first, comparison.before.blocks, comparison.after.blocks
    side = first and (first.before or first.after)
    shared = side.index if side else len(before)
    head = [b"%d" % index for index in range(shared)]
    return (
        Prefix(before, (*head, *(b"before %d" % index for index in range(shared, len(before))))),
        Prefix(after, (*head, *(b"after %d" % index for index in range(shared, len(after))))),
    )


def _same(before: PrefixBlock, after: PrefixBlock) -> bool:
    return before is after or before.same_content(after)


def _differing_byte(before: PrefixBlock, after: PrefixBlock) -> int | None:
    """Offset in the record at which two records part; None where they are the same."""
    if before is after:
        return None
    if before.head != after.head:
        return first_differing_byte(before.head + HEAD_END, after.head + HEAD_END)
    byte = first_difference(before.content, after.content)
    return None if byte is None else before.content_start + byte


def _side(index: int, block: PrefixBlock | None, inside: int) -> Side | None:
    if block is None:
        return None
    return Side(index, block, inside - block.content_start)


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
