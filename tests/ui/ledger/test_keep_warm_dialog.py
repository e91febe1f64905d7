"""The dialog that switches warming on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.draft import Ttl
from coldbyte.core.warming.warming import Caps, Quote
from coldbyte.core.warming.warming_offer import HourAdvice, Offer, offer_of
from coldbyte.ui.ledger.keep_warm_dialog import KeepWarmDialog
from state.world import heard
from ui.prompts import CATALOGUE, NOW, dress, first_look, sample, send, with_long_system

CENT = Decimal("0.01")


def offer(ttl: Ttl = "5m") -> Offer:
    """The offer for an entry that was written a minute ago."""
    draft = with_long_system(sample(), ttl)
    entries = send(draft).entries
    insight = first_look(draft)
    circumstances = Circumstances(entries, "test", NOW)
    return offer_of(insight.body, insight.prefix.breakpoints[0], CATALOGUE, circumstances)


def with_quote(keep: str, most: str, miss: str) -> Offer:
    return replace(offer(), quote=Quote(Decimal(keep), Decimal(most), Decimal(miss)), hour=None)


class Opened:
    """A dialog on screen."""

    def __init__(self, qtbot: QtBot, made: Offer) -> None:
        self.dialog = KeepWarmDialog("Behind the system prompt", made, lambda: NOW)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(self.dialog)
        self.dialog.open()

    @property
    def start(self) -> QPushButton:
        found = self.dialog.findChild(QPushButton, "start_button")
        assert found is not None
        return found

    def fill(self, usd: float, count: int, minutes: int) -> None:
        money = self.dialog.findChild(QDoubleSpinBox, "money_box")
        assert money is not None
        money.setValue(usd)
        for name, value in (("count_box", count), ("minutes_box", minutes)):
            box = self.dialog.findChild(QSpinBox, name)
            assert box is not None
            box.setValue(value)


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    dress(qapp)


def test_opening_it_starts_nothing_and_the_button_starts_with_the_limits_in_the_fields(qtbot: QtBot) -> None:
    opened = Opened(qtbot, offer())
    with heard(opened.dialog.start_requested) as started:
        opened.fill(0.5, 7, 45)
        assert not started
        QTest.mouseClick(opened.start, Qt.MouseButton.LeftButton)
    assert started == [Caps(Decimal("0.5"), 7, NOW + 45 * 60)]
    assert not opened.dialog.isVisible()


def test_escape_starts_nothing(qtbot: QtBot) -> None:
    opened = Opened(qtbot, offer())
    with heard(opened.dialog.start_requested) as started:
        QTest.keyClick(opened.dialog, Qt.Key.Key_Escape)
    assert not started
    assert not opened.dialog.isVisible()


def test_the_proposal_covers_as_many_warmings_as_it_names(qtbot: QtBot) -> None:
    made = offer()
    assert made.quote is not None
    caps = Opened(qtbot, made).dialog.caps
    assert 1 <= caps.count <= (made.pays or 1)
    assert caps.usd >= caps.count * made.quote.keep + made.quote.most
    assert caps.usd < caps.count * made.quote.keep + made.quote.most + CENT
    assert caps.until == NOW + 3600


def test_an_entry_of_an_hour_is_kept_for_longer(qtbot: QtBot) -> None:
    assert Opened(qtbot, offer("1h")).dialog.caps.until > NOW + 3600


def test_the_break_even_is_a_figure(qtbot: QtBot) -> None:
    text = Opened(qtbot, with_quote("0.01", "0.2", "0.055")).dialog.text
    assert "One warming costs $0.010; a miss would cost $0.055 more." in text
    assert "Break-even: 5 warmings" in text
    assert "4:30 after its last use" in text


def test_a_warming_that_never_pays_is_said_not_to(qtbot: QtBot) -> None:
    opened = Opened(qtbot, with_quote("0.01", "0.02", "0.005"))
    assert "Not even one warming pays." in opened.dialog.text
    assert opened.dialog.caps.count == 1


@pytest.mark.parametrize(("usd", "enough"), [(0.19, False), (0.2, True), (0.21, True)])
def test_a_limit_has_to_cover_one_warming_that_writes(qtbot: QtBot, usd: float, enough: bool) -> None:
    opened = Opened(qtbot, with_quote("0.01", "0.2", "0.19"))
    opened.fill(usd, 5, 60)
    assert opened.start.isEnabled() == enough


def test_tiny_prices_can_be_limited_as_well(qtbot: QtBot) -> None:
    opened = Opened(qtbot, with_quote("0.0001", "0.0011", "0.001"))
    assert opened.start.isEnabled()
    opened.fill(0.0011, 1, 60)
    assert opened.dialog.caps.usd == Decimal("0.0011")
    assert opened.start.isEnabled()


def test_one_hour_is_advised_where_it_is_cheaper(qtbot: QtBot) -> None:
    cheaper = HourAdvice(None, 13, Decimal("0.14"), Decimal("0.10"))
    dialog = Opened(qtbot, replace(offer(), hour=cheaper)).dialog
    assert "A TTL of 1h is cheaper" in dialog.advice
    assert "13 warmings cost $0.14" in dialog.advice
    assert "saves $0.04" in dialog.advice
    dearer = HourAdvice(600.0, 6, Decimal("0.06"), Decimal("0.10"))
    assert Opened(qtbot, replace(offer(), hour=dearer)).dialog.advice == ""


def test_the_observed_gap_is_named(qtbot: QtBot) -> None:
    advice = HourAdvice(600.0, 12, Decimal("0.14"), Decimal("0.10"))
    assert "a use every 10:00" in Opened(qtbot, replace(offer(), hour=advice)).dialog.advice
