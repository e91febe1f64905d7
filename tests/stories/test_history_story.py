"""What was sent is found in the next run by its words, opened as a draft and compared; no key is kept."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QPushButton

from coldbyte.app import App, Surroundings
from coldbyte.core.history.query import Query, Retention
from coldbyte.core.text.text import Text
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.services.vault import MemoryVault
from coldbyte.story import Story
from coldbyte.window import run
from stories.conftest import PATIENCE_S, Desk

KEY = "sk-ant-a-key-of-a-test-0123456789"
Deed = Callable[[App, Story], Awaitable[None]]


class Home:
    """A user's folder, with one machine that runs the app again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "history.sqlite"
        self.environment: dict[str, str] = {}
        self.ahead = 0.0  # seconds of the clock
        self.keeps = True

    def visit(self, deed: Deed) -> None:
        """One run of the app, which is closed properly."""

        async def work(app: App) -> int:
            story = Story(app)
            app.show()
            await until(lambda: app.history.is_open or not self.keeps)
            await Desk(app.window).be_active()
            try:
                await deed(app, story)
            finally:
                app.close()
                await app.closed()
            return 0

        settings = QSettings(str(self.folder / "coldbyte.ini"), QSettings.Format.IniFormat)
        surroundings = Surroundings(
            self.environment,
            settings,
            MemoryVault(),
            histories=HistoryStore(self.path) if self.keeps else None,
            clock=lambda: time.time() + self.ahead,
            simulator_fast=True,
        )
        assert run(work, surroundings) == 0


