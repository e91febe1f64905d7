"""The microscope: the characters around a cause, both sides next to each other, nothing left invisible."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest

from coldbyte.core.cause import Cause
from coldbyte.core.json.value import value_at
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.text.hunk import Hunk, hunks, taken_apart
from coldbyte.core.text.invisible import display, name_of
from coldbyte.core.text.text import Text

_AROUND = 40  # characters that a snippet shows on each side of the difference
_MOST = 80  # characters of a difference that a snippet shows
_ALIGNED = 8  # hunks that are looked for
_BEHIND = 512  # bytes behind a cause in which further differences are looked for

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
    """Rows and snippets; a snippet is None where a side has nothing at that place.

    Without rows there is nothing to hold side by side: a block came, went or moved.
    """

    rows: tuple[Row, ...] = ()
    before: Snippet | None = None
    after: Snippet | None = None


@dataclass(frozen=True, slots=True)
class _Slide:
    """The text of one side and the byte of the prefix at which it starts; `escaped` if it stands there as a
    string of JSON.
    """

    text: Text
    origin: int
    escaped: bool = False

    def glyphs(self, start: int, stop: int, most: int) -> list[Glyph]:
        """The characters from byte `start` on, `most` of them, as far as `stop`."""
        data = self.text.slice_bytes(start, min(stop, start + 4 * most))
        chars = data.decode(errors="ignore")[:most]
        found = []
        for char in chars:
            place = self.text.escaped_before(start) if self.escaped else start
            found.append(Glyph(char, *_traits(char), start, self.origin + place))
            start += len(char.encode())
        return found

    def back(self, byte: int, count: int) -> int:
        """The byte `count` characters before `byte`, or the start."""
        low = self.text.boundary(max(byte - 4 * count, 0))
        chars = self.text.slice_bytes(low, byte).decode()
        return byte - len(chars[-count:].encode()) if count else byte


def microscope(comparison: Comparison, cause: Cause, *, context: int = 6, rows: int = 24) -> Microscope:
    """Look at the first place of a cause; empty for one that has no place in a block."""
    old, new = cause.blocks
    if cause.block_byte == (None, None) or (old is None and new is None):
        return Microscope()
    if old is None or new is None or cause.id == "blocks-reordered":
        moved = cause.id == "blocks-reordered"
        return Microscope(
            before=_opening(comparison.before, old, marked=not moved),
            after=_opening(comparison.after, new, marked=not moved),
        )
    left = _value_slide(
        comparison.before, old, cause.where_before, cause.cache_byte_before, cause.block_byte[0]
    )
    right = _value_slide(comparison.after, new, cause.where, cause.cache_byte, cause.block_byte[1])
    found: tuple[Hunk, ...] = ()
    if cause.hunks and left is not None and right is not None:
        found = _following(left.text, right.text, cause.hunks[0])
    else:
        left, right, found = _raw_slides(comparison, cause, old, new)
    if not found:
        return Microscope()
    return Microscope(
        tuple(_rows(left, right, found, context, rows)),
        snippet_of(left.text, found[0].before_start, found[0].before_stop),
        snippet_of(right.text, found[0].after_start, found[0].after_stop),
    )


@lru_cache(maxsize=1024)
def _traits(char: str) -> tuple[str, str, str, str, str]:
    """Code point, name, UTF-8, category and stand-in."""
    name = f"{name_of(char)} ({_SHORT[char]})" if char in _SHORT else name_of(char)
    utf8 = char.encode().hex(" ").upper()
    return f"U+{ord(char):04X}", name, utf8, unicodedata.category(char), display(char)


def _value_slide(
    prefix: Prefix, index: int, where: str | None, cache_byte: int, byte: int | None
) -> _Slide | None:
    """The text at a path: all of a block's content, or a string in what the block says besides."""
    block = prefix.blocks[index]
    if where == block.where and not block.structured:
        return _Slide(block.content, prefix.starts[index] + block.content_start)
    try:
        below = (where or "").removeprefix(block_path(block.where)).removeprefix(".")
        value = value_at(block.fields if block.structured else block.attributes, below)
    except (KeyError, ValueError):
        return None
    if not isinstance(value, str):
        return None
    text = Text.from_str(value)
    return _Slide(text, cache_byte - text.escaped_before(min(byte or 0, text.size)), escaped=True)


def _raw_slides(
    comparison: Comparison, cause: Cause, old: int, new: int
) -> tuple[_Slide, _Slide, tuple[Hunk, ...]]:
    """Both records as they stand in the prefix, and what differs from the place of the cause on."""
    before, after = comparison.before, comparison.after
    left, right = before.blocks[old], after.blocks[new]
    inside = cause.cache_byte_before - before.starts[old], cause.cache_byte - after.starts[new]
    head = left.head != right.head and inside[0] < left.content_start and inside[1] < right.content_start
    slides = _record_slide(before, old, head=head), _record_slide(after, new, head=head)
    one, two = (
        slide.text.boundary(min(max(byte - (slide.origin - start), 0), slide.text.size))
        for slide, byte, start in zip(slides, inside, (before.starts[old], after.starts[new]), strict=True)
    )
    found = hunks(_stretch(slides[0].text, one), _stretch(slides[1].text, two), limit=_ALIGNED)
    return *slides, tuple(hunk.shifted(one, two) for hunk in found)


def _record_slide(prefix: Prefix, index: int, *, head: bool) -> _Slide:
    block, start = prefix.blocks[index], prefix.starts[index]
    return (
        _Slide(Text.from_bytes(block.head), start)
        if head
        else _Slide(block.content, start + block.content_start)
    )


def _following(before: Text, after: Text, first: Hunk) -> tuple[Hunk, ...]:
    """The hunk of a cause, and what differs right behind it."""
    if first.count > 1:
        return taken_apart(before, after, first, _ALIGNED)
    behind = hunks(_stretch(before, first.before_stop), _stretch(after, first.after_stop), limit=_ALIGNED)
    return first, *(hunk.shifted(first.before_stop, first.after_stop) for hunk in behind if not hunk.rest)


def _stretch(text: Text, start: int) -> Text:
    """The near text behind a byte."""
    return Text.from_bytes(text.slice_bytes(start, text.boundary(min(start + _BEHIND, text.size))))


def _opening(prefix: Prefix, index: int | None, *, marked: bool) -> Snippet | None:
    """How a block begins; all of it counts as the difference where it is `marked`."""
    if index is None or index >= len(prefix.blocks):
        return None
    text = prefix.blocks[index].content
    return snippet_of(text, 0, text.size if marked else 0)


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
        for row in [*_paired_at_end(before, after), *differing]:
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


def _paired_at_end(before: list[Glyph], after: list[Glyph]) -> list[Row]:
    """Rows that end together: what stands before a difference may itself differ."""
    return list(_paired(before[::-1], after[::-1]))[::-1]


def snippet_of(text: Text, start: int, stop: int) -> Snippet:
    """One line around the bytes from `start` to `stop` of a text, which are boundaries of characters."""
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
