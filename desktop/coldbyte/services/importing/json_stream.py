"""One large JSON document as a stream: the elements of one of its arrays, each by itself.

Only brackets and quotes are looked at on the way; each element is then read by `core.json.reader`, which
loses nothing (keys that stand twice, the spelling of numbers) and knows the byte of an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.source import BLOCK, BOM, LONGEST

_GAP = re.compile(rb"[ \t\n\r]*")
_SCALAR = re.compile(rb'[^,\]}\[{" \t\n\r:]+')
_MARK = re.compile(rb'["\[\]{}]')
_INSIDE = re.compile(rb'[^"\\]*(?>(?:\\.[^"\\]*)*)', re.DOTALL)
_LONGEST_KEY = 64 * 1024
_QUOTE, _BACKSLASH = b'"\\'
_OPENERS, _CLOSERS = b"[{", b"]}"


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the array: `index` counts from 0, `byte` is where it begins. `data` is None where it is
    longer than what is read.
    """

    index: int
    byte: int
    data: bytes | None


def elements(stream: BinaryIO, path: Sequence[str], longest: int = LONGEST) -> Iterator[Element]:
    """The elements of the array that stands at the keys of `path`, in their order.

    Raise ImportTroubleError where the document breaks off, or there is no such array.
    """
    walk = _Walk(stream, longest)
    for key in path:
        walk.enter(key)
    yield from walk.array()


class _Walk:
    """A place in the stream. What lies before it is forgotten, except from `_kept` on."""

    def __init__(self, stream: BinaryIO, longest: int) -> None:
        self._stream, self._longest = stream, longest
        self._data = bytearray()
        self._base = self._place = 0
        self._kept: int | None = None
        self._more()
        if self._data.startswith(BOM):
            self._place = len(BOM)

    def enter(self, key: str) -> None:
        """Go to the value of a member of the object that begins here."""
        self._expect(b"{")
        while self._next() != b"}":
            name = self._key()
            self._expect(b":")
            if name == key:
                return
            self._skip()
            if self._next() == b",":
                self._place += 1
        raise self._trouble(f"There is no “{key}” in it.")

    def array(self) -> Iterator[Element]:
        """The elements of the array that begins here."""
        self._expect(b"[")
        index = 0
        while self._next() != b"]":
            byte = self._base + self._place
            yield Element(index, byte, self._take())
            index += 1
            if self._next() == b",":
                self._place += 1
            elif self._next() != b"]":
                raise self._trouble("A comma or ] was expected between two elements.")

    def _take(self) -> bytes | None:
        """The bytes of the value that begins here."""
        self._kept = self._place
        start = self._base + self._place
        self._skip()
        whole = None
        if self._kept is not None:
            whole = bytes(self._data[self._kept : self._place])
        self._kept = None
        return whole if self._base + self._place - start <= self._longest else None

    def _skip(self) -> None:
        """Pass the value that begins here."""
        first = self._next()
        if first == b'"':
            self._string()
        elif first in (b"[", b"{"):
            self._container()
        else:
            size = 0
            while found := _SCALAR.match(self._data, self._place):
                size += found.end() - self._place
                self._place = found.end()
                if self._place < len(self._data) or not self._more():
                    break
            if not size:
                raise self._trouble("A value was expected.")

    def _container(self) -> None:
        depth = 0
        while True:
            found = _MARK.search(self._data, self._place)
            if found is None:
                self._place = len(self._data)
                self._need()
                continue
            self._place = found.start()
            mark = self._data[self._place]
            if mark == _QUOTE:
                self._string()
                continue
            self._place += 1
            depth += 1 if mark in _OPENERS else -1
            if not depth:
                return

    def _string(self) -> None:
        """Pass the string whose quote stands here."""
        self._place += 1
        while True:
            found = _INSIDE.match(self._data, self._place)
            assert found is not None
            self._place = found.end()
            if self._place < len(self._data) and self._data[self._place] == _QUOTE:
                self._place += 1
                return
            self._need()  # the end, or a backslash whose character has not come yet

    def _key(self) -> str:
        if self._next() != b'"':
            raise self._trouble("A key was expected.")
        self._kept = self._place
        self._string()
        raw = bytes(self._data[self._kept : self._place]) if self._kept is not None else b'""'
        self._kept = None
        try:
            return str(json.loads(raw[:_LONGEST_KEY]))
        except ValueError:
            return ""

    def _expect(self, char: bytes) -> None:
        if self._next() != char:
            raise self._trouble(f"{char.decode()} was expected.")
        self._place += 1

    def _next(self) -> bytes:
        """The next character that is no white space, which stays."""
        while True:
            gap = _GAP.match(self._data, self._place)
            self._place = gap.end() if gap else self._place
            if self._place < len(self._data):
                return bytes(self._data[self._place : self._place + 1])
            self._need()

    def _need(self) -> None:
        if not self._more():
            raise self._trouble("The file breaks off here.")

    def _more(self) -> bool:
        """Read another block; forget what is no longer needed."""
        block = self._stream.read(BLOCK)
        if not block:
            return False
        if self._kept is not None and self._place - self._kept > self._longest:
            self._kept = None
        gone = self._place if self._kept is None else self._kept
        del self._data[:gone]
        self._base += gone
        self._place -= gone
        if self._kept is not None:
            self._kept = 0
        self._data += block
        return True

    def _trouble(self, say: str) -> ImportTroubleError:
        byte = self._base + self._place
        return ImportTroubleError(f"Not understood from byte {byte:,} on: {say}", _REMEDY, byte)


_REMEDY = "What stands before that place was read. Save or export the file once more."
