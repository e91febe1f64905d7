"""The palette: type a few letters, press Enter, and a command is done or a place is reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from coldbyte.ui.palette_match import best
from coldbyte.ui.theme import current_theme

_WIDEST, _ROWS = 640, 12  # pixels; rows that are shown without scrolling
_ENTRY = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """Something to choose. `note` stands at its right: a shortcut, or what kind of place it is."""

    title: str
    note: str
    do: Callable[[], object]
    enabled: bool = True


class PaletteItemModel(QAbstractListModel):
    """The entries that fit, the best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[PaletteEntry, ...] = ()
        self._shown: Sequence[PaletteEntry] = ()

    def offer(self, entries: Sequence[PaletteEntry]) -> None:
        """Take other entries, and show all of them."""
        self._all = tuple(entries)
        self.narrow("")

    def narrow(self, typed: str) -> None:
        """Show what fits."""
        self.beginResetModel()
        self._shown = best(typed, ((entry.title, entry) for entry in self._all))
        self.endResetModel()

    def rowCount(self, _parent: _Index = QModelIndex()) -> int:  # noqa: B008  (as Qt declares it)
        """How many fit."""
        return len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """An entry, its title, and what a screen reader says."""
        entry = self._shown[index.row()]
        if role == _ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.title}, {entry.note}" if entry.note else entry.title
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """What can't be done now can't be chosen."""
        able = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        return able if self._shown[index.row()].enabled else Qt.ItemFlag.NoItemFlags


class _EntryDelegate(QStyledItemDelegate):
    """Draws the note at the right of the title."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        entry = index.data(_ENTRY)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(current_theme().color("on_selection" if chosen else "muted"))
        room: QRect = option.rect.adjusted(0, 0, -12, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.note)


class Palette(QFrame):
    """Lies over the top of its parent. Esc or a click elsewhere closes it, and gives the keyboard back."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self._before: QWidget | None = None
        self._field = QLineEdit(self)
        self._field.setObjectName("palette_field")
        self._field.setClearButtonEnabled(True)
        self._model = PaletteItemModel(self)
        self._list = QListView(self)
        self._list.setObjectName("palette_list")
        self._list.setModel(self._model)
        self._list.setItemDelegate(_EntryDelegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName(self.tr("What fits"))
        self._none_label = QLabel(self.tr("Nothing fits."), self)
        self._none_label.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self._field)
        column.addWidget(self._none_label)
        column.addWidget(self._list, 1)
        self._field.textChanged.connect(self._narrow)
        self._field.installEventFilter(self)
        self._list.clicked.connect(self._do)
        self.hide()

    @property
    def titles(self) -> tuple[str, ...]:
        """What is offered now, the best first."""
        return tuple(self._model.index(row).data() for row in range(self._model.rowCount()))

    def open(self, title: str, entries: Sequence[PaletteEntry]) -> None:
        """Offer entries; `title` says what is chosen from."""
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self._field.setPlaceholderText(title)
        self._field.setAccessibleName(title)
        self._model.offer(entries)
        self._field.clear()
        self._narrow("")
        self._place()
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_now(self) -> None:
        """Close, and give the keyboard back."""
        if self.isVisible():
            self.hide()
            if self._before is not None:
                self._before.setFocus(Qt.FocusReason.PopupFocusReason)
            self.closed.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Keys that are for the list, while the field has the keyboard."""
        if (
            event.type() == QEvent.Type.FocusOut
            and self.isVisible()
            and QApplication.activePopupWidget() is None
        ):
            self.hide()
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        row = self._list.currentIndex().row()
        match event.key():
            case Qt.Key.Key_Down:
                self._choose(row, +1)
            case Qt.Key.Key_Up:
                self._choose(row, -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._do(self._list.currentIndex())
            case Qt.Key.Key_Escape:
                self.close_now()
            case _:
                return False
        return True

    def _narrow(self, typed: str) -> None:
        self._model.narrow(typed)
        found = self._model.rowCount() > 0
        self._none_label.setVisible(not found)
        self._list.setVisible(found)
        self._choose(-1, +1)

    def _choose(self, row: int, step: int) -> None:
        """The next entry that can be chosen."""
        count = self._model.rowCount()
        for number in range(1, count + 1):
            index = self._model.index((row + step * number) % count)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self._list.setCurrentIndex(index)
                return

    def _do(self, index: QModelIndex) -> None:
        if not index.isValid() or not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        entry = index.data(_ENTRY)
        self.close_now()
        entry.do()

    def _place(self) -> None:
        around = self.parentWidget()
        assert around is not None
        width = min(_WIDEST, around.width() - 40)
        row = max(self._list.sizeHintForRow(0), self.fontMetrics().height() + 10)
        height = min(_ROWS * row + self._field.sizeHint().height() + 30, around.height() - 80)
        self.setGeometry((around.width() - width) // 2, 44, width, height)
