"""A stack keeps an editor with its bars for each part."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coldbyte.core.text.text import Text
from coldbyte.ui.editor.editor_frame import EditorFrame
from coldbyte.ui.part_stack import PartStack


@pytest.fixture
def stack(qtbot: QtBot) -> PartStack:
    stack = PartStack("part")
    qtbot.addWidget(stack)
    stack.show_part("a", Text.from_str("one"), "A")
    stack.show()
    return stack


def test_the_editor_that_is_shown_is_the_one_of_the_frame(stack: PartStack) -> None:
    frame = stack.currentWidget()
    assert isinstance(frame, EditorFrame)
    assert stack.editor is frame.editor is stack.editor_of("a")
    assert stack.key_of(frame.editor) == "a"
    assert frame.editor.accessibleName() == "A"


def test_each_part_keeps_its_own_bar(stack: PartStack) -> None:
    first = stack.currentWidget()
    assert isinstance(first, EditorFrame)
    first.open_find()
    stack.show_part("b", Text.from_str("two"), "B")
    second = stack.currentWidget()
    assert isinstance(second, EditorFrame)
    assert second.find_bar is None
    stack.show_part("a", Text.from_str("one"), "A")
    assert stack.currentWidget() is first
    assert first.find_bar is not None
    assert first.find_bar.isVisible()


def test_syntax_colours_hold_for_editors_that_come_later(stack: PartStack) -> None:
    stack.set_syntax_colours(False)
    stack.show_part("b", Text.from_str("two"), "B")
    for key in ("a", "b"):
        editor = stack.editor_of(key)
        assert editor is not None
        assert not editor.syntax_colours


def test_the_frame_of_a_part_that_is_gone_goes_with_it(stack: PartStack, qtbot: QtBot) -> None:
    frame = stack.currentWidget()
    assert isinstance(frame, EditorFrame)
    with qtbot.waitSignal(frame.destroyed):
        stack.keep_only(set())
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert stack.count() == 0
    assert stack.editor is stack.editor_of("a") is None
