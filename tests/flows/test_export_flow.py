"""Exports from the window: into files and onto the clipboard."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from coldbyte.core.body import RequestBody
from coldbyte.core.capture import read_capture
from coldbyte.core.draft import Draft
from coldbyte.core.export.outgoing import outgoing_of_capture
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.record import an_object
from coldbyte.flows.export_desk import ExportDesk
from coldbyte.flows.export_flow import ExportFlow
from coldbyte.flows.history_export import HistoryExport
from coldbyte.state.history import History
from coldbyte.ui.main_window import MainWindow
from state.world import World, answer
from ui.prompts import sample, system_changed

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Desk:
    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot, folder: Path) -> None:
        self.world = World(loop)
        self.folder = folder
        self.window = MainWindow([("claude-sonnet-5-5", "Sonnet")])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        history = History(None, self.world.books, self.world.tasks)
        desk = ExportDesk(self.window, self.world.tasks)
        kept = HistoryExport(self.window.history_view, self.world.books, history, desk)
        self.flow = ExportFlow(self.window, self.world.live, self.world.books, desk, kept)
        self.world.draft.open(sample())
        self.window.show()

    def ask(self, draft: Draft | None = None) -> None:
        if draft is not None:
            self.world.draft.open(draft)
        insight = self.world.live.look()
        assert insight is not None
        self.world.run(self.world.ask(answer(insight.forecast.plan.usage, "Yes.")))

    def export(self, name: str) -> bytes:
        path = self.folder / name
        self.write(name, path)
        assert path.exists(), self.notices
        return path.read_bytes()

    def write(self, name: str, path: Path) -> None:
        async def written() -> None:
            task = self.flow.export(name, path)
            assert task is not None
            await task

        self.world.run(written())

    @property
    def notices(self) -> str:
        return " ".join(self.window.notice_bar.texts)


@pytest.fixture
def desk(loop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(loop, qtbot, tmp_path)


def test_ctrl_shift_c_copies_the_request_as_curl(desk: Desk) -> None:
    QTest.keyClick(desk.window, Qt.Key.Key_C, CTRL | SHIFT)
    copied = QApplication.clipboard().text()
    assert "| curl --no-buffer" in copied
    assert "$ANTHROPIC_API_KEY" in copied
    assert "Copied as cURL" in desk.notices
    QApplication.clipboard().clear()


def test_the_body_is_the_one_that_would_be_sent(desk: Desk) -> None:
    insight = desk.world.live.look()
    assert insight is not None
    found = RequestBody(an_object(read_json(desk.export("export_body")), ""))
    assert prefix_of(found).encode() == insight.prefix.encode()
    for name in ("export_curl", "export_python", "export_typescript"):
        assert b"ANTHROPIC_API_KEY" in desk.export(name)
    assert "Exported export_python" in desk.notices


def test_exchanges_of_the_run_go_out_as_they_were_sent(desk: Desk) -> None:
    desk.ask()
    (record,) = desk.world.log.records
    capture = read_capture(desk.export("export_jsonl"))
    assert outgoing_of_capture(capture).wire == (record.exchange.wire or record.exchange.body.encode())
    assert capture.usage == record.exchange.usage
    assert len(json.loads(desk.export("export_har"))["log"]["entries"]) == 1
    (row,) = csv.DictReader(io.StringIO(desk.export("export_csv").decode(), newline=""))
    assert record.exchange.usage is not None
    assert int(row["written_5m"]) + int(row["written_1h"]) == record.exchange.usage.written


def test_a_report_is_redacted_until_the_user_wants_the_text(desk: Desk) -> None:
    desk.ask()
    desk.ask(system_changed(sample(), "You are", "You\u00a0are"))
    shut = desk.export("export_html").decode()
    assert "NO-BREAK SPACE" in shut
    assert "You" not in shut.replace("Your", "")
    assert "Exported export_html" in desk.notices
    buttons = desk.window.notice_bar.findChildren(QPushButton)
    (offered,) = (button for button in buttons if button.text() == "Write it with the text")

    async def accepted() -> None:
        offered.click()
        await desk.world.until(desk.window.notice_bar.shown)

    desk.world.run(accepted())
    assert "You" in (desk.folder / "export_html").read_text(encoding="utf-8").replace("Your", "")


def test_what_there_is_not_can_not_be_exported(desk: Desk) -> None:
    desk.window.action("export_csv").trigger()
    assert "no exchange yet" in desk.notices
    desk.window.action("export_html").trigger()
    assert "send two questions first" in desk.notices
    assert desk.window.findChild(QFileDialog) is None


def test_a_folder_that_is_not_there_is_said(desk: Desk) -> None:
    desk.write("export_body", desk.folder / "no" / "x.json")
    assert "no" in desk.notices
    assert "Exported" not in desk.notices


def test_a_command_asks_for_a_file(desk: Desk) -> None:
    desk.window.action("export_python").trigger()
    dialog = desk.window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert [Path(path).name for path in dialog.selectedFiles()] == ["request.py"]
    dialog.reject()
