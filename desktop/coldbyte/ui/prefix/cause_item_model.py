"""The causes as an item model, changed row by row so that nothing is rebuilt while the user types."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from coldbyte.ui.prefix.cause_row import CauseKey, CauseRow

ROW = int(Qt.ItemDataRole.UserRole)
"""The role under which a row answers with its value."""

_Index = QModelIndex | QPersistentModelIndex


class CauseItemModel(QAbstractListModel):
    """One row for each cause, one that opens and closes the group of harmless differences."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[CauseRow] = []

    @property
    def rows(self) -> tuple[CauseRow, ...]:
        """What is shown."""
        return tuple(self._rows)

    def row_of(self, key: CauseKey | None) -> int | None:
        """The row with this key."""
        return next((number for number, row in enumerate(self._rows) if row.key == key), None)

    def show_rows(self, rows: Sequence[CauseRow]) -> None:
        """Show other rows: those of the same key stay where they are."""
        old, new = [row.key for row in self._rows], [row.key for row in rows]
        head = _shared(old, new)
        tail = _shared(old[head:][::-1], new[head:][::-1])
        if len(old) > head + tail:
            self.beginRemoveRows(QModelIndex(), head, len(old) - tail - 1)
            del self._rows[head : len(old) - tail]
            self.endRemoveRows()
        if len(new) > head + tail:
            self.beginInsertRows(QModelIndex(), head, len(new) - tail - 1)
            self._rows[head:head] = rows[head : len(new) - tail]
            self.endInsertRows()
        for number, row in enumerate(rows):
            if self._rows[number] != row:
                self._rows[number] = row
                self.dataChanged.emit(self.index(number), self.index(number))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The value of a row, and its words."""
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.spoken
            case Qt.ItemDataRole.UserRole:
                return row
            case _:
                return None


def _shared(one: Sequence[CauseKey], two: Sequence[CauseKey]) -> int:
    """How many keys both begin with."""
    pairs = zip(one, two, strict=False)
    return next((n for n, (left, right) in enumerate(pairs) if left != right), min(len(one), len(two)))
