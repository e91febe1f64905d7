"""One edit by itself: what stood there, what stands there since, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from coldbyte.core.history.snapshot import Snapshot
from coldbyte.core.prefix.microscope import Snippet
from coldbyte.ui.history.edit_words import edit_line, effect_line, why_not_line
from coldbyte.ui.prefix.snippet_view import SnippetView


@dataclass(frozen=True, slots=True)
class EditCase:
    """An edit, the `index` of `count`, with what stood there before and after it.

    `broke`: it is the one that broke the prefix. `can_take_back`: it still stands in the draft. `of_draft`:
    it is one of the draft that is open, not one before an exchange of the history.
    """

    edit: Snapshot
    index: int
    count: int
    broke: bool
    before: Snippet | None = None
    after: Snippet | None = None
    can_take_back: bool = False
    of_draft: bool = True


class EditDialog(QDialog):
    """Opened with `open()`."""

    step_requested = Signal(int)  # −1 to the edit before, +1 to the one after
    take_back_requested = Signal()

    def __init__(self, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("edit_dialog")
        self.setWindowTitle(self.tr("Which edit broke it?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._clock = clock
        self._title_label = self._line("edit_title", "heading")
        self._what_label = self._line("edit_what", "")
        self._effect_label = self._line("edit_effect", "muted")
        self._snippet_view = SnippetView(self, (self.tr("Before"), self.tr("After")))
        self._why_label = self._line("edit_why", "caption")
        self._back_button = self._button("edit_back", self.tr("‹ Edit before"))
        self._forward_button = self._button("edit_forward", self.tr("Edit after ›"))
        self._take_back_button = self._button("take_back_button", self.tr("Take back just this edit"))
        self._take_back_button.setProperty("role", "primary")
        self._close_button = self._button("edit_close", self.tr("Close"))
        self._lay_out()
        self._back_button.clicked.connect(lambda: self.step_requested.emit(-1))
        self._forward_button.clicked.connect(lambda: self.step_requested.emit(+1))
        self._take_back_button.clicked.connect(self.take_back_requested)
        self._close_button.clicked.connect(self.reject)

    @property
    def text(self) -> str:
        """All words that are shown; what differs stands in ⟦brackets⟧."""
        lines = [self._title_label.text(), self._what_label.text(), self._effect_label.text()]
        if not self._snippet_view.isHidden():
            lines += self._snippet_view.lines
        if not self._why_label.isHidden():
            lines.append(self._why_label.text())
        return "\n".join(lines)

    def show_case(self, case: EditCase) -> None:
        """Show an edit."""
        number = self.tr("Edit {n} of {count} since the baseline").format(n=case.index + 1, count=case.count)
        broke = self.tr("This edit broke the prefix")
        self._title_label.setText(f"{broke} · {number}" if case.broke else number)
        self._what_label.setText(edit_line(case.edit))
        self._effect_label.setText(effect_line(case.edit, self._clock()))
        shown = case.before is not None or case.after is not None
        self._snippet_view.setVisible(shown)
        self._snippet_view.show_snippets(case.before, case.after)
        self._back_button.setEnabled(case.index > 0)
        self._forward_button.setEnabled(case.index < case.count - 1)
        why = why_not_line(case.edit, of_draft=case.of_draft)
        self._take_back_button.setEnabled(case.can_take_back)
        self._take_back_button.setToolTip("" if case.can_take_back else why)
        self._why_label.setText(why)
        self._why_label.setVisible(not case.can_take_back)

    def _line(self, name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._back_button)
        row.addWidget(self._forward_button)
        row.addStretch(1)
        row.addWidget(self._take_back_button)
        row.addWidget(self._close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(10)
        for widget in (self._title_label, self._what_label, self._effect_label, self._snippet_view):
            column.addWidget(widget)
        column.addWidget(self._why_label)
        column.addStretch(1)
        column.addLayout(row)
        self.setMinimumWidth(640)
