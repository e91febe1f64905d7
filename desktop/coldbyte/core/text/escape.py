r"""Escapes: how characters that nobody can type or see are written in a field, as in `\u00a0` or `\r\n`."""

from __future__ import annotations

import re
import unicodedata

from coldbyte.core.text.invisible import is_invisible

_SIGNS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "f": "\f", "v": "\v", "\\": "\\"}
_NAMES = {char: sign for sign, char in _SIGNS.items()}
_ESCAPE = re.compile(
    r"\\(?:x(?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})|u\{(?P<braced>[0-9a-fA-F]{1,6})\}"
    r"|U(?P<long>[0-9a-fA-F]{8})|N\{(?P<name>[A-Za-z0-9 -]{1,90})\}|(?P<sign>.)|\Z)",
    re.DOTALL,
)
_NUMBERED = re.compile(r"\\(?:\\|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|U[0-9a-fA-F]{8}|N\{[A-Za-z0-9 -]+\})")


class EscapeError(ValueError):
    """An escape that means nothing: `say` in plain words, `at` its place in code points."""

    def __init__(self, say: str, at: int) -> None:
        super().__init__(say)
        self.say = say
        self.at = at


def unescaped(written: str) -> str:
    r"""The characters that are meant: \n \r \t \0 \f \v \\ \xHH \uHHHH \u{H…} \UHHHHHHHH \N{NAME}.

    Raise EscapeError for any other escape, and for half a UTF-16 pair.
    """
    return _ESCAPE.sub(_meant, written)


def with_numbers_read(template: str) -> str:
    r"""The replacement of a regular expression, in which \uHHHH, \u{H…}, \UHHHHHHHH and \N{NAME} are read.

    `re` itself knows only the others. Raise EscapeError like `unescaped`.
    """
    return _NUMBERED.sub(lambda found: found[0] if found[0] == r"\\" else _meant_again(found[0]), template)


def escaped(chars: str, *, backslash: bool = True) -> str:
    r"""The characters as they can be typed and seen; `backslash`: a backslash is written \\."""
    return "".join(_written(char, backslash) for char in chars)


def needs_escapes(chars: str) -> bool:
    """Whether there is a character that a field of one line can't show as it is."""
    return any(char in "\t\n" or is_invisible(char) for char in chars)


def _written(char: str, backslash: bool) -> str:
    if char in _NAMES and (backslash or char != "\\"):
        return f"\\{_NAMES[char]}"
    if not is_invisible(char):
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _meant_again(written: str) -> str:
    """The character, safe from being read as an escape by `re`."""
    char = unescaped(written)
    return r"\\" if char == "\\" else char


def _meant(found: re.Match[str]) -> str:
    digits = found["x"] or found["u"] or found["braced"] or found["long"]
    if digits is not None:
        code = int(digits, 16)
        if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise EscapeError(f"{found[0]} is no character", found.start())
        return chr(code)
    if found["name"] is not None:
        try:
            return unicodedata.lookup(found["name"])
        except KeyError:
            raise EscapeError(f"no character is called {found['name']}", found.start()) from None
    if found["sign"] in _SIGNS:
        return _SIGNS[found["sign"]]
    say = f"{found[0]} is no escape" if found["sign"] else "a backslash at the end is written \\\\"
    raise EscapeError(say, found.start())
