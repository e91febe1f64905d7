"""The entries with the order in which they end, so that a request costs the same whatever their number."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from coldbyte.core.cache.cache import CachePlan, Entry, changes

_SLACK = 1024  # outdated places in the queue that are borne
_GRACE_S = 600  # for which an ended entry stays, for requests that started before and whose body takes long


class EntryStore:
    """Entries by key. A change adds or replaces some; those that have ended go as time goes by."""

    def __init__(self) -> None:
        self._entries: dict[bytes, Entry] = {}
        self._ends: list[tuple[float, bytes]] = []

    @property
    def entries(self) -> Mapping[bytes, Entry]:
        """The entries by key, some of which may have ended."""
        return self._entries

    def change(self, plan: CachePlan, *, started_at: float, available_at: float | None, now: float) -> None:
        """Take over what a request changes; see `core.cache.cache.changes`."""
        self._forget(now - _GRACE_S)
        changed = changes(self._entries, plan, started_at=started_at, available_at=available_at)
        for key, entry in changed.items():
            if self._entries.get(key) != entry:
                self._entries[key] = entry
                heappush(self._ends, (entry.expires_at, key))
        if len(self._ends) > 2 * len(self._entries) + _SLACK:
            self._ends = [(entry.expires_at, key) for key, entry in self._entries.items()]
            heapify(self._ends)

    def _forget(self, then: float) -> None:
        """Drop what had ended by then."""
        while self._ends and self._ends[0][0] <= then:
            _, key = heappop(self._ends)
            entry = self._entries.get(key)
            if entry is not None and entry.expires_at <= then:
                del self._entries[key]
