"""Finding and replacing in an editor: by keys, in the value and never in what Qt shows of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.text.hit import Span
from coldbyte.core.text.pattern import PatternAnswer, PatternJob, matches
from coldbyte.core.text.search import Query, QueryError
from coldbyte.core.text.text import Text
from coldbyte.ui.editor.editor_frame import EditorFrame
from coldbyte.ui.editor.exact_clipboard import mime_of
from coldbyte.ui.editor.find_bar import FindBar
from ui.stage import Stage

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class Here:
    """Regular expressions in this process: for patterns that end."""

    def __init__(self) -> None:
        self.jobs: list[PatternJob] = []
        self.given_up = 0
        self.answers = True

    def search(self, job: PatternJob, take: Callable[[PatternAnswer], None]) -> Callable[[], None]:
        self.jobs.append(job)
        if self.answers:
            try:
                found = tuple(islice(matches(str(job.text), job.query, job.template, job.start), job.limit))
            except QueryError as error:
                take(PatternAnswer(is_last=True, trouble=error.say, at=error.at))
            else:
                take(PatternAnswer(found[:1]))
                take(PatternAnswer(found[1:], is_last=True))
        return self._give_up

    def _give_up(self) -> None:
        self.given_up += 1


class Desk:
    """A frame on the stage, and hands."""

    def __init__(self, stage: Stage, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.frame = stage.show(EditorFrame(), 600, 300)
        self.editor = self.frame.editor
        self.patterns = Here()
        self.editor.setFocus()

    @property
    def bar(self) -> FindBar:
        bar = self.frame.find_bar
        assert bar is not None
        return bar

    @property
    def selected(self) -> str:
        return self.editor.text.slice(*self.editor.selected_span)

    @property
    def hits(self) -> list[Span]:
        self.settle()
        return list(self.frame.finder.hits)

    def set(self, chars: str) -> None:
        self.editor.set_text(Text.from_str(chars))

    def find(self, words: str, *, replacing: bool = False, **options: bool) -> None:
        self.frame.open_find(replacing=replacing, patterns=self.patterns)
        for name, wanted in options.items():
            self.button(f"{name}_button").setChecked(wanted)
        field = self.field("find_field")
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, words)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.frame.finder.is_searching)

    def field(self, name: str) -> QLineEdit:
        field = self.frame.findChild(QLineEdit, name)
        assert isinstance(field, QLineEdit)
        return field

    def button(self, name: str) -> QToolButton | QPushButton:
        button = self.frame.findChild(QToolButton, name) or self.frame.findChild(QPushButton, name)
        assert isinstance(button, (QToolButton, QPushButton))
        return button

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = self.frame.window().focusWidget()
        assert target is not None
        QTest.keyClick(target, key, held)
        self.settle()


@pytest.fixture
def desk(stage: Stage, qtbot: QtBot) -> Desk:
    return Desk(stage, qtbot)


def test_typing_goes_to_the_first_hit_and_counts(desk: Desk) -> None:
    desk.set("law and Law and lawyer")
    desk.find("law")
    assert desk.editor.selected_span == (0, 3)
    assert desk.bar.count_text == "1 of 3"
    assert desk.field("find_field").hasFocus()


def test_enter_goes_on_and_round_and_shift_enter_back(desk: Desk) -> None:
    desk.set("a1 a2 a3")
    desk.find("a")
    places = []
    for held in (Qt.KeyboardModifier.NoModifier,) * 3 + (SHIFT,) * 2:
        desk.press(Qt.Key.Key_Return, held)
        places.append((desk.editor.selected_span[0], desk.bar.count_text))
    assert places == [(3, "2 of 3"), (6, "3 of 3"), (0, "1 of 3"), (6, "3 of 3"), (3, "2 of 3")]


def test_escape_closes_and_gives_the_keyboard_back_with_the_hit_selected(desk: Desk) -> None:
    desk.set("one two")
    desk.find("two")
    desk.press(Qt.Key.Key_Escape)
    assert desk.bar.isHidden()
    assert desk.editor.hasFocus()
    assert desk.selected == "two"
    assert desk.hits == []


def test_escape_in_the_editor_closes_the_bar_too(desk: Desk) -> None:
    desk.set("one two")
    desk.find("two")
    desk.editor.setFocus()
    desk.press(Qt.Key.Key_Escape)
    assert desk.bar.isHidden()
    assert desk.editor.hasFocus()


def test_going_on_without_the_bar_searches_for_the_last_words(desk: Desk) -> None:
    desk.set("x a x b x")
    desk.find("x")
    desk.press(Qt.Key.Key_Escape)
    desk.frame.find_again("forward")
    desk.settle()
    assert desk.editor.selected_span == (4, 5)
    desk.frame.find_again("backward")
    desk.settle()
    assert desk.editor.selected_span == (0, 1)
    assert desk.bar.isHidden()


def test_words_that_were_searched_for_elsewhere_are_known_here(desk: Desk) -> None:
    desk.set("Foo foo")
    desk.frame.find_again("forward", known=Query("foo", case=True))
    desk.settle()
    assert desk.editor.selected_span == (4, 7)


def test_the_selection_is_what_is_searched_for(desk: Desk) -> None:
    desk.set("a\u00a0b c\u00a0d \\u00a0")
    desk.editor.show_span((1, 2))
    desk.frame.open_find()
    assert desk.field("find_field").text() == r"\u00a0"
    assert desk.bar.query.escapes
    assert desk.hits == [(1, 2), (5, 6)]


def test_a_selection_of_several_lines_is_not(desk: Desk) -> None:
    desk.set("a\nb")
    desk.editor.selectAll()
    desk.frame.open_find()
    assert desk.field("find_field").text() == ""


@pytest.mark.parametrize(
    ("pasted", "written", "escapes"),
    [
        ("\ufeffa", r"\ufeffa", True),
        ("a\r\nb\t", r"a\r\nb\t", True),
        ("plain\\n", "plain\\n", False),
    ],
)
def test_what_is_pasted_into_the_field_is_searched_for_exactly(
    desk: Desk, pasted: str, written: str, escapes: bool
) -> None:
    desk.set(f"x{pasted}y")
    desk.find("")
    QGuiApplication.clipboard().setMimeData(mime_of(pasted))
    desk.press(Qt.Key.Key_V, CONTROL)
    assert desk.field("find_field").text() == written
    assert desk.bar.query.escapes is escapes
    assert desk.hits == [(1, 1 + len(pasted))]


def test_an_invisible_character_beside_a_backslash_keeps_both(desk: Desk) -> None:
    desk.set("\\n\u00a0")
    desk.find("\\n")
    QGuiApplication.clipboard().setMimeData(mime_of("\u00a0"))
    desk.press(Qt.Key.Key_V, CONTROL)
    assert desk.field("find_field").text() == r"\\n\u00a0"
    assert desk.hits == [(0, 3)]


def test_a_wrong_escape_is_said_and_nothing_is_marked(desk: Desk) -> None:
    desk.set("q")
    desk.find(r"\q", escapes=True)
    assert "no escape" in desk.bar.trouble_text
    assert desk.hits == []
    desk.find("q")
    assert desk.bar.trouble_text == ""
    assert desk.hits == [(0, 1)]


@pytest.mark.parametrize(
    ("key", "option"),
    [
        (Qt.Key.Key_C, "case"),
        (Qt.Key.Key_W, "whole_words"),
        (Qt.Key.Key_X, "regex"),
        (Qt.Key.Key_E, "escapes"),
    ],
)
def test_options_have_keys(desk: Desk, key: Qt.Key, option: str) -> None:
    desk.find("a")
    desk.qtbot.waitActive(desk.frame)
    desk.press(key, ALT)
    assert getattr(desk.bar.query, option)
    desk.press(key, ALT)
    assert not getattr(desk.bar.query, option)


def test_hits_follow_what_is_typed_in_the_text(desk: Desk) -> None:
    desk.set("aa b aa")
    desk.find("aa")
    desk.editor.replace_range(0, 0, "😀")
    assert desk.hits == [(2, 4), (7, 9)]
    desk.editor.replace_range(3, 3, "x")
    assert desk.hits == [(8, 10)]
    desk.editor.undo()
    assert desk.hits == [(2, 4), (7, 9)]


def test_another_text_is_searched_anew(desk: Desk) -> None:
    desk.set("aa")
    desk.find("a")
    desk.set("bab")
    assert desk.hits == [(1, 2)]


def test_replacing_goes_from_hit_to_hit_and_each_is_a_step(desk: Desk) -> None:
    desk.set("one one one")
    desk.find("one", replacing=True)
    desk.field("replace_field").setFocus()
    QTest.keyClicks(desk.field("replace_field"), "oneone")
    desk.press(Qt.Key.Key_Return)
    assert str(desk.editor.text) == "oneone one one"
    assert desk.editor.selected_span == (7, 10)
    desk.press(Qt.Key.Key_Return)
    assert str(desk.editor.text) == "oneone oneone one"
    desk.editor.undo()
    assert str(desk.editor.text) == "oneone one one"


def test_replacing_without_a_selected_hit_goes_to_one_first(desk: Desk) -> None:
    desk.set("a b a")
    desk.find("a", replacing=True)
    desk.editor.show_span((2, 2))
    desk.field("replace_field").setText("x")
    desk.button("replace_button").click()
    assert (str(desk.editor.text), desk.editor.selected_span) == ("a b a", (4, 5))
    desk.button("replace_button").click()
    assert str(desk.editor.text) == "a b x"


def test_replacing_all_is_one_step_and_touches_nothing_else(desk: Desk) -> None:
    before = "\ufeffa\u00a0b\r\nc\u00a0d\u2028e\u0301\rf"
    desk.set(before)
    desk.find(r"\u00a0", replacing=True, escapes=True)
    desk.field("replace_field").setText(" ")
    steps: list[str] = []
    desk.editor.text_edited.connect(lambda text: steps.append(str(text)))
    desk.button("replace_all_button").click()
    desk.settle()
    assert steps == [before.replace("\u00a0", " ")]
    assert desk.bar.count_text == "2 replaced"
    desk.editor.undo()
    assert str(desk.editor.text) == before
    assert not desk.editor.can_undo


def test_replacing_by_nothing_deletes(desk: Desk) -> None:
    desk.set("a-b-c")
    desk.find("-", replacing=True)
    desk.button("replace_all_button").click()
    desk.settle()
    assert str(desk.editor.text) == "abc"


def test_a_read_only_text_is_searched_and_not_changed(desk: Desk) -> None:
    desk.set("aa")
    desk.editor.setReadOnly(True)
    desk.find("a", replacing=True)
    assert not desk.button("replace_all_button").isEnabled()
    desk.frame.finder.replace_all("b")
    desk.frame.finder.replace("b")
    assert str(desk.editor.text) == "aa"
    assert len(desk.hits) == 2


CHARS = st.lists(
    st.sampled_from([*"aAb ", "\r\n", "\n", "\r", "\u00a0", "😀", "e\u0301", "\ufeff", "\u2028"]), max_size=30
).map("".join)


@given(CHARS, CHARS.filter(bool).map(lambda chars: chars[:2]), CHARS)
def test_replace_all_does_what_it_does_to_a_string(chars: str, words: str, new: str) -> None:
    frame = EditorFrame()
    frame.editor.set_text(Text.from_str(chars))
    finder = frame.finder
    finder.set_query(Query(words.replace("\\", ""), case=True))
    finder.replace_all(new)
    for _ in range(9):
        finder._go_on()
    assert frame.editor.text.encode() == chars.replace(words, new).encode()
    frame.deleteLater()


def test_four_megabytes_are_searched_in_slices_from_the_cursor_on(desk: Desk) -> None:
    line = "The quick brown fox jumps over the lazy dog.\n"
    desk.set(line * 90_000)
    desk.qtbot.waitUntil(lambda: not desk.editor.is_loading, timeout=20_000)
    desk.editor.show_span((2_000_000, 2_000_000))
    finder = desk.frame.finder
    finder.set_query(Query("fox"))
    assert finder.is_searching
    assert 2_000_000 < desk.editor.selected_span[0] < 2_000_050
    desk.qtbot.waitUntil(lambda: not finder.is_searching, timeout=20_000)
    assert finder.current == 44_445
    assert len(finder.hits) == 90_000


def test_a_search_is_given_up_when_other_words_are_wanted(desk: Desk) -> None:
    desk.set("fox " * 500_000)
    finder = desk.frame.finder
    finder.set_query(Query("fox"))
    finder.set_query(Query("hen"))
    desk.qtbot.waitUntil(lambda: not finder.is_searching, timeout=20_000)
    assert len(finder.hits) == 0


def test_only_hits_in_sight_are_marked(desk: Desk) -> None:
    desk.set("a hit\n" * 5_000)
    desk.find("hit")
    marks = desk.editor._hit_marks
    assert len(desk.hits) == 5_000
    assert 5 < len(marks) < 60
    assert [mark.is_current for mark in marks].count(True) == 1


def test_a_hit_is_drawn_in_its_colours_with_a_frame(desk: Desk) -> None:
    desk.set("a\nbcd")
    ground, frame = desk.editor.hit_colors.ground, desk.editor.hit_colors.frame

    def seen() -> tuple[bool, bool]:
        image = desk.editor.viewport().grab().toImage()
        colours = {image.pixel(x, y) for x in range(60) for y in range(60)}
        return ground.rgb() in colours, frame.rgb() in colours

    assert seen() == (False, False)
    desk.find("bcd")
    desk.editor.show_span((0, 0))
    assert seen() == (True, True)
    desk.press(Qt.Key.Key_Escape)
    assert seen() == (False, False)


def test_the_scroll_bar_shows_where_hits_are(desk: Desk) -> None:
    desk.set("\n" * 300 + "needle" + "\n" * 600 + "needle" + "\n" * 100)
    desk.find("needle")
    strip = desk.frame._strip
    assert strip is not None
    desk.qtbot.waitUntil(lambda: len(strip.marks) == 2)
    low, high = (mark / strip.height() for mark in strip.marks)
    assert low == pytest.approx(0.3, abs=0.03)
    assert high == pytest.approx(0.9, abs=0.03)


# Regular expressions


def test_a_regular_expression_finds_and_replaces_by_groups(desk: Desk) -> None:
    desk.set("Art. 5 and Art. 17")
    desk.find(r"Art\. (\d+)", replacing=True, regex=True)
    desk.qtbot.waitUntil(lambda: len(desk.frame.finder.hits) == 2)
    assert desk.bar.count_text == "1 of 2"
    desk.field("replace_field").setText(r"Article\u00a0\1")
    desk.button("replace_button").click()
    assert str(desk.editor.text) == "Article\u00a05 and Art. 17"
    desk.qtbot.waitUntil(lambda: desk.selected == "Art. 17")
    desk.button("replace_all_button").click()
    desk.qtbot.waitUntil(lambda: str(desk.editor.text) == "Article\u00a05 and Article\u00a017")
    desk.editor.undo()
    desk.editor.undo()
    assert str(desk.editor.text) == "Art. 5 and Art. 17"


def test_places_without_characters_are_found_and_filled(desk: Desk) -> None:
    desk.set("a\nb")
    desk.find("^", replacing=True, regex=True)
    desk.qtbot.waitUntil(lambda: len(desk.frame.finder.hits) == 2)
    desk.field("replace_field").setText("> ")
    desk.button("replace_all_button").click()
    desk.qtbot.waitUntil(lambda: str(desk.editor.text) == "> a\n> b")


def test_a_wrong_expression_is_said(desk: Desk) -> None:
    desk.set("a(")
    desk.find("a(", regex=True)
    desk.qtbot.waitUntil(lambda: bool(desk.bar.trouble_text))
    assert "unterminated" in desk.bar.trouble_text
    assert desk.bar.count_text == ""


def test_an_edit_gives_the_search_up_and_begins_another(desk: Desk) -> None:
    desk.patterns.answers = False
    desk.set("aaa")
    desk.frame.open_find(patterns=desk.patterns)
    desk.button("regex_button").setChecked(True)
    QTest.keyClicks(desk.field("find_field"), "a+")
    desk.qtbot.waitUntil(lambda: len(desk.patterns.jobs) == 1)
    assert desk.bar.count_text == "Searching …"
    desk.editor.replace_range(0, 0, "b")
    assert desk.patterns.given_up == 1
    desk.patterns.answers = True
    desk.settle()
    assert list(desk.frame.finder.hits) == [(1, 4)]


def test_hits_before_an_edit_stay_until_the_next_answer(desk: Desk) -> None:
    desk.set("a1 a2 a3")
    desk.find(r"a\d", regex=True)
    desk.qtbot.waitUntil(lambda: len(desk.frame.finder.hits) == 3)
    desk.editor.replace_range(4, 4, "x")
    assert list(desk.frame.finder.hits) == [(0, 2)]


def test_without_a_process_for_them_expressions_are_refused(desk: Desk) -> None:
    desk.frame.finder.set_query(Query("a", regex=True))
    desk.qtbot.waitUntil(lambda: bool(desk.frame.finder.trouble))
    assert not desk.frame.finder.is_searching
