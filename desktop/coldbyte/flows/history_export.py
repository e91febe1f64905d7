"""Exports of exchanges that are kept: chosen ones, or all that the history finds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from coldbyte.core.export.outgoing import ExportError, outgoing_of_exchange
from coldbyte.core.history.ancestor import capture_of
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import Query
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.rule.inquiry import inquire
from coldbyte.core.rule.report import Report
from coldbyte.flows.exchange_file import ExchangeFile, ExportStopped, found, listed
from coldbyte.flows.export_desk import ExportDesk
from coldbyte.flows.export_format import EXCHANGES, FILE_NAMES, REQUESTS
from coldbyte.state.books import Books
from coldbyte.state.history import History, HistoryStore
from coldbyte.ui.history.history_menu import ExportWish
from coldbyte.ui.history.history_view import HistoryView
from coldbyte.ui.notice_bar import Notice


class HistoryExport(QObject):
    """Each wish of the view asks for a file."""

    def __init__(self, view: HistoryView, books: Books, history: History, desk: ExportDesk) -> None:
        super().__init__(desk)
        self._view, self._books, self._history, self._desk = view, books, history, desk
        view.export_requested.connect(self.choose)

    @property
    def is_open(self) -> bool:
        """Whether there is a history that can be read."""
        return self._history.store is not None and self._history.is_open

    def choose(self, wish: ExportWish) -> None:
        """Ask for a file."""
        if self.is_open:
            self._desk.ask(self.tr("Export"), FILE_NAMES[wish.name], partial(self.export, wish))

    def export(self, wish: ExportWish, path: Path) -> asyncio.Task[None]:
        """Write exchanges into a file; beside one of which a report is wanted stands its nearest ancestor."""
        if wish.name in EXCHANGES:
            return self._desk.start(self._write_exchanges(wish.name, path, listed(wish.ids)))
        if wish.name in REQUESTS:
            return self._desk.start(self._write_request(wish, path))
        return self._desk.start(self._write_report(wish, path))

    def export_found(self, name: str, path: Path) -> asyncio.Task[None]:
        """Write all exchanges that the history finds into a file, the newest first."""
        query = self._view.filter_bar.query
        ids = found(self._store, query)
        return self._desk.start(self._write_exchanges(name, path, ids, filtered=query != Query()))

    @property
    def _store(self) -> HistoryStore:
        assert self._history.store is not None
        return self._history.store

    async def _write_exchanges(
        self, name: str, path: Path, ids: AsyncIterator[int], *, filtered: bool = False
    ) -> Notice:
        """Write them; where that takes long the user can stop it."""
        await self._history.settled()
        file = ExchangeFile(EXCHANGES[name][1], self._store, lambda: self._desk.say(waiting))
        waiting = Notice(
            self.tr("Exporting exchanges into {name} …").format(name=path.name),
            offers=[(self.tr("Cancel"), file.stop)],
        )
        try:
            await file.write(path, ids)
        except ExportStopped:
            return Notice(self.tr("The export was cancelled; nothing was written."))
        finally:
            self._desk.withdraw(waiting)
        return self._done(path, file, filtered=filtered)

    def _done(self, path: Path, file: ExchangeFile, *, filtered: bool) -> Notice:
        many = self.tr("Exported {name}: {n} exchanges, {size} bytes.")
        words = self.tr("Exported {name}: {n} exchange, {size} bytes.") if file.count == 1 else many
        notice = Notice(words.format(name=path.name, n=f"{file.count:,}", size=f"{file.size:,}"))
        remedies = [self.tr("They are those that the search in the history finds.")] if filtered else []
        if file.refused:
            left = self.tr("{n} were left out, the first one because: {why}")
            remedies.append(left.format(n=f"{len(file.refused):,}", why=file.refused[0]))
        return replace(notice, remedy=" ".join(remedies))

    async def _write_request(self, wish: ExportWish, path: Path) -> Notice:
        kept = await self._store.load(wish.ids[0])
        if wish.name == "export_body":  # whatever it is
            return await self._desk.write(path, lambda: kept.wire)
        return await self._desk.write(path, lambda: REQUESTS[wish.name][1](outgoing_of_exchange(kept)))

    async def _write_report(self, wish: ExportWish, path: Path) -> Notice:
        before, after = await self._pair(wish.ids)
        return await self._desk.write_report(wish.name, path, partial(self._report, before, after))

    async def _pair(self, ids: Sequence[int]) -> tuple[KeptExchange, KeptExchange]:
        """Two exchanges, the older one first; one alone with its nearest ancestor."""
        loaded = [await self._store.load(id_) for id_ in ids]
        if len(loaded) > 1:
            first, second = sorted(loaded, key=lambda kept: (kept.started_at or 0.0, kept.id))
            return first, second
        (after,) = loaded
        id_ = await self._ancestor(after)
        if id_ is None:
            say = self.tr("No earlier exchange of this model and this prompt cache is kept to compare with.")
            raise ExportError(f"{say} {self.tr('Select two exchanges to compare them.')}")
        return await self._store.load(id_), after

    async def _ancestor(self, kept: KeptExchange) -> int | None:
        """What shares most with an exchange; where nothing does, the one before it in its conversation."""
        prefix = await asyncio.to_thread(lambda: prefix_of(capture_of(kept).body))
        nearest = await self._store.nearest(prefix, kept.scope, before=kept.started_at)
        if nearest is not None and nearest.id != kept.id:
            return nearest.id
        if not kept.conversation:
            return None
        query = Query(conversation=kept.conversation, scope=kept.scope, until=kept.started_at)
        page = await self._store.find(query, None, 2)
        return next((row.id for row in page.rows if row.id != kept.id), None)

    def _report(self, before: KeptExchange, after: KeptExchange) -> Report:
        captures = capture_of(before), capture_of(after)
        return inquire(*captures, self._books.catalogue, now=self._books.clock())
