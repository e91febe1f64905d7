"""Copying, pasting and dragging keep the exact bytes, and the interpreter survives its clipboard."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coldbyte.core.text.text import Text
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.editor.exact_clipboard import EXACT, chars_of, mime_of

NASTY = "\ufeffa\u00a0b\r\nc\rd\u2028e\u2029f\ufdd0g\0h\ufeff😀e\u0301\n"


@pytest.fixture
def editor(qtbot: QtBot) -> BlockEditor:
    editor = BlockEditor()
    qtbot.addWidget(editor)
    editor.resize(600, 200)
    editor.show()
    return editor


def select(editor: BlockEditor, anchor: int, position: int) -> None:
    cursor = editor.textCursor()
    cursor.setPosition(anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def offer(**formats: bytes) -> QMimeData:
    """What another program offers; in the names, two underscores stand for a slash and one for a hyphen."""
    mime = QMimeData()
    for name, data in formats.items():
        mime.setData(name.replace("__", "/").replace("_", "-"), data)
    return mime


def drop(editor: BlockEditor, mime: QMimeData, offset: int) -> QDropEvent:
    cursor = QTextCursor(editor.document())
    cursor.setPosition(offset)
    place = editor.cursorRect(cursor).center()
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(editor.viewport(), QDragEnterEvent(place, *how))
    event = QDropEvent(QPointF(place), *how)
    event.ignore()
    QApplication.sendEvent(editor.viewport(), event)
    return event


def test_what_is_copied_reaches_another_editor_byte_for_byte(editor: BlockEditor, qtbot: QtBot) -> None:
    other = BlockEditor()
    qtbot.addWidget(other)
    editor.set_text(Text.from_str(NASTY))
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(other, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert other.text.encode() == NASTY.encode()


def test_what_is_copied_reaches_other_programs_byte_for_byte() -> None:
    mime = mime_of(NASTY)
    assert bytes(mime.data("text/plain").data()) == NASTY.encode()
    assert bytes(mime.data("text/plain;charset=utf-8").data()) == NASTY.encode()
    assert not mime.hasHtml()


def test_our_own_format_is_preferred(editor: BlockEditor) -> None:
    mime = offer(text__plain=b"plain")
    mime.setData(EXACT, b"exact")
    editor.insertFromMimeData(mime)
    assert str(editor.text) == "exact"


@pytest.mark.parametrize("kind", ["text/plain", "text/plain;charset=utf-8"])
def test_the_bytes_of_plain_text_are_kept(editor: BlockEditor, kind: str) -> None:
    mime = QMimeData()
    mime.setData(kind, NASTY.encode())
    editor.insertFromMimeData(mime)
    assert editor.text.encode() == NASTY.encode()


def test_text_in_an_old_encoding_is_decoded_by_qt(editor: BlockEditor) -> None:
    editor.insertFromMimeData(offer(text__plain="é".encode("latin-1")))
    assert str(editor.text) == "\ufffd"


def test_rich_text_is_never_pasted(editor: BlockEditor) -> None:
    mime = QMimeData()
    mime.setHtml("<b>bold</b>")
    assert not editor.canInsertFromMimeData(mime)
    editor.insertFromMimeData(mime)
    assert str(editor.text) == ""
    mime.setText("plain")
    editor.insertFromMimeData(mime)
    assert str(editor.text) == "plain"
    assert editor.document().toRawText() == "plain"


def test_files_are_left_to_the_window() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/prompt.txt")])
    mime.setText("/tmp/prompt.txt")
    assert not BlockEditor().canInsertFromMimeData(mime)


def test_a_paste_is_said_with_its_characters_and_is_one_step(editor: BlockEditor, qtbot: QtBot) -> None:
    editor.set_text(Text.from_str("abc"))
    select(editor, 1, 2)
    with qtbot.waitSignal(editor.pasted, timeout=0) as said:
        editor.insertFromMimeData(mime_of(NASTY))
    assert said.args == [NASTY]
    assert str(editor.text) == "a" + NASTY + "c"
    editor.undo()
    assert str(editor.text) == "abc"


def test_nothing_is_pasted_into_a_read_only_editor(editor: BlockEditor) -> None:
    editor.setReadOnly(True)
    editor.insertFromMimeData(mime_of("x"))
    assert str(editor.text) == ""


def test_copying_a_stand_in_copies_what_it_stands_for(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str("a\u00a0b"))
    select(editor, 1, 2)
    editor.copy()
    assert chars_of(QGuiApplication.clipboard().mimeData()) == "\u00a0"


def test_copying_nothing_leaves_the_clipboard_alone(editor: BlockEditor) -> None:
    QGuiApplication.clipboard().setText("kept")
    editor.copy()
    editor.cut()
    assert QGuiApplication.clipboard().text() == "kept"


def test_a_drop_inserts_where_the_mouse_is(editor: BlockEditor, qtbot: QtBot) -> None:
    editor.set_text(Text.from_str("one two"))
    with qtbot.waitSignal(editor.pasted, timeout=0) as said:
        event = drop(editor, mime_of("\u00a0\r\n"), 3)
    assert event.isAccepted()
    assert said.args == ["\u00a0\r\n"]
    assert str(editor.text) == "one\u00a0\r\n two"
    editor.undo()
    assert str(editor.text) == "one two"


def test_a_dropped_file_is_not_taken(editor: BlockEditor) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/prompt.txt")])
    assert not drop(editor, mime, 0).isAccepted()
    assert str(editor.text) == ""


@pytest.mark.parametrize(
    ("start", "stretch", "to", "moved"),
    [
        ("ab\u00a0c", (1, 3), 0, "b\u00a0ac"),
        ("ab\u00a0c", (3, 1), 4, "acb\u00a0"),
        ("a\r\nb😀", (0, 1), 6, "\r\nb😀a"),
        ("a\r\nb😀", (4, 6), 0, "😀a\r\nb"),
    ],
)
def test_a_drag_within_the_editor_moves_in_one_step(
    editor: BlockEditor, start: str, stretch: tuple[int, int], to: int, moved: str
) -> None:
    editor.set_text(Text.from_str(start))
    select(editor, *stretch)
    dragged = editor.createMimeDataFromSelection()
    said: list[str] = []
    editor.text_edited.connect(lambda text: said.append(str(text)))
    editor._drop(dragged, to, moves=True)
    assert said == [moved]
    assert editor.createMimeDataFromSelection().data(EXACT) == dragged.data(EXACT)
    editor.undo()
    assert str(editor.text) == start


@pytest.mark.parametrize("to", [1, 2, 3])
def test_a_drag_into_itself_changes_nothing(editor: BlockEditor, to: int) -> None:
    editor.set_text(Text.from_str("abcd"))
    select(editor, 1, 3)
    editor._drop(mime_of("bc"), to, moves=True)
    assert str(editor.text) == "abcd"
    assert not editor.can_undo


_COPY_AND_LEAVE = """
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from coldbyte.core.text.text import Text
from coldbyte.ui.editor.block_editor import BlockEditor
app = QApplication([])
editor = BlockEditor()
editor.set_text(Text.from_str("a\\u00a0b"))
editor.selectAll()
editor.{how}()
assert QGuiApplication.clipboard().mimeData().hasFormat("application/x-coldbyte-text")
print("left")
"""


@pytest.mark.parametrize("how", ["copy", "cut"])
def test_the_interpreter_ends_well_while_the_clipboard_holds_our_bytes(how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COPY_AND_LEAVE.format(how=how)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")
