"""The prompt cache in the real window, before a real simulator: what lives, and what keeps it warm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QPushButton, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.cache.cache import Entry
from coldbyte.core.secret import ApiKey
from coldbyte.core.text.text import Text
from coldbyte.flows.cache_flow import CacheFlow
from coldbyte.flows.view_flow import ViewFlow
from coldbyte.state.settings import Settings
from coldbyte.ui.ledger.entry_view import EntryView
from coldbyte.ui.ledger.keep_warm_dialog import KeepWarmDialog
from coldbyte.ui.ledger.ledger_view import LedgerView
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.theme import ThemeSwitch
from state.simulated_world import World, a_world, go_direct, until
from state.world import NOON
from ui.prompts import dress, theme

LEFT = Qt.MouseButton.LeftButton
HELD = Qt.KeyboardModifier.ControlModifier


class Desk:
    """A window over a world whose clock is ours."""

    def __init__(self, world: World, window: MainWindow, switch: ThemeSwitch, settings: Settings) -> None:
        self.world = world
        self.window = window
        self.flow = CacheFlow(self.window, world.live, world.books, world.warming, world.connection)
        self.views = ViewFlow(self.window, switch, settings)
        world.live.changed.connect(self.window.show_insight)
        world.live.look()
        self.flow.show()

    @property
    def view(self) -> LedgerView:
        return self.window.ledger_view

    @property
    def row(self) -> EntryView:
        return self.view.views[0]

    @property
    def strip(self) -> str:
        return " | ".join(self.window.status_strip.texts)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = HELD) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)

    def open_view(self) -> None:
        self.press(Qt.Key.Key_2)
        assert self.view.isVisible()
        self.flow.show()

    def button(self, name: str) -> QPushButton:
        found = self.row.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found

    def click(self, name: str) -> None:
        assert self.button(name).isVisible()
        QTest.mouseClick(self.button(name), LEFT)

    async def ask(self) -> None:
        await self.world.ask()
        self.world.live.look()
        self.flow.show()

    def pass_to(self, seconds: float) -> None:
        """Let the clock stand at a time."""
        self.world.clock.time = NOON + seconds
        self.world.live.look()
        self.flow.show()

    def keep_warm(self, usd: float = 1.0, count: int = 100, minutes: int = 60) -> None:
        """Fill in the dialog and press its button."""
        self.click("keep_warm_button")
        dialog = self.window.findChild(KeepWarmDialog)
        assert dialog is not None
        assert not dialog.isHidden()
        money = dialog.findChild(QDoubleSpinBox, "money_box")
        assert money is not None
        money.setValue(usd)
        for name, value in (("count_box", count), ("minutes_box", minutes)):
            box = dialog.findChild(QSpinBox, name)
            assert box is not None
            box.setValue(value)
        start = dialog.findChild(QPushButton, "start_button")
        assert start is not None
        assert start.isEnabled()
        QTest.mouseClick(start, LEFT)
        self.flow.show()


Story = Callable[[Desk], Awaitable[None]]
Tell = Callable[..., None]


@pytest.fixture
def tell(
    loop: asyncio.AbstractEventLoop,
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Tell:
    """Tell a story at a desk whose simulator has these faults."""
    go_direct(monkeypatch)
    path = tmp_path_factory.mktemp("home") / "coldbyte.ini"
    settings = Settings(QSettings(str(path), QSettings.Format.IniFormat))
    dress(qapp)
    window = MainWindow([("claude-sonnet-5-5", "Sonnet"), ("claude-opus-5", "Opus")])
    window.close_requested.connect(window.close_now)
    qtbot.addWidget(window)
    switch = ThemeSwitch(qapp, {"dark": theme("dark")}, "dark", window)
    window.show()
    qtbot.waitActive(window)

    def told(story: Story, *faults: dict[str, object]) -> None:
        async def run() -> None:
            async with a_world(faults) as world:
                await story(Desk(world, window, switch, settings))

        loop.run_until_complete(asyncio.wait_for(run(), 30))

    return told


def test_before_anything_is_sent_the_view_says_what_would_fill_it(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        desk.open_view()
        assert "Nothing is stored in the prompt cache" in desk.view.text
        assert desk.strip == "nothing stored"
        assert not desk.window.action("stop_warming").isEnabled()

    tell(story)


def test_what_was_written_is_listed_with_its_time_and_its_prices(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.open_view()
        text = desk.row.text
        assert "Behind document 1 (“gdpr.txt”)" in text
        assert f"{desk.world.entry.tokens:,} tokens · Claude Sonnet 5.5 · written by exchange 1 at " in text
        assert "✓ the draft reads it now" in text
        assert "5:00" in text
        offer = desk.world.warming.offer(desk.world.key)
        assert offer.now is not None
        assert "Warm now  $0.00" in text
        assert "a miss would cost $0.00" in text
        desk.pass_to(48)
        assert "4:12" in desk.row.text
        assert "1 entry live · ends in 4:12" in desk.strip

    tell(story)


def test_the_clock_counts_down_while_something_lives_and_rests_when_nothing_does(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        tick = desk.flow._tick
        desk.flow.show()
        assert not tick.isActive(), "nothing lives yet"
        await desk.ask()
        assert 0 < tick.interval() <= 1000
        desk.pass_to(10.25)
        assert tick.interval() == 750, "the next tick falls on the second"
        desk.world.clock.time = NOON + 61
        tick.timeout.emit()
        assert "ends in 3:59" in desk.strip
        desk.pass_to(301)
        assert "nothing stored" in desk.strip
        assert tick.interval() > 10_000, "nothing counts down any more"
        desk.pass_to(300 + 3601)
        assert not desk.view.views
        assert not tick.isActive()

    tell(story)


def test_what_has_ended_stays_for_an_hour_below_what_lives(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.pass_to(310)
        desk.world.draft.edit_text("document", Text.from_str("Another regulation.\n" * 300))
        desk.world.live.look()
        await desk.ask()
        desk.open_view()
        first, second = desk.view.views
        assert "✓ the draft reads it now" in first.text
        assert "ended just now" in second.text
        assert "as it was in exchange 1" in second.text
        desk.pass_to(310 + 290)
        assert "ended 5 min ago" in desk.view.views[1].text

    tell(story)


def test_a_warming_by_hand_begins_the_life_of_an_entry_anew(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.pass_to(250)
        desk.open_view()
        assert "▲ 0:50" in desk.row.text
        desk.click("warm_button")
        await desk.world.settled()
        desk.flow.show()
        assert "5:00" in desk.row.text
        assert "the entry lives on" in desk.row.text
        assert not desk.window.notice_bar.texts, "the view itself has said so"

    tell(story)


def test_the_command_warms_what_the_draft_reads_and_tells_of_it(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.pass_to(250)
        assert desk.window.action("warm_now").isEnabled()
        desk.press(Qt.Key.Key_W, HELD | Qt.KeyboardModifier.ShiftModifier)
        await desk.world.settled()
        (say,) = desk.window.notice_bar.texts
        assert "the entry lives on" in say
        assert desk.world.entry.started_at == NOON + 250

    tell(story)


def test_what_is_not_stored_yet_is_written_ahead_only_when_its_price_is_accepted(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        desk.press(Qt.Key.Key_W, HELD | Qt.KeyboardModifier.ShiftModifier)
        (say,) = desk.window.notice_bar.texts
        assert "The prompt is not stored." in say
        assert not desk.world.warmings
        (button,) = (b for b in desk.window.notice_bar.findChildren(QPushButton) if "Warm now" in b.text())
        assert "$0.00" in button.text()
        QTest.mouseClick(button, LEFT)
        await desk.world.settled()
        (warming,) = desk.world.warmings
        assert warming.usage.written_5m == desk.world.entry.tokens
        assert warming.usage.output == 0
        await desk.ask()
        assert desk.world.log.records[-1].exchange.usage is not None
        assert desk.world.log.records[-1].exchange.usage.read == desk.world.entry.tokens

    tell(story)


def test_a_refused_warming_is_told_as_trouble(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.pass_to(250)
        desk.flow.warm_now()
        await desk.world.settled()
        assert desk.window.notice_bar.texts
        assert desk.world.entry.started_at == NOON, "what was refused has read nothing"

    tell(story, {"requests": [2], "status": 529})


def test_keeping_warm_is_off_until_its_limits_are_confirmed(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.open_view()
        desk.click("keep_warm_button")
        dialog = desk.window.findChild(KeepWarmDialog)
        assert dialog is not None
        assert "Break-even" in dialog.text
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        desk.pass_to(280)
        assert desk.world.status.phase == "off"
        assert not desk.world.warmings

    tell(story)


def test_a_schedule_is_in_sight_with_timer_and_spending_until_it_is_stopped(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.open_view()
        desk.keep_warm(usd=1, count=5, minutes=60)
        desk.pass_to(10)
        assert "next in 4:20 · $0 of $1.00 · 0 of 5 times" in desk.row.text
        assert "▶ warming in 4:20 · $0 of $1.00" in desk.strip
        await desk.world.pass_to(270)
        desk.pass_to(270)
        spent = desk.world.status.spent
        assert spent
        assert "1 of 5 times" in desk.row.text
        assert "▶ warming in 4:30 · $0.00" in desk.strip
        desk.press(Qt.Key.Key_1)
        assert "▶ warming" in desk.strip, "it is in sight from any view"
        desk.open_view()
        desk.click("stop_button")
        desk.flow.show()
        assert desk.world.status.phase == "off"
        assert "■" in desk.row.text
        assert "▶" not in desk.strip
        assert desk.button("keep_warm_button").isVisible()
        assert not desk.window.action("stop_warming").isEnabled()

    tell(story)


def test_the_command_stops_every_schedule(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.open_view()
        desk.keep_warm()
        desk.window.action("stop_warming").trigger()
        assert desk.world.status.reason == "user"

    tell(story)


def test_a_schedule_that_ends_by_itself_says_so_in_a_notice(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.open_view()
        desk.keep_warm()
        desk.press(Qt.Key.Key_1)
        key = desk.world.key
        desk.world.draft.edit_text("document", Text.from_str("Another regulation.\n" * 300))
        desk.world.live.look()
        assert desk.world.warming.status(key).reason == "unread"
        assert any("document 1" in say and "not kept warm" in say for say in desk.window.notice_bar.texts)

    tell(story)


def test_another_scope_has_another_ledger(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        foreign = replace(desk.world.entry, key=b"k" * 16, scope="somebody")
        desk.world.ledger.restore([foreign])
        desk.flow.show()
        assert [view.row.key for view in desk.view.views] == [desk.world.key]

    tell(story)


def test_an_entry_of_an_earlier_run_is_named_by_its_path(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.world.connection.keep("default", ApiKey("sk-ant-another"))
        scope = desk.world.connection.scope
        old = Entry(b"k" * 16, "claude-opus-5", scope, 9_000, "1h", "tools[2]", NOON - 600, NOON - 900)
        desk.world.ledger.restore([old])
        desk.open_view()
        text = desk.row.text
        assert "Behind tools[2] of another prompt" in text
        assert "9,000 tokens · Claude Opus 5 · written before this run, at " in text
        assert "50:00" in text
        assert "○ the draft does not read it" in text
        assert "Warm" not in text
        assert "No request of this run" in text

    tell(story)


def test_the_newest_life_comes_first_and_what_has_ended_last(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.world.connection.keep("default", ApiKey("sk-ant-another"))
        scope = desk.world.connection.scope
        long = Entry(b"l" * 16, "claude-opus-5", scope, 9_000, "1h", "system[0]", NOON - 600, NOON - 600)
        short = Entry(b"s" * 16, "claude-opus-5", scope, 9_000, "5m", "system[1]", NOON - 10, NOON - 10)
        ended = Entry(b"e" * 16, "claude-opus-5", scope, 9_000, "5m", "system[2]", NOON - 400, NOON - 400)
        desk.world.ledger.restore([ended, long, short])
        desk.open_view()
        assert [view.row.entry for view in desk.view.views] == [short, long, ended]

    tell(story)


def test_the_strip_tells_money_and_accuracy_and_calls_the_simulator_s_simulated(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        await desk.ask()
        assert "simulated $0.0" in desk.strip
        assert " net" in desk.strip
        assert "forecast: 2 of 2 as forecast · Claude Sonnet 5.5 ±0.0 %" in desk.strip
        desk.world.draft.set_model("claude-opus-5")
        desk.world.live.look()
        desk.flow.show()
        assert "forecast" not in desk.strip, "nothing is known of this model yet"

    tell(story)


def test_a_chip_shows_its_view(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        tabs = desk.window.outcome_tabs
        for name in ("ledger_view", "prefix_panel"):
            chip = desk.window.findChild(QToolButton, f"{name}_chip")
            assert chip is not None
            QTest.mouseClick(chip, LEFT)
            assert tabs.shown == name
        desk.window.status_strip.view_requested.emit("nothing like it")
        assert tabs.shown == "prefix_panel"

    tell(story)


def test_a_view_comes_with_the_keyboard(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.open_view()
        assert QApplication.focusWidget() is desk.row
        desk.press(Qt.Key.Key_1)
        assert desk.window.prefix_panel.isAncestorOf(QApplication.focusWidget() or desk.window)

    tell(story)


def test_typing_does_not_make_the_rows_anew_at_every_key(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.open_view()
        row = desk.row.row
        for number in range(3):
            desk.world.draft.edit_text("document", Text.from_str("Other words.\n" * (300 + number)))
            desk.world.live.look()
        assert desk.row.row is row, "the user still types"
        await until(desk.flow._soon.timeout, lambda: desk.row.row is not row)
        assert "○ the draft does not read it" in desk.row.text

    tell(story)


def test_limits_below_the_price_of_one_warming_are_not_taken(tell: Tell) -> None:
    async def story(desk: Desk) -> None:
        await desk.ask()
        desk.open_view()
        desk.click("keep_warm_button")
        dialog = desk.window.findChild(KeepWarmDialog)
        assert dialog is not None
        box = dialog.findChild(QDoubleSpinBox, "money_box")
        start = dialog.findChild(QPushButton, "start_button")
        assert box is not None
        assert start is not None
        assert start.isEnabled()
        offer = desk.world.warming.offer(desk.world.key)
        assert offer.quote is not None
        assert dialog.caps.usd >= offer.quote.most
        assert dialog.caps.until == NOON + 3600
        box.setValue(float(offer.quote.most) / 2)
        assert not start.isEnabled()
        dialog.reject()

    tell(story)