@pytest.fixture
def home(tmp_path: Path, qapp: QApplication) -> Home:
    return Home(tmp_path)


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Something that answers as Anthropic would, and outlives the app."""
    command = [sys.executable, "-m", "coldbyte", "simulate", "--with-parent", "--fast"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        yield str(json.loads(server.stdout.readline())["url"])
        server.stdin.close()


def ask_anew(app: App, question: str) -> None:
    app.draft.replace_text(app.draft.question, Text.from_str(question))


async def until(reached: Callable[[], bool]) -> None:
    """Let the event loop go round until something is so."""
    async with asyncio.timeout(PATIENCE_S):
        while not reached():  # noqa: ASYNC110  (of many kinds of things, not all of which have a signal)
            await asyncio.sleep(0)


async def search(app: App, words: str) -> None:
    """Press Ctrl+Shift+H and type, and wait for the answer."""
    window = app.window
    QTest.keyClick(
        window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    field = window.history_view.filter_bar.search_field
    assert QApplication.focusWidget() is field
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)
    await until(lambda: not app.history_flow.model.busy and app.history_flow.model.query.text == words)


def press_notice(app: App, text: str) -> None:
    buttons = app.window.notice_bar.findChildren(QPushButton)
    next(button for button in buttons if button.text() == text).click()


def test_an_exchange_of_the_last_run_is_found_opened_and_compared(home: Home) -> None:
    prefixes: list[bytes] = []

    async def send_twice(app: App, story: Story) -> None:
        await story.settle()
        ask_anew(app, "Which xyzzy applies to a controller?")
        first = await story.ask(0)
        prefixes.append(first.insight.prefix.keys[-1])
        await story.break_prefix()
        ask_anew(app, "And which plugh to a processor?")
        await story.ask(0)
        await until(lambda: app.log.records[-1].kept > 0)

    async def find_it(app: App, story: Story) -> None:
        await story.settle()
        assert app.log.baseline is None
        await search(app, "xyzz")
        (row,) = app.history_flow.model.rows
        assert row.effect == "first"
        assert row.title == "Which xyzzy applies to a controller?"
        view = app.window.history_view
        await until(lambda: view.detail.kept is not None)
        assert "First request" in view.detail.text
        kept = view.detail.kept
        assert kept is not None
        assert kept.received.startswith(b"event: message_start")
        assert kept.received.rstrip().endswith(b'data: {"type":"message_stop"}')
        assert kept.status == 200

        QTest.keyClick(view.list, Qt.Key.Key_Return)
        await until(lambda: "Your draft was put aside." in app.window.notice_bar.texts)
        insight = app.live.look()
        assert insight is not None
        assert insight.prefix.keys[-1] == prefixes[0]
        assert str(app.draft.draft.part(app.draft.question).text) == "Which xyzzy applies to a controller?"

        await story.settle()
        await search_again(app, "plugh")
        (second,) = app.history_flow.model.rows
        await until(lambda: view.detail.kept is not None and view.detail.kept.id == second.id)
        view.compare_requested.emit(second.id)
        await until(lambda: app.log.baseline is not None)
        insight = app.live.look()
        assert insight is not None
        assert insight.broken
        assert insight.primary is not None
        assert "no-break space" in insight.primary.say.lower()
        assert "of the history" in app.log.baseline.called if app.log.baseline else False
        assert app.window.outcome_tabs.shown == "prefix_panel"

    async def search_again(app: App, words: str) -> None:
        app.window.history_view.filter_bar.clear()
        await search(app, words)

    home.visit(send_twice)
    home.visit(find_it)


def test_the_edit_that_broke_a_kept_exchange_is_shown_in_the_next_run(home: Home) -> None:
    async def break_it(app: App, story: Story) -> None:
        await story.settle()
        await story.ask(0)
        await story.break_prefix()
        ask_anew(app, "Another question, asked frobozz later.")
        await story.ask(0)

    async def look(app: App, story: Story) -> None:
        await story.settle()
        await search(app, "frobozz")
        (row,) = app.history_flow.model.rows
        assert row.effect == "miss"
        view = app.window.history_view
        await until(lambda: view.detail.kept is not None)
        button = view.detail.findChild(QPushButton, "history_edits")
        assert button is not None
        assert button.isVisible()
        button.click()
        await until(lambda: app.edit_flow.dialog is not None)
        dialog = app.edit_flow.dialog
        assert dialog is not None
        assert "This edit broke the prefix" in dialog.text
        assert "⟦·⟧" in dialog.text
        dialog.reject()

    home.visit(break_it)
    home.visit(look)


def test_just_the_edit_that_broke_the_draft_is_taken_back_and_undone(home: Home) -> None:
    async def story_of_a_break(app: App, story: Story) -> None:
        await story.settle()
        await story.ask(0)
        key = app.draft.draft.system[0].key
        before = str(app.draft.draft.part(key).text)
        await story.break_prefix()
        broken = str(app.draft.draft.part(key).text)
        app.window.action("which_edit").trigger()
        dialog = app.edit_flow.dialog
        assert dialog is not None
        button = dialog.findChild(QPushButton, "take_back_button")
        assert button is not None
        assert button.isEnabled()
        button.click()
        assert str(app.draft.draft.part(key).text) == before
        insight = app.live.look()
        assert insight is not None
        assert not insight.broken
        assert app.edit_flow.dialog is None
        editor = app.window.system_pane.stack.editor
        assert editor is not None
        editor.undo()
        assert str(app.draft.draft.part(key).text) == broken

    home.visit(story_of_a_break)


def test_deleting_asks_first_and_then_nothing_is_left(home: Home) -> None:
    async def send(app: App, story: Story) -> None:
        await story.settle()
        ask_anew(app, "Which xyzzy applies to a controller?")
        await story.ask(0)
        await until(lambda: app.log.records[-1].kept > 0)
        await search(app, "xyzzy")
        view = app.window.history_view
        QTest.keyClick(view.list, Qt.Key.Key_Delete)
        assert app.history_flow.model.rowCount() == 1
        assert any("for good" in text for text in app.window.notice_bar.texts)
        press_notice(app, "Delete")
        await until(lambda: not app.history_flow.model.rows)
        await until(lambda: view.empty_text.startswith("No exchange fits"))

    home.visit(send)
    for path in home.folder.glob("history.sqlite*"):
        assert b"xyzzy" not in path.read_bytes()


def test_the_key_is_nowhere_in_the_files_which_only_the_user_reads(home: Home, endpoint: str) -> None:
    home.environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": endpoint}

    async def send(app: App, story: Story) -> None:
        await story.settle()
        record = await story.ask(0)
        assert record.exchange.usage is not None
        assert app.connection.status.target == "api"
        await until(lambda: app.log.records[-1].kept > 0)
        assert app.histories is not None
        kept = await app.histories.load(app.log.records[-1].kept)
        assert set(kept.headers) == {"anthropic-version", "host"}
        assert kept.wire == record.exchange.wire
        assert kept.received == record.exchange.received != b""
        look_into_all_files()

    def look_into_all_files() -> None:
        paths = list(home.folder.glob("history.sqlite*"))
        assert paths
        for path in paths:
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
            data = path.read_bytes()
            assert KEY.encode() not in data
            assert KEY[7:24].encode() not in data

    home.visit(send)
    look_into_all_files()


def test_what_is_on_its_way_when_the_window_closes_is_kept(home: Home) -> None:
    async def close_in_the_middle(app: App, story: Story) -> None:
        await story.settle()
        app.live.look()
        app.sending.send()
        await until(lambda: bool(app.log.records[0].exchange.wire))

    async def look(app: App, _: Story) -> None:
        assert app.histories is not None
        found = await app.histories.find(Query())
        assert [row.effect for row in found.rows] == ["cancelled"] or found.rows[0].failure == "Cancelled."

    home.visit(close_in_the_middle)
    home.visit(look)


def test_retention_is_applied_when_the_app_starts_and_pinned_ones_stay(home: Home) -> None:
    async def send(app: App, story: Story) -> None:
        await story.settle()
        for _ in range(2):
            await story.ask(0)
        await until(lambda: app.log.records[-1].kept > 0)
        await app.history.annotate(app.log.records[0].kept, pinned=True)
        app.settings.retention = Retention(days=1)

    async def much_later(app: App, _: Story) -> None:
        assert app.histories is not None
        histories = app.histories
        await app.history.retain(app.settings.retention)
        await until(lambda: bool(app.history.is_open))
        found = await histories.find(Query())
        assert [row.pinned for row in found.rows] == [True]

    home.visit(send)
    home.ahead = 3 * 86_400.0
    home.visit(much_later)


def test_the_nearest_is_found_named_pinned_and_its_bytes_saved(home: Home) -> None:
    async def send(app: App, story: Story) -> None:
        await story.settle()
        record = await story.ask(0)
        await until(lambda: app.log.records[-1].kept > 0)
        app.window.action("show_history").trigger()
        flow, view = app.history_flow, app.window.history_view
        await until(lambda: view.detail.kept is not None)
        flow.find_nearest()
        await until(lambda: "This is the nearest exchange." in app.window.notice_bar.texts)
        id_ = flow.model.rows[0].id
        flow.ask_name(id_)
        dialog = app.window.findChild(QInputDialog)
        assert dialog is not None
        dialog.setTextValue("  The good one ")
        dialog.accept()
        await until(lambda: flow.model.rows[0].name == "The good one")
        flow.pin([id_])
        await until(lambda: flow.model.rows[0].pinned)
        flow.pin([id_])
        await until(lambda: not flow.model.rows[0].pinned)
        flow.save(home.folder / "body.json", view.detail.data("body"))
        await until(lambda: (home.folder / "body.json").exists())
        assert (home.folder / "body.json").read_bytes() == record.exchange.wire
        view.action("export_body").trigger()
        asked = app.window.findChild(QFileDialog)
        assert asked is not None
        asked.fileSelected.emit(str(home.folder / "exported.json"))
        asked.reject()
        await until(lambda: any("exported.json" in text for text in app.window.notice_bar.texts))
        assert (home.folder / "exported.json").read_bytes() == record.exchange.wire

    home.visit(send)


def test_a_warming_is_an_exchange_too(home: Home) -> None:
    async def warm(app: App, story: Story) -> None:
        await story.settle()
        await story.ask(0)
        await until(lambda: app.log.records[-1].kept > 0)
        app.window.action("warm_now").trigger()
        assert app.histories is not None
        async with asyncio.timeout(PATIENCE_S):
            while len(rows := (await app.histories.find(Query())).rows) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0)
        kept = await app.histories.load(rows[0].id)
        assert kept.title == "Warming"
        assert json.loads(kept.wire)["max_tokens"] == 0
        assert json.loads(kept.received)["id"] == kept.message_id
        assert kept.status == 200
        assert kept.judgement is not None
        assert kept.judgement.price

    home.visit(warm)


def test_without_a_place_to_keep_them_exchanges_are_only_shown(home: Home) -> None:
    home.keeps = False

    async def send(app: App, story: Story) -> None:
        await story.settle()
        await story.ask(0)
        app.window.action("show_history").trigger()
        assert app.window.outcome_tabs.shown == "history_view"
        await until(lambda: bool(app.window.history_view.empty_text))
        assert app.window.notice_bar.texts == ()

    home.visit(send)


def test_what_is_sent_from_a_project_is_found_under_its_name(home: Home, tmp_path: Path) -> None:
    async def deed(app: App, story: Story) -> None:
        await story.ask(0)
        await app.project.save_as(tmp_path / "support-bot")
        await story.ask(1)
        await app.history.settled()
        assert app.histories is not None
        found = await app.histories.find(Query(projects=("support-bot",)))
        assert len(found.rows) == 1
        assert await app.histories.count(Query()) == 2

    home.visit(deed)
