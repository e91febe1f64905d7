"""The view “Advice”: whether caching pays, where breakpoints belong, and what each block is worth."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from coldbyte.ui.advice.advice_card import AdviceCard
from coldbyte.ui.advice.advice_sheet import AdviceSheet
from coldbyte.ui.advice.block_table import BlockTable
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.scroll_column import scroll_column


class AdviceView(QWidget):
    """Cards below each other; the table of blocks is folded below them."""

    apply_requested = Signal(object)  # AdviceRow
    shown = Signal()  # it can be seen again, and wants to be filled

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("advice_view")
        self.setAccessibleName(self.tr("Advice"))
        self._sheet: AdviceSheet | None = None
        self._cards: list[AdviceCard] = []
        self._about_label = ElidedLabel(self)
        self._about_label.setObjectName("advice_about_label")
        self._about_label.setProperty("role", "caption")
        self._thinking_label = ElidedLabel(self)
        self._thinking_label.setObjectName("thinking_label")
        self._thinking_label.setProperty("role", "caption")
        self._empty_label = QLabel(self)
        self._empty_label.setObjectName("no_advice_label")
        self._empty_label.setProperty("role", "placeholder")
        self._empty_label.setWordWrap(True)
        self._empty_label.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._fold_button = QToolButton(self)
        self._fold_button.setObjectName("fold_button")
        self._fold_button.setCheckable(True)
        self._fold_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold_button.setText(self.tr("Block by block"))
        self._fold_button.setToolTip(self.tr("What the observed requests did with each block of the draft"))
        self._table = BlockTable(self)
        self._lay_out()
        self._fold(False)
        self._fold_button.toggled.connect(self._fold)
        self._say_empty(False)
        self.show_sheet(None)

    @property
    def cards(self) -> tuple[AdviceCard, ...]:
        """The cards, from top to bottom."""
        return tuple(self._cards)

    @property
    def text(self) -> str:
        """All words that are shown, in lines."""
        if self._sheet is None:
            return self._empty_label.text()
        said = [self._about_label.text(), *(card.text for card in self._cards)]
        return "\n\n".join([*said, self._table.text] if self._fold_button.isChecked() else said)

    def show_sheet(self, sheet: AdviceSheet | None) -> None:
        """Show advice; None where there is no prompt."""
        before = self._sheet.rows if self._sheet else ()
        self._sheet = sheet
        self._scroll.setVisible(sheet is not None)
        self._empty_label.setVisible(sheet is None)
        self._about_label.show_text(sheet.about if sheet else "")
        rows = sheet.rows if sheet else ()
        if rows != before or not rows:
            self._show_cards(sheet)
        if sheet is not None:
            self._table.show_rows(sheet.blocks)

    def show_thinking(self, thinking: bool) -> None:
        """Say that newer advice is on its way."""
        self._thinking_label.show_text(self.tr("thinking …") if thinking and self._sheet else "")
        self._say_empty(thinking)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask to be filled."""
        super().showEvent(event)
        self.shown.emit()

    @property
    def _buttons(self) -> list[QPushButton]:
        """The buttons of the cards."""
        return [card.button for card in self._cards if card.button is not None]

    def _show_cards(self, sheet: AdviceSheet | None) -> None:
        widget = QApplication.focusWidget()
        focused = widget is not None and any(card.isAncestorOf(widget) for card in self._cards)
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [AdviceCard(row, self._scroll.widget()) for row in (sheet.rows if sheet else ())]
        for index, card in enumerate(self._cards):
            card.apply_requested.connect(self.apply_requested)
            self._column.insertWidget(index, card)
            card.show()
        for before, after in pairwise([*self._buttons, self._fold_button, self._table]):
            QWidget.setTabOrder(before, after)
        self.setFocusProxy(next(iter(self._buttons), self._fold_button) if self._cards else self._empty_label)
        if focused:
            self.setFocus()

    def _say_empty(self, thinking: bool) -> None:
        """Say what the advice is about, or that it is on its way."""
        if thinking:
            say = self.tr("thinking …")
        else:
            say = self.tr(
                "No advice yet.\n\nChoose a question: advice is about the prompt that would be sent. It is "
                "made on this machine from the requests that you send, and tells whether caching pays and "
                "where breakpoints belong."
            )
        self._empty_label.setText(say)
        self._empty_label.setAccessibleName(say)

    def _fold(self, unfolded: bool) -> None:
        self._table.setVisible(unfolded)
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self._fold_button.setArrowType(arrow)
        if unfolded:
            self._scroll.ensureWidgetVisible(self._table)

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(14, 10, 14, 6)
        header.addWidget(self._about_label, 1)
        header.addWidget(self._thinking_label)
        self._scroll, self._column = scroll_column(self)
        self._column.addWidget(self._fold_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._table)
        self._column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(header)
        whole.addWidget(self._empty_label)
        whole.addWidget(self._scroll, 1)
        whole.addStretch(0)
