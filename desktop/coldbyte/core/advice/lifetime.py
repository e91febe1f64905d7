"""Lifetime: what the observed traffic would have cost with 5 minutes, with 1 hour, and with warming."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from coldbyte.core.cache.cache import CacheRules
from coldbyte.core.cache.catalogue import Model, Prices
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.keep_alive import keep_alive_s, warmings_needed, would_have_paid
from coldbyte.core.traffic.replay import Breakpoints, Replay, Visit, points_of

Way = Literal["5m", "1h", "warming"]


@dataclass(frozen=True, slots=True)
class LifetimeCosts:
    """USD for all observed prompts with breakpoints at the same places; `warmed` includes the warmings."""

    short: Decimal
    long: Decimal
    warmed: Decimal
    warmings: int

    @property
    def cheapest(self) -> Way:
        """The cheapest way; of equals the simpler one."""
        ways: tuple[tuple[Decimal, Way], ...] = (
            (self.short, "5m"),
            (self.long, "1h"),
            (self.warmed, "warming"),
        )
        return min(ways, key=lambda way: way[0])[1]


def lifetime_costs(
    visits: Sequence[Visit], model: Model, breakpoints: Breakpoints, rules: CacheRules
) -> LifetimeCosts:
    """Price the three ways. Warming is taken at its best: only where the next use came soon enough to pay."""
    minimum = model.minimum or 0
    short, long = _all(breakpoints, "5m"), _all(breakpoints, "1h")
    warmings = tuple(_warmings(visits, model, short, minimum))
    together = sorted((*visits, *warmings), key=lambda visit: visit.started_at)
    replay = Replay(visits, minimum, rules)
    warmed = Replay(together, minimum, rules).cost(short)
    costs = replay.cost(short), replay.cost(long)
    return LifetimeCosts(costs[0] or Decimal(0), costs[1] or Decimal(0), warmed or Decimal(0), len(warmings))


def _all(breakpoints: Breakpoints, ttl: Ttl) -> Breakpoints:
    return tuple((where, ttl) for where, _ in breakpoints)


def _warmings(
    visits: Sequence[Visit], model: Model, breakpoints: Breakpoints, minimum: int
) -> Iterator[Visit]:
    """Warmings between two visits that share the last breakpoint, where an entry would end between them."""
    last: dict[tuple[str, bytes], Visit] = {}
    for visit in visits:
        points = points_of(visit, breakpoints)
        if not points:
            continue
        spot = max(index for index, _ in points)
        if sum(visit.tokens[: spot + 1]) < minimum:
            continue
        key = (visit.scope, visit.steps[spot].key)
        before = last.get(key)
        if before is not None:
            yield from _between(before, visit.started_at, model, spot)
        last[key] = visit


def _between(visit: Visit, until: float, model: Model, spot: int) -> Iterator[Visit]:
    count = warmings_needed(until - visit.started_at, "5m")
    tokens = sum(visit.tokens[: spot + 1])
    for number in range(1, count + 1):
        at = visit.started_at + number * keep_alive_s("5m")
        prices = model.prices_at(datetime.fromtimestamp(at, UTC).date(), tokens)
        if prices is None or not would_have_paid(count, prices):
            return
        yield _warming(visit, at, spot, prices)


def _warming(visit: Visit, at: float, spot: int, prices: Prices) -> Visit:
    """The request that stops at the last breakpoint and reads it (facts §7)."""
    tokens = visit.tokens[: spot + 1]
    return replace(
        visit,
        started_at=at,
        available_at=at + (visit.available_at - visit.started_at),
        steps=visit.steps[: spot + 1],
        tokens=tokens,
        spots={where: index for where, index in visit.spots.items() if index <= spot},
        prices=prices,
        uncached=price_of(Usage(uncached=sum(tokens)), prices),
        floor=Decimal(0),
    )
