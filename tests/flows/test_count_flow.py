"""The commands that count tokens, through the real window."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from coldbyte.core.reply import SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.flows.count_flow import CountFlow
from coldbyte.state.counting import Counting
from coldbyte.state.settings import Settings
from coldbyte.ui.main_window import MainWindow
from state.world import World
from ui.prompts import dress


class Desk:
    """A window with a key, whose draft can be counted."""

    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot, folder: Path) -> None:
        self.world = World(loop)
        self.window = MainWindow([("claude-sonnet-5-5", "Sonnet")])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        world = self.world
        settings = Settings(QSettings(str(folder / "coldbyte.ini"), QSettings.Format.IniFormat))
        self.counting = Counting(world.live, world.receipts, world.connection, settings, world.tasks)
        self.flow = CountFlow(self.window, self.counting, world.connection)
        world.live.changed.connect(self.window.show_insight)
        world.run(world.connection.keep("default", ApiKey("sk-ant-api03-home")))
        self.window.show()

    def count(self) -> str:
        """Choose the command; the notice that comes of it."""

        async def story() -> None:
            shown = self.world.until(self.window.notice_bar.shown)
            self.window.action("count_tokens").trigger()
            await shown

        self.world.run(story())
        return " ".join(self.window.notice_bar.texts)


@pytest.fixture
def desk(qapp: QApplication, loop: asyncio.AbstractEventLoop, qtbot: QtBot, tmp_path: Path) -> Desk:
    dress(qapp)
    return Desk(loop, qtbot, tmp_path)


def test_the_count_is_told_and_the_forecast_rests_on_it(desk: Desk) -> None:
    assert "3,000 tokens" in desk.count()
    desk.world.live.look()
    label = desk.window.findChild(QLabel, "estimate_label")
    assert label is not None
    assert label.text() == "≈ counted"


def test_a_failure_is_told_with_its_remedy(desk: Desk) -> None:
    desk.world.outside.tokens = SendFailure("overloaded", "The API is overloaded.", remedy="Try again.")
    assert desk.count() == "The API is overloaded."
    assert any("Try again." in label.text() for label in desk.window.notice_bar.findChildren(QLabel))


def test_switching_it_on_says_that_the_draft_is_uploaded(desk: Desk) -> None:
    switch = desk.window.action("count_in_background")
    assert not switch.isChecked()
    switch.trigger()
    assert desk.counting.in_background
    assert "uploaded" in " ".join(desk.window.notice_bar.texts)
    desk.world.run(desk.world.connection.keep("work", ApiKey("sk-ant-api03-work")))
    assert not switch.isChecked()
