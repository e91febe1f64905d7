"""The row on top of a pane: its title, which folds the pane, what stretches, and its controls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

_NO_LIMIT = 16_777_215  # pixels, the limit of a widget's height in Qt


def pane_header(title: QWidget, stretched: QWidget, *controls: QWidget) -> QHBoxLayout:
    """A layout for the top of a pane; `stretched` takes the room between title and controls."""
    header = QHBoxLayout()
    header.setContentsMargins(12, 3, 8, 2)
    header.setSpacing(6)
    header.addWidget(title)
    header.addSpacing(8)
    header.addWidget(stretched, 1)
    for control in controls:
        header.addWidget(control)
    return header


class Fold(QObject):
    """Folds a pane to its header and back, by its title. A folded pane says a fact about what it hides."""

    changed = Signal(bool)  # whether it is folded

    def __init__(self, pane: QWidget, title: str, body: QWidget, *, hidden: tuple[QWidget, ...] = ()) -> None:
        """`hidden` are the controls that make no sense while the `body` can't be seen."""
        super().__init__(pane)
        self.body = body
        self._pane, self._title, self._hidden = pane, title, hidden
        self._folded = False
        self._proxy: QWidget = body  # what has the focus of the pane while it is open
        self.title_button = QToolButton(pane)
        self.title_button.setObjectName("fold_title")
        self.title_button.setProperty("role", "title")
        self.title_button.clicked.connect(lambda: self.fold(not self._folded))
        self.fact_label = QLabel(pane)
        self.fact_label.setProperty("role", "muted")
        self.fact_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.fact_label.hide()
        pane.installEventFilter(self)
        self._show()

    @property
    def folded(self) -> bool:
        """Whether only the header is shown."""
        return self._folded

    def fold(self, folded: bool) -> None:
        """Fold the pane, or unfold it."""
        if folded != self._folded:
            self._folded = folded
            if folded:
                self._proxy = self._pane.focusProxy() or self.body
            self._pane.setFocusProxy(self.title_button if folded else self._proxy)
            self._show()
            self.changed.emit(folded)

    def lead_to(self, widget: QWidget) -> None:
        """Let this widget have the focus of the pane while it is open; it has to be able to take it."""
        self._proxy = widget
        if not self._folded:
            self._pane.setFocusProxy(widget)

    def say(self, fact: str) -> None:
        """What a folded pane says of itself."""
        self.fact_label.setText(fact)
        self._name()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the height of the header in another font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self._folded:
            self._limit()
        return False

    def _show(self) -> None:
        self.body.setVisible(not self._folded)
        self.fact_label.setVisible(self._folded)
        for control in self._hidden:
            control.setVisible(not self._folded)
        self._name()
        self._limit()

    def _name(self) -> None:
        arrow = "▸" if self._folded else "▾"
        self.title_button.setText(f"{arrow} {self._title}")
        state = self.tr("folded, {fact}").format(fact=self.fact_label.text()) if self._folded else ""
        self.title_button.setAccessibleName(", ".join(filter(None, (self._title, state))))
        self.title_button.setToolTip(self.tr("Unfold") if self._folded else self.tr("Fold"))

    def _limit(self) -> None:
        height = self.title_button.sizeHint().height() + 8
        self._pane.setMinimumHeight(height if self._folded else 0)
        self._pane.setMaximumHeight(height if self._folded else _NO_LIMIT)


def body_of(pane: QWidget, name: str = "pane_body") -> tuple[QWidget, QVBoxLayout]:
    """What of a pane is hidden while it is folded, and its layout."""
    body = QWidget(pane)
    body.setObjectName(name)
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return body, column
