"""Break-even: how often an entry has to be read before caching costs less than not caching (facts §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, inf, log

from coldbyte.core.cache.cache import LIFETIME_S
from coldbyte.core.cache.catalogue import Prices
from coldbyte.core.draft import Ttl


@dataclass(frozen=True, slots=True)
class BreakEven:
    """What one TTL needs. `reads` is the number of reads after which one write has paid.

    `share` is the part of all requests, between 0 and 1, that must read; `even_gap_s` the seconds between
    requests at even gaps below which all but the first do; `random_gap_s` the mean seconds between requests
    at random times below which that share does.
    """

    ttl: Ttl
    reads: int
    share: float
    even_gap_s: int
    random_gap_s: float

    def pays(self, gaps: Sequence[float | None]) -> bool:
        """Whether caching would have paid for requests, each so long after the last use; None: never used."""
        return bool(gaps) and self.share_of(gaps) > self.share

    def share_of(self, gaps: Sequence[float | None]) -> float:
        """The part of these requests that would have read."""
        return sum(gap is not None and gap < self.even_gap_s for gap in gaps) / len(gaps) if gaps else 0.0


def break_evens(prices: Prices) -> tuple[BreakEven, ...]:
    """The break-even of each TTL at these prices; none where reading costs no less than the plain input."""
    ttls: tuple[Ttl, ...] = ("5m", "1h")
    return tuple(_break_even(ttl, prices) for ttl in ttls) if prices.read < prices.input else ()


def _break_even(ttl: Ttl, prices: Prices) -> BreakEven:
    write = prices.write_5m if ttl == "5m" else prices.write_1h
    premium = max(write - prices.input, Decimal(0))
    reads = floor(premium / (prices.input - prices.read)) + 1
    share = float(premium / (prices.input + premium - prices.read))
    life = LIFETIME_S[ttl]
    return BreakEven(ttl, reads, share, life, life / -log(1 - share) if share else inf)
