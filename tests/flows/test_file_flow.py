"""Files come in and go out byte for byte, through the real window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Draft, Question, SystemBlock
from coldbyte.core.text.text import Text
from coldbyte.flows.file_flow import FileFlow
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.tasks import Tasks
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.main_window import MainWindow

NASTY = "\ufeffa\r\nb\rc\u00a0d\u2028e\x00f".encode()


class World:
    """A window with a draft and the flow between them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> None:
        self.loop = loop
        self.tasks = Tasks()
        self.window = MainWindow([])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        self.draft = OpenDraft(
            Draft("m", 1, (SystemBlock("s", Text.from_str("S")),), (), (Question("q", Text.from_str("Q")),))
        )
        self.flow = FileFlow(self.window, self.draft, self.tasks)
        for pane in (self.window.system_pane, self.window.documents_pane):
            pane.text_edited.connect(lambda change: self.draft.edit_text(change.key, change.text))
            self.draft.text_replaced.connect(pane.replace_text)
        self.draft.parts_changed.connect(self.show)
        self.show()
        self.window.show()

    def show(self) -> None:
        draft = self.draft.draft
        self.window.system_pane.show_parts(draft.system)
        self.window.documents_pane.show_parts(draft.documents)
        self.window.questions_pane.show_questions(draft.questions, "q")

    def run_until(self, signal: SignalInstance, act: Callable[[], None]) -> None:
        """Do something and let the loop run until the signal comes."""

        async def wait() -> None:
            future = self.loop.create_future()

            def settle(*_: object) -> None:
                if not future.done():
                    future.set_result(None)

            signal.connect(settle)
            act()
            try:
                await asyncio.wait_for(future, 20)
            finally:
                signal.disconnect(settle)

        self.loop.run_until_complete(wait())

    def open(self, path: Path) -> None:
        self.run_until(self.draft.parts_changed, lambda: self.flow.open_documents([str(path)]))

    def editor(self) -> BlockEditor:
        editor = self.window.documents_pane.stack.editor
        assert editor is not None
        return editor

    def press_notice(self, text: str) -> Callable[[], None]:
        button = next(b for b in self.window.notice_bar.findChildren(QPushButton) if text in b.text())
        return button.click


@pytest.fixture
def world(loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Iterator[World]:
    world = World(loop, qtbot)
    yield world
    loop.run_until_complete(world.tasks.close())


def test_a_file_is_opened_typed_into_and_saved_with_all_its_other_bytes(world: World, tmp_path: Path) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_bytes(NASTY)
    world.open(source)
    document = world.draft.draft.documents[0]
    assert document.title == "in.txt"
    assert document.text.encode() == NASTY
    assert document.ttl == "5m"

    editor = world.editor()
    QTest.keyClick(editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "g")
    world.run_until(
        world.window.notice_bar.shown, lambda: world.flow.save(world.draft.draft.documents[0].key, target)
    )
    assert target.read_bytes() == NASTY + b"g"
    assert source.read_bytes() == NASTY


def test_bytes_that_are_not_utf8_are_named_and_can_be_opened_in_another_encoding(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("Größe".encode("latin-1"))
    world.run_until(world.window.notice_bar.shown, lambda: world.flow.open_documents([str(path)]))
    (say,) = world.window.notice_bar.texts
    assert "latin.txt is not UTF-8" in say
    assert "byte 2 " in say
    assert not world.draft.draft.documents

    world.run_until(world.draft.parts_changed, world.press_notice("1252"))
    (document,) = world.draft.draft.documents
    assert str(document.text) == "Größe"
    assert path.read_bytes() == "Größe".encode("latin-1")


def test_a_file_that_cannot_be_read_is_said_so(world: World, tmp_path: Path) -> None:
    world.run_until(
        world.window.notice_bar.shown, lambda: world.flow.open_documents([str(tmp_path / "gone.txt")])
    )
    assert "gone.txt" in world.window.notice_bar.texts[0]
    assert world.draft.draft.documents == ()


def test_a_file_saved_with_crlf_by_another_program_is_noticed_and_reloaded_on_request(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "doc.txt"
    path.write_bytes(b"one\ntwo\n")
    world.open(path)
    world.run_until(world.window.notice_bar.shown, lambda: _write(path, b"one\r\ntwo\r\n"))
    assert "doc.txt was changed by another program" in world.window.notice_bar.texts[0]
    assert world.draft.draft.documents[0].text.encode() == b"one\ntwo\n"

    world.run_until(world.draft.text_replaced, world.press_notice("Reload"))
    assert world.draft.draft.documents[0].text.encode() == b"one\r\ntwo\r\n"
    assert world.editor().text.encode() == b"one\r\ntwo\r\n"


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
