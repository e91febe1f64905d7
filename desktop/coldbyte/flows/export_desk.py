"""What all exports share: asking for a file, and saying what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from coldbyte.core.export.outgoing import ExportError
from coldbyte.core.json.reader import JsonError
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.rule.report import Report
from coldbyte.flows.export_format import report_bytes
from coldbyte.services.text_file import FileTrouble, write_bytes
from coldbyte.state.tasks import Tasks
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice


class ExportDesk(QObject):
    """Notices say what was written, or what was in the way."""

    def __init__(self, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._window, self._tasks = window, tasks

    def ask(self, title: str, file_name: str, take: Callable[[Path], object]) -> None:
        """Ask for a file to write."""
        dialog = QFileDialog(self._window, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(file_name)
        dialog.fileSelected.connect(lambda path: take(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def start(self, work: Coroutine[Any, Any, Notice]) -> asyncio.Task[None]:
        """Do the work of an export, and say what came of it."""
        return self._tasks.start("export", self._guarded(work))

    async def write(self, path: Path, make: Callable[[], bytes]) -> Notice:
        """Make the bytes of an export and write them, in a thread."""
        size = await asyncio.to_thread(_written, path, make)
        return Notice(self.tr("Exported {name}: {size} bytes.").format(name=path.name, size=f"{size:,}"))

    async def write_report(
        self, name: str, path: Path, report: Callable[[], Report], *, redact: bool = True
    ) -> Notice:
        """Write a report of a miss; a redacted one offers to show the text, too."""
        notice = await self.write(path, lambda: report_bytes(name, report(), redact=redact))
        if not redact:
            return notice

        def open_up() -> None:
            self.start(self.write_report(name, path, report, redact=False))

        offers = [(self.tr("Write it with the text"), open_up)]
        return replace(notice, remedy=self.tr("It shows no text of the prompt."), offers=offers)

    def say(self, notice: Notice) -> None:
        """Show a notice."""
        self._window.notice_bar.show_notice(notice)

    def withdraw(self, notice: Notice) -> None:
        """Close a notice that is not true any more."""
        self._window.notice_bar.withdraw(notice.say)

    async def _guarded(self, work: Coroutine[Any, Any, Notice]) -> None:
        try:
            self.say(await work)
        except (ExportError, FileTrouble) as error:
            remedy = error.remedy if isinstance(error, FileTrouble) else ""
            self.say(Notice(error.say, remedy, "trouble"))
        except (JsonError, BodyError) as error:
            say = self.tr("This exchange can't be exported so: {why}.").format(why=str(error).rstrip("."))
            self.say(Notice(say, kind="trouble"))
        except KeyError:
            self.say(Notice(self.tr("This exchange is no longer in the history."), kind="trouble"))


def _written(path: Path, make: Callable[[], bytes]) -> int:
    data = make()
    write_bytes(path, data)
    return len(data)
