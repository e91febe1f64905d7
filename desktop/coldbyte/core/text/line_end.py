"""How the lines of a text end, and changing it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from coldbyte.core.text.text import Text

LINE_END = re.compile("\r\n|\r|\n")
"""Matches one line end: CRLF, a lone CR or LF."""


@dataclass(frozen=True, slots=True)
class LineEnds:
    """How many lines end with LF, CRLF and a lone CR."""

    lf: int
    crlf: int
    cr: int

    @property
    def lines(self) -> int:
        """Number of lines, a last one without an end included."""
        return self.lf + self.crlf + self.cr + 1


def line_ends(text: Text) -> LineEnds:
    """Count the line ends; pieces that were counted before cost nothing."""
    lf = crlf = cr = 0
    last = ""
    for piece in text.pieces:
        counts = piece.derived.get("line ends")
        if counts is None:
            counts = piece.derived["line ends"] = _count(piece.chars)
        lf, crlf, cr = lf + counts[0], crlf + counts[1], cr + counts[2]
        if last == "\r" and piece.chars[0] == "\n":
            lf, crlf, cr = lf - 1, crlf + 1, cr - 1
        last = piece.chars[-1]
    return LineEnds(lf, crlf, cr)


def with_line_ends(text: Text, end: str) -> Text:
    """The text with every line ended by `end`."""
    return Text.from_str(LINE_END.sub(end, str(text)))


def _count(chars: str) -> tuple[int, int, int]:
    crlf = chars.count("\r\n")
    return chars.count("\n") - crlf, crlf, chars.count("\r") - crlf
