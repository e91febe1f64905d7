"""Waste: what was written to the prompt cache and never read.

Tokens that a request writes belong to its breakpoints, each to the first one behind them; whoever reads a
later one reads them too. A warming keeps an entry alive, and only a question uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from coldbyte.core.cache.cache import LIFETIME_S
from coldbyte.core.cache.catalogue import Prices
from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.receipt import Receipt

_MILLION = Decimal(1_000_000)
_WASTED, _LIVE, _USED = range(3)


@dataclass(frozen=True, slots=True)
class Waste:
    """Tokens of one request, by what became of them, with either TTL.

    `unread` ones lie in an entry that still lives: they may be read yet, and are not wasted.
    """

    wasted_5m: int = 0
    wasted_1h: int = 0
    unread: int = 0

    @property
    def wasted(self) -> int:
        """Tokens that were written and that nobody can read any more."""
        return self.wasted_5m + self.wasted_1h

    def premium(self, prices: Prices) -> Decimal:
        """USD that the wasted tokens cost beyond what they would have cost without caching."""
        more_5m, more_1h = prices.write_5m - prices.input, prices.write_1h - prices.input
        return (self.wasted_5m * more_5m + self.wasted_1h * more_1h) / _MILLION


@dataclass(slots=True)
class _Life:
    """An entry, from the request that wrote it until it ends or is written again."""

    tokens: int
    ttl: Ttl
    expires_at: float
    used: bool = False
    replaced: bool = False

    def refresh(self, now: float) -> None:
        self.expires_at = max(self.expires_at, now + LIFETIME_S[self.ttl])

    def state(self, now: float) -> int:
        if self.used:
            return _USED
        return _LIVE if self.expires_at > now and not self.replaced else _WASTED


def wastes_of(receipts: Sequence[Receipt], now: float) -> tuple[Waste, ...]:
    """The waste of each receipt, in the order given. `now` is in epoch seconds.

    What a later receipt read counts as used, also where it was believed to have expired: usage has the last
    word. Of a receipt that names no entry nothing can be said, and nothing counts as wasted.
    """
    current: dict[bytes, _Life] = {}
    lives: list[list[_Life]] = [[] for _ in receipts]
    for index in sorted(range(len(receipts)), key=lambda index: receipts[index].started_at):
        receipt = receipts[index]
        read = current.get(receipt.read_key) if receipt.read_key is not None else None
        if read is not None:
            read.refresh(receipt.started_at)
            read.used = read.used or receipt.kind == "question"
        for key, tokens, ttl in receipt.written:
            if key in current:
                current[key].replaced = True
            life = _Life(tokens, ttl, receipt.started_at + LIFETIME_S[ttl])
            current[key] = life
            lives[index].append(life)
    return tuple(_waste(receipt, told, now) for receipt, told in zip(receipts, lives, strict=True))


def _waste(receipt: Receipt, lives: Sequence[_Life], now: float) -> Waste:
    short = long = unread = 0
    for start, stop, state in _stretches(receipt, lives, now):
        if state == _LIVE:
            unread += stop - start
        elif state == _WASTED:
            hours = max(min(stop, receipt.usage.written_1h) - start, 0)
            long += hours
            short += stop - start - hours
    return Waste(short, long, unread)


def _stretches(receipt: Receipt, lives: Sequence[_Life], now: float) -> Iterator[tuple[int, int, int]]:
    """The written tokens, counted from the first one, by the breakpoint that they belong to, and their state.

    1h writes come first (facts §2.3). A breakpoint behind tells of all the tokens before it.
    """
    ordered = sorted(lives, key=lambda life: life.tokens)
    states = list(accumulate((life.state(now) for life in reversed(ordered)), max))[::-1]
    start = 0
    for number, (life, state) in enumerate(zip(ordered, states, strict=True), 1):
        stop = min(max(life.tokens - receipt.usage.read, start), receipt.usage.written)
        if number == len(ordered):
            stop = receipt.usage.written
        yield start, stop, state
        start = stop
