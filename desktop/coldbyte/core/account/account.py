"""The account: what exchanges cost, what the prompt cache saved, what was wasted. In USD, by Decimal.

Each exchange has the price of its own day in UTC, and of its own size. A model without a known price gives
no amounts: its exchanges are counted as unpriced. Sums are over whatever lines they are given, so that
simulated money and real money stay apart by `core.traffic.origin`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TypeVar

from coldbyte.core.account.waste import Waste, wastes_of
from coldbyte.core.cache.catalogue import Catalogue, Prices
from coldbyte.core.cache.money import cost_of, price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt

Group = TypeVar("Group", bound=Hashable)

_NOTHING = Decimal(0)
_UNUSED = Usage()


@dataclass(frozen=True, slots=True)
class Line:
    """One exchange or warming. `prices` are those by which it was charged; None where none is known.

    Each amount is USD, None without a price: `price` as it was, `without` the same without caching, `lost`
    what stored tokens cost more as they were not read, `premium` what its wasted writes cost more.
    """

    receipt: Receipt
    prices: Prices | None
    waste: Waste

    @property
    def price(self) -> Decimal | None:
        """What it cost."""
        return price_of(self.receipt.usage, self.prices) if self.prices else None

    @property
    def without(self) -> Decimal | None:
        """What it would have cost without caching. Nobody would have sent a warming."""
        if self.prices is None:
            return None
        if self.receipt.kind == "warming":
            return _NOTHING
        usage = self.receipt.usage
        return price_of(Usage(uncached=usage.input, output=usage.output), self.prices)

    @property
    def saving(self) -> Decimal | None:
        """The read discount minus the write premium; negative where caching cost more than it saved."""
        price, without = self.price, self.without
        return None if price is None or without is None else without - price

    @property
    def lost(self) -> Decimal | None:
        """What the tokens that lay in the prompt cache and were not read cost more than a read."""
        if self.prices is None:
            return None
        if not self.receipt.missed:
            return _NOTHING
        return cost_of(self.receipt.usage, 0, self.receipt.stored, self.prices).lost

    @property
    def premium(self) -> Decimal | None:
        """What the wasted writes cost beyond the input price."""
        return self.waste.premium(self.prices) if self.prices else None


@dataclass(frozen=True, slots=True)
class Account:
    """Sums over lines. Amounts are USD and hold the priced ones only, `unpriced` counts the others.

    `usage` is that of the exchanges and `warmed` that of the warmings; `warming` is the part of `price` that
    went into warmings. `missed`, `wasted` and `unread` are tokens.
    """

    exchanges: int = 0
    warmings: int = 0
    unpriced: int = 0
    usage: Usage = _UNUSED
    warmed: Usage = _UNUSED
    price: Decimal = _NOTHING
    without: Decimal = _NOTHING
    warming: Decimal = _NOTHING
    missed: int = 0
    lost: Decimal = _NOTHING
    wasted: int = 0
    premium: Decimal = _NOTHING
    unread: int = 0

    @property
    def saving(self) -> Decimal:
        """Net: what all would have cost without caching, minus what it cost, warmings included."""
        return self.without - self.price

    @property
    def hit_rate(self) -> float | None:
        """read / (read + written + uncached) of the exchanges; None where there was no prompt."""
        return self.usage.hit_rate

    def __add__(self, other: Account) -> Account:
        """The account of both."""
        sums = {each.name: getattr(self, each.name) for each in fields(Account)}
        for name in sums:
            more = getattr(other, name)
            sums[name] = _used((sums[name], more)) if isinstance(more, Usage) else sums[name] + more
        return Account(**sums)


EMPTY_ACCOUNT = Account()


def lines_of(receipts: Sequence[Receipt], catalogue: Catalogue, *, now: float) -> tuple[Line, ...]:
    """A line for each receipt, in the order given. `now` (epoch seconds) tells which entries still live.

    Waste shows only where the later receipts are there as well: make the lines of all, then group them.
    """
    return tuple(
        Line(receipt, catalogue.prices(receipt.model, receipt.started_at, receipt.usage.input), waste)
        for receipt, waste in zip(receipts, wastes_of(receipts, now), strict=True)
    )


def total(lines: Iterable[Line]) -> Account:
    """The account of all lines."""
    all_lines = list(lines)
    warmings = [line for line in all_lines if line.receipt.kind == "warming"]
    return Account(
        exchanges=len(all_lines) - len(warmings),
        warmings=len(warmings),
        unpriced=sum(line.prices is None for line in all_lines),
        usage=_used(line.receipt.usage for line in all_lines if line.receipt.kind == "question"),
        warmed=_used(line.receipt.usage for line in warmings),
        price=_sum(line.price for line in all_lines),
        without=_sum(line.without for line in all_lines),
        warming=_sum(line.price for line in warmings),
        missed=sum(line.receipt.missed for line in all_lines),
        lost=_sum(line.lost for line in all_lines),
        wasted=sum(line.waste.wasted for line in all_lines),
        premium=_sum(line.premium for line in all_lines),
        unread=sum(line.waste.unread for line in all_lines),
    )


def by_conversation(lines: Iterable[Line]) -> dict[str, Account]:
    """An account for each conversation, in the order in which they first occur."""
    return _grouped(lines, lambda receipt: receipt.conversation)


def by_day(lines: Iterable[Line], day_of: Callable[[Receipt], date]) -> dict[date, Account]:
    """An account for each day, the first one first. `day_of` says where days begin: see `day_in`."""
    return dict(sorted(_grouped(lines, day_of).items()))


def day_in(zone: tzinfo | None) -> Callable[[Receipt], date]:
    """The day of a receipt in a time zone, None for the machine's own; prices go by UTC all the same."""
    return lambda receipt: datetime.fromtimestamp(receipt.started_at, zone).date()


def _grouped(lines: Iterable[Line], group_of: Callable[[Receipt], Group]) -> dict[Group, Account]:
    groups: dict[Group, list[Line]] = {}
    for line in lines:
        groups.setdefault(group_of(line.receipt), []).append(line)
    return {group: total(members) for group, members in groups.items()}


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), _NOTHING)


def _used(usages: Iterable[Usage]) -> Usage:
    read = short = long = uncached = output = 0
    for usage in usages:
        read += usage.read
        short += usage.written_5m
        long += usage.written_1h
        uncached += usage.uncached
        output += usage.output
    return Usage(read, short, long, uncached, output)
