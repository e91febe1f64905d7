"""What an exchange costs, in USD. Decimal arithmetic; an unknown model has no price."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from coldbyte.core.cache.catalogue import Prices
from coldbyte.core.cache.usage import Usage

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Cost:
    """USD of one prompt: as it is, with every breakpoint read, without caching; and what a break lost."""

    now: Decimal
    if_warm: Decimal
    without_cache: Decimal
    lost: Decimal


def price_of(usage: Usage, prices: Prices) -> Decimal:
    """USD of an exchange, output included."""
    return (
        usage.read * prices.read
        + usage.written_5m * prices.write_5m
        + usage.written_1h * prices.write_1h
        + usage.uncached * prices.input
        + usage.output * prices.output
    ) / _MILLION


def cost_of(usage: Usage, cached: int, stored: int, prices: Prices) -> Cost:
    """The cost of a prompt: `cached` tokens up to its last breakpoint, `stored` ones that lay in the cache.

    `lost` prices the stored tokens that are not read at what they cost now instead of the read price. They
    are the first ones behind what is read, where 1h writes stand before 5m writes and those before the rest.
    """
    warm = replace(usage, read=cached, written_5m=0, written_1h=0, uncached=usage.input - cached)
    cold = replace(usage, read=0, written_5m=0, written_1h=0, uncached=usage.input)
    missed = max(min(stored, usage.input) - usage.read, 0)
    again = replace(
        usage,
        read=0,
        written_5m=min(max(missed - usage.written_1h, 0), usage.written_5m),
        written_1h=min(missed, usage.written_1h),
        uncached=max(missed - usage.written, 0),
        output=0,
    )
    lost = price_of(again, prices) - missed * prices.read / _MILLION
    return Cost(price_of(usage, prices), price_of(warm, prices), price_of(cold, prices), lost)


def dollars(amount: Decimal) -> str:
    """An amount for people: two digits from a cent on, else two significant ones; never in exponents."""
    if not amount:
        return "$0"
    sign = "−" if amount < 0 else ""
    size = abs(amount)
    places = 2 if size >= Decimal("0.995") else 1 - size.adjusted()
    return f"{sign}${size:,.{max(places, 2)}f}"
