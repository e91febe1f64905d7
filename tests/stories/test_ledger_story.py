"""What the app learned of the prompt cache is there again in the next run, and nothing of the prompt is."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from coldbyte.app import App, Surroundings
from coldbyte.core.text.text import Text
from coldbyte.services.ledger_store import LedgerStore
from coldbyte.services.steady_clock import SteadyClock
from coldbyte.services.vault import MemoryVault
from coldbyte.services.working_copy import WorkingCopy
from coldbyte.state.connection import SIMULATOR_SCOPE
from coldbyte.story import Story
from coldbyte.window import run

KEY = "sk-ant-a-key-of-a-test-0123456789"
QUESTION = "Which xyzzy applies to a controller?"
Deed = Callable[[App, Story], Awaitable[None]]


class Home:
    """A user's folder, with one machine that runs the app again and again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "ledger.sqlite"
        self.environment: dict[str, str] = {}
        self.wall = 1_795_435_200.0
        self.ticks = 100.0

    def visit(self, deed: Deed) -> None:
        """One run of the app, which is closed properly."""
        clock = SteadyClock(lambda: self.wall, lambda: self.ticks)
        settings = QSettings(str(self.folder / "coldbyte.ini"), QSettings.Format.IniFormat)

        async def work(app: App) -> int:
            story = Story(app)
            restored = asyncio.Event()
            app.ledger.changed.connect(restored.set)
            await story.open()
            await asyncio.wait_for(restored.wait(), 20)
            await deed(app, story)
            await story.close()
            return 0

        surroundings = Surroundings(
            self.environment,
            settings,
            MemoryVault(),
            WorkingCopy(self.folder / "work"),
            LedgerStore(self.path, clock.ahead, lambda: self.wall),
            clock=clock.now,
            simulator_fast=True,
        )
        assert run(work, surroundings) == 0

    def later(self, seconds: float) -> None:
        self.wall += seconds
        self.ticks += seconds


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


def read_next(app: App) -> int:
    insight = app.live.look()
    assert insight is not None
    return insight.forecast.plan.usage.read


def test_entries_of_the_api_live_on_with_their_countdown(home: Home, endpoint: str) -> None:
    home.environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": endpoint}
    written: list[int] = []

    async def write(app: App, story: Story) -> None:
        assert app.connection.scope != SIMULATOR_SCOPE
        record = await story.ask(0)
        assert record.exchange.usage is not None
        written.append(record.exchange.usage.written)

    async def come_back(app: App, story: Story) -> None:
        assert app.ledger.entries
        assert read_next(app) == written[0] > 100_000
        assert {app.ledger.origin(key) for key in app.ledger.entries} == {None}
        (receipt,) = app.receipts.receipts
        assert receipt.usage.written == written[0]
        assert receipt.conversation != app.draft.conversation
        home.later(259)
        assert read_next(app) == written[0]
        record = await story.ask(1)
        assert record.exchange.usage is not None
        assert record.exchange.usage.read == written[0]
        assert len(app.receipts.receipts) == 2

    async def come_back_late(app: App, story: Story) -> None:
        assert app.ledger.entries, "an entry that has ended is remembered"
        assert read_next(app) == 0
        insight = app.live.look()
        assert insight is not None
        assert {fate.fate for fate in insight.forecast.fates} == {"expired"}
        assert insight.forecast.how == "measured"
        assert len(app.receipts.receipts) == 2

    home.visit(write)
    home.later(40)
    home.visit(come_back)
    home.later(3600)
    home.visit(come_back_late)


def test_setting_the_wall_clock_changes_no_countdown_here_nor_in_the_next_run(
    home: Home, endpoint: str
) -> None:
    home.environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": endpoint}

    async def set_the_clock(app: App, story: Story) -> None:
        await story.ask(0)
        home.wall += 7200
        home.later(200)
        assert read_next(app)
        home.later(99)
        assert read_next(app)

    async def come_back(app: App, story: Story) -> None:
        assert read_next(app)
        home.later(0.5)
        assert not read_next(app)

    home.visit(set_the_clock)
    home.later(0.6)
    home.visit(come_back)


def test_the_simulator_starts_empty_and_its_forecasts_stay_exact(home: Home) -> None:
    async def ask(app: App, story: Story) -> None:
        before = len(app.receipts.receipts)
        assert not app.ledger.entries
        assert read_next(app) == 0
        for row in (0, 1, 0):
            record = await story.ask(row)
            usage, planned = record.exchange.usage, record.insight.forecast.plan.usage
            assert usage is not None
            assert (usage.read, usage.written, usage.uncached) == (
                planned.read,
                planned.written,
                planned.uncached,
            )
        assert len(app.receipts.receipts) == before + 3
        assert {receipt.missed for receipt in app.receipts.receipts} == {0}
        experience = app.receipts.experience(SIMULATOR_SCOPE)
        assert {each.large_error for each in experience.models.values()} == {0}

    home.visit(ask)
    home.later(10)
    home.visit(ask)


def test_nothing_of_the_prompt_and_nothing_of_the_key_is_in_the_file(home: Home, endpoint: str) -> None:
    home.environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": endpoint}
    words: list[bytes] = [KEY.encode(), KEY[7:20].encode(), b"xyzzy", endpoint.encode()]

    async def ask(app: App, story: Story) -> None:
        draft = app.draft.draft
        app.draft.replace_text(draft.questions[0].key, Text.from_str(QUESTION))
        record = await story.ask(0)
        words.extend(document.title.encode() for document in draft.documents)
        for part in draft.parts.values():
            start = part.text.encode()[:40]
            words.extend((start, start[5:15]))
        words.append(record.exchange.reply.encode()[:20])
        look_into_all_files()

    def look_into_all_files() -> None:
        for path in home.folder.glob("ledger.sqlite*"):
            data = path.read_bytes()
            assert not [word for word in words if word and word in data], path

    home.visit(ask)
    look_into_all_files()
    with sqlite3.connect(home.path) as database:
        assert database.execute("SELECT count(*) FROM receipts").fetchone() == (1,)
        told = "\n".join(database.iterdump())
    database.close()
    assert not [word for word in words if word.decode(errors="replace") in told]


def test_a_damaged_ledger_is_told_of_and_the_app_goes_on(home: Home) -> None:
    home.path.write_bytes(b"This is no database. " * 500)

    async def ask(app: App, story: Story) -> None:
        assert any("ledger of earlier runs is damaged" in text for text in app.window.notice_bar.texts)
        await story.ask(0)

    async def come_back(app: App, story: Story) -> None:
        assert len(app.receipts.receipts) == 1

    home.visit(ask)
    home.visit(come_back)
