"""A paste is made as it is; what is suspicious in it is named, and normalised only when that is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from coldbyte.core.finding.suspicion import KINDS, suspicious
from coldbyte.core.text.text import Text
from coldbyte.ui.editor.editor_frame import EditorFrame
from coldbyte.ui.editor.exact_clipboard import mime_of
from coldbyte.ui.editor.paste_bar import PasteBar
from ui.stage import Stage

ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SUSPICIOUS = "a\u00a0b\u00a0c\r\nd “e”"
NORMAL = 'a b c\nd "e"'


class Desk:
    """A frame on the stage, and hands."""

    def __init__(self, stage: Stage, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.frame = stage.show(EditorFrame(), 600, 300)
        self.editor = self.frame.editor
        self.editor.setFocus()

    @property
    def text(self) -> str:
        return str(self.editor.text)

    @property
    def bar(self) -> PasteBar:
        bar = self.frame.paste_bar
        assert bar is not None
        return bar

    @property
    def asks(self) -> bool:
        return self.frame.paste_bar is not None and self.frame.paste_bar.isVisible()

    def paste(self, chars: str, *, into: str = "", at: int = 0) -> None:
        if into:
            self.editor.set_text(Text.from_str(into))
        self.editor.show_span((at, at))
        QGuiApplication.clipboard().setMimeData(mime_of(chars))
        QTest.keyClick(self.editor, Qt.Key.Key_V, CONTROL)

    def click(self, name: str) -> None:
        button = self.frame.findChild(QPushButton, name)
        assert isinstance(button, QPushButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def desk(stage: Stage, qtbot: QtBot) -> Desk:
    return Desk(stage, qtbot)


def test_a_paste_is_made_exactly_and_what_is_suspicious_is_named(desk: Desk) -> None:
    desk.paste(SUSPICIOUS, into="x\ny", at=1)
    assert desk.text == f"x{SUSPICIOUS}\ny"
    assert desk.asks
    assert "2 × no-break space (U+00A0)" in desk.bar.text
    assert "1 × CRLF" in desk.bar.text
    assert "1 × “ (U+201C)" in desk.bar.text
    assert desk.editor.hasFocus()


@pytest.mark.parametrize(
    "chars", ["plain words\n", "an em dash — alone…", "👨\u200d👩\u200d👧", "x" * 70_000]
)
def test_nothing_is_said_of_an_ordinary_paste(desk: Desk, chars: str) -> None:
    desk.paste(chars)
    assert desk.text == chars
    assert not desk.asks


def test_normalising_changes_the_paste_alone_as_one_step(desk: Desk) -> None:
    around = "x\u00a0“y”"
    desk.paste(SUSPICIOUS, into=around, at=1)
    desk.click("normalise_button")
    assert desk.text == f"x{NORMAL}{around[1:]}"
    assert not desk.asks
    assert desk.editor.hasFocus()
    desk.editor.undo()
    assert desk.text == f"x{SUSPICIOUS}{around[1:]}"
    desk.editor.undo()
    assert desk.text == around


def test_keeping_changes_nothing(desk: Desk) -> None:
    desk.paste(SUSPICIOUS)
    desk.click("keep_button")
    assert not desk.asks
    assert desk.text == SUSPICIOUS


def test_escape_keeps_and_leaves_the_keyboard_in_the_editor(desk: Desk) -> None:
    desk.paste(SUSPICIOUS)
    QTest.keyClick(desk.editor, Qt.Key.Key_Escape)
    assert not desk.asks
    assert desk.editor.hasFocus()
    assert desk.text == SUSPICIOUS


def test_the_bar_is_worked_by_keys(desk: Desk) -> None:
    desk.qtbot.waitActive(desk.frame)
    desk.paste(SUSPICIOUS)
    QTest.keyClick(desk.editor, Qt.Key.Key_D, ALT)
    desk.qtbot.waitUntil(lambda: all(box.isVisible() for box in desk.bar.boxes.values()))
    QTest.keyClick(desk.editor, Qt.Key.Key_N, ALT)
    desk.qtbot.waitUntil(lambda: desk.text == NORMAL)
    desk.editor.selectAll()
    desk.paste("\ufeff")
    QTest.keyClick(desk.editor, Qt.Key.Key_K, ALT)
    desk.qtbot.waitUntil(lambda: not desk.asks)


def test_the_details_choose_what_is_normalised(desk: Desk) -> None:
    desk.paste(SUSPICIOUS + " — \u200b")
    desk.click("details_button")
    boxes = desk.bar.boxes
    assert {kind: box.isChecked() for kind, box in boxes.items()} == {
        "line-end": True,
        "space": True,
        "zero-width": True,
        "quotes": True,
        "dashes": False,
    }
    assert boxes["line-end"].text() == "1 × CRLF → LF"
    boxes["space"].click()
    boxes["quotes"].click()
    desk.click("normalise_button")
    assert desk.text == "a\u00a0b\u00a0c\nd “e” — "


def test_nothing_can_be_normalised_when_nothing_is_chosen(desk: Desk) -> None:
    desk.paste("\u00a0")
    desk.bar.boxes["space"].setChecked(False)
    assert not desk.bar.findChild(QPushButton, "normalise_button").isEnabled()  # type: ignore[union-attr]


def test_line_ends_are_compared_with_the_text_around(desk: Desk) -> None:
    desk.paste("b\nc", into="a\r\nd", at=3)
    assert desk.bar.text == "Pasted 1 × LF (U+000A)."
    desk.click("normalise_button")
    assert desk.text == "a\r\nb\r\ncd"
    desk.paste("b\r\nc", into="a\r\nd")
    assert not desk.asks


def test_tabs_are_named_among_indentations_of_spaces(desk: Desk) -> None:
    desk.paste("\tb\n", into="a\n    c\n", at=2)
    assert "character tabulation (U+0009)" in desk.bar.text
    desk.click("normalise_button")
    assert desk.text == "a\n    b\n    c\n"


def test_the_paste_is_followed_through_later_edits(desk: Desk) -> None:
    desk.paste("1\u00a02", into="ab", at=1)
    desk.editor.replace_range(0, 0, "\u00a0\u00a0")
    desk.editor.replace_range(6, 7, "\u00a0")
    assert desk.text == "\u00a0\u00a0a1\u00a02\u00a0"
    desk.click("normalise_button")
    assert desk.text == "\u00a0\u00a0a1 2\u00a0"


def test_what_is_put_in_around_the_paste_is_no_part_of_it(desk: Desk) -> None:
    desk.paste("12\u00a0", into="ab", at=1)
    desk.editor.replace_range(1, 1, "\u00a0")
    desk.editor.replace_range(5, 5, "\u00a0")
    desk.click("normalise_button")
    assert desk.text == "a\u00a012 \u00a0b"


@pytest.mark.parametrize("key", [Qt.Key.Key_Z, Qt.Key.Key_A])
def test_a_paste_that_is_gone_is_no_question_any_more(desk: Desk, key: Qt.Key) -> None:
    desk.paste(SUSPICIOUS, into="x")
    QTest.keyClick(desk.editor, key, CONTROL)
    if key == Qt.Key.Key_A:
        QTest.keyClick(desk.editor, Qt.Key.Key_Delete)
    assert not desk.asks


def test_another_text_and_another_paste_end_the_question(desk: Desk) -> None:
    desk.paste(SUSPICIOUS)
    desk.paste("plain")
    assert not desk.asks
    desk.paste(SUSPICIOUS)
    desk.editor.set_text(Text.from_str("other"))
    assert not desk.asks


def test_a_megabyte_is_read_in_slices(desk: Desk) -> None:
    chars = "A line with\u00a0a space.\r\n" * 60_000
    desk.paste(chars)
    assert not desk.asks
    desk.qtbot.waitUntil(lambda: desk.asks, timeout=20_000)
    assert "60,000 × no-break space" in desk.bar.text
    desk.qtbot.waitUntil(lambda: not desk.editor.isReadOnly(), timeout=20_000)
    desk.click("normalise_button")
    desk.qtbot.waitUntil(lambda: not desk.asks, timeout=20_000)
    assert desk.editor.text.encode() == b"A line with a space.\n" * 60_000


CHARS = st.lists(
    st.sampled_from([*"ab \t", "\r\n", "\n", "\r", "\u00a0", "\u200b", "e\u0301", "“", "—", "😀", "\u2028"]),
    max_size=20,
).map("".join)


@given(CHARS.filter(bool), st.sampled_from(["", "x", "one\ntwo"]))
def test_normalising_a_paste_is_normalising_its_characters(chars: str, into: str) -> None:
    frame = EditorFrame()
    frame.editor.set_text(Text.from_str(into))
    frame.editor.insertFromMimeData(mime_of(chars))
    assert str(frame.editor.text) == chars + into
    speaks = frame._guard.span is not None
    assert speaks is any(not one.is_quiet for one in suspicious(chars, frame._guard.host))
    frame._guard.normalise(KINDS)
    assert frame.editor.text.encode().endswith(into.encode())
    made = str(frame.editor.text).removesuffix(into)
    assert not speaks or suspicious(made, frame._guard.host) == ()
    frame.deleteLater()
