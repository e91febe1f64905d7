"""What is marked in the part of a text that can be seen: stand-ins, decomposed letters, the break."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from coldbyte.core.invisible import DECOMPOSED, INVISIBLE
from coldbyte.state.text_history import utf16_length
from coldbyte.ui.editor_margin import visible_blocks
from coldbyte.ui.shown_text import ShownText
from coldbyte.ui.stand_in import NOT_HELD

_MOST = 2_000  # more marks than fit on a screen


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked stretch of the value, in UTF-16 offsets."""

    start: int
    stop: int
    kind: Literal["invisible", "line end", "decomposed", "break", "invisible break"]


@dataclass(frozen=True, slots=True)
class MarkColors:
    """The colours of marks, and of the ground."""

    invisible: QColor
    broken: QColor
    base: QColor


def marks_in(chars: str, origin: int, *, everything: bool) -> Iterator[Mark]:
    """The characters to mark in `chars`, which stands at the offset `origin`."""
    done = 0
    for match in (INVISIBLE if everything else NOT_HELD).finditer(chars):
        origin += utf16_length(chars[done : match.start()])
        done = match.start()
        is_line_end = chars.startswith("\r\n", done)
        yield Mark(origin, origin + utf16_length(match[0]), "line end" if is_line_end else "invisible")


def decomposed_in(chars: str, origin: int) -> Iterator[Mark]:
    """The letters written with combining marks in `chars`, which stands at the offset `origin`."""
    if chars.isascii():
        return
    done = 0
    for match in DECOMPOSED.finditer(chars):
        origin += utf16_length(chars[done : match.start()])
        done = match.start()
        yield Mark(origin, origin + utf16_length(match[0]), "decomposed")


def visible_range(editor: QPlainTextEdit) -> tuple[int, int]:
    """The first and last position of the blocks that can be seen."""
    blocks = [block for block, _ in visible_blocks(editor)] or [editor.firstVisibleBlock()]
    return blocks[0].position(), blocks[-1].position() + blocks[-1].length() - 1


def visible_marks(editor: QPlainTextEdit, shown: ShownText, broken: Mark | None) -> list[Mark]:
    """All marks of the visible part; what comes later is drawn over what comes before."""
    start, stop = (shown.rows.to_value(position) for position in visible_range(editor))
    chars = shown.text.slice(start, stop)
    marks = list(islice(marks_in(chars, start, everything=shown.everything), _MOST))
    if shown.everything:
        marks += islice(decomposed_in(chars, start), _MOST)
    if broken and broken.start < stop and broken.stop > start:
        inside = [replace(mark, kind="invisible break") for mark in marks if _is_in(mark, broken)]
        marks = [Mark(max(broken.start, start), min(broken.stop, stop), "break"), *marks, *inside]
    return marks


Selection = QTextEdit.ExtraSelection


def selection_of(mark: Mark, shown: ShownText, document: QTextDocument, colors: MarkColors) -> Selection:
    """The mark as Qt draws it."""
    selection = Selection()
    place = QTextCursor(document)
    place.setPosition(shown.rows.to_view(mark.start))
    place.setPosition(shown.rows.to_row_end(mark.stop), QTextCursor.MoveMode.KeepAnchor)
    selection.cursor = place
    selection.format = _format_of(mark, colors)
    return selection


def faint(color: QColor, alpha: int) -> QColor:
    """The colour with another opacity, 0 to 255."""
    return QColor(color.red(), color.green(), color.blue(), alpha)


def _is_in(mark: Mark, broken: Mark) -> bool:
    return mark.kind != "decomposed" and broken.start <= mark.start < broken.stop


def _format_of(mark: Mark, colors: MarkColors) -> QTextCharFormat:
    shape = QTextCharFormat()
    match mark.kind:
        case "invisible":
            shape.setForeground(colors.invisible)
            shape.setBackground(faint(colors.invisible, 40))
        case "line end":
            shape.setForeground(colors.invisible)
            shape.setBackground(faint(colors.invisible, 18))
        case "invisible break":
            shape.setForeground(colors.base)
            shape.setBackground(colors.broken)
        case "decomposed":
            shape.setBackground(faint(colors.invisible, 24))
            shape.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
            shape.setUnderlineColor(colors.invisible)
        case "break":
            shape.setBackground(faint(colors.broken, 80))
    return shape
