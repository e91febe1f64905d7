"""One cause: both sides of its place, where that is in both views, and its characters one by one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from coldbyte.core.cause import Cause
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.microscope import Microscope, microscope
from coldbyte.core.prefix.wire import with_wire
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.prefix.cause_words import place_lines
from coldbyte.ui.prefix.microscope_view import MicroscopeView
from coldbyte.ui.prefix.snippet_view import SnippetView


class CauseView(QWidget):
    """Shows the chosen cause; what it has not got takes no room."""

    byte_requested = Signal(int)  # of the draft's value at the place
    fold_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cause_view")
        self._wish: bool | None = None  # whether the user wants the table; None leaves it to the room
        self._roomy = True
        self._view = Microscope()
        self._snippet_view = SnippetView(self)
        self._microscope_view = MicroscopeView(self)
        self._place_labels = (self._line("before_label"), self._line("after_label"))
        self._fold_button = QToolButton(self)
        self._fold_button.setObjectName("fold_button")
        self._fold_button.setCheckable(True)
        self._fold_button.setChecked(True)
        self._fold_button.setToolTip(self.tr("Show or hide the table of characters"))
        self._lay_out()
        self._fold_button.clicked.connect(self._take_wish)
        self._microscope_view.byte_requested.connect(self.byte_requested)
        self._show_table()

    @property
    def table_height(self) -> int:
        """Pixels that the table needs at least; 0 where there is none."""
        return self._microscope_view.minimumSizeHint().height() if self._view.rows else 0

    @property
    def is_folded(self) -> bool:
        """Whether the table is hidden."""
        return self._microscope_view.isHidden()

    @property
    def microscope_text(self) -> str:
        """The rows of the microscope as lines of text; empty where there are none."""
        return self._microscope_view.text if self._view.rows else ""

    def show_cause(self, insight: Insight, cause: Cause) -> None:
        """Show a cause of a draft. The work does not grow with the prompt."""
        if insight.comparison is not None and insight.baseline is not None:
            self._view = microscope(insight.comparison, cause)
            wired = with_wire(cause, insight.baseline.body, insight.body)
        else:
            self._view, wired = Microscope(), with_wire(cause, insight.body, insight.body)
        sides = (self._view.before, self._view.after)
        self._snippet_view.setVisible(sides != (None, None))
        self._snippet_view.show_snippets(*sides)
        self._microscope_view.show_rows(self._view.rows)
        for label, line in zip(self._place_labels, place_lines(wired), strict=True):
            label.show_text(line)
        self._show_table()

    def give_room(self, roomy: bool) -> None:
        """Say whether there is room for the table, which the user may show or hide all the same."""
        if roomy != self._roomy:
            self._roomy = roomy
            self._show_table()

    def _take_wish(self, shown: bool) -> None:
        self._wish = shown
        self._show_table()
        self.fold_changed.emit()

    def _show_table(self) -> None:
        shown = self._roomy if self._wish is None else self._wish
        self._fold_button.setChecked(shown)
        self._fold_button.setText(self.tr("▾ Characters") if shown else self.tr("▸ Characters"))
        self._fold_button.setVisible(bool(self._view.rows))
        self._microscope_view.setVisible(bool(self._view.rows) and shown)
        grows = QSizePolicy.Policy.Maximum if self.is_folded else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, grows)

    def _line(self, name: str) -> ElidedLabel:
        label = ElidedLabel(self)
        label.setObjectName(name)
        label.setProperty("role", "caption")
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _lay_out(self) -> None:
        places = QVBoxLayout()
        places.setSpacing(0)
        for label in self._place_labels:
            places.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addLayout(places, 1)
        row.addWidget(self._fold_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._snippet_view)
        column.addLayout(row)
        column.addWidget(self._microscope_view, 1)
        column.addStretch(0)
