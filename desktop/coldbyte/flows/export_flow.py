"""Exports of the window: the request as it stands, the exchanges, the report of a miss."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from coldbyte.core.body import RequestBody
from coldbyte.core.capture import Capture
from coldbyte.core.export.curl import curl_command
from coldbyte.core.export.outgoing import outgoing_of_body
from coldbyte.core.history.ancestor import capture_of
from coldbyte.core.history.keeping import Outcome, kept_of
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.rule.inquiry import inquire
from coldbyte.core.rule.report import Report
from coldbyte.flows.export_desk import ExportDesk
from coldbyte.flows.export_format import EXCHANGES, FILE_NAMES, REQUESTS
from coldbyte.flows.history_export import HistoryExport
from coldbyte.state.books import Books
from coldbyte.state.exchange_log import Record
from coldbyte.state.live_insight import LiveInsight
from coldbyte.ui.editor.exact_clipboard import mime_of
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice

Write = Callable[[Path], asyncio.Task[None]]


class ExportFlow(QObject):
    """Each command asks for a file. Exchanges are those that the history finds, or those of this run."""

    def __init__(
        self, window: MainWindow, live: LiveInsight, books: Books, desk: ExportDesk, kept: HistoryExport
    ) -> None:
        super().__init__(window)
        self._live, self._books, self._desk, self._of_history = live, books, desk, kept
        window.action("copy_curl").triggered.connect(self.copy_curl)
        for name in FILE_NAMES:
            window.action(name).triggered.connect(partial(self.choose, name))

    def copy_curl(self) -> None:
        """Put the request that would be sent now on the clipboard, as a command for the shell."""
        body = self._body()
        if body is not None:
            QGuiApplication.clipboard().setMimeData(mime_of(curl_command(outgoing_of_body(body))))
            self._desk.say(Notice(self.tr("Copied as cURL; the key comes from $ANTHROPIC_API_KEY.")))

    def choose(self, name: str, _checked: bool = False) -> None:
        """Ask for a file, if there is something to export; `name` is the id of the command."""
        write = self._writer(name)
        if write is not None:
            self._desk.ask(self.tr("Export"), FILE_NAMES[name], write)

    def export(self, name: str, path: Path) -> asyncio.Task[None] | None:
        """Write an export into a file; what is in the way is said."""
        write = self._writer(name)
        return None if write is None else write(path)

    def _writer(self, name: str) -> Write | None:
        """What writes the file; None, and said so, where there is nothing to export."""
        if name in REQUESTS:
            body = self._body()
            if body is None:
                return None
            make = partial(_request, name, body)
            return lambda path: self._desk.start(self._desk.write(path, make))
        if name in EXCHANGES:
            return self._exchange_writer(name)
        record = next((one for one in reversed(self._books.log.records) if one.insight.baseline), None)
        if record is None:
            self._refuse(self.tr("A report compares two exchanges: send two questions first."))
            return None
        report = partial(self._report, record)
        return lambda path: self._desk.start(self._desk.write_report(name, path, report))

    def _exchange_writer(self, name: str) -> Write | None:
        if self._of_history.is_open:
            return partial(self._of_history.export_found, name)
        ended = [record for record in self._books.log.records if not record.exchange.running]
        if not ended:
            self._refuse(self.tr("There is no exchange yet: send a question first."))
            return None
        make = partial(self._exchanges, name, ended)
        return lambda path: self._desk.start(self._desk.write(path, make))

    def _body(self) -> RequestBody | None:
        insight = self._live.look()
        if insight is None:
            self._refuse(self.tr("There is no question, so there is no request."))
            return None
        return insight.body

    def _refuse(self, say: str) -> None:
        self._desk.say(Notice(say))

    def _kept(self, record: Record) -> KeptExchange:
        outcome = Outcome(record.exchange, record.insight.forecast.plan.usage, record.verdict)
        return kept_of(outcome, self._books.catalogue)

    def _exchanges(self, name: str, records: Sequence[Record]) -> bytes:
        return EXCHANGES[name][1].whole(map(self._kept, records))

    def _report(self, record: Record) -> Report:
        """The newest exchange that had a baseline, against that."""
        baseline = record.insight.baseline
        assert baseline is not None
        before, after = (self._capture(one) for one in (Record(baseline, record.insight), record))
        return inquire(before, after, self._books.catalogue, now=self._books.clock())

    def _capture(self, record: Record) -> Capture:
        return replace(capture_of(self._kept(record)), body=record.exchange.body)


def _request(name: str, body: RequestBody) -> bytes:
    return REQUESTS[name][1](outgoing_of_body(body))
