"""The view “Money”: spent, saved, hit rate and seconds; where it went; by exchange, conversation, day."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from coldbyte.core.account.account import Account
from coldbyte.core.cache.money import dollars
from coldbyte.ui.choice_row import ChoiceRow
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.money import money_words as words
from coldbyte.ui.money.figure_view import FigureView
from coldbyte.ui.money.money_sheet import MoneySheet, WhatIfSheet
from coldbyte.ui.money.money_table import AccuracyTable, MoneyTable
from coldbyte.ui.money.spending_bar import SpendingBar
from coldbyte.ui.money.what_if_view import WhatIfView

_ROWS = ("exchange", "conversation", "day")


class MoneyView(QWidget):
    """Simulated and real money are never shown together."""

    kind_chosen = Signal(bool)  # whether simulated
    rate_chosen = Signal(int)  # requests a day
    shown = Signal()  # it can be seen again, and wants to be filled

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("money_view")
        self.setAccessibleName(self.tr("Money"))
        self._sheet: MoneySheet | None = None
        self._kind_row = self._new_kind_row()
        self._kind_label = self._line("kind_label", "caption")
        self._figures = {
            "spent": FigureView("spent_figure", self.tr("Spent"), self),
            "saving": FigureView("saving_figure", self.tr("Net saved"), self),
            "hit_rate": FigureView("hit_rate_figure", self.tr("Hit rate"), self),
            "seconds": FigureView("seconds_figure", self.tr("Seconds saved"), self),
        }
        self._spending_bar = SpendingBar(self)
        self._waste_figure, self._waste_label = (
            self._line("waste_figure", "fact"),
            self._line("waste_label", "caption"),
        )
        self._lost_figure, self._lost_label = (
            self._line("lost_figure", "fact"),
            self._line("lost_label", "caption"),
        )
        self._part_row = self._new_part_row()
        self._table = MoneyTable(self)
        self._what_if_view = WhatIfView(self)
        self._accuracy_table = AccuracyTable(self)
        self._stack = QStackedWidget(self)
        self._prices_label = self._line("prices_label", "caption")
        self._thinking_label = self._line("thinking_label", "caption")
        self._thinking_label.hide()
        self._empty_label = self._new_empty_label()
        self._lay_out()
        self._say_empty()
        self._show_filled(False)
        self._kind_row.chosen.connect(lambda name: self.kind_chosen.emit(name == "simulated"))
        self._part_row.chosen.connect(self.show_part)
        self._what_if_view.rate_chosen.connect(self.rate_chosen)

    @property
    def text(self) -> str:
        """All words that are shown, in lines."""
        if self._sheet is None or not self._sheet.kinds:
            return self._empty_label.text()
        below: dict[str, Callable[[], str]] = {
            "what_if": lambda: self._what_if_view.text,
            "forecast": lambda: self._accuracy_table.text,
        }
        facts = (self._waste_figure, self._waste_label, self._lost_figure, self._lost_label)
        return "\n".join(
            [
                self._kind_label.text(),
                *(figure.text for figure in self._figures.values()),
                self._spending_bar.text,
                *(label.text() for label in facts),
                below.get(self._part_row.choice, lambda: self._table.text)(),
                self._prices_label.text(),
            ]
        )

    def show_sheet(self, sheet: MoneySheet) -> None:
        """Show the money."""
        self._sheet = sheet
        self._show_filled(bool(sheet.kinds))
        if not sheet.kinds:
            return
        self._show_kind(sheet)
        self._show_figures(sheet)
        self._spending_bar.show_spending(sheet.spending)
        for label, figure, (cost, say) in (
            (self._waste_label, self._waste_figure, words.wasted_words(sheet.account)),
            (self._lost_label, self._lost_figure, words.lost_words(sheet.account)),
        ):
            figure.setText(cost)
            label.show_text(say)
        self._what_if_view.show_sheet(sheet.what_if)
        self._accuracy_table.show_accuracies(sheet.accuracies, sheet.names)
        self._prices_label.show_text(self._prices(sheet), sheet.prices_tip)
        self.show_part(self._part_row.choice)

    def show_what_if(self, sheet: WhatIfSheet | None) -> None:
        """Show another day than that of the sheet."""
        self._what_if_view.show_sheet(sheet)

    def show_thinking(self, thinking: bool) -> None:
        """Say that newer figures are on their way."""
        self._thinking_label.show_text(self.tr("thinking …") if thinking else "")
        self._say_empty()

    def show_part(self, name: str) -> None:
        """Show rows by exchange, conversation or day, or another part: `what_if`, `forecast`."""
        self._part_row.show_choice(name)
        if name in _ROWS and self._sheet is not None:
            rows = {
                "exchange": self._sheet.exchanges,
                "conversation": self._sheet.conversations,
                "day": self._sheet.days,
            }
            self._table.show_money(rows[name])
        parts = {"what_if": self._what_if_view, "forecast": self._accuracy_table}
        self._stack.setCurrentWidget(parts.get(name, self._table))

    def showEvent(self, event: QShowEvent) -> None:
        """Ask to be filled."""
        super().showEvent(event)
        self.shown.emit()

    def _show_filled(self, filled: bool) -> None:
        self._filled.setVisible(filled)
        self._empty_label.setVisible(not filled)
        self.setFocusProxy(self._part_row if filled else self._empty_label)

    def _show_kind(self, sheet: MoneySheet) -> None:
        self._kind_row.offer([("simulated" if kind else "real") for kind in sheet.kinds])
        self._kind_row.show_choice("simulated" if sheet.simulated else "real")
        self._kind_row.setVisible(len(sheet.kinds) > 1)
        paid = self.tr("● Real: what the Messages API reported, at list prices")
        nothing = self.tr("◌ Simulated: nothing was paid; what it would have cost at list prices")
        self._kind_label.show_text(nothing if sheet.simulated else paid)

    def _show_figures(self, sheet: MoneySheet) -> None:
        account, tips = sheet.account, self._tips(sheet)
        prompt = self.tr("of {n} tokens").format(n=f"{account.usage.input:,}")
        saved_s = sheet.patience.saved_s
        unpriced = self.tr("no known price")
        priced = account.unpriced < account.exchanges + account.warmings
        self._figures["spent"].show_figure(
            dollars(account.price) if priced else "–",
            words.counted(account.exchanges, account.warmings) if priced else unpriced,
            tips["spent"],
            self.tr("Would have cost") if sheet.simulated else self.tr("Spent"),
        )
        self._figures["saving"].show_figure(
            words.signed(account.saving) if priced else "–",
            words.saving_note(account) if priced else unpriced,
            tips["saving"],
            self.tr("Net loss") if account.saving < 0 else self.tr("Net saved"),
        )
        self._figures["hit_rate"].show_figure(words.rate(account.hit_rate), prompt, tips["hit_rate"])
        self._figures["seconds"].show_figure(
            "–" if saved_s is None else words.seconds(saved_s),
            words.patience_note(sheet.patience),
            tips["seconds"],
        )

    def _tips(self, sheet: MoneySheet) -> dict[str, str]:
        account = sheet.account
        return {
            "spent": self.tr(
                "What {n} cost by the usage that was reported, answers and warmings included."
            ).format(n=words.counted(account.exchanges, account.warmings)),
            "saving": self.tr(
                "What all would have cost without caching, minus what it cost: what reads saved, minus what "
                "writes and warmings cost more."
            ),
            "hit_rate": self.tr(
                "read / (read + written + uncached) = {read} / ({read} + {written} + {uncached}), in tokens "
                "of the exchanges; warmings do not count."
            ).format(
                read=f"{account.usage.read:,}",
                written=f"{account.usage.written:,}",
                uncached=f"{account.usage.uncached:,}",
            ),
            "seconds": words.patience_tip(sheet.patience),
        }

    def _prices(self, sheet: MoneySheet) -> str:
        unpriced = _unpriced(sheet.account)
        return f"{sheet.prices_line} {unpriced}".strip()

    def _new_kind_row(self) -> ChoiceRow:
        row = ChoiceRow("kind_row", self.tr("Which money"), self)
        row.add("simulated", self.tr("◌ Simulated"), self.tr("What the simulator answered"))
        row.add("real", self.tr("● Real"), self.tr("What the Messages API answered"))
        return row

    def _new_part_row(self) -> ChoiceRow:
        row = ChoiceRow("part_row", self.tr("What is shown below"), self)
        for name, text in (
            ("exchange", self.tr("Exchanges")),
            ("conversation", self.tr("Conversations")),
            ("day", self.tr("Days")),
            ("what_if", self.tr("What if")),
            ("forecast", self.tr("Forecasts")),
        ):
            row.add(name, text)
        return row

    def _new_empty_label(self) -> QLabel:
        label = QLabel(self)
        label.setObjectName("no_money_label")
        label.setProperty("role", "placeholder")
        label.setWordWrap(True)
        label.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return label

    def _say_empty(self) -> None:
        """Say what fills the view, or that figures are on their way."""
        if self._thinking_label.text():
            say = self._thinking_label.text()
        else:
            say = self.tr(
                "No money yet.\n\nSend a question: what it cost, what the prompt cache saved and where the "
                "money went stand here, from the usage that comes back. With the simulator nothing is paid; "
                "its sums are kept apart from real ones."
            )
        self._empty_label.setText(say)
        self._empty_label.setAccessibleName(say)

    def _line(self, name: str, role: str) -> ElidedLabel:
        label = ElidedLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        return label

    def _lay_out(self) -> None:
        self._filled = QWidget(self)
        kind = QHBoxLayout()
        kind.setSpacing(10)
        kind.addWidget(self._kind_row)
        kind.addWidget(self._kind_label, 1)
        kind.addWidget(self._thinking_label)
        figures = QHBoxLayout()
        figures.setSpacing(18)
        for figure in self._figures.values():
            figures.addWidget(figure, 1)
        facts = QGridLayout()
        facts.setHorizontalSpacing(8)
        facts.setVerticalSpacing(2)
        pairs = (
            (self.tr("Wasted writes"), self._waste_figure, self._waste_label),
            (self.tr("Lost to misses"), self._lost_figure, self._lost_label),
        )
        for row, (title, figure_label, say) in enumerate(pairs):
            facts.addWidget(QLabel(title, self), row, 0)
            facts.addWidget(figure_label, row, 1)
            facts.addWidget(say, row, 2)
        facts.setColumnStretch(2, 1)
        for page in (self._table, self._what_if_view, self._accuracy_table):
            self._stack.addWidget(page)
        inside = QVBoxLayout(self._filled)
        inside.setContentsMargins(14, 8, 14, 6)
        inside.setSpacing(8)
        for part in (
            kind,
            figures,
            self._spending_bar,
            facts,
            self._part_row,
            self._stack,
            self._prices_label,
        ):
            if isinstance(part, QWidget):
                inside.addWidget(part, 1 if part is self._stack else 0)
            else:
                inside.addLayout(part)
        inside.setAlignment(self._part_row, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._empty_label)
        column.addWidget(self._filled, 1)
        column.addStretch(0)


def _unpriced(account: Account) -> str:
    """How many exchanges are in no sum."""
    if not account.unpriced:
        return ""
    text = words.translate("MoneyView", "{n} without a known price, in no sum.")
    return "▲ " + text.format(n=account.unpriced)
