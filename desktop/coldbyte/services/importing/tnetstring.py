"""Tagged netstrings, the notation of mitmproxy's flow files: `5:hello,` is a length, a value and a type.

Types: `,` bytes, `;` text, `#` whole number, `^` fraction, `!` truth, `~` nothing, `]` list, `}` dictionary.
Lengths come from the file, so that none of them is believed: nothing is set aside before its bytes are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.source import BLOCK, LONGEST

Value: TypeAlias = "bytes | str | bool | int | float | list[Value] | dict[str, Value] | None"

DEEPEST = 64  # containers inside each other
MOST = 200_000  # values in one netstring
_LENGTH = re.compile(rb"([0-9]{1,12}):")
_LONGEST_LENGTH = 13  # digits and the colon
_INTEGER = re.compile(rb"-?[0-9]{1,24}")
_FRACTION = re.compile(rb"-?(?:[0-9.eE+\-]{1,64}|inf|nan)")


class NetstringError(ValueError):
    """What was read is no tnetstring; `byte` counts from its own start."""

    def __init__(self, byte: int, say: str) -> None:
        super().__init__(say)
        self.byte = byte
        self.say = say


@dataclass(frozen=True, slots=True)
class Netstring:
    """One outermost netstring, which begins at `byte` of the file. `data` is its value without length, type.

    `data` is None for one that is longer than what is read; `whole` is False where the file ends inside it.
    """

    byte: int
    size: int
    data: bytes | None
    whole: bool = True


def netstrings(stream: BinaryIO, longest: int = LONGEST) -> Iterator[Netstring]:
    """The dictionaries that follow each other in a file.

    Raise ImportTroubleError where something else stands; what comes behind can't be found then.
    """
    blocks = _Blocks(stream)
    while head := blocks.peek(_LONGEST_LENGTH):
        start = blocks.place
        found = _LENGTH.match(head)
        if found is None and (not head.isdigit() or len(head) == _LONGEST_LENGTH):
            raise _trouble(start)
        if found is None:
            yield Netstring(start, len(head), None, whole=False)
            return
        size = int(found[1])
        blocks.skip(found.end())
        data = blocks.take(size) if size <= longest else None
        passed = blocks.skip(size) if data is None else len(data)
        kind = blocks.take(1)
        if passed < size or not kind:
            yield Netstring(start, passed, None, whole=False)
            return
        if kind != b"}":
            raise _trouble(start)
        yield Netstring(start, size, data)


def read_dictionary(data: bytes) -> dict[str, Value]:
    """The value of a dictionary's netstring. Raise NetstringError where it is none, too deep or too large."""
    return _Reader(data).dictionary(0, len(data), 0)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = MOST

    def dictionary(self, start: int, stop: int, depth: int) -> dict[str, Value]:
        """The members between two bytes; a key that stands twice has its last value."""
        found: dict[str, Value] = {}
        while start < stop:
            key, start = self._value(start, stop, depth)
            if not isinstance(key, (bytes, str)):
                raise NetstringError(start, "the key of a dictionary is no text")
            if start >= stop:
                raise NetstringError(start, "a key has no value")
            found[text_of(key)], start = self._value(start, stop, depth)
        return found

    def _value(self, start: int, stop: int, depth: int) -> tuple[Value, int]:
        """The value that begins at a byte, and the byte behind it."""
        self._left -= 1
        if self._left < 0:
            raise NetstringError(start, f"there are more than {MOST:,} values")
        found = _LENGTH.match(self._data, start, min(stop, start + _LONGEST_LENGTH))
        if found is None:
            raise NetstringError(start, "a length was expected")
        first = found.end()
        end = first + int(found[1])
        if end >= stop:
            raise NetstringError(start, "a length is larger than what holds it")
        return self._typed(first, end, depth), end + 1

    def _typed(self, start: int, end: int, depth: int) -> Value:
        kind = self._data[end : end + 1]
        if kind in (b"]", b"}"):
            if depth >= DEEPEST:
                raise NetstringError(start, f"there are more than {DEEPEST} levels")
            return (self._list if kind == b"]" else self.dictionary)(start, end, depth + 1)
        return _scalar(kind, self._data[start:end], start)

    def _list(self, start: int, stop: int, depth: int) -> list[Value]:
        found: list[Value] = []
        while start < stop:
            value, start = self._value(start, stop, depth)
            found.append(value)
        return found


def text_of(value: Value) -> str:
    """A text, or bytes as one: what is no UTF-8 is shown by stand-ins. Empty for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _scalar(kind: bytes, data: bytes, start: int) -> Value:
    match kind:
        case b",":
            return data
        case b";":
            return data.decode("utf-8", "replace")
        case b"!" if data in (b"true", b"false"):
            return data == b"true"
        case b"~" if not data:
            return None
        case b"#" if _INTEGER.fullmatch(data):
            return int(data)
        case b"^" if _FRACTION.fullmatch(data):
            try:
                return float(data)
            except ValueError:
                pass
    raise NetstringError(start, "this is no value of its type")


class _Blocks:
    """A stream as bytes that are looked at, taken or passed over. `place` is the byte that comes next."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._ready = b""
        self.place = 0

    def peek(self, size: int) -> bytes:
        """The next bytes, which stay; fewer at the end."""
        while len(self._ready) < size and (block := self._stream.read(BLOCK)):
            self._ready += block
        return self._ready[:size]

    def take(self, size: int) -> bytes:
        """The next bytes; fewer at the end."""
        parts: list[bytes] = []
        while size and (part := self._part(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def skip(self, size: int) -> int:
        """Pass over bytes. How many there were."""
        passed = 0
        while passed < size and (part := self._part(size - passed)):
            passed += len(part)
        return passed

    def _part(self, size: int) -> bytes:
        if not self._ready:
            self._ready = self._stream.read(BLOCK)
        part, self._ready = self._ready[:size], self._ready[size:]
        self.place += len(part)
        return part


def _trouble(byte: int) -> ImportTroubleError:
    say = f"What begins at byte {byte:,} is no flow of mitmproxy."
    return ImportTroubleError(
        say, "The flows before it were read. Save the file with mitmproxy once more.", byte
    )
