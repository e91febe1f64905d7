"""The editor of a block: Qt's plain text editor as a view on a `Text` that keeps every byte."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from coldbyte.core.text.replacement import difference
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Act, Change, Deed, TextHistory, utf16_length
from coldbyte.ui.editor.block_view import BlockView
from coldbyte.ui.editor.edit_range import (
    carried,
    deletion_range,
    moved,
    newline_of,
    splits_newline,
    whole,
)
from coldbyte.ui.editor.editor_key import deletion_of, is_newline, is_redo, typed_by
from coldbyte.ui.editor.editor_menu import MenuEntry, menu_of
from coldbyte.ui.editor.exact_clipboard import chars_of, has_chars, mime_of
from coldbyte.ui.editor.shown_text import Edit

_Key = QKeySequence.StandardKey


class BlockEditor(BlockView):
    """Edits a `Text`. Every edit, whoever makes it, is one step of undo and one `text_edited`."""

    done = Signal(object)  # Deed: what becomes of the text; `text_edited` follows
    text_edited = Signal(object)  # Text: the new value
    pasted = Signal(object)  # str: what a paste or a drop inserted; a str signal would drop a leading U+FEFF

    def __init__(self, parent: QWidget | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._history = TextHistory()
        self._is_editing = False
        self._is_dropping = False
        self._moves_on = False
        self._steps = (False, False)
        self.setTabChangesFocus(False)
        self._shown.edited.connect(self._adopt)
        self.cursorPositionChanged.connect(self._follow_cursor)
        self.selectionChanged.connect(self._follow_cursor)

    @property
    def can_undo(self) -> bool:
        """Whether undo() would change the text."""
        return self._history.can_undo and not self.isReadOnly()

    @property
    def can_redo(self) -> bool:
        """Whether redo() would change the text."""
        return self._history.can_redo and not self.isReadOnly()

    def set_text(self, text: Text) -> None:
        """Show another value, from its start, and forget the steps of undo."""
        self._history.clear()
        super().set_text(text)
        self._say_steps()

    def set_history(self, history: TextHistory) -> None:
        """Take over the steps of undo that belong to the value, and add to them."""
        self._history = history
        self._say_steps()

    def apply_text(self, text: Text) -> None:
        """Replace the value by another as one step of undo; the cursor and the scroll position stay."""
        stretch = difference(self.text, text)
        if stretch is not None:
            self._edit(*stretch, result=text, follow=False)

    def replace_range(self, start: int, stop: int, chars: str) -> None:
        """Replace the UTF-16 units from `start` to `stop` as one step of undo."""
        self._edit(start, stop, chars, follow=False)

    def undo(self) -> None:
        """Take the last step back."""
        if self.can_undo:
            self._replay(self._history.undo(), "undo")

    def redo(self) -> None:
        """Do the last undone step again."""
        if self.can_redo:
            self._replay(self._history.redo(), "redo")

    def cut(self) -> None:
        """Take the selected characters to the clipboard."""
        start, stop = self._selected()
        if start < stop and not self.isReadOnly():
            QGuiApplication.clipboard().setMimeData(mime_of(self.text.slice(start, stop)))
            self._edit(start, stop, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit by our own rules, leave moving and selecting to Qt."""
        if not self.isReadOnly() and self._edit_by_key(event):
            event.accept()
            return
        self._moves_on = event.matches(_Key.MoveToNextChar) or event.matches(_Key.MoveToNextWord)
        super().keyPressEvent(event)
        self._moves_on = False

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Take what an input method commits; Qt only draws what is being composed."""
        if self.isReadOnly():
            event.ignore()
            return
        commit = event.commitString()
        composing = event.preeditString() != self.textCursor().block().layout().preeditAreaText()
        start, stop = self._selected()
        if event.replacementLength() and start == stop:
            start = max(start + event.replacementStart(), 0)
            stop = start + event.replacementLength()
        if commit or composing or event.replacementLength():
            self._edit(start, stop, commit, typed=True)
        super().inputMethodEvent(QInputMethodEvent(event.preeditString(), event.attributes()))
        self._coat.drop(self.textCursor().block())
        self._refreshing.start()
        event.accept()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text only; while a drop is handled here, Qt must not insert it too."""
        return not self._is_dropping and has_chars(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste the exact characters over the selection."""
        chars = chars_of(source)
        if chars and not self.isReadOnly() and self._edit(*self._selected(), chars):
            self.pasted.emit(chars)

    def dropEvent(self, event: QDropEvent) -> None:
        """Insert what was dropped; within the editor it moves, as one step."""
        wanted = self.canInsertFromMimeData(event.mimeData()) and not self.isReadOnly()
        self._is_dropping = True
        super().dropEvent(event)
        self._is_dropping = False
        if not wanted:
            return
        point = event.position().toPoint()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        is_own = event.source() in (self, self.viewport())
        self._drop(
            event.mimeData(),
            self._shown.rows.to_value(self.cursorForPosition(point).position()),
            moves=is_own and event.dropAction() == Qt.DropAction.MoveAction,
        )
        event.acceptProposedAction()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer our own undo and redo, which Qt's menu does not know of."""
        menu_of(self, self._menu_entries()).popup(event.globalPos())

    def _drop(self, mime: QMimeData, offset: int, *, moves: bool) -> None:
        if moves:
            start, stop = self._selected()
            stretch = moved(self.text, (start, stop), offset)
            if stretch is not None and self._edit(*stretch):
                landed = offset if offset < start else offset - (stop - start)
                self._select((landed, landed + stop - start))
            return
        chars = chars_of(mime)
        if chars and self._edit(offset, offset, chars):
            self.pasted.emit(chars)

    def _edit_by_key(self, event: QKeyEvent) -> bool:
        """Whether the key was a command or characters for us."""
        if event.matches(_Key.Undo):
            self.undo()
        elif is_redo(event):
            self.redo()
        elif event.matches(_Key.Cut):
            self.cut()
        elif is_newline(event):
            self._type(newline_of(self.text))
        elif (reach := deletion_of(event)) is not None:
            self._delete(reach)
        elif event.key() == Qt.Key.Key_Backtab:
            return QWidget.focusNextPrevChild(self, False)
        elif chars := typed_by(event):
            self._type(chars)
        else:
            return False
        return True

    def _type(self, chars: str) -> None:
        self._edit(*self._selected(), chars, typed=True)

    def _delete(self, reach: QTextCursor.MoveOperation) -> None:
        start, stop = self._selected()
        if start == stop:
            start, stop = deletion_range(self.text, self.textCursor(), self._shown.rows, reach)
        self._edit(start, stop, "", typed=True)

    def _edit(
        self,
        start: int,
        stop: int,
        chars: str,
        *,
        typed: bool = False,
        result: Text | None = None,
        follow: bool = True,
    ) -> bool:
        """The one way of our own edits: value, document, history, cursor, signal.

        False: there is nothing to do, or `chars` holds half a UTF-16 pair.

        `follow` puts the cursor behind the edit and shows it; without it, it stays at its characters.
        """
        start, stop = whole(self.text, start), whole(self.text, stop)
        try:
            end = start + utf16_length(chars)
        except UnicodeEncodeError:
            return False
        if start == stop == end:
            return False
        before = self._selection()
        after = (end, end) if follow else tuple(carried(offset, start, stop, end) for offset in before)
        change = Change(start, self.text.slice(start, stop), chars, before, (after[0], after[1]))
        self._put(change, result=result, follow=follow)
        act = self._history.record(change, self._clock(), typed=typed)
        self._announce(Deed(change, act))
        return True

    def _replay(self, change: Change | None, act: Act) -> None:
        if change is not None:
            self._put(change)
            self._announce(Deed(change, act))

    def _put(self, change: Change, *, result: Text | None = None, follow: bool = True) -> None:
        """Make a change in value and document, put the cursor where it says."""
        position, rows = self.textCursor().position(), self._shown.rows
        at_row_end = (
            not change.removed and change.start == rows.to_value(position) and rows.is_break(position)
        )
        stretch = change.start, change.stop, change.end
        top = carried(self._top(), *stretch)
        self._is_editing = True
        self._shown.replace(change.start, stretch[1], change.inserted, row_end=at_row_end, result=result)
        self._carry_break(*stretch)
        self._begin_loading()
        if self.is_loading:
            self._return_to(change.after, top)
        else:
            self._select(change.after, row_end=at_row_end)
        if follow and not self.is_loading:
            self.ensureCursorVisible()
        self._is_editing = False

    def _adopt(self, edit: Edit) -> None:
        """Remember an edit that Qt made by itself; value and document have it already."""
        start, end = edit.start, edit.start + utf16_length(edit.inserted)
        stop = start + utf16_length(edit.removed)
        change = Change(start, edit.removed, edit.inserted, (start, stop), (end, end))
        act = self._history.record(change, self._clock())
        self._carry_break(start, stop, end)
        self._refreshing.start()
        self._say_steps()
        self.done.emit(Deed(change, act))
        self.text_edited.emit(self.text)

    def _selected(self) -> tuple[int, int]:
        """Start and stop of the selection."""
        anchor, position = self._selection()
        return min(anchor, position), max(anchor, position)

    def _announce(self, deed: Deed) -> None:
        self._leave_newline()
        self._refresh()
        self._say_steps()
        self.done.emit(deed)
        self.text_edited.emit(self.text)

    def _say_steps(self) -> None:
        before, self._steps = self._steps, (self._history.can_undo, self._history.can_redo)
        if before[0] != self._steps[0]:
            self.undoAvailable.emit(self._steps[0])
        if before[1] != self._steps[1]:
            self.redoAvailable.emit(self._steps[1])

    def _follow_cursor(self) -> None:
        if not self._is_editing:
            self._history.end_run()
            self._leave_newline()

    def _leave_newline(self) -> None:
        """Keep the cursor out of a CRLF, where typing would tear it apart."""
        anchor, position = self._selection()
        if anchor == position and splits_newline(self.text, position):
            position += 1 if self._moves_on else -1
            self._select((position, position))

    def _menu_entries(self) -> list[MenuEntry]:
        selected, writes = self.textCursor().hasSelection(), not self.isReadOnly()
        return [
            MenuEntry("&Undo", self.undo, _Key.Undo, self.can_undo, 0),
            MenuEntry("&Redo", self.redo, _Key.Redo, self.can_redo, 0),
            MenuEntry("Cu&t", self.cut, _Key.Cut, selected and writes, 1),
            MenuEntry("&Copy", self.copy, _Key.Copy, selected, 1),
            MenuEntry("&Paste", self.paste, _Key.Paste, self.canPaste(), 1),
            MenuEntry("&Delete", self._delete_selection, None, selected and writes, 1),
            MenuEntry("Select &All", self.selectAll, _Key.SelectAll, self.text.size > 0, 2),
        ]

    def _delete_selection(self) -> None:
        self._edit(*self._selected(), "")
