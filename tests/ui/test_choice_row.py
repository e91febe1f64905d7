"""A row of choices, with real keys and clicks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.ui.choice_row import ChoiceRow
from state.world import heard
from ui.prompts import dress


@pytest.fixture
def row(qtbot: QtBot, qapp: QApplication) -> ChoiceRow:
    dress(qapp)
    row = ChoiceRow("row", "Which")
    for name in ("one", "two", "three"):
        row.add(name, name.title())
    qtbot.addWidget(row)
    row.show()
    qtbot.waitActive(row)
    return row


def button(row: ChoiceRow, name: str) -> QToolButton:
    found = row.findChild(QToolButton, f"{name}_choice")
    assert isinstance(found, QToolButton)
    return found


def test_the_first_one_is_chosen_until_another_is_clicked(row: ChoiceRow) -> None:
    assert row.choice == "one"
    with heard(row.chosen) as chosen:
        QTest.mouseClick(button(row, "three"), Qt.MouseButton.LeftButton)
    assert chosen == ["three"]
    assert row.choice == "three"
    assert not button(row, "one").isChecked()


def test_arrows_choose_the_neighbour(row: ChoiceRow) -> None:
    row.setFocus()
    with heard(row.chosen) as chosen:
        QTest.keyClick(QApplication.focusWidget() or row, Qt.Key.Key_Right)
    assert chosen == ["two"]
    assert row.choice == "two"


def test_a_choice_that_is_shown_is_no_wish(row: ChoiceRow) -> None:
    with heard(row.chosen) as chosen:
        row.show_choice("two")
    assert row.choice == "two"
    assert not chosen


def test_only_what_is_offered_can_be_seen(row: ChoiceRow) -> None:
    row.offer(["one", "three"])
    assert [button(row, name).isVisible() for name in ("one", "two", "three")] == [True, False, True]
