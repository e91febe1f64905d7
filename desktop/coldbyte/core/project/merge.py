"""Two changed versions of one text brought together, by what each changed of the text that both began with.

A change counts for whole lines: two changes that touch the same line, or lines beside each other, are a
conflict, which is never decided here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from coldbyte.core.text.hunk import Hunk, hunks
from coldbyte.core.text.text import Text

Side = Literal["mine", "theirs"]
_NEAR = 4096  # bytes in which the end of a line is looked for at a time


@dataclass(frozen=True, slots=True)
class Conflict:
    """A stretch that both sides changed, each in another way; `start` is its byte in the common text."""

    start: int
    base: bytes
    mine: bytes
    theirs: bytes


@dataclass(frozen=True, slots=True)
class Merge:
    """The merged text in runs: bytes that are settled, and conflicts."""

    runs: tuple[bytes | Conflict, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What the user has to decide, in order."""
        return tuple(run for run in self.runs if isinstance(run, Conflict))

    def text(self, choices: Sequence[Side] = ()) -> Text:
        """The merged text, with one choice for each conflict. Raise ValueError where their numbers differ."""
        left = iter(choices)
        if len(choices) != len(self.conflicts):
            raise ValueError(f"{len(choices)} choices for {len(self.conflicts)} conflicts")
        parts = [run if isinstance(run, bytes) else getattr(run, next(left)) for run in self.runs]
        return Text.from_bytes(b"".join(parts))


def merge(base: Text, mine: Text, theirs: Text) -> Merge:
    """What becomes of `base` when both sides' changes are taken over."""
    left, right = _Side(base, mine), _Side(base, theirs)
    runs: list[bytes | Conflict] = []
    done = 0
    for start, stop in _regions(base, (*left.changes, *right.changes)):
        runs.append(base.slice_bytes(done, start))
        old, one, two = base.slice_bytes(start, stop), left.between(start, stop), right.between(start, stop)
        if one in (two, old):
            runs.append(two)
        elif two == old:
            runs.append(one)
        else:
            runs.append(Conflict(start, old, one, two))
        done = stop
    runs.append(base.slice_bytes(done, base.size))
    return Merge(tuple(run for run in runs if run != b""))


class _Side:
    """One version of the text, by what it changed of the common one."""

    def __init__(self, base: Text, text: Text) -> None:
        self.changes = _slid(base, text)
        self._text = text
        self._starts = [hunk.before_start for hunk in self.changes]
        self._stops = [hunk.before_stop for hunk in self.changes]
        grown = (
            hunk.after_stop - hunk.after_start - hunk.before_stop + hunk.before_start for hunk in self.changes
        )
        self._grown = [0, *accumulate(grown)]

    def between(self, start: int, stop: int) -> bytes:
        """What it holds in place of a region of the common text; no change reaches over the region's ends."""
        first = start + self._grown[bisect_left(self._starts, start)]
        last = stop + self._grown[bisect_right(self._stops, stop)]
        return self._text.slice_bytes(first, last)


def _slid(base: Text, text: Text) -> list[Hunk]:
    """The differences, with what was only added or only removed moved to whole lines where that says the
    same.

    Of `next\\nline\\n` both `xt\\nline` and `line\\n` may be what was removed, and the latter leaves the
    line before it alone.
    """
    found = list(hunks(base, text))
    low = 0
    for index, hunk in enumerate(found):
        removed = hunk.after_start == hunk.after_stop
        if removed or hunk.before_start == hunk.before_stop:
            high = found[index + 1].before_start if index + 1 < len(found) else base.size
            start, stop = hunk.before_start, hunk.before_stop
            run = (
                base.slice_bytes(start, stop)
                if removed
                else text.slice_bytes(hunk.after_start, hunk.after_stop)
            )
            ahead, back = run.find(b"\n") + 1, len(run) - run.rfind(b"\n") - 1
            if 0 < ahead <= high - stop and base.slice_bytes(stop, stop + ahead) == run[:ahead]:
                found[index] = hunk.shifted(ahead, ahead)
            elif 0 < back <= start - low and base.slice_bytes(start - back, start) == run[-back:]:
                found[index] = hunk.shifted(-back, -back)
        low = found[index].before_stop
    return found


def _regions(base: Text, changes: Sequence[Hunk]) -> list[tuple[int, int]]:
    """Ranges of whole lines of `base` in which something changed; those that touch are one."""
    regions: list[tuple[int, int]] = []
    for hunk in sorted(changes, key=lambda hunk: (hunk.before_start, hunk.before_stop)):
        last = regions[-1][1] if regions else -1
        start = hunk.before_start if hunk.before_start <= last else _line_start(base, hunk.before_start)
        stop = max(last, _line_stop(base, hunk, last))
        if start <= last:
            start = regions.pop()[0]
        regions.append((start, stop))
    return regions


def _line_start(base: Text, byte: int) -> int:
    """Where the line begins that holds `byte`; only U+000A ends a line."""
    high = byte
    while high > 0:
        low = max(high - _NEAR, 0)
        found = base.slice_bytes(low, high).rfind(b"\n")
        if found >= 0:
            return low + found + 1
        high = low
    return 0


def _line_stop(base: Text, hunk: Hunk, known: int) -> int:
    """Where the last line ends that a change touches; nothing of the next one where it ends with a line."""
    low = hunk.before_stop
    if low <= known or low == 0 or base.slice_bytes(low - 1, low) == b"\n":
        return low
    while low < base.size:
        found = base.slice_bytes(low, min(low + _NEAR, base.size)).find(b"\n")
        if found >= 0:
            return low + found + 1
        low += _NEAR
    return base.size
