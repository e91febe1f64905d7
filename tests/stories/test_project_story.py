"""Projects: saved and opened again, changed by another program, open in a second window."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QToolButton

from coldbyte.services.project_lock import ProjectLocks
from coldbyte.ui.project.conflict_dialog import ConflictDialog
from stories.conftest import PATIENCE_S, Desk, Driver

Play = Callable[[Driver], None]
CTRL = Qt.KeyboardModifier.ControlModifier


async def noticed(desk: Desk, words: str) -> None:
    """Wait for a notice with these words."""
    bar = desk.window.notice_bar
    if not any(words in text for text in bar.texts):
        await desk.until(bar.shown, lambda text: words in text)


async def titled(desk: Desk, title: str) -> None:
    """Wait until the window is called so; `*` stands for unsaved changes."""
    if desk.window.project_text != title:
        await desk.until(desk.window.project_shown, lambda text: text == title)


class DialogWatch(QObject):
    """Tells when a dialog for conflicts appears."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: asyncio.Future[ConflictDialog] = asyncio.get_running_loop().create_future()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, ConflictDialog):
            self.shown.set_result(watched)
        return False


async def choose(desk: Desk, folder: Path) -> None:
    """Choose a folder in the dialog that is open."""
    dialog = desk.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(folder))
    dialog.reject()


async def save_as(desk: Desk, folder: Path) -> None:
    await desk.be_active()
    desk.press(Qt.Key.Key_S, CTRL)
    await choose(desk, folder)
    await titled(desk, f"{folder.name} – Coldbyte")
    await desk.be_active()


def system_file(folder: Path) -> Path:
    structure = json.loads((folder / "coldbyte.json").read_text(encoding="utf-8"))
    return folder / str(structure["system"][0]["file"])


@pytest.mark.display
def test_a_draft_is_saved_as_a_project_and_is_there_in_the_next_session(play: Play, tmp_path: Path) -> None:
    folder = tmp_path / "support-bot"
    texts: list[bytes] = []

    async def write(desk: Desk) -> None:
        assert desk.window.project_text == "Coldbyte"
        await save_as(desk, folder)
        desk.put_cursor(desk.system, before="You are")
        desk.type("Mine:\u00a0é. ")
        await titled(desk, "support-bot* – Coldbyte")
        desk.press(Qt.Key.Key_S, CTRL)
        await titled(desk, "support-bot – Coldbyte")
        texts.append(desk.system.text.encode())
        assert system_file(folder).read_bytes() == texts[0]

    async def come_back(desk: Desk) -> None:
        await titled(desk, "support-bot – Coldbyte")
        assert desk.system.text.encode() == texts[0]
        desk.put_cursor(desk.system, before="Mine")
        desk.type("x")
        await titled(desk, "support-bot* – Coldbyte")
        desk.press(Qt.Key.Key_Z, CTRL)
        await titled(desk, "support-bot – Coldbyte")

    async def open_anew(desk: Desk) -> None:
        desk.press(Qt.Key.Key_N, CTRL)
        await titled(desk, "Coldbyte")
        assert not desk.window.system_pane.stack.editor
        desk.window.recent_menu.actions()[0].trigger()
        await titled(desk, "support-bot – Coldbyte")
        assert desk.system.text.encode() == texts[0]

    play(write)
    play(come_back)
    play(open_anew)


@pytest.mark.display
def test_what_another_program_changed_is_merged_and_nothing_is_overwritten(
    play: Play, tmp_path: Path
) -> None:
    folder = tmp_path / "bot"

    async def story(desk: Desk) -> None:
        await save_as(desk, folder)
        file = system_file(folder)
        file.write_bytes(file.read_bytes() + b"\nTheirs.\n")
        desk.put_cursor(desk.system, before="You are")
        desk.type("Mine. ")
        desk.press(Qt.Key.Key_S, CTRL)
        await noticed(desk, "Another program changed system/")
        assert file.read_bytes().endswith(b"\nTheirs.\n")
        desk.press_notice("Merge")
        await noticed(desk, "Merged")
        merged = str(desk.system.text)
        assert merged.startswith("Mine. You are")
        assert merged.endswith("\nTheirs.\n")
        assert desk.window.project_text == "bot* – Coldbyte"
        desk.press(Qt.Key.Key_S, CTRL)
        await titled(desk, "bot – Coldbyte")
        assert file.read_bytes() == merged.encode()

    play(story)


