"""The bar of fixes: what helps against the chosen cause, what that regains, and the buttons that do it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from coldbyte.core.cache.money import dollars
from coldbyte.core.cause import Cause
from coldbyte.core.insight import Insight
from coldbyte.core.wish import Wish, wishes_of
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.icon import IconButton
from coldbyte.ui.prefix.cause_place import place_of
from coldbyte.ui.prefix.ribbon import Place


class FixBar(QWidget):
    """Offers only what does something."""

    wish_requested = Signal(object)  # Wish
    go_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fix_bar")
        self._wishes: tuple[Wish, ...] = ()
        self._others = False
        self._place: Place | None = None
        self._fix_label = QLabel(self)
        self._fix_label.setObjectName("fix_label")
        self._fix_label.setTextFormat(Qt.TextFormat.PlainText)
        self._fix_label.setWordWrap(True)
        self._gain_label = ElidedLabel(self)
        self._gain_label.setObjectName("gain_label")
        self._gain_label.setProperty("role", "caption")
        self._go_button = IconButton("go-to", self.tr("Go to the place"), parent=self)
        self._go_button.setObjectName("go_button")
        self._go_button.setToolTip(self.tr("Show this place in the draft (F7 goes to the next one)"))
        self._all_button = IconButton("restore", "", parent=self)
        self._all_button.setObjectName("restore_all_button")
        self._restore_button = IconButton("restore", "", "on_accent", self)
        self._restore_button.setObjectName("restore_button")
        self._restore_button.setProperty("role", "primary")
        self._lay_out()
        self._go_button.clicked.connect(self.go_requested)
        self._all_button.clicked.connect(lambda: self._ask(1))
        self._restore_button.clicked.connect(lambda: self._ask(0))

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """What the buttons ask for, the main one first."""
        return self._wishes

    @property
    def place(self) -> Place | None:
        """Where the button leads; None without one."""
        return self._place

    def show_cause(self, insight: Insight, cause: Cause) -> None:
        """Show what can be done about a cause of a draft."""
        fix = cause.fix.say if cause.fix else ""
        self._fix_label.setText(fix)
        self._fix_label.setVisible(bool(fix))
        self._place = place_of(insight, cause)
        self._go_button.setVisible(self._place is not None)
        wishes = wishes_of(insight, cause)
        if wishes != self._wishes:
            self._gain_label.show_text("")
        self._wishes = wishes
        self._others = len(insight.causes) > 1
        self._restore_button.setVisible(bool(wishes))
        self._all_button.setVisible(len(wishes) > 1)
        if wishes:
            self._restore_button.setText(self._name(wishes[0]))
            self._restore_button.setAccessibleDescription(fix)
        if len(wishes) > 1:
            self._all_button.setText(self._name(wishes[1]))

    def show_gain(self, gains: Sequence[int], amount: Decimal | None) -> None:
        """Say what each button regains in tokens, and what the main one saves in USD; all is estimated."""
        self._gain_label.show_text(self._gain(gains, amount))
        self._restore_button.setToolTip(self._gain_label.text())

    def _gain(self, gains: Sequence[int], amount: Decimal | None) -> str:
        if gains[0] > 0:
            words = self.tr("Regains ≈ {tokens} tokens").format(tokens=f"{gains[0]:,}")
            return words + (self.tr(", ≈ {amount} less").format(amount=dollars(amount)) if amount else "")
        if len(gains) > 1 and gains[1] > 0:
            words = self.tr("Nothing alone; all {count} regain ≈ {tokens} tokens")
            return words.format(count=self._wishes[1].count, tokens=f"{gains[1]:,}")
        return self.tr("Nothing alone: other causes remain") if self._others else ""

    def _name(self, wish: Wish) -> str:
        match wish.scope:
            case "text" | "everything":
                return self.tr("Restore all {count}").format(count=wish.count)
            case "parts":
                return self.tr("Restore all parts")
            case "breakpoints":
                return self.tr("Restore the breakpoints")
            case "breakpoint":
                return self.tr("Add a breakpoint")
            case _:
                return self.tr("Restore")

    def _ask(self, number: int) -> None:
        self.wish_requested.emit(self._wishes[number])

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._gain_label, 1)
        row.addStretch(0)
        row.addWidget(self._go_button)
        row.addWidget(self._all_button)
        row.addWidget(self._restore_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 2, 12, 10)
        column.setSpacing(3)
        column.addWidget(self._fix_label)
        column.addLayout(row)
