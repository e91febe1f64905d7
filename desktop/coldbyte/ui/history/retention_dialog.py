"""The dialog that says how long exchanges are kept, and how many bytes of them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.history.query import Retention, Stock
from coldbyte.ui.history.history_words import stock_line

_DAYS, _MEGABYTES = 90, 2_000


class RetentionDialog(QDialog):
    """Opened with `open()`. Nothing is deleted before the button is pressed."""

    retention_chosen = Signal(object)  # Retention

    def __init__(self, retention: Retention, stock: Stock | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("retention_dialog")
        self.setWindowTitle(self.tr("How long exchanges are kept"))
        self._stock_label = self._line(stock_line(stock) if stock is not None else "")
        self._days_check, self._days_box = self._limit(
            "days", self.tr("Delete exchanges that are older than"), retention.days, _DAYS, self.tr(" days")
        )
        self._size_check, self._size_box = self._limit(
            "megabytes",
            self.tr("Delete the oldest when they take more than"),
            retention.megabytes,
            _MEGABYTES,
            self.tr(" MB"),
        )
        self._words_label = self._line(
            self.tr(
                "What is deleted is gone: from the file, from its free pages and from the search. Pinned "
                "exchanges stay. It is looked at when Coldbyte starts and once a day."
            )
        )
        self._words_label.setProperty("role", "caption")
        self._apply_button = QPushButton(self.tr("Apply"), self)
        self._apply_button.setObjectName("apply_button")
        self._apply_button.setProperty("role", "primary")
        self._apply_button.setDefault(True)
        self._cancel_button = QPushButton(self.tr("Cancel"), self)
        self._lay_out()
        self._apply_button.clicked.connect(self._apply)
        self._cancel_button.clicked.connect(self.reject)

    @property
    def retention(self) -> Retention:
        """The limits as they stand in the fields."""
        days = self._days_box.value() if self._days_check.isChecked() else None
        return Retention(days, self._size_box.value() if self._size_check.isChecked() else None)

    def _apply(self) -> None:
        self.retention_chosen.emit(self.retention)
        self.accept()

    def _limit(
        self, name: str, words: str, limit: int | None, proposed: int, unit: str
    ) -> tuple[QCheckBox, QSpinBox]:
        check, box = QCheckBox(words, self), QSpinBox(self)
        check.setObjectName(f"{name}_check")
        check.setChecked(limit is not None)
        box.setObjectName(f"{name}_box")
        box.setAccessibleName(words)
        box.setRange(1, 1_000_000)
        box.setSuffix(unit)
        box.setValue(proposed if limit is None else limit)
        box.setEnabled(limit is not None)
        box.lineEdit().setTextMargins(6, 0, 6, 0)  # the padding of a style sheet does not get there
        check.toggled.connect(box.setEnabled)
        return check, box

    def _line(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setVisible(bool(text))
        return label

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(10)
        for row, (check, box) in enumerate(
            ((self._days_check, self._days_box), (self._size_check, self._size_box))
        ):
            grid.addWidget(check, row, 0)
            grid.addWidget(box, row, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel_button)
        buttons.addWidget(self._apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(self._stock_label)
        column.addLayout(grid)
        column.addWidget(self._words_label)
        column.addLayout(buttons)
        self.setMinimumWidth(480)
