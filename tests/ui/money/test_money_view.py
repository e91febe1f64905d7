"""The view of the money, with real keys and clicks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSpinBox, QToolButton, QWidget

from coldbyte.core.cache.usage import Usage
from coldbyte.ui.money.money_table import AccuracyTable, MoneyTable
from coldbyte.ui.money.money_view import MoneyView
from core.traffic.made_receipt import UNKNOWN, receipt
from state.world import heard
from ui.money.sheets import COLD, WARM, busy, replayable, sheet_of
from ui.stage import Stage

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def view(stage: Stage) -> MoneyView:
    return stage.show(MoneyView(), 687, 478)


def figure(view: QWidget, name: str) -> str:
    label = view.findChild(QLabel, f"{name}_figure")
    assert isinstance(label, QLabel)
    return label.text()


def click(view: QWidget, name: str) -> None:
    button = view.findChild(QToolButton, f"{name}_choice")
    assert isinstance(button, QToolButton)
    assert button.isVisible()
    QTest.mouseClick(button, LEFT)


def table(view: MoneyView) -> MoneyTable:
    found = view.findChild(MoneyTable)
    assert isinstance(found, MoneyTable)
    return found


def test_an_empty_view_says_what_fills_it(view: MoneyView) -> None:
    view.show_sheet(sheet_of())
    assert "Send a question" in view.text
    view.setFocus()
    assert "No money yet" in (QApplication.focusWidget() or view).accessibleName()


def test_the_four_figures_are_those_of_the_account(view: MoneyView) -> None:
    sheet = sheet_of(*busy())
    view.show_sheet(sheet)
    assert figure(view, "spent") == "$0.78"
    assert figure(view, "saving") == "+$0.12"
    assert figure(view, "hit_rate") == "33 %"
    assert figure(view, "seconds") == "2.5 s"
    assert sheet.account.saving == Decimal("0.12")
    assert "Spent: $0.78 (3 exchanges)" in view.text


def test_a_loss_has_a_sign_and_a_word(view: MoneyView) -> None:
    view.show_sheet(sheet_of(receipt(0, COLD)))
    assert "Net loss: −$0.075 (a loss: $0.30 without caching)" in view.text
    view.show_sheet(sheet_of(receipt(0, COLD), receipt(60, WARM)))
    assert "Net saved: +$0.20" in view.text


def test_simulated_money_is_called_so_and_never_spent(view: MoneyView) -> None:
    view.show_sheet(sheet_of(*busy("simulator"), simulated=True))
    assert "Simulated: nothing was paid" in view.text
    assert "Would have cost: $0.78" in view.text
    assert "Spent" not in view.text


def test_only_kinds_that_exist_can_be_chosen(view: MoneyView) -> None:
    row = view.findChild(QWidget, "kind_row")
    assert row is not None
    view.show_sheet(sheet_of(*busy()))
    assert not row.isVisible()
    view.show_sheet(sheet_of(*busy(), *busy("simulator")))
    with heard(view.kind_chosen) as chosen:
        click(view, "simulated")
        click(view, "real")
    assert chosen == [True, False]


def test_the_formula_of_the_hit_rate_is_its_tip(view: MoneyView) -> None:
    view.show_sheet(sheet_of(*busy()))
    label = view.findChild(QLabel, "hit_rate_figure")
    assert label is not None
    tile = label.parentWidget()
    assert tile is not None
    tip = tile.toolTip()
    assert "read / (read + written + uncached) = 100,000 / (100,000 + 200,000 + 30)" in tip


def test_waste_and_losses_stand_on_their_own_with_their_figures(view: MoneyView) -> None:
    view.show_sheet(sheet_of(*busy()))
    assert figure(view, "waste") == "$0.075"
    assert figure(view, "lost") == "$0.34"  # 0.345: 3.75 - 0.30 USD for a million tokens
    assert "paid extra for 100,000 tokens that expired unread" in view.text


def test_rows_are_by_exchange_conversation_or_day(view: MoneyView) -> None:
    first, second, third = busy()
    view.show_sheet(sheet_of(first, second, replace(third, conversation="two")))
    assert len(table(view).rows) == 3
    click(view, "conversation")
    assert [row.count for row in table(view).rows] == [1, 2]
    click(view, "day")
    assert [row.when for row in table(view).rows] == ["Today"]
    click(view, "exchange")
    assert len(table(view).rows) == 3


def test_a_new_exchange_is_shown_in_the_part_that_is_chosen(view: MoneyView) -> None:
    view.show_sheet(sheet_of(*busy()[:1]))
    click(view, "day")
    view.show_sheet(sheet_of(*busy()))
    assert [row.count for row in table(view).rows] == [3]


def test_columns_that_say_nothing_are_left_out(view: MoneyView) -> None:
    view.show_sheet(sheet_of(receipt(0, COLD), receipt(60, WARM)))
    titles = table(view).text.splitlines()[0].split(" | ")
    assert "Lost" not in titles
    assert "Model" not in titles
    assert titles == ["Time", "What", "Read", "Written", "Uncached", "Price", "Net", "Hit", "Off"]
    view.show_sheet(sheet_of(*busy()))
    assert "Lost" in table(view).text.splitlines()[0]


def test_no_column_is_cut_off(view: MoneyView) -> None:
    models = ["claude-sonnet-4-6", "claude-opus-5"]
    huge = Usage(read=1_234_567, written_5m=2_345_678, uncached=3_456_789, output=99)
    view.show_sheet(sheet_of(*(receipt(n, huge, model=models[n % 2], stored=5_000_000) for n in range(40))))
    shown = table(view)
    header = shown.horizontalHeader()
    assert header.length() <= shown.viewport().width()
    for index in range(header.count()):
        if not shown.isColumnHidden(index) and index != 1:
            assert shown.columnWidth(index) >= shown.sizeHintForColumn(index)


def test_unpriced_exchanges_are_counted_and_have_no_amount(view: MoneyView) -> None:
    view.show_sheet(sheet_of(receipt(0, COLD), receipt(5, COLD, model=UNKNOWN)))
    assert "▲ 1 without a known price, in no sum." in view.text
    assert " – | – " in table(view).text.splitlines()[1]
    view.show_sheet(sheet_of(receipt(5, COLD, model=UNKNOWN)))
    assert figure(view, "spent") == "–"


def test_the_accuracy_of_each_model_is_told(view: MoneyView) -> None:
    off = Usage(read=80_000, written_5m=20_000, uncached=10)
    view.show_sheet(sheet_of(receipt(0, COLD), receipt(5, WARM, forecast=off), receipt(9, WARM)))
    click(view, "forecast")
    shown = view.findChild(AccuracyTable)
    assert shown is not None
    assert shown.text.splitlines()[1] == "Sonnet 4.6 | 3 | 2 · 67 % | 0 % | 20 % | 0 % | 0 %"


def test_what_if_marks_the_cheapest_way_and_says_how_it_was(view: MoneyView) -> None:
    view.show_sheet(sheet_of(*replayable()))
    click(view, "what_if")
    assert "Cheapest: 5 minutes. $0.095 a day, $0.51 less than without caching." in view.text
    assert "✓ 5 minutes" in view.text
    assert "As it was, at 20 a day: $0.60 a day (measured)" in view.text


def test_another_rate_is_asked_for_once_it_is_typed(view: MoneyView) -> None:
    view.show_sheet(sheet_of(*replayable()))
    click(view, "what_if")
    spin = view.findChild(QSpinBox, "rate_spin")
    assert spin is not None
    assert spin.value() == 20
    spin.setFocus()
    spin.selectAll()
    with heard(view.rate_chosen) as rates:
        QTest.keyClicks(spin, "500")
        QTest.keyClick(spin, Qt.Key.Key_Return)
    assert rates == [500]


def test_without_anything_to_play_again_what_if_says_so(view: MoneyView) -> None:
    view.show_sheet(sheet_of(receipt(0, COLD)))
    click(view, "what_if")
    assert "No request can be played again" in view.text


def test_arrows_choose_the_part(view: MoneyView) -> None:
    view.show_sheet(sheet_of(*busy()))
    view.setFocus()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "exchange_choice"
    QTest.keyClick(focused, Qt.Key.Key_Right)
    assert (QApplication.focusWidget() or view).objectName() == "conversation_choice"
    assert len(table(view).rows) == 1
