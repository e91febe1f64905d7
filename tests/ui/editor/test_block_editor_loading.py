"""Large texts come in slices between which the event loop runs; a key costs the same in all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coldbyte.core.text.text import Text
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.editor.shown_text import SLICE
from coldbyte.ui.editor.soft_row import ROW, ROW_LIMIT

LINE = "The quick brown fox jumps over the lazy dog, and then some more.\r\n"
FOUR_MEGABYTES = 4_000_000
LINES = (LINE * (FOUR_MEGABYTES // len(LINE) + 1))[:FOUR_MEGABYTES]
ONE_LINE = LINES.replace("\r\n", "; ")
CONTENTS = pytest.mark.parametrize("chars", [LINES, ONE_LINE], ids=["lines", "one line"])


@pytest.fixture
def editor(qtbot: QtBot) -> BlockEditor:
    editor = BlockEditor()
    qtbot.addWidget(editor)
    editor.resize(500, 300)
    editor.show()
    return editor


class Watch:
    """What goes into the document, and the turns of the event loop, in their order."""

    def __init__(self, editor: BlockEditor) -> None:
        self.log: list[int | None] = []
        self._timer = QTimer(editor, interval=0)
        self._timer.timeout.connect(self.turn)
        self._timer.start()
        editor.document().contentsChange.connect(self._count)

    @property
    def slices(self) -> list[int]:
        """UTF-16 units that went in, by edit."""
        return [size for size in self.log if size is not None]

    @property
    def longest_turn(self) -> int:
        """The most units that went in without a turn of the event loop."""
        sizes = [0]
        for size in self.log:
            if size is None:
                sizes.append(0)
            else:
                sizes[-1] += size
        return max(sizes)

    def turn(self) -> None:
        """The event loop runs."""
        self.log.append(None)

    def _count(self, _position: int, _removed: int, added: int) -> None:
        if added:
            self.log.append(added)


def press(editor: BlockEditor, chars: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, chars)
    QApplication.sendEvent(editor, event)


def load(editor: BlockEditor, chars: str) -> None:
    editor.set_text(Text.from_str(chars))
    wait(editor)


def wait(editor: BlockEditor) -> None:
    while editor.is_loading:
        QApplication.processEvents()
    QApplication.processEvents()


def raw(editor: BlockEditor) -> str:
    """The document without soft breaks and stand-ins."""
    return editor.document().toRawText().replace("↵\u2029", "\r\n").replace("\u2029", "").replace("↵", "\r")


@CONTENTS
def test_a_text_of_four_megabytes_comes_in_slices(editor: BlockEditor, chars: str) -> None:
    watch = Watch(editor)
    editor.set_text(Text.from_str(chars))
    assert editor.is_loading
    assert SLICE // 2 < sum(watch.slices) <= SLICE * 1.05
    watch.turn()
    wait(editor)
    assert watch.longest_turn <= SLICE * 1.05
    assert len(watch.slices) >= FOUR_MEGABYTES / SLICE
    assert raw(editor) == chars


def test_other_timers_run_while_a_text_loads(editor: BlockEditor) -> None:
    seen: list[bool] = []
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: seen.append(editor.is_loading))
    timer.start()
    load(editor, LINES)
    timer.stop()
    assert seen.count(True) >= FOUR_MEGABYTES / SLICE / 2


def test_loaded_is_said_once_and_the_editor_can_be_written_in_then(editor: BlockEditor, qtbot: QtBot) -> None:
    said: list[bool] = []
    editor.loaded.connect(lambda: said.append(editor.isReadOnly()))
    editor.set_text(Text.from_str(LINES))
    assert editor.isReadOnly()
    assert said == []
    QTest.keyClicks(editor, "x")
    assert str(editor.text) == LINES
    wait(editor)
    assert said == [False]
    QTest.keyClicks(editor, "x")
    assert str(editor.text) == "x" + LINES


def test_a_short_text_is_there_at_once(editor: BlockEditor, qtbot: QtBot) -> None:
    with qtbot.waitSignal(editor.loaded, timeout=0):
        editor.set_text(Text.from_str("short"))
    assert not editor.is_loading


def test_an_editor_that_was_read_only_stays_so_after_loading(editor: BlockEditor) -> None:
    editor.setReadOnly(True)
    load(editor, LINES)
    assert editor.isReadOnly()
    editor.set_text(Text.from_str(LINES))
    editor.setReadOnly(False)
    assert editor.isReadOnly()
    wait(editor)
    assert not editor.isReadOnly()


def test_the_last_of_two_texts_wins(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(LINES))
    QApplication.processEvents()
    load(editor, "second\r\n" + LINES[:200_000])
    assert raw(editor) == "second\r\n" + LINES[:200_000]


def test_a_place_that_is_not_loaded_yet_is_gone_to_when_it_is(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(LINES))
    editor.go_to(FOUR_MEGABYTES - 10)
    assert editor.textCursor().position() == 0
    wait(editor)
    assert editor.textCursor().position() == FOUR_MEGABYTES - 10
    assert editor.viewport().rect().contains(editor.cursorRect())


def test_the_cursor_can_wait_at_the_very_end(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(LINES))
    editor.go_to(FOUR_MEGABYTES)
    wait(editor)
    assert editor.textCursor().position() == FOUR_MEGABYTES


@CONTENTS
def test_a_large_change_comes_in_slices_and_keeps_cursor_and_scroll(editor: BlockEditor, chars: str) -> None:
    load(editor, chars)
    place = len(chars) // 2 + 7
    editor.go_to(place)
    top = editor._top()
    wait(editor)
    watch = Watch(editor)
    changed = "<" + chars[:-1] + ">"
    editor.apply_text(Text.from_str(changed))
    watch.turn()
    wait(editor)
    assert watch.longest_turn <= SLICE * 1.05
    assert raw(editor) == str(editor.text) == changed
    assert editor._selection() == (place, place)
    assert abs(editor._top() - top) <= ROW
    editor.undo()
    wait(editor)
    assert raw(editor) == str(editor.text) == chars


@pytest.mark.parametrize(
    "edit",
    [
        lambda editor: editor.replace_range(10, 20, "near the start"),
        lambda editor: editor.replace_range(FOUR_MEGABYTES - 20, FOUR_MEGABYTES - 10, "not loaded yet"),
        lambda editor: editor.replace_range(0, FOUR_MEGABYTES, "all"),
        lambda editor: editor.replace_range(70_000, 3_000_000, "from loaded to not"),
        lambda editor: editor.apply_text(Text.from_str("x" + LINES[5:])),
    ],
    ids=["loaded", "not loaded", "all", "both", "apply"],
)
def test_a_change_while_loading_is_not_lost(editor: BlockEditor, edit: Callable[[BlockEditor], None]) -> None:
    editor.set_text(Text.from_str(LINES))
    QApplication.processEvents()
    assert editor.is_loading
    edit(editor)
    changed = str(editor.text)
    assert changed != LINES
    wait(editor)
    assert raw(editor) == changed
    editor.undo()
    wait(editor)
    assert raw(editor) == str(editor.text) == LINES


@CONTENTS
def test_a_key_in_four_megabytes_touches_one_row_and_few_pieces(editor: BlockEditor, chars: str) -> None:
    load(editor, chars)
    editor.go_to(FOUR_MEGABYTES // 2)
    press(editor, "x")  # the first key cuts the piece around it into small ones
    before = {id(piece): piece for piece in editor.text.pieces}
    watch = Watch(editor)
    for char in "typed":
        press(editor, char)
    assert watch.slices == [1] * len("typed")
    assert sum(id(piece) not in before for piece in editor.text.pieces) <= 2
    row = editor.textCursor().block()
    assert row.length() <= ROW_LIMIT


def test_what_is_pasted_is_cut_into_slices_too(editor: BlockEditor) -> None:
    load(editor, ONE_LINE)
    editor.selectAll()
    editor.cut()
    assert editor.text.size == 0
    watch = Watch(editor)
    editor.paste()
    watch.turn()
    wait(editor)
    assert watch.longest_turn <= SLICE * 1.05
    assert raw(editor) == str(editor.text) == ONE_LINE


def test_showing_and_hiding_invisibles_keeps_the_place(editor: BlockEditor) -> None:
    load(editor, LINES.replace(" ", "\u00a0"))
    byte = editor.text.size // 2
    editor.go_to(byte)
    place, top = editor._selection(), editor._top()
    assert "\u00a0" not in editor.document().toRawText()
    editor.show_invisibles = False
    wait(editor)
    assert "\u00a0" in editor.document().toRawText()
    assert (editor._selection(), editor._top()) == (place, top)


def test_scrolling_through_a_long_line_shows_rows(editor: BlockEditor) -> None:
    load(editor, ONE_LINE)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    QApplication.processEvents()
    assert editor.document().blockCount() >= FOUR_MEGABYTES // ROW
    assert editor.viewport().rect().contains(editor.cursorRect())
