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
from coldbyte.core.hunk import Hunk, hunks
from coldbyte.core.invisible import is_invisible, name_of, stand_in
from coldbyte.core.prefix import Prefix
from coldbyte.core.text import EMPTY, Text

_AROUND = 40  # characters that a snippet shows on each side of the difference
_MOST = 80  # characters of a difference that a snippet shows
_ALIGNED = 8  # hunks that are looked for when the caller has none

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


def microscope(
    comparison: Comparison, *, found: Sequence[Hunk] | None = None, context: int = 6, rows: int = 24
) -> Microscope:
    """Look at the break: at most `rows` rows, `context` equal characters before and behind the difference.

    `found` are the hunks of the block in which the break lies, where the caller knows them.
    """
    first = comparison.first
    if first is None:
        return Microscope()
    head = any(side is not None and side.byte < 0 for side in (first.before, first.after))
    left = _slide(comparison.before, first.before, head)
    right = _slide(comparison.after, first.after, head)
    if head or first.before is None or first.after is None or first.shape != "edited":
        byte = _break_byte(first.before or first.after, head)
        byte = min(left.text.boundary(byte), right.text.boundary(byte))
        found = (Hunk(byte, left.text.size, byte, right.text.size),)
    elif not found:
        found = hunks(left.text, right.text, limit=_ALIGNED, start=first.after.byte)
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


def _break_byte(side: Side | None, head: bool) -> int:
    assert side is not None
    return side.byte + side.block.content_start if head else side.byte


def _slide(prefix: Prefix, side: Side | None, head: bool) -> _Slide:
    if side is None:
        return _Slide(EMPTY, prefix.size)
    start = prefix.starts[side.index]
    if head:
        return _Slide(Text.from_bytes(side.block.head), start)
    return _Slide(side.block.content, start + side.block.content_start)


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
    left, right = [glyph.char for glyph in before], [glyph.char for glyph in after]
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
