"""No byte of a block is lost in the editor, whatever is typed, cut, pasted, undone around it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt, QTextBoundaryFinder
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from coldbyte.core.body import request_body
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.text.text import Text
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.editor.exact_clipboard import chars_of
from coldbyte.ui.editor.stand_in import shown

# fmt: off
NASTY = [
    "\r\n", "\r", "\n", "\u00a0", "\u2028", "\u2029", "\ufdd0", "\ufdd1", "\ufeff", "\0", "\x1b", "\x7f",
    "\x85", "e\u0301", "か\u3099", "😀", "👨\u200d👩\u200d👧", "\u200b", "\u00ad", "\u202e", "\u2060",
    "\ufe0f", "\ufffc", "\uffff", "\u3000", "\U000e0067", "𝚐", "␍", "␊", "⍽", "↵", "◈", "¶", "a", "b",
    "\t",
]
# fmt: on
CHARS = st.one_of(st.sampled_from([*NASTY, " "]), st.characters(exclude_categories=["Cs"]))
TEXTS = st.lists(CHARS, max_size=24).map("".join)
TYPED = st.sampled_from([*"aZ é\u00a0\u0301漢␍⍽↵¶◈", "😀", "\u200d", "\t", "\u2028", "\u2029"])


class Clock:
    """Two seconds pass between two looks at it, so that no two keys are one step."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 2.0
        return self.now


@pytest.fixture(scope="module")
def editor(qapp: QApplication) -> Iterator[BlockEditor]:
    editor = BlockEditor(clock=Clock())
    editor.resize(400, 300)
    editor.show()
    yield editor
    editor.deleteLater()


def units(chars: str) -> int:
    return len(chars.encode("utf-16-le")) // 2


