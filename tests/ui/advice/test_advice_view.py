"""The view of the advice, with real keys and clicks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton

from coldbyte.ui.advice.advice_view import AdviceView
from coldbyte.ui.advice.block_table import BlockTable
from state.world import heard
from ui.advice.sheets import PLACE, WARMING, WORTH, sheet_of
from ui.stage import Stage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(stage: Stage) -> AdviceView:
    return stage.show(AdviceView(), 687, 478)


def apply_buttons(view: AdviceView) -> list[QPushButton]:
    found = [card.findChild(QPushButton, "apply_button") for card in view.cards]
    return [button for button in found if button is not None and button.isVisible()]


def fold(view: AdviceView) -> QToolButton:
    found = view.findChild(QToolButton, "fold_button")
    assert isinstance(found, QToolButton)
    return found


def test_without_a_prompt_it_says_what_it_would_tell(view: AdviceView) -> None:
    assert "Choose a question" in view.text
    view.setFocus()
    assert "No advice yet" in (QApplication.focusWidget() or view).accessibleName()
    view.show_sheet(sheet_of(WORTH))
    assert "Choose a question" not in view.text
    view.show_sheet(None)
    assert not view.cards
    assert "Choose a question" in view.text


def test_cards_stand_in_their_order_with_figure_and_reason(view: AdviceView) -> None:
    view.show_sheet(sheet_of(WORTH, PLACE, WARMING))
    assert [card.row for card in view.cards] == [WORTH, PLACE, WARMING]
    assert "From 12 real requests" in view.text
    assert "A better placement  saves $0.34\nWith a breakpoint behind document 1 (1 hour)." in view.text


def test_only_what_can_be_applied_has_a_button_and_its_preview(view: AdviceView) -> None:
    view.show_sheet(sheet_of(WORTH, PLACE, WARMING))
    (button,) = apply_buttons(view)
    preview = "− behind the system prompt (5m)   ↻ behind document 1: 5m → 1h"
    assert preview in view.cards[1].text
    assert button.accessibleDescription() == preview


def test_one_click_asks_for_the_card(view: AdviceView) -> None:
    view.show_sheet(sheet_of(WORTH, PLACE))
    with heard(view.apply_requested) as asked:
        QTest.mouseClick(apply_buttons(view)[0], LEFT)
    assert asked == [PLACE]


def test_the_keyboard_gets_to_the_button_and_the_blocks(view: AdviceView) -> None:
    view.show_sheet(sheet_of(WORTH, PLACE))
    view.setFocus()
    assert QApplication.focusWidget() is apply_buttons(view)[0]
    with heard(view.apply_requested) as asked:
        QTest.keyClick(apply_buttons(view)[0], Qt.Key.Key_Space)
    assert asked == [PLACE]
    QTest.keyClick(apply_buttons(view)[0], Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is fold(view)


def test_the_focus_stays_in_the_view_when_its_card_goes(view: AdviceView) -> None:
    view.show_sheet(sheet_of(WORTH, PLACE))
    view.setFocus()
    view.show_sheet(sheet_of(WORTH))
    assert QApplication.focusWidget() is fold(view)


def test_cards_that_stay_the_same_are_not_made_anew(view: AdviceView) -> None:
    view.show_sheet(sheet_of(WORTH, PLACE))
    cards = view.cards
    view.show_sheet(sheet_of(WORTH, PLACE))
    assert view.cards == cards


def test_blocks_are_folded_until_they_are_asked_for(view: AdviceView) -> None:
    view.show_sheet(sheet_of(WORTH))
    table = view.findChild(BlockTable)
    assert table is not None
    assert not table.isVisible()
    QTest.mouseClick(fold(view), LEFT)
    assert table.isVisible()
    titles, first, second = table.text.splitlines()
    assert titles == "Block | Tokens | Seen | Changed | Apart | A breakpoint behind it"
    assert first == "the system prompt | 262 | 12 | 2 of 11 | 1 min | ✕ too short"
    assert second == "document 1 | 9,000 | 12 | 0 of 9 | 1 min 30 s | ✓ pays"
    assert table.height() >= table.full_height()


def test_that_it_thinks_can_be_seen(view: AdviceView) -> None:
    view.show_sheet(sheet_of(WORTH))
    view.show_thinking(True)
    thinking = view.findChild(QLabel, "thinking_label")
    assert thinking is not None
    assert thinking.isVisible()
    assert thinking.text() == "thinking …"
    view.show_thinking(False)
    assert not thinking.isVisible()


def test_long_words_are_wrapped_and_not_cut(view: AdviceView) -> None:
    view.show_sheet(sheet_of(replace(PLACE, say="word " * 200)))
    label = view.cards[0].findChild(QLabel, "say_label")
    assert label is not None
    assert not view.grab().isNull()  # lays it out
    assert label.height() >= label.heightForWidth(label.width())
    assert view.cards[0].width() <= view.width()
