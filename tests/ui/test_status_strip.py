"""The strip at the foot of the window, and its words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from coldbyte.core.account.account import EMPTY_ACCOUNT, Account
from coldbyte.core.account.accuracy import Accuracy
from coldbyte.core.cache.usage import Usage
from coldbyte.ui.status_strip import StatusChip, StatusStrip
from coldbyte.ui.status_words import accuracy_chip, ledger_chip, money_chip
from state.world import heard
from ui.ledger.rows import NOW, SCHEDULE, STOPPED, row
from ui.prompts import dress

ACCURACY = Accuracy("claude-sonnet-5-5", True, 3, 2, 0.0, 4.0, 1.25, 6.0)
SPENT = Account(exchanges=2, usage=Usage(read=9), price=Decimal("0.27"), without=Decimal("0.22"))


@pytest.fixture
def strip(qtbot: QtBot, qapp: QApplication) -> StatusStrip:
    dress(qapp)
    strip = StatusStrip()
    qtbot.addWidget(strip)
    strip.show()
    return strip


def chip(strip: StatusStrip, name: str) -> QToolButton:
    found = strip.findChild(QToolButton, f"{name}_chip")
    assert isinstance(found, QToolButton)
    return found


def test_a_chip_that_is_pressed_asks_for_its_view(strip: StatusStrip) -> None:
    strip.show_chips([StatusChip("one", "first", "the first"), StatusChip("two", "second", "the second")])
    with heard(strip.view_requested) as asked:
        QTest.mouseClick(chip(strip, "two"), Qt.MouseButton.LeftButton)
        QTest.keyClick(chip(strip, "one"), Qt.Key.Key_Space)
    assert asked == ["two", "one"]


def test_chips_stand_in_their_order_and_an_empty_one_takes_no_room(strip: StatusStrip) -> None:
    strip.show_chips([StatusChip(name, say, "") for name, say in (("one", "1"), ("two", ""), ("three", "3"))])
    assert " ".join(strip.texts) == "1 3"
    assert chip(strip, "one").x() < chip(strip, "three").x()
    assert not chip(strip, "two").isVisible()
    strip.show_chips([StatusChip("two", "2", "now there")])
    assert " ".join(strip.texts) == "1 2 3"


def test_a_chip_tells_a_screen_reader_and_the_pointer_all_of_it(strip: StatusStrip) -> None:
    strip.show_chips([StatusChip("one", "short", "the statement in full")])
    assert chip(strip, "one").accessibleName() == "the statement in full"
    assert chip(strip, "one").toolTip() == "the statement in full"


def test_nothing_that_lives_is_called_so() -> None:
    assert ledger_chip([], NOW).say == "nothing stored"
    assert ledger_chip([row(1, left=-1)], NOW).say == "nothing stored"


def test_the_next_end_is_that_of_the_entry_that_ends_first() -> None:
    one = ledger_chip([row(1, left=252)], NOW)
    assert one.say == "1 entry live · ends in 4:12"
    two = ledger_chip([row(1, left=252), row(2, left=221), row(3, left=-9)], NOW)
    assert two.say == "2 entries live · next ends in 3:41"
    assert two.view == "ledger_view"
    assert "Behind document 2" in two.tip


def test_a_warming_that_runs_is_in_sight_with_timer_and_spending() -> None:
    assert "▶ warming in 3:41 · $0.0092 of $0.11" in ledger_chip([row(1, schedule=SCHEDULE)], NOW).say
    assert "warming" not in ledger_chip([row(1, schedule=STOPPED)], NOW).say
    now = ledger_chip([row(1, schedule=replace(SCHEDULE, next_at=None))], NOW)
    assert "▶ warming now · $0.0092 of $0.11" in now.say


def test_several_warmings_are_summed_up_and_the_next_one_is_timed() -> None:
    other = replace(SCHEDULE, next_at=NOW + 60, spent=None)
    say = ledger_chip([row(1, schedule=SCHEDULE), row(2, schedule=other)], NOW).say
    assert "▶ warming in 1:00 · $0.0092 for 2 entries" in say


def test_money_has_its_net_with_its_sign() -> None:
    lost = money_chip(SPENT, simulated=False)
    assert lost.say == "$0.27 spent · −$0.050 net"
    assert lost.view == "money_view"
    gained = money_chip(replace(SPENT, without=Decimal("1.27")), simulated=False)
    assert gained.say == "$0.27 spent · +$1.00 net"


def test_money_of_the_simulator_is_called_simulated() -> None:
    chip = money_chip(SPENT, simulated=True)
    assert chip.say == "simulated $0.27 · −$0.050 net"
    assert "nothing is paid" in chip.tip
    assert "spent" not in chip.say


def test_before_anything_was_sent_there_is_no_money() -> None:
    assert money_chip(EMPTY_ACCOUNT, simulated=False).say == ""


def test_a_warming_alone_is_money_and_what_has_no_price_is_told() -> None:
    chip = money_chip(
        Account(warmings=1, unpriced=1, price=Decimal("0.01"), warming=Decimal("0.01")), simulated=False
    )
    assert chip.say == "$0.010 spent · −$0.010 net"
    assert "1 of them have no known price" in chip.tip


def test_accuracy_is_that_of_the_model_in_use_and_of_the_same_counter() -> None:
    api = replace(ACCURACY, simulated=False, close=1, count=9)
    chip = accuracy_chip([api, ACCURACY], "claude-sonnet-5-5", "Sonnet 5.5", simulated=True)
    assert chip.say == "forecast: 2 of 3 as forecast · Sonnet 5.5 ±1.2 %"
    assert chip.view == "prefix_panel"
    assert "the simulator reported" in chip.tip
    assert "90th percentile 6.0 %" in chip.tip
    real = accuracy_chip([api, ACCURACY], "claude-sonnet-5-5", "Sonnet 5.5", simulated=False)
    assert real.say.startswith("forecast: 1 of 9")
    assert "the API reported" in real.tip


def test_of_a_model_that_was_never_asked_no_accuracy_is_told() -> None:
    assert accuracy_chip([ACCURACY], "claude-opus-5", "Opus 5", simulated=True).say == ""
