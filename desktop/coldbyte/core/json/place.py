"""Where a value and a byte of its text stand in JSON as it was sent, whatever spacing and escapes were used.

The bytes were already read without error, so that values can be skipped without looking into them.
"""

from __future__ import annotations

import json
import re
import sys
from bisect import bisect_right
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeAlias

from coldbyte.core.json.string import boundary, closing_quote, string_end
from coldbyte.core.json.value import steps_of

BOM = b"\xef\xbb\xbf"
_NESTED = 6  # containers inside each other that one expression skips
_WINDOW = 1024  # bytes that it looks at; long strings are faster skipped otherwise
_STRIDES = (65_536, 2_048)  # bytes of a string that are measured at a time

# Every repetition is final, and no two ways begin with the same byte: nothing is tried twice. Those of groups
# are atomic and not possessive, as Python 3.11.2 matches possessive groups wrongly.
_SHORT_STRING = r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"'
_FLAT = rf'[^"\[\]{{}}]*+(?>(?:{_SHORT_STRING}[^"\[\]{{}}]*+)*)'


def _container(levels: int) -> str:
    inside = _FLAT if levels == 1 else rf"{_FLAT}(?>(?:{_container(levels - 1)}{_FLAT})*)"
    return rf"[\[{{]{inside}[\]}}]"


_SHORT_VALUES = re.compile(rf"{_FLAT}(?>(?:{_container(_NESTED)}{_FLAT})*)".encode(), re.DOTALL)
_SHORT = re.compile(_container(_NESTED).encode(), re.DOTALL)
_SCALAR = re.compile(rb"[^,\]} \t\n\r]*+")
GAP = re.compile(rb"[ \t\n\r]*+")
COMMA = re.compile(rb"[ \t\n\r]*+,?+[ \t\n\r]*+")
"""What stands behind a value: behind the last one of a container white space alone."""
COLON = re.compile(rb"[ \t\n\r]*+:[ \t\n\r]*+")
ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]..\\u....|u....|.)", re.DOTALL)
"""One escape; of a character beyond U+FFFF both halves."""
_QUOTE, _ARRAY, _ARRAY_END, _OBJECT = b'"[]{'


@dataclass(slots=True)
class _Wanted:
    """The paths that end at a value, and by their next step those that lead on from it."""

    ending: list[str] = field(default_factory=list)
    below: dict[str | int, _Wanted] = field(default_factory=dict)


Mark: TypeAlias = tuple[int, int]
"""Bytes of UTF-8 that a string has up to a place in it, and that place."""

_Places: TypeAlias = dict[str, tuple[int, int]]
_Children: TypeAlias = Generator[tuple[_Wanted | None, int], int, None]


def find_place(data: bytes, where: str, start: int = 0) -> tuple[int, int]:
    """Start and end of the value at a path, as it was sent: a string with its quotes.

    Of a key that stands more than once the last one counts, as in `value_at`. `start` is where the JSON
    begins in `data`. Raise KeyError where there is no such value, ValueError where `where` is no path.
    """
    return find_places(data, [where], start)[where]


def find_places(data: bytes, paths: Iterable[str], start: int = 0) -> dict[str, tuple[int, int]]:
    """`find_place` for many paths in one walk; those that lead to no value are left out."""
    wanted = _Wanted()
    for path in paths:
        node = wanted
        for step in steps_of(path):
            node = node.below.setdefault(step, _Wanted())
        node.ending.append(path)
    found: _Places = {}
    _find(data, value_start(data, start), wanted, found)
    return found


def wire_byte(data: bytes, string_start: int, decoded_byte: int, marks: list[Mark] | None = None) -> int:
    """The byte of `data` that gave a byte of a string's decoded UTF-8.

    `string_start` is the offset of the opening quote. Inside an escape it is the start of the escape (of the
    first one of a pair); the length of the decoded string gives the closing quote. Raise ValueError beyond.
    `marks` are kept by who asks for many bytes of one string: with them it is walked through once.
    """
    marks = [] if marks is None else marks
    known = bisect_right(marks, decoded_byte, key=itemgetter(0))
    decoded, place = marks[known - 1] if known else (0, string_start + 1)
    left = decoded_byte - decoded
    for stride in _STRIDES:
        while True:
            cut = boundary(data, place, place + stride)
            close = closing_quote(data, place, cut)
            if close >= 0 or cut == place:
                break
            size = _decoded_size(data, place, cut)
            if size > left:
                break
            place, left = cut, left - size
            if stride == _STRIDES[0]:
                marks.append((decoded_byte - left, place))
    stop = cut if close < 0 else close
    for escape in ESCAPE.finditer(data, place, stop):
        if place + left < escape.start():
            return place + left
        left -= escape.start() - place + _decoded_size(data, escape.start(), escape.end())
        if left < 0:
            return escape.start()
        place = escape.end()
    if not 0 <= left <= stop - place:
        raise ValueError(f"the string has no byte {decoded_byte:,}")
    return place + left