def press(editor: BlockEditor, chars: str) -> None:
    """A key that types `chars`, through the application."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, chars)
        QApplication.sendEvent(editor, event)


def key(editor: BlockEditor, key: Qt.Key, *, control: bool = False, shift: bool = False) -> None:
    modifiers = Qt.KeyboardModifier.NoModifier
    modifiers |= Qt.KeyboardModifier.ControlModifier if control else modifiers
    modifiers |= Qt.KeyboardModifier.ShiftModifier if shift else modifiers
    QTest.keyClick(editor, key, modifiers)


State = tuple[str, int, int]
"""Characters, anchor and cursor."""


@dataclass
class Model:
    """What the editor must do, on a plain string; places are code point indexes."""

    chars: str
    anchor: int = 0
    cursor: int = 0
    done: list[tuple[State, State]] = field(default_factory=list)
    undone: list[tuple[State, State]] = field(default_factory=list)
    clipboard: str = ""
    edits: int = 0

    @property
    def selected(self) -> tuple[int, int]:
        return min(self.anchor, self.cursor), max(self.anchor, self.cursor)

    def select(self, anchor: int, cursor: int) -> None:
        self.anchor, self.cursor = anchor, cursor
        if anchor == cursor and cursor > 0 and self.chars[cursor - 1 : cursor + 1] == "\r\n":
            self.anchor = self.cursor = cursor - 1

    def replace(self, start: int, stop: int, new: str) -> None:
        if start == stop and not new:
            return
        before = self.chars, self.anchor, self.cursor
        self.undone.clear()
        self.chars = self.chars[:start] + new + self.chars[stop:]
        self.edits += 1
        self.select(start + len(new), start + len(new))
        self.done.append((before, (self.chars, start + len(new), start + len(new))))

    def newline(self) -> str:
        return "\r\n" if self.chars.split("\n")[0].endswith("\r") and "\n" in self.chars else "\n"

    def backspace(self) -> None:
        start, stop = self.selected
        if start == stop:
            start -= 2 if self.chars[:stop].endswith("\r\n") else 1
        self.replace(max(start, 0), stop, "")

    def delete(self, everything: bool) -> None:
        start, stop = self.selected
        rest = self.chars[start:]
        if start == stop and rest.startswith("\r\n"):
            stop += 2
        elif start == stop and rest:
            finder = QTextBoundaryFinder(
                QTextBoundaryFinder.BoundaryType.Grapheme, shown(rest, everything=everything)
            )
            cluster = rest.encode("utf-16-le")[: 2 * finder.toNextBoundary()].decode("utf-16-le")
            stop += len(cluster)
        self.replace(start, stop, "")

    def undo(self) -> None:
        if self.done:
            self.undone.append(self.done.pop())
            self._stand_at(self.undone[-1][0])

    def redo(self) -> None:
        if self.undone:
            self.done.append(self.undone.pop())
            self._stand_at(self.done[-1][1])

    def _stand_at(self, state: State) -> None:
        self.chars, anchor, cursor = state
        self.edits += 1
        self.select(anchor, cursor)


class Pair:
    """The editor and its model, always asked for the same."""

    def __init__(self, editor: BlockEditor, chars: str) -> None:
        self.editor = editor
        self.model = Model(chars)
        self.signals: list[Text] = []
        editor.set_text(Text.from_str(chars))
        editor.text_edited.connect(self.signals.append)

    def close(self) -> None:
        self.editor.text_edited.disconnect(self.signals.append)

    def select(self, one: float, two: float | None = None) -> None:
        size = len(self.model.chars)
        anchor = round(one * size)
        position = anchor if two is None else round(two * size)
        self.model.select(anchor, position)
        cursor = self.editor.textCursor()
        cursor.setPosition(units(self.model.chars[:anchor]))
        cursor.setPosition(units(self.model.chars[:position]), QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)

    def type(self, chars: str) -> None:
        press(self.editor, chars)
        self.model.replace(*self.model.selected, chars)

    def enter(self, *, shift: bool) -> None:
        key(self.editor, Qt.Key.Key_Return, shift=shift)
        self.model.replace(*self.model.selected, self.model.newline())

    def backspace(self) -> None:
        key(self.editor, Qt.Key.Key_Backspace)
        self.model.backspace()

    def delete(self) -> None:
        key(self.editor, Qt.Key.Key_Delete)
        self.model.delete(self.editor.show_invisibles)

    def cut(self) -> None:
        key(self.editor, Qt.Key.Key_X, control=True)
        start, stop = self.model.selected
        if start < stop:
            self.model.clipboard = self.model.chars[start:stop]
        self.model.replace(start, stop, "")

    def copy(self) -> None:
        key(self.editor, Qt.Key.Key_C, control=True)
        start, stop = self.model.selected
        if start < stop:
            self.model.clipboard = self.model.chars[start:stop]

    def paste(self) -> None:
        QGuiApplication.clipboard().setText("") if not self.model.clipboard else None
        key(self.editor, Qt.Key.Key_V, control=True)
        if self.model.clipboard:
            self.model.replace(*self.model.selected, self.model.clipboard)

    def undo(self) -> None:
        key(self.editor, Qt.Key.Key_Z, control=True)
        self.model.undo()

    def redo(self, which: Qt.Key) -> None:
        key(self.editor, which, control=True, shift=which == Qt.Key.Key_Z)
        self.model.redo()

    def check(self) -> None:
        model, editor = self.model, self.editor
        assert str(editor.text) == model.chars
        assert editor.text.encode() == model.chars.encode()
        raw = shown(model.chars, everything=editor.show_invisibles).replace("\n", "\u2029")
        assert editor.document().toRawText() == raw
        cursor = editor.textCursor()
        assert cursor.anchor() == units(model.chars[: model.anchor])
        assert cursor.position() == units(model.chars[: model.cursor])
        assert len(self.signals) == model.edits
        assert all(text == editor.text for text in self.signals[-1:])
        assert (editor.can_undo, editor.can_redo) == (bool(model.done), bool(model.undone))


PLACE = st.floats(0, 1)
ACTS: st.SearchStrategy[Callable[[Pair], None]] = st.one_of(
    TYPED.map(lambda chars: lambda pair: pair.type(chars)),
    PLACE.map(lambda place: lambda pair: pair.select(place)),
    st.tuples(PLACE, PLACE).map(lambda places: lambda pair: pair.select(*places)),
    st.booleans().map(lambda shift: lambda pair: pair.enter(shift=shift)),
    st.sampled_from([Qt.Key.Key_Y, Qt.Key.Key_Z]).map(lambda which: lambda pair: pair.redo(which)),
    st.sampled_from([Pair.backspace, Pair.delete, Pair.cut, Pair.copy, Pair.paste, Pair.undo]),
)


@given(chars=TEXTS, acts=st.lists(ACTS, max_size=25), everything=st.booleans())
def test_any_row_of_edits_does_what_it_does_to_a_plain_string(
    editor: BlockEditor, chars: str, acts: list[Callable[[Pair], None]], everything: bool
) -> None:
    editor.show_invisibles = everything
    pair = Pair(editor, chars)
    try:
        pair.check()
        for act in acts:
            act(pair)
            pair.check()
    finally:
        pair.close()


@given(chars=TEXTS, where=PLACE, typed=TYPED)
def test_a_key_then_undo_redo_and_undo_gives_the_bytes_back(
    editor: BlockEditor, chars: str, where: float, typed: str
) -> None:
    pair = Pair(editor, chars)
    pair.select(where)
    pair.type(typed)
    changed = editor.text.encode()
    pair.undo()
    assert editor.text.encode() == chars.encode()
    pair.redo(Qt.Key.Key_Z)
    assert editor.text.encode() == changed
    pair.undo()
    assert editor.text.encode() == chars.encode()
    pair.close()


@given(chars=TEXTS, one=PLACE, two=PLACE, to=PLACE)
def test_cutting_a_stretch_and_pasting_it_elsewhere_moves_its_bytes(
    editor: BlockEditor, chars: str, one: float, two: float, to: float
) -> None:
    pair = Pair(editor, chars)
    pair.select(one, two)
    pair.cut()
    pair.select(to)
    pair.paste()
    pair.check()
    assert sorted(editor.text.encode()) == sorted(chars.encode())
    pair.close()


@given(chars=TEXTS, where=PLACE)
def test_from_a_file_through_the_editor_to_the_wire_no_byte_changes(
    editor: BlockEditor, chars: str, where: float
) -> None:
    pair = Pair(editor, "")
    editor.set_text(Text.from_bytes(chars.encode()))
    pair.model.chars = chars
    pair.select(where)
    pair.type("x")
    pair.undo()
    system = SystemBlock("s", editor.text, "5m")
    draft = Draft("m", 1, (system,), (Document("d", "", editor.text),), (Question("q", editor.text),))
    sent = json.loads(request_body(draft, "q").encode())
    assert sent["messages"][0]["content"][-1]["text"].encode() == chars.encode()
    assert (
        not chars or sent["system"][0]["text"] == sent["messages"][0]["content"][0]["source"]["data"] == chars
    )
    pair.close()


@given(before=TEXTS, after=TEXTS, where=PLACE)
def test_applying_another_text_is_one_step_and_keeps_what_both_share(
    editor: BlockEditor, before: str, after: str, where: float
) -> None:
    pair = Pair(editor, before)
    pair.select(where)
    editor.apply_text(Text.from_str(after))
    assert editor.text.encode() == after.encode()
    assert editor.document().toRawText() == shown(after, everything=editor.show_invisibles).replace(
        "\n", "\u2029"
    )
    assert len(pair.signals) == (before != after)
    pair.undo()
    assert editor.text.encode() == before.encode()
    pair.close()


@given(chars=TEXTS, one=PLACE, two=PLACE, new=TEXTS)
def test_replacing_a_range_is_one_step(
    editor: BlockEditor, chars: str, one: float, two: float, new: str
) -> None:
    pair = Pair(editor, chars)
    start, stop = sorted((round(one * len(chars)), round(two * len(chars))))
    editor.replace_range(units(chars[:start]), units(chars[:stop]), new)
    assert str(editor.text) == chars[:start] + new + chars[stop:]
    pair.undo()
    assert str(editor.text) == chars
    pair.close()


@given(chars=TEXTS)
def test_what_is_copied_has_the_exact_bytes_for_us_and_for_others(editor: BlockEditor, chars: str) -> None:
    pair = Pair(editor, chars)
    pair.select(0, 1)
    mime = editor.createMimeDataFromSelection()
    assert chars_of(mime) == chars
    for kind in ("application/x-coldbyte-text", "text/plain", "text/plain;charset=utf-8"):
        assert bytes(mime.data(kind).data()) == chars.encode()
    pair.close()
