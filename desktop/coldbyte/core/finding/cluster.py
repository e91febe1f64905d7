"""A cluster: hunks that stand close together in one line, with what stands around them, as characters."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coldbyte.core.finding.sides import Sides, length, whole
from coldbyte.core.text.hunk import Hunk

_NEAR = 48  # bytes of equal text that may lie between two hunks of a cluster
_MOST = 64  # hunks of a cluster
_WINDOW = 96  # bytes of the line on each side of a cluster
_ABOVE = 600  # bytes above a cluster that count for its shape
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LARGE = 2_048  # bytes of a hunk beyond which it stands alone and is not read

Cut = tuple[int, int, int, int]
"""Start and stop of a hunk in the characters of a cluster's left side, then of its right side."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """`left` and `right` are equal outside the `cuts`, of which each is the place of one hunk.

    They begin and end inside one line, and where another hunk begins. The characters of a hunk that is too
    long to be read are absent: then there are no cuts.
    """

    hunks: tuple[Hunk, ...]
    left: str
    right: str
    cuts: tuple[Cut, ...]


class Group(NamedTuple):
    """The hunks of a cluster that is not read yet, and the bytes of the new version between which it lies."""

    hunks: tuple[Hunk, ...]
    floor: int
    ceiling: int

    def shape(self, sides: Sides) -> Hashable:
        """Equal for groups that read the same but for their digits, with the lines above them."""
        first, last = self.hunks[0], self.hunks[-1]
        start, stop = first.after_start, last.after_stop
        return (
            sides.new(start - _ABOVE, stop + _WINDOW).translate(_DIGITS),
            sides.old(first.before_start, last.before_stop).translate(_DIGITS),
            min(start - self.floor, _ABOVE),
            min(self.ceiling - stop, _WINDOW),
            len(self.hunks) > 1
            and tuple(
                (hunk.after_start - start, hunk.before_stop - first.before_start) for hunk in self.hunks
            ),
        )

    def read(self, sides: Sides) -> Cluster:
        """The cluster."""
        return _cluster(sides, self.hunks, self.floor, self.ceiling)


def groups_of(sides: Sides, hunks: Sequence[Hunk], is_open: Sequence[bool]) -> Iterator[Group]:
    """The open hunks in order, those of a cluster together; no cluster reaches over one that is not open."""
    first = 0
    while first < len(hunks):
        stop = first + 1
        if is_open[first]:
            while stop < len(hunks) and is_open[stop] and stop - first < _MOST:
                if not _close(sides, hunks[stop - 1], hunks[stop]):
                    break
                stop += 1
            floor = hunks[first - 1].after_stop if first else 0
            ceiling = hunks[stop].after_start if stop < len(hunks) else sides.after.size
            yield Group(tuple(hunks[first:stop]), floor, ceiling)
        first = stop


def _close(sides: Sides, last: Hunk, hunk: Hunk) -> bool:
    if hunk.after_start - last.after_stop > _NEAR or max(length(last), length(hunk)) > _LARGE:
        return False
    return b"\n" not in sides.new(last.after_stop, hunk.after_start)


def _cluster(sides: Sides, group: Sequence[Hunk], floor: int, ceiling: int) -> Cluster:
    if length(group[0]) > _LARGE:
        return Cluster(tuple(group), "", "", ())
    start, stop = group[0].after_start, group[-1].after_stop
    lead = whole(sides.new(max(start - _WINDOW, floor), start)).rpartition("\n")[2]
    left = [lead]
    right = [lead]
    one = two = len(lead)
    cuts: list[Cut] = []
    place = start
    for hunk in group:
        between = whole(sides.new(place, hunk.after_start))
        old, new = sides.chars(hunk, _LARGE)
        one, two = one + len(between), two + len(between)
        cuts.append((one, one + len(old), two, two + len(new)))
        left += between, old
        right += between, new
        one, two, place = one + len(old), two + len(new), hunk.after_stop
    tail = whole(sides.new(stop, min(stop + _WINDOW, ceiling))).partition("\n")[0]
    return Cluster(tuple(group), "".join(left) + tail, "".join(right) + tail, tuple(cuts))
