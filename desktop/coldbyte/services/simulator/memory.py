"""What the simulator remembers between requests: the time, the entries, the records, the limits."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from coldbyte.core.cache.cache import CachePlan, Entry
from coldbyte.core.cache.diagnosis import DiagnosisRules, Fingerprint
from coldbyte.core.cache.rate_limit import RateLimit, rate_limit
from coldbyte.core.cache.simulation import Answer
from coldbyte.services.simulator.entry_store import EntryStore

_MOST_RECORDS = 4096
_MOST_SCOPES = 1024
_FREE = rate_limit(4_000, 2_000_000, 400_000)
"""What the headers show where no scenario limits anything; it is not enforced."""


class Clock(Protocol):
    """Tells the time in epoch seconds and can be put forward."""

    def now(self) -> float:
        """The time."""

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once."""

    def reset(self) -> None:
        """Take back what was advanced."""


class SystemClock:
    """The computer's clock, put forward by what tests advance."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """The computer's time and what was advanced."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        self._ahead += seconds

    def reset(self) -> None:
        """Go back to the computer's time."""
        self._ahead = 0.0


@dataclass(frozen=True, slots=True)
class _Record:
    fingerprint: Fingerprint
    stored_at: float


@dataclass
class Memory:
    """All state of a simulator. Nothing in it grows with the number of requests for ever."""

    clock: Clock
    limit: RateLimit | None = None
    requests: int = 0
    asked: int = 0
    _store: EntryStore = field(default_factory=EntryStore)
    _records: OrderedDict[tuple[str, str], _Record] = field(default_factory=OrderedDict)
    _limits: OrderedDict[str, RateLimit] = field(default_factory=OrderedDict)

    @property
    def entries(self) -> Mapping[bytes, Entry]:
        """The entries by key. A thread may look into them."""
        return self._store.entries

    def number(self) -> int:
        """The number of the next request of any kind, from 1."""
        self.requests += 1
        return self.requests

    def ask_number(self) -> int:
        """The number of the next request for a message, from 1; a reset begins anew."""
        self.asked += 1
        return self.asked

    def begin_request(self, plan: CachePlan, started_at: float) -> None:
        """A request was planned: the life of what it reads begins anew (facts §2.4)."""
        self._store.change(plan, started_at=started_at, available_at=None, now=self.clock.now())

    def begin_response(self, answer: Answer, started_at: float) -> None:
        """The first byte of a response is on its way: from now on its entries can be read."""
        for plan in (answer.plan, *answer.later):
            self.settle(plan, started_at)

    def settle(self, plan: CachePlan, started_at: float) -> None:
        """Take over what a request writes and refreshes, from now on."""
        now = self.clock.now()
        self._store.change(plan, started_at=started_at, available_at=now, now=now)

    def live(self) -> list[Entry]:
        """The entries that a request could read now."""
        now = self.clock.now()
        return [entry for entry in self.entries.values() if entry.live(now)]

    def evict(self) -> None:
        """Forget all entries."""
        self._store = EntryStore()

    def record(self, scope: str, message_id: str, fingerprint: Fingerprint, rules: DiagnosisRules) -> None:
        """Keep what the cache diagnostics compare the next request with."""
        self._records[scope, message_id] = _Record(fingerprint.trimmed(rules.horizon), self.clock.now())
        while len(self._records) > _MOST_RECORDS:
            self._records.popitem(last=False)

    def recorded(self, scope: str, message_id: str, rules: DiagnosisRules) -> Fingerprint | None:
        """The record of an earlier request of the same scope, unless it is too old."""
        found = self._records.get((scope, message_id))
        if found is None or self.clock.now() - found.stored_at > rules.retention_s:
            return None
        return found.fingerprint

    def limits(self, scope: str) -> RateLimit:
        """The rate limits of a scope as they stand."""
        return self._limits.get(scope) or self.limit or _FREE

    def spend(self, scope: str, limits: RateLimit) -> None:
        """Note what a scope has left."""
        self._limits[scope] = limits
        self._limits.move_to_end(scope)
        while len(self._limits) > _MOST_SCOPES:
            self._limits.popitem(last=False)

    def reset(self) -> None:
        """Forget everything and go back to the computer's time; ids stay unique."""
        self.evict()
        self._records.clear()
        self._limits.clear()
        self.asked = 0
        self.clock.reset()
