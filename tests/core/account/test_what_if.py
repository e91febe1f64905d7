"""What a day would cost another way; by hand, and against the rules of the prompt cache."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.account.account import day_in
from coldbyte.core.account.hindsight import hindsight
from coldbyte.core.account.what_if import (
    Outlook,
    Pattern,
    WhatIf,
    observed,
    what_if,
)
from coldbyte.core.cache.catalogue import Model
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.keep_alive import warmings_that_pay
from core.traffic.made_receipt import CATALOGUE, SONNET, asked, receipt, step

DAY = date(2026, 11, 23)


def model(name: str = SONNET) -> Model:
    found = CATALOGUE.model(name)
    assert found is not None
    return found


def told(pattern: Pattern, name: str = SONNET) -> WhatIf:
    found = what_if(pattern, model(name), DAY)
    assert found is not None
    return found


def test_the_worked_example_comes_out_to_the_digit() -> None:
    """10,000 fixed tokens, 100 requests at 3.00 / 0.30 / 3.75: 3.00 without caching, 0.3345 with it."""
    found = told(Pattern(10_000, 0, 0, 100, (60.0,)))
    assert found.way("without").cost == Decimal("3.00")
    assert found.way("5m").cost == Decimal("0.3345")
    assert found.way("1h").cost == Decimal("0.3570")
    assert found.way("warming") == Outlook("warming", Decimal("0.3345"), Decimal(0))
    assert found.cheapest.way == "5m"


def test_the_same_comes_out_of_a_replay_of_receipts() -> None:
    asks = [asked(step("law", 10_000, "5m"), at=60.0 * number) for number in range(100)]
    found = hindsight(asks, CATALOGUE).what_if
    assert found.way("without").cost == Decimal("3.00")
    assert found.way("5m").cost == Decimal("0.3345")


def test_requests_that_come_too_seldom_write_each_time() -> None:
    found = told(Pattern(10_000, 0, 0, 10, (300.0,)))
    assert found.way("5m").cost == Decimal("0.375")
    assert found.way("1h").cost == Decimal("0.06") + 9 * Decimal("0.003")
    assert told(Pattern(10_000, 0, 0, 10, (3600.0,))).cheapest.way == "without"


def test_warming_is_counted_and_pays_on_models_that_read_cheaply() -> None:
    found = told(Pattern(100_000, 0, 0, 2, (1000.0,)), "claude-opus-5-5")
    assert found.way("warming").warmings == 3
    expected = Decimal("0.5") + 3 * (Decimal("0.02") + Decimal("0.000032")) + Decimal("0.02")
    assert found.way("warming").cost == expected
    assert found.cheapest.way == "warming"


def test_warming_stops_where_writing_again_is_cheaper() -> None:
    prices = model().prices[0]
    most = warmings_that_pay(10_000, "5m", prices)
    assert most == 11
    found = told(Pattern(10_000, 0, 0, 2, (50_000.0,)))
    assert found.way("warming").warmings == most
    assert found.way("warming").cost > found.way("5m").cost


def test_below_the_minimum_nothing_is_cached_whatever_is_marked() -> None:
    found = told(Pattern(1023, 10, 5, 10, (10.0,)))
    assert {outlook.cost for outlook in found.outlooks} == {found.way("without").cost}
    assert found.cheapest.way == "without"
    assert told(Pattern(1024, 10, 5, 10, (10.0,))).cheapest.way == "5m"


def test_without_a_price_nothing_is_said() -> None:
    assert what_if(Pattern(10_000, 0, 0, 10, (10.0,)), model("claude-fable-5-2"), date(2026, 11, 8)) is None


def test_the_band_of_the_whole_prompt_prices_a_request_and_its_own_a_warming() -> None:
    found = told(Pattern(99_000, 2000, 0, 2, (400.0,)), "claude-haiku-5-5")
    high = (
        Decimal("0.625") * 99_000 + Decimal("0.50") * 2000 + Decimal("0.05") * 99_000 + Decimal("0.50") * 2000
    )
    low = Decimal("0.01") * 99_000 + Decimal("0.10") * 8
    assert found.way("warming").cost == (high + low) / 1_000_000


def test_more_requests_in_the_same_hours_come_closer_together() -> None:
    seldom = Pattern(10_000, 0, 0, 10, (600.0, 1200.0))
    assert seldom.at(40) == Pattern(10_000, 0, 0, 40, (150.0, 300.0))
    assert told(seldom).way("5m").cost == Decimal("0.375")
    assert told(seldom.at(41)).way("5m").cost == Decimal("0.0375") + 40 * Decimal("0.003")
    assert {outlook.cost for outlook in told(seldom.at(0)).outlooks} == {Decimal(0)}


def test_real_gaps_count_as_often_as_they_occurred() -> None:
    found = told(Pattern(10_000, 0, 0, 5, (10.0, 10.0, 10.0, 4000.0)))
    assert found.way("5m").cost == 2 * Decimal("0.0375") + 3 * Decimal("0.003")


def test_a_pattern_is_observed_with_the_gaps_within_a_day() -> None:
    usages = [Usage(written_5m=5000, uncached=10, output=7), Usage(read=5000, uncached=30, output=9)]
    day = 86_400.0
    asks = [receipt(at, usages[at > 0]) for at in (0, 100, 40, day, day + 7)]
    warming = receipt(50, Usage(read=5000), kind="warming")
    assert observed([*asks, warming], day_in(UTC)) == Pattern(5000, 30, 9, 2, (40.0, 60.0, 7.0))
    assert observed([warming], day_in(UTC)) is None


def test_the_cheapest_of_equals_is_the_one_that_changes_least() -> None:
    found = told(Pattern(0, 100, 10, 10, (10.0,)))
    assert found.cheapest.way == "without"


@given(
    fixed=st.integers(1, 30_000),
    variable=st.integers(1, 5000),
    output=st.integers(0, 1000),
    count=st.integers(1, 12),
    gap=st.integers(1, 9000),
    name=st.sampled_from([SONNET, "claude-opus-5-5", "claude-haiku-5-5", "claude-fable-5-1"]),
)
def test_the_formula_says_what_a_replay_by_the_rules_says(
    fixed: int, variable: int, output: int, count: int, gap: int, name: str
) -> None:
    """One prompt with a fixed part and ever new questions: two ways to the same figures."""
    asks = [
        asked(
            step("law", fixed, "5m"),
            step(f"question {number}", variable),
            at=float(gap * number),
            output=output,
            model=name,
        )
        for number in range(count)
    ]
    replayed = hindsight(asks, CATALOGUE).what_if
    formula = told(Pattern(fixed, variable, output, count, (float(gap),)), name)
    for way in ("without", "5m", "1h", "warming"):
        assert replayed.way(way) == formula.way(way), way
    assert replayed.way("as_it_was").cost == replayed.way("without").cost


@given(
    st.integers(1024, 30_000),
    st.integers(2, 50),
    st.lists(st.integers(1, 9000).map(float), min_size=1, max_size=6),
)
def test_the_cheapest_is_never_dearer_than_any_and_a_hit_never_dearer_than_a_miss(
    fixed: int, per_day: int, gaps: list[float]
) -> None:
    found = told(Pattern(fixed, 0, 0, per_day, tuple(gaps)))
    assert all(found.cheapest.cost <= outlook.cost for outlook in found.outlooks)
    closer = told(Pattern(fixed, 0, 0, per_day, tuple(gap / 2 for gap in gaps)))
    for way in ("5m", "1h"):
        assert closer.way(way).cost <= found.way(way).cost
