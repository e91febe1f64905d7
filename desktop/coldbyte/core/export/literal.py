"""Literals of programming languages: strings that survive editors, shells and clipboards.

A character that can't be seen, or that a program on the way may replace by another, is written as an escape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_PLAIN = re.compile(r"[ !#-&(-\[\]^_a-z{|}~]*+")  # no quotes, no backslash, no grave accent
_JAMO = range(0x1100, 0x1200)


@lru_cache(maxsize=4096)
def is_fragile(char: str) -> bool:
    """Whether a character may get lost or be changed where source text is copied, shown or saved."""
    if " " <= char <= "~":
        return False
    if unicodedata.category(char)[0] in "CMZ" or ord(char) in _JAMO:
        return True
    return not unicodedata.is_normalized("NFC", char)


def escaped(chars: str, escape: Callable[[str], str]) -> str:
    """The characters, of which each but the plainest ASCII goes through `escape`."""
    return chars if _PLAIN.fullmatch(chars) else "".join(map(escape, chars))


def python_string(chars: str) -> str:
    """A string of Python in double quotes."""
    return f'"{escaped(chars, _python)}"'


def script_string(chars: str) -> str:
    """A string of TypeScript or JavaScript in double quotes."""
    return f'"{escaped(chars, _script)}"'


def shell_word(data: bytes) -> str | None:
    """One word of bash or zsh that gives back these bytes; None where a NUL is among them.

    Single quotes, in which nothing is special; `$'…'` where a byte would not survive being pasted.
    """
    if b"\0" in data:
        return None
    try:
        chars = data.decode()
    except UnicodeDecodeError:
        return "$'" + "".join(map(_shell_byte, data)) + "'"
    if any(is_fragile(char) for char in set(chars) if char != "\n"):
        return "$'" + escaped(chars, _shell) + "'"
    return "'" + chars.replace("'", "'\\''") + "'"


_PYTHON = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@lru_cache(maxsize=4096)
def _python(char: str) -> str:
    if char in _PYTHON:
        return _PYTHON[char]
    code = ord(char)
    if not is_fragile(char):
        return char
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    code = ord(char)
    if char in _PYTHON or not is_fragile(char):
        return _PYTHON.get(char, char)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\u{{{code:x}}}"


@lru_cache(maxsize=4096)
def _shell(char: str) -> str:
    if char in "\\'":
        return "\\" + char
    if char == "!":  # an interactive shell may look for it in its history
        return "\\x21"
    if char == "\n" or not is_fragile(char):
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode())


@lru_cache(maxsize=256)
def _shell_byte(byte: int) -> str:
    char = chr(byte)
    return _shell(char) if byte < 0x80 else f"\\x{byte:02x}"
