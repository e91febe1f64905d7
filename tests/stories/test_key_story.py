"""A user enters an API key: tested with one button, kept in the real keyring, found nowhere else."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from coldbyte.services.simulator_process import SimulatorProcess
from coldbyte.ui.key_dialog import KeyDialog
from stories.conftest import Desk, Driver
from stories.test_main_story import measured

Play = Callable[[Driver], None]
KEY = "sk-ant-a-key-of-a-test-0123456789"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Something that answers as Anthropic would, at ANTHROPIC_BASE_URL."""
    loop = asyncio.new_event_loop()
    server = SimulatorProcess(fast=True)
    url = loop.run_until_complete(server.start())
    monkeypatch.setenv("ANTHROPIC_BASE_URL", url)
    yield url.removeprefix("http://")
    loop.run_until_complete(server.stop())
    loop.close()


async def open_dialog(desk: Desk) -> KeyDialog:
    desk.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = desk.window.findChild(KeyDialog)
    assert dialog is not None
    return dialog


async def press_and_wait(desk: Desk, dialog: KeyDialog, name: str) -> str:
    """Press a button of the dialog and wait for what comes of it."""
    button = dialog.findChild(QPushButton, name)
    label = dialog.findChild(QLabel, "result_label")
    assert button is not None
    assert label is not None
    done = desk.until(dialog.settled, lambda *_: True)
    desk.press(Qt.Key.Key_Space, on=button)
    await done
    return str(label.text())


def files_with(secret: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


@pytest.mark.secret_service
@pytest.mark.display
def test_a_key_is_tested_kept_in_the_keyring_used_and_found_again(
    play: Play, endpoint: str, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def enter(desk: Desk) -> None:
        dialog = await open_dialog(desk)
        field = dialog.findChild(QLineEdit, "key_edit")
        assert field is not None
        desk.type(KEY, on=field)
        assert "works" in await press_and_wait(desk, dialog, "test_button")
        assert "keyring" in await press_and_wait(desk, dialog, "save_button")
        dialog.reject()
        assert endpoint in desk.window.connection_text
        assert all(KEY not in widget.windowTitle() for widget in QApplication.topLevelWidgets())
        await desk.ask(0)
        assert measured(desk.usage, "written") > 100_000

    async def come_back(desk: Desk) -> None:
        if "keyring" not in desk.window.connection_text:
            await desk.until(desk.window.connection_shown, lambda text: "keyring" in text)
        await desk.ask(0)
        assert measured(desk.usage, "read") > 100_000, "the same key reads what it wrote before"

    try:
        play(enter)
        assert keyring.get_password("Coldbyte", "default") == KEY
        play(come_back)
    finally:
        keyring.delete_password("Coldbyte", "default")
    assert files_with(KEY, home) == []
    assert KEY not in "".join(capfd.readouterr())
    assert all(KEY not in argument for argument in sys.argv)


@pytest.mark.display
def test_the_environment_s_key_and_address_are_honoured_and_shown(
    play: Play, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    async def story(desk: Desk) -> None:
        assert endpoint in desk.window.connection_text
        assert "ANTHROPIC_API_KEY" in desk.window.connection_text
        assert KEY not in desk.window.connection_text
        await desk.ask(0)
        assert measured(desk.usage, "written") > 100_000

    play(story)


@pytest.mark.display
def test_a_key_that_is_refused_is_said_so_and_nothing_typed_is_lost(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")

    async def story(desk: Desk) -> None:
        desk.put_cursor(desk.system, before="You are")
        desk.type("Mine. ")
        await desk.ask(0)
        assert "FAILED" in desk.window.reply_pane.badge_text
        assert "127.0.0.1:9" in desk.verdict
        assert str(desk.system.text).startswith("Mine. ")
        assert os.environ["ANTHROPIC_API_KEY"] not in desk.verdict

    play(story)
