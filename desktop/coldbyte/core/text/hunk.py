"""Hunks: the aligned differences inside two versions of one text, in bounded time and memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coldbyte.core.text.byte_aligner import ByteAligner
from coldbyte.core.text.text import Text, common_suffix, first_difference

_SHARED = 2  # shared pieces in a row that need no alignment
_MARGIN = 256  # bytes of common text that a hunk may grow into on each side
_LINE = 65_536  # bytes in which the next line end of a run is looked for


@dataclass(frozen=True, slots=True)
class Hunk:
    """A difference: bytes of both sides, on the boundaries of characters that can stand alone.

    A base letter and its combining marks stay together, and so do CR and LF. `count` is above 1 where one
    hunk is a run of line ends that all changed alike, with equal text between them. `rest` marks a last
    hunk that was not aligned because the limit was reached: it holds further differences, unlooked at.
    """

    before_start: int
    before_stop: int
    after_start: int
    after_stop: int
    count: int = 1
    rest: bool = False

    def shifted(self, before: int, after: int) -> Hunk:
        """The same difference in texts that begin so many bytes earlier."""
        return Hunk(
            self.before_start + before,
            self.before_stop + before,
            self.after_start + after,
            self.after_stop + after,
            self.count,
            self.rest,
        )


def hunks(before: Text, after: Text, *, window: int = 65_536, limit: int = 100_000) -> tuple[Hunk, ...]:
    """All differences, in order: between them both sides are equal.

    Pieces that both texts share cost nothing. Elsewhere equal text is found again by anchors within `window`
    bytes (sparsely within 16 windows); beyond that, and after `limit` hunks, the rest is one hunk.
    """
    found: list[Hunk] = []
    for one, stop_one, two, stop_two in _unshared(before, after):
        low_left = sum(len(piece.data) for piece in before.pieces[:one])
        low_right = sum(len(piece.data) for piece in after.pieces[:two])
        if len(found) >= limit:
            found.append(Hunk(low_left, before.size, low_right, after.size, 1, True))
            break
        left, right = Text(before.pieces[one:stop_one]), Text(after.pieces[two:stop_two])
        found += _aligned(left, right, window, limit - len(found), (low_left, low_right))
    return tuple(found)


def taken_apart(before: Text, after: Text, run: Hunk, most: int) -> tuple[Hunk, ...]:
    """The first `most` line ends of a run of them, each as a hunk."""
    found: list[Hunk] = []
    one, two = run.before_start, run.after_start
    while len(found) < min(most, run.count):
        left = before.slice_bytes(one, min(one + _LINE, run.before_stop))
        right = after.slice_bytes(two, min(two + _LINE, run.after_stop))
        at_left, at_right = left.find(b"\n"), right.find(b"\n")
        if at_left < 0 or at_right < 0:
            break
        start = min(at_left, at_right)
        found.append(Hunk(one + start, one + at_left + 1, two + start, two + at_right + 1))
        one, two = one + at_left + 1, two + at_right + 1
    return tuple(found) or (run,)


def _unshared(before: Text, after: Text) -> Iterator[tuple[int, int, int, int]]:
    """Ranges of pieces (start and stop of both sides) outside the long runs of shared ones, whose ends they
    take in.
    """
    one = two = 0
    for start_one, start_two, count in [*_shared(before, after), (len(before.pieces), len(after.pieces), 0)]:
        if start_one > one or start_two > two:
            head, tail = min(_SHARED, one, two), min(_SHARED, count)
            yield one - head, start_one + tail, two - head, start_two + tail
        one, two = start_one + count, start_two + count


def _shared(before: Text, after: Text) -> Iterator[tuple[int, int, int]]:
    """Runs of pieces that stand in the same order in both texts: both starts and the length."""
    places = {id(piece): index for index, piece in enumerate(before.pieces)}
    start_one = start_two = count = 0
    for two, piece in enumerate([*after.pieces, None]):
        one = places.get(id(piece), -1)
        if count and (one, two) == (start_one + count, start_two + count):
            count += 1
            continue
        if count >= _SHARED:
            yield start_one, start_two, count
        if one >= start_one + count:
            start_one, start_two, count = one, two, 1
        elif count:
            start_one, count = start_one + count, 0


def _aligned(before: Text, after: Text, window: int, limit: int, starts: tuple[int, int]) -> Iterator[Hunk]:
    """The differences of two ranges of pieces; `starts` are the bytes at which these stand."""
    first = first_difference(before, after)
    if first is None:
        return
    tail = common_suffix(before, after, min(before.size, after.size) - first)
    low = before.boundary(max(first - _MARGIN, 0))
    margin = tail
    if tail > _MARGIN:
        margin = before.boundary(before.size - tail + _MARGIN) - (before.size - tail)
    sides = ByteAligner(
        before.slice_bytes(low, before.size - tail + margin),
        after.slice_bytes(low, after.size - tail + margin),
        margin,
        window,
    )
    old, new = starts[0] + low, starts[1] + low
    for one, stop_one, two, stop_two, count, rest in sides.hunks(first - low, limit):
        yield Hunk(old + one, old + stop_one, new + two, new + stop_two, count, rest)
