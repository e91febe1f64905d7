"""Imports through the real window into a real history."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Draft
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.history.query import Query
from coldbyte.flows.import_flow import ImportFlow
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.state.history import History
from coldbyte.state.importing import Importing, ImportReport
from coldbyte.ui.importing.import_window import ImportWindow
from coldbyte.ui.main_window import MainWindow
from services.importing.import_seed import SECRET, curl_bash, exchange, jsonl, seeds, transcript, wire
from state.world import World


class Desk:
    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot, folder: Path) -> None:
        self.world = World(loop)
        self.folder = folder
        self.store = HistoryStore(folder / "history.sqlite")
        self.world.tasks.failed.connect(lambda name, error: self.failures.append((name, error)))
        self.failures: list[tuple[str, Exception]] = []
        self.world.run(self.store.open())
        self.window = MainWindow([("claude-opus-5", "Opus")])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        self.history = History(self.store, self.world.books, self.world.tasks)
        self.importing = Importing(self.history, self.world.books, self.world.tasks)
        self.opened: list[tuple[Draft, str, str]] = []
        self.flow = ImportFlow(self.window, self.importing, lambda *draft: self.opened.append(draft))
        self.window.show()

    def file(self, name: str, data: bytes) -> str:
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    def finished(self, *acts: Callable[[], object]) -> ImportReport:
        """Do something while the loop runs, and wait for the end of the import."""
        reports: list[ImportReport] = []

        def take(report: ImportReport) -> bool:
            reports.append(report)
            return True

        async def story() -> None:
            for act in acts:
                act()
            await self.world.until(self.importing.finished, take)

        self.world.run(story())
        return reports[0]

    def take_in(self, *paths: str) -> ImportReport:
        return self.finished(lambda: self.flow.import_paths(paths))

    def kept(self) -> list[KeptExchange]:
        async def load() -> list[KeptExchange]:
            found = await self.store.find(Query())
            return [await self.store.load(row.id) for row in found.rows]

        return self.world.run(load())

    @property
    def dialog(self) -> ImportWindow:
        assert self.flow.import_window is not None
        return self.flow.import_window

    def press(self, name: str) -> None:
        button = self.dialog.findChild(QPushButton, name)
        assert button is not None
        assert button.isVisible()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def desk(loop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    QApplication.setQuitOnLastWindowClosed(False)  # qtbot closes the window before the store is closed
    desk = Desk(loop, qtbot, tmp_path)
    yield desk
    if desk.flow.import_window is not None:
        desk.flow.import_window.close()
    desk.world.run(desk.store.close())
    QApplication.setQuitOnLastWindowClosed(True)


def test_a_log_comes_into_the_history_judged_and_the_report_lists_the_rest(desk: Desk) -> None:
    warm = {
        "cache_read_input_tokens": 900,
        "cache_creation_input_tokens": 0,
        "input_tokens": 7,
        "output_tokens": 1,
    }
    rows = [
        exchange(),
        {"no": 1},
        exchange(response={"id": "m", "usage": warm}, started_at="2026-11-20T10:01:00Z"),
    ]
    report = desk.take_in(desk.file("log.jsonl", jsonl(rows)))
    assert report.exchanges == 2
    assert (
        "2 exchanges imported, 1 place not understood or left out, 4 secrets dropped" in desk.dialog.summary
    )
    assert "log.jsonl:2" in desk.dialog.remarks
    assert SECRET not in desk.dialog.remarks
    kept = desk.kept()
    assert [one.wire for one in kept] == [wire(), wire()]
    assert [one.judgement.effect for one in kept if one.judgement] == ["hit", ""]
    assert {one.origin for one in kept} == {"imported"}


def test_a_file_that_is_imported_again_adds_nothing_and_the_history_tells_of_the_first_time(
    desk: Desk,
) -> None:
    changes: list[None] = []
    desk.history.changed.connect(lambda: changes.append(None))
    path = desk.file("a.har", seeds()["page.har"])
    assert desk.take_in(path).exchanges == 1
    assert len(changes) == 1
    assert desk.take_in(path).known == 1
    assert "0 exchanges imported, 1 was there already" in desk.dialog.summary
    assert len(desk.kept()) == len(changes) == 1


def test_one_request_from_the_clipboard_opens_as_a_draft(desk: Desk) -> None:
    QApplication.clipboard().setText(curl_bash(wire()).decode())
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    report = desk.finished(lambda: QTest.keyClick(desk.window, Qt.Key.Key_V, keys))
    assert report.only is not None
    desk.press("import_open_draft")
    ((draft, question, _),) = desk.opened
    assert draft.model == "claude-opus-5"
    assert str(draft.part(question).text) == json.loads(wire())["messages"][0]["content"]
    QApplication.clipboard().clear()


def test_a_folder_of_transcripts_comes_in_with_its_conversations(desk: Desk) -> None:
    desk.file("-home-me/one.jsonl", jsonl(transcript()))
    other = [{**row, "sessionId": "s2"} if "sessionId" in row else row for row in transcript()]
    desk.file("-home-me/deep/two.jsonl", jsonl(other))
    desk.file("-home-me/notes.txt", b"nothing")
    report = desk.take_in(str(desk.folder / "in"))
    assert report.exchanges == 4
    assert {one.conversation for one in desk.kept()} == {"s1", "s2"}
    assert any("Left out: 1 file of other formats." in remark.say for remark in report.remarks)
    assert any("only the conversation is compared" in remark.say for remark in report.remarks)


def test_cancelling_keeps_nothing_of_the_import(desk: Desk) -> None:
    path = desk.file("log.jsonl", jsonl([exchange()] * 400))
    desk.importing.progressed.connect(lambda _: desk.importing.cancel())
    report = desk.take_in(path)
    assert report.cancelled
    assert "nothing of log.jsonl was kept" in desk.dialog.summary
    assert desk.kept() == []
    assert not desk.importing.running


def test_a_second_import_waits_for_the_first(desk: Desk) -> None:
    path = desk.file("log.jsonl", jsonl([exchange()]))
    act = partial(desk.flow.import_paths, [path])
    desk.finished(act, act)
    assert "Another import is still running." in desk.window.notice_bar.texts
    assert len(desk.kept()) == 1


def test_files_dropped_on_the_window_are_imported(desk: Desk) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(desk.file("a.har", seeds()["page.har"]))])
    action, held, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    desk.window.files_dropped.connect(
        desk.flow.import_paths
    )  # as the flow of projects does with what is none

    def drop() -> None:
        QApplication.sendEvent(desk.window, QDragEnterEvent(QPoint(5, 5), action, data, held, none))
        QApplication.sendEvent(desk.window, QDropEvent(QPointF(5, 5), action, data, held, none))

    assert desk.finished(drop).exchanges == 1
    assert desk.failures == []


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty", b"", "The file is empty."),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0", "no format that can be imported"),
        ("cut.har", seeds()["page.har"][:2500], "The file breaks off here."),
    ],
)
def test_what_can_not_be_read_is_told_in_the_report(desk: Desk, name: str, data: bytes, words: str) -> None:
    desk.take_in(desk.file(name, data))
    assert words in desk.dialog.remarks


def test_a_file_that_is_gone_and_an_empty_clipboard_are_told(desk: Desk) -> None:
    desk.take_in(str(desk.folder / "gone.json"))
    assert "gone.json" in desk.dialog.remarks
    QApplication.clipboard().clear()
    desk.flow.import_clipboard()
    assert "There is no text in the clipboard." in desk.window.notice_bar.texts


def test_closing_the_window_of_the_import_cancels_it(desk: Desk) -> None:
    path = desk.file("log.jsonl", jsonl([exchange()] * 300))
    report = desk.finished(lambda: desk.flow.import_paths([path]), lambda: desk.dialog.close())
    assert report.cancelled
    assert desk.kept() == []
    assert any("Cancelled" in text for text in desk.window.notice_bar.texts)
