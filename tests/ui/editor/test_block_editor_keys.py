"""What keys, input methods and calls do in the editor."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QInputMethodEvent, QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from coldbyte.core.text.text import EMPTY, Text
from coldbyte.ui.editor.block_editor import BlockEditor

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def editor(qtbot: QtBot, clock: Clock) -> BlockEditor:
    editor = BlockEditor(clock=clock)
    qtbot.addWidget(editor)
    editor.resize(400, 200)
    editor.show()
    return editor


def show(editor: BlockEditor, chars: str, cursor: int = 0, anchor: int | None = None) -> None:
    editor.set_text(Text.from_str(chars))
    move(editor, cursor, anchor)


def move(editor: BlockEditor, position: int, anchor: int | None = None) -> None:
    cursor = editor.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def press(
    editor: BlockEditor, chars: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> bool:
    """Whether the editor took a key that types `chars`."""
    event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_unknown, modifiers, chars)
    event.ignore()
    QApplication.sendEvent(editor, event)
    return event.isAccepted()


def compose(editor: BlockEditor, preedit: str, commit: str = "", replace: tuple[int, int] = (0, 0)) -> None:
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit, *replace)
    QApplication.sendEvent(editor, event)


def test_typed_letters_reach_the_value(editor: BlockEditor) -> None:
    QTest.keyClicks(editor, "Hello, world")
    assert str(editor.text) == "Hello, world"


def test_every_key_is_announced_once_with_the_new_value(editor: BlockEditor) -> None:
    seen: list[str] = []
    editor.text_edited.connect(lambda text: seen.append(str(text)))
    QTest.keyClicks(editor, "ab")
    QTest.keyClick(editor, Key.Key_Z, CONTROL)
    QTest.keyClick(editor, Key.Key_Y, CONTROL)
    editor.apply_text(Text.from_str("abc"))
    editor.apply_text(Text.from_str("abc"))
    assert seen == ["a", "ab", "", "ab", "abc"]


def test_setting_a_text_is_no_edit(editor: BlockEditor, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(editor.text_edited):
        show(editor, "set")
    assert not editor.can_undo


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, SHIFT])
def test_enter_is_a_line_feed(editor: BlockEditor, modifiers: Qt.KeyboardModifier) -> None:
    show(editor, "one\ntwo", 1)
    QTest.keyClick(editor, Key.Key_Return, modifiers)
    assert str(editor.text) == "o\nne\ntwo"


def test_enter_follows_a_first_line_that_ends_in_crlf(editor: BlockEditor) -> None:
    show(editor, "one\r\ntwo\nthree", 6)
    QTest.keyClick(editor, Key.Key_Return)
    assert str(editor.text) == "one\r\nt\r\nwo\nthree"
    editor.undo()
    assert str(editor.text) == "one\r\ntwo\nthree"


def test_enter_does_not_follow_a_later_crlf(editor: BlockEditor) -> None:
    show(editor, "one\ntwo\r\n", 2)
    QTest.keyClick(editor, Key.Key_Return)
    assert str(editor.text) == "on\ne\ntwo\r\n"


def test_control_enter_is_left_to_the_window(editor: BlockEditor) -> None:
    show(editor, "one")
    QTest.keyClick(editor, Key.Key_Return, CONTROL)
    assert str(editor.text) == "one"


@pytest.mark.parametrize(("key", "cursor"), [(Key.Key_Backspace, 3), (Key.Key_Delete, 1)])
def test_a_crlf_is_deleted_as_one(editor: BlockEditor, key: Key, cursor: int) -> None:
    show(editor, "a\r\nb", cursor)
    QTest.keyClick(editor, key)
    assert str(editor.text) == "ab"
    editor.undo()
    assert str(editor.text) == "a\r\nb"


@pytest.mark.parametrize(("key", "cursor"), [(Key.Key_Backspace, 5), (Key.Key_Delete, 3)])
def test_deleting_a_word_beside_a_crlf_leaves_no_half_of_it(
    editor: BlockEditor, key: Key, cursor: int
) -> None:
    show(editor, "one\r\ntwo", cursor)
    QTest.keyClick(editor, key, CONTROL)
    assert str(editor.text) == "onetwo"


@pytest.mark.parametrize("cursor", [0, 1, 2])
def test_deleting_the_word_before_a_crlf_keeps_it(editor: BlockEditor, cursor: int) -> None:
    show(editor, "one\r\ntwo", cursor)
    QTest.keyClick(editor, Key.Key_Delete, CONTROL)
    assert str(editor.text) == "one"[:cursor] + "\r\ntwo"


def test_the_end_key_stays_before_the_carriage_return(editor: BlockEditor) -> None:
    show(editor, "one\r\ntwo")
    QTest.keyClick(editor, Key.Key_End)
    QTest.keyClicks(editor, "!")
    assert str(editor.text) == "one!\r\ntwo"
    QTest.keyClick(editor, Key.Key_End)
    QTest.keyClick(editor, Key.Key_Return)
    assert str(editor.text) == "one!\r\n\r\ntwo"


def test_the_arrows_step_over_a_crlf(editor: BlockEditor) -> None:
    show(editor, "a\r\nb", 1)
    QTest.keyClick(editor, Key.Key_Right)
    assert editor.textCursor().position() == 3
    QTest.keyClick(editor, Key.Key_Left)
    assert editor.textCursor().position() == 1


def test_half_of_a_crlf_can_be_selected_and_deleted(editor: BlockEditor) -> None:
    show(editor, "a\r\nb", 1)
    QTest.keyClick(editor, Key.Key_Right, SHIFT)
    QTest.keyClick(editor, Key.Key_Delete)
    assert str(editor.text) == "a\nb"


def test_a_literal_that_looks_like_a_stand_in_replaces_what_it_looks_like(editor: BlockEditor) -> None:
    show(editor, "a\u00a0b", 1, 2)
    shown = editor.document().toRawText()[1]
    press(editor, shown)
    assert str(editor.text) == f"a{shown}b"
    assert shown != "\u00a0"


def test_tab_types_a_tab_and_control_tab_does_not(editor: BlockEditor) -> None:
    QTest.keyClick(editor, Key.Key_Tab)
    QTest.keyClick(editor, Key.Key_Tab, CONTROL)
    assert str(editor.text) == "\t"


def test_tab_moves_the_focus_where_it_is_told_to(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    first, second = BlockEditor(), BlockEditor()
    layout.addWidget(first)
    layout.addWidget(second)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    second.setFocus()
    QTest.keyClick(second, Key.Key_Backtab, SHIFT)
    assert QApplication.focusWidget() is first
    first.setTabChangesFocus(True)
    QTest.keyClick(first, Key.Key_Tab)
    assert QApplication.focusWidget() is second
    assert (str(first.text), str(second.text)) == ("", "")


def test_escape_is_left_to_the_window(editor: BlockEditor) -> None:
    assert not press(editor, "\x1b")
    assert editor.text == EMPTY


def test_half_a_pair_is_refused(editor: BlockEditor, qtbot: QtBot) -> None:
    show(editor, "x")
    with qtbot.assertNotEmitted(editor.text_edited):
        press(editor, "\ud83d")
        compose(editor, "", "\ude00")
        editor.replace_range(0, 0, "a\ud83d")
    assert str(editor.text) == "x"


def test_undo_takes_a_typed_run_back_and_pauses_part_runs(editor: BlockEditor, clock: Clock) -> None:
    QTest.keyClicks(editor, "one")
    clock.now = 5.0
    QTest.keyClicks(editor, "two")
    editor.undo()
    assert str(editor.text) == "one"
    editor.undo()
    assert str(editor.text) == ""


def test_moving_the_cursor_parts_runs(editor: BlockEditor) -> None:
    QTest.keyClicks(editor, "one")
    QTest.keyClick(editor, Key.Key_Left)
    QTest.keyClick(editor, Key.Key_Right)
    QTest.keyClicks(editor, "two")
    editor.undo()
    assert str(editor.text) == "one"


def test_undo_shows_what_it_changed_and_selects_what_was_selected(editor: BlockEditor) -> None:
    show(editor, "one two three", 7, 4)
    QTest.keyClicks(editor, "x")
    editor.moveCursor(QTextCursor.MoveOperation.End)
    editor.undo()
    cursor = editor.textCursor()
    assert (str(editor.text), cursor.selectedText()) == ("one two three", "two")


def test_undo_and_redo_are_offered_when_there_is_something(editor: BlockEditor) -> None:
    heard: list[tuple[str, bool]] = []
    editor.undoAvailable.connect(lambda yes: heard.append(("undo", yes)))
    editor.redoAvailable.connect(lambda yes: heard.append(("redo", yes)))
    QTest.keyClicks(editor, "ab")
    editor.undo()
    show(editor, "new")
    assert heard == [("undo", True), ("undo", False), ("redo", True), ("redo", False)]


def test_nothing_can_be_typed_into_a_read_only_editor(editor: BlockEditor) -> None:
    QTest.keyClicks(editor, "one")
    editor.setReadOnly(True)
    QTest.keyClicks(editor, "two")
    QTest.keyClick(editor, Key.Key_Backspace)
    QTest.keyClick(editor, Key.Key_Z, CONTROL)
    compose(editor, "", "three")
    editor.selectAll()
    editor.cut()
    assert str(editor.text) == "one"
    assert not editor.can_undo


def test_what_is_composed_is_not_in_the_value_until_it_is_committed(editor: BlockEditor) -> None:
    show(editor, "a\u00a0b", 2)
    seen: list[str] = []
    editor.text_edited.connect(lambda text: seen.append(str(text)))
    compose(editor, "ni")
    compose(editor, "nih")
    assert (str(editor.text), seen) == ("a\u00a0b", [])
    compose(editor, "", "你\u00a0")
    assert seen == ["a\u00a0你\u00a0b"]
    editor.undo()
    assert str(editor.text) == "a\u00a0b"


def test_composing_replaces_the_selection(editor: BlockEditor) -> None:
    show(editor, "abcd", 1, 3)
    compose(editor, "ni")
    assert str(editor.text) == "ad"
    compose(editor, "", "你")
    assert str(editor.text) == "a你d"


def test_an_input_method_may_replace_what_stands_before_the_cursor(editor: BlockEditor) -> None:
    show(editor, "teh x", 3)
    compose(editor, "", "the", (-3, 3))
    assert str(editor.text) == "the x"


def test_an_edit_that_qt_makes_by_itself_is_taken_over(editor: BlockEditor) -> None:
    show(editor, "a\r\nb\u2028c", 1, 4)
    editor.insertPlainText("x\u00a0\u2028y\n")
    assert str(editor.text) == "ax\u00a0\ny\n\u2028c"
    QApplication.processEvents()
    assert "\u00a0" not in editor.document().toRawText()
    editor.undo()
    assert str(editor.text) == "a\r\nb\u2028c"


def test_a_replaced_range_keeps_the_cursor_at_its_characters(editor: BlockEditor) -> None:
    show(editor, "one two three", 10, 8)
    editor.replace_range(0, 3, "a longer one")
    assert editor.textCursor().selectedText() == "th"
    editor.replace_range(0, 0, "😀")
    assert editor.textCursor().selectedText() == "th"


def test_an_applied_text_shares_the_pieces_of_both(editor: BlockEditor) -> None:
    old = Text.from_str("x" * 100_000)
    new = old.replace(50_000, 50_001, "y")
    editor.set_text(old)
    editor.apply_text(new)
    assert editor.text is new


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_context_menu_undoes_our_steps(editor: BlockEditor) -> None:
    QTest.keyClicks(editor, "abc")
    menu = open_menu(editor)
    actions = {action.text(): action for action in menu.actions()}
    assert actions["&Undo"].isEnabled()
    assert not actions["&Redo"].isEnabled()
    actions["&Undo"].trigger()
    assert str(editor.text) == ""
    menu.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_context_menu_deletes_the_selection(editor: BlockEditor) -> None:
    show(editor, "abc", 1, 2)
    menu = open_menu(editor)
    next(action for action in menu.actions() if action.text() == "&Delete").trigger()
    assert str(editor.text) == "ac"
    menu.close()


def test_an_action_of_the_window_can_undo(editor: BlockEditor) -> None:
    action = QAction(editor)
    action.setShortcut(QKeySequence("F9"))
    action.triggered.connect(editor.undo)
    QTest.keyClicks(editor, "abc")
    action.trigger()
    assert str(editor.text) == ""


def open_menu(editor: BlockEditor) -> QMenu:
    place = QPoint(5, 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, editor.mapToGlobal(place))
    QApplication.sendEvent(editor, event)
    menus = editor.findChildren(QMenu)
    assert len(menus) == 1
    return menus[0]
