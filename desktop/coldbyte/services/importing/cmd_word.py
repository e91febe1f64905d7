"""Commands in the spelling of cmd.exe (carets, then the quoting of C programs), split into words.

Every character of the text stands for one byte (Latin-1), as in `shell_word`. Variables (`%NAME%`) are left
as they are. Browsers write every backslash twice, which the C programs' reading undoes only in front of a
quote: where all are in pairs, they are taken for what the browser meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coldbyte.services.importing.shell_word import Command

_CARET = re.compile(r"\^(?:\r?\n)?(\r?\n|.)?", re.DOTALL)
_BACKSLASHES = re.compile(r'\\+(?!["\\])')
_QUOTES = re.compile(r'(\\*)"')
_ARGUMENT = re.compile(r"[^ \t]")


def commands(text: str) -> Iterator[Command]:
    """The commands of a text, one after the other."""
    for raw, begins in _parts(text):
        if '^"' in text and all(len(found[0]) % 2 == 0 for found in _BACKSLASHES.finditer(raw)):
            raw = _BACKSLASHES.sub(lambda found: "\\" * (len(found[0]) // 2), raw)
        words = list(_arguments(raw))
        if words:
            yield Command(begins, words)


def _parts(text: str) -> Iterator[tuple[str, int]]:
    """The commands without carets: the first of the two readings; each with the line on which it begins."""
    found: list[str] = []
    place, counted, quoted, begins = 0, 0, False, 1
    while place < len(text):
        char = text[place]
        if char == "^" and not quoted:
            caret = _CARET.match(text, place)
            assert caret is not None
            found.append((caret[1] or "").replace("\r\n", "\n"))
            place = caret.end()
            continue
        if char == '"':
            quoted = not quoted
        if (char in "&|" and not quoted) or char == "\n":
            yield "".join(found), begins
            found, quoted = [], False
            begins += text.count("\n", counted, place + 1)
            counted = place + 1
        elif char != "\r":
            found.append(char)
        place += 1
    yield "".join(found), begins


def _arguments(raw: str) -> Iterator[str]:
    """The second reading: words, double quotes and the backslashes in front of them."""
    place = 0
    while found := _ARGUMENT.search(raw, place):
        place = found.start()
        parts: list[str] = []
        quoted = False
        while place < len(raw) and (quoted or raw[place] not in " \t"):
            if quotes := _QUOTES.match(raw, place):
                backslashes = len(quotes[1])
                parts.append("\\" * (backslashes // 2))
                place = quotes.end()
                if backslashes % 2:
                    parts.append('"')
                elif quoted and raw[place : place + 1] == '"':
                    parts.append('"')
                    place += 1
                else:
                    quoted = not quoted
            else:
                parts.append(raw[place])
                place += 1
        yield "".join(parts)
