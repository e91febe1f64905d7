"""The prefix panel: whether the prefix holds, what sending costs, and the byte that breaks it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from coldbyte.core.cause import Cause
from coldbyte.core.comparison import Break
from coldbyte.core.explain import with_wire
from coldbyte.core.insight import Insight
from coldbyte.core.microscope import microscope
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.icon import IconButton
from coldbyte.ui.prefix.forecast_view import ForecastView
from coldbyte.ui.prefix.headline_view import HeadlineView
from coldbyte.ui.prefix.microscope_view import MicroscopeView
from coldbyte.ui.prefix.prefix_words import (
    State,
    breakpoint_lines,
    cold_line,
    further_line,
    headline_of,
    hint_of,
    place_lines,
    state_of,
)
from coldbyte.ui.prefix.ribbon import Place
from coldbyte.ui.prefix.ribbon_view import RibbonView
from coldbyte.ui.prefix.snippet_view import SnippetView


class PrefixPanel(QWidget):
    """Shows one insight. It does no work that grows with the prompt, so it may be called at every key."""

    restore_requested = Signal()
    place_requested = Signal(object)  # Place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prefix_panel")
        self.setAccessibleName(self.tr("Prefix"))
        self._insight: Insight | None = None
        self._place: Place | None = None
        self._headline_view = HeadlineView(self)
        self._ribbon_view = RibbonView(self)
        self._forecast_view = ForecastView(self)
        self._breakpoints_label = QLabel(self)
        self._breakpoints_label.setObjectName("breakpoints_label")
        self._breakpoints_label.setTextFormat(Qt.TextFormat.PlainText)
        self._breakpoints_label.setWordWrap(True)
        self._further_label = self._line("further_label")
        self._snippet_view = SnippetView(self)
        self._microscope_view = MicroscopeView(self)
        self._place_labels = (self._line("place_label", "caption"), self._line("line_label", "caption"))
        self._hint_label = QLabel(self)
        self._hint_label.setObjectName("hint_label")
        self._hint_label.setProperty("role", "muted")
        self._hint_label.setWordWrap(True)
        self._restore_button = IconButton("restore", self.tr("Restore the old bytes"), "on_accent", self)
        self._restore_button.setObjectName("restore_button")
        self._restore_button.setProperty("role", "primary")
        self._go_button = IconButton("go-to", self.tr("Go to the place"), parent=self)
        self._go_button.setObjectName("go_button")
        self._go_button.setToolTip(self.tr("Show the break in the editor (F7)"))
        self.setFocusProxy(self._ribbon_view)
        self._lay_out()
        self._restore_button.clicked.connect(self.restore_requested)
        self._go_button.clicked.connect(self._ask_place)
        self._ribbon_view.place_requested.connect(self.place_requested)
        self._microscope_view.byte_requested.connect(self._ask_byte)
        self.show_insight(None)

    @property
    def state(self) -> State:
        """Which state is shown."""
        return state_of(self._insight)

    @property
    def microscope_text(self) -> str:
        """The rows of the microscope as lines of text; empty where nothing is broken."""
        return "" if self._microscope_view.isHidden() else self._microscope_view.text

    def show_insight(self, insight: Insight | None) -> None:
        """Show what is known about the draft; None without a question."""
        self._insight = insight
        self._headline_view.show_headline(headline_of(insight))
        self._ribbon_view.show_insight(insight)
        self._forecast_view.setVisible(insight is not None)
        self._ribbon_view.setVisible(insight is not None)
        if insight is not None:
            self._forecast_view.show_forecast(insight.forecast, broken=insight.broken)
        self._hint_label.setText(hint_of(state_of(insight)))
        self._hint_label.setVisible(bool(self._hint_label.text()))
        self._show_lines(insight)
        self._show_break(insight)

    def _show_lines(self, insight: Insight | None) -> None:
        lines = "\n".join(breakpoint_lines(insight)) if insight is not None else ""
        shown = cold_line(insight) if insight is not None and insight.broken else lines
        self._breakpoints_label.setText(shown)
        self._breakpoints_label.setToolTip(lines if shown != lines else "")
        self._breakpoints_label.setVisible(bool(shown))
        self._further_label.show_text(further_line(insight) if insight is not None else "")

    def _show_break(self, insight: Insight | None) -> None:
        """Both sides of the break, its place, and what can be done about it."""
        comparison = insight.comparison if insight is not None and insight.broken else None
        found = comparison.first if comparison is not None else None
        text_differs = found is not None and found.shape in ("edited", "replaced")
        self._snippet_view.setVisible(text_differs)
        self._microscope_view.setVisible(text_differs)
        self._footer.setVisible(found is not None)
        self._place = None
        if insight is None or comparison is None or found is None:
            return
        view = microscope(comparison)
        self._snippet_view.show_snippets(view.before, view.after)
        self._microscope_view.show_rows(view.rows)
        self._show_place(found, _primary(insight))

    def _show_place(self, found: Break, cause: Cause | None) -> None:
        for label, line in zip(self._place_labels, place_lines(found, cause), strict=True):
            label.show_text(line)
        if found.after is not None:
            self._place = Place(found.after.block.where, max(found.after.byte, 0))
        fix = cause.fix if cause else None
        self._restore_button.setEnabled(cause is not None)
        self._restore_button.setToolTip(fix.say if fix else "")
        self._restore_button.setAccessibleDescription(fix.say if fix else "")
        self._go_button.setEnabled(self._place is not None)

    def _ask_place(self) -> None:
        if self._place is not None:
            self.place_requested.emit(self._place)

    def _ask_byte(self, byte: int) -> None:
        if self._place is not None:
            self.place_requested.emit(Place(self._place.where, byte))

    def _line(self, name: str, role: str = "") -> ElidedLabel:
        label = ElidedLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        return label

    def _lay_out(self) -> None:
        content = QWidget(self)
        content.setObjectName("prefix_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._headline_view)
        column.addWidget(self._ribbon_view)
        column.addWidget(self._forecast_view)
        column.addWidget(self._breakpoints_label)
        column.addWidget(self._further_label)
        column.addWidget(self._snippet_view)
        column.addWidget(self._microscope_view, 1)
        column.addStretch(0)
        column.addWidget(self._hint_label)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        self._footer = QWidget(self)
        footer = QHBoxLayout(self._footer)
        footer.setContentsMargins(12, 0, 12, 10)
        footer.setSpacing(8)
        places = QVBoxLayout()
        places.setSpacing(0)
        for label in self._place_labels:
            places.addWidget(label)
        footer.addLayout(places, 1)
        footer.addWidget(self._go_button)
        footer.addWidget(self._restore_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addWidget(self._footer)


def _primary(insight: Insight) -> Cause | None:
    """The cause at the break, with its wire bytes."""
    causes = insight.explanation.causes if insight.explanation else ()
    if not causes or insight.baseline is None:
        return None
    return with_wire(causes[0], insight.baseline.body, insight.body)
