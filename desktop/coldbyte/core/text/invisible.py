"""Characters that no font shows, or that look like an ordinary space: names, kinds and visible stand-ins."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

_DISPLAY = {" ": "·", "\t": "⇥", "\n": "↓"}

Category = Literal["space", "zero-width", "bidi", "control", "line-separator", "format"]

_SPACE: Category = "space"
_ZERO: Category = "zero-width"
_BIDI: Category = "bidi"
_CONTROL: Category = "control"
_LINE: Category = "line-separator"
_FORMAT: Category = "format"

# First and last code point, kind, stand-in. Every stand-in has a glyph in DejaVu Sans Mono, which the Unicode
# control pictures (U+2400) have not, and takes as many UTF-16 units as what it stands for.
_RANGES: tuple[tuple[int, int, Category, str], ...] = (
    (0x00, 0x00, _CONTROL, "⌀"),
    (0x01, 0x06, _CONTROL, "⌧"),
    (0x07, 0x07, _CONTROL, "♪"),
    (0x08, 0x08, _CONTROL, "⌫"),
    (0x0B, 0x0B, _LINE, "↧"),
    (0x0C, 0x0C, _LINE, "⇟"),
    (0x0D, 0x0D, _LINE, "↵"),
    (0x0E, 0x1A, _CONTROL, "⌧"),
    (0x1B, 0x1B, _CONTROL, "⎋"),
    (0x1C, 0x1F, _CONTROL, "⌧"),
    (0x7F, 0x7F, _CONTROL, "⌦"),
    (0x80, 0x84, _CONTROL, "⌧"),
    (0x85, 0x85, _LINE, "↴"),
    (0x86, 0x9F, _CONTROL, "⌧"),
    (0xA0, 0xA0, _SPACE, "⍽"),
    (0xAD, 0xAD, _FORMAT, "¬"),
    (0x034F, 0x034F, _ZERO, "⌶"),
    (0x061C, 0x061C, _BIDI, "⇺"),
    (0x115F, 0x1160, _SPACE, "␣"),
    (0x1680, 0x1680, _SPACE, "␣"),
    (0x17B4, 0x17B5, _ZERO, "⌶"),
    (0x180B, 0x180F, _FORMAT, "⌶"),
    (0x2000, 0x2006, _SPACE, "␣"),
    (0x2007, 0x2007, _SPACE, "⍽"),
    (0x2008, 0x200A, _SPACE, "␣"),
    (0x200B, 0x200B, _ZERO, "┆"),
    (0x200C, 0x200C, _ZERO, "‖"),
    (0x200D, 0x200D, _ZERO, "‿"),
    (0x200E, 0x200E, _BIDI, "⇾"),
    (0x200F, 0x200F, _BIDI, "⇽"),
    (0x2028, 0x2028, _LINE, "↲"),
    (0x2029, 0x2029, _LINE, "¶"),
    (0x202A, 0x202A, _BIDI, "↦"),
    (0x202B, 0x202B, _BIDI, "↤"),
    (0x202C, 0x202C, _BIDI, "↥"),
    (0x202D, 0x202D, _BIDI, "⇉"),
    (0x202E, 0x202E, _BIDI, "⇇"),
    (0x202F, 0x202F, _SPACE, "⍽"),
    (0x205F, 0x205F, _SPACE, "␣"),
    (0x2060, 0x2060, _ZERO, "⌒"),
    (0x2061, 0x2065, _FORMAT, "⌶"),
    (0x2066, 0x2066, _BIDI, "⇛"),
    (0x2067, 0x2067, _BIDI, "⇚"),
    (0x2068, 0x2068, _BIDI, "⇔"),
    (0x2069, 0x2069, _BIDI, "⇑"),
    (0x206A, 0x206F, _FORMAT, "⌶"),
    (0x2800, 0x2800, _SPACE, "␣"),
    (0x3000, 0x3000, _SPACE, "□"),
    (0x3164, 0x3164, _SPACE, "␣"),
    (0xFDD0, 0xFDEF, _FORMAT, "⍰"),
    (0xFE00, 0xFE0F, _FORMAT, "❖"),
    (0xFEFF, 0xFEFF, _ZERO, "◈"),
    (0xFFA0, 0xFFA0, _SPACE, "␣"),
    (0xFFF0, 0xFFFB, _FORMAT, "⌶"),
    (0xFFFC, 0xFFFC, _FORMAT, "▣"),
    (0xFFFE, 0xFFFF, _FORMAT, "⍰"),
    (0x1BCA0, 0x1BCA3, _FORMAT, "𝕚"),
    (0x1D159, 0x1D159, _SPACE, "𝕚"),
    (0x1D173, 0x1D17A, _FORMAT, "𝕚"),
    (0xE0000, 0xE002F, _FORMAT, "𝕚"),
    (0xE0030, 0xE0039, _FORMAT, "𝟶"),
    (0xE003A, 0xE0040, _FORMAT, "𝕚"),
    (0xE0041, 0xE005A, _FORMAT, "𝙰"),
    (0xE005B, 0xE0060, _FORMAT, "𝕚"),
    (0xE0061, 0xE007A, _FORMAT, "𝚊"),
    (0xE007B, 0xE0FFF, _FORMAT, "𝕚"),
)
_ALPHABETS = "𝟶𝙰𝚊"  # a tag character is shown as the letter or digit that it spells

_CONTROL_NAMES = {
    0x00: "NULL",
    0x01: "START OF HEADING",
    0x02: "START OF TEXT",
    0x03: "END OF TEXT",
    0x04: "END OF TRANSMISSION",
    0x05: "ENQUIRY",
    0x06: "ACKNOWLEDGE",
    0x07: "ALERT",
    0x08: "BACKSPACE",
    0x09: "CHARACTER TABULATION",
    0x0A: "LINE FEED",
    0x0B: "LINE TABULATION",
    0x0C: "FORM FEED",
    0x0D: "CARRIAGE RETURN",
    0x0E: "SHIFT OUT",
    0x0F: "SHIFT IN",
    0x10: "DATA LINK ESCAPE",
    0x11: "DEVICE CONTROL ONE",
    0x12: "DEVICE CONTROL TWO",
    0x13: "DEVICE CONTROL THREE",
    0x14: "DEVICE CONTROL FOUR",
    0x15: "NEGATIVE ACKNOWLEDGE",
    0x16: "SYNCHRONOUS IDLE",
    0x17: "END OF TRANSMISSION BLOCK",
    0x18: "CANCEL",
    0x19: "END OF MEDIUM",
    0x1A: "SUBSTITUTE",
    0x1B: "ESCAPE",
    0x1C: "INFORMATION SEPARATOR FOUR",
    0x1D: "INFORMATION SEPARATOR THREE",
    0x1E: "INFORMATION SEPARATOR TWO",
    0x1F: "INFORMATION SEPARATOR ONE",
    0x7F: "DELETE",
    0x85: "NEXT LINE",
}

_TABLE: dict[str, tuple[Category, str]] = {
    chr(code): (kind, chr(ord(sign) + code - first) if sign in _ALPHABETS else sign)
    for first, last, kind, sign in _RANGES
    for code in range(first, last + 1)
}

INVISIBLE = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last, _, _ in _RANGES) + "]")
"""Matches one invisible character."""

_MARKS = (
    "\u0300-\u034e\u0350-\u036f\u0483-\u0487\u0653-\u0655\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\u3099\u309a\ufe20-\ufe2f"
)
DECOMPOSED = re.compile(f"[^\\n{_MARKS}][{_MARKS}]+|[\u1100-\u115e][\u1161-\u11ff]+")
"""Matches a letter with its combining marks, or a syllable in Hangul jamo: what looks like one character."""


_PLAIN = bytes(range(0x20, 0x7F)) + b"\t\n"


def is_plain(chars: str) -> bool:
    """Whether `chars` is visible ASCII, spaces, tabs and line feeds only: much faster than INVISIBLE."""
    return chars.isascii() and not chars.encode().translate(None, _PLAIN)


def is_invisible(char: str) -> bool:
    """Whether the character shows nothing, or only a blank that is not U+0020, tab or line feed."""
    return char in _TABLE


def category_of(char: str) -> Category | None:
    """The kind of an invisible character, None for one that can be seen."""
    entry = _TABLE.get(char)
    return entry[0] if entry else None


def stand_in(char: str) -> str:
    """A visible character of the same UTF-16 length; a visible character stands for itself."""
    entry = _TABLE.get(char)
    return entry[1] if entry else char


def name_of(char: str) -> str:
    """The Unicode name, for a control character its alias, for one without a name what it is."""
    code = ord(char)
    named = _CONTROL_NAMES.get(code) or unicodedata.name(char, "")
    return named or _kind_of_nameless(code, unicodedata.category(char))


def _kind_of_nameless(code: int, category: str) -> str:
    if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return f"NONCHARACTER-{code:04X}"
    kind = {"Cc": "CONTROL", "Co": "PRIVATE USE", "Cs": "SURROGATE"}.get(category, "UNASSIGNED")
    return f"{kind}-{code:04X}"


def display(char: str) -> str:
    """A printable stand-in for one character; a visible character stands for itself."""
    if char in _DISPLAY:
        return _DISPLAY[char]
    if is_invisible(char):
        return stand_in(char)
    category = unicodedata.category(char)
    if category in ("Cn", "Co"):
        return "▯"
    return f"◌{char}" if category[0] == "M" else char
