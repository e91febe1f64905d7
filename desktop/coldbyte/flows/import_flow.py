"""Importing files, folders and the clipboard into the history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.draft import Draft
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.opening import open_body
from coldbyte.core.prefix.record import BodyError, an_object
from coldbyte.services.importing.file_import import PastedText, Tell, read_sources
from coldbyte.state.importing import Importing, ImportProgress, ImportReport
from coldbyte.ui.importing.import_window import ImportWindow, summary_of
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice


class ImportFlow(QObject):
    """One import at a time; its window shows progress and report.

    `give_way` opens another draft with its question, and says a remark of it.
    """

    def __init__(
        self, window: MainWindow, importing: Importing, give_way: Callable[[Draft, str, str], None]
    ) -> None:
        super().__init__(window)
        self._window, self._importing, self._give_way = window, importing, give_way
        self._report: ImportReport | None = None
        self.import_window: ImportWindow | None = None
        window.action("import_file").triggered.connect(self.choose_files)
        window.action("import_folder").triggered.connect(self.choose_folder)
        window.action("import_clipboard").triggered.connect(self.import_clipboard)
        importing.progressed.connect(self._show_progress)
        importing.finished.connect(self._show_report)

    def choose_files(self) -> None:
        """Ask which files to import."""
        self._choose(self.tr("Import"), QFileDialog.FileMode.ExistingFiles)

    def choose_folder(self) -> None:
        """Ask for a folder whose files are imported."""
        self._choose(self.tr("Import a folder"), QFileDialog.FileMode.Directory)

    def import_paths(self, paths: Sequence[str]) -> None:
        """Import files and folders."""
        name = Path(paths[0]).name if len(paths) == 1 else self.tr("{count} files").format(count=len(paths))
        self._start(name, [Path(path) for path in paths])

    def import_clipboard(self) -> None:
        """Import the text of the clipboard: a cURL command, a body, lines of them."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self._window.notice_bar.show_notice(Notice(self.tr("There is no text in the clipboard.")))
            return
        data = text.encode("utf-8", "replace")
        self._start(self.tr("the clipboard"), [PastedText(self.tr("clipboard"), data)])

    def _choose(self, title: str, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self._window, title)
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(self.import_paths)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _start(self, title: str, sources: Sequence[Path | PastedText]) -> None:
        if not self._importing.start(title, partial(_read, tuple(sources))):
            say = self.tr("Another import is still running.")
            self._window.notice_bar.show_notice(Notice(say, self.tr("Wait for it, or cancel it.")))
            return
        self._report = None
        if self.import_window is not None:
            self.import_window.close()
        self.import_window = ImportWindow(title, self._window)
        self.import_window.cancel_requested.connect(self._importing.cancel)
        self.import_window.draft_requested.connect(self._open_draft)
        self.import_window.finished.connect(self._forget_window)
        self.import_window.show()

    def _forget_window(self) -> None:
        self.import_window = None

    def _show_progress(self, progress: ImportProgress) -> None:
        if self.import_window is not None:
            self.import_window.show_progress(progress)

    def _show_report(self, report: ImportReport) -> None:
        self._report = report
        if self.import_window is not None:
            self.import_window.show_report(report)
        else:
            self._window.notice_bar.show_notice(Notice(summary_of(report)))

    def _open_draft(self) -> None:
        """Put the imported request in place of the draft, which can be brought back."""
        if self._report is None or self._report.only is None:
            return
        wire = self._report.only.wire
        try:
            opening = open_body(RequestBody(an_object(read_json(wire), ""), Source(wire)))
        except (JsonError, BodyError) as error:
            say = self.tr("It can't be opened: {error}.").format(error=error)
            self._window.notice_bar.show_notice(Notice(say, kind="trouble"))
            return
        self._give_way(opening.draft, opening.question, " ".join(opening.remarks))


def _read(
    sources: Sequence[Path | PastedText], tell: Tell, cancelled: Callable[[], bool]
) -> Iterator[KeptExchange | Remark]:
    return read_sources(sources, tell, cancelled)
