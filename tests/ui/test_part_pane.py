"""A pane of parts: a tab, an editor and a breakpoint for each, and a wish for what the user wants of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Document, SystemBlock
from coldbyte.core.text.text import Text
from coldbyte.state.open_draft import TextChange
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.part_pane import BreakpointWish, LineEndWish, MoveWish, PartPane

NASTY = "one\u00a0two\r\nthree\rfour\u2028five"
PARTS = (
    Document("a", "gdpr.txt", Text.from_str(NASTY), "5m"),
    Document("b", "R&D.txt", Text.from_str("plain\n")),
    Document("c", "notes.txt", Text.from_str("more\n"), "1h"),
)


@pytest.fixture
def pane(qtbot: QtBot) -> PartPane:
    pane = PartPane("documents", "Documents", "No documents.")
    pane.set_movable(True)
    qtbot.addWidget(pane)
    pane.resize(700, 300)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


@pytest.fixture
def filled(pane: PartPane) -> PartPane:
    pane.show_parts(PARTS)
    return pane


def tabs(pane: PartPane) -> QTabBar:
    (found,) = pane.findChildren(QTabBar)
    return found


def titles(pane: PartPane) -> list[str]:
    return [tabs(pane).tabText(index).replace("&&", "&") for index in range(tabs(pane).count())]


def editor(pane: PartPane) -> BlockEditor:
    found = pane.stack.editor
    assert found is not None
    return found


def combo(pane: PartPane) -> QComboBox:
    (found,) = pane.findChildren(QComboBox)
    return found


def button(pane: PartPane, name: str) -> QToolButton:
    found = pane.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def click_tab(pane: PartPane, index: int) -> None:
    bar = tabs(pane)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())


def press(target: BlockEditor, char: str) -> None:
    """A key that types `char`; QTest knows ASCII only."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, char)
        QApplication.sendEvent(target, event)


