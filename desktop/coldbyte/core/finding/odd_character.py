"""Odd characters in one text: what a reader does not see, and what the next editor or decoder may change.

They cost nothing as long as they stay the same; they are where a text that looks equal stops being so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from coldbyte.core.cause import CauseId
from coldbyte.core.text.homoglyph import skeleton
from coldbyte.core.text.invisible import DECOMPOSED, category_of, is_invisible, name_of
from coldbyte.core.text.line_end import line_ends
from coldbyte.core.text.text import Text

LONGEST = 32  # characters of a cluster that is normalized; the time grows as the square
_MOST = 2_000  # places of a kind that are counted
_WORD = 24  # letters on each side of a look-alike that are read
_QUIET = ("\xad", "\x0c")  # with no-break and other wide spaces what typesetters and converters leave
_JOINERS = ("\u200c", "\u200d")
_FOREIGN = re.compile("(?<=[A-Za-z])[\u0370-\u052f]|[\u0370-\u052f](?=[A-Za-z])")
_PLAIN = bytes(range(0x20, 0x7F)) + b"\t\n\r"
_MISREAD = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac[\u02dc\u2122\u0153\u009d\u201c\u201d\u00a6]|ï»¿"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class OddCharacter:
    """`chars` stand at byte `start` of the text, the first of `count` places. `words` name them.

    `quiet` are those that real documents hold without harm.
    """

    id: CauseId
    start: int
    chars: str
    words: str
    count: int
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    at: int
    chars: str
    quiet: bool = False


def odd_characters(text: Text) -> Iterator[OddCharacter]:
    """One value of each kind, for the first place of its kind."""
    mixed = _mixed_line_ends(text)
    if mixed is not None:
        yield mixed
    distinct = set(b"".join(piece.data.translate(None, _PLAIN) for piece in text.pieces).decode())
    chars = str(text) if distinct else ""
    for kind in _KINDS:
        own = {char for char in distinct if kind.mark(char)}
        found = list(kind.search(chars, own)) if own else []
        if found:
            loud = [one for one in found if not one.quiet]
            first = (loud or found)[0]
            words = kind.say(first.chars)
            start = _bytes(chars, first.at)
            yield OddCharacter(kind.id, start, first.chars, words, len(loud or found), first.quiet)


def _mixed_line_ends(text: Text) -> OddCharacter | None:
    ends = line_ends(text)
    fewer = sum(sorted((ends.lf, ends.crlf, ends.cr))[:2])
    if not fewer:
        return None
    words = f"{ends.crlf:,} CRLF, {ends.lf:,} LF and {ends.cr:,} lone CR line ends"
    chars = str(text)
    at = chars.find("\r")
    end = "\r\n" if chars.startswith("\r\n", at) else "\r"
    return OddCharacter("line-endings-changed", _bytes(chars, at), end, words, fewer)


def _places(chars: str, distinct: set[str]) -> list[int]:
    """Where these characters stand, at most _MOST times each."""
    found = []
    for char in distinct:
        at = chars.find(char)
        for _ in range(_MOST):
            if at < 0:
                break
            found.append(at)
            at = chars.find(char, at + 1)
    return sorted(found)


def _bytes(chars: str, at: int) -> int:
    return len(chars[:at].encode())


def _invisible(chars: str, distinct: set[str]) -> Iterator[_Found]:
    for at in _places(chars, distinct):
        if not belongs(chars, at):
            char = chars[at]
            yield _Found(at, char, char in _QUIET or category_of(char) == "space")


def belongs(chars: str, at: int) -> bool:
    """Whether an invisible character does its work: in an emoji, or in a script that needs it."""
    char = chars[at]
    before = chars[at - 1] if at else ""
    if "\ufe00" <= char <= "\ufe0f":
        return bool(before) and (before > "\u2000" or before in "0123456789#*©®")
    if char in _JOINERS:
        return before > "\u0590" and chars[at + 1 : at + 2] > "\u0590"
    if "\U000e0020" <= char <= "\U000e007f":
        return before == "\U0001f3f4" or "\U000e0020" <= before <= "\U000e007f"
    if char == "\u3000":
        return True
    return category_of(char) == "bidi" and bool(_RIGHT_TO_LEFT.search(chars, max(at - 200, 0), at + 200))


def _combines(char: str) -> bool:
    return bool(DECOMPOSED.fullmatch(f"a{char}") or DECOMPOSED.fullmatch(f"\u1100{char}"))


def _decomposed(chars: str, distinct: set[str]) -> Iterator[_Found]:
    """Letters that are not in composed form (NFC)."""
    for at in _places(chars, distinct):
        match = DECOMPOSED.match(chars, at - 1, at + LONGEST) if at else None
        if match and unicodedata.normalize("NFC", match[0]) != match[0]:
            yield _Found(at - 1, match[0])


def _damaged(chars: str, distinct: set[str]) -> Iterator[_Found]:
    for at in _places(chars, distinct):
        if chars[at] == _REPLACEMENT:
            yield _Found(at, _REPLACEMENT)
        elif match := _MISREAD.match(chars, at):
            yield _Found(at, match[0])


def _look_alikes(chars: str, _: set[str]) -> Iterator[_Found]:
    """Words in which letters of another alphabet pass for Latin ones."""
    place = 0
    for match in _FOREIGN.finditer(chars):
        if match.start() < place:
            continue
        low = high = match.start()
        while low and match.start() - low < _WORD and chars[low - 1].isalpha():
            low -= 1
        while high < len(chars) and high - match.start() < _WORD and chars[high].isalpha():
            high += 1
        word, place = chars[low:high], high
        if len(word) > 2 and skeleton(word).isascii():
            foreign = next(n for n, char in enumerate(word) if not char.isascii())
            yield _Found(low + foreign, word[foreign])


def _name(chars: str) -> str:
    return f"U+{ord(chars[0]):04X} {name_of(chars[0])}"


def _say_damaged(chars: str) -> str:
    if chars == _REPLACEMENT:
        return "the replacement character U+FFFD"
    return f"“{chars}”, UTF-8 that was read in another encoding"


@dataclass(frozen=True, slots=True)
class _Kind:
    """`mark` says of a character whether it can be one of this kind, `search` finds those that are."""

    id: CauseId
    mark: Callable[[str], bool]
    search: Callable[[str, set[str]], Iterator[_Found]]
    say: Callable[[str], str]


_KINDS = (
    _Kind("invisible-char-changed", is_invisible, _invisible, _name),
    _Kind(
        "unicode-normalization-changed",
        _combines,
        _decomposed,
        lambda chars: f"“{chars}” in decomposed form",
    ),
    _Kind("encoding-damaged", lambda char: char in "\u00c2\u00c3\u00e2ï\ufffd", _damaged, _say_damaged),
    _Kind(
        "homoglyph-changed",
        lambda char: "\u0370" <= char <= "\u052f",
        _look_alikes,
        lambda chars: f"{_name(chars)} among Latin letters",
    ),
)
