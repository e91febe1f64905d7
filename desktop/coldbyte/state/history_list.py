"""The exchanges that a query finds, fetched page by page as they are scrolled into sight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from coldbyte.core.history.query import Found, HistoryRow, Query
from coldbyte.state.history import History
from coldbyte.state.tasks import Tasks

ROW = Qt.ItemDataRole.UserRole
"""The role that gives the HistoryRow."""

PAGE = 200

_Index = QModelIndex | QPersistentModelIndex


class HistoryItemModel(QAbstractListModel):
    """Newest first. Asking again keeps what is shown until the answer is there."""

    found = Signal()  # an answer is shown
    failed = Signal(object)  # OSError

    def __init__(self, history: History, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._tasks = tasks
        self._query = Query()
        self._rows: list[HistoryRow] = []
        self._more = False
        self._total: int | None = None
        self._is_new = True  # the query: nothing of another one's answer is kept
        self._task: asyncio.Task[None] | None = None

    @property
    def query(self) -> Query:
        """What is asked."""
        return self._query

    @property
    def rows(self) -> tuple[HistoryRow, ...]:
        """The rows fetched so far."""
        return tuple(self._rows)

    @property
    def total(self) -> int | None:
        """How many exchanges fit; None until that is known."""
        return self._total

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._task is not None

    def row_of(self, id_: int) -> int | None:
        """The row of an exchange, as far as it is fetched."""
        return next((n for n, row in enumerate(self._rows) if row.id == id_), None)

    def ask(self, query: Query) -> None:
        """Show what another query finds."""
        self._is_new = self._is_new or query != self._query
        self._query = query
        self.refresh()

    def refresh(self) -> None:
        """Ask again."""
        self._start(self._ask(self._query))

    def amend(self, id_: int, change: Callable[[HistoryRow], HistoryRow]) -> None:
        """Change the row of an exchange in its place, if it is fetched."""
        row = self.row_of(id_)
        if row is not None:
            self._put(row, change(self._rows[row]))

    def forget(self, ids: Collection[int]) -> None:
        """Take rows away whose exchanges were deleted; those behind them move up."""
        gone = [row for row, known in enumerate(self._rows) if known.id in ids]
        while gone:
            last = gone.pop()
            first = last
            while gone and gone[-1] == first - 1:
                first = gone.pop()
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
            if self._total is not None:
                self._total -= last + 1 - first

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows fetched so far."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row, or its title."""
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return row.name or row.title
        return None

    def canFetchMore(self, parent: _Index) -> bool:
        """Whether older ones fit, and are not on their way."""
        return self._more and self._task is None and not parent.isValid()

    def fetchMore(self, parent: _Index) -> None:
        """Fetch the next page."""
        if self.canFetchMore(parent):
            self._start(self._ask_more(self._query, self._rows[-1]))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        if self._task is not None:
            self._task.cancel()
        task = self._tasks.start("look into the history", work)
        self._task = task
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        if task is self._task:
            self._task = None
            self.found.emit()

    async def _ask(self, query: Query) -> None:
        store = self._history.store
        if store is None:
            self._total = 0
            return
        try:
            found = await store.find(query, None, PAGE)
            is_kept = self._take(found)
            known, self._total = self._total, await store.count(query)
            if is_kept and known not in (None, self._total):  # others came or went far below
                self._start_over(found)
        except OSError as error:
            self.failed.emit(error)

    async def _ask_more(self, query: Query, last: HistoryRow) -> None:
        assert self._history.store is not None
        try:
            found = await self._history.store.find(query, last, PAGE)
        except OSError as error:
            self._more = False
            self.failed.emit(error)
            return
        first = len(self._rows)
        if found.rows:
            self.beginInsertRows(QModelIndex(), first, first + len(found.rows) - 1)
            self._rows.extend(found.rows)
            self.endInsertRows()
        self._more = found.more

    def _take(self, found: Found) -> bool:
        """Show a first page; whether the rows below stay, as only newer ones came or some have changed."""
        rows, old = found.rows, self._rows
        new = next((n for n, row in enumerate(rows) if old and row.id == old[0].id), len(rows))
        rest = rows[new:]
        known = [row.id for row in rest] == [row.id for row in old[: len(rest)]]
        if self._is_new or not rest or not known or not (found.more or len(rest) == len(old)):
            self._start_over(found)
            return False
        for row, fresh in enumerate(rest):
            self._put(row, fresh)
        if new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self._rows[:0] = rows[:new]
            self.endInsertRows()
            self._total = None if self._total is None else self._total + new
        return True

    def _start_over(self, found: Found) -> None:
        self.beginResetModel()
        self._rows, self._more, self._is_new = list(found.rows), found.more, False
        self.endResetModel()

    def _put(self, row: int, value: HistoryRow) -> None:
        if self._rows[row] != value:
            self._rows[row] = value
            self.dataChanged.emit(self.index(row), self.index(row))
