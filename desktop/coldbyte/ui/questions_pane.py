"""The pane of questions, of which the chosen one is sent."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from coldbyte.core.draft import Question
from coldbyte.ui.part_list_pane import PartListPane

translate = QCoreApplication.translate


class QuestionsPane(PartListPane):
    """One question has to stay."""

    question_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        titles = (translate("QuestionsPane", "Questions"), translate("QuestionsPane", "Question"))
        hint = translate("QuestionsPane", "The chosen one is sent, behind the documents.")
        tips = (
            translate("QuestionsPane", "Add a question"),
            translate("QuestionsPane", "Remove the question"),
        )
        super().__init__(("questions", "question"), titles, hint, tips, least=1, parent=parent)
        self.part_chosen.connect(self.question_chosen)

    def show_questions(self, questions: Sequence[Question], chosen: str) -> None:
        """Show these questions, one of them chosen."""
        self.show_parts(questions, chosen)
