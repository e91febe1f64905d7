"""What the simulator remembers between requests: the time, the entries, and how many requests came."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from coldbyte.core.cache import Entry, settle
from coldbyte.core.simulation import Answer


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


@dataclass
class Memory:
    """All state of a simulator. `entries` is replaced, never changed: a thread may plan with it."""

    clock: Clock
    entries: Mapping[bytes, Entry] = field(default_factory=dict)
    requests: int = 0

    def number(self) -> int:
        """The number of the next request, from 1."""
        self.requests += 1
        return self.requests

    def begin_response(self, answer: Answer, started_at: float) -> None:
        """The first byte of a response is on its way: from now on its entries can be read."""
        self.entries = settle(self.entries, answer.plan, started_at=started_at, available_at=self.clock.now())

    def live(self) -> list[Entry]:
        """The entries that a request could read now."""
        now = self.clock.now()
        return [entry for entry in self.entries.values() if entry.live(now)]

    def reset(self) -> None:
        """Forget all entries and go back to the computer's time; ids stay unique."""
        self.entries = {}
        self.clock.reset()
