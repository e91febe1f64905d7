"""Excerpts: what stands at the place of a cause on both sides, as it stands in the prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from coldbyte.core.cause import ABOUT_BREAKPOINTS, Cause
from coldbyte.core.prefix.comparison import Break, Comparison
from coldbyte.core.prefix.microscope import Snippet, snippet_of
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.text.hunk import hunks
from coldbyte.core.text.text import Text

_NEAR = 4_096  # bytes behind the place in which the end of the difference is looked for
_UNWRITTEN = (b"setting citations", b"setting images")  # records that stand for nothing that a sender wrote
_UNIT = re.compile(r"\\u[0-9a-f]{4}|\\.|[^\\]", re.DOTALL)  # one character inside a string of compact JSON


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Both sides; None where a side has nothing at that place."""

    before: Snippet | None
    after: Snippet | None


@dataclass(frozen=True, slots=True)
class _Place:
    """A byte of the text of a block, which is its head where already these differ."""

    text: Text
    byte: int
    structured: bool

    def snippet(self, size: int) -> Snippet:
        """The line around `size` bytes of the decoded text."""
        stop = self.byte + (self._escaped(size) if self.structured else size)
        return snippet_of(self.text, self.byte, max(self.text.boundary(min(stop, self.text.size)), self.byte))

    def near(self) -> Text:
        """What stands behind the place."""
        stop = self.text.boundary(min(self.byte + _NEAR, self.text.size))
        return Text.from_bytes(self.text.slice_bytes(self.byte, stop))

    def _escaped(self, size: int) -> int:
        """Bytes of JSON that give so many bytes of text."""
        taken = 0
        for unit in _UNIT.finditer(str(self.near())):
            if size <= 0:
                break
            spelled = len(unit[0].encode())
            size -= 1 if spelled > 1 and unit[0][0] == "\\" else spelled
            taken += spelled
        return taken


def excerpt_of(comparison: Comparison, cause: Cause) -> Excerpt | None:
    """The excerpt for a cause; None where it has no place in the prompt."""
    if cause.id in ABOUT_BREAKPOINTS:
        return None
    if cause.id == "breakpoint-on-volatile-block" and comparison.first is not None:
        cause = _at_break(cause, comparison.first)
    old, new = _block(comparison.before, cause.blocks[0]), _block(comparison.after, cause.blocks[1])
    heads = old is not None and new is not None and old[0].head != new[0].head
    left = _place(*old, cause.cache_byte_before, heads=heads) if old else None
    right = _place(*new, cause.cache_byte, heads=heads) if new else None
    if any(block is not None and block[0].head in _UNWRITTEN for block in (old, new)):
        return None
    if left is None and right is None:
        return None
    sizes = _sizes(cause, left, right)
    return Excerpt(left.snippet(sizes[0]) if left else None, right.snippet(sizes[1]) if right else None)


def _at_break(cause: Cause, first: Break) -> Cause:
    """A cause in a breakpoint, moved to where the prompts part."""
    sides = (first.before, first.after)
    blocks = tuple(None if side is None else side.index for side in sides)
    byte = first.cache_byte
    return replace(cause, blocks=(blocks[0], blocks[1]), cache_byte=byte, cache_byte_before=byte)


def _block(prefix: Prefix, index: int | None) -> tuple[PrefixBlock, int] | None:
    """A block and where its record starts."""
    if index is None or index >= len(prefix.blocks):
        return None
    return prefix.blocks[index], prefix.starts[index]


def _place(block: PrefixBlock, start: int, cache_byte: int, *, heads: bool) -> _Place:
    inside = max(cache_byte - start, 0)
    if heads and inside < block.content_start:
        head = Text.from_bytes(block.head)
        return _Place(head, head.boundary(min(inside, head.size)), structured=False)
    byte = min(max(inside - block.content_start, 0), block.content.size)
    return _Place(block.content, block.content.boundary(byte), block.structured)


def _sizes(cause: Cause, left: _Place | None, right: _Place | None) -> tuple[int, int]:
    """Bytes of the difference on both sides."""
    if left is None or right is None:
        return 0, 0
    if cause.hunks:
        hunk = cause.hunks[0]
        return (
            hunk.before_stop - (cause.block_byte[0] or hunk.before_start),
            hunk.after_stop - (cause.block_byte[1] or hunk.after_start),
        )
    found = hunks(left.near(), right.near(), limit=1)
    if not found or found[0].before_start or found[0].after_start:
        return 1, 1
    return found[0].before_stop, found[0].after_stop