def drag(bar: QTabBar, origin: QPoint, target: QPoint) -> None:
    """Press the left button, move, release."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    path = [origin + (target - origin) * step / 8 for step in range(1, 9)]
    events = [
        (QEvent.Type.MouseButtonPress, origin, left, left),
        *((QEvent.Type.MouseMove, place, none, left) for place in path),
        (QEvent.Type.MouseButtonRelease, target, left, none),
    ]
    for kind, place, pressed, held in events:
        point = QPointF(place)
        event = QMouseEvent(
            kind, point, QPointF(bar.mapToGlobal(place)), pressed, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(bar, event)


def test_each_part_has_a_tab_and_the_first_one_is_shown(filled: PartPane) -> None:
    assert titles(filled) == ["gdpr.txt", "R&D.txt", "notes.txt"]
    assert filled.key == "a"
    assert editor(filled).text.encode() == NASTY.encode()
    assert editor(filled).isVisible()


def test_a_name_with_an_ampersand_is_no_shortcut(filled: PartPane) -> None:
    assert tabs(filled).tabText(1) == "R&&D.txt"
    assert tabs(filled).tabToolTip(1) == "R&D.txt"


def test_system_blocks_are_numbered(pane: PartPane) -> None:
    pane.show_parts([SystemBlock("x", Text.from_str("a")), SystemBlock("y", Text.from_str("b"))])
    assert titles(pane) == ["Block 1", "Block 2"]


def test_typing_tells_the_new_text_of_the_part_byte_for_byte(qtbot: QtBot, filled: PartPane) -> None:
    with qtbot.waitSignal(filled.text_edited) as edited:
        press(editor(filled), "é")
    (change,) = edited.args
    assert isinstance(change, TextChange)
    assert change.key == "a"
    assert change.text.encode() == f"é{NASTY}".encode()
    assert editor(filled).text is change.text


def test_the_facts_follow_the_typing(filled: PartPane) -> None:
    def facts() -> list[str]:
        return [label.text() for label in filled.findChildren(QLabel) if " bytes" in label.text()]

    assert facts() == [f"{len(NASTY.encode())} bytes · 3 lines"]
    press(editor(filled), "é")
    assert facts() == [f"{len(NASTY.encode()) + 2} bytes · 3 lines"]
    click_tab(filled, 1)
    assert facts() == ["6 bytes · 2 lines"]


def test_a_click_on_a_tab_shows_its_part(filled: PartPane) -> None:
    click_tab(filled, 2)
    assert filled.key == "c"
    assert str(editor(filled).text) == "more\n"
    assert combo(filled).currentText() == "Breakpoint 1h"


def test_the_arrow_keys_go_through_the_tabs(filled: PartPane) -> None:
    QTest.keyClick(tabs(filled), Qt.Key.Key_Right)
    assert filled.key == "b"
    assert str(editor(filled).text) == "plain\n"


def test_every_part_keeps_its_own_steps_of_undo(filled: PartPane) -> None:
    QTest.keyClicks(editor(filled), "x")
    click_tab(filled, 1)
    assert not editor(filled).can_undo
    QTest.keyClicks(editor(filled), "y")
    click_tab(filled, 0)
    QTest.keyClick(editor(filled), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor(filled).text.encode() == NASTY.encode()
    click_tab(filled, 1)
    assert str(editor(filled).text) == "yplain\n"


def test_a_change_from_elsewhere_is_shown_and_can_be_undone(filled: PartPane) -> None:
    other = Text.from_str("one two\nthree\n")
    filled.replace_text(TextChange("a", other))
    assert editor(filled).text == other
    QTest.keyClick(editor(filled), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor(filled).text.encode() == NASTY.encode()


def test_a_change_of_a_part_that_was_never_shown_is_there_when_it_is(filled: PartPane) -> None:
    filled.replace_text(TextChange("b", Text.from_str("changed")))
    click_tab(filled, 1)
    assert str(editor(filled).text) == "changed"


def test_the_breakpoint_of_each_part_is_shown(filled: PartPane) -> None:
    shown = []
    for index in range(3):
        click_tab(filled, index)
        shown.append(combo(filled).currentText())
    assert shown == ["Breakpoint 5m", "No breakpoint", "Breakpoint 1h"]


@pytest.mark.parametrize(
    ("index", "key", "wish"),
    [
        (0, Qt.Key.Key_Up, BreakpointWish("a", None)),
        (0, Qt.Key.Key_Down, BreakpointWish("a", "1h")),
        (1, Qt.Key.Key_Down, BreakpointWish("b", "5m")),
    ],
)
def test_a_breakpoint_is_chosen_with_the_keyboard(
    qtbot: QtBot, filled: PartPane, index: int, key: Qt.Key, wish: BreakpointWish
) -> None:
    click_tab(filled, index)
    with qtbot.waitSignal(filled.breakpoint_chosen) as chosen:
        QTest.keyClick(combo(filled), key)
    assert chosen.args == [wish]


def test_looking_at_another_part_wishes_for_no_breakpoint(qtbot: QtBot, filled: PartPane) -> None:
    with qtbot.assertNotEmitted(filled.breakpoint_chosen):
        click_tab(filled, 2)
        filled.show_parts(PARTS[:2])


def test_the_part_that_is_shown_stays_when_others_change(filled: PartPane) -> None:
    click_tab(filled, 1)
    shown = editor(filled)
    filled.show_parts([replace(PARTS[0], ttl=None), PARTS[1], replace(PARTS[2], title="law.txt")])
    assert filled.key == "b"
    assert editor(filled) is shown
    assert titles(filled) == ["gdpr.txt", "R&D.txt", "law.txt"]


def test_a_part_that_was_added_is_shown(filled: PartPane) -> None:
    filled.show_parts([*PARTS, Document("d", "new.txt", Text.from_str("new"))])
    assert filled.key == "d"
    assert tabs(filled).currentIndex() == 3
    assert str(editor(filled).text) == "new"


def test_a_part_that_was_removed_is_gone_and_another_one_is_shown(filled: PartPane) -> None:
    click_tab(filled, 1)
    gone = editor(filled)
    filled.show_parts([PARTS[0], PARTS[2]])
    assert titles(filled) == ["gdpr.txt", "notes.txt"]
    assert filled.key in ("a", "c")
    assert editor(filled) is not gone
    assert filled.stack.editor_of("b") is None
    assert filled.stack.key_of(gone) is None


def test_an_empty_pane_says_what_can_be_done(qtbot: QtBot, filled: PartPane) -> None:
    filled.show_parts([])
    (empty,) = (label for label in filled.findChildren(QLabel) if label.text() == "No documents.")
    assert empty.isVisible()
    assert filled.key is None
    assert not combo(filled).isVisible()
    assert not button(filled, "remove_button").isEnabled()
    with qtbot.assertNotEmitted(filled.remove_requested):
        QTest.mouseClick(button(filled, "remove_button"), Qt.MouseButton.LeftButton)
    filled.show_parts(PARTS[:1])
    assert not empty.isVisible()
    assert filled.key == "a"


def test_the_buttons_ask_for_a_part_more_and_for_this_one_less(qtbot: QtBot, filled: PartPane) -> None:
    click_tab(filled, 1)
    with qtbot.waitSignal(filled.add_requested):
        QTest.mouseClick(button(filled, "add_button"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(filled.remove_requested) as removed:
        QTest.keyClick(button(filled, "remove_button"), Qt.Key.Key_Space)
    assert removed.args == ["b"]


def test_other_line_ends_are_asked_for_the_part_that_is_shown(qtbot: QtBot, filled: PartPane) -> None:
    click_tab(filled, 2)
    with qtbot.waitSignal(filled.line_ends_requested) as asked:
        button(filled, "line_end_button").menu().actions()[1].trigger()
    assert asked.args == [LineEndWish("c", "\r\n")]


def test_a_tab_that_is_dragged_asks_for_the_move_and_stays_in_sight(filled: PartPane) -> None:
    order = list(PARTS)

    def move(wish: MoveWish) -> None:
        """What the draft does."""
        here = next(index for index, part in enumerate(order) if part.key == wish.key)
        order.insert(here + wish.by, order.pop(here))
        filled.show_parts(order)

    filled.move_requested.connect(move)
    bar = tabs(filled)
    drag(bar, bar.tabRect(0).center(), bar.tabRect(1).center() + QPoint(20, 0))
    assert [part.key for part in order] == ["b", "a", "c"]
    assert titles(filled) == ["R&D.txt", "gdpr.txt", "notes.txt"]
    assert filled.key == "a"
    assert bar.currentIndex() == 1
    assert editor(filled).text.encode() == NASTY.encode()


def drop(pane: PartPane, *urls: QUrl) -> bool:
    """Drag these over the pane and let go; whether it took them."""
    mime = QMimeData()
    mime.setUrls(list(urls))
    action, held, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 10), action, mime, held, none)
    QApplication.sendEvent(pane, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(50, 10), action, mime, held, none)
    event.ignore()
    QApplication.sendEvent(pane, event)
    return event.isAccepted()


def test_dropped_files_are_asked_to_be_opened(qtbot: QtBot, filled: PartPane) -> None:
    with qtbot.waitSignal(filled.files_dropped) as dropped:
        assert drop(filled, QUrl.fromLocalFile("/tmp/ä b.txt"), QUrl("https://example.org/c.txt"))
    assert dropped.args == [["/tmp/ä b.txt"]]


def test_what_is_no_file_is_not_taken(qtbot: QtBot, filled: PartPane) -> None:
    with qtbot.assertNotEmitted(filled.files_dropped):
        assert not drop(filled, QUrl("https://example.org/c.txt"))
        assert not drop(filled)


def test_invisible_characters_and_text_size_hold_for_editors_that_come_later(filled: PartPane) -> None:
    first = editor(filled)
    size = first.font().pointSizeF()
    filled.stack.set_show_invisibles(False)
    filled.stack.zoom(3)
    click_tab(filled, 1)
    second = editor(filled)
    assert second is not first
    for one in (first, second):
        assert not one.show_invisibles
        assert one.font().pointSizeF() == size + 3


def test_a_part_can_be_selected_by_its_key(filled: PartPane) -> None:
    filled.select("c")
    assert tabs(filled).currentIndex() == 2
    assert str(editor(filled).text) == "more\n"
    filled.select("nobody")
    assert filled.key == "c"


def test_a_screen_reader_can_name_every_control(filled: PartPane) -> None:
    controls = [tabs(filled), combo(filled), *filled.findChildren(QToolButton), editor(filled)]
    named = [control for control in controls if control.isVisible()]
    assert len(named) >= 6
    assert all(control.accessibleName() for control in named)
    assert editor(filled).accessibleName() == "gdpr.txt"


def test_a_pane_has_the_focus_by_what_can_take_it(pane: PartPane) -> None:
    add = pane.findChild(QToolButton, "add_button")
    assert pane.focusProxy() is add, "there is no editor yet"
    pane.show_parts(PARTS)
    assert pane.focusProxy() is pane.stack
    pane.fold.fold(True)
    assert pane.focusProxy() is pane.fold.title_button
    pane.show_parts(())
    assert pane.focusProxy() is pane.fold.title_button
    pane.fold.fold(False)
    assert pane.focusProxy() is add
