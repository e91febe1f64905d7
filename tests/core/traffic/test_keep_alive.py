"""How many warmings a gap takes, sent ahead or seen from behind, and how many of them pay."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.cache import LIFETIME_S
from coldbyte.core.cache.catalogue import Prices
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.keep_alive import (
    LEAD_S,
    PLACEHOLDER_TOKENS,
    keep_alive_s,
    warmings_needed,
    warmings_sent,
    warmings_that_pay,
    would_have_paid,
)
from core.traffic.made_receipt import CATALOGUE

TTLS = st.sampled_from(["5m", "1h"])
PRICES = st.sampled_from([model.prices[-1] for model in CATALOGUE.models if model.prices])


@pytest.mark.parametrize(("gap", "count"), [(0, 0), (270, 0), (271, 1), (540, 1), (541, 2), (3000, 11)])
def test_a_warming_is_due_before_each_end_of_a_life(gap: float, count: int) -> None:
    assert warmings_sent(gap, "5m") == count
    assert (warmings_sent(3540, "1h"), warmings_sent(3541, "1h")) == (0, 1)


@given(st.floats(0, 20_000), TTLS)
def test_as_many_warmings_as_needed_bring_an_entry_over_a_gap(gap: float, ttl: Ttl) -> None:
    count, step = warmings_needed(gap, ttl), LIFETIME_S[ttl] - LEAD_S[ttl]
    assert gap < count * step + LIFETIME_S[ttl]
    assert not count or gap >= (count - 1) * step + LIFETIME_S[ttl]


@given(st.floats(0, 20_000), TTLS)
def test_a_schedule_sends_what_is_needed_and_at_most_one_more(gap: float, ttl: Ttl) -> None:
    spare = warmings_sent(gap, ttl) - warmings_needed(gap, ttl)
    late = gap - warmings_needed(gap, ttl) * keep_alive_s(ttl) > keep_alive_s(ttl)
    assert spare == int(late)


@given(st.integers(1, 1_000_000), TTLS, PRICES)
def test_as_many_pay_as_cost_no_more_than_the_miss_and_not_one_more(
    tokens: int, ttl: Ttl, prices: Prices
) -> None:
    count = warmings_that_pay(tokens, ttl, prices)
    each = price_of(Usage(read=tokens, uncached=PLACEHOLDER_TOKENS), prices)
    write = prices.write_5m if ttl == "5m" else prices.write_1h
    miss = tokens * (write - prices.read) / 1_000_000
    assert count * each <= miss < (count + 1) * each


@given(st.integers(0, 100), PRICES)
def test_seen_from_behind_a_gap_is_warmed_where_that_was_cheaper(count: int, prices: Prices) -> None:
    warmed, cold = count * prices.read + prices.read, prices.write_5m
    assert would_have_paid(count, prices) == (warmed < cold)


def test_what_costs_as_much_is_not_warmed_from_behind() -> None:
    prices = Prices(None, None, *map(Decimal, ("3", "3.60", "6", "0.30", "15")))
    assert would_have_paid(10, prices)
    assert not would_have_paid(11, prices)
