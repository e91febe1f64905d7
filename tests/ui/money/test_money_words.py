"""The words of the money."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

import pytest

from coldbyte.core.account.patience import patience
from coldbyte.ui.money.money_words import counted, patience_note, per_cent, rate, seconds, signed, time_words
from core.traffic.made_receipt import NOON
from ui.money.sheets import busy


@pytest.mark.parametrize(
    ("amount", "said"),
    [("0.034", "+$0.034"), ("-0.0012", "−$0.0012"), ("0", "$0"), ("12345.678", "+$12,345.68")],
)
def test_a_gain_and_a_loss_differ_by_their_sign(amount: str, said: str) -> None:
    assert signed(Decimal(amount)) == said


def test_what_is_not_known_is_no_amount() -> None:
    assert signed(None) == rate(None) == per_cent(None) == "–"


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1, "100 %")]
)
def test_a_rate_is_never_rounded_to_all_or_nothing(share: float, said: str) -> None:
    assert rate(share) == said


@pytest.mark.parametrize(
    ("error", "said"), [(0, "0 %"), (0.01, "<0.1 %"), (0.5, "0.5 %"), (12.4, "12 %"), (300, "300 %")]
)
def test_small_errors_keep_their_first_digit(error: float, said: str) -> None:
    assert per_cent(error) == said


@pytest.mark.parametrize(("saved", "said"), [(1.26, "1.3 s"), (-1.26, "−1.3 s"), (130, "2 min 10 s")])
def test_seconds_can_be_lost(saved: float, said: str) -> None:
    assert seconds(saved) == said


def test_a_time_of_another_day_has_its_day() -> None:
    assert time_words(NOON, date(2026, 11, 23), UTC) == "12:00:00"
    assert time_words(NOON, date(2026, 11, 24), UTC) == "11-23 12:00"


def test_one_is_not_many() -> None:
    assert counted(1, 1) == "1 exchange, 1 warming"
    assert counted(2, 0) == "2 exchanges"


def test_seconds_without_a_pair_are_not_known() -> None:
    assert patience_note(patience(busy()[:1])) == "needs cold and warm answers alike"
    assert patience_note(patience(busy())) == "over 1 warm answer"
