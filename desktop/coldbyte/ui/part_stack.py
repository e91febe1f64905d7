"""The editors of several parts, one shown at a time; each keeps its undo history and its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import TextHistory
from coldbyte.state.edit_log import TextDeed
from coldbyte.state.open_draft import TextChange
from coldbyte.ui.editor.block_editor import BlockEditor


class PartStack(QStackedWidget):
    """Makes an editor when its part is first shown."""

    done = Signal(object)  # TextDeed: what becomes of a text; `text_edited` follows
    text_edited = Signal(object)  # TextChange

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._editors: dict[str, BlockEditor] = {}
        self.history_of: Callable[[str], TextHistory] = lambda _key: TextHistory()
        self._show_invisibles = True
        self._zoom = 0

    @property
    def editor(self) -> BlockEditor | None:
        """The editor that is shown; None before the first part."""
        widget = self.currentWidget()
        return widget if isinstance(widget, BlockEditor) else None

    def editor_of(self, key: str) -> BlockEditor | None:
        """The editor of a part if it was ever shown."""
        return self._editors.get(key)

    def key_of(self, editor: BlockEditor) -> str | None:
        """The key of the part that an editor of this stack shows."""
        return next((key for key, known in self._editors.items() if known is editor), None)

    def show_part(self, key: str, text: Text, title: str) -> None:
        """Show the editor of a part."""
        editor = self._editors.get(key)
        if editor is None:
            editor = self._editors[key] = self._new_editor(key, text)
        editor.setAccessibleName(title)
        self.setCurrentWidget(editor)
        self.setFocusProxy(editor)

    def replace_text(self, change: TextChange) -> None:
        """Follow a change that was made elsewhere, undoable in the editor."""
        editor = self._editors.get(change.key)
        if editor is not None and editor.text is not change.text:
            editor.apply_text(change.text)

    def keep_only(self, keys: set[str]) -> None:
        """Close the editors of parts that are gone."""
        for key in self._editors.keys() - keys:
            editor = self._editors.pop(key)
            self.removeWidget(editor)
            editor.deleteLater()

    def start_over(self) -> None:
        """Close all editors: another draft is open, whose parts may have the same keys."""
        self.keep_only(set())

    def set_show_invisibles(self, show: bool) -> None:
        """Draw invisible characters or leave them invisible."""
        self._show_invisibles = show
        for editor in self._editors.values():
            editor.show_invisibles = show

    def zoom(self, points: int) -> None:
        """Make the text of all editors larger or, with a negative number, smaller."""
        self._zoom += points
        for editor in self._editors.values():
            editor.zoomIn(points)

    def _new_editor(self, key: str, text: Text) -> BlockEditor:
        editor = BlockEditor(self)
        editor.setObjectName(f"{self._name}_editor")
        editor.show_invisibles = self._show_invisibles
        editor.zoomIn(self._zoom)
        editor.set_text(text)
        editor.set_history(self.history_of(key))
        editor.done.connect(lambda deed: self.done.emit(TextDeed(key, editor.text, deed)))
        editor.text_edited.connect(lambda new: self.text_edited.emit(TextChange(key, new)))
        self.addWidget(editor)
        return editor
