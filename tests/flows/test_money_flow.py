"""The money in the real window, over a real state and event loop."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.cache.usage import Usage
from coldbyte.core.secret import ApiKey
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.flows.money_flow import MoneyFlow
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.money.money_view import MoneyView
from core.traffic.made_receipt import receipt
from state.world import World, answer
from ui.money.sheets import COLD, WARM, busy, replayable
from ui.prompts import dress

LEFT = Qt.MouseButton.LeftButton


class Desk:
    """A window over a world without exchanges."""

    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> None:
        self.world = World(loop)
        world = self.world
        self.window = MainWindow([("claude-sonnet-5-5", "Sonnet")])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        self.flow = MoneyFlow(self.window, world.live, world.books, world.connection, world.tasks)
        world.live.changed.connect(self.window.show_insight)
        self.window.show()
        qtbot.waitActive(self.window)

    @property
    def view(self) -> MoneyView:
        return self.window.money_view

    def open(self) -> None:
        """Show the view, and wait for what it shows."""

        async def story() -> None:
            shown = self.world.until(self.flow.shown)
            self.window.outcome_tabs.show_view("money_view")
            await shown

        self.world.run(story())

    def after(self, *receipts: Receipt) -> str:
        """What is shown once these receipts have come."""

        async def story() -> None:
            for one in receipts:
                self.world.receipts.add(one)
            await self.world.until(self.flow.shown)

        self.world.run(story())
        return self.view.text

    def click(self, name: str) -> None:
        button = self.view.findChild(QToolButton, f"{name}_choice")
        assert isinstance(button, QToolButton)
        QTest.mouseClick(button, LEFT)


@pytest.fixture
def desk(qapp: QApplication, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Desk:
    dress(qapp)
    return Desk(loop, qtbot)


def test_before_the_first_exchange_it_says_what_fills_it(desk: Desk) -> None:
    desk.open()
    assert "No money yet" in desk.view.text


def test_an_exchange_is_shown_with_its_question_and_what_it_cost(desk: Desk) -> None:
    desk.open()

    async def story() -> None:
        shown = desk.world.until(desk.flow.shown)
        await desk.world.ask(answer(Usage(written_5m=100_000, uncached=10, output=100), "Yes."))
        await shown

    desk.world.live.look()
    desk.world.run(story())
    assert "Would have cost: $0.25 (1 exchange)" in desk.view.text
    assert "Net loss: −$0.050" in desk.view.text
    assert "Who may ask?" in desk.view.text


def test_while_the_first_figures_are_added_up_nobody_is_told_that_there_are_none(desk: Desk) -> None:
    for one in busy():
        desk.world.receipts.add(one)
    said: list[str] = []

    async def story() -> None:
        shown = desk.world.tasks.start("wait", desk.world.until(desk.flow.shown))
        desk.window.outcome_tabs.show_view("money_view")
        while not shown.done():
            said.append(desk.view.text)
            await asyncio.sleep(0)

    desk.world.run(story())
    assert "thinking …" in said
    assert not any("No money yet" in text for text in said)


def test_it_follows_while_it_can_be_seen(desk: Desk) -> None:
    desk.open()
    assert "Net loss" in desk.after(receipt(0, COLD))
    assert "Net saved" in desk.after(receipt(60, WARM))


def test_what_came_while_it_was_hidden_is_shown_when_it_comes_back(desk: Desk) -> None:
    desk.open()
    desk.window.outcome_tabs.show_view("prefix_panel")
    for one in busy():
        desk.world.receipts.add(one)
    assert "No money yet" in desk.view.text
    desk.open()
    assert "3 exchanges" in desk.view.text


def test_the_kind_of_the_connection_is_shown_until_the_other_one_is_chosen(desk: Desk) -> None:
    desk.open()
    desk.after(*busy("simulator"), *busy("key")[:1])
    assert "Simulated: nothing was paid" in desk.view.text
    assert "3 exchanges" in desk.view.text

    async def story() -> None:
        shown = desk.world.until(desk.flow.shown)
        desk.click("real")
        await shown

    desk.world.run(story())
    assert "● Real" in desk.view.text
    assert "1 exchange)" in desk.view.text


def test_with_a_key_real_money_comes_first(desk: Desk) -> None:
    desk.world.run(desk.world.connection.keep("default", ApiKey("sk-ant-api03-home")))
    desk.open()
    desk.after(*busy("simulator"), *busy("key")[:1])
    assert "● Real" in desk.view.text


def test_another_rate_is_worked_out(desk: Desk) -> None:
    desk.open()
    desk.after(*replayable())
    desk.click("what_if")
    before = desk.view.text
    spin = desk.view.findChild(QSpinBox, "rate_spin")
    assert spin is not None
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "2000")

    async def story() -> None:
        shown = desk.world.until(desk.flow.shown)
        QTest.keyClick(spin, Qt.Key.Key_Return)
        await shown

    desk.world.run(story())
    assert spin.value() == 2000
    assert "Without caching $60.06 a day" in desk.view.text
    assert "As it was, at 20 a day" in desk.view.text
    assert before != desk.view.text


def test_the_window_goes_on_while_thousands_are_added_up(desk: Desk) -> None:
    desk.open()
    desk.after(*(receipt(number, WARM) for number in range(4999)))
    label = desk.view.findChild(QLabel, "thinking_label")
    assert label is not None
    turns = 0

    async def story() -> None:
        nonlocal turns
        shown = desk.world.tasks.start("wait", desk.world.until(desk.flow.shown))
        desk.world.receipts.add(receipt(5000, WARM))
        while not shown.done():
            turns += label.isVisible()
            await asyncio.sleep(0)

    desk.world.run(story())
    assert "5,000 exchanges" in desk.view.text
    assert turns > 5
