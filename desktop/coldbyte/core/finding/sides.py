"""Two versions of a text, read by bytes around and between their hunks."""

from __future__ import annotations

from coldbyte.core.text.hunk import Hunk
from coldbyte.core.text.text import Text

_MANY = 200  # hunks from which on both texts are joined once, as looking up pieces would cost more


class Sides:
    """Both versions; slices are bytes, offsets may lie outside a text and are then cut."""

    def __init__(self, before: Text, after: Text, hunks: int) -> None:
        self.before, self.after = before, after
        self._old = before.encode() if hunks > _MANY else None
        self._new = after.encode() if hunks > _MANY else None

    def old(self, start: int, stop: int) -> bytes:
        """Bytes of the version before."""
        start, stop = max(start, 0), min(stop, self.before.size)
        return self.before.slice_bytes(start, stop) if self._old is None else self._old[start:stop]

    def new(self, start: int, stop: int) -> bytes:
        """Bytes of the version after."""
        start, stop = max(start, 0), min(stop, self.after.size)
        return self.after.slice_bytes(start, stop) if self._new is None else self._new[start:stop]

    def chars(self, hunk: Hunk, most: int) -> tuple[str, str]:
        """The characters of both sides of a hunk, at most so many bytes; of a run its first line end."""
        if hunk.count > 1:
            crlf = self.old(hunk.before_start, hunk.before_start + 2) == b"\r\n"
            return ("\r\n", "\n") if crlf else ("\n", "\r\n")
        left = self.old(hunk.before_start, min(hunk.before_stop, hunk.before_start + most))
        right = self.new(hunk.after_start, min(hunk.after_stop, hunk.after_start + most))
        return left.decode(errors="ignore"), right.decode(errors="ignore")

    def lead(self, hunk: Hunk, most: int) -> str:
        """What stands before a hunk in the new version, at most so many bytes."""
        return whole(self.new(hunk.after_start - most, hunk.after_start))

    def tail(self, hunk: Hunk, most: int) -> str:
        """What stands behind a hunk in the new version, at most so many bytes."""
        return whole(self.new(hunk.after_stop, hunk.after_stop + most))


def length(hunk: Hunk) -> int:
    """Bytes of the longer side."""
    return max(hunk.before_stop - hunk.before_start, hunk.after_stop - hunk.after_start)


def joined(first: Hunk, last: Hunk) -> Hunk:
    """Everything from one hunk to a later one, or to itself."""
    if first is last:
        return first
    return Hunk(first.before_start, last.before_stop, first.after_start, last.after_stop)


def whole(data: bytes) -> str:
    """The characters of a slice, without those that are cut at its ends."""
    return data.decode(errors="ignore")
