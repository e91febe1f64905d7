"""The conversation: who says what, and what can be done with a turn."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.draft import Turn
from coldbyte.core.text.text import Text
from coldbyte.state.open_draft import TextChange
from coldbyte.ui.turns_pane import RoleWish, TurnsPane
from ui.prompts import dress

TURNS = (
    Turn("1", "user", Text.from_str("What is\na cache?")),
    Turn("2", "assistant", Text.from_str("A place.")),
    Turn("3", "system", Text.from_str('[{"type":"text","text":"x"}]'), "blocks", {"clear_at": 3}),
)


@pytest.fixture
def pane(qapp: QApplication, qtbot: QtBot) -> TurnsPane:
    dress(qapp)
    pane = TurnsPane()
    qtbot.addWidget(pane)
    pane.resize(400, 300)
    pane.show()
    pane.show_parts(TURNS)
    return pane


def rows(pane: TurnsPane) -> list[str]:
    return [pane.list.item(row).text() for row in range(pane.list.count())]


def choose(pane: TurnsPane, words: str) -> None:
    """Open the menu of the chosen turn and take an entry."""
    button = pane.findChild(QToolButton, "turn_menu_button")
    assert button is not None
    menu = button.menu()
    menu.aboutToShow.emit()
    action = next(action for action in menu.actions() if action.text() == words)
    assert action.isEnabled()
    action.trigger()


def test_each_row_says_who_and_how_it_begins(pane: TurnsPane) -> None:
    assert rows(pane) == ["U  What is a cache?", "A  A place.", 'S  [{"type":"text","text":"x"}]']
    assert pane.key == "3"
    assert pane.fold.fact_label.text() == "3"


def test_typing_changes_the_row_and_keeps_role_form_and_fields(pane: TurnsPane) -> None:
    edits: list[TextChange] = []
    pane.text_edited.connect(edits.append)
    pane.select("2")
    editor = pane.stack.editor
    assert editor is not None
    QTest.keyClicks(editor, "No: ")
    assert rows(pane)[1] == "A  No: A place."
    assert str(edits[-1].text) == "No: A place."
    pane.replace_text(TextChange("3", Text.from_str("[]")))
    pane.select("3")
    assert pane.part == Turn("3", "system", Text.from_str("[]"), "blocks", {"clear_at": 3})


def test_the_menu_says_what_the_user_wants(pane: TurnsPane) -> None:
    wished: list[object] = []
    for signal in (pane.role_requested, pane.cut_requested, pane.rewind_requested, pane.form_requested):
        signal.connect(wished.append)
    pane.select("1")
    choose(pane, "Said by the assistant")
    choose(pane, "Keep it as JSON of its blocks")
    choose(pane, "Cut the conversation before this turn")
    choose(pane, "Ask this turn again")
    assert wished == [RoleWish("1", "assistant"), "1", "1", "1"]


def test_only_a_turn_of_the_user_can_be_asked_again(pane: TurnsPane) -> None:
    pane.select("2")
    with pytest.raises(AssertionError):
        choose(pane, "Ask this turn again")


def test_a_new_turn_is_chosen_and_the_last_one_may_go(pane: TurnsPane, qtbot: QtBot) -> None:
    pane.select("1")
    pane.show_parts((*TURNS, Turn("4", "user")))
    assert pane.key == "4"
    assert rows(pane)[-1] == "U  (empty)"
    pane.show_parts(TURNS[:1])
    button = pane.findChild(QToolButton, "remove_button")
    assert button is not None
    with qtbot.waitSignal(pane.remove_requested) as asked:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["1"]
    pane.show_parts(())
    assert not button.isEnabled()
    assert not rows(pane)
