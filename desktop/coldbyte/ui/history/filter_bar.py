"""Search and filters of the history: what is asked, and that something is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from coldbyte.core.history.kept_exchange import Origin
from coldbyte.core.history.query import Query, Stock
from coldbyte.ui.history.filter_button import FilterButton
from coldbyte.ui.history.history_words import EFFECTS, badge, count_line
from coldbyte.ui.tool_button import tool_button
from coldbyte.ui.wrap_layout import WrapLayout

_PAUSE_MS = 150  # a pause in typing after which it is searched
_DAY_S = 86_400.0
_PRICES = ("0.01", "0.10", "1", "10")  # USD from which on an exchange is shown


class FilterBar(QWidget):
    """`query` is what the user wants to see."""

    query_changed = Signal()
    nearest_requested = Signal()
    retention_requested = Signal()

    def __init__(self, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.search_field = QLineEdit(self)
        self.search_field.setObjectName("history_search")
        self.search_field.setPlaceholderText(self.tr("Search prompts, replies, names and notes"))
        self.search_field.setAccessibleName(self.tr("Search the history"))
        self.search_field.setClearButtonEnabled(True)
        self._count_label = QLabel(self)
        self._count_label.setObjectName("history_count")
        self._count_label.setProperty("role", "muted")
        self._project = FilterButton("project", self.tr("Project"), self)
        self._model = FilterButton("model", self.tr("Model"), self)
        self._effect = FilterButton("effect", self.tr("Verdict"), self)
        self._cause = FilterButton("cause", self.tr("Cause"), self)
        self._origin = FilterButton("origin", self.tr("Origin"), self)
        self._time = FilterButton("time", self.tr("Time"), self, single=True)
        self._cost = FilterButton("cost", self.tr("Cost"), self, single=True)
        self._lossy = self._toggle("lossy_filter", self.tr("Lost $"), self.tr("Only what lost money"))
        self._pinned = self._toggle("pinned_filter", "★", self.tr("Only what is pinned"))
        self._clear_button = tool_button(self, "clear_filters", "✕", self.tr("Show all exchanges"))
        self._nearest_button = QToolButton(self)
        self._nearest_button.setObjectName("nearest_button")
        self._nearest_button.setText(self.tr("Nearest"))
        self._nearest_button.setToolTip(
            self.tr("Find the exchange that shares the longest prefix with the draft")
        )
        self._retention_button = tool_button(
            self, "retention_button", "⋯", self.tr("How long exchanges are kept")
        )
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._offer_fixed()
        self._lay_out()
        self._join()
        self._note()

    @property
    def buttons(self) -> tuple[FilterButton, ...]:
        """The filters with a menu."""
        return self._project, self._model, self._effect, self._cause, self._origin, self._time, self._cost

    @property
    def query(self) -> Query:
        """What is wanted."""
        return Query(
            text=self.search_field.text().strip(),
            projects=self._project.chosen,
            models=self._model.chosen,
            causes=self._cause.chosen,
            effects=self._effect.chosen,
            origins=cast("tuple[Origin, ...]", self._origin.chosen),
            since=self._since(),
            least_price=Decimal(self._cost.chosen[0]) if self._cost.chosen else None,
            lossy=self._lossy.isChecked(),
            pinned=self._pinned.isChecked(),
        )

    @property
    def is_filtered(self) -> bool:
        """Whether not all exchanges are wanted."""
        return self.query != Query()

    def show_stock(self, stock: Stock) -> None:
        """Offer what there is to filter by."""
        for button, values in (
            (self._project, stock.projects),
            (self._model, stock.models),
            (self._cause, stock.causes),
        ):
            button.offer([(value, value) for value in values if value])

    def show_count(self, total: int | None) -> None:
        """Say how many exchanges fit."""
        self._count_label.setText(count_line(total, filtered=self.is_filtered))

    def clear(self) -> None:
        """Want all exchanges."""
        self.search_field.clear()
        for toggle in (self._lossy, self._pinned):
            toggle.setChecked(False)
        for button in self.buttons:
            button.choose(())
        self._ask()

    def _since(self) -> float | None:
        match self._time.chosen:
            case ("today",):
                now = datetime.fromtimestamp(self._clock(), UTC).astimezone()
                return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
            case ("hour",):
                return self._clock() - 3600
            case (days,):
                return self._clock() - int(days) * _DAY_S
        return None

    def _offer_fixed(self) -> None:
        self._effect.offer([(effect, badge(effect)) for effect in EFFECTS])
        self._origin.offer(
            [
                ("sent", self.tr("Sent from here")),
                ("captured", self.tr("Captured")),
                ("imported", self.tr("Imported")),
            ]
        )
        self._time.offer(
            [
                ("hour", self.tr("Last hour")),
                ("today", self.tr("Today")),
                ("7", self.tr("Last 7 days")),
                ("30", self.tr("Last 30 days")),
                ("365", self.tr("Last year")),
            ]
        )

        more = self.tr("{price} and more")
        self._cost.offer([(price, more.format(price=f"${price}")) for price in _PRICES])

    def _join(self) -> None:
        self._pause.timeout.connect(self._ask)
        self.search_field.textEdited.connect(lambda: self._pause.start())
        self.search_field.textChanged.connect(lambda: self._pause.start())
        self.search_field.returnPressed.connect(self._ask)
        for button in self.buttons:
            button.chosen_changed.connect(self._ask)
        for toggle in (self._lossy, self._pinned):
            toggle.toggled.connect(self._ask)
        self._clear_button.clicked.connect(self.clear)
        self._nearest_button.clicked.connect(self.nearest_requested)
        self._retention_button.clicked.connect(self.retention_requested)

    def _ask(self) -> None:
        self._pause.stop()
        self._note()
        self.query_changed.emit()

    def _note(self) -> None:
        self._clear_button.setVisible(self.is_filtered)

    def _toggle(self, name: str, text: str, tip: str) -> QToolButton:
        button = tool_button(self, name, text, tip)
        button.setProperty("role", "chip")
        button.setCheckable(True)
        return button

    def _lay_out(self) -> None:
        search = QHBoxLayout()
        search.setSpacing(6)
        search.addWidget(self.search_field, 1)
        search.addWidget(self._count_label)
        search.addWidget(self._clear_button)
        search.addWidget(self._pinned)
        search.addWidget(self._nearest_button)
        search.addWidget(self._retention_button)
        filters = WrapLayout()
        for button in (*self.buttons, self._lossy):
            filters.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 4)
        column.setSpacing(6)
        column.addLayout(search)
        column.addLayout(filters)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
