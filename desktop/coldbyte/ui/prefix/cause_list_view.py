"""The list of causes: in cache order, what costs nothing folded away at the end."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QSizePolicy, QWidget

from coldbyte.core.cause import Cause
from coldbyte.core.insight import Insight
from coldbyte.ui.prefix.cause_delegate import CauseDelegate
from coldbyte.ui.prefix.cause_item_model import CauseItemModel
from coldbyte.ui.prefix.cause_row import GROUP, CauseKey, CauseRow, key_of, rows_of

_LEAST_ROWS = 2
_WANTED_ROWS = 3


class CauseListView(QListView):
    """One cause is chosen: the one at the break until the user chooses another one that stays."""

    cause_chosen = Signal()
    cause_activated = Signal()
    rows_resized = Signal()  # other rows, or rows of another height

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cause_list")
        self.setAccessibleName(self.tr("Causes"))
        self._model = CauseItemModel(self)
        self._insight: Insight | None = None
        self._opened = False
        self._showing = False
        self._key: CauseKey | None = None  # what the user chose; None follows the break
        self._break_words = (
            self.tr("the break"),
            self.tr("The break: the first byte that differs before the last breakpoint lies here."),
        )
        self.setModel(self._model)
        self.setItemDelegate(CauseDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setTabKeyNavigation(False)
        self.selectionModel().currentChanged.connect(self._note_choice)

    @property
    def rows(self) -> tuple[CauseRow, ...]:
        """What is shown."""
        return self._model.rows

    @property
    def cause(self) -> Cause | None:
        """The cause that is chosen; the first one while the title of the group is."""
        row = self._current_row()
        if row is None or row.cause is not None:
            return row.cause if row else None
        return self._insight.causes[0] if self._insight and self._insight.causes else None

    @property
    def content_height(self) -> int:
        """Pixels that all rows need."""
        return self._height_of(self._model.rowCount())

    def show_insight(self, insight: Insight | None) -> None:
        """Show the causes of a draft; the chosen one stays chosen while it is there."""
        self._insight = insight
        before = self._model.rowCount()
        chosen = self._key
        self._showing = True
        self._model.show_rows(tuple(rows_of(insight, opened=self._opened, break_words=self._break_words)))
        self._choose(chosen)
        self._showing = False
        if self._model.rowCount() != before:
            self.updateGeometry()
            self.viewport().update()
            self.rows_resized.emit()

    def step(self, step: int) -> bool:
        """Choose the next or the previous cause, going round; whether there is one."""
        if self._insight is not None and not self._insight.causes and not self._opened:
            self.open_harmless(True)
        places = [number for number, row in enumerate(self.rows) if row.cause is not None]
        if not places:
            return False
        here = self.currentIndex().row()
        at = places.index(here) if here in places else -1 if step > 0 else 0
        self.setCurrentIndex(self._model.index(places[(at + step) % len(places)]))
        return True

    def open_harmless(self, opened: bool) -> None:
        """Unfold or fold what costs nothing."""
        if opened != self._opened:
            self._opened = opened
            self.show_insight(self._insight)

    def sizeHint(self) -> QSize:
        """Three rows, or fewer where there are no more."""
        return QSize(300, self._height_of(_WANTED_ROWS))

    def minimumSizeHint(self) -> QSize:
        """Two rows; what is more scrolls."""
        return QSize(200, self._height_of(_LEAST_ROWS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows take another line where there is little room."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()
            self.rows_resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the place of a cause, or opens the group; so do arrows to the sides."""
        row = self._current_row()
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if row is not None:
                if row.key == GROUP:
                    self.open_harmless(not self._opened)
                else:
                    self.cause_activated.emit()
            case Qt.Key.Key_Right | Qt.Key.Key_Left if row is not None and row.key == GROUP:
                self.open_harmless(event.key() == Qt.Key.Key_Right)
            case _:
                super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the title of the group opens or closes it."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.rows[index.row()].key == GROUP:
            self.open_harmless(not self._opened)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click goes to the place."""
        super().mouseDoubleClickEvent(event)
        if self.cause is not None:
            self.cause_activated.emit()

    def _height_of(self, most: int) -> int:
        """Pixels that the first rows need, with what is above and below them."""
        rows = range(min(self._model.rowCount(), most))
        frame = max(self.height() - self.viewport().height(), 6)
        return sum(self.sizeHintForRow(row) for row in rows) + frame

    def _current_row(self) -> CauseRow | None:
        row = self.currentIndex().row()
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def _choose(self, key: CauseKey | None) -> None:
        """Choose a row; where it is gone the cause of the break, else the first one."""
        row = self._model.row_of(key) if key is not None else None
        if row is None:
            self._key = None
            primary = self._insight.primary if self._insight else None
            row = self._model.row_of(key_of(primary)) if primary else None
            if row is None and self.rows and self.rows[0].cause is not None and self._insight:
                row = 0 if self._insight.causes else None
        index = self._model.index(row) if row is not None else QModelIndex()
        if index != self.currentIndex():
            self.setCurrentIndex(index)
            self.viewport().update()

    def _note_choice(self, index: QModelIndex, _before: QModelIndex) -> None:
        """What the user chose stays chosen; the cause of the break is followed."""
        row = self.rows[index.row()] if index.isValid() else None
        if row is None or self._showing:
            return
        primary = self._insight.primary if self._insight else None
        followed = primary is not None and row.key == key_of(primary)
        self._key = None if followed else row.key
        self.cause_chosen.emit()
