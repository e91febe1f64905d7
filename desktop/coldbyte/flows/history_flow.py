"""The history in the window: finding exchanges, looking at one, and what can be done with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QInputDialog

from coldbyte.core.draft import Draft
from coldbyte.core.exchange import Exchange
from coldbyte.core.history.keeping import exchange_of
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import Retention
from coldbyte.core.json.reader import JsonError
from coldbyte.core.opening import Opening, open_body
from coldbyte.core.prefix.record import BodyError
from coldbyte.flows.edit_flow import EditFlow
from coldbyte.flows.export_desk import ExportDesk
from coldbyte.services.text_file import FileTrouble
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.history import History, HistoryStore
from coldbyte.state.history_list import HistoryItemModel
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.settings import Settings
from coldbyte.state.tasks import Tasks
from coldbyte.ui.history.history_detail import Shown
from coldbyte.ui.history.retention_dialog import RetentionDialog
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice

GiveWay = Callable[[Draft, str, str], None]
"""Opens a draft with its chosen question in place of the one that is open, and says something of it."""

_DAY_MS = 24 * 3600 * 1000
_SUFFIX = {"reply": ".md", "body": ".json", "events": ".txt"}


class HistoryFlow(QObject):
    """Looks into the history while its view can be seen; what is asked twice counts once."""

    loaded = Signal(int)  # an exchange stands in the view
    settled = Signal()  # a wish was done, or could not be done

    def __init__(
        self,
        window: MainWindow,
        live: LiveInsight,
        books: Books,
        history: History,
        connection: Connection,
        settings: Settings,
        tasks: Tasks,
        edits: EditFlow,
        desk: ExportDesk,
        give_way: GiveWay,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._view = window.history_view
        self._live = live
        self._books = books
        self._history = history
        self._connection = connection
        self._settings = settings
        self._tasks = tasks
        self._edits = edits
        self._desk = desk
        self._give_way = give_way
        self.model = HistoryItemModel(history, tasks, self)
        self._stale = True
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.refresh)
        self._daily = QTimer(self, interval=_DAY_MS)
        self._daily.timeout.connect(self.tidy)
        self._loading: asyncio.Task[None] | None = None
        self._view.show_model(self.model)
        self._view.keeps = history.store is not None
        self._join()

    def start(self) -> None:
        """The store is open: look, delete what is too old, and again every day."""
        self._history.is_open = True
        self._daily.start()
        self.tidy()
        self._note_change()

    def show(self) -> None:
        """Bring the history to the front."""
        self._window.outcome_tabs.show_view("history_view")
        self._window.outcome_tabs.setFocus()

    def open_exchange(self, id_: int) -> None:
        """Bring the history to the front, with an exchange chosen in it."""
        self.show()
        self._reach(id_)

    def search(self) -> None:
        """Bring it to the front, ready to type."""
        self._window.outcome_tabs.show_view("history_view")
        self._view.focus_search()

    def refresh(self) -> None:
        """Look again, now or when the view can be seen."""
        self._stale = not self._view.isVisible() or not self._history.is_open
        if not self._stale:
            self.model.refresh()
            self._do("look at the stock", self._show_stock)

    def tidy(self) -> None:
        """Delete what is older or more than wanted, in the background."""
        if self._history.store is not None:
            self._tasks.start("tidy the history", self._guarded(self._tidy))

    def open_draft(self, id_: int) -> None:
        """Put an exchange in place of the draft, which can be brought back."""
        self._do("open as a draft", partial(self._open_draft, id_=id_))

    def compare(self, id_: int) -> None:
        """Make an exchange the baseline of the draft."""
        self._do("compare with an exchange", partial(self._compare, id_=id_))

    def find_nearest(self) -> None:
        """Show the exchange that shares the longest prefix with the draft."""
        self._do("find the nearest exchange", self._find_nearest)

    def ask_delete(self, ids: Sequence[int]) -> None:
        """Ask whether to delete exchanges for good."""
        what = self.tr("this exchange") if len(ids) == 1 else self.tr("{n} exchanges").format(n=len(ids))
        say = self.tr("Delete {what} for good?").format(what=what)
        remedy = self.tr("It can't be undone.")
        delete = (self.tr("Delete"), lambda: self._do("delete exchanges", partial(self._delete, ids=ids)))
        self._window.notice_bar.show_notice(Notice(say, remedy, offers=[delete]))

    def pin(self, ids: Sequence[int]) -> None:
        """Pin exchanges, or unpin them if all of them are pinned."""
        wanted = set(ids)
        pinned = not all(row.pinned for row in self.model.rows if row.id in wanted)
        self._do("pin exchanges", partial(self._annotate, ids=ids, pinned=pinned))

    def ask_name(self, id_: int) -> None:
        """Ask for a name."""
        kept = self._view.detail.kept
        old = kept.name if kept is not None and kept.id == id_ else ""
        self._ask(self.tr("Name this exchange"), old, lambda name: self._rename(id_, name), lines=False)

    def ask_note(self, id_: int) -> None:
        """Ask for a note."""
        kept = self._view.detail.kept
        old = kept.note if kept is not None and kept.id == id_ else ""
        self._ask(
            self.tr("Note for this exchange"), old, lambda note: self._annotate_now(id_, note), lines=True
        )

    def ask_retention(self) -> None:
        """Ask how long exchanges are kept."""
        self._do("look at the stock", self._open_retention)

    def ask_target(self, shown: Shown) -> None:
        """Ask where to save a text of the exchange that is shown."""
        kept = self._view.detail.kept
        if kept is None:
            return
        data = self._view.detail.data(shown)
        name = f"exchange-{kept.id}-{shown}{_SUFFIX[shown]}"
        self._desk.ask(self.tr("Save as"), name, lambda path: self.save(path, data))

    def save(self, path: Path, data: bytes) -> None:
        """Write bytes into a file, all or nothing."""
        self._desk.start(self._desk.write(path, lambda: data))

    def load(self, id_: int) -> None:
        """Show an exchange in full; of several wishes in a row the last one counts."""
        if self._loading is not None:
            self._loading.cancel()
        if self._history.store is not None:
            work = partial(self._load, self._history.store, id_)
            self._loading = self._tasks.start("load an exchange", self._guarded(work))

    async def _load(self, store: HistoryStore, id_: int) -> None:
        try:
            kept = await store.load(id_)
        except KeyError:
            return
        edits = await store.snapshots(id_)
        self._view.show_exchange(kept, edits=bool(edits))
        self.loaded.emit(id_)

    async def _open_draft(self, store: HistoryStore, id_: int) -> None:
        kept = await store.load(id_)
        opening = await asyncio.to_thread(_opened, kept)
        self._give_way(opening.draft, opening.question, " ".join(opening.remarks))

    async def _compare(self, store: HistoryStore, id_: int) -> None:
        own = (record.exchange for record in self._books.log.records if record.kept == id_)
        exchange = next(own, None)
        if exchange is None:
            exchange = await asyncio.to_thread(_compared, await store.load(id_))
        self._books.log.choose_baseline(exchange)
        self._live.look()
        self._window.outcome_tabs.show_view("prefix_panel")
        say = self.tr("The draft is compared with {exchange}, until the next send.")
        self._window.notice_bar.show_notice(Notice(say.format(exchange=exchange.called)))

    async def _find_nearest(self, store: HistoryStore) -> None:
        insight = self._live.look()
        if insight is None:
            return
        nearest = await store.nearest(insight.prefix, self._connection.scope)
        if nearest is None:
            say = self.tr("No exchange of this model and this prompt cache shares anything with the draft.")
            self._window.notice_bar.show_notice(Notice(say))
            return
        self._reach(nearest.id)
        words = (
            self.tr("All {n} bytes of its prefix begin the draft, too.")
            if nearest.whole
            else self.tr("It shares {n} of {all} bytes with the draft.")
        ).format(n=f"{nearest.shared:,}", all=f"{insight.prefix.size:,}")
        say = self.tr("This is the nearest exchange.")
        compare = (self.tr("Compare with the draft"), lambda: self.compare(nearest.id))
        self._window.notice_bar.show_notice(Notice(say, words, offers=[compare]))

    def _reach(self, id_: int) -> None:
        """Choose an exchange in the list, or show it where the list does not reach so far."""
        if not self._view.list.select_id(id_):
            self.load(id_)

    async def _show_edits(self, store: HistoryStore, id_: int) -> None:
        self._edits.show_kept(await store.snapshots(id_))

    async def _delete(self, _store: HistoryStore, ids: Sequence[int]) -> None:
        await self._history.delete(ids)
        self.model.forget(set(ids))

    async def _annotate(self, _store: HistoryStore, ids: Sequence[int], **words: Any) -> None:
        """Change names, notes and pins, also of rows far below those that a refresh would look at."""
        for id_ in ids:
            await self._history.annotate(id_, **words)
            self.model.amend(id_, lambda row: replace(row, **words))
        shown = self._view.detail.kept
        if shown is not None and shown.id in ids:
            self.load(shown.id)

    async def _show_stock(self, store: HistoryStore) -> None:
        self._view.show_stock(await store.stock())

    async def _open_retention(self, store: HistoryStore) -> None:
        dialog = RetentionDialog(self._settings.retention, await store.stock(), self._window)
        dialog.retention_chosen.connect(self._keep_retention)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _tidy(self) -> None:
        gone = await self._history.retain(self._settings.retention)
        if gone:
            say = self.tr("{n} exchanges were deleted, as the history is to be kept so long and no longer.")
            self._window.notice_bar.show_notice(Notice(say.format(n=f"{gone:,}")))

    def _keep_retention(self, retention: Retention) -> None:
        self._settings.retention = retention
        self.tidy()

    def _rename(self, id_: int, name: str) -> None:
        self._do("name an exchange", partial(self._annotate, ids=(id_,), name=name.strip()))

    def _annotate_now(self, id_: int, note: str) -> None:
        self._do("note", partial(self._annotate, ids=(id_,), note=note))

    def _ask(self, title: str, old: str, take: Callable[[str], None], *, lines: bool) -> None:
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("It is found by the search, too. Nothing of it is sent."))
        dialog.setOption(QInputDialog.InputDialogOption.UsePlainTextEditForTextInput, lines)
        dialog.setTextValue(old)
        dialog.textValueSelected.connect(take)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _do(self, name: str, work: Callable[[HistoryStore], Coroutine[Any, Any, None]]) -> None:
        if self._history.store is not None and self._history.is_open:
            self._tasks.start(name, self._guarded(partial(work, self._history.store)))

    async def _guarded(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it, and say what went wrong."""
        try:
            await work()
        except KeyError:
            self._tell(self.tr("This exchange is no longer in the history."))
        except FileTrouble as trouble:
            self._report(trouble)
        except (JsonError, BodyError) as error:
            say = self.tr("The body of this exchange is not one that can be opened: {why}.")
            self._tell(say.format(why=str(error).rstrip(".")))
        finally:
            self.settled.emit()

    def _report(self, error: OSError) -> None:
        say, remedy = str(error), error.remedy if isinstance(error, FileTrouble) else ""
        self._window.notice_bar.show_notice(Notice(say, remedy, "trouble"))

    def _tell(self, say: str) -> None:
        self._window.notice_bar.show_notice(Notice(say, kind="trouble"))

    def _note_change(self) -> None:
        self._soon.start()

    def _look_if_stale(self) -> None:
        if self._stale:
            self._soon.start()

    def _join(self) -> None:
        view, history = self._view, self._history
        history.changed.connect(self._note_change)
        history.failed.connect(self._report)
        self.model.failed.connect(self._report)
        self.model.found.connect(lambda: view.show_found(self.model.total))
        view.shown.connect(self._look_if_stale)
        view.query_changed.connect(self._ask_query)
        view.load_requested.connect(self.load)
        view.open_requested.connect(self.open_draft)
        view.compare_requested.connect(self.compare)
        view.edits_requested.connect(lambda id_: self._do("show edits", partial(self._show_edits, id_=id_)))
        view.name_requested.connect(self.ask_name)
        view.note_requested.connect(self.ask_note)
        view.pin_requested.connect(self.pin)
        view.delete_requested.connect(self.ask_delete)
        view.save_requested.connect(self.ask_target)
        view.filter_bar.nearest_requested.connect(self.find_nearest)
        view.filter_bar.retention_requested.connect(self.ask_retention)
        self._window.action("show_history").triggered.connect(self.show)
        self._window.action("search_history").triggered.connect(self.search)

    def _ask_query(self) -> None:
        query = self._view.filter_bar.query
        self._view.list.show_excerpts(bool(query.text))
        if self._history.is_open:
            self.model.ask(query)


def _opened(kept: KeptExchange) -> Opening:
    return open_body(exchange_of(kept).body)


def _compared(kept: KeptExchange) -> Exchange:
    """The exchange with its prefix and its draft, computed in the thread."""
    exchange = exchange_of(kept)
    _ = exchange.prefix.keys, exchange.markers, exchange.draft
    return exchange