def value_start(data: bytes, start: int) -> int:
    """Where the JSON value begins that stands at `start`, behind a BOM and white space."""
    return past(GAP, data, start + len(BOM) * data.startswith(BOM, start))


def past(pattern: re.Pattern[bytes], data: bytes, place: int, stop: int = sys.maxsize) -> int:
    """Where a match at `place` ends; `place` where there is none."""
    found = pattern.match(data, place, stop)
    return found.end() if found else place


def skipped(data: bytes, place: int, decoded: int, wanted: int) -> Mark:
    """Go on in a string that has the byte `wanted` of UTF-8, as far as whole strides lead.

    `decoded` bytes stand before `place`. No escape is shorter than what it stands for: the string ends not on
    the way.
    """
    while wanted - decoded > _STRIDES[0]:
        cut = boundary(data, place, place + _STRIDES[0])
        size = _decoded_size(data, place, cut)
        if not size:
            break
        place, decoded = cut, decoded + size
    return decoded, place


def _find(data: bytes, place: int, wanted: _Wanted, found: _Places) -> int:
    """Find what is wanted of the value at `place`; return where that ends. A level costs one frame."""
    walk = {_ARRAY: _elements, _OBJECT: _members}.get(data[place]) if wanted.below else None
    if walk is None:
        end = _value_end(data, place)
    else:
        children = walk(data, place, wanted)
        node, child = next(children)
        while node is not None:
            _forget(node, found)
            node, child = children.send(_find(data, child, node, found))
        end = child
    for path in wanted.ending:
        found[path] = place, end
    return end


def _elements(data: bytes, place: int, wanted: _Wanted) -> _Children:
    """The elements of an array of which something is wanted, each with its place; at last the array's end.

    The end of each is sent back.
    """
    place, at = past(GAP, data, place + 1), 0
    for index in sorted(step for step in wanted.below if isinstance(step, int)):
        while at < index and data[place] != _ARRAY_END:
            place, at = past(COMMA, data, _value_end(data, place)), at + 1
        if data[place] == _ARRAY_END:
            break
        place, at = past(COMMA, data, (yield wanted.below[index], place)), at + 1
    yield None, _container_end(data, place)


def _members(data: bytes, place: int, wanted: _Wanted) -> _Children:
    """The same for an object, in which an index is a key as well."""
    nodes: dict[str, list[_Wanted]] = {}
    for step, node in wanted.below.items():
        nodes.setdefault(str(step), []).append(node)
    place = past(COMMA, data, place + 1)
    while data[place] == _QUOTE:
        end = string_end(data, place)
        key = data[place:end]
        name = key[1:-1].decode() if b"\\" not in key else json.loads(key)
        place = past(COLON, data, end)
        end = 0
        for node in nodes.get(name, ()):
            end = yield node, place
        place = past(COMMA, data, end or _value_end(data, place))
    yield None, place + 1


def _forget(wanted: _Wanted, found: _Places) -> None:
    """Drop what an earlier member of the same name gave."""
    todo = [wanted] if found else []
    while todo:
        node = todo.pop()
        for path in node.ending:
            found.pop(path, None)
        todo += node.below.values()


def _value_end(data: bytes, place: int) -> int:
    """Where the value ends that begins at `place`."""
    if data[place] == _QUOTE:
        return string_end(data, place)
    if data[place] not in b"[{":
        return past(_SCALAR, data, place)
    short = _SHORT.match(data, place, place + _WINDOW)
    return short.end() if short else _container_end(data, place + 1)


def _container_end(data: bytes, place: int) -> int:
    """Where the container ends inside which `place` is, outside its values."""
    depth = 1
    while depth:
        place = past(_SHORT_VALUES, data, place, place + _WINDOW)
        byte = data[place]
        if byte == _QUOTE:
            place = string_end(data, place)
        elif byte in b"[]{}":
            depth += 1 if byte in b"[{" else -1
            place += 1
    return place


def _decoded_size(data: bytes, start: int, stop: int) -> int:
    """Bytes of UTF-8 that a stretch of a string stands for; it lies between two boundaries."""
    if data.find(b"\\u", start, stop) >= 0:
        chars = json.loads(b'"%b"' % data[start:stop])
        return len(chars.encode())
    doubled = data.count(b"\\\\", start, stop)  # from the left, so these are the escaped backslashes
    return stop - start - (data.count(b"\\", start, stop) - doubled)
