"""A table of facts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from coldbyte.ui.fact_table import Column, FactTable
from ui.prompts import dress

COLUMNS = (
    Column[int]("Word", lambda row: "w" * min(row, 9), words=True, stretches=True),
    Column[int]("Number", lambda row: f"{row:,}", tip="So many", detail=lambda row: f"tip {row}"),
    Column[int]("Double", lambda row: f"{2 * row:,}", spare=1),
    Column[int]("Triple", lambda row: f"{3 * row:,}", spare=2),
)


@pytest.fixture
def table(qtbot: QtBot, qapp: QApplication) -> FactTable[int]:
    dress(qapp)
    table = FactTable("numbers", "Numbers", COLUMNS)
    qtbot.addWidget(table)
    table.resize(400, 120)
    table.show()
    qtbot.waitActive(table)
    return table


def test_rows_are_put_into_words(table: FactTable[int]) -> None:
    table.show_rows([1, 2000])
    assert table.text.splitlines()[0] == "Word | Number | Double | Triple"
    assert table.text.splitlines()[2].endswith("| 2,000 | 4,000 | 6,000")


def test_thousands_of_rows_cost_only_what_is_seen(table: FactTable[int]) -> None:
    said: list[int] = []

    def say(row: int) -> str:
        said.append(row)
        return str(row)

    slow = FactTable("slow", "Slow", (Column[int]("All", say),), table)
    slow.show_rows(range(100_000))
    assert len(set(said)) < 100


def test_what_has_no_room_gives_way_in_its_order(table: FactTable[int]) -> None:
    table.show_rows([10**12])
    shown = []
    for width in (700, 440, 330):
        table.resize(width, 120)
        shown.append(table.text.splitlines()[0])
    assert shown[0] == "Word | Number | Double | Triple"
    assert shown[1] == "Word | Number | Double"
    assert shown[2] == "Word | Number"
    table.resize(700, 120)
    assert table.text.splitlines()[0] == shown[0]


def test_columns_without_anything_to_say_are_hidden(table: FactTable[int]) -> None:
    table.show_rows([1], [2])
    assert table.text.splitlines()[0] == "Word | Number | Triple"
    table.show_rows([2])
    assert "Double" in table.text


def test_the_chosen_row_stays_while_rows_come(table: FactTable[int]) -> None:
    table.show_rows([3, 2, 1])
    table.setFocus()
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.currentIndex().row() == 1
    table.show_rows([4, 3, 2, 1])
    assert table.currentIndex().row() == 1


def test_a_cell_is_spoken_with_its_title(table: FactTable[int]) -> None:
    table.show_rows([7])
    index = table.model().index(0, 1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Number: 7"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "tip 7"
    header = table.model().headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert header == "So many"
