"""The pane of questions: a list, and an editor for the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.draft import Question
from coldbyte.state.open_draft import TextChange
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.pane_header import pane_header
from coldbyte.ui.part_stack import PartStack
from coldbyte.ui.tool_button import tool_button

_ROW_LENGTH = 160


class QuestionsPane(QWidget):
    """The chosen question is the one that is sent."""

    text_edited = Signal(object)  # TextChange
    question_chosen = Signal(str)
    add_requested = Signal()
    remove_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("questions_pane")
        self._title_label = QLabel(self.tr("Questions"), self)
        self._title_label.setProperty("role", "heading")
        self._hint_label = ElidedLabel(self)
        self._hint_label.show_text(self.tr("The chosen one is sent, behind the documents."))
        self._hint_label.setProperty("role", "muted")
        self._list = QListWidget(self)
        self._list.setObjectName("questions_list")
        self._list.setAccessibleName(self.tr("Questions"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._add_button = tool_button(self, "add_button", "+", self.tr("Add a question"))
        self._remove_button = tool_button(self, "remove_button", "−", self.tr("Remove the question"))
        self._stack = PartStack("question", self)
        self.setFocusProxy(self._list)
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
        """The list of questions."""
        return self._list

    def show_questions(self, questions: Sequence[Question], chosen: str) -> None:
        """Show these questions, one of them chosen."""
        self._stack.keep_only({question.key for question in questions})
        self._list.blockSignals(True)
        self._list.clear()
        for question in questions:
            item = QListWidgetItem(_row_text(question), self._list)
            item.setData(Qt.ItemDataRole.UserRole, question)
        self._list.blockSignals(False)
        self._remove_button.setEnabled(len(questions) > 1)
        self.select(chosen)

    def select(self, key: str) -> None:
        """Choose the question with this key."""
        for row in range(self._list.count()):
            if self._question(row).key == key:
                self._list.setCurrentRow(row)
                self._show(self._question(row))

    def replace_text(self, change: TextChange) -> None:
        """Follow a change that was made elsewhere."""
        self._note(change)
        self._stack.replace_text(change)

    def _choose(self, row: int) -> None:
        if row >= 0:
            self._show(self._question(row))
            self.question_chosen.emit(self._question(row).key)

    def _show(self, question: Question) -> None:
        self._stack.show_part(question.key, question.text, self.tr("Question"))
        if self._stack.editor is not None:
            self.setTabOrder(self._list, self._stack.editor)

    def _take_edit(self, change: TextChange) -> None:
        self._note(change)
        self.text_edited.emit(change)

    def _note(self, change: TextChange) -> None:
        for row in range(self._list.count()):
            if self._question(row).key == change.key:
                question = Question(change.key, change.text)
                self._list.item(row).setData(Qt.ItemDataRole.UserRole, question)
                self._list.item(row).setText(_row_text(question))

    def _ask_remove(self) -> None:
        if self._list.count() > 1:
            self.remove_requested.emit(self._question(self._list.currentRow()).key)

    def _question(self, row: int) -> Question:
        question = self._list.item(row).data(Qt.ItemDataRole.UserRole)
        assert isinstance(question, Question)
        return question

    def _lay_out(self) -> None:
        controls = (self._add_button, self._remove_button)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self._list)
        split.addWidget(self._stack)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(pane_header(self._title_label, self._hint_label, *controls))
        column.addWidget(split, 1)


def _row_text(question: Question) -> str:
    start = question.text.slice(0, min(_ROW_LENGTH, question.text.utf16))
    return " ".join(start.split()) or "(empty)"
