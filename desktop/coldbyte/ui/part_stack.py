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
from coldbyte.ui.editor.editor_frame import EditorFrame


class PartStack(QStackedWidget):
    """Makes an editor when its part is first shown."""

    done = Signal(object)  # TextDeed: what becomes of a text; `text_edited` follows
    text_edited = Signal(object)  # TextChange

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._frames: dict[str, EditorFrame] = {}
        self.history_of: Callable[[str], TextHistory] = lambda _key: TextHistory()
        self._show_invisibles = True
        self._syntax_colours = True
        self._zoom = 0

    @property
    def editor(self) -> BlockEditor | None:
        """The editor that is shown; None before the first part."""
        widget = self.currentWidget()
        return widget.editor if isinstance(widget, EditorFrame) else None

    def editor_of(self, key: str) -> BlockEditor | None:
        """The editor of a part if it was ever shown."""
        frame = self._frames.get(key)
        return frame.editor if frame else None

    def key_of(self, editor: BlockEditor) -> str | None:
        """The key of the part that an editor of this stack shows."""
        return next((key for key, frame in self._frames.items() if frame.editor is editor), None)

    def show_part(self, key: str, text: Text, title: str) -> None:
        """Show the editor of a part."""
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = self._new_frame(key, text)
        frame.editor.setAccessibleName(title)
        self.setCurrentWidget(frame)
        self.setFocusProxy(frame.editor)

    def replace_text(self, change: TextChange) -> None:
        """Follow a change that was made elsewhere, undoable in the editor."""
        editor = self.editor_of(change.key)
        if editor is not None and editor.text is not change.text:
            editor.apply_text(change.text)

    def keep_only(self, keys: set[str]) -> None:
        """Close the editors of parts that are gone."""
        for key in self._frames.keys() - keys:
            frame = self._frames.pop(key)
            self.removeWidget(frame)
            frame.deleteLater()

    def start_over(self) -> None:
        """Close all editors: another draft is open, whose parts may have the same keys."""
        self.keep_only(set())

    def set_show_invisibles(self, show: bool) -> None:
        """Draw invisible characters or leave them invisible."""
        self._show_invisibles = show
        for frame in self._frames.values():
            frame.editor.show_invisibles = show

    def set_syntax_colours(self, wanted: bool) -> None:
        """Colour keys, strings, tags and headings, or nothing."""
        self._syntax_colours = wanted
        for frame in self._frames.values():
            frame.editor.syntax_colours = wanted

    def zoom(self, points: int) -> None:
        """Make the text of all editors larger or, with a negative number, smaller."""
        self._zoom += points
        for frame in self._frames.values():
            frame.editor.zoomIn(points)

    def _new_frame(self, key: str, text: Text) -> EditorFrame:
        frame = EditorFrame(self)
        editor = frame.editor
        editor.setObjectName(f"{self._name}_editor")
        editor.show_invisibles = self._show_invisibles
        editor.syntax_colours = self._syntax_colours
        editor.zoomIn(self._zoom)
        editor.set_text(text)
        editor.set_history(self.history_of(key))
        editor.done.connect(lambda deed: self.done.emit(TextDeed(key, editor.text, deed)))
        editor.text_edited.connect(lambda new: self.text_edited.emit(TextChange(key, new)))
        self.addWidget(frame)
        return frame
