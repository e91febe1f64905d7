"""The prefix panel: what becomes of the breakpoints, what breaks the prefix, and the way to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from coldbyte.core.cause import Cause
from coldbyte.core.insight import Insight
from coldbyte.core.wish import Wish
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.prefix.cause_list_view import CauseListView
from coldbyte.ui.prefix.cause_place import place_of
from coldbyte.ui.prefix.cause_row import CauseKey, key_of
from coldbyte.ui.prefix.cause_view import CauseView
from coldbyte.ui.prefix.cause_words import count_line
from coldbyte.ui.prefix.fix_bar import FixBar
from coldbyte.ui.prefix.prefix_words import (
    State,
    breakpoint_lines,
    cold_line,
    hint_of,
    state_of,
)
from coldbyte.ui.prefix.ribbon import Place
from coldbyte.ui.scroll_column import scroll_column

_WIDE = 900  # pixels from which on the list stands beside the chosen cause


class PrefixPanel(QWidget):
    """Shows one insight. It does no work that grows with the prompt, so it may be called at every key."""

    wish_requested = Signal(object)  # Wish
    wishes_changed = Signal()  # what could be restored is another thing now
    place_requested = Signal(object)  # Place
    edits_requested = Signal()  # which edit broke it?

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prefix_panel")
        self.setAccessibleName(self.tr("Prefix"))
        self._insight: Insight | None = None
        self._visited: CauseKey | None = None  # the cause to which the user went last
        self._breakpoints_label = QLabel(self)
        self._breakpoints_label.setObjectName("breakpoints_label")
        self._breakpoints_label.setTextFormat(Qt.TextFormat.PlainText)
        self._breakpoints_label.setWordWrap(True)
        self._count_label = QLabel(self)
        self._count_label.setObjectName("count_label")
        self._count_label.setProperty("role", "heading")
        self._cold_label = ElidedLabel(self)
        self._cold_label.setObjectName("cold_label")
        self._cold_label.setProperty("role", "caption")
        self._cold_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._edits_button = QPushButton(self.tr("Which edit broke it?"), self)
        self._edits_button.setObjectName("edits_button")
        self._edits_button.setProperty("role", "small")
        self._edits_button.clicked.connect(self.edits_requested)
        self._edits_button.hide()
        self._cause_list = CauseListView(self)
        self._cause_view = CauseView(self)
        self._fix_bar = FixBar(self)
        self._hint_label = QLabel(self)
        self._hint_label.setObjectName("hint_label")
        self._hint_label.setProperty("role", "muted")
        self._hint_label.setWordWrap(True)
        self._lay_out()
        self._cause_list.cause_chosen.connect(self._show_cause)
        self._cause_list.cause_activated.connect(self.go_to_cause)
        self._cause_list.rows_resized.connect(self._limit_list)
        self._cause_view.fold_changed.connect(self._limit_list)
        self._cause_view.byte_requested.connect(self._ask_byte)
        self._fix_bar.wish_requested.connect(self.wish_requested)
        self._fix_bar.go_requested.connect(self.go_to_cause)
        self.show_insight(None)

    @property
    def state(self) -> State:
        """Which state is shown."""
        return state_of(self._insight)

    @property
    def cause(self) -> Cause | None:
        """The cause that is chosen."""
        return self._cause_list.cause

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """What can be restored with a button, the main one first."""
        return self._fix_bar.wishes if self.cause is not None else ()

    @property
    def microscope_text(self) -> str:
        """The rows of the microscope as lines of text; empty where no cause has any."""
        return "" if self._cause_view.isHidden() else self._cause_view.microscope_text

    def show_insight(self, insight: Insight | None) -> None:
        """Show what is known about the draft; None without a question."""
        self._insight = insight
        self._hint_label.setText(hint_of(state_of(insight)))
        self._hint_label.setVisible(bool(self._hint_label.text()))
        self._show_lines(insight)
        self._cause_list.show_insight(insight)
        listed = insight is not None and bool(insight.causes or insight.harmless)
        self._count_label.setText(
            count_line(len(insight.causes), complete=insight.complete) if insight and listed else ""
        )
        self._count_label.setVisible(listed)
        self._cause_list.setVisible(listed)
        self.setFocusProxy(self._cause_list if listed else self._scroll)
        self._show_cause()

    def show_gain(self, gains: Sequence[int], amount: Decimal | None) -> None:
        """Say what each of the wishes regains in tokens, and what the first one saves in USD."""
        self._fix_bar.show_gain(gains, amount)

    def offer_edits(self, known: bool) -> None:
        """Offer the way to the edit that broke the prefix, where it is known."""
        self._edits_button.setVisible(known)

    def step_cause(self, step: int) -> None:
        """Ask to go to the chosen cause; if that was done last, choose the next or the previous one first."""
        fresh = self.cause is not None and key_of(self.cause) != self._visited
        if fresh or self._cause_list.step(step):
            self.go_to_cause()

    def go_to_cause(self) -> None:
        """Ask to go to the place of the chosen cause, if it has one in the draft."""
        if self._insight is None or self.cause is None:
            return
        self._visited = key_of(self.cause)
        place = place_of(self._insight, self.cause)
        if place is not None:
            self.place_requested.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the list beside the chosen cause, or above it."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._body.direction() != direction:
            self._body.setDirection(direction)
        self._limit_list()

    def _show_cause(self) -> None:
        insight, cause = self._insight, self.cause
        shown = insight is not None and cause is not None
        self._cause_view.setVisible(shown)
        self._fix_bar.setVisible(shown)
        if insight is not None and cause is not None:
            self._cause_view.show_cause(insight, cause)
            self._fix_bar.show_cause(insight, cause)
            self._share_room()
        self.wishes_changed.emit()

    def _limit_list(self) -> None:
        """Beside the cause the list takes all the height; above it no more than its rows need."""
        wide = self._body.direction() == QBoxLayout.Direction.LeftToRight
        tallest = 16_777_215 if wide else self._cause_list.content_height
        if self._cause_list.maximumHeight() != tallest:
            self._cause_list.setMaximumHeight(tallest)
        self._share_room()

    def _share_room(self) -> None:
        """Hide the table of characters where there is too little height for it."""
        table = self._cause_view.table_height
        if not table or self._cause_view.isHidden():
            return
        room = self._scroll.viewport().size()
        column = self._column
        wraps = column.hasHeightForWidth()
        needed = column.heightForWidth(room.width()) if wraps else column.sizeHint().height()
        more = table + 4 if self._cause_view.is_folded else 0
        self._cause_view.give_room(needed + more <= room.height())

    def _show_lines(self, insight: Insight | None) -> None:
        broken = insight is not None and insight.broken
        lines = "\n".join(breakpoint_lines(insight)) if insight is not None else ""
        self._breakpoints_label.setText("" if broken else lines)
        self._breakpoints_label.setVisible(bool(self._breakpoints_label.text()))
        self._cold_label.show_text(cold_line(insight) if insight is not None and broken else "", lines)

    def _ask_byte(self, byte: int) -> None:
        if self._fix_bar.place is not None:
            self.place_requested.emit(Place(self._fix_bar.place.where, byte))

    def _lay_out(self) -> None:
        self._scroll, self._column = scroll_column(self, 12, 6)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.setAccessibleName(self.tr("Prefix"))
        column = self._column
        column.addWidget(self._breakpoints_label)
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(self._count_label)
        heading.addWidget(self._cold_label, 1)
        heading.addWidget(self._edits_button)
        column.addLayout(heading)
        self._body = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._body.setSpacing(8)
        self._body.addWidget(self._cause_list, 2)
        self._body.addWidget(self._cause_view, 3)
        column.addLayout(self._body, 1)
        column.addStretch(0)
        column.addWidget(self._hint_label)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._fix_bar)
