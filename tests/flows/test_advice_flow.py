"""Advice in the real window: from receipts to the draft and back."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Draft, Question, Turn
from coldbyte.core.text.text import Text
from coldbyte.flows.advice_flow import AdviceFlow
from coldbyte.ui.advice.advice_view import AdviceView
from coldbyte.ui.main_window import MainWindow
from core.traffic import observed
from state.world import World
from ui.prompts import dress

LEFT = Qt.MouseButton.LeftButton
HALF_HOUR = 1800.0


class Desk:
    """A window over a draft with a rule, a long document and a question."""

    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> None:
        self.world = World(loop)
        world = self.world
        self.window = MainWindow([("claude-sonnet-5-5", "Sonnet")])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        self.flow = AdviceFlow(
            self.window, world.draft, world.live, world.books, world.connection, world.tasks
        )
        world.draft.open(observed.draft())
        world.live.look()
        self.window.show()
        qtbot.waitActive(self.window)

    @property
    def view(self) -> AdviceView:
        return self.window.advice_view

    @property
    def draft(self) -> Draft:
        return self.world.draft.draft

    def observe(self, gap_s: float, count: int = 8, scope: str = "simulator") -> None:
        """Requests with the draft's prompt, each with another question."""
        start = self.world.now - count * gap_s
        for number in range(count):
            asked = observed.draft(f"Question {number}?")
            self.world.receipts.add(replace(observed.receipt(asked, start + number * gap_s), scope=scope))

    def open(self) -> None:
        """Show the view, and wait for the advice."""

        async def story() -> None:
            shown = self.world.until(self.flow.shown)
            self.window.outcome_tabs.show_view("advice_view")
            await shown

        self.world.run(story())

    def advised(self) -> None:
        """Wait for new advice."""
        self.world.run(self.world.until(self.flow.shown))

    def press_apply(self) -> None:
        buttons = self.view.findChildren(QPushButton, "apply_button")
        button = next(button for button in buttons if button.isVisible())
        QTest.mouseClick(button, LEFT)

    def take_back(self) -> None:
        buttons = self.window.notice_bar.findChildren(QPushButton)
        QTest.mouseClick(next(each for each in buttons if each.text() == "Take it back"), LEFT)


@pytest.fixture
def desk(qapp: QApplication, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Desk:
    dress(qapp)
    return Desk(loop, qtbot)


def ttls(draft: Draft) -> dict[str, str | None]:
    return {key: part.ttl for key, part in draft.parts.items() if not isinstance(part, Question | Turn)}


def test_without_traffic_it_says_so(desk: Desk) -> None:
    desk.open()
    assert "No simulated request to this model yet" in desk.view.text
    assert "Nothing observed yet" in desk.view.text


def test_requests_half_an_hour_apart_are_advised_to_live_longer(desk: Desk) -> None:
    desk.observe(HALF_HOUR)
    desk.open()
    assert "From 8 simulated requests" in desk.view.text
    assert "↻ behind document 1 (“notes.txt”): 5m → 1h" in desk.view.text


def test_cards_are_sorted_by_the_money_they_save(desk: Desk) -> None:
    desk.observe(HALF_HOUR)
    desk.open()
    saves = [card.row.saves or 0 for card in desk.view.cards[1:]]
    assert saves == sorted(saves, reverse=True)
    assert saves[0] > 0


def test_one_click_applies_and_one_takes_it_back(desk: Desk) -> None:
    desk.observe(HALF_HOUR)
    desk.open()
    conversation = desk.world.draft.conversation
    before = desk.draft
    desk.press_apply()
    assert ttls(desk.draft) == {"s": None, "d": "1h"}
    assert desk.draft.part("d").text is before.part("d").text
    assert desk.world.draft.conversation == conversation
    desk.advised()
    assert "The breakpoints stand well" in desk.view.text
    desk.take_back()
    assert desk.draft == before
    assert not desk.window.notice_bar.texts


def test_what_was_typed_since_stays_when_it_is_taken_back(desk: Desk) -> None:
    desk.observe(HALF_HOUR)
    desk.open()
    desk.press_apply()
    desk.world.draft.edit_text("s", Text.from_str("New rules"))
    desk.world.draft.remove("d")
    desk.take_back()
    assert str(desk.draft.part("s").text) == "New rules"
    assert ttls(desk.draft) == {"s": None}


def test_advice_for_another_draft_is_not_applied(desk: Desk) -> None:
    desk.observe(HALF_HOUR)
    desk.open()
    row = next(card.row for card in desk.view.cards if card.row.moves)
    desk.world.draft.add_system_block()
    desk.world.draft.edit_text("system-new-1", Text.from_str("More rules"))
    before = desk.draft
    desk.flow.apply(row)
    assert desk.draft == before
    assert "The draft has changed since" in " ".join(desk.window.notice_bar.texts)


def test_only_the_traffic_of_the_connection_in_use_counts(desk: Desk) -> None:
    desk.observe(HALF_HOUR, scope="key")
    desk.open()
    assert "No simulated request to this model yet" in desk.view.text


def test_nothing_is_worked_out_while_it_cannot_be_seen(desk: Desk) -> None:
    desk.observe(HALF_HOUR)
    assert not desk.view.cards
    desk.open()
    cards = desk.view.cards
    assert cards
    desk.window.outcome_tabs.show_view("prefix_panel")
    desk.world.draft.set_breakpoint("d", "1h")
    desk.world.live.look()
    assert desk.view.cards == cards
    desk.open()
    assert "The breakpoints stand well" in desk.view.text


def test_without_a_question_there_is_no_advice(desk: Desk) -> None:
    desk.observe(HALF_HOUR)
    desk.open()
    desk.world.draft.remove("q")
    desk.world.live.look()
    desk.advised()
    assert "Choose a question" in desk.view.text
