"""A pane for parts that come one after the other: a list of them, and an editor for the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSplitter, QVBoxLayout, QWidget

from coldbyte.core.draft import Question, Turn
from coldbyte.core.text.text import Text
from coldbyte.state.open_draft import TextChange
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.pane_header import Fold, body_of, pane_header
from coldbyte.ui.part_stack import PartStack
from coldbyte.ui.tool_button import tool_button

_ROW_LENGTH = 160


class PartListPane(QWidget):
    """Shows questions or turns, one of them chosen. `least` of them have to stay."""

    text_edited = Signal(object)  # TextChange
    part_chosen = Signal(str)
    add_requested = Signal()
    remove_requested = Signal(str)

    def __init__(
        self,
        names: tuple[str, str],
        titles: tuple[str, str],
        hint: str,
        tips: tuple[str, str],
        *,
        least: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """`names` and `titles` are for several parts and for one, `tips` say what + and − do."""
        super().__init__(parent)
        name, single = names
        self.setObjectName(f"{name}_pane")
        self._least = least
        self._single = titles[1]
        self._hint_label = ElidedLabel(self)
        self._hint_label.show_text(hint)
        self._hint_label.setProperty("role", "muted")
        self._list = QListWidget(self)
        self._list.setObjectName(f"{name}_list")
        self._list.setAccessibleName(titles[0])
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setMinimumHeight(2 * self.fontMetrics().height())
        self._add_button = tool_button(self, "add_button", "+", tips[0])
        self._remove_button = tool_button(self, "remove_button", "−", tips[1])
        self._stack = PartStack(single, self)
        self.setFocusProxy(self._list)
        body, self._column = body_of(self)
        self.fold = Fold(self, titles[0], body, hidden=(self._hint_label, self._remove_button))
        self._lay_out()
        self._list.currentRowChanged.connect(self._choose)
        self._add_button.clicked.connect(self.add_requested)
        self._remove_button.clicked.connect(self._ask_remove)
        self._stack.text_edited.connect(self._take_edit)

    @property
    def stack(self) -> PartStack:
        """The editors."""
        return self._stack

    @property
    def list(self) -> QListWidget:
        """The list of parts."""
        return self._list

    @property
    def key(self) -> str | None:
        """The key of the chosen part."""
        part = self.part
        return part.key if part is not None else None

    @property
    def part(self) -> Question | Turn | None:
        """The chosen part."""
        row = self._list.currentRow()
        return self._part(row) if row >= 0 else None

    def show_parts(self, parts: Sequence[Question | Turn], chosen: str | None = None) -> None:
        """Show these parts; without a chosen one (its key) that stays which was, or the last one is."""
        wanted = chosen or self.key or ""
        added = 0 < self._list.count() < len(parts)
        self._stack.keep_only({part.key for part in parts})
        self._list.blockSignals(True)
        self._list.clear()
        for part in parts:
            item = QListWidgetItem(self.row_text(part), self._list)
            item.setData(Qt.ItemDataRole.UserRole, part)
        self._list.blockSignals(False)
        self._remove_button.setEnabled(len(parts) > self._least)
        self._stack.setVisible(bool(parts))
        self.fold.say(self.tr("none") if not parts else f"{len(parts)}")
        keys = [part.key for part in parts]
        if chosen is None and keys and (added or wanted not in keys):
            wanted = keys[-1]
        self.select(wanted)

    def select(self, key: str) -> bool:
        """Choose the part with this key; whether there is one."""
        for row in range(self._list.count()):
            if self._part(row).key == key:
                self._list.setCurrentRow(row)
                self._show(self._part(row))
                return True
        return False

    def replace_text(self, change: TextChange) -> None:
        """Follow a change that was made elsewhere."""
        self._note(change)
        self._stack.replace_text(change)

    def row_text(self, part: Question | Turn) -> str:
        """A part in the list."""
        return first_words(part.text) or self.tr("(empty)")

    def _choose(self, row: int) -> None:
        if row >= 0:
            self._show(self._part(row))
            self.part_chosen.emit(self._part(row).key)

    def _show(self, part: Question | Turn) -> None:
        self._stack.show_part(part.key, part.text, self._single)
        if self._stack.editor is not None:
            self.setTabOrder(self._list, self._stack.editor)

    def _take_edit(self, change: TextChange) -> None:
        self._note(change)
        self.text_edited.emit(change)

    def _note(self, change: TextChange) -> None:
        for row in range(self._list.count()):
            if self._part(row).key == change.key:
                part = replace(self._part(row), text=change.text)
                self._list.item(row).setData(Qt.ItemDataRole.UserRole, part)
                self._list.item(row).setText(self.row_text(part))

    def _ask_remove(self) -> None:
        if self._list.count() > self._least and self.key is not None:
            self.remove_requested.emit(self.key)

    def _part(self, row: int) -> Question | Turn:
        part = self._list.item(row).data(Qt.ItemDataRole.UserRole)
        assert isinstance(part, Question | Turn)
        return part

    def controls(self) -> tuple[QWidget, ...]:
        """What stands in the header before + and −."""
        return ()

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self._list)
        split.addWidget(self._stack)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        controls = (self.fold.fact_label, *self.controls(), self._add_button, self._remove_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(pane_header(self.fold.title_button, self._hint_label, *controls))
        column.addWidget(self.fold.body, 1)
        self._column.addWidget(split, 1)


def first_words(text: Text) -> str:
    """How a text begins, in one line; no more of it is read."""
    start = text.slice(0, min(_ROW_LENGTH, text.utf16))
    return " ".join(start.split())
