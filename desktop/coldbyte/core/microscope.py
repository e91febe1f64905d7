"""The microscope: the characters around a break, both sides next to each other, nothing left invisible."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest
from typing import Literal

from coldbyte.core.comparison import Comparison, Side
from coldbyte.core.hunk import Hunk, hunks, taken_apart
from coldbyte.core.invisible import is_invisible, name_of, stand_in
from coldbyte.core.prefix import Prefix
from coldbyte.core.text import EMPTY, Text, first_difference

_AROUND = 40  # characters that a snippet shows on each side of the difference
_MOST = 80  # characters of a difference that a snippet shows
_ALIGNED = 8  # hunks that are looked for
_NEAR = 16_384  # bytes behind the break that are aligned first

_DISPLAY = {" ": "·", "\t": "⇥", "\n": "↓"}
_SHORT = {"\t": "TAB", "\n": "LF", "\r": "CR", "\xa0": "NBSP", "\xad": "SHY", "\ufeff": "BOM"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character. `byte` counts in the block's text (or head), `cache_byte` in the prefix."""

    char: str
    code_point: str
    name: str
    utf8: str
    category: str
    display: str
    byte: int
    cache_byte: int


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one place on both sides; None where a side has nothing there."""

    before: Glyph | None
    after: Glyph | None
    same: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """One line of text around the break with stand-ins for what can't be seen; the difference is
    `line[start:stop]`.
    """

    line: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Microscope:
    """Rows and snippets; empty where two prefixes are the same, a snippet is None where a prefix has ended.

    `part` says what is seen: the content of the blocks, or their heads where already these differ.
    """

    part: Literal["content", "head"] = "content"
    rows: tuple[Row, ...] = ()
    before: Snippet | None = None
    after: Snippet | None = None


@dataclass(frozen=True, slots=True)
class _Slide:
    """The text of one side and the byte of the prefix at which it starts."""

    text: Text
    origin: int

    def glyphs(self, start: int, stop: int, most: int) -> list[Glyph]:
        """The characters from byte `start` on, `most` of them, as far as `stop`."""
        data = self.text.slice_bytes(start, min(stop, start + 4 * most))
        chars = data.decode(errors="ignore")[:most]
        found = []
        for char in chars:
            found.append(Glyph(char, *_traits(char), start, self.origin + start))
            start += len(char.encode())
        return found

    def back(self, byte: int, count: int) -> int:
        """The byte `count` characters before `byte`, or the start."""
        low = self.text.boundary(max(byte - 4 * count, 0))
        chars = self.text.slice_bytes(low, byte).decode()
        return byte - len(chars[-count:].encode()) if count else byte


def microscope(comparison: Comparison, *, context: int = 6, rows: int = 24) -> Microscope:
    """Look at the break: at most `rows` rows, `context` equal characters before and behind the difference."""
    first = comparison.first
    if first is None:
        return Microscope()
    head = first.before is not None and first.after is not None and first.after.byte < 0
    left = _slide(comparison.before, first.before, head)
    right = _slide(comparison.after, first.after, head)
    if head or first.shape == "edited":
        found = _near(left.text, right.text)
    else:
        byte = left.text.boundary(max(first.before.byte, 0)) if first.before else 0
        found = (Hunk(byte, left.text.size, byte, right.text.size),)
    return Microscope(
        "head" if head else "content",
        tuple(_rows(left, right, found, context, rows)),
        _snippet(left.text, found[0].before_start, found[0].before_stop) if first.before else None,
        _snippet(right.text, found[0].after_start, found[0].after_stop) if first.after else None,
    )


def display(char: str) -> str:
    """A printable stand-in for one character; a visible character stands for itself."""
    if char in _DISPLAY:
        return _DISPLAY[char]
    if is_invisible(char):
        return stand_in(char)
    category = unicodedata.category(char)
    if category in ("Cn", "Co"):
        return "▯"
    return f"◌{char}" if category[0] == "M" else char


@lru_cache(maxsize=1024)
def _traits(char: str) -> tuple[str, str, str, str, str]:
    """Code point, name, UTF-8, category and stand-in."""
    name = f"{name_of(char)} ({_SHORT[char]})" if char in _SHORT else name_of(char)
    utf8 = char.encode().hex(" ").upper()
    return f"U+{ord(char):04X}", name, utf8, unicodedata.category(char), display(char)


def _slide(prefix: Prefix, side: Side | None, head: bool) -> _Slide:
    if side is None:
        return _Slide(EMPTY, prefix.size)
    start = prefix.starts[side.index]
    if head:
        return _Slide(Text.from_bytes(side.block.head), start)
    return _Slide(side.block.content, start + side.block.content_start)


def _near(before: Text, after: Text) -> tuple[Hunk, ...]:
    """The first hunks; only a piece of both texts is aligned where that is enough."""
    first = first_difference(before, after) or 0
    low = before.boundary(max(first - _NEAR // 16, 0))
    left = before.slice_bytes(low, before.boundary(min(first + _NEAR, before.size)))
    right = after.slice_bytes(low, after.boundary(min(first + _NEAR, after.size)))
    found = hunks(Text.from_bytes(left), Text.from_bytes(right), limit=_ALIGNED)
    shifted = [
        hunk.shifted(low, low)
        for hunk in found
        if hunk.before_stop < len(left) and hunk.after_stop < len(right)
    ]
    if not shifted:
        shifted = list(hunks(before, after, limit=_ALIGNED))
    if shifted[0].count > 1:
        return taken_apart(before, after, shifted[0], _ALIGNED)
    return tuple(shifted)


def _rows(left: _Slide, right: _Slide, found: Sequence[Hunk], context: int, most: int) -> Iterator[Row]:
    """Equal characters, the first difference, what follows, and what differs in that."""
    one, two = left.back(found[0].before_start, context), right.back(found[0].after_start, context)
    shown = 0
    for hunk in found:
        if shown and hunk.before_start - one > 4 * context:
            break
        before = left.glyphs(one, hunk.before_start, context)
        if shown and len(before) >= context:
            break
        after = right.glyphs(two, hunk.after_start, context)
        differing = _aligned(
            left.glyphs(hunk.before_start, hunk.before_stop, most),
            right.glyphs(hunk.after_start, hunk.after_stop, most),
        )
        for row in [*_paired(before, after), *differing]:
            if shown == most:
                return
            yield row
            shown += 1
        one, two = hunk.before_stop, hunk.after_stop
    following = min(context, most - shown)
    yield from _paired(
        left.glyphs(one, left.text.size, following), right.glyphs(two, right.text.size, following)
    )


def _aligned(before: list[Glyph], after: list[Glyph]) -> Iterator[Row]:
    """The rows of a hunk: what is equal at its start stays together, the rest is matched."""
    left, right = [glyph.char for glyph in before], [glyph.char for glyph in after]
    equal = next((n for n, (one, two) in enumerate(zip(left, right, strict=False)) if one != two), None)
    equal = min(len(left), len(right)) if equal is None else equal
    yield from _paired(before[:equal], after[:equal])
    before, after, left, right = before[equal:], after[equal:], left[equal:], right[equal:]
    for _, one, stop_one, two, stop_two in SequenceMatcher(None, left, right, False).get_opcodes():
        yield from _paired(before[one:stop_one], after[two:stop_two])


def _paired(before: list[Glyph], after: list[Glyph]) -> Iterator[Row]:
    for left, right in zip_longest(before, after):
        yield Row(left, right, left is not None and right is not None and left.char == right.char)


def _snippet(text: Text, start: int, stop: int) -> Snippet:
    low = text.boundary(max(start - 4 * _AROUND, 0))
    lead = text.slice_bytes(low, start).decode()
    shown = text.slice_bytes(start, min(stop, start + 4 * _MOST)).decode(errors="ignore")
    tail = text.slice_bytes(stop, min(text.size, stop + 4 * _AROUND)).decode(errors="ignore")
    cut_before = low > 0 or len(lead) > _AROUND
    cut_after = len(tail) > _AROUND or stop + 4 * _AROUND < text.size
    cut_inside = stop - start > len(shown.encode()) or len(shown) > _MOST
    head = ("…" if cut_before else "") + _line(lead[-_AROUND:])
    middle = "".join(map(display, shown[:_MOST])) + ("…" if cut_inside else "")
    foot = _line(tail[:_AROUND]) + ("…" if cut_after else "")
    return Snippet(head + middle + foot, len(head), len(head) + len(middle))


def _line(chars: str) -> str:
    """Characters on one line; plain spaces stay as they are."""
    return "".join(char if char == " " else display(char) for char in chars)
