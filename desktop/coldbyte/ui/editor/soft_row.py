"""Soft rows: a line too long to be laid out at once is cut by breaks that the value does not have."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from coldbyte.core.text.text_history import utf16_length

ROW = 2_000
"""UTF-16 units that a new row holds at most."""
ROW_LIMIT = 4_000
"""UTF-16 units to which a row may grow."""
LONG_LINE = 20_000
"""Bytes beyond which a line is cut into rows."""

_LOOK_BACK = 250  # how far before its limit a row may end to end at a blank
_BLANKS = " \t\r\u2028\u2029"


class SoftRows:
    """The soft breaks of a view, as sorted offsets in the value.

    Break number i takes one unit of the view, at position `offset[i] + i`. All of them count UTF-16 units.
    """

    def __init__(self) -> None:
        self._offsets: list[int] = []

    def __len__(self) -> int:
        return len(self._offsets)

    def to_view(self, offset: int) -> int:
        """The position that shows `offset`; at a break the start of the next row."""
        return offset + bisect_right(self._offsets, offset)

    def to_row_end(self, offset: int) -> int:
        """The position that shows `offset`; at a break the end of the row before it."""
        return offset + bisect_left(self._offsets, offset)

    def to_value(self, position: int) -> int:
        """The offset shown at `position`."""
        return position - self._count(position)

    def is_break(self, position: int) -> bool:
        """Whether a soft break stands at `position`."""
        index = self._count(position)
        return index < len(self._offsets) and self._offsets[index] + index == position

    def inside(self, start: int, stop: int) -> list[int]:
        """The offsets of the breaks that stand at positions from `start` up to, not at, `stop`."""
        return self._offsets[self._count(start) : self._count(stop)]

    def replace(self, start: int, stop: int, offsets: Sequence[int], growth: int) -> None:
        """Drop the breaks at positions from `start` to `stop`, put in others, move the later ones."""
        first, last = self._count(start), self._count(stop)
        self._offsets[first:] = [*offsets, *(offset + growth for offset in self._offsets[last:])]

    def truncate(self, position: int) -> None:
        """Drop all breaks at or after `position`."""
        del self._offsets[self._count(position) :]

    def _count(self, position: int) -> int:
        """Number of breaks before `position`."""
        if not self._offsets:
            return 0
        numbers = range(len(self._offsets))
        return bisect_left(numbers, position, key=lambda number: self._offsets[number] + number)


def break_points(chars: str, *, continued: bool = False) -> list[int]:
    """Where soft breaks belong, as code point indexes; `continued`: `chars` starts inside a long line."""
    points: list[int] = []
    start = 0
    for line in chars.split("\n"):
        if continued or is_long(line):
            points.extend(start + point for point in row_points(line))
        continued = False
        start += len(line) + 1
    return points


def is_long(line: str) -> bool:
    """Whether a line is too long for one row."""
    return 4 * len(line) > LONG_LINE and len(line.encode()) > LONG_LINE


def row_points(line: str) -> Iterator[int]:
    """Code point indexes that cut a line into rows of at most ROW units."""
    start = 0
    while (end := _row_end(line, start)) < len(line):
        yield end
        start = end


def may_break(before: str, after: str) -> bool:
    """Whether a row may end between two neighbouring characters."""
    if not before or not after or after == "\n" or before == "\u200d":
        return False
    return after != "\u200d" and not unicodedata.category(after).startswith("M")


def units_of(chars: str, points: Sequence[int], origin: int) -> list[int]:
    """Code point indexes in `chars` as UTF-16 offsets, where `chars` starts at the offset `origin`."""
    offsets = []
    start = 0
    for point in points:
        origin += utf16_length(chars[start:point])
        offsets.append(origin)
        start = point
    return offsets


def with_breaks(chars: str, points: Sequence[int], sign: str = "\n") -> str:
    """`chars` with `sign` put in at code point indexes."""
    if not points:
        return chars
    ends = [*points, len(chars)]
    return sign.join(chars[start:end] for start, end in zip([0, *points], ends, strict=True))


def _row_end(line: str, start: int) -> int:
    """Where the row that starts at `start` ends: after a blank, else between two characters."""
    row = line[start : start + ROW]
    if utf16_length(row) > ROW:
        row = row.encode("utf-16-le")[: 2 * ROW].decode("utf-16-le", "ignore")
    end = start + len(row)
    if end >= len(line):
        return end
    floor = max(start, end - _LOOK_BACK)
    after_blank = 1 + max(line.rfind(blank, floor, end) for blank in _BLANKS)
    if after_blank and may_break(line[after_blank - 1], line[after_blank]):
        return after_blank
    places = (at for at in range(end, floor, -1) if may_break(line[at - 1], line[at]))
    return next(places, end)
