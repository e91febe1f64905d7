"""Lines too long to be laid out at once: rows in the view, nothing in the value."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from coldbyte.core.text.text import Text
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.editor.exact_clipboard import chars_of
from coldbyte.ui.editor.soft_row import LONG_LINE, ROW, ROW_LIMIT, SoftRows, break_points, with_breaks
from coldbyte.ui.editor.stand_in import shown

WORDS = "The quick brown fox, jumps over the lazy dog. "
UNBROKEN = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0"
MARKED = "e\u0301😀\u200d\r"
LONG = 30_000


@pytest.fixture(scope="module")
def editor(qapp: QApplication) -> Iterator[BlockEditor]:
    times = iter(range(0, 10_000_000, 2))
    editor = BlockEditor(clock=lambda: float(next(times)))
    editor.resize(400, 300)
    editor.show()
    yield editor
    editor.deleteLater()


def units(chars: str) -> int:
    return len(chars.encode("utf-16-le")) // 2


def fill(part: str, size: int = LONG) -> str:
    return (part * (size // len(part) + 1))[:size]


def rows_of(editor: BlockEditor) -> list[str]:
    return editor.document().toRawText().split("\u2029")


def soft_breaks(editor: BlockEditor) -> list[int]:
    """Code point indexes in the value at which the view has a break and the value has none."""
    wanted = shown(str(editor.text), everything=editor.show_invisibles).replace("\n", "\u2029")
    found: list[int] = []
    at = 0
    for row in rows_of(editor):
        assert wanted.startswith(row, at), "the view shows something else than the value"
        at += len(row)
        if wanted.startswith("\u2029", at):
            at += 1
        else:
            found.append(at)
    assert found.pop() == len(wanted), "the view lacks something that the value has"
    return found


def press(editor: BlockEditor, chars: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, chars)
    QApplication.sendEvent(editor, event)


def place(editor: BlockEditor, position: int, anchor: int | None = None) -> None:
    """Put the cursor at a position of the view."""
    cursor = editor.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def settle(editor: BlockEditor) -> None:
    """Let the deferred cutting and joining of rows happen."""
    while editor.is_loading:
        QApplication.processEvents()
    QApplication.processEvents()


def assert_good_rows(editor: BlockEditor) -> None:
    """What holds for rows once they have settled."""
    chars = str(editor.text)
    breaks = soft_breaks(editor)
    for at in breaks:
        assert chars[at - 1 : at + 1] != "\r\n"
        assert "\n" not in (chars[at - 1], chars[at])
        assert not unicodedata.category(chars[at]).startswith("M")
    for line in with_breaks(chars, breaks, "\v").split("\n"):
        rows = line.split("\v") if breaks else [line]
        assert len(line.encode()) <= LONG_LINE or len(rows) > 1
        assert len(rows) == 1 or all(0 < units(row) <= ROW_LIMIT for row in rows)


@pytest.mark.parametrize(
    "part", [WORDS, UNBROKEN, MARKED, "漢字", "😀"], ids=["words", "one word", "marks", "han", "astral"]
)
def test_a_long_line_is_shown_in_rows_and_kept_as_a_line(editor: BlockEditor, part: str) -> None:
    chars = fill(part)
    editor.set_text(Text.from_str(f"first\n{chars}\nlast"))
    assert str(editor.text) == f"first\n{chars}\nlast"
    rows = rows_of(editor)
    assert (rows[0], rows[-1]) == ("first", "last")
    assert len(rows) >= 2 + units(chars) / ROW
    assert all(units(row) <= ROW for row in rows)
    assert_good_rows(editor)


def test_rows_of_words_end_after_a_blank(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(fill(WORDS)))
    assert all(row.endswith(" ") for row in rows_of(editor)[:-1])


def test_a_line_of_twenty_kilobytes_is_not_cut(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(fill(WORDS, LONG_LINE)))
    assert len(rows_of(editor)) == 1
    editor.set_text(Text.from_str(fill("漢", LONG_LINE // 3)))
    assert len(rows_of(editor)) == 1
    editor.set_text(Text.from_str(fill("漢", LONG_LINE // 3 + 1)))
    assert len(rows_of(editor)) > 1


def test_a_line_is_cut_when_it_grows_beyond_twenty_kilobytes(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(fill(WORDS, LONG_LINE)))
    place(editor, 10_000)
    press(editor, "x")
    settle(editor)
    assert len(rows_of(editor)) > LONG_LINE / ROW
    assert_good_rows(editor)
    assert editor.textCursor().position() == 10_001 + sum(at <= 10_001 for at in soft_breaks(editor))


def test_a_pasted_line_is_cut_before_it_is_laid_out(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str("head tail"))
    editor.replace_range(5, 5, fill(UNBROKEN))
    assert max(map(units, rows_of(editor))) <= ROW + 9
    settle(editor)
    assert_good_rows(editor)


def test_backspace_at_the_start_of_a_row_removes_the_character_before_it(editor: BlockEditor) -> None:
    chars = fill(UNBROKEN)
    editor.set_text(Text.from_str(chars))
    at = soft_breaks(editor)[0]
    place(editor, at + 1)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    assert str(editor.text) == chars[: at - 1] + chars[at:]


def test_delete_at_the_end_of_a_row_removes_the_character_after_it(editor: BlockEditor) -> None:
    chars = fill(UNBROKEN)
    editor.set_text(Text.from_str(chars))
    at = soft_breaks(editor)[0]
    place(editor, at)
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    assert str(editor.text) == chars[:at] + chars[at + 1 :]


@pytest.mark.parametrize("key", [Qt.Key.Key_Backspace, Qt.Key.Key_Delete])
def test_deleting_a_word_reaches_over_a_soft_break(editor: BlockEditor, key: Qt.Key) -> None:
    chars = fill(WORDS)
    editor.set_text(Text.from_str(chars))
    at = soft_breaks(editor)[0]
    place(editor, at + 1 if key == Qt.Key.Key_Backspace else at)
    QTest.keyClick(editor, key, Qt.KeyboardModifier.ControlModifier)
    assert len(str(editor.text)) < len(chars)
    editor.undo()
    assert str(editor.text) == chars


@pytest.mark.parametrize("after", [0, 1], ids=["at the end of a row", "at the start of the next"])
def test_typing_at_a_soft_break_goes_on_where_the_cursor_is(editor: BlockEditor, after: int) -> None:
    chars = fill(UNBROKEN)
    editor.set_text(Text.from_str(chars))
    at = soft_breaks(editor)[1]
    position = at + 1 + after
    place(editor, position)
    for char in "abc":
        press(editor, char)
    assert str(editor.text) == chars[:at] + "abc" + chars[at:]
    assert editor.textCursor().position() == position + 3
    settle(editor)
    assert_good_rows(editor)


def test_a_row_is_cut_again_when_it_grows_too_long(editor: BlockEditor) -> None:
    chars = fill(UNBROKEN)
    editor.set_text(Text.from_str(chars))
    editor.replace_range(500, 500, "y" * ROW_LIMIT)
    settle(editor)
    assert max(map(units, rows_of(editor))) <= ROW_LIMIT
    assert str(editor.text) == chars[:500] + "y" * ROW_LIMIT + chars[500:]
    assert_good_rows(editor)


def test_rows_are_joined_when_they_become_short(editor: BlockEditor) -> None:
    chars = fill(UNBROKEN)
    editor.set_text(Text.from_str(chars))
    editor.replace_range(100, LONG - 100, "")
    settle(editor)
    assert rows_of(editor) == [chars[:100] + chars[-100:]]


def test_a_mark_typed_at_the_start_of_a_row_joins_its_letter(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str(fill(UNBROKEN)))
    place(editor, soft_breaks(editor)[0] + 1)
    press(editor, "\u0301")
    settle(editor)
    assert_good_rows(editor)


def test_enter_in_a_row_is_a_newline_of_the_value(editor: BlockEditor) -> None:
    chars = fill(UNBROKEN)
    editor.set_text(Text.from_str(chars))
    place(editor, soft_breaks(editor)[0] + 1)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert str(editor.text).count("\n") == 1
    settle(editor)
    assert_good_rows(editor)


def test_what_is_copied_from_rows_has_no_soft_breaks(editor: BlockEditor) -> None:
    chars = fill(MARKED)
    editor.set_text(Text.from_str(chars))
    editor.selectAll()
    editor.copy()
    assert chars_of(QGuiApplication.clipboard().mimeData()) == chars


def test_bytes_are_found_in_rows(editor: BlockEditor) -> None:
    chars = fill("é" * 40 + "x")
    editor.set_text(Text.from_str(chars))
    index = 20_000
    editor.go_to(len(chars[:index].encode()))
    assert editor.textCursor().position() == index + sum(at <= index for at in soft_breaks(editor))


def test_the_rows_of_a_long_line_are_signed_in_the_margin(editor: BlockEditor) -> None:
    editor.set_text(Text.from_str("short\n" + fill(WORDS)))
    editor.go_to(2500)
    settle(editor)
    signed = list(editor._margin._rows)
    assert len(signed) == 1
    assert 0 <= signed[0].top() < editor.viewport().height()


Act = Callable[[BlockEditor, str], str]
PLACE = st.floats(0, 1)


def _typed(chars: str, where: float) -> Act:
    def act(editor: BlockEditor, value: str) -> str:
        """Type at a break or anywhere, from either side."""
        position = round(where * (editor.document().characterCount() - 1))
        breaks = soft_breaks(editor)
        if breaks and round(where * 100) % 2:
            number = round(where * (len(breaks) - 1))
            position = units(value[: breaks[number]]) + number + round(where * 10) % 2
        place(editor, position)
        offset = editor._selection()[1]
        press(editor, chars)
        head = value.encode("utf-16-le")[: 2 * offset].decode("utf-16-le", "ignore")
        return head + chars + value[len(head) :]

    return act


def _replaced(one: float, two: float, chars: str) -> Act:
    def act(editor: BlockEditor, value: str) -> str:
        start, stop = sorted((round(one * len(value)), round(two * len(value))))
        editor.replace_range(units(value[:start]), units(value[:stop]), chars)
        return value[:start] + chars + value[stop:]

    return act


NEW = st.sampled_from(
    ["", "x", "\n", "\r\n", "\u0301", "😀\u200d", WORDS * 3, UNBROKEN * 60, UNBROKEN * 700, "\r" * 50]
)
ACTS = st.one_of(
    st.builds(_typed, st.sampled_from(["a", " ", "\u0301", "é", "😀", "↵"]), PLACE),
    st.builds(_replaced, PLACE, PLACE, NEW),
    st.builds(lambda at, width, new: _replaced(at, min(at + width, 1), new), PLACE, st.floats(0, 0.1), NEW),
)
PARTS = st.sampled_from([WORDS, UNBROKEN, MARKED, "e\u0301", "😀", "漢字\r\n", "x" * 5000 + "\n", "\r"])


@given(
    parts=st.lists(st.tuples(PARTS, st.integers(1, LONG)), min_size=1, max_size=2),
    acts=st.lists(st.tuples(ACTS, st.booleans()), max_size=6),
)
@example(parts=[(UNBROKEN, LONG)], acts=[(_replaced(0.0, 1.0, UNBROKEN * 2500), False)])
def test_any_row_of_edits_leaves_good_rows_and_the_right_value(
    editor: BlockEditor, parts: list[tuple[str, int]], acts: list[tuple[Act, bool]]
) -> None:
    value = start = "".join(fill(part, size) for part, size in parts)
    editor.set_text(Text.from_str(value))
    settle(editor)
    for act, waits in acts:
        if waits or editor.is_loading:
            settle(editor)
        value = act(editor, value)
        assert str(editor.text) == value
        if not editor.is_loading:
            soft_breaks(editor)
    settle(editor)
    assert_good_rows(editor)
    while editor.can_undo:
        editor.undo()
        settle(editor)
    assert str(editor.text) == start
    assert_good_rows(editor)


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 70))
def test_soft_rows_map_offsets_to_positions_and_back(offsets: list[int], offset: int) -> None:
    rows = SoftRows()
    rows.replace(0, 0, sorted(offsets), 0)
    assert rows.to_view(offset) == offset + sum(at <= offset for at in offsets)
    assert rows.to_row_end(offset) == offset + sum(at < offset for at in offsets)
    assert rows.to_value(rows.to_view(offset)) == rows.to_value(rows.to_row_end(offset)) == offset
    assert [at for at in range(130) if rows.is_break(at)] == [
        at + number for number, at in enumerate(sorted(offsets))
    ]


@given(st.text(alphabet="ab \n\r\u0301😀", max_size=60).map(lambda part: part * 700))
def test_break_points_cut_long_lines_only(chars: str) -> None:
    points = break_points(chars)
    cut = with_breaks(chars, points, "\x00").split("\x00")
    assert "".join(cut) == chars
    for line in chars.split("\n"):
        if len(line.encode()) <= LONG_LINE:
            assert f"\n{line}\n" in "\n" + with_breaks(chars, points, "\x00") + "\n"
    assert all(
        units(row) <= ROW or len(line.encode()) <= LONG_LINE for row in cut for line in row.split("\n")
    )