@pytest.mark.display
def test_a_conflict_is_decided_side_by_side_and_can_be_undone(
    play: Play, tmp_path: Path, qapp: QApplication
) -> None:
    folder = tmp_path / "bot"

    async def story(desk: Desk) -> None:
        await save_as(desk, folder)
        file = system_file(folder)
        old = file.read_bytes()
        desk.put_cursor(desk.system, before="You are")
        desk.type("Mine. ")
        mine = str(desk.system.text)
        file.write_bytes(b"Theirs. " + old)
        await noticed(desk, "Another program changed system/")
        watch = DialogWatch()
        qapp.installEventFilter(watch)
        desk.press_notice("Merge")
        dialog = await asyncio.wait_for(watch.shown, PATIENCE_S)
        qapp.removeEventFilter(watch)
        assert dialog.choices == (None,)
        desk.press(Qt.Key.Key_Space, on=dialog.findChild(QToolButton, "theirs_button"))
        desk.press(Qt.Key.Key_Space, on=dialog.findChild(QPushButton, "merge_button"))
        await noticed(desk, "Merged as you decided")
        assert desk.system.text.encode() == b"Theirs. " + old
        desk.press_notice("Undo")
        assert str(desk.system.text) == mine
        assert file.read_bytes() == b"Theirs. " + old

    play(story)


@pytest.mark.display
def test_reload_takes_theirs_and_keep_mine_lets_the_next_save_replace_it(play: Play, tmp_path: Path) -> None:
    folder = tmp_path / "bot"

    async def story(desk: Desk) -> None:
        await save_as(desk, folder)
        file = system_file(folder)
        old = file.read_bytes()
        file.write_bytes(b"Theirs")
        await noticed(desk, "Another program changed")
        desk.press_notice("Reload")
        await noticed(desk, "The project was read again")
        assert desk.system.text.encode() == b"Theirs"
        assert desk.window.project_text == "bot – Coldbyte"
        desk.press_notice("Undo")
        assert desk.system.text.encode() == old
        desk.press(Qt.Key.Key_S, CTRL, on=desk.window)
        await titled(desk, "bot – Coldbyte")
        file.write_bytes(b"Theirs again")
        desk.window.notice_bar.clear()
        await noticed(desk, "Another program changed")
        desk.press_notice("Keep mine")
        await noticed(desk, "Your draft stays")
        assert file.read_bytes() == b"Theirs again"
        desk.press(Qt.Key.Key_S, CTRL, on=desk.window)
        await titled(desk, "bot – Coldbyte")
        assert file.read_bytes() == old

    play(story)


@pytest.mark.display
def test_the_second_window_on_a_project_says_so_and_does_not_save(
    play: Play, tmp_path: Path, home: Path
) -> None:
    folder = tmp_path / "bot"

    async def first(desk: Desk) -> None:
        await save_as(desk, folder)

    async def second(desk: Desk) -> None:
        await titled(desk, "bot (read-only) – Coldbyte")
        desk.put_cursor(desk.system, before="You are")
        desk.type("Mine. ")
        before = system_file(folder).read_bytes()
        desk.press(Qt.Key.Key_S, CTRL)
        await noticed(desk, "Another window has the project")
        assert system_file(folder).read_bytes() == before

    play(first)
    lock = ProjectLocks(home / "coldbyte" / "locks").take(folder)
    assert lock is not None
    play(second)
    lock.release()


@pytest.mark.display
def test_a_project_that_is_gone_says_so_and_the_draft_is_still_there(play: Play, tmp_path: Path) -> None:
    folder = tmp_path / "bot"
    texts: list[bytes] = []

    async def write(desk: Desk) -> None:
        await save_as(desk, folder)
        texts.append(desk.system.text.encode())

    async def come_back(desk: Desk) -> None:
        await noticed(desk, "is not there")
        assert desk.system.text.encode() == texts[0]

    play(write)
    folder.rename(tmp_path / "elsewhere")
    play(come_back)


@pytest.mark.display
def test_the_sample_never_lands_in_the_folder_of_the_project(play: Play, tmp_path: Path) -> None:
    folder = tmp_path / "bot"

    async def story(desk: Desk) -> None:
        await save_as(desk, folder)
        desk.put_cursor(desk.system, before="You are")
        desk.type("Mine. ")
        await titled(desk, "bot* – Coldbyte")
        desk.window.action("open_sample").trigger()
        await titled(desk, "Coldbyte")
        desk.press_notice("Bring it back")
        await titled(desk, "bot* – Coldbyte")
        assert str(desk.system.text).startswith("Mine. ")

    play(story)
