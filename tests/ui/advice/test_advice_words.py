"""The words of the advice."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal

import pytest

from coldbyte.core.advice.worth import Worth
from coldbyte.ui.advice.advice_sheet import Move
from coldbyte.ui.advice.advice_words import about_words, move_words, worth_figure
from core.traffic.made_receipt import NOON


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (Move("document 1", None, "1h"), "+ behind document 1 (1h)"),
        (Move("document 1", "5m", None), "− behind document 1 (5m)"),
        (Move("document 1", "5m", "1h"), "↻ behind document 1: 5m → 1h"),
    ],
)
def test_a_move_is_said_by_sign_and_word(move: Move, said: str) -> None:
    assert move_words(move) == said


def test_nothing_saved_is_no_figure() -> None:
    assert worth_figure(Worth("changes", "", 1, 1, per_hundred=Decimal(0))) == ""
    assert worth_figure(Worth("unpriced", "", 1, 1)) == ""
    assert worth_figure(Worth("untried", "", 1, 1, per_hundred=Decimal(2))) == "$2.00 per 100 reads"
    assert worth_figure(Worth("worth", "", 1, 1, per_hundred=Decimal("1.5"))) == "$1.50 per 100 requests"


def test_what_it_rests_on_has_a_kind_and_a_time() -> None:
    assert about_words(0, None, None, UTC, simulated=True) == "No simulated request to this model yet"
    one = about_words(1, NOON, NOON, UTC, simulated=False)
    assert one == "From 1 real request, 2026-11-23 12:00"
    hour = about_words(9, NOON, NOON + 3600, UTC, simulated=True)
    assert hour == "From 9 simulated requests, 2026-11-23 12:00 – 13:00"
    days = about_words(9, NOON, NOON + 86_400, UTC, simulated=True)
    assert days == "From 9 simulated requests, 2026-11-23 – 2026-11-24"
