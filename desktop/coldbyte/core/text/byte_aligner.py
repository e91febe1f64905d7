"""Aligning two byte strings: where they differ, found by looking for the places at which both go on alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher

from coldbyte.core.text.text import first_differing_byte

_REACH = 32  # characters that a hunk may grow on each side
_EFFORT = 1 << 26  # bytes that one call may search through before the rest becomes one hunk
_FAR = 16  # windows to look ahead when nothing lies within one
_SPLIT_AREA = 40_000  # bytes of one side × bytes of the other that are compared character by character
_SPLIT_EFFORT = 600_000  # the same, over all hunks of one call
_SPLIT_RUN = 4  # equal characters that keep two hunks apart
_RUN = 16  # line ends that changed one after another and are then one hunk
_NEAR = 512  # bytes in which all ways to go on are weighed against each other
_SOON = 64  # equal bytes behind a difference that are looked at first
_SURE = 1_024  # equal bytes behind a difference that are counted

Raw = tuple[int, int, int, int, int, bool]
"""The fields of a Hunk, in the bytes of an aligner."""


class ByteAligner:
    """The differing middle of two texts as bytes, with some equal text around it."""

    def __init__(self, left: bytes, right: bytes, margin: int, window: int) -> None:
        self.left, self.right = left, right
        self.left_end, self.right_end = len(left) - margin, len(right) - margin
        self.window = window
        self.effort = _EFFORT
        self.other_ends = False
        self.split_effort = _SPLIT_EFFORT
        self.plain = left.isascii() and right.isascii()

    def hunks(self, start: int, limit: int) -> Iterator[Raw]:
        """Split and grown hunks; those that grew together are one."""
        parts = [part for raw in self._raw(start, start, limit) for part in self._split(raw)]
        last: Raw | None = None
        for index, part in enumerate(parts):
            low = parts[index - 1][1] if index else 0
            high = parts[index + 1][0] if index + 1 < len(parts) else len(self.left)
            grown = self._grow(part, low, high)
            joined = self._joined(last, grown) if last and grown[0] <= last[1] else None
            if last and not joined:
                yield last
            last = joined or grown
        if last is not None:
            yield last

    def _joined(self, last: Raw, part: Raw) -> Raw | None:
        """Two hunks without anything between them as one; a run is only joined by a line end."""
        runs = last[4] > 1 or part[4] > 1
        if runs and not all(raw[4] > 1 or self._is_line_end(raw) for raw in (last, part)):
            return None
        return last[0], part[1], last[2], part[3], last[4] + part[4] if runs else 1, part[5]

    def _is_line_end(self, raw: Raw) -> bool:
        return {self.left[raw[0] : raw[1]], self.right[raw[2] : raw[3]]} == {b"\n", b"\r\n"}

    def _raw(self, one: int, two: int, limit: int) -> Iterator[Raw]:
        """Differences by bytes, each found by looking for the place where both sides go on alike."""
        found = 0
        while True:
            equal = self._equal(one, two)
            one, two = one + equal, two + equal
            if one == self.left_end and two == self.right_end:
                return
            if found + 1 >= limit and self._more(one, two):
                yield one, self.left_end, two, self.right_end, 1, True
                return
            stop_one, stop_two, count = self._line_ends(one, two) or self._resync(one, two)
            given_up = stop_one == self.left_end and self.effort <= 0 and self._more(one, two)
            yield one, stop_one, two, stop_two, count, given_up
            one, two, found = stop_one, stop_two, found + 1

    def _more(self, one: int, two: int) -> bool:
        """Whether something is left on both sides that could be aligned."""
        return one < self.left_end and two < self.right_end

    def _equal(self, one: int, two: int) -> int:
        """How many bytes are equal from here on."""
        high = min(self.left_end - one, self.right_end - two)
        step = min(_SOON, high)
        low = _equal_bytes(self.left[one : one + step], self.right[two : two + step])
        if low < step:
            return low
        while low < high and self.left.startswith(
            self.right[two + low : two + min(low + step, high)], one + low
        ):
            low += step
            step = min(2 * step, 65_536)
        if low >= high:
            return high
        step = min(step, high - low)
        return low + first_differing_byte(
            self.left[one + low : one + low + step], self.right[two + low : two + low + step]
        )

    def _line_ends(self, one: int, two: int) -> tuple[int, int, int] | None:
        """A line end written in the other way, or a long run of them."""
        left = self.left[one : min(one + 2, self.left_end)]
        right = self.right[two : min(two + 2, self.right_end)]
        self.other_ends = self.other_ends or {left[:1], right[:1]} == {b"\r", b"\n"}
        if left[:1] == b"\n" and right == b"\r\n":
            short, long, count = _line_end_run(self.left, one, self.left_end, self.right, two, self.right_end)
            return (short, long, count) if count >= _RUN else (one + 1, two + 2, 1)
        if left == b"\r\n" and right[:1] == b"\n":
            short, long, count = _line_end_run(self.right, two, self.right_end, self.left, one, self.left_end)
            return (long, short, count) if count >= _RUN else (one + 2, two + 1, 1)
        return None

    def _resync(self, one: int, two: int) -> tuple[int, int, int]:
        """Where both sides go on alike; their ends where that is not found."""
        near = self._close(one, two)
        if near is not None:
            return (*near, 1)
        for reach, key, growth in (
            (4096, 24, 2),
            (self.window, 32, 2),
            (_FAR * self.window, 48, 8),
        ):
            if one + _NEAR >= self.left_end and two + _NEAR >= self.right_end:
                break
            best = self._nearest(one, two, reach, key, growth)
            if best is not None:
                return (*best, 1)
        return self.left_end, self.right_end, 1

    def _close(self, one: int, two: int) -> tuple[int, int] | None:
        """The best place close by. A small replacement may hide that a whole line was inserted or removed,
        so these are weighed: few bytes skipped, many equal behind them.
        """
        small = self._nearest(one, two, 16, 6, 2)
        if small is None:
            near = self._nearest(one, two, _NEAR, 16, 2)
            return self._nearest(one, two, _NEAR, 6, 2) if near is None and self.other_ends else near
        inserted = [place for place in self._anchored(one, two, 0, _NEAR, 16) if place != small]
        if not inserted:
            return small
        return max([small, *inserted], key=lambda place: self._weight(one, two, *place))

    def _weight(self, one: int, two: int, here: int, there: int) -> int:
        most = min(_SURE, self.left_end - here, self.right_end - there)
        stop = min(_SOON, most)
        equal = _equal_bytes(self.left[here : here + stop], self.right[there : there + stop])
        if equal == stop < most:
            equal = _equal_bytes(self.left[here : here + most], self.right[there : there + most])
        return equal - 2 * (here + there - one - two)

    def _nearest(self, one: int, two: int, reach: int, key: int, growth: int) -> tuple[int, int] | None:
        best: tuple[int, int] | None = None
        cost, offset = 2 * reach, 0
        while offset < min(reach, cost) and (self.effort > 0 or reach <= _NEAR):
            for here, there in self._anchored(one, two, offset, reach, key):
                back = self._equal_before(one, here, two, there)
                if here + there - 2 * back - one - two < cost:
                    best = here - back, there - back
                    cost = best[0] + best[1] - one - two
            offset = growth * offset + 4
        return best

    def _anchored(self, one: int, two: int, offset: int, reach: int, key: int) -> Iterator[tuple[int, int]]:
        """Where the `key` bytes that stand `offset` bytes ahead on one side stand on the other."""
        here = one + offset
        if here + key <= self.left_end:
            stop = min(two + reach, self.right_end)
            self.effort -= stop - two if reach > _NEAR else 0
            there = self.right.find(self.left[here : here + key], two, stop)
            if there >= 0:
                yield here, there
        there = two + offset
        if there + key <= self.right_end:
            stop = min(one + reach, self.left_end)
            self.effort -= stop - one if reach > _NEAR else 0
            here = self.left.find(self.right[there : there + key], one, stop)
            if here >= 0:
                yield here, there

    def _equal_before(self, one: int, here: int, two: int, there: int) -> int:
        """How many bytes are equal on both sides just before `here` and `there`."""
        size = min(here - one, there - two)
        if not size:
            return 0
        left, right = self.left[here - size : here], self.right[there - size : there]
        differing = int.from_bytes(left, "big") ^ int.from_bytes(right, "big")
        return ((differing & -differing).bit_length() - 1) // 8 if differing else size

    def _split(self, raw: Raw) -> Iterator[Raw]:
        """Take a small hunk apart where at least _SPLIT_RUN characters are equal."""
        one, stop_one, two, stop_two, count, rest = self._whole_characters(raw)
        area = (stop_one - one) * (stop_two - two)
        small = min(stop_one - one, stop_two - two) <= _SPLIT_RUN
        if small or count > 1 or rest or area > min(_SPLIT_AREA, self.split_effort):
            yield one, stop_one, two, stop_two, count, rest
            return
        self.split_effort -= area
        left, right = self.left[one:stop_one].decode(), self.right[two:stop_two].decode()
        at_left = at_right = 0
        for place_left, place_right, size in SequenceMatcher(None, left, right, False).get_matching_blocks():
            if size < _SPLIT_RUN and place_left < len(left):
                continue
            gap_left, gap_right = left[at_left:place_left].encode(), right[at_right:place_right].encode()
            if gap_left or gap_right:
                yield one, one + len(gap_left), two, two + len(gap_right), 1, False
            equal = len(left[place_left : place_left + size].encode())
            one, two = one + len(gap_left) + equal, two + len(gap_right) + equal
            at_left, at_right = place_left + size, place_right + size

    def _whole_characters(self, raw: Raw) -> Raw:
        if self.plain:
            return raw
        one, stop_one, two, stop_two, count, rest = raw
        while _inside_character(self.left, one) or _inside_character(self.right, two):
            one, two = one - 1, two - 1
        while _inside_character(self.left, stop_one) or _inside_character(self.right, stop_two):
            stop_one, stop_two = stop_one + 1, stop_two + 1
        return one, stop_one, two, stop_two, count, rest

    def _grow(self, raw: Raw, low: int, high: int) -> Raw:
        """Take in the base of a combining mark, marks that follow, and the other half of CR LF.

        Both sides are equal from byte `low` of the left one to the hunk, and from there to `high`.
        """
        one, stop_one, two, stop_two, count, rest = raw
        if count > 1:
            return raw
        for _ in range(_REACH):
            if one <= low or not self._starts_inside(one, two):
                break
            step = 1
            while _inside_character(self.left, one - step):
                step += 1
            one, two = one - step, two - step
        for _ in range(_REACH):
            if stop_one >= high or not self._stops_inside(stop_one, stop_two):
                break
            step = 1
            while _inside_character(self.left, stop_one + step):
                step += 1
            stop_one, stop_two = stop_one + step, stop_two + step
        return one, stop_one, two, stop_two, count, rest

    def _starts_inside(self, one: int, two: int) -> bool:
        if _leans(self.left, one) or _leans(self.right, two):
            return True
        return self.left[one - 1] == 0x0D and b"\n" in (self.left[one : one + 1], self.right[two : two + 1])

    def _stops_inside(self, one: int, two: int) -> bool:
        if _leans(self.left, one):
            return True
        ends = (self.left[max(one - 1, 0) : one], self.right[max(two - 1, 0) : two])
        return self.left[one] == 0x0A and b"\r" in ends


def _line_end_run(
    short: bytes, one: int, one_end: int, long: bytes, two: int, two_end: int
) -> tuple[int, int, int]:
    """How far `long` is `short` with CR LF for every LF: both places behind the last LF, and their number."""
    count, size = 0, 1024
    stop_one, stop_two = one, two
    while one < one_end:
        run = short[one : min(one + size, one_end)].split(b"\r", 1)[0]
        wanted = run.replace(b"\n", b"\r\n")
        equal = len(wanted)
        if not long.startswith(wanted, two) or two + equal > two_end:
            equal = first_differing_byte(wanted, long[two : min(two + equal, two_end)])
        last = wanted.rfind(b"\r\n", 0, equal) + 2
        if last >= 2:
            found = wanted.count(b"\n", 0, last)
            count += found
            stop_one, stop_two = one + last - found, two + last
        if equal < len(wanted) or len(run) < min(size, one_end - one):
            break
        one, two = one + len(run), two + len(wanted)
        size = min(4 * size, 65_536)
    return stop_one, stop_two, count


def _equal_bytes(left: bytes, right: bytes) -> int:
    """How many bytes are equal at the start of two short runs of the same length."""
    if left == right:
        return len(left)
    differing = int.from_bytes(left, "big") ^ int.from_bytes(right, "big")
    return len(left) - (differing.bit_length() + 7) // 8


def _inside_character(data: bytes, place: int) -> bool:
    """Whether a byte is a later one of a character."""
    return 0 <= place < len(data) and data[place] & 0xC0 == 0x80


def _leans(data: bytes, place: int) -> bool:
    """Whether the character here combines with the one before it: a mark, or a Hangul vowel or final."""
    if place >= len(data) or data[place] < 0x80:
        return False
    char = data[place : place + 4].decode(errors="ignore")[:1]
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"
