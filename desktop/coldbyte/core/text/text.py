"""The text of a block: an immutable value that keeps every byte.

A `Text` is a sequence of small pieces. An edit makes a new `Text` that shares all untouched pieces with the
old one, so that editing, comparing and measuring cost as much as the edit and not as much as the text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

from coldbyte.core.once import once

_FOUR_BYTES = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
_PRIME = 2**252 + 27742317777372353535851937790883648493
_SHORT_ESCAPES = b'"\\\b\f\n\r\t'
_PLAIN = bytes(byte for byte in range(0x20, 0x100) if byte not in _SHORT_ESCAPES)
_FRESH = 65_536  # code points of a piece of a new text: few pieces are compared fast
_PIECE = 8_192  # those of a piece around an edit, which may grow to twice as many: small ones are edited fast


class NotUtf8Error(ValueError):
    """Bytes that are not UTF-8: `byte` is the offset of the first one that is wrong."""

    def __init__(self, byte: int, reason: str) -> None:
        super().__init__(f"not UTF-8 at byte {byte:,}: {reason}")
        self.byte = byte
        self.reason = reason


class LoneSurrogateError(ValueError):
    """A half of a UTF-16 pair, which UTF-8 can't express: `code_point` is its index in the string."""

    def __init__(self, code_point: int, surrogate: str) -> None:
        super().__init__(f"lone surrogate U+{ord(surrogate):04X} at character {code_point:,}")
        self.code_point = code_point


