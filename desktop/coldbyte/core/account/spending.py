"""Spending: what the money went into. In USD, by Decimal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal

from coldbyte.core.account.account import Line
from coldbyte.core.cache.catalogue import Prices
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Spending:
    """USD of exchanges, by what their tokens were, and of warmings as a whole."""

    read: Decimal = _NOTHING
    written: Decimal = _NOTHING
    uncached: Decimal = _NOTHING
    output: Decimal = _NOTHING
    warming: Decimal = _NOTHING

    @property
    def all(self) -> Decimal:
        """The sum: the `price` of an account of the same lines."""
        return self.read + self.written + self.uncached + self.output + self.warming

    def __add__(self, other: Spending) -> Spending:
        """The spending of both."""
        return Spending(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Spending)))


def spending_of(lines: Iterable[Line]) -> Spending:
    """What all lines with a known price went into."""
    tokens: dict[tuple[Prices, bool], list[int]] = {}
    for line in lines:
        if line.prices is not None:
            kept = tokens.setdefault((line.prices, line.receipt.kind == "warming"), [0, 0, 0, 0, 0])
            usage = line.receipt.usage
            for index, count in enumerate(
                (usage.read, usage.written_5m, usage.written_1h, usage.uncached, usage.output)
            ):
                kept[index] += count
    return sum(
        (_spending(prices, Usage(*used), warming) for (prices, warming), used in tokens.items()), Spending()
    )


def _spending(prices: Prices, usage: Usage, warming: bool) -> Spending:
    if warming:
        return Spending(warming=price_of(usage, prices))
    return Spending(
        price_of(Usage(read=usage.read), prices),
        price_of(Usage(written_5m=usage.written_5m, written_1h=usage.written_1h), prices),
        price_of(Usage(uncached=usage.uncached), prices),
        price_of(Usage(output=usage.output), prices),
    )
