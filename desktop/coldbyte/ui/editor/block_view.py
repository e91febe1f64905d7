"""The text of a block on screen: every character visible, rows for long lines, the break marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Property, QEvent, QMimeData, QPoint, QRect, QRectF, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QToolTip, QWidget

from coldbyte.core.text.hit import Hits, Span
from coldbyte.core.text.invisible import is_invisible, name_of
from coldbyte.core.text.syntax import Language
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Selection, utf16_length
from coldbyte.ui.editor.blank_painter import paint_blanks
from coldbyte.ui.editor.edit_range import carried, char_after, whole
from coldbyte.ui.editor.editor_margin import EditorMargin
from coldbyte.ui.editor.editor_mark import Mark, marks_between
from coldbyte.ui.editor.exact_clipboard import mime_of
from coldbyte.ui.editor.hit_painter import HitColors, HitMark, hit_marks, paint_hit_frames, paint_hit_grounds
from coldbyte.ui.editor.mark_painter import MarkColors, faint, paint_grounds, paint_signs
from coldbyte.ui.editor.shown_text import ShownText
from coldbyte.ui.editor.syntax_coat import SyntaxCoat
from coldbyte.ui.editor.visible_line import visible_blocks, visible_lines

_HIT, _HIT_FRAME = QColor(255, 200, 0, 70), QColor("#8a6d00")
_BREAK_ON_LIGHT, _BREAK_ON_DARK = QColor("#d9480f"), QColor("#ff922b")


class BlockView(QPlainTextEdit):
    """Shows a `Text`. Offsets are UTF-16 units of the value; Qt's positions also count soft breaks."""

    loaded = Signal()  # all of a new text is in
    shown_anew = Signal()  # another value is shown

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ShownText(self.document())
        self._coat = SyntaxCoat(self._shown)
        self._broken: Mark | None = None
        self._marks: list[Mark] = []
        self._hits: Hits | None = None
        self._hit_marks: list[HitMark] = []
        self._hit_colors = HitColors(_HIT, _HIT_FRAME)
        self._seen = (0, 0)
        self._invisible_color: QColor | None = None
        self._break_color: QColor | None = None
        self._refreshing = QTimer(self, interval=0, singleShot=True)
        self._refreshing.timeout.connect(self._refresh)
        self._waiting: list[tuple[int, Callable[[], None]]] = []
        self._wants_read_only = False
        self._shows_cursor = False
        self._margin = EditorMargin(self)
        self.setUndoRedoEnabled(False)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._shown.grown.connect(self._do_waiting)
        self._shown.filled.connect(self._end_loading)
        self.updateRequest.connect(self._refresh_after)
        self._fit_margin()

    @property
    def text(self) -> Text:
        """The value."""
        return self._shown.text

    @property
    def is_loading(self) -> bool:
        """Whether a part of the text is not in yet; the view is read-only meanwhile."""
        return self._shown.is_filling

    @property
    def show_invisibles(self) -> bool:
        """Whether invisible characters are drawn. Those that Qt can't hold are always drawn."""
        return self._shown.everything

    @show_invisibles.setter
    def show_invisibles(self, shows: bool) -> None:
        if shows == self._shown.everything:
            return
        selection, top = self._selection(), self._top()
        self._shown.show(self.text, everything=shows)
        self._begin_loading()
        self._return_to(selection, top)

    @property
    def syntax_colours(self) -> bool:
        """Whether keys, strings, tags and headings have colours of their own."""
        return self._coat.is_on

    @syntax_colours.setter
    def syntax_colours(self, wanted: bool) -> None:
        self._coat.is_on = wanted
        self._refresh()

    @property
    def language(self) -> Language | None:
        """What the text is coloured as; None: by what it starts with."""
        return self._coat.language

    @language.setter
    def language(self, language: Language | None) -> None:
        self._coat.language = language
        self._refresh()

    @property
    def selected_span(self) -> Span:
        """Start and stop of the selection, as UTF-16 offsets of the value."""
        anchor, position = self._selection()
        return min(anchor, position), max(anchor, position)

    def show_span(self, span: Span) -> None:
        """Select a stretch of the value and show it, once it is loaded."""

        def go() -> None:
            self._select(span)
            self._shows_cursor = not self.isVisible()
            room = self.viewport().rect()
            if not room.adjusted(0, 0, 0, -self.fontMetrics().height()).contains(self.cursorRect()):
                self.centerCursor()

        self._when_in(span[1], go)

    def show_hits(self, hits: Hits | None) -> None:
        """Mark the hits of a search, the one that is selected before all."""
        self._hits = hits
        self._find_hit_marks()

    @property
    def hit_colors(self) -> HitColors:
        """What hits are drawn in."""
        return self._hit_colors

    def offsets_at(self, shares: Sequence[float]) -> list[int]:
        """Where in the value the shares (0 to 1) of the way down the lines are; 1 is behind the end."""
        return [self._shown.offset_at(share) for share in shares]

    def set_text(self, text: Text) -> None:
        """Show another value, from its start."""
        self._waiting.clear()
        self._broken = None
        self._shown.show(text, everything=self._shown.everything)
        self._select((0, 0))
        self._begin_loading()
        self.shown_anew.emit()

    def go_to(self, byte: int) -> None:
        """Put the cursor before the character that holds `byte` and show it, once it is loaded."""
        offset = self.text.utf16_at(min(byte, self.text.size))

        def go() -> None:
            self._select((offset, offset))
            self._shows_cursor = not self.isVisible()
            if not self.viewport().rect().contains(self.cursorRect()):
                self.centerCursor()

        self._when_in(offset, go)

    def mark_break(self, byte: int | None, length: int = 0) -> None:
        """Mark the characters that hold `length` bytes from `byte` on as the break, None for no break.

        The mark moves along with edits before it.
        """
        if byte is None:
            self._broken = None
        else:
            start = self.text.utf16_at(min(byte, self.text.size))
            last = self.text.utf16_at(min(byte + length - 1, self.text.size)) if length else start
            stop = last + utf16_length(char_after(self.text, last)) if length else start
            self._broken = Mark(start, stop, "break")
        self._refresh()
        self.viewport().update()

    def setReadOnly(self, read_only: bool) -> None:
        """Forbid editing; while a text loads it is forbidden anyhow."""
        self._wants_read_only = read_only
        super().setReadOnly(read_only or self.is_loading)

    def createMimeDataFromSelection(self) -> QMimeData:
        """The selected characters of the value, not what Qt makes of them."""
        return mime_of(self.text.slice(*sorted(self._selection())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, its blanks, and a bar where the break is."""
        lines = list(visible_lines(self, QRectF(event.rect())))
        colors = self._mark_colors()
        grounds = QPainter(self.viewport())
        paint_hit_grounds(grounds, lines, self._hit_marks, self._hit_colors)
        paint_grounds(grounds, lines, self._marks, colors)
        grounds.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        paint_hit_frames(painter, lines, self._hit_marks, self._hit_colors)
        cursor = self.textCursor()
        paint_signs(painter, lines, self._marks, colors, (cursor.selectionStart(), cursor.selectionEnd()))
        if self.show_invisibles:
            color = faint(self.palette().color(QPalette.ColorRole.Text), 100)
            paint_blanks(painter, lines, self._shown.rows, color, colors.invisible)
        place = self._break_place()
        if place is not None:
            painter.fillRect(QRectF(place.left() - 1, place.top(), 2, place.height()), colors.broken)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin at the left edge."""
        super().resizeEvent(event)
        self._fit_margin()
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the cursor that was put somewhere before there was anything to see."""
        super().showEvent(event)
        if self._shows_cursor:
            self._shows_cursor = False
            self.centerCursor()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font and the palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._coat.forget()
            self._fit_margin()
            self._refresh()

    def viewportEvent(self, event: QEvent) -> bool:
        """Name an invisible character under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            char = self._char_at(event.pos())
            tip = f"U+{ord(char):04X} {name_of(char)}" if char and is_invisible(char) else ""
            QToolTip.showText(event.globalPos(), tip, self.viewport())
            return True
        return super().viewportEvent(event)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Mark what came into sight."""
        super().scrollContentsBy(dx, dy)
        self._refresh()

    def _get_invisible_color(self) -> QColor:
        return self._invisible_color or self.palette().color(QPalette.ColorRole.Accent)

    def _set_invisible_color(self, color: QColor) -> None:
        self._invisible_color = color
        self.viewport().update()

    def _get_break_color(self) -> QColor:
        dark = self.palette().color(QPalette.ColorRole.Base).lightness() < 128
        return self._break_color or (_BREAK_ON_DARK if dark else _BREAK_ON_LIGHT)

    def _set_break_color(self, color: QColor) -> None:
        self._break_color = color
        self._refresh()
        self.viewport().update()

    def _get_hit_color(self) -> QColor:
        return self._hit_colors.ground

    def _set_hit_color(self, color: QColor) -> None:
        self._hit_colors = replace(self._hit_colors, ground=color)
        self.viewport().update()

    def _get_hit_frame_color(self) -> QColor:
        return self._hit_colors.frame

    def _set_hit_frame_color(self, color: QColor) -> None:
        self._hit_colors = replace(self._hit_colors, frame=color)
        self.viewport().update()

    # A style sheet names them: qproperty-invisibleColor and so on.
    invisibleColor = Property(QColor, _get_invisible_color, _set_invisible_color)  # noqa: N815
    breakColor = Property(QColor, _get_break_color, _set_break_color)  # noqa: N815
    hitColor = Property(QColor, _get_hit_color, _set_hit_color)  # noqa: N815
    hitFrameColor = Property(QColor, _get_hit_frame_color, _set_hit_frame_color)  # noqa: N815

    def _begin_loading(self) -> None:
        if self.is_loading:
            super().setReadOnly(True)

    def _end_loading(self) -> None:
        super().setReadOnly(self._wants_read_only)
        self.loaded.emit()

    def _when_in(self, offset: int, action: Callable[[], None]) -> None:
        """Do something as soon as the text is shown up to `offset`."""
        self._waiting.append((offset, action))
        self._do_waiting()

    def _do_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for offset, action in waiting:
            # A cursor at the very end would be pushed on by the next slice.
            if offset < self._shown.held or not self.is_loading:
                action()
            else:
                self._waiting.append((offset, action))
        self._refreshing.start()

    def _selection(self) -> Selection:
        cursor, to_value = self.textCursor(), self._shown.rows.to_value
        return to_value(cursor.anchor()), to_value(cursor.position())

    def _select(self, selection: Selection, *, row_end: bool = False) -> None:
        """Select in the value; at a soft break the start of the next row is meant, or the end of this one."""
        to_view = self._shown.rows.to_row_end if row_end else self._shown.rows.to_view
        anchor, position = (to_view(whole(self.text, offset)) for offset in selection)
        cursor = self.textCursor()
        cursor.setPosition(anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _carry_break(self, start: int, stop: int, end: int) -> None:
        """Let the break move along when the units from `start` to `stop` became others up to `end`."""
        if self._broken is not None:
            first = carried(self._broken.start, start, stop, end)
            last = carried(self._broken.stop, start, stop, end)
            self._broken = Mark(first, max(first, last), "break")

    def _top(self) -> int:
        """Offset of the first row in sight."""
        return self._shown.rows.to_value(self.firstVisibleBlock().position())

    def _return_to(self, selection: Selection, top: int) -> None:
        """Put the cursor and the first row where they were, as soon as these places are loaded."""
        self._when_in(max(selection), lambda: self._select(selection))
        self._when_in(top, lambda: self._scroll_to(top))

    def _scroll_to(self, offset: int) -> None:
        block = self.document().findBlock(self._shown.rows.to_view(offset))
        self.verticalScrollBar().setValue(block.firstLineNumber())

    def _mark_colors(self) -> MarkColors:
        ground = self.palette().color(QPalette.ColorRole.Base)
        return MarkColors(self._get_invisible_color(), self._get_break_color(), ground)

    def _refresh_after(self, rect: QRect, scrolled: int) -> None:
        if scrolled or rect.contains(self.viewport().rect()):
            self._refreshing.start()

    def _refresh(self) -> None:
        """Find the marks of what is in sight."""
        blocks = list(visible_blocks(self))
        first, last = (blocks[0][0], blocks[-1][0]) if blocks else [self.firstVisibleBlock()] * 2
        end = last.position() + last.length() - 1
        self._seen = first.position(), end
        for place in self._coat.put_on(blocks):
            self.viewport().update(place.toAlignedRect())
        self._find_hit_marks()
        marks = marks_between(self._shown, first.position(), end, self._broken)
        # Where an edit only moved the marks, Qt paints again what there is to paint.
        if [mark.look for mark in marks] != [mark.look for mark in self._marks]:
            self.viewport().update()
        self._marks = marks
        is_break = self._shown.rows.is_break
        continued = [place for block, place in blocks if is_break(block.position() - 1)]
        self._margin.show_marks(continued, self._break_place(), self._get_break_color())

    def _find_hit_marks(self) -> None:
        """Find the hits of what is in sight."""
        marks: list[HitMark] = []
        if self._hits is not None:
            first, last = self._seen
            marks = hit_marks(self._shown, self._hits, self.selected_span, first, last)
        if marks != self._hit_marks:
            self._hit_marks = marks
            self.viewport().update()

    def _break_place(self) -> QRectF | None:
        """Where the break is in the viewport, None where it is out of sight or not loaded."""
        if self._broken is None or self._broken.start > self._shown.held:
            return None
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._shown.rows.to_view(self._broken.start))
        place = QRectF(self.cursorRect(cursor))
        return place if place.intersects(QRectF(self.viewport().rect())) else None

    def _fit_margin(self) -> None:
        self._margin.setFont(self.font())
        width = self._margin.wanted_width
        if self.viewportMargins().left() != width:
            self.setViewportMargins(width, 0, 0, 0)
        inner = self.contentsRect()
        self._margin.setGeometry(inner.left(), inner.top(), width, self.viewport().height())

    def _char_at(self, point: QPoint) -> str:
        cursor = self.cursorForPosition(point)
        position = cursor.position() - (self.cursorRect(cursor).left() > point.x())
        offset = self._shown.rows.to_value(max(position, 0))
        return self.text.slice(offset, offset + 2)[:1]