class Piece:
    """A run of characters with its UTF-8 bytes; compared by identity and shared, so it must never change."""

    __slots__ = ("__dict__", "chars", "data", "utf16")

    def __init__(self, chars: str, data: bytes) -> None:
        self.chars = chars
        self.data = data
        self.utf16 = _utf16_length(chars, data)

    @once
    def derived(self) -> dict[str, Any]:
        """What others computed from this piece, by name; it lives as long as the piece."""
        return {}

    @once
    def newlines(self) -> int:
        """Number of U+000A."""
        return self.data.count(b"\n")

    @once
    def residue(self) -> int:
        """The bytes as one number, modulo `_PRIME`."""
        return int.from_bytes(self.data, "big") % _PRIME

    @once
    def shift(self) -> int:
        """What a number is multiplied by when these bytes are written behind it."""
        return pow(256, len(self.data), _PRIME)

    @once
    def escaped(self) -> int:
        """Bytes of this piece inside a JSON string, written as raw UTF-8 with the shortest escapes."""
        return _escaped(self.data)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a text: `line` and `column` count from 1, columns in code points; `byte` from 0."""

    byte: int
    line: int
    column: int


class Text:
    """Characters and their UTF-8 bytes. Offsets are bytes, code points or UTF-16 units, as named."""

    __slots__ = ("__dict__", "pieces")

    def __init__(self, pieces: tuple[Piece, ...] = ()) -> None:
        self.pieces = pieces

    @classmethod
    def from_str(cls, chars: str) -> Self:
        """Raise LoneSurrogateError where `chars` can't be written as UTF-8."""
        return cls(tuple(_sliced(chars, _FRESH)))

    @classmethod
    def from_runs(cls, runs: Iterable[str]) -> Self:
        """The text of characters that come run by run, in the pieces that `from_str` makes of all of them.

        Raise LoneSurrogateError like it, with an index in the runs that were not cut yet.
        """
        pieces: list[Piece] = []
        rest = ""
        for run in runs:
            rest += run
            whole = len(rest) - len(rest) % _FRESH
            pieces += _sliced(rest[:whole], _FRESH)
            rest = rest[whole:]
        return cls((*pieces, *_sliced(rest, _FRESH)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raise NotUtf8Error with the offset of the first wrong byte."""
        try:
            return cls(tuple(_sliced(data.decode(), _FRESH)))
        except UnicodeDecodeError as error:
            raise NotUtf8Error(error.start, error.reason) from None

    @once
    def derived(self) -> dict[str, int]:
        """Numbers that others computed from this text, by name; they live as long as it."""
        return {}

    @once
    def size(self) -> int:
        """Length in bytes of UTF-8."""
        return sum(len(piece.data) for piece in self.pieces)

    @once
    def utf16(self) -> int:
        """Length in UTF-16 units, the unit of Qt's positions."""
        return sum(piece.utf16 for piece in self.pieces)

    @once
    def code_points(self) -> int:
        """Length in code points."""
        return sum(len(piece.chars) for piece in self.pieces)

    @once
    def escaped(self) -> int:
        """Bytes between the quotes of a JSON string that holds this text."""
        return sum(piece.escaped for piece in self.pieces)

    @once
    def digest(self) -> bytes:
        """40 bytes that name the content, however it is cut into pieces: an edit costs as much as the edit.

        They are the size, and the bytes read as one number, modulo a prime. No secret depends on it.
        """
        number = 0
        for piece in self.pieces:
            number = (number * piece.shift + piece.residue) % _PRIME
        return self.size.to_bytes(8, "big") + number.to_bytes(32, "big")

    def encode(self) -> bytes:
        """The text's bytes, UTF-8."""
        return b"".join(piece.data for piece in self.pieces)

    def replace(self, start: int, stop: int, chars: str) -> Text:
        """A text with the UTF-16 units from `start` to `stop` replaced by `chars`; never cuts a pair."""
        first, before = self._piece_at_utf16(start)
        last, after = self._piece_at_utf16(stop)
        head = _cut_utf16(self.pieces[first].chars, start - before)[0] if first < len(self.pieces) else ""
        tail = _cut_utf16(self.pieces[last].chars, stop - after)[1] if last < len(self.pieces) else ""
        middle = tuple(_cut(head + chars + tail))
        return Text(self.pieces[:first] + middle + self.pieces[last + 1 :])

    def slice(self, start: int, stop: int) -> str:
        """The characters between two UTF-16 offsets."""
        first, before = self._piece_at_utf16(start)
        last, _ = self._piece_at_utf16(stop)
        joined = "".join(piece.chars for piece in self.pieces[first : last + 1])
        return _cut_utf16(_cut_utf16(joined, start - before)[1], stop - start)[0]

    def slice_bytes(self, start: int, stop: int) -> bytes:
        """The bytes from `start` to `stop`; only the pieces in between are touched."""
        first, last = self._piece_at_byte(start), self._piece_at_byte(stop)
        parts = [piece.data for piece in self.pieces[first : last + 1]]
        low = start - self._byte_starts[first]
        if first == last and parts:
            return parts[0][low : low + stop - start]
        if last < len(self.pieces):
            parts[-1] = parts[-1][: stop - self._byte_starts[last]]
        if parts:
            parts[0] = parts[0][low:]
        return b"".join(parts)

    def utf16_at(self, byte: int) -> int:
        """The UTF-16 offset of the character that holds `byte`."""
        index = self._piece_at_byte(byte)
        before = sum(piece.utf16 for piece in self.pieces[:index])
        return before + _utf16_of(self._chars_before(index, byte))

    def spot(self, byte: int) -> Spot:
        """Line and column of the character that holds `byte`; only U+000A ends a line."""
        index = self._piece_at_byte(byte)
        chars = self._chars_before(index, byte)
        line = 1 + sum(piece.newlines for piece in self.pieces[:index]) + chars.count("\n")
        column = 1 + len(chars) - (chars.rfind("\n") + 1)
        while index > 0 and "\n" not in chars:
            index -= 1
            chars = self.pieces[index].chars
            column += len(chars) - (chars.rfind("\n") + 1)
        return Spot(byte, line, column)

    def escaped_before(self, byte: int) -> int:
        """Bytes that everything before `byte` takes inside a JSON string of the wire view."""
        index = self._piece_at_byte(byte)
        inside = byte - self._byte_starts[index]
        whole = sum(piece.escaped for piece in self.pieces[:index])
        chars = self._chars_before(index, byte)
        rest = inside - len(chars.encode())
        return whole + _escaped(chars.encode()) + rest

    def boundary(self, byte: int) -> int:
        """The offset of the first byte of the character that holds `byte`."""
        index = self._piece_at_byte(byte)
        return self._byte_starts[index] + len(self._chars_before(index, byte).encode())

    def __str__(self) -> str:
        return "".join(piece.chars for piece in self.pieces)

    def __repr__(self) -> str:
        return f"Text({self.size:,} bytes)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return NotImplemented
        if self is other or self.pieces == other.pieces:
            return True
        if len(self.pieces) == 1 == len(other.pieces):
            return self.pieces[0].data == other.pieces[0].data
        return self.size == other.size and first_difference(self, other) is None

    def __hash__(self) -> int:
        return hash(self.digest)

    @once
    def _byte_starts(self) -> list[int]:
        """Offset of each piece, and the size as the last element."""
        return list(accumulate((len(piece.data) for piece in self.pieces), initial=0))

    def _piece_at_byte(self, byte: int) -> int:
        """Index of the piece that holds `byte`; the number of pieces at the very end."""
        return bisect_right(self._byte_starts, byte) - 1

    def _piece_at_utf16(self, offset: int) -> tuple[int, int]:
        """The piece in or at whose end `offset` lies, and where that piece starts."""
        start = 0
        for index, piece in enumerate(self.pieces):
            if offset <= start + piece.utf16:
                return index, start
            start += piece.utf16
        return len(self.pieces), start

    def _chars_before(self, index: int, byte: int) -> str:
        """The whole characters of piece `index` that end at or before `byte`."""
        if index >= len(self.pieces):
            return ""
        return self.pieces[index].data[: byte - self._byte_starts[index]].decode(errors="ignore")


EMPTY = Text()


def first_difference(before: Text, after: Text) -> int | None:
    """The first byte at which two texts differ, None where they are equal; shared pieces cost nothing."""
    count = position = 0
    for one, two in zip(before.pieces, after.pieces, strict=False):
        if one is not two and one.data != two.data:
            break
        count += 1
        position += len(one.data)
    for left, right, shared in _walk(before.pieces[count:], after.pieces[count:]):
        if shared:
            position += len(left)
            continue
        size = min(len(left), len(right))
        if size == 0 or left[:size] != right[:size]:
            return position + first_differing_byte(left, right)
        position += size
    return None


def common_suffix(before: Text, after: Text, limit: int) -> int:
    """Number of equal bytes at the end of both, at most `limit`."""
    left, right = list(before.pieces), list(after.pieces)
    total, tail_left, tail_right = 0, b"", b""
    while total < limit:
        while not tail_left and not tail_right and left and right and left[-1] is right[-1]:
            total += len(left.pop().data)
            right.pop()
        tail_left = tail_left or (left.pop().data if left else b"")
        tail_right = tail_right or (right.pop().data if right else b"")
        size = min(len(tail_left), len(tail_right))
        if size == 0:
            break
        if tail_left[-size:] != tail_right[-size:]:
            total += first_differing_byte(tail_left[-size:][::-1], tail_right[-size:][::-1])
            break
        total += size
        tail_left, tail_right = tail_left[:-size], tail_right[:-size]
    return min(total, limit)


def first_differing_byte(before: bytes, after: bytes) -> int:
    """Where two byte strings part; the length of the shorter one when it begins the other."""
    low, high, step = 0, min(len(before), len(after)), 65536
    while low < high and before.startswith(after[low : min(low + step, high)], low):
        low += step
    low, high = min(low, high), min(low + step, high)
    while low < high:
        middle = (low + high + 1) // 2
        if before.startswith(after[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low


def _walk(before: Sequence[Piece], after: Sequence[Piece]) -> Iterator[tuple[bytes, bytes, bool]]:
    """Runs of bytes that stand at the same offset of both texts; True marks a shared piece.

    A last run in which one side is empty says that the other side is longer.
    """
    left, right = iter(before), iter(after)
    one, two = next(left, None), next(right, None)
    rest_one, rest_two = one.data if one else b"", two.data if two else b""
    while one is not None and two is not None:
        if one is two and len(rest_one) == len(one.data) == len(rest_two):
            yield rest_one, rest_two, True
            size = len(rest_one)
        else:
            size = min(len(rest_one), len(rest_two))
            yield rest_one[:size], rest_two[:size], False
        rest_one, rest_two = rest_one[size:], rest_two[size:]
        if not rest_one:
            one = next(left, None)
            rest_one = one.data if one else b""
        if not rest_two:
            two = next(right, None)
            rest_two = two.data if two else b""
    if rest_one or rest_two:
        yield rest_one, rest_two, False


def _cut(chars: str) -> Iterator[Piece]:
    """Pieces of at most twice _PIECE code points; never an empty one."""
    return _sliced(chars, _PIECE if len(chars) > 2 * _PIECE else 2 * _PIECE)


def _sliced(chars: str, step: int) -> Iterator[Piece]:
    for start in range(0, len(chars), step):
        run = chars[start : start + step]
        try:
            yield Piece(run, run.encode())
        except UnicodeEncodeError as error:
            raise LoneSurrogateError(start + error.start, run[error.start]) from None


def _escaped(data: bytes) -> int:
    """Size of UTF-8 inside a JSON string: two bytes for a short escape, six for another control character."""
    escaped = data.translate(None, _PLAIN)
    long = len(escaped.translate(None, _SHORT_ESCAPES))
    return len(data) + len(escaped) + 4 * long


def _utf16_length(chars: str, data: bytes) -> int:
    """Characters beyond U+FFFF take two units; in UTF-8 they are those that begin with F0 to F4."""
    return len(chars) if len(data) == len(chars) else len(chars) + sum(map(data.count, _FOUR_BYTES))


def _utf16_of(chars: str) -> int:
    return len(chars.encode("utf-16-le", "surrogatepass")) // 2


def _cut_utf16(chars: str, offset: int) -> tuple[str, str]:
    """Split after `offset` UTF-16 units; in the middle of a pair the pair goes to the right side."""
    if chars.isascii():
        return chars[:offset], chars[offset:]
    left = chars.encode("utf-16-le")[: 2 * offset].decode("utf-16-le", "ignore")
    return left, chars[len(left) :]
