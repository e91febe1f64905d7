"""Text for a terminal: columns, line breaks, colour; nothing that could steer the terminal gets through."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from coldbyte.core.text.invisible import display, is_invisible, stand_in

COLUMNS = 100
Tone = Literal["strong", "faint", "bad", "good", "warn", "mark"]

_CODES: dict[Tone, str] = {
    "strong": "1",
    "faint": "2",
    "bad": "1;31",
    "good": "1;32",
    "warn": "1;33",
    "mark": "36",
}


class Ink:
    """Colours, or none."""

    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured

    def __call__(self, tone: Tone, chars: str) -> str:
        """The characters in a tone."""
        return f"\x1b[{_CODES[tone]}m{chars}\x1b[0m" if self._coloured and chars else chars


def printable(chars: str) -> str:
    """The characters on one line, with stand-ins for those that can't be seen or that steer a terminal."""
    if chars.isascii() and chars.isprintable():
        return chars
    return "".join(map(_printable, chars))


@lru_cache(maxsize=1024)
def _printable(char: str) -> str:
    if is_invisible(char):
        return stand_in(char)
    return char if char.isprintable() or "\ud800" <= char <= "\udfff" else display(char)


def columns_of(chars: str) -> int:
    """The columns that printable characters take: two for a wide one, none for a combining one."""
    return len(chars) if chars.isascii() else sum(map(_columns, chars))


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def cut(chars: str, columns: int) -> str:
    """The start of a line, ending in … where it does not fit."""
    if columns_of(chars) <= columns:
        return chars
    return _taken(chars, columns - 1) + "…" if columns > 0 else ""


def cut_start(chars: str, columns: int) -> str:
    """The end of a line, beginning with … where it does not fit."""
    if columns_of(chars) <= columns:
        return chars
    room, start = columns - 1, len(chars)
    while start and _columns(chars[start - 1]) <= room:
        start -= 1
        room -= _columns(chars[start])
    while start < len(chars) and not _columns(chars[start]):
        start += 1
    return "…" + chars[start:]


def _taken(chars: str, columns: int) -> str:
    taken = 0
    for place, char in enumerate(chars):
        taken += _columns(char)
        if taken > columns:
            return chars[:place]
    return chars


def wrapped(chars: str, columns: int) -> Iterator[str]:
    """Lines of at most so many columns, broken at spaces where there are some."""
    line = ""
    for word in chars.split(" "):
        longer = f"{line} {word}" if line else word
        if columns_of(longer) <= columns:
            line = longer
            continue
        if line:
            yield line
        line = word
        while columns_of(line) > columns:
            head = _taken(line, columns) or line[0]
            yield head
            line = line[len(head) :]
    yield line
