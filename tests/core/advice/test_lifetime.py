"""Lifetimes: 5 minutes, 1 hour and warming over the same requests."""

from __future__ import annotations

import pytest

from coldbyte.core.advice.lifetime import LifetimeCosts, Way, lifetime_costs
from coldbyte.core.advice.placement import able_places
from coldbyte.core.cache.cache import CacheRules
from coldbyte.core.traffic.replay import Breakpoints, visits_of
from core.traffic.observed import CATALOGUE, FABLE, SONNET, START, of_trail, plain_cost, prefix_like, trail_of

POINT = "system[0].text"


def costs(gap_s: float, model: str = SONNET, tokens: int = 10_000) -> tuple[LifetimeCosts, list[object]]:
    traffic = [of_trail(trail_of([(0, tokens)], n), START + n * gap_s, model) for n in range(8)]
    known = CATALOGUE.model(model)
    assert known is not None
    order = able_places(prefix_like(traffic[0].trail, model))
    breakpoints: Breakpoints = ((POINT, "5m"),)
    visits = visits_of(traffic, known, order, [POINT], CacheRules())
    return lifetime_costs(visits, known, breakpoints, CacheRules()), [*traffic]


@pytest.mark.parametrize(
    ("gap_s", "model", "way", "warmings"),
    [
        (60, SONNET, "5m", 0),
        (299, SONNET, "5m", 0),
        (600, SONNET, "warming", 14),  # 14 reads at 0.10 cost less than one write at 4.00 instead of 2.50
        (900, SONNET, "1h", 21),
        (1800, SONNET, "1h", 42),
        (300, FABLE, "warming", 7),
        (3599, FABLE, "1h", 91),
        (20_000, SONNET, "5m", 0),
    ],
)
def test_the_cheapest_way_follows_the_gap_and_the_read_price(
    gap_s: float, model: str, way: Way, warmings: int
) -> None:
    found, _ = costs(gap_s, model)
    assert (found.cheapest, found.warmings) == (way, warmings)


def test_each_way_costs_what_a_plain_replay_says() -> None:
    found, traffic = costs(1000)
    assert found.short == plain_cost(traffic, ((POINT, "5m"),))  # type: ignore[arg-type]
    assert found.long == plain_cost(traffic, ((POINT, "1h"),))  # type: ignore[arg-type]


def test_a_warming_reads_up_to_the_breakpoint_and_no_further() -> None:
    found, _ = costs(300)
    once, _ = costs(60)
    assert (found.warmed - once.warmed) * 1_000_000 == 7 * 10_000 * 1 / 10


def test_what_is_never_stored_is_never_warmed() -> None:
    found, _ = costs(600, tokens=400)
    assert found.warmings == 0
    assert found.short == found.long == found.warmed
