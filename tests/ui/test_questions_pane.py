"""The pane of questions: the chosen one is shown, edited and sent."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Question
from coldbyte.core.text.text import Text
from coldbyte.state.open_draft import TextChange
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.questions_pane import QuestionsPane

QUESTIONS = (
    Question("a", Text.from_str("Who may\u00a0ask?\r\nAnd when?")),
    Question("b", Text.from_str("May we refuse?")),
    Question("c"),
)


@pytest.fixture
def pane(qtbot: QtBot) -> QuestionsPane:
    pane = QuestionsPane()
    qtbot.addWidget(pane)
    pane.resize(600, 300)
    pane.show()
    qtbot.waitExposed(pane)
    pane.show_questions(QUESTIONS, "a")
    return pane


def rows(pane: QuestionsPane) -> list[str]:
    return [pane.list.item(row).text() for row in range(pane.list.count())]


def editor(pane: QuestionsPane) -> BlockEditor:
    found = pane.stack.editor
    assert found is not None
    return found


def button(pane: QuestionsPane, name: str) -> QToolButton:
    found = pane.findChild(QToolButton, name)
    assert isinstance(found, QToolButton)
    return found


def test_each_question_has_one_row_of_its_first_words(pane: QuestionsPane) -> None:
    assert rows(pane) == ["Who may ask? And when?", "May we refuse?", "(empty)"]


def test_a_long_question_is_cut_in_its_row_and_whole_in_its_editor(pane: QuestionsPane) -> None:
    long = Text.from_str("😀 why " * 5000)
    pane.show_questions([Question("long", long)], "long")
    assert rows(pane)[0].startswith("😀 why 😀 why")
    assert len(rows(pane)[0]) <= 160
    assert editor(pane).text is long


@pytest.mark.parametrize("chosen", ["a", "b", "c"])
def test_the_chosen_question_is_in_the_editor(pane: QuestionsPane, chosen: str) -> None:
    pane.show_questions(QUESTIONS, chosen)
    texts = {question.key: question.text for question in QUESTIONS}
    assert editor(pane).text is texts[chosen]
    assert pane.list.currentRow() == "abc".index(chosen)


def test_the_arrow_keys_choose_a_question(qtbot: QtBot, pane: QuestionsPane) -> None:
    with qtbot.waitSignal(pane.question_chosen) as chosen:
        QTest.keyClick(pane.list, Qt.Key.Key_Down)
    assert chosen.args == ["b"]
    assert str(editor(pane).text) == "May we refuse?"


def test_a_click_chooses_a_question(qtbot: QtBot, pane: QuestionsPane) -> None:
    place = pane.list.visualItemRect(pane.list.item(1)).center()
    with qtbot.waitSignal(pane.question_chosen) as chosen:
        QTest.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["b"]


def test_showing_questions_chooses_no_other_than_the_given_one(pane: QuestionsPane) -> None:
    chosen: list[str] = []
    pane.question_chosen.connect(chosen.append)
    pane.show_questions(QUESTIONS, "b")
    pane.show_questions(QUESTIONS[1:], "b")
    pane.show_questions(QUESTIONS[:2], "b")
    assert set(chosen) <= {"b"}
    assert pane.list.currentRow() == 1


def test_typing_tells_the_new_text_and_shows_it_in_the_row(qtbot: QtBot, pane: QuestionsPane) -> None:
    QTest.keyClick(pane.list, Qt.Key.Key_End)
    with qtbot.waitSignal(pane.text_edited) as edited:
        QTest.keyClicks(editor(pane), "W")
    assert edited.args == [TextChange("c", Text.from_str("W"))]
    QTest.keyClicks(editor(pane), "hy?")
    assert rows(pane)[2] == "Why?"
    assert rows(pane)[:2] == ["Who may ask? And when?", "May we refuse?"]


def test_bytes_that_are_not_touched_stay_as_they_are(qtbot: QtBot, pane: QuestionsPane) -> None:
    with qtbot.waitSignal(pane.text_edited) as edited:
        QTest.keyClicks(editor(pane), "x")
    assert edited.args[0].text.encode() == "xWho may\u00a0ask?\r\nAnd when?".encode()


def test_what_was_typed_is_there_after_a_look_at_another_question(pane: QuestionsPane) -> None:
    QTest.keyClicks(editor(pane), "x")
    QTest.keyClick(pane.list, Qt.Key.Key_Down)
    QTest.keyClick(pane.list, Qt.Key.Key_Up)
    assert str(editor(pane).text).startswith("xWho")
    QTest.keyClick(editor(pane), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor(pane).text == QUESTIONS[0].text


def test_a_change_from_elsewhere_is_shown_in_row_and_editor(pane: QuestionsPane) -> None:
    pane.replace_text(TextChange("a", Text.from_str("What else?")))
    assert str(editor(pane).text) == "What else?"
    assert rows(pane)[0] == "What else?"


def test_a_change_of_a_question_that_was_never_shown_is_there_when_it_is(pane: QuestionsPane) -> None:
    pane.replace_text(TextChange("b", Text.from_str("changed")))
    assert rows(pane)[1] == "changed"
    QTest.keyClick(pane.list, Qt.Key.Key_Down)
    assert str(editor(pane).text) == "changed"


def test_a_question_can_be_chosen_from_elsewhere(pane: QuestionsPane) -> None:
    pane.select("b")
    assert pane.list.currentRow() == 1
    assert str(editor(pane).text) == "May we refuse?"
    pane.select("nobody")
    assert pane.list.currentRow() == 1


def test_the_buttons_ask_for_one_question_more_and_for_this_one_less(
    qtbot: QtBot, pane: QuestionsPane
) -> None:
    with qtbot.waitSignal(pane.add_requested):
        QTest.mouseClick(button(pane, "add_button"), Qt.MouseButton.LeftButton)
    QTest.keyClick(pane.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(pane.remove_requested) as removed:
        QTest.keyClick(button(pane, "remove_button"), Qt.Key.Key_Space)
    assert removed.args == ["b"]


def test_the_last_question_can_not_be_removed(qtbot: QtBot, pane: QuestionsPane) -> None:
    pane.show_questions(QUESTIONS[:1], "a")
    assert not button(pane, "remove_button").isEnabled()
    with qtbot.assertNotEmitted(pane.remove_requested):
        QTest.mouseClick(button(pane, "remove_button"), Qt.MouseButton.LeftButton)


def test_the_editor_of_a_removed_question_is_closed(pane: QuestionsPane) -> None:
    shown = editor(pane)
    pane.show_questions(QUESTIONS[1:], "b")
    assert editor(pane) is not shown
    assert pane.stack.editor_of("a") is None


def test_a_screen_reader_can_name_every_control(pane: QuestionsPane) -> None:
    (questions,) = pane.findChildren(QListWidget)
    assert questions.accessibleName() == "Questions"
    assert editor(pane).accessibleName() == "Question"
    for name in ("add_button", "remove_button"):
        assert button(pane, name).accessibleName()
