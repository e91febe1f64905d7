"""What the editor shows: stand-ins, marks, the break, and places found by bytes."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QHelpEvent,
    QImage,
    QPalette,
    QRawFont,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from coldbyte.core.text.invisible import is_invisible, stand_in
from coldbyte.core.text.text import Text
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.editor.editor_margin import CONTINUED
from coldbyte.ui.editor.editor_mark import decomposed_in, marks_in
from coldbyte.ui.editor.stand_in import NOT_HELD, meant, shown

BREAK = QColor("#ff0000")
INVISIBLE = QColor("#00aa00")


@pytest.fixture
def editor(qtbot: QtBot) -> BlockEditor:
    editor = BlockEditor()
    qtbot.addWidget(editor)
    colors = f"qproperty-breakColor: {BREAK.name()}; qproperty-invisibleColor: {INVISIBLE.name()};"
    editor.setStyleSheet(f"BlockEditor {{ {colors} }}")
    editor.resize(500, 200)
    editor.show()
    return editor


def show(editor: BlockEditor, chars: str) -> None:
    editor.set_text(Text.from_str(chars))
    QApplication.processEvents()


def marked(editor: BlockEditor, *kinds: str) -> list[str]:
    """What is marked in sight, as the view shows it."""
    cursor = editor.textCursor()
    found = []
    for mark in editor._marks:
        cursor.setPosition(mark.start)
        cursor.setPosition(mark.stop, QTextCursor.MoveMode.KeepAnchor)
        if mark.kind in kinds:
            found.append(cursor.selectedText())
    return found


def pixels(image: QImage, color: QColor, area: QRect | None = None) -> int:
    area = area or image.rect()
    return sum(
        image.pixelColor(x, y).rgb() == color.rgb()
        for x in range(area.left(), area.right() + 1)
        for y in range(area.top(), area.bottom() + 1)
    )


def green(editor: BlockEditor) -> int:
    """Pixels of the text that have something of the green of marks."""
    image = editor.viewport().grab().toImage()
    colors = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(color.green() > max(color.red(), color.blue()) + 8 for color in colors)


def test_everything_that_qt_does_not_hold_has_a_stand_in(qapp: QApplication) -> None:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    for start in range(0, sys.maxunicode + 1, 0x1000):
        chars = "".join(chr(code) for code in range(start, start + 0x1000) if not 0xD800 <= code < 0xE000)
        view = shown(chars, everything=False)
        document.clear()
        QTextCursor(document).insertText(view)
        assert document.toRawText().replace("\u2029", "\n") == view
        assert all(is_invisible(char) for char in NOT_HELD.findall(chars))


def test_every_stand_in_has_a_glyph_in_a_font_that_linux_has(qapp: QApplication) -> None:
    if "DejaVu Sans Mono" not in QFontDatabase.families():
        pytest.skip("DejaVu Sans Mono is not installed")
    font = QRawFont.fromFont(QFont("DejaVu Sans Mono", 10))
    signs = {stand_in(char) for char in map(chr, range(sys.maxunicode + 1)) if is_invisible(char)}
    assert [sign for sign in sorted({*signs, CONTINUED}) if not font.supportsCharacter(ord(sign))] == []


@given(st.text(), st.booleans())
def test_what_is_shown_is_as_long_as_what_is_meant(chars: str, everything: bool) -> None:
    view = shown(chars, everything=everything)
    assert [len(char.encode("utf-16")) for char in view] == [len(char.encode("utf-16")) for char in chars]
    assert not NOT_HELD.search(view)


def test_line_ends_of_qt_mean_line_feeds() -> None:
    assert meant("a\u2029b\u2028c␍") == "a\nb\nc␍"


def test_invisible_characters_are_drawn_and_can_be_hidden(editor: BlockEditor) -> None:
    show(editor, "a\u00a0b\u200bc\rd")
    assert editor.document().toRawText() == "a⍽b┆c↵d"
    editor.show_invisibles = False
    assert editor.document().toRawText() == "a\u00a0b\u200bc↵d"
    assert str(editor.text) == "a\u00a0b\u200bc\rd"


def test_hiding_invisibles_is_no_edit(editor: BlockEditor, qtbot: QtBot) -> None:
    show(editor, "a\u00a0b")
    with qtbot.assertNotEmitted(editor.text_edited):
        editor.show_invisibles = False
    assert not editor.can_undo


def test_a_stand_in_is_marked_and_the_same_character_in_the_text_is_not(editor: BlockEditor) -> None:
    show(editor, "a\u00a0b ⍽ ↵ c\r\n")
    assert marked(editor, "invisible", "line end") == ["⍽", "↵"]
    editor.show_invisibles = False
    QApplication.processEvents()
    assert marked(editor, "invisible", "line end") == ["↵"]


def test_a_stand_in_and_its_look_alike_differ_on_screen(editor: BlockEditor) -> None:
    show(editor, "⍽↵")
    assert green(editor) == 0
    show(editor, "\u00a0\r")
    assert green(editor) > 50


def test_a_selected_stand_in_has_the_colours_of_the_selection(editor: BlockEditor) -> None:
    show(editor, "\u00a0\r")
    editor.selectAll()
    assert green(editor) == 0


def test_a_decomposed_letter_is_underlined(editor: BlockEditor) -> None:
    show(editor, "é e\u0301 x")
    assert marked(editor, "decomposed") == ["e\u0301"]
    assert green(editor) > 20


def test_marks_follow_typing_and_scrolling(editor: BlockEditor) -> None:
    show(editor, "\u00a0first\n" + "line\n" * 500 + "last\u200b")
    assert marked(editor, "invisible") == ["⍽"]
    QTest.keyClicks(editor, "x")
    assert marked(editor, "invisible") == ["⍽"]
    editor.verticalScrollBar().setValue(editor.verticalScrollBar().maximum())
    assert marked(editor, "invisible") == ["┆"]


def test_only_what_can_be_seen_is_marked(editor: BlockEditor) -> None:
    show(editor, "\u00a0\n" * 10_000)
    assert 5 < len(editor._marks) < 50


@given(st.text(alphabet="a\u00a0😀\U000e0067e\u0301\r\n ", max_size=30), st.integers(0, 9))
def test_marks_stand_at_utf16_offsets(chars: str, origin: int) -> None:
    data = chars.encode("utf-16-le")
    for mark in marks_in(chars, origin, everything=True):
        char = data[2 * (mark.start - origin) : 2 * (mark.stop - origin)].decode("utf-16-le")
        assert is_invisible(char)
    assert sum(map(is_invisible, chars)) == len(list(marks_in(chars, origin, everything=True)))
    for mark in decomposed_in(chars, origin):
        letter = data[2 * (mark.start - origin) : 2 * (mark.stop - origin)].decode("utf-16-le")
        assert letter[1] == "\u0301"


def test_the_break_is_drawn_in_text_and_margin(editor: BlockEditor) -> None:
    show(editor, "one\ntwo\u00a0three\n")
    editor.mark_break(len(b"one\ntwo"), len("\u00a0".encode()))
    QApplication.processEvents()
    image = editor.grab().toImage()
    margin = QRect(0, 0, editor.viewport().x(), editor.height())
    assert pixels(image, BREAK, margin) > 20
    assert pixels(image, BREAK) > pixels(image, BREAK, margin) + 20
    assert marked(editor, "invisible break") == ["⍽"]
    editor.mark_break(None)
    QApplication.processEvents()
    assert pixels(editor.grab().toImage(), BREAK) == 0


@pytest.mark.parametrize(("byte", "length", "chars"), [(2, 1, "é"), (3, 1, "é"), (2, 3, "é😀"), (9, 4, "b")])
def test_a_break_takes_whole_characters(editor: BlockEditor, byte: int, length: int, chars: str) -> None:
    show(editor, "aaé😀ab")
    editor.mark_break(byte, length)
    assert marked(editor, "break") == [chars]


def test_a_break_without_length_is_a_bar(editor: BlockEditor) -> None:
    show(editor, "one two")
    editor.mark_break(3)
    image = editor.viewport().grab().toImage()
    bar = editor.fontMetrics().height()
    assert bar <= pixels(image, BREAK) <= 3 * bar


def test_a_break_at_a_newline_has_a_ground_to_be_seen_on(editor: BlockEditor) -> None:
    show(editor, "one\ntwo")
    editor.mark_break(3)
    bar = editor.viewport().grab().toImage()
    editor.mark_break(3, 1)
    assert editor.viewport().grab().toImage() != bar


def test_the_break_moves_along_with_edits_before_it(editor: BlockEditor) -> None:
    show(editor, "one two")
    editor.mark_break(4, 3)
    QTest.keyClicks(editor, "x")
    editor.replace_range(0, 0, "😀")
    assert marked(editor, "break") == ["two"]


def test_the_break_does_not_outlive_the_text(editor: BlockEditor) -> None:
    show(editor, "one two")
    editor.mark_break(4, 3)
    show(editor, "one two")
    assert marked(editor, "break") == []


@given(chars=st.text(alphabet="aé漢😀\r\n\u00a0", min_size=1, max_size=20), where=st.floats(0, 1))
def test_a_byte_is_found_in_its_character(qapp: QApplication, chars: str, where: float) -> None:
    editor = BlockEditor()
    editor.set_text(Text.from_str(chars))
    byte = round(where * len(chars.encode()))
    editor.go_to(byte)
    before = chars.encode()[:byte].decode(errors="ignore")
    wanted = len(before.encode("utf-16-le")) // 2
    splits = before.endswith("\r") and chars[len(before) :].startswith("\n")
    assert editor.textCursor().position() == wanted - splits


def test_a_found_place_is_brought_into_sight(editor: BlockEditor) -> None:
    show(editor, "line\n" * 1000)
    editor.go_to(2500)
    assert editor.viewport().rect().contains(editor.cursorRect())
    assert editor.textCursor().blockNumber() == 500


def test_a_place_found_before_the_editor_is_shown_is_in_sight_then(qtbot: QtBot) -> None:
    editor = BlockEditor()
    qtbot.addWidget(editor)
    editor.set_text(Text.from_str("line\n" * 1000))
    editor.go_to(2500)
    editor.show()
    assert editor.viewport().rect().contains(editor.cursorRect())


def test_an_editor_that_is_hidden_and_shown_keeps_its_scroll_position(editor: BlockEditor) -> None:
    show(editor, "line\n" * 1000)
    editor.verticalScrollBar().setValue(700)
    editor.hide()
    editor.show()
    assert editor.verticalScrollBar().value() == 700


def test_a_text_is_shown_from_its_start(editor: BlockEditor) -> None:
    show(editor, "line\n" * 1000)
    editor.go_to(2500)
    show(editor, "other\n" * 1000)
    assert editor.textCursor().position() == 0
    assert editor.verticalScrollBar().value() == 0


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_an_invisible_character_is_named_under_the_mouse(editor: BlockEditor) -> None:
    show(editor, "a\u00a0b")
    left = editor.cursorRect().left()
    place = QPoint(
        left + round(1.5 * editor.fontMetrics().horizontalAdvance("a")), editor.cursorRect().center().y()
    )
    event = QHelpEvent(QEvent.Type.ToolTip, place, editor.viewport().mapToGlobal(place))
    QApplication.sendEvent(editor.viewport(), event)
    assert QToolTip.text() == "U+00A0 NO-BREAK SPACE"
    QToolTip.hideText()


def test_blanks_are_drawn_only_while_invisibles_are_shown(editor: BlockEditor) -> None:
    show(editor, "a b\tc   ")
    shown_blanks = editor.viewport().grab().toImage()
    assert pixels(shown_blanks, INVISIBLE) >= 3
    editor.show_invisibles = False
    QApplication.processEvents()
    hidden = editor.viewport().grab().toImage()
    assert pixels(hidden, INVISIBLE) == 0
    assert hidden != shown_blanks


def test_the_colours_have_defaults_for_light_and_dark(qtbot: QtBot) -> None:
    editor = BlockEditor()
    qtbot.addWidget(editor)
    palette = editor.palette()
    palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.white)
    editor.setPalette(palette)
    light = editor.property("breakColor")
    palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.black)
    palette.setColor(QPalette.ColorRole.Accent, QColor("#123456"))
    editor.setPalette(palette)
    assert editor.property("breakColor") != light
    assert editor.property("invisibleColor") == QColor("#123456")


def test_the_editor_writes_in_a_fixed_font(editor: BlockEditor) -> None:
    assert editor.fontMetrics().horizontalAdvance("i") == editor.fontMetrics().horizontalAdvance("W")
