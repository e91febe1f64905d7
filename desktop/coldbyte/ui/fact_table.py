"""A table of facts that is only read: cells are put into words when they are first seen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

R = TypeVar("R")

_Index = QModelIndex | QPersistentModelIndex
_SAMPLE = 60  # rows whose words tell how wide a column has to be
_ROOM = 13  # pixels beside the words of a cell
_LEAST = 90  # pixels of the column that takes what is left

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column: its title, what it says of a row, the tip of its title, and the tip of a cell.

    Words stand on the left, figures on the right. The column that `stretches` takes what is left of the
    width. Where there is no room, the columns with the highest `spare` give way first; 0 stays.
    """

    title: str
    say: Callable[[R], str]
    tip: str = ""
    detail: Callable[[R], str] | None = None
    words: bool = False
    stretches: bool = False
    spare: int = 0


class FactItemModel(QAbstractTableModel, Generic[R]):
    """Rows of any kind of value."""

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._rows: Sequence[R] = ()

    @property
    def rows(self) -> Sequence[R]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[R]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a cell, its tip, and where they stand."""
        column, row = self._columns[index.column()], self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.say(row)
            case Qt.ItemDataRole.ToolTipRole:
                return column.detail(row) if column.detail else None
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{column.title}: {column.say(row)}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if column.words else _RIGHT
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The title of a column and its tip."""
        if orientation == Qt.Orientation.Vertical:
            return None
        column = self._columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title
            case Qt.ItemDataRole.ToolTipRole:
                return column.tip or None
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if column.words else _RIGHT
        return None


class FactTable(QTableView, Generic[R]):
    """Columns are as wide as their words; rows are chosen with the arrows."""

    def __init__(
        self, name: str, title: str, columns: Sequence[Column[R]], parent: QWidget | None = None
    ) -> None:
        """`name` is the objectName, `title` what a screen reader calls it."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("role", "facts")
        self._columns = tuple(columns)
        self._empty: frozenset[int] = frozenset()
        self._model: FactItemModel[R] = FactItemModel(self._columns, self)
        self.setModel(self._model)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    @property
    def text(self) -> str:
        """All rows as lines, with the titles before them; cells stand between bars."""
        shown = [index for index in range(len(self._columns)) if not self.isColumnHidden(index)]
        lines = [" | ".join(self._columns[index].title for index in shown)]
        lines += [" | ".join(self._columns[index].say(row) for index in shown) for row in self._model.rows]
        return "\n".join(lines)

    @property
    def rows(self) -> Sequence[R]:
        """What is shown."""
        return self._model.rows

    def show_rows(self, rows: Sequence[R], empty: Collection[int] = ()) -> None:
        """Show these rows; the columns of the numbers in `empty` have nothing to say of them."""
        if rows is self._model.rows:
            return
        chosen, scrolled = self.currentIndex().row(), self.verticalScrollBar().value()
        self._empty = frozenset(empty)
        self._model.show_rows(rows)
        self._fit()
        if 0 <= chosen < len(rows):
            self.selectRow(chosen)
        self.verticalScrollBar().setValue(scrolled)
        self.updateGeometry()

    def full_height(self) -> int:
        """Pixels that the title and all rows need."""
        return (len(self._model.rows) + 1) * self._row_height() + 2 * self.frameWidth() + 2

    def minimumSizeHint(self) -> QSize:
        """The title and two rows."""
        return QSize(200, 3 * self._row_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()
            self.updateGeometry()

    def _row_height(self) -> int:
        return self.fontMetrics().height() + 8

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._row_height())
        self.horizontalHeader().setFixedHeight(self._row_height())
        wanted = {n: self._wanted(n) for n in range(len(self._columns)) if n not in self._empty}
        room = self.viewport().width()
        for index in sorted(wanted, key=lambda n: self._columns[n].spare, reverse=True):
            if sum(wanted.values()) <= room or not self._columns[index].spare:
                break
            del wanted[index]
        left = max(room - sum(wanted.values()), 0)
        for index, column in enumerate(self._columns):
            self.setColumnHidden(index, index not in wanted)
            if index in wanted:
                self.setColumnWidth(index, wanted[index] + (left if column.stretches else 0))

    def _wanted(self, index: int) -> int:
        column, metrics = self._columns[index], self.fontMetrics()
        title = self.horizontalHeader().fontMetrics().horizontalAdvance(column.title) + _ROOM
        if column.stretches:
            return max(title, _LEAST)
        words = {column.say(row) for row in self._model.rows[:_SAMPLE]}
        return max(title, *(metrics.horizontalAdvance(each) + _ROOM for each in words), 0)
