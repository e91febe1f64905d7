"""Warming: when an entry is kept alive by a request that only fills the prompt cache (facts §7).

A schedule warms one entry, shortly before it ends and only while that pays. Its caps are hard: a warming is
sent where they cover what it costs at most, that is if the entry turns out to be gone and has to be written.
Times are epoch seconds, money is USD.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import inf
from typing import Literal

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.money import dollars
from coldbyte.core.cache.usage import Usage
from coldbyte.core.reply import SendFailure
from coldbyte.core.traffic.keep_alive import keep_alive_s

Outcome = Literal["read", "written", "nothing", "failed"]
Reason = Literal[
    "count",  # the cap on the number
    "time",  # the cap on time
    "money",  # the cap on money
    "break_even",  # so many warmings cost as much as the miss
    "expired",  # too late: the machine slept, or the clock was changed
    "gone",  # the entry is not, or no longer, in the ledger, or the last warming did not read it
    "failed",  # the last warming failed
    "unread",  # the draft was closed or changed
    "refused",  # the request can't be warmed, or has no known price
    "user",  # the user, or the end of the app
]


@dataclass(frozen=True, slots=True)
class WarmingAnswer:
    """What comes back of a warming. `received` is the response's body, `status` its HTTP status."""

    message_id: str
    model: str
    usage: Usage
    request_id: str | None = None
    received: bytes = field(default=b"", compare=False, repr=False)
    status: int | None = field(default=None, compare=False)


class ZeroRefused(SendFailure):
    """The endpoint does not take `max_tokens: 0`; the old way, with 1, may do."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that a schedule may spend in USD, how often it may warm, and until when."""

    usd: Decimal
    count: int
    until: float


@dataclass(frozen=True, slots=True)
class Quote:
    """USD: a warming that reads (`keep`), one that has to write (`most`), and what a miss would cost more."""

    keep: Decimal
    most: Decimal
    miss: Decimal

    @property
    def pays(self) -> int | None:
        """How many warmings cost no more than the miss that they avoid; None where they cost nothing."""
        return max(int(self.miss / self.keep), 0) if self.keep else None


@dataclass(frozen=True, slots=True)
class Warmed:
    """One warming that was sent, and in plain words what came of it; `cost` is None where nobody knows it."""

    started_at: float
    outcome: Outcome
    cost: Decimal | None
    say: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The warmings of a schedule, oldest first. `used_at` is the start of the last other request that used
    the entry: what was spent before it has paid off.
    """

    warmings: tuple[Warmed, ...] = ()
    used_at: float = -inf

    @property
    def last(self) -> Warmed | None:
        """The last warming."""
        return self.warmings[-1] if self.warmings else None

    @property
    def spent(self) -> Decimal:
        """USD of all warmings of which it is known."""
        return sum((each.cost or Decimal(0) for each in self.warmings), Decimal(0))

    @property
    def unpaid(self) -> Decimal:
        """USD of the warmings since the entry was used."""
        since = (each for each in self.warmings if each.started_at > self.used_at)
        return sum((each.cost or Decimal(0) for each in since), Decimal(0))

    def plus(self, warmed: Warmed) -> History:
        """The history with one warming more."""
        return replace(self, warmings=(*self.warmings, warmed))

    def seen(self, entry: Entry) -> History:
        """The history after a look at the entry, which somebody else may have used since."""
        own = any(each.started_at == entry.started_at for each in self.warmings)
        return self if own else replace(self, used_at=max(self.used_at, entry.started_at))


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before `until`, unless the entry is used or the draft changes."""

    until: float


@dataclass(frozen=True, slots=True)
class WarmNow:
    """The entry is due."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The schedule ends; `say` tells why."""

    reason: Reason
    say: str


Decision = Wait | WarmNow | Stop


def decide(
    entry: Entry | None, caps: Caps, history: History, quote: Quote, now: float, *, wanted: bool = True
) -> Decision:
    """What a schedule does next. `entry` is that of the ledger, `wanted` whether the draft could read it."""
    stop = _of_last(history.last) or _of_entry(entry, now, wanted) or _of_caps(caps, history, quote, now)
    if stop is not None:
        return stop
    assert entry is not None
    due = due_at(entry, history)
    if due >= caps.until:
        return Stop("time", "The time limit comes before the next warming.")
    if now < due:
        return Wait(due)
    if history.unpaid + quote.keep > quote.miss:
        say = f"Another warming would not pay: a miss would cost {dollars(quote.miss)} more than a read"
        return Stop(
            "break_even", f"{say}, and {dollars(history.unpaid)} went into warmings since the last use."
        )
    return WarmNow()


def due_at(entry: Entry, history: History) -> float:
    """When the entry is to be warmed: shortly before its end, and never twice within one lifetime."""
    started = max(entry.started_at, history.last.started_at if history.last else -inf)
    return max(started + keep_alive_s(entry.ttl), entry.available_at)


def outcome_of(usage: Usage) -> Outcome:
    """What a warming did: it read the entry, it had to write all or a part of it, or neither."""
    if usage.written:
        return "written"
    return "read" if usage.read else "nothing"


def _of_last(last: Warmed | None) -> Stop | None:
    if last is None or last.outcome == "read":
        return None
    if last.outcome == "failed":
        return Stop("failed", f"The last warming failed. {last.say}".rstrip())
    if last.outcome == "written":
        cost = f", for {dollars(last.cost)}" if last.cost is not None else ""
        say = f"The entry was gone before its time: the warming wrote it anew, once{cost}."
        return Stop("gone", say)
    return Stop("gone", "The warming neither read nor wrote an entry.")


def _of_entry(entry: Entry | None, now: float, wanted: bool) -> Stop | None:
    if entry is None:
        return Stop("gone", "The entry is gone: nothing is left to be kept alive.")
    if not wanted:
        return Stop("unread", "The draft was closed or changed, and does not read this entry any more.")
    if now >= entry.expires_at:
        return Stop("expired", "The entry ended before it could be warmed: this machine may have slept.")
    return None


def _of_caps(caps: Caps, history: History, quote: Quote, now: float) -> Stop | None:
    count, spent = len(history.warmings), history.spent
    if count >= caps.count:
        return Stop("count", f"The limit of {_warmings(caps.count)} is reached.")
    if now >= caps.until:
        return Stop("time", "The time limit is reached.")
    if spent + quote.most > caps.usd:
        say = f"The limit of {dollars(caps.usd)} would not cover the next warming: {dollars(spent)} is spent"
        return Stop(
            "money", f"{say}, and one costs up to {dollars(quote.most)}, if the entry is gone by then."
        )
    return None


def _warmings(count: int) -> str:
    return "1 warming" if count == 1 else f"{count:,} warmings"
