"""The bar that names what a paste carries, in the pane of its editor: keep it, or normalise it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.finding.suspicion import Host, Kind, Suspicion
from coldbyte.ui.editor.paste_words import detail_words, line_words, tip_words
from coldbyte.ui.elided_label import ElidedLabel

_ROWS = 5  # details in sight
_NARROW = 80  # characters across below which the buttons get a row of their own


class PasteBar(QFrame):
    """Nothing is changed unless the user says so."""

    keep_requested = Signal()
    normalise_requested = Signal(object)  # frozenset[Kind]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("paste_bar")
        self._boxes: dict[Kind, QCheckBox] = {}
        self._text = ""
        self._label = ElidedLabel(self)
        self._label.setObjectName("paste_label")
        normalise = self.tr("Make the suspicious characters of the paste ordinary: one step of undo (Alt+N)")
        self._normalise_button = self._button("normalise_button", self.tr("&Normalise"), normalise)
        keep = self.tr("Leave every byte as it was pasted (Esc, Alt+K)")
        self._keep_button = self._button("keep_button", self.tr("&Keep"), keep)
        self._details_button = self._button(
            "details_button", self.tr("&Details"), self.tr("Choose what is normalised (Alt+D)")
        )
        self._details_button.setCheckable(True)
        self._details = QWidget(self)
        self._details.setObjectName("scroll_content")
        self._rows = QVBoxLayout(self._details)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self._area = QScrollArea(self)
        self._area.setWidget(self._details)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.hide()
        self._lay_out()
        self._details_button.toggled.connect(self._area.setVisible)
        self._keep_button.clicked.connect(self.keep_requested)
        self._normalise_button.clicked.connect(self._ask)

    @property
    def text(self) -> str:
        """The line."""
        return self._text

    @property
    def boxes(self) -> dict[Kind, QCheckBox]:
        """A box for each kind that was found."""
        return self._boxes

    def show_suspicions(self, found: tuple[Suspicion, ...], host: Host) -> None:
        """Name them; all that are a reason to speak up are chosen."""
        self._text = line_words(found)
        self._label.show_text(self._text)
        self.setAccessibleName(self._text)
        for box in self._boxes.values():
            self._rows.removeWidget(box)
            box.deleteLater()
        self._boxes = {}
        for one in found:
            box = self._boxes[one.kind] = QCheckBox(detail_words(one, host), self._details)
            box.setToolTip(tip_words(one, host))
            box.setObjectName(f"{one.kind}_box")
            box.setChecked(not one.is_quiet)
            box.toggled.connect(self._show_choice)
            self._rows.addWidget(box)
        self._details_button.setChecked(False)
        row = self.fontMetrics().height() + 6
        self._area.setFixedHeight(min(len(found), _ROWS) * row)
        self._show_choice()
        self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _ask(self) -> None:
        chosen = frozenset(kind for kind, box in self._boxes.items() if box.isChecked())
        self.normalise_requested.emit(chosen)

    def _show_choice(self) -> None:
        self._normalise_button.setEnabled(any(box.isChecked() for box in self._boxes.values()))

    def _button(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setProperty("role", "small")
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self._normalise_button, self._keep_button, self._details_button):
            buttons.addWidget(button)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 4, 4, 4)
        self._grid.setSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self._label, 0, 0)
        self._grid.addWidget(self._area, 2, 0, 1, 2)
        self._buttons = buttons
        self._is_narrow: bool | None = None
        self._arrange()

    def _arrange(self) -> None:
        """Give the buttons a row of their own where there is little room."""
        narrow = self.width() < _NARROW * self.fontMetrics().horizontalAdvance("0")
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        self._grid.removeItem(self._buttons)
        if narrow:
            self._grid.addLayout(self._buttons, 1, 0, 1, 2, Qt.AlignmentFlag.AlignRight)
        else:
            self._grid.addLayout(self._buttons, 0, 1)
