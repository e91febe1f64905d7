"""Five tasks that nobody should need a manual for, done on the window with real events."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from coldbyte.app import App
from coldbyte.story import Story
from coldbyte.ui.prefix.forecast_view import ForecastView
from stories.conftest import Desk
from stories.test_history_story import Home, until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def home(tmp_path: Path, qapp: QApplication) -> Home:
    return Home(tmp_path)


def press(window: QWidget, name: str) -> None:
    """Click on a button that can be seen."""
    button = window.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isVisible()
    assert button.isEnabled()
    QTest.mouseClick(button, LEFT)


async def break_and_send(story: Story) -> None:
    """Two exchanges, the second of which reads; then one whose prefix is broken."""
    await story.ask(0)
    await story.ask(1)
    await story.break_prefix()
    await story.ask(1)


def test_where_the_last_send_broke_by_what_and_what_it_cost(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        await break_and_send(story)
        pane = app.window.reply_pane
        assert pane.isVisible()
        assert pane.badge_text == "✕ MISS"
        said = pane.verdict_text
        assert said.startswith("The system prompt, line 1: ")
        assert "no-break space (U+00A0) stands where a space" in said
        assert re.search(r"[\d,]{7} tokens cold: \$0\.2\d lost", said)

    home.visit(deed)


def test_what_a_send_would_read_write_and_cost(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        desk = Desk(app.window)
        figures = app.window.overview_panel.findChild(ForecastView)
        assert figures is not None
        assert figures.isVisible()
        assert "Nothing sent yet" in desk.seen()
        assert re.search(r"Written >99 % ≈ 10\d,\d{3} ", figures.text)
        await story.ask(0)
        await desk.turn()
        assert "The prefix is intact" in desk.seen()
        assert re.search(r"Read >99 % ≈ 10\d,\d{3} ", figures.text)
        cheap = re.search(r"Sends for ≈ \$(0\.0\d+)", figures.text)
        assert cheap
        await story.break_prefix()
        await desk.turn()
        dear = re.search(r"Sends for ≈ \$(0\.\d+)", figures.text)
        assert dear
        assert float(dear[1]) > 5 * float(cheap[1])
        assert f"If unchanged ≈ ${cheap[1]}" in figures.text

    home.visit(deed)


def test_which_entries_are_warm_and_for_how_long(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        strip = app.window.timeline_strip
        assert strip.words.endswith("nothing")
        await story.ask(0)
        await until(lambda: "k · 4:" in strip.words or "k · 5:00" in strip.words)
        app.window.outcome_tabs.show_view("money_view")
        press(strip, "warm_button")
        assert app.window.outcome_tabs.shown == "ledger_view"

    home.visit(deed)


def test_the_break_is_mended_with_one_click(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        await story.ask(0)
        sent = app.draft.draft
        await story.break_prefix()
        desk = Desk(app.window)
        await desk.turn()
        assert "tokens turn cold" in desk.seen()
        press(app.window.prefix_panel, "restore_button")
        await desk.turn()
        assert "The prefix is intact" in desk.seen()
        assert app.draft.draft == sent
        QTest.keyClick(desk.system, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await desk.turn()
        assert "tokens turn cold" in desk.seen(), "the repair can be undone"

    home.visit(deed)


def test_how_the_last_hundred_have_done_and_which_was_the_culprit(home: Home) -> None:
    async def deed(app: App, story: Story) -> None:
        await break_and_send(story)
        await story.ask(1)
        strip = app.window.timeline_strip
        await until(lambda: "The last 4 exchanges" in strip.words)
        assert re.search(r"(4[89]|5[0-2]) % read · saved \$0\.\d+ net", strip.words)
        assert re.search(r"Invisible character · −\$0\.2\d", strip.words)
        loaded: list[int] = []
        app.history_flow.loaded.connect(loaded.append)
        press(strip, "culprit_button")
        assert app.window.outcome_tabs.shown == "history_view"
        await until(lambda: bool(loaded))
        await until(lambda: app.window.history_view.list.current is not None)
        current = app.window.history_view.list.current
        assert current is not None
        assert current.effect == "miss"
        QTest.mouseClick(strip.bars, LEFT, pos=strip.bars.rect_of(0).center().toPoint())
        listed = app.window.history_view.list
        await until(lambda: listed.current is not None and listed.current.effect == "first")

    home.visit(deed)
