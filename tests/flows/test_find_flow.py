"""The commands for finding, in the real window with real keys; expressions run in a real process."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import SystemBlock
from coldbyte.core.text.text import Text
from coldbyte.flows.find_flow import FindFlow
from coldbyte.services.pattern_process import PatternProcess
from coldbyte.state.tasks import Tasks
from coldbyte.ui.editor.editor_frame import EditorFrame
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.part_stack import PartStack
from ui.prompts import dress

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Desk:
    """A window with a text in two panes."""

    def __init__(self, loop: asyncio.AbstractEventLoop, qtbot: QtBot) -> None:
        self.loop = loop
        self.qtbot = qtbot
        self.window = MainWindow([("model", "Model")])
        self.window.close_requested.connect(self.window.close_now)
        qtbot.addWidget(self.window)
        self.tasks = Tasks()
        self.flow = FindFlow(self.window, PatternProcess(silence_s=0.5), self.tasks)
        parts = (SystemBlock("one", Text.from_str("law, Law, lawyer"), None),)
        self.window.system_pane.show_parts(parts)
        self.window.documents_pane.show_parts((SystemBlock("two", Text.from_str("a law"), None),))
        self.window.show()
        qtbot.waitActive(self.window)

    def frame(self, stack: PartStack) -> EditorFrame:
        frame = stack.currentWidget()
        assert isinstance(frame, EditorFrame)
        return frame

    @property
    def system(self) -> EditorFrame:
        return self.frame(self.window.system_pane.stack)

    @property
    def documents(self) -> EditorFrame:
        return self.frame(self.window.documents_pane.stack)

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = self.window.focusWidget()
        assert target is not None
        QTest.keyClick(target, key, held)
        QApplication.processEvents()

    def write(self, words: str) -> None:
        target = self.window.focusWidget()
        assert isinstance(target, QLineEdit)
        QTest.keyClicks(target, words)
        QApplication.processEvents()

    def run(self, seconds: float = 0.05) -> None:
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def until_found(self, frame: EditorFrame) -> None:
        for _ in range(400):
            self.run()
            if not frame.finder.is_searching:
                return
        raise AssertionError("nothing was found in time")

    def close(self) -> None:
        self.loop.run_until_complete(self.tasks.close())


@pytest.fixture
def desk(loop: asyncio.AbstractEventLoop, qtbot: QtBot, qapp: QApplication) -> Desk:
    dress(qapp)
    return Desk(loop, qtbot)


def test_the_keys_find_in_the_editor_with_the_keyboard(desk: Desk) -> None:
    desk.documents.editor.setFocus()
    desk.press(Qt.Key.Key_F, CONTROL)
    desk.write("law")
    assert desk.documents.editor.selected_span == (2, 5)
    assert desk.system.find_bar is None
    desk.press(Qt.Key.Key_Escape)
    assert desk.documents.editor.hasFocus()
    desk.close()


def test_what_was_searched_for_is_searched_for_in_the_next_editor(desk: Desk) -> None:
    desk.documents.editor.setFocus()
    desk.press(Qt.Key.Key_F, CONTROL)
    desk.write("law")
    desk.system.editor.setFocus()
    spans = []
    for held in (Qt.KeyboardModifier.NoModifier,) * 2 + (SHIFT,):
        desk.press(Qt.Key.Key_F3, held)
        desk.until_found(desk.system)
        spans.append(desk.system.editor.selected_span)
    assert spans == [(0, 3), (5, 8), (0, 3)]
    assert desk.system.editor.hasFocus()
    desk.close()


def test_without_a_focused_editor_the_last_one_is_meant_or_the_first(desk: Desk) -> None:
    desk.window.questions_pane.list.setFocus()
    desk.press(Qt.Key.Key_F, CONTROL)
    assert desk.system.find_bar is not None
    desk.documents.editor.setFocus()
    desk.press(Qt.Key.Key_F, CONTROL)
    desk.window.questions_pane.list.setFocus()
    desk.press(Qt.Key.Key_H, CONTROL)
    replace_field = desk.documents.findChild(QLineEdit, "replace_field")
    assert isinstance(replace_field, QLineEdit)
    assert replace_field.isVisible()
    desk.close()


def test_an_expression_is_searched_for_in_a_process(desk: Desk) -> None:
    desk.system.editor.setFocus()
    desk.press(Qt.Key.Key_H, CONTROL)
    button = desk.system.findChild(QToolButton, "regex_button")
    assert isinstance(button, QToolButton)
    button.click()
    desk.write(r"\blaw\b")
    desk.until_found(desk.system)
    assert list(desk.system.finder.hits) == [(0, 3), (5, 8)]
    desk.system.finder.replace_all(r"<\g<0>>")
    desk.run()
    desk.until_found(desk.system)
    for _ in range(100):
        desk.run()
        if "<" in str(desk.system.editor.text):
            break
    assert str(desk.system.editor.text) == "<law>, <Law>, lawyer"
    desk.close()


def test_an_endless_expression_is_said_and_the_window_goes_on(desk: Desk) -> None:
    desk.system.editor.set_text(Text.from_str("a" * 50 + "b"))
    desk.system.editor.setFocus()
    desk.press(Qt.Key.Key_F, CONTROL)
    button = desk.system.findChild(QToolButton, "regex_button")
    assert isinstance(button, QToolButton)
    button.click()
    desk.write("(a+)+$")
    desk.until_found(desk.system)
    assert "too long" in desk.system.finder.trouble
    desk.close()


def test_an_editor_that_is_closed_is_forgotten(desk: Desk) -> None:
    desk.documents.editor.setFocus()
    desk.press(Qt.Key.Key_F, CONTROL)
    desk.write("law")
    desk.window.documents_pane.show_parts(())
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    desk.window.questions_pane.list.setFocus()
    desk.press(Qt.Key.Key_F3)
    desk.until_found(desk.system)
    assert desk.system.find_bar is not None
    desk.close()
