"""What a day would cost, sent another way: the number of requests is chosen, four bars answer."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.money.money_sheet import WhatIfSheet
from coldbyte.ui.money.money_words import as_it_was_words, cheapest_words, replay_words
from coldbyte.ui.money.what_if_bars import WhatIfBars

_MOST_A_DAY = 100_000


class WhatIfView(QWidget):
    """Before there is a request it says what is missing."""

    rate_chosen = Signal(int)  # requests a day

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("what_if_view")
        self.setAccessibleName(self.tr("What if"))
        self._rate_spin = QSpinBox(self)
        self._rate_spin.setObjectName("rate_spin")
        self._rate_spin.setRange(1, _MOST_A_DAY)
        self._rate_spin.setGroupSeparatorShown(True)
        self._rate_spin.setAccessibleName(self.tr("Requests a day"))
        self._rate_spin.setKeyboardTracking(False)
        self._was_label = ElidedLabel(self)
        self._was_label.setObjectName("was_label")
        self._was_label.setProperty("role", "muted")
        self._bars = WhatIfBars(self)
        self._cheapest_label = self._label("cheapest_label", "heading")
        self._about_label = self._label("about_label", "caption")
        self._empty_label = self._label("no_what_if_label", "placeholder")
        self._empty_label.setText(
            self.tr("No request can be played again: none has a known price and a known prompt.")
        )
        self._lay_out()
        self.show_sheet(None)
        self._rate_spin.valueChanged.connect(self.rate_chosen)
        self.setFocusProxy(self._rate_spin)

    @property
    def text(self) -> str:
        """All words that are shown, in lines."""
        if not self._empty_label.isHidden():
            return self._empty_label.text()
        labels = (self._was_label, self._cheapest_label, self._about_label)
        return "\n".join([*(label.text() for label in labels), self._bars.text])

    def show_sheet(self, sheet: WhatIfSheet | None) -> None:
        """Show a day."""
        self._card.setVisible(sheet is not None)
        self._empty_label.setVisible(sheet is None)
        if sheet is None:
            return
        if not self._rate_spin.hasFocus() or self._rate_spin.value() == 1:
            with QSignalBlocker(self._rate_spin):
                self._rate_spin.setValue(sheet.per_day)
        self._was_label.show_text(as_it_was_words(sheet))
        self._bars.show_sheet(sheet)
        self._cheapest_label.setText(cheapest_words(sheet))
        self._about_label.setText(replay_words(sheet))

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _lay_out(self) -> None:
        self._card = QWidget(self)
        rate = QHBoxLayout()
        rate.setSpacing(8)
        rate.addWidget(QLabel(self.tr("At"), self))
        rate.addWidget(self._rate_spin)
        rate.addWidget(QLabel(self.tr("requests a day"), self))
        rate.addSpacing(12)
        self._was_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        rate.addWidget(self._was_label, 1)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(0, 6, 0, 0)
        inside.setSpacing(10)
        inside.addLayout(rate)
        inside.addWidget(self._bars)
        inside.addWidget(self._cheapest_label)
        inside.addWidget(self._about_label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        column.addWidget(self._empty_label)
        column.addStretch(1)
