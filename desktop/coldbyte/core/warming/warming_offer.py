"""The offer: what warming an entry costs, what a miss would cost, and whether an hour's lifetime is cheaper.

All of it comes from the forecast of the very request that would be sent. Money is USD at today's prices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Literal

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import BreakpointPlan, CacheRules, Entry, entry_key, reach
from coldbyte.core.cache.catalogue import Catalogue, Prices
from coldbyte.core.cache.forecast import Circumstances, Forecast, forecast
from coldbyte.core.cache.money import dollars, price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.traffic.keep_alive import warmings_needed
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.warming.warming import Quote
from coldbyte.core.warming.warming_body import WarmingRefused, warming_body

_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class HourAdvice:
    """One hour with an entry of 5 minutes that is kept alive, and with one of an hour, in USD.

    `warmings` of the first cost `short`; the second costs `long`: what its write costs more, and the warmings
    that it needs itself. `gap_s` is the time between uses; None: it is not used at all in that hour.
    """

    gap_s: float | None
    warmings: int
    short: Decimal
    long: Decimal

    @property
    def saving(self) -> Decimal:
        """What 1 hour saves within the first hour; negative where keeping 5 minutes alive is cheaper."""
        return self.short - self.long


@dataclass(frozen=True, slots=True)
class Offer:
    """One warming: the request, its forecast, and what it is worth.

    `live` says whether the entry can be read now. `now` is what warming costs at this moment; both `now` and
    `quote` are None for a model without a known price. `hour` is there for an entry of 5 minutes.
    """

    body: RequestBody
    prefix: Prefix
    forecast: Forecast
    live: bool
    now: Decimal | None
    quote: Quote | None
    hour: HourAdvice | None

    @property
    def point(self) -> BreakpointPlan:
        """The breakpoint that is warmed."""
        return self.forecast.plan.breakpoints[-1]

    @property
    def pays(self) -> int | None:
        """How many warmings still pay: none of an entry that is gone; None where no price is known."""
        return None if self.quote is None else self.quote.pays if self.live else 0

    @property
    def say(self) -> str:
        """The offer in one line."""
        if self.now is None or self.quote is None:
            return "Warm now; no price of this model is known."
        if not self.live:
            return f"Warm now for {dollars(self.now)}: the entry is gone and would be written."
        return f"Warm now for {dollars(self.now)}; a miss would cost {dollars(self.quote.miss)} more."


def offer_of(
    body: RequestBody,
    index: int,
    catalogue: Catalogue,
    circumstances: Circumstances,
    *,
    tokens: Literal[0, 1] = 0,
    gap_s: float | None = None,
) -> Offer:
    """The offer to warm the breakpoint at an index of the prefix of `body`, at the time of `circumstances`.

    `gap_s` are the seconds between uses, as observed. Raise WarmingRefused, also below the minimum length.
    """
    made = warming_body(body, index, tokens=tokens)
    prefix = prefix_of(made)

    def ask(entries: Mapping[bytes, Entry], now: float) -> Forecast:
        return forecast(prefix, None, catalogue, replace(circumstances, entries=entries, now=now))

    entries, now = circumstances.entries, circumstances.now
    planned = ask(entries, now)
    point = planned.plan.breakpoints[-1]
    if point.outcome == "below_minimum":
        shortest = f"{planned.minimum:,}" if planned.minimum else "more"
        raise WarmingRefused(f"Too short to be cached: {point.tokens:,} tokens, {shortest} are needed.")
    held = entries.get(point.key)
    live = held is not None and held.live(now)
    alive = held if held is not None and live else _entry(point, prefix, circumstances)
    rest = {key: entry for key, entry in entries.items() if key != point.key}
    usages = [
        planned.plan.usage,
        ask({**rest, point.key: alive}, now).plan.usage,
        ask({}, now).plan.usage,
        ask(rest, alive.expires_at).plan.usage,
    ]
    prices = catalogue.prices(prefix.model, now, planned.plan.usage.input)
    if prices is None:
        return Offer(made, prefix, planned, live, None, None, None)
    costs = [price_of(replace(usage, output=tokens), prices) for usage in usages]
    quote = Quote(keep=costs[1], most=costs[2], miss=costs[3] - costs[1])
    hour = _hour_advice(point.tokens, prices, quote.keep, gap_s) if point.ttl == "5m" else None
    return Offer(made, prefix, planned, live, costs[0], quote, hour)


def could_read(prefix: Prefix, scope: str, key: bytes, rules: CacheRules) -> bool:
    """Whether a request with this prefix looks for the entry with this key from one of its breakpoints."""
    return any(
        entry_key(scope, prefix.keys[index]) == key
        for point in prefix.breakpoints
        for _, index in reach(prefix, point, rules)
    )


def observed_gap(receipts: Iterable[Receipt], key: bytes) -> float | None:
    """The median of the seconds between two questions that used an entry; None where there are no two."""
    starts = sorted(
        receipt.started_at
        for receipt in receipts
        if receipt.kind == "question"
        and (receipt.read_key == key or key in (row[0] for row in receipt.written))
    )
    return median(after - before for before, after in pairwise(starts)) if len(starts) > 1 else None


def _hour_advice(tokens: int, prices: Prices, keep: Decimal, gap_s: float | None) -> HourAdvice:
    gap = max(gap_s, 1.0) if gap_s is not None else _HOUR_S - 1.0
    gaps = _HOUR_S / gap if gap_s is not None else 1.0
    short, long = (round(warmings_needed(gap, ttl) * gaps) for ttl in ("5m", "1h"))
    premium = price_of(Usage(written_1h=tokens), prices) - price_of(Usage(written_5m=tokens), prices)
    return HourAdvice(gap_s, short, short * keep, premium + long * keep)


def _entry(point: BreakpointPlan, prefix: Prefix, circumstances: Circumstances) -> Entry:
    """The entry as it would be if it had been written just now."""
    now = circumstances.now
    return Entry(point.key, prefix.model, circumstances.scope, point.tokens, point.ttl, point.where, now, now)
