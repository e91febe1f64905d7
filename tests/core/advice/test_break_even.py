"""Break-even: how many reads, how large a share, and at which gaps, from a model's own prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.advice.break_even import break_evens
from coldbyte.core.cache.catalogue import Prices
from core.traffic.observed import CATALOGUE

DAY = date(2026, 11, 23)


def prices_of(name: str) -> Prices:
    model = CATALOGUE.model(name)
    assert model is not None
    prices = model.prices_at(DAY, 20_000)
    assert prices is not None
    return prices


@pytest.mark.parametrize(
    "name", ["claude-opus-5", "claude-sonnet-5-5", "claude-fable-5-2", "claude-haiku-5-5"]
)
def test_five_minutes_pay_after_one_read_and_an_hour_after_two(name: str) -> None:
    assert [(even.ttl, even.reads) for even in break_evens(prices_of(name))] == [("5m", 1), ("1h", 2)]


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("claude-opus-5", (0.25 / 1.15, 1 / 1.9)),
        ("claude-sonnet-5-5", (0.25 / 1.2, 1 / 1.95)),
        ("claude-fable-5-2", (0.25 / 1.225, 1 / 1.975)),
    ],
)
def test_the_share_that_must_read_follows_the_read_price(name: str, shares: tuple[float, float]) -> None:
    assert [even.share for even in break_evens(prices_of(name))] == pytest.approx(shares)


@given(st.integers(1, 12), st.sampled_from(["claude-opus-5", "claude-fable-5-2", "claude-sonnet-5-5"]))
def test_that_many_reads_pay_and_fewer_do_not(reads: int, name: str) -> None:
    prices = prices_of(name)
    for even, write in zip(break_evens(prices), (prices.write_5m, prices.write_1h), strict=True):
        cheaper = write + reads * prices.read < (reads + 1) * prices.input
        assert cheaper == (reads >= even.reads)
        assert even.pays([None, *[10.0] * reads]) == cheaper


def test_gaps_count_only_below_the_lifetime() -> None:
    short, long = break_evens(prices_of("claude-opus-5"))
    assert short.share_of([None, 299.9, 300.0, 3600.0]) == 0.25
    assert long.share_of([None, 299.9, 300.0, 3600.0]) == 0.5
    assert not short.pays([])


def test_at_random_times_the_mean_gap_may_be_longer_than_the_lifetime() -> None:
    short, long = break_evens(prices_of("claude-opus-5"))
    assert short.random_gap_s == pytest.approx(1224.6, abs=1)  # 1 - exp(-300 / 1224.6) = 0.217
    assert long.random_gap_s == pytest.approx(4818, abs=1)


def test_reading_that_costs_no_less_never_pays() -> None:
    prices = replace(prices_of("claude-opus-5"), read=Decimal(5))
    assert break_evens(prices) == ()
