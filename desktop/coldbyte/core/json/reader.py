"""JSON from bytes, without loss: key order, repeated keys, number spelling, every character.

The bytes are never decoded as a whole. Values that end within a short window are read at once
(`json_container`), long strings in chunks (`json_string`); what is larger, and all that is not sure to be
sound, is taken apart here.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import reduce
from typing import Literal, TypeAlias

from coldbyte.core.json.container import OpenArray, OpenObject, number, whole_value
from coldbyte.core.json.place import BOM, find_place, wire_byte
from coldbyte.core.json.string import LONG, MisreadError, not_utf8, read_string
from coldbyte.core.json.value import Json

__all__ = ["DEEPEST", "JsonError", "find_place", "read_json", "wire_byte"]

DEEPEST = 500  # containers inside each other
_WINDOW = 1024  # bytes; fewer than LONG, so that no long string ends in it
_SHALLOW = 24  # containers inside each other up to which windows are tried: each one costs a window
assert _WINDOW < LONG

_GAP = re.compile(rb"[ \t\n\r]*+")
_NUMBER = re.compile(rb"(-?(?:0|[1-9][0-9]*+)(?>(?:\.[0-9]++)?)(?>(?:[eE][+-]?[0-9]++)?))(?![0-9.eE])")
_WORD = re.compile(rb"true|false|null")
_WORDS = {b"true": True, b"false": False, b"null": None}
# A surrogate that may be alone, or an escaped backslash that makes a word look like one.
_DOUBT = re.compile(
    rb"\\(?:\\u[dD][89a-fA-F]|u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F]))"
)

_NO_VALUE = (
    (rb"-?(?:NaN|nan|Infinity|inf)", "a number; JSON has no NaN and no Infinity: send null or a string"),
    (rb"True|False|None|undefined", "a value; JSON writes true, false and null"),
    (rb"'|`", 'a value; strings stand in double quotes (")'),
    (rb"//|/\*|#", "a value; JSON has no comments: remove this one"),
    (rb"[+.]", "a value; a number begins with a digit, or with a minus and a digit"),
    (rb",", "a value; remove a comma"),
)
_NO_KEY = (
    (rb"'|`", 'a key in double quotes (")'),
    (rb"[A-Za-z0-9_$]", 'a key in double quotes (")'),
    (rb"//|/\*|#", "a key; JSON has no comments: remove this one"),
)
_NO_REST = (
    (rb"[\[{]", "the end, but another value follows: of a JSON Lines file, name one line (log.jsonl:12)"),
)
_NO_NUMBER = (
    (re.compile(rb"-?[0-9]++\.(?![0-9])"), "a digit after the decimal point"),
    (re.compile(rb"-?[0-9.]++[eE][+-]?(?![0-9])"), "a digit in the exponent"),
    (re.compile(rb"-?0(?=[0-9])"), "a number without leading zeros"),
    (re.compile(rb"-(?![0-9]|Inf|inf|[Nn]a[Nn])"), "a digit after the minus"),
)
_REMEDIES = {
    **dict.fromkeys("“”„‟″«»", ', a typographic quote: JSON takes only "'),
    **dict.fromkeys("\u00a0\u2007\u202f\u3000", ", a space that JSON does not know: put a plain one"),
    **dict.fromkeys("\ufeff\u200b\u2060", ", which is invisible: remove it"),
}
_UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|[^\0]\0(?:.\0|\Z)|\0\0?\0?[^\0]", re.DOTALL)
_Hints: TypeAlias = tuple[tuple[bytes, str], ...]


class JsonError(ValueError):
    """Bytes that can't be read as JSON.

    `byte` counts from 0 and `line` from 1, both from the start of the bytes; `path` is the place in the
    tree that was being read, "" at the top; `expected` says what should stand there and, where it helps, what
    to do.
    """

    def __init__(self, byte: int, line: int, path: str, expected: str) -> None:
        where = f", in {path}" if path else ""
        super().__init__(f"not JSON at byte {byte:,} (line {line:,}{where}): expected {expected}")
        self.byte = byte
        self.line = line
        self.path = path
        self.expected = expected


def read_json(data: bytes, start: int = 0, stop: int | None = None) -> Json:
    """The one value that stands in `data` from `start` to `stop`; a BOM in front of it is skipped.

    Objects are `dict`, or `Pairs` where a key stands twice; numbers that Python prints in another way than
    they are spelled are `Spelled`; strings of more than LONG bytes are `Text`. Raise JsonError.
    """
    reader = _Reader(data, len(data) if stop is None else min(stop, len(data)))
    try:
        return reader.document(start)
    except MisreadError as wrong:
        line = data.count(b"\n", 0, wrong.byte) + 1
        raise JsonError(wrong.byte, line, reader.path(), wrong.expected) from None


class _Pending(Enum):
    VALUE = 0  # no value yet: the next one begins at this offset


_Step: TypeAlias = "tuple[Json | Literal[_Pending.VALUE], int]"


class _Reader:
    """Reads one document. Open containers lie on a stack of its own: depth costs no frames of Python."""

    def __init__(self, data: bytes, stop: int) -> None:
        self._data = data
        self._stop = stop
        self._open: list[OpenArray | OpenObject] = []

    def path(self) -> str:
        """The path of the value that is being read."""
        return reduce(lambda outer, container: container.path(outer), self._open, "")

    def document(self, start: int) -> Json:
        """The only value from `start` on. Raise MisreadError."""
        self._check_encoding(start)
        place = self._gap(start + len(BOM) * self._data.startswith(BOM, start, self._stop))
        step = self._value(place)
        while self._open:
            value, place = step
            step = self._value(place) if value is _Pending.VALUE else self._after(value, place)
        value, place = step
        place = self._gap(place)
        if place < self._stop:
            raise self._wrong(place, "the end", _NO_REST)
        assert value is not _Pending.VALUE
        return value

    def _value(self, place: int) -> _Step:
        """Read the value at `place`; of a container that is not short the start only."""
        byte = self._byte(place)
        if byte == 0x22:
            return read_string(self._data, place, self._stop)
        if byte == 0x5B or byte == 0x7B:
            return self._short(place) or self._begin(place)
        if found := _WORD.match(self._data, place, self._stop):
            return _WORDS[found[0]], found.end()
        if found := _NUMBER.match(self._data, place, self._stop):
            return number(found[1].decode()), found.end()
        for start, words in _NO_NUMBER:
            if found := start.match(self._data, place, self._stop):
                raise self._wrong(found.end(), words)
        raise self._wrong(place, "a value", _NO_VALUE)

    def _short(self, place: int) -> _Step | None:
        """A container that ends within a window."""
        if (self._open and self._open[-1].cut) or len(self._open) > _SHALLOW:
            return None
        text = self._window(place)
        found = whole_value(text, DEEPEST - len(self._open))
        return found and (found[0], place + _size(text, found[1]))

    def _begin(self, place: int) -> _Step:
        """Open the container at `place`."""
        if len(self._open) == DEEPEST:
            raise MisreadError(place, f"at most {DEEPEST} arrays and objects inside each other")
        container = OpenArray() if self._data[place] == OpenArray.opener else OpenObject()
        place = self._gap(place + 1)
        if self._byte(place) == container.closer:
            return container.value(), place + 1
        self._open.append(container)
        return self._next(container, place)

    def _after(self, value: Json, place: int) -> _Step:
        """Give a value to the innermost container, and go on to its next one or to its end."""
        container = self._open[-1]
        container.add(value)
        place = self._gap(place)
        byte = self._byte(place)
        if byte == 0x2C:
            return self._next(container, self._gap(place + 1))
        if byte == container.closer:
            self._open.pop()
            return container.value(), place + 1
        container.between = True
        raise self._wrong(place, f"a comma or {chr(container.closer)} after {container.member}")

    def _next(self, container: OpenArray | OpenObject, place: int) -> _Step:
        """Read what is short from an element or a key on; then the next value is pending."""
        depth = len(self._open)
        while depth <= _SHALLOW and (taken := container.take(text := self._window(place), DEEPEST - depth)):
            place = self._gap(place + _size(text, taken))
        if self._byte(place) == container.closer:
            raise MisreadError(place, f"{container.member}; remove the comma in front of this bracket")
        if isinstance(container, OpenObject):
            place = self._key(container, place)
        return _Pending.VALUE, place

    def _key(self, container: OpenObject, place: int) -> int:
        """Read a key; return where its value begins."""
        if self._byte(place) != 0x22:
            raise self._wrong(place, "a key", _NO_KEY)
        key, place = read_string(self._data, place, self._stop)
        container.key = str(key)
        place = self._gap(place)
        if self._byte(place) != 0x3A:
            raise self._wrong(place, "a colon after a key")
        return self._gap(place + 1)

    def _window(self, place: int) -> str:
        """The characters of some bytes from `place` on, up to what may be wrong with them."""
        raw = self._data[place : min(place + _WINDOW, self._stop)]
        if doubt := _DOUBT.search(raw):
            raw = raw[: doubt.start()]
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            return raw[: error.start].decode()

    def _gap(self, place: int) -> int:
        """The offset behind white space."""
        gap = _GAP.match(self._data, place, self._stop)
        return gap.end() if gap else place

    def _byte(self, place: int) -> int:
        """The byte at an offset; at the end 0, which stands nowhere in JSON."""
        return self._data[place] if place < self._stop else 0

    def _check_encoding(self, start: int) -> None:
        if _UTF_16.match(self._data, start, min(start + 4, self._stop)):
            raise MisreadError(start, "UTF-8, and this looks like UTF-16: save the input as UTF-8")

    def _wrong(self, place: int, expected: str, hints: _Hints = ()) -> MisreadError:
        """What was expected at an offset, with a remedy where what stands there is a usual mistake."""
        if place >= self._stop:
            return MisreadError(place, f"{expected}, but the input ends here")
        for mistake, words in hints:
            if re.compile(mistake).match(self._data, place, self._stop):
                return MisreadError(place, words)
        if self._data[place] < 0x80:
            return MisreadError(place, expected)
        char = self._data[place : min(place + 4, self._stop)].decode(errors="ignore")[:1]
        if not char or not self._data.startswith(char.encode(), place):
            return not_utf8(self._data, place)
        return MisreadError(place, f"{expected}, but here stands U+{ord(char):04X}{_REMEDIES.get(char, '')}")


def _size(text: str, stop: int) -> int:
    """Bytes of UTF-8 of the first characters."""
    return stop if text.isascii() else len(text[:stop].encode())
