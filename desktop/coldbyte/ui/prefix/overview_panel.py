"""The overview: across the whole window, what the next send does, in a sentence, in figures and to scale."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from coldbyte.core.insight import Insight
from coldbyte.ui.prefix.forecast_view import ForecastView
from coldbyte.ui.prefix.prefix_words import baseline_line, headline_of, trouble_headline
from coldbyte.ui.prefix.ribbon_view import RibbonView
from coldbyte.ui.verdict_card import VerdictCard


class OverviewPanel(QWidget):
    """Shows one insight. It does no work that grows with the prompt, so it may be called at every key."""

    place_requested = Signal(object)  # Place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overview_panel")
        self.setAccessibleName(self.tr("Overview"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._verdict_card = VerdictCard(self)
        self._forecast_view = ForecastView(self)
        self.ribbon_view = RibbonView(self)
        self.setFocusProxy(self.ribbon_view)
        self.ribbon_view.place_requested.connect(self.place_requested)
        self._lay_out()
        self.show_insight(None)

    def show_insight(self, insight: Insight | None, trouble: str = "") -> None:
        """Show what is known about the draft; None without a question, or with a `trouble` in the way."""
        headline = trouble_headline(trouble) if trouble else headline_of(insight)
        self._verdict_card.show_headline(headline, baseline_line(insight))
        self.ribbon_view.show_insight(insight)
        for view in (self.ribbon_view, self._forecast_view):
            view.setVisible(insight is not None)
        if insight is not None:
            self._forecast_view.show_forecast(insight.forecast, broken=insight.broken)

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(16)
        figures.addWidget(self._verdict_card, 6)
        figures.addWidget(self._forecast_view, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 6)
        column.setSpacing(6)
        column.addLayout(figures)
        column.addWidget(self.ribbon_view)
