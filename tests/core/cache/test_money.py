"""What an exchange costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import Prices
from coldbyte.core.cache.money import Cost, cost_of, dollars, price_of
from coldbyte.core.cache.usage import Usage

MILLION = 1_000_000
PRICES = Prices(
    since=None,
    up_to=None,
    input=Decimal(3),
    write_5m=Decimal("3.75"),
    write_1h=Decimal(6),
    read=Decimal("0.30"),
    output=Decimal(15),
)
COUNTS = st.integers(0, 10 * MILLION)
USAGES = st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)


def test_the_published_worked_example_comes_out() -> None:
    """10,000 fixed tokens, 100 requests: 3.00 without caching, 0.3345 with it."""
    without = sum(price_of(Usage(uncached=10_000), PRICES) for _ in range(100))
    cached = price_of(Usage(written_5m=10_000), PRICES)
    cached += sum(price_of(Usage(read=10_000), PRICES) for _ in range(99))
    assert (without, cached) == (Decimal("3.00"), Decimal("0.3345"))


def test_each_class_of_tokens_has_its_price() -> None:
    assert price_of(Usage(MILLION, MILLION, MILLION, MILLION, MILLION), PRICES) == Decimal("28.05")


@given(USAGES, USAGES)
def test_prices_add_up_without_rounding(one: Usage, two: Usage) -> None:
    both = Usage(
        one.read + two.read,
        one.written_5m + two.written_5m,
        one.written_1h + two.written_1h,
        one.uncached + two.uncached,
        one.output + two.output,
    )
    assert price_of(both, PRICES) == price_of(one, PRICES) + price_of(two, PRICES)


def test_a_miss_costs_what_was_stored_again() -> None:
    usage = Usage(written_5m=100_000, uncached=1000, output=100)
    assert cost_of(usage, 100_000, 90_000, PRICES) == Cost(
        now=Decimal("0.3795"),
        if_warm=Decimal("0.0345"),
        without_cache=Decimal("0.3045"),
        lost=Decimal("90000") * (Decimal("3.75") - Decimal("0.30")) / MILLION,
    )


def test_what_was_stored_is_lost_from_the_front_where_one_hour_writes_stand() -> None:
    usage = Usage(written_1h=80_000, written_5m=40_000, uncached=5000)
    lost = cost_of(usage, 120_000, 100_000, PRICES).lost
    assert lost == (80_000 * Decimal("5.70") + 20_000 * Decimal("3.45")) / MILLION


def test_stored_tokens_that_are_sent_uncached_are_lost_at_the_input_price() -> None:
    lost = cost_of(Usage(uncached=50_000), 0, 40_000, PRICES).lost
    assert lost == 40_000 * Decimal("2.70") / MILLION


@given(USAGES, COUNTS)
def test_nothing_is_lost_when_all_that_was_stored_is_read_and_never_less_than_nothing(
    usage: Usage, stored: int
) -> None:
    lost = cost_of(usage, usage.input, stored, PRICES).lost
    assert lost >= 0
    if stored <= usage.read:
        assert lost == 0


@given(USAGES)
def test_warm_is_never_dearer_than_without_a_cache(usage: Usage) -> None:
    cost = cost_of(usage, usage.read + usage.written, 0, PRICES)
    assert cost.if_warm <= min(cost.now, cost.without_cache)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "$0"),
        ("1234.5", "$1,234.50"),
        ("1", "$1.00"),
        ("0.3345", "$0.33"),
        ("0.0345", "$0.034"),
        ("0.00012", "$0.00012"),
        ("1E-7", "$0.00000010"),
        ("-0.25", "−$0.25"),
    ],
)
def test_an_amount_is_written_so_that_small_ones_still_say_something(amount: str, words: str) -> None:
    assert dollars(Decimal(amount)) == words


@given(st.decimals(min_value="0.0000001", max_value=10_000, places=9))
def test_a_written_amount_is_within_five_per_cent(amount: Decimal) -> None:
    written = Decimal(dollars(amount).removeprefix("$").replace(",", ""))
    assert abs(written - amount) <= amount / 20
