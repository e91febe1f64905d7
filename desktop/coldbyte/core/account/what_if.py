"""What if: the cost of a day's requests without caching, with either TTL, and with warming.

A pattern is assumed or observed; `core.account.hindsight` replays real requests instead. Money is USD.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median_low
from typing import Literal

from coldbyte.core.cache.cache import LIFETIME_S
from coldbyte.core.cache.catalogue import Model, Prices
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.keep_alive import (
    PLACEHOLDER_TOKENS,
    keep_alive_s,
    warmings_sent,
    warmings_that_pay,
)
from coldbyte.core.traffic.receipt import Receipt

Way = Literal["as_it_was", "without", "5m", "1h", "warming"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a prompt is used: tokens that stay (`fixed`), that change (`variable`), of the answer (`output`).

    `per_day` requests, whose starts are so many seconds apart: `gaps` are one mean, or those observed; with
    none nothing is read. The first request of a day finds nothing in the prompt cache.
    """

    fixed: int
    variable: int
    output: int
    per_day: int
    gaps: tuple[float, ...]

    def at(self, per_day: int) -> Pattern:
        """As many requests in the same hours of the day: closer together or farther apart."""
        pace = self.per_day / per_day if per_day else 1.0
        return replace(self, per_day=per_day, gaps=tuple(gap * pace for gap in self.gaps))


@dataclass(frozen=True, slots=True)
class Outlook:
    """One way to send the requests: USD for all of them, and the warmings in that (a mean may be broken)."""

    way: Way
    cost: Decimal
    warmings: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The ways to send `requests` requests. Of ways that cost the same the first one is the cheapest."""

    requests: int
    outlooks: tuple[Outlook, ...]

    @property
    def cheapest(self) -> Outlook:
        """The way that costs least."""
        return min(self.outlooks, key=lambda outlook: outlook.cost)

    def way(self, way: Way) -> Outlook:
        """The outlook for a way; KeyError where it was not looked at."""
        return {outlook.way: outlook for outlook in self.outlooks}[way]

    def scaled(self, requests: int) -> WhatIf:
        """The same for more or fewer requests that come as far apart."""
        if not self.requests:
            return self
        return WhatIf(
            requests,
            tuple(
                Outlook(
                    each.way, each.cost * requests / self.requests, each.warmings * requests / self.requests
                )
                for each in self.outlooks
            ),
        )


def what_if(pattern: Pattern, model: Model, day: date) -> WhatIf | None:
    """What a day costs at the prices of `day`; None where the model has no known price."""
    prices = model.prices_at(day, pattern.fixed + pattern.variable)
    warm_prices = model.prices_at(day, pattern.fixed + PLACEHOLDER_TOKENS)
    if prices is None or warm_prices is None:
        return None
    without = _cost(pattern, prices, lambda whole: Usage(uncached=whole), Decimal(pattern.per_day))
    if not pattern.fixed or pattern.fixed < (model.minimum or 0):
        ways: tuple[Way, ...] = ("without", "5m", "1h", "warming")
        return WhatIf(pattern.per_day, tuple(Outlook(way, without) for way in ways))
    return WhatIf(
        pattern.per_day,
        (
            Outlook("without", without),
            _cached(pattern, prices, "5m"),
            _cached(pattern, prices, "1h"),
            _warmed(pattern, prices, warm_prices),
        ),
    )


def observed(receipts: Sequence[Receipt], day_of: Callable[[Receipt], date]) -> Pattern | None:
    """The pattern of the questions among receipts: medians of tokens, and the real gaps within a day.

    `fixed` is what was cached, read or written. Give receipts that share a prompt, such as a conversation.
    None where there is no question.
    """
    asked = sorted((one for one in receipts if one.kind == "question"), key=lambda one: one.started_at)
    if not asked:
        return None
    gaps = [
        after.started_at - before.started_at
        for before, after in pairwise(asked)
        if day_of(before) == day_of(after)
    ]
    days = len(set(map(day_of, asked)))
    return Pattern(
        fixed=median_low(receipt.usage.read + receipt.usage.written for receipt in asked),
        variable=median_low(receipt.usage.uncached for receipt in asked),
        output=median_low(receipt.usage.output for receipt in asked),
        per_day=max(round(len(asked) / days), 1),
        gaps=tuple(gaps),
    )


def _cached(pattern: Pattern, prices: Prices, ttl: Ttl) -> Outlook:
    return Outlook(ttl, _with_reads(pattern, prices, ttl, [gap < LIFETIME_S[ttl] for gap in pattern.gaps]))


def _warmed(pattern: Pattern, prices: Prices, warm_prices: Prices) -> Outlook:
    """5m entries that are kept alive in each gap, until writing anew is cheaper."""
    most = warmings_that_pay(pattern.fixed, "5m", warm_prices)
    sent = [min(warmings_sent(gap, "5m"), most) for gap in pattern.gaps]
    warmings = _later(pattern) * _mean(sent)
    kept = [count * keep_alive_s("5m") + LIFETIME_S["5m"] for count in sent]
    read = [gap < until for gap, until in zip(pattern.gaps, kept, strict=True)]
    cost = _with_reads(pattern, prices, "5m", read)
    each = price_of(Usage(read=pattern.fixed, uncached=PLACEHOLDER_TOKENS), warm_prices)
    return Outlook("warming", cost + warmings * each, warmings)


def _with_reads(pattern: Pattern, prices: Prices, ttl: Ttl, read: Sequence[bool]) -> Decimal:
    """The cost where the request behind each gap reads the fixed tokens, or has to write them."""
    reads = _later(pattern) * _mean([int(each) for each in read])
    fixed = pattern.fixed
    written = _cost(
        pattern,
        prices,
        lambda whole: replace(Usage(uncached=whole - fixed), **{f"written_{ttl}": fixed}),
        pattern.per_day - reads,
    )
    return written + _cost(pattern, prices, lambda whole: Usage(read=fixed, uncached=whole - fixed), reads)


def _cost(pattern: Pattern, prices: Prices, use: Callable[[int], Usage], requests: Decimal) -> Decimal:
    usage = replace(use(pattern.fixed + pattern.variable), output=pattern.output)
    return requests * price_of(usage, prices)


def _later(pattern: Pattern) -> int:
    """The requests of a day behind a gap."""
    return max(pattern.per_day - 1, 0)


def _mean(counts: Sequence[int]) -> Decimal:
    return Decimal(sum(counts)) / len(counts) if counts else Decimal(0)
