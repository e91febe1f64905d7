"""A text value shown in a Qt document: filled in slices, in soft rows, kept in step with every edit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from coldbyte.core.text.text import EMPTY, Text
from coldbyte.core.text.text_history import utf16_length
from coldbyte.ui.editor.row_settling import joinable_breaks, rows_to_cut
from coldbyte.ui.editor.soft_row import SoftRows, break_points, row_points, units_of, with_breaks
from coldbyte.ui.editor.stand_in import meant, shown

SLICE = 65_536
"""Characters that are put into the document at a time."""


@dataclass(frozen=True, slots=True)
class Edit:
    """At the UTF-16 offset `start` of the value, `removed` was replaced by `inserted`."""

    start: int
    removed: str
    inserted: str


class ShownText(QObject):
    """Keeps `text` and a document in step. Offsets are places in the value, positions places in the document.

    While slices are missing, the document holds the first `held` units of the value and nothing else.
    """

    edited = Signal(object)  # Edit: made by Qt itself
    grown = Signal()  # another slice is in
    filled = Signal()  # the last slice is in

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self.rows = SoftRows()
        self._document = document
        self._text = EMPTY
        self._everything = True
        self._held: int | None = None
        self._continued = False
        self._quiet = False
        self._touched: tuple[QTextCursor, QTextCursor] | None = None
        self._foreign = False
        self._pouring = QTimer(self, interval=0)
        self._pouring.timeout.connect(self._pour)
        self._settling = QTimer(self, interval=0, singleShot=True)
        self._settling.timeout.connect(self.settle)
        document.contentsChange.connect(self._mirror)

    @property
    def text(self) -> Text:
        """The value."""
        return self._text

    @property
    def everything(self) -> bool:
        """Whether all invisible characters have stand-ins, or only those that Qt can't hold."""
        return self._everything

    @property
    def is_filling(self) -> bool:
        """Whether slices are missing."""
        return self._held is not None

    @property
    def held(self) -> int:
        """Units of the value that the document shows."""
        return self._text.utf16 if self._held is None else self._held

    def show(self, text: Text, *, everything: bool) -> None:
        """Show another value; the first slice at once, the others when the event loop is idle."""
        self._text = text
        self._everything = everything
        with self._in_quiet():
            self._document.clear()
        self.rows.truncate(0)
        self._touched = None
        self._held, self._continued = 0, False
        self._fill()

    def replace(
        self, start: int, stop: int, chars: str, *, row_end: bool = False, result: Text | None = None
    ) -> None:
        """Replace the units from `start` to `stop`, in the value and in the document.

        `row_end` inserts at the end of the row before a soft break; `result` is the new value, if known.
        """
        old = self._text
        self._text = result if result is not None else old.replace(start, stop, chars)
        if self._held is not None and stop > self._held:
            if start < self._held:
                self._truncate(start)
        elif len(chars) > SLICE:
            self._truncate(start)
            self._fill()
        else:
            self._write(start, stop, chars, row_end=row_end)
            if self._held is not None:
                self._held += self._text.utf16 - old.utf16

    def settle(self) -> None:
        """Cut rows that grew too long near the last edits, join those that became short."""
        if self._touched is None or self.is_filling:
            return
        touched, self._touched = self._touched, None
        first, last = touched[0].position(), touched[1].position()
        if self._document.findBlock(first).layout().preeditAreaText():
            self._touched = touched
            return
        if self._foreign:
            self._foreign = False
            self._rewrite(first, last)
        for position in joinable_breaks(self._document, self.rows, self._text, first, last):
            self._put(position, position + 1, "", [])
        for position, length in rows_to_cut(self._document, self.rows, self._text, first, last):
            offset = self.rows.to_value(position)
            chars = self._text.slice(offset, offset + length)
            points = units_of(chars, list(row_points(chars)), offset)
            for point in reversed(points):
                at = position + point - offset
                self._put(at, at, "\n", [point])

    def offset_at(self, share: float) -> int:
        """Where in the value a share (0 to 1) of the way down the lines is; 1 is behind the end."""
        line = int(share * self._document.lineCount())
        block = self._document.findBlockByLineNumber(line)
        if share >= 1 or not block.isValid():
            return self.held + 1
        inside = (line - block.firstLineNumber()) * block.length() // max(block.lineCount(), 1)
        return self.rows.to_value(block.position() + inside)

    def view_chars(self, start: int, stop: int) -> str:
        """What the document must hold between two positions, as its raw text."""
        ends = [self.rows.to_value(start), *self.rows.inside(start, stop), self.rows.to_value(stop)]
        rows = (self._text.slice(first, last) for first, last in pairwise(ends))
        return "\u2029".join(shown(row, everything=self._everything).replace("\n", "\u2029") for row in rows)

    def _fill(self) -> None:
        self._pour(unseen=False)
        if self.is_filling:
            self._pouring.start()

    def _pour(self, *, unseen: bool = True) -> None:
        """Put the next slice into the document: whole lines, or whole rows of a long line."""
        start = self._held or 0
        chars = self._text.slice(start, start + SLICE)
        is_last = start + utf16_length(chars) >= self._text.utf16
        if not is_last and "\n" in chars:
            chars = chars[: chars.rindex("\n") + 1]
        points = break_points(chars, continued=self._continued)
        if not is_last and not chars.endswith("\n"):
            points = break_points(chars, continued=True)
            chars = chars[: points[-1]]
        self._continued = not chars.endswith("\n")
        end = self._document.characterCount() - 1
        self._append(
            with_breaks(shown(chars, everything=self._everything), points), unseen=unseen and not is_last
        )
        self.rows.replace(end, end, units_of(chars, points, start), 0)
        self._held = None if is_last else start + utf16_length(chars)
        self.grown.emit()
        if self._held is None:
            self._pouring.stop()
            self._settling.start()
            self.filled.emit()

    def _append(self, raw: str, *, unseen: bool) -> None:
        """Put `raw` at the end. Qt would paint everything in sight again; `unseen` spares it that."""
        layout = self._document.documentLayout()
        blocked = layout.blockSignals(unseen)
        with self._in_quiet():
            cursor = QTextCursor(self._document)
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(raw)
        layout.blockSignals(blocked)
        if unseen:
            layout.documentSizeChanged.emit(layout.documentSize())

    def _truncate(self, offset: int) -> None:
        """Take everything from the row that holds `offset` out of the document."""
        position = self._document.findBlock(self.rows.to_view(offset)).position()
        self._held = self.rows.to_value(position)
        self._continued = position > 0 and self.rows.is_break(position - 1)
        self._put(position, self._document.characterCount() - 1, "", [])
        self._touch(position, position)

    def _write(self, start: int, stop: int, chars: str, *, row_end: bool) -> None:
        first = self.rows.to_row_end(start) if row_end else self.rows.to_view(start)
        last = first if start == stop else self.rows.to_row_end(stop)
        points = break_points(chars)
        raw = with_breaks(shown(chars, everything=self._everything), points)
        self._put(first, last, raw, units_of(chars, points, start), utf16_length(chars) - (stop - start))
        self._touch(first, first + utf16_length(raw))

    def _put(self, first: int, last: int, raw: str, offsets: list[int], growth: int = 0) -> None:
        """Replace positions of the document, with the soft breaks among them."""
        with self._in_quiet():
            if last - first == self._document.characterCount() - 1:
                self._document.clear()  # a hundred times as fast as removing
            cursor = QTextCursor(self._document)
            cursor.setPosition(first)
            cursor.setPosition(
                min(last, self._document.characterCount() - 1), QTextCursor.MoveMode.KeepAnchor
            )
            cursor.insertText(raw)
        self.rows.replace(first, last, offsets, growth)

    def _touch(self, first: int, last: int) -> None:
        """Remember positions for the next `settle`."""
        if self._touched is not None:
            first = min(first, self._touched[0].position())
            last = max(last, self._touched[1].position())
        self._touched = self._place(first), self._place(last)
        self._settling.start()

    def _place(self, position: int) -> QTextCursor:
        """A position that moves with what stands before it, but not with what is put in at it."""
        cursor = QTextCursor(self._document)
        cursor.setPosition(position)
        cursor.setKeepPositionOnInsert(True)
        return cursor

    def _rewrite(self, first: int, last: int) -> None:
        """Show stand-ins where Qt put characters of its own into the document."""
        first = self._document.findBlock(first).position()
        end = self._document.findBlock(last)
        last = end.position() + end.length() - 1
        wanted = self.view_chars(first, last)
        if wanted != self._raw(first, last):
            offsets = self.rows.inside(first, last)
            self._put(first, last, wanted, offsets)

    def _mirror(self, position: int, removed: int, added: int) -> None:
        """Take over an edit that Qt made by itself.

        Qt reports more than what changed: the separator after the last block when all is replaced, and the
        whole block when an input method composes in it. What is equal at both ends stays untouched.
        """
        if self._quiet:
            return
        removed = min(removed, self.held + len(self.rows) - position)
        added = min(added, self._document.characterCount() - 1 - position)
        before, after = self.view_chars(position, position + removed), self._raw(position, position + added)
        head = _common_prefix(before, after) if removed and added else 0
        tail = _common_prefix(before[head:][::-1], after[head:][::-1]) if removed and added else 0
        gone, new = before[head : len(before) - tail], after[head : len(after) - tail]
        first = position + utf16_length(before[:head])
        last = first + utf16_length(gone)
        if not gone and not new:
            return
        start, stop, chars = self.rows.to_value(first), self.rows.to_value(last), meant(new)
        edit = Edit(start, self._text.slice(start, stop), chars)
        self.rows.replace(first, last, [], utf16_length(chars) - (stop - start))
        self._text = self._text.replace(start, stop, chars)
        if self._held is not None:
            self._held += utf16_length(chars) - (stop - start)
        self._foreign = self._foreign or bool(chars)
        self._touch(first, first + utf16_length(new))
        if edit.removed or edit.inserted:
            self.edited.emit(edit)

    def _raw(self, start: int, stop: int) -> str:
        cursor = QTextCursor(self._document)
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        return str(cursor.selectedText())

    @contextmanager
    def _in_quiet(self) -> Iterator[None]:
        """The edits inside are ours: the value knows of them."""
        self._quiet, before = True, self._quiet
        try:
            yield
        finally:
            self._quiet = before


def _common_prefix(before: str, after: str) -> int:
    size = min(len(before), len(after))
    return next((at for at in range(size) if before[at] != after[at]), size)
