"""Containers while they are read: what has been read of them, and how much of a window can be read at once.

A window is a run of characters that holds no lone surrogate and no long string; the scanner of the standard
library reads it. Where that meets an error or the end of the window, nothing is taken, and the reader
looks closer.
"""

from __future__ import annotations

import json
import re
from json.scanner import make_scanner
from sys import intern
from typing import Never

from coldbyte.core.json.value import Json, Pairs, Spelled, path_below

_DIGITS = 640  # Python converts numbers of so many digits, whatever its limit is set to
_COMMA = re.compile(r"[ \t\n\r]*+,[ \t\n\r]*+")
_KEY = re.compile(r'"([^"\\\x00-\x1f]*+)"[ \t\n\r]*+:[ \t\n\r]*+')


class OpenArray:
    """An array whose end has not been read.

    `between` says that a comma or the end is being read, `cut` that the next element is longer than a window.
    """

    opener, closer = b"[]"
    member = "an element"

    def __init__(self) -> None:
        self.between = False
        self.cut = False
        self._elements: list[Json] = []

    def add(self, value: Json) -> None:
        """Take the element that was read."""
        self._elements.append(value)

    def value(self) -> Json:
        """The array, when it has ended."""
        return self._elements

    def path(self, outer: str) -> str:
        """The path of the element being read."""
        return outer if self.between else f"{outer}[{len(self._elements)}]"

    def take(self, text: str, depth: int) -> int:
        """Read the elements that stand whole in `text`, each with a comma; return where the next begins."""
        index = 0
        self.cut = False
        add = self._elements.append
        try:
            while True:
                value, end = _scan(text, index)
                comma = _COMMA.match(text, end)
                if comma is None or _openers(text, index, end) > depth:
                    return index
                add(value)
                index = comma.end()
        except _UNFIT:
            self.cut = True
            return index


class OpenObject:
    """An object whose end has not been read; `key` is that of the member being read. See `OpenArray`."""

    opener, closer = b"{}"
    member = "a member"

    def __init__(self) -> None:
        self.between = False
        self.cut = False
        self.key: str | None = None
        self._members: list[tuple[str, Json]] = []

    def add(self, value: Json) -> None:
        """Take the value of the member that was read."""
        assert self.key is not None
        self._members.append((self.key, value))
        self.key = None

    def value(self) -> Json:
        """The object, when it has ended."""
        return _object(self._members)

    def path(self, outer: str) -> str:
        """The path of the member being read; that of the object where no key was read."""
        return outer if self.key is None else path_below(outer, self.key)

    def take(self, text: str, depth: int) -> int:
        """Read the members that stand whole in `text`, each with a comma; return where the next begins."""
        index = 0
        self.cut = False
        add = self._members.append
        try:
            while key := _KEY.match(text, index):
                value, end = _scan(text, key.end())
                comma = _COMMA.match(text, end)
                if comma is None or _openers(text, index, end) > depth:
                    break
                add((key[1], value))
                index = comma.end()
        except _UNFIT:
            self.cut = True
        return index


def whole_value(text: str, depth: int) -> tuple[Json, int] | None:
    """The container at the start of `text` and its length; None where it may not be whole and sound."""
    try:
        value, end = _scan(text, 0)
    except _UNFIT:
        return None
    return (value, end) if _openers(text, 0, end) <= depth else None


def number(spelling: str) -> Json:
    """A number that prints as it is spelled, or its spelling."""
    return _whole(spelling) if spelling.lstrip("-").isdigit() else _fraction(spelling)


def _whole(spelling: str) -> Json:
    if len(spelling) > _DIGITS or spelling == "-0":
        return Spelled(spelling)
    return int(spelling)


def _fraction(spelling: str) -> Json:
    found = float(spelling)
    return found if repr(found) == spelling else Spelled(spelling)


def _object(members: list[tuple[str, Json]]) -> Json:
    found = {intern(key): value for key, value in members}
    return found if len(found) == len(members) else Pairs(members)


def _refuse(spelling: str) -> Never:
    raise ValueError(spelling)


def _openers(text: str, start: int, stop: int) -> int:
    """No less than the number of containers inside each other."""
    return text.count("[", start, stop) + text.count("{", start, stop)


_UNFIT = (ValueError, StopIteration, RecursionError)
_scan = make_scanner(  # its stub asks for another scanner, and the decoder is what it takes
    json.JSONDecoder(
        object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_refuse
    )  # type: ignore[arg-type]
)
