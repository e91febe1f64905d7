"""The list of exchanges: arrows, Enter, F2 and Delete do what they do in other lists."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from coldbyte.core.history.query import HistoryRow
from coldbyte.state.history_list import ROW, HistoryItemModel
from coldbyte.ui.history.history_delegate import HistoryDelegate

_OWN_KEYS = (Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HistoryListView(QTableView):
    """Several rows can be selected; one is the current one, whose details are shown.

    A table of one column: a list would look at every row whenever a page comes.
    """

    current_changed = Signal()
    open_requested = Signal()
    name_requested = Signal()
    delete_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_list")
        self.setAccessibleName(self.tr("Exchanges"))
        self._delegate = HistoryDelegate(clock, self)
        self._wanted: int | None = None  # the id of the current row, also while it is not listed
        self.setItemDelegate(self._delegate)
        self.setProperty("role", "rows")
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.doubleClicked.connect(self.open_requested)
        self.setMinimumHeight(80)

    @property
    def current(self) -> HistoryRow | None:
        """The current row."""
        index = self.currentIndex()
        return index.data(ROW) if index.isValid() else None

    @property
    def selected(self) -> tuple[HistoryRow, ...]:
        """The selected rows, from top to bottom."""
        model = self.model()
        assert isinstance(model, HistoryItemModel)
        rows, selection = model.rows, self.selectionModel().selection()
        runs = [selection.at(number) for number in range(selection.size())]
        return tuple(
            row
            for start, stop in sorted((run.top(), run.bottom() + 1) for run in runs)
            for row in rows[start:stop]
        )

    def show_model(self, model: HistoryItemModel) -> None:
        """Show the rows of a model."""
        self.setModel(model)
        self._give_height()
        self.selectionModel().currentChanged.connect(self._note_current)
        model.modelReset.connect(self._find_current)

    def show_excerpts(self, shown: bool) -> None:
        """Give each row a line for the words that were found."""
        if shown != self._delegate.with_excerpt:
            self._delegate.with_excerpt = shown
            self._give_height()

    def select_id(self, id_: int) -> bool:
        """Make an exchange the current one; whether it is listed."""
        model = self.model()
        assert isinstance(model, HistoryItemModel)
        row = model.row_of(id_)
        self._wanted = id_
        if row is None:
            return False
        self._choose(row)
        return True

    def event(self, event: QEvent) -> bool:
        """Keep keys that mean something in a list from being shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if event.key() in _OWN_KEYS and plain:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens as a draft, F2 names, Delete asks whether to delete."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.open_requested.emit()
            case Qt.Key.Key_F2:
                self.name_requested.emit()
            case Qt.Key.Key_Delete:
                self.delete_requested.emit()
            case Qt.Key.Key_Home if self.model().rowCount():
                self.setCurrentIndex(self.model().index(0, 0))
            case Qt.Key.Key_End if self.model().rowCount():
                self.setCurrentIndex(self.model().index(self.model().rowCount() - 1, 0))
            case _:
                super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow another font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._give_height()

    def _give_height(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_height(self.font()))

    def _note_current(self, current: QModelIndex) -> None:
        if current.isValid():
            self._wanted = current.data(ROW).id
        self.current_changed.emit()

    def _choose(self, row: int) -> None:
        """Make a row the only selected one; `setCurrentIndex` would heed the keys that are held."""
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.model().index(row, 0), flags.ClearAndSelect | flags.Rows)

    def _find_current(self) -> None:
        """After other rows came: the same exchange if it is there, else the first one."""
        model = self.model()
        assert isinstance(model, HistoryItemModel)
        row = model.row_of(self._wanted) if self._wanted is not None else None
        if row is None and model.rowCount():
            row = 0
        if row is not None:
            self._choose(row)
        else:
            self.current_changed.emit()

    def _ask_menu(self, place: QPoint) -> None:
        if self.indexAt(place).isValid() or self.currentIndex().isValid():
            self.menu_requested.emit(self.viewport().mapToGlobal(place))
