"""One JSON string in bytes: its characters, where it ends, what is wrong with it.

A long string is read in chunks, so that what is needed besides the result stays small, and one emoji does not
make four bytes of every character of a body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain

from coldbyte.core.text.text import Text

LONG = 8192  # bytes between the quotes up to which a string is a `str`
_CHUNK = 65_536  # bytes that are decoded at a time
_SLACK = 16  # more than `boundary` ever goes back

_QUOTE, _BACKSLASH = b'"\\'
_SOUND = re.compile(
    rb'[^"\\\x00-\x1f]+|\\(?:["\\/bfnrt]'
    rb"|u(?:(?![dD][89a-fA-F])[0-9a-fA-F]{4}|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))"
)
_PAIRED = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_CUT = rb"\\(?:u[0-9a-fA-F]{0,3})?"
_BROKEN_OFF = re.compile(rb"(?:%b|\\u[dD][89abAB][0-9a-fA-F]{2}(?:%b)?)?\Z" % (_CUT, _CUT))
_SHORT_ESCAPES = {0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r"}
_decode = json.JSONDecoder().raw_decode


class MisreadError(ValueError):
    """Bytes that are not JSON: `byte` is the first that is wrong, `expected` says what should stand there."""

    def __init__(self, byte: int, expected: str) -> None:
        super().__init__(expected)
        self.byte = byte
        self.expected = expected


def read_string(data: bytes, start: int, stop: int) -> tuple[str | Text, int]:
    """The string whose opening quote is at `start`, and the offset behind its closing one.

    Raise MisreadError where no string of JSON and UTF-8 stands before `stop`.
    """
    runs = _Runs(data, start + 1, stop)
    head = runs.read(LONG + _SLACK)
    if not runs.ended:
        return Text.from_runs(chain([head], runs)), runs.place
    if runs.place - start - 2 <= LONG:
        return head, runs.place
    return Text.from_str(head), runs.place


def boundary(data: bytes, low: int, place: int) -> int:
    """The last offset up to `place` that is not inside a character, an escape or a pair of escapes.

    `low` is such an offset in the same string, more than a few bytes before `place`. Beyond the end: the end.
    """
    if place >= len(data):
        return len(data)
    cut = place
    while place > max(low, cut - 3) and data[place] & 0xC0 == 0x80:
        place -= 1
    for start in range(place - 1, max(place - 6, low - 1), -1):
        if data[start] == _BACKSLASH and _is_escape(data, low, start):
            place = start if start + (6 if data[start + 1] == 0x75 else 2) > place else place
            break
    if place - 6 >= low and _PAIRED.match(data, place - 6) and _is_escape(data, low, place - 6):
        place -= 6
    return place


def closing_quote(data: bytes, start: int, stop: int) -> int:
    """The closing quote between two boundaries of a sound string, -1 where it stands further on."""
    quote = data.find(b'"', start, stop)
    if quote < 0 or data[quote - 1] != _BACKSLASH:
        return quote
    blanked = data[start:stop].replace(b"\\\\", b"__").replace(b'\\"', b"__").find(b'"')
    return start + blanked if blanked >= 0 else -1


def string_end(data: bytes, start: int) -> int:
    """The offset behind the sound string that opens at `start`. Raise ValueError where none does."""
    place = start + 1
    while place < len(data):
        cut = boundary(data, place, place + _CHUNK)
        quote = closing_quote(data, place, cut)
        if quote >= 0:
            return quote + 1
        place = cut
    raise ValueError(f"no string ends behind byte {start:,}")


class _Runs:
    """The characters of a string, run by run: `place` is how far it has been read."""

    def __init__(self, data: bytes, place: int, stop: int) -> None:
        self._data = data
        self._stop = stop
        self.place = place
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        size = LONG
        while not self.ended:
            size = min(2 * size, _CHUNK)
            yield self.read(size)

    def read(self, size: int) -> str:
        """The characters of the next `size` bytes, or fewer."""
        cut = min(self.place + size, self._stop)
        quote = self._data.find(b'"', self.place, cut)
        if quote >= 0 and self._data[quote - 1] != _BACKSLASH:
            return self._take(quote)
        return self._take(boundary(self._data, self.place, cut) if cut < self._stop else cut)

    def _take(self, cut: int) -> str:
        """The characters up to a boundary, or up to the closing quote, which is taken too."""
        raw = self._data[self.place : cut]
        try:
            chars = raw.decode()
        except UnicodeDecodeError as error:
            raw = raw[: error.start]
            chars = raw.decode()
        if not raw and (cut > self.place or cut >= self._stop):
            raise _fault(self._data, self.place, self._stop)
        try:
            run, after = _decode(f'"{chars}"')
            if "\\u" in chars:
                run.encode()
        except ValueError:
            raise _fault(self._data, self.place, self._stop) from None
        if after < len(chars) + 2:
            self.place += after - 1 if chars.isascii() else len(chars[: after - 1].encode())
            self.ended = True
            return str(run)
        self.place += len(raw)
        if self.place < self._stop and self._data[self.place] == _QUOTE:
            self.place += 1
            self.ended = True
        return str(run)


def _is_escape(data: bytes, low: int, place: int) -> bool:
    """Whether the backslash at `place` begins an escape: an even number of backslashes stands before it."""
    size = 16
    while True:
        before = data[max(place - size, low) : place]
        backslashes = len(before) - len(before.rstrip(b"\\"))
        if backslashes < size:
            return backslashes % 2 == 0
        size *= 16


def _fault(data: bytes, place: int, stop: int) -> MisreadError:
    """What is wrong in a string that was sound up to the boundary `place`."""
    while sound := _SOUND.match(data, place, stop):
        try:
            sound[0].decode()
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data" and sound.end() == stop:
                return _ended(stop)
            return not_utf8(data, place + error.start)
        place = sound.end()
    if _BROKEN_OFF.match(data, place, stop):
        return _ended(stop)
    byte = data[place]
    if byte < 0x20:
        escape = _SHORT_ESCAPES.get(byte, f"\\u{byte:04x}")
        return MisreadError(
            place,
            f"no control character inside a string: write {escape} for U+{byte:04X}, or close the string",
        )
    if half := _SURROGATE.match(data, place, stop):
        return MisreadError(
            place,
            f"a pair of surrogates, but {half[0].decode()} stands alone, which UTF-8 can't express: "
            "send both halves in order, or \\ufffd in its place",
        )
    if data[place : min(place + 2, stop)] == b"\\u":
        return MisreadError(place, "four hexadecimal digits after \\u; write \\\\ for a backslash")
    return MisreadError(
        place, 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u after a backslash; write \\\\ for a backslash'
    )


def _ended(stop: int) -> MisreadError:
    return MisreadError(stop, 'the rest of a string and its closing quote ("), but the input ends here')


def not_utf8(data: bytes, byte: int) -> MisreadError:
    """The misreading of a byte that does not belong to UTF-8."""
    return MisreadError(
        byte, f"UTF-8, and the byte {data[byte]:02X} is not UTF-8 here: save the input as UTF-8"
    )
