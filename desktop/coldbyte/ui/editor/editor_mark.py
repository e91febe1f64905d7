"""What is marked in the part of a text that can be seen: stand-ins, decomposed letters, the break."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from coldbyte.core.text.invisible import DECOMPOSED, INVISIBLE, is_plain, stand_in
from coldbyte.core.text.text_history import utf16_length
from coldbyte.ui.editor.shown_text import ShownText
from coldbyte.ui.editor.stand_in import NOT_HELD

_MOST = 5_000  # more marks than fit on a screen


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked stretch, in units of the value or of the document; `sign` is the stand-in shown there."""

    start: int
    stop: int
    kind: Literal["invisible", "line end", "decomposed", "break", "invisible break"]
    sign: str = ""

    @property
    def look(self) -> tuple[str, int, str]:
        """All but the place."""
        return self.kind, self.stop - self.start, self.sign


def marks_in(chars: str, origin: int, *, everything: bool) -> Iterator[Mark]:
    """The characters to mark in `chars`, which stands at the offset `origin`."""
    if is_plain(chars):
        return
    done = 0
    for match in (INVISIBLE if everything else NOT_HELD).finditer(chars):
        origin += utf16_length(chars[done : match.start()])
        done = match.start()
        stop = origin + utf16_length(match[0])
        is_line_end = chars.startswith("\r\n", done)
        yield Mark(origin, stop, "line end" if is_line_end else "invisible", stand_in(match[0]))


def decomposed_in(chars: str, origin: int) -> Iterator[Mark]:
    """The letters written with combining marks in `chars`, which stands at the offset `origin`."""
    if chars.isascii():
        return
    done = 0
    for match in DECOMPOSED.finditer(chars):
        origin += utf16_length(chars[done : match.start()])
        done = match.start()
        yield Mark(origin, origin + utf16_length(match[0]), "decomposed")


def marks_between(shown: ShownText, first: int, last: int, broken: Mark | None) -> list[Mark]:
    """All marks between two positions of the document, in positions, by the order of their ends."""
    start, stop = shown.rows.to_value(first), shown.rows.to_value(last)
    chars = shown.text.slice(start, stop)
    marks = list(islice(marks_in(chars, start, everything=shown.everything), _MOST))
    if broken is not None:
        marks = [_within(mark, broken) for mark in marks]
        if broken.start < stop and broken.stop > start:
            marks.append(replace(broken, start=max(broken.start, start), stop=min(broken.stop, stop)))
    if shown.everything:
        marks += islice(decomposed_in(chars, start), _MOST)
    return sorted((_in_view(mark, shown) for mark in marks), key=lambda mark: mark.stop)


def _within(mark: Mark, broken: Mark) -> Mark:
    inside = broken.start <= mark.start < broken.stop
    return replace(mark, kind="invisible break") if inside else mark


def _in_view(mark: Mark, shown: ShownText) -> Mark:
    return replace(mark, start=shown.rows.to_view(mark.start), stop=shown.rows.to_row_end(mark.stop))
