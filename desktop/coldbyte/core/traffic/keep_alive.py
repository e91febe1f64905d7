"""Keep-alive: when an entry is warmed, how many warmings a gap takes, and how many of them pay (facts §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil

from coldbyte.core.cache.cache import LIFETIME_S
from coldbyte.core.cache.catalogue import Prices
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl

LEAD_S: Mapping[Ttl, int] = {"5m": 30, "1h": 60}
"""Seconds before the end of an entry at which its warming starts; both are measured from start to start."""

PLACEHOLDER_TOKENS = 8
"""What a warming sends behind the shared prefix (facts §7)."""

_MOST_WARMINGS = 10_000  # in one gap, where reads cost nothing


def keep_alive_s(ttl: Ttl) -> int:
    """Seconds from the start of one request to the warming that keeps its entry."""
    return LIFETIME_S[ttl] - LEAD_S[ttl]


def warmings_sent(gap_s: float, ttl: Ttl) -> int:
    """Warmings that a schedule sends in a gap between two uses. It can't know that the next use comes within
    the last seconds of a life, so that it may send one more than is needed.
    """
    return max(ceil(gap_s / keep_alive_s(ttl)) - 1, 0)


def warmings_needed(gap_s: float, ttl: Ttl) -> int:
    """The fewest warmings that bring an entry over a gap between two uses."""
    left = gap_s - LIFETIME_S[ttl]
    return int(left // keep_alive_s(ttl)) + 1 if left >= 0 else 0


def warmings_that_pay(tokens: int, ttl: Ttl, prices: Prices) -> int:
    """How many warmings of an entry of so many tokens cost no more than writing it again would cost more."""
    again = replace(Usage(), **{f"written_{ttl}": tokens})
    more = price_of(again, prices) - price_of(Usage(read=tokens), prices)
    each = price_of(Usage(read=tokens, uncached=PLACEHOLDER_TOKENS), prices)
    return min(int(more / each), _MOST_WARMINGS) if each else _MOST_WARMINGS


def would_have_paid(count: int, prices: Prices) -> bool:
    """Whether so many reads of a 5m entry cost less than writing it anew instead of reading it once more:
    warming at its best, seen from behind, without a placeholder, and where it costs as much, not at all.
    """
    return count * prices.read < prices.write_5m - prices.read
