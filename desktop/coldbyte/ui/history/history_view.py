"""The view “History”: every exchange that is kept, found by its words, and one of them in full."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import HistoryRow, Stock
from coldbyte.state.history_list import HistoryItemModel
from coldbyte.ui.history.filter_bar import FilterBar
from coldbyte.ui.history.history_detail import HistoryDetail
from coldbyte.ui.history.history_list_view import HistoryListView
from coldbyte.ui.history.history_menu import ExportWish, HistoryMenu

_WIDE = 900  # pixels from which on the details stand beside the list


class HistoryView(QWidget):
    """What is to be done with the selected exchanges is told by their ids."""

    shown = Signal()  # it can be seen again
    query_changed = Signal()
    load_requested = Signal(int)
    open_requested = Signal(int)
    compare_requested = Signal(int)
    edits_requested = Signal(int)
    name_requested = Signal(int)
    note_requested = Signal(int)
    pin_requested = Signal(object)  # ids
    export_requested = Signal(object)  # ExportWish
    delete_requested = Signal(object)  # ids
    save_requested = Signal(str)  # which text of the exchange that is shown

    def __init__(self, clock: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_view")
        self.setAccessibleName(self.tr("History"))
        self.filter_bar = FilterBar(clock, self)
        self.list = HistoryListView(clock, self)
        self._menu = HistoryMenu(self)
        self.detail = HistoryDetail(self._menu, self)
        self._empty_label = QLabel(self)
        self._empty_label.setObjectName("history_empty")
        self._empty_label.setProperty("role", "placeholder")
        self._empty_label.setWordWrap(True)
        self._empty_label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.setObjectName("history_splitter")
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(8)
        self._splitter.addWidget(self.list)
        self._splitter.addWidget(self.detail)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filter_bar)
        column.addWidget(self._empty_label)
        column.addWidget(self._splitter, 1)
        column.addStretch(0)
        self.setFocusProxy(self.list)
        self.keeps = True
        """Whether exchanges are kept at all."""
        self._join()
        self.show_found(None)

    @property
    def empty_text(self) -> str:
        """What is said where no exchange is listed."""
        return "" if self._empty_label.isHidden() else self._empty_label.text()

    @property
    def ids(self) -> tuple[int, ...]:
        """The selected exchanges."""
        return tuple(row.id for row in self.list.selected)

    def show_model(self, model: HistoryItemModel) -> None:
        """Show the rows of a model."""
        self.list.show_model(model)

    def show_found(self, total: int | None) -> None:
        """An answer has come: `total` exchanges fit; None while none has come yet."""
        model = self.list.model()
        empty = model is None or not model.rowCount()
        self.filter_bar.show_count(total)
        self._splitter.setVisible(not empty)
        self._empty_label.setVisible(empty and total is not None)
        if not empty:
            return
        if not self.keeps:
            self._empty_label.setText(self.tr("Exchanges are not kept in this window."))
            return
        self._empty_label.setText(
            self.tr("No exchange fits. ✕ shows all of them again.")
            if self.filter_bar.is_filtered
            else self.tr(
                "Nothing is kept yet.\n\nEvery exchange that you send is kept here with its bytes, its reply "
                "and its verdict, on this machine only: to be found by its words, opened as a draft, and "
                "compared with the draft."
            )
        )

    def show_exchange(self, kept: KeptExchange | None, *, edits: bool = False) -> None:
        """Show one exchange in full; `edits` says whether the edits before it are known."""
        self.detail.show_exchange(kept, edits=edits)

    def show_stock(self, stock: Stock) -> None:
        """Offer what there is to filter by."""
        self.filter_bar.show_stock(stock)

    def focus_search(self) -> None:
        """Give the keyboard to the search."""
        self.filter_bar.search_field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter_bar.search_field.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what is new."""
        super().showEvent(event)
        self.shown.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the details beside the list, or below it."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        orientation = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._splitter.orientation() != orientation or not event.oldSize().isValid():
            self._splitter.setOrientation(orientation)
            room = self.width() if wide else self.height()
            self._splitter.setSizes([room * 9 // 20, room * 11 // 20])

    def action(self, name: str) -> QAction:
        """An action of the menu."""
        return self._menu[name]

    def _join(self) -> None:
        view, detail = self.list, self.detail
        self.filter_bar.query_changed.connect(self.query_changed)
        view.current_changed.connect(self._ask_current)
        view.menu_requested.connect(self._open_menu)
        for signal in (view.open_requested, detail.open_requested, self._menu["open"].triggered):
            signal.connect(lambda *_: self._ask_one(self.open_requested))
        for signal in (detail.compare_requested, self._menu["compare"].triggered):
            signal.connect(lambda *_: self._ask_one(self.compare_requested))
        for signal in (view.name_requested, self._menu["name"].triggered):
            signal.connect(lambda *_: self._ask_one(self.name_requested))
        self._menu["note"].triggered.connect(lambda *_: self._ask_one(self.note_requested))
        detail.edits_requested.connect(lambda: self._ask_one(self.edits_requested))
        for signal in (view.delete_requested, self._menu["delete"].triggered):
            signal.connect(lambda *_: self._ask_all(self.delete_requested))
        self._menu["pin"].triggered.connect(lambda *_: self._ask_all(self.pin_requested))
        self._menu.export_chosen.connect(self._ask_export)
        self._menu.aboutToShow.connect(lambda: self._menu.show_rows(self.list.selected))
        detail.save_requested.connect(self.save_requested)

    def _ask_current(self) -> None:
        row = self.list.current
        if row is not None:
            self.load_requested.emit(row.id)
        else:
            self.show_exchange(None)

    def _ask_one(self, signal: SignalInstance) -> None:
        row: HistoryRow | None = self.list.current
        if row is not None:
            signal.emit(row.id)

    def _ask_all(self, signal: SignalInstance) -> None:
        if self.ids:
            signal.emit(self.ids)

    def _ask_export(self, name: str) -> None:
        if self.ids:
            self.export_requested.emit(ExportWish(name, self.ids))

    def _open_menu(self, place: QPoint) -> None:
        self._menu.popup(place)
