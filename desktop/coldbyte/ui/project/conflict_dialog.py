"""The dialog for what was changed here and by another program: both sides side by side, one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.project.merge import Side
from coldbyte.core.project.project_merge import Disagreement
from coldbyte.ui.editor.block_view import BlockView


class ConflictDialog(QDialog):
    """Opened with `open()`. Nothing is merged before every conflict is decided and the button is pressed."""

    decided = Signal(object)  # list[Side], one for each conflict

    def __init__(self, conflicts: Sequence[Disagreement], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conflict_dialog")
        self.setWindowTitle(self.tr("Merge"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._conflicts = conflicts
        self._choices: list[Side | None] = [None] * len(conflicts)
        self._list = QListWidget(self)
        self._list.setObjectName("conflict_list")
        self._list.setAccessibleName(self.tr("Conflicts"))
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._place_label = QLabel(self)
        self._place_label.setProperty("role", "heading")
        self._mine_view, self._mine_button = self._side("mine", self.tr("Keep mine"))
        self._theirs_view, self._theirs_button = self._side("theirs", self.tr("Take theirs"))
        self._all_mine_button = QPushButton(self.tr("All mine"), self)
        self._all_theirs_button = QPushButton(self.tr("All theirs"), self)
        self._left_label = QLabel(self)
        self._left_label.setProperty("role", "muted")
        self._cancel_button = QPushButton(self.tr("Cancel"), self)
        self._merge_button = QPushButton(self.tr("Merge"), self)
        self._merge_button.setObjectName("merge_button")
        self._merge_button.setProperty("role", "primary")
        self._lay_out()
        self._list.addItems([self._title(conflict) for conflict in conflicts])
        self._list.currentRowChanged.connect(self._show)
        self._mine_button.clicked.connect(lambda: self._choose("mine"))
        self._theirs_button.clicked.connect(lambda: self._choose("theirs"))
        self._all_mine_button.clicked.connect(lambda: self._choose_all("mine"))
        self._all_theirs_button.clicked.connect(lambda: self._choose_all("theirs"))
        self._cancel_button.clicked.connect(self.reject)
        self._merge_button.clicked.connect(self._merge)
        self._list.setCurrentRow(0)
        self._show_state()

    @property
    def choices(self) -> tuple[Side | None, ...]:
        """What was decided so far."""
        return tuple(self._choices)

    def _choose(self, side: Side) -> None:
        row = self._list.currentRow()
        self._choices[row] = side
        self._show(row)
        self._show_state()

    def _choose_all(self, side: Side) -> None:
        self._choices = [side] * len(self._conflicts)
        self._show(self._list.currentRow())
        self._show_state()

    def _merge(self) -> None:
        self.decided.emit([side for side in self._choices if side is not None])
        self.accept()

    def _show(self, row: int) -> None:
        conflict, choice = self._conflicts[row], self._choices[row]
        self._place_label.setText(self._title(conflict))
        self._mine_view.set_text(conflict.mine)
        self._theirs_view.set_text(conflict.theirs)
        self._mine_button.setChecked(choice == "mine")
        self._theirs_button.setChecked(choice == "theirs")

    def _show_state(self) -> None:
        for row, (conflict, choice) in enumerate(zip(self._conflicts, self._choices, strict=True)):
            mark = {"mine": self.tr("✓ mine"), "theirs": self.tr("✓ theirs"), None: self.tr("open")}[choice]
            item = self._list.item(row)
            item.setText(f"{mark} · {self._title(conflict)}")
            item.setToolTip(self._title(conflict))
        left = self._choices.count(None)
        count = len(self._conflicts)
        self._left_label.setText(
            self.tr("{left} of {count} to decide").format(left=f"{left:,}", count=f"{count:,}")
            if left
            else self.tr("All decided. Merging can be undone.")
        )
        self._merge_button.setEnabled(not left)

    def _title(self, conflict: Disagreement) -> str:
        what = {
            "part": self.tr("removed on one side, changed on the other"),
            "ttl": self.tr("breakpoint"),
            "order": self.tr("order"),
            "text": self.tr("line {line}").format(line=f"{conflict.line:,}"),
        }.get(conflict.what, conflict.what.replace("_", " "))
        return f"{conflict.where}, {what}" if what else conflict.where

    def _side(self, name: str, title: str) -> tuple[BlockView, QToolButton]:
        view, button = BlockView(self), QToolButton(self)
        view.setObjectName(f"{name}_view")
        view.setReadOnly(True)
        view.setAccessibleName(title)
        button.setObjectName(f"{name}_button")
        button.setProperty("role", "chip")
        button.setText(title)
        button.setCheckable(True)
        return view, button

    def _lay_out(self) -> None:
        sides = QWidget(self)
        grid = QGridLayout(sides)
        grid.setContentsMargins(8, 0, 0, 0)
        grid.addWidget(self._place_label, 0, 0, 1, 2)
        for column, (button, view) in enumerate(
            ((self._mine_button, self._mine_view), (self._theirs_button, self._theirs_view))
        ):
            grid.addWidget(button, 1, column)
            grid.addWidget(view, 2, column)
            grid.setColumnStretch(column, 1)
        splitter = QSplitter(self)
        splitter.addWidget(self._list)
        splitter.addWidget(sides)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([280, 680])
        words = QLabel(self)
        words.setText(
            self.tr("These places were changed here (mine) and by another program (theirs): which stays?")
        )
        words.setWordWrap(True)
        row = QHBoxLayout()
        for widget in (self._all_mine_button, self._all_theirs_button):
            row.addWidget(widget)
        row.addWidget(self._left_label, 1)
        for widget in (self._cancel_button, self._merge_button):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addWidget(splitter, 1)
        layout.addLayout(row)
        self.resize(980, 520)
