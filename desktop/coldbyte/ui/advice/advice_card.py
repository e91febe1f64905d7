"""One piece of advice: its title, its amount, why, and the button that applies it with what it would do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from coldbyte.ui.advice.advice_sheet import AdviceRow
from coldbyte.ui.advice.advice_words import moves_words


class AdviceCard(QFrame):
    """What the button would do stands beside it, before it is pressed."""

    apply_requested = Signal(object)  # AdviceRow

    def __init__(self, row: AdviceRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("advice_card")
        self.setProperty("tone", "" if row.saves or row.breakpoints is not None else "plain")
        self._row = row
        self._title_label = self._label("title_label", "heading", row.title)
        self._figure_label = self._label("figure_label", "figure", row.figure)
        if row.saves:
            tip = self.tr("Over the observed requests; no promise about the next ones")
            self._figure_label.setToolTip(tip)
        self._say_label = self._label("say_label", "", row.say)
        self._say_label.setWordWrap(True)
        self._moves_label = self._label("moves_label", "caption", moves_words(row.moves))
        self._moves_label.setWordWrap(True)
        self._apply_button = QPushButton(self.tr("Apply to the draft"), self)
        self._apply_button.setObjectName("apply_button")
        self._apply_button.setToolTip(
            self.tr("Moves the breakpoints; texts aren't touched. It can be taken back.")
        )
        self._apply_button.setAccessibleDescription(self._moves_label.text())
        self._apply_button.setVisible(bool(row.moves))
        self._moves_label.setVisible(bool(row.moves))
        self._apply_button.clicked.connect(lambda: self.apply_requested.emit(row))
        self.setAccessibleName(self.text)
        self._lay_out()

    @property
    def row(self) -> AdviceRow:
        """What is shown."""
        return self._row

    @property
    def button(self) -> QPushButton | None:
        """The button that applies it; None where there is nothing to apply."""
        return self._apply_button if self._row.moves else None

    @property
    def text(self) -> str:
        """All words of it, in lines."""
        words = [
            f"{self._row.title}  {self._row.figure}".strip(),
            self._row.say,
            moves_words(self._row.moves),
        ]
        return "\n".join(filter(None, words))

    def _label(self, name: str, role: str, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._title_label, 1)
        head.addWidget(self._figure_label)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self._moves_label, 1)
        foot.addWidget(self._apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 10, 9)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._say_label)
        column.addLayout(foot)
