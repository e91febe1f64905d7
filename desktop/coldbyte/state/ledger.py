"""The entries believed live, of every scope, and those that ended during the last day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from coldbyte.core.cache.cache import CachePlan, Entry
from coldbyte.core.cache.ledger import as_reported, begin, finish, take_back
from coldbyte.core.exchange import Exchange
from coldbyte.state.connection import SIMULATOR_SCOPE


class EntryStore(Protocol):
    """Where entries outlast the run; no call waits for the disk."""

    def keep_entries(self, entries: Iterable[Entry], gone: Iterable[bytes]) -> None:
        """Keep what is new or has changed, and forget the keys that are gone."""
        ...


class Ledger(QObject):
    """Kept in step with what was sent; the API itself gives no list of its entries.

    A request that is answered goes through `begin`, again for each new attempt, and then `settle`.
    """

    changed = Signal()

    def __init__(self, store: EntryStore | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: Mapping[bytes, Entry] = {}
        self._store = store
        self._origins: dict[bytes, int] = {}
        self._before: dict[CachePlan, Mapping[bytes, Entry]] = {}
        self._void: set[CachePlan] = set()  # those on their way whose prompt cache is no more

    @property
    def entries(self) -> Mapping[bytes, Entry]:
        """All entries by key, the ended ones of the last day among them."""
        return self._entries

    @property
    def origins(self) -> Mapping[bytes, int]:
        """The exchange of this run that wrote an entry, or read it first, by the key of the entry."""
        return self._origins

    def origin(self, key: bytes) -> int | None:
        """The exchange of this run that wrote an entry, else the first one that read it; None if neither."""
        return self._origins.get(key)

    def restore(self, entries: Iterable[Entry]) -> None:
        """Take in the entries of earlier runs; what this run knows better stays."""
        found = {entry.key: entry for entry in entries if entry.scope != SIMULATOR_SCOPE}
        self._entries = found | dict(self._entries)
        self.changed.emit()

    def begin(self, plan: CachePlan, started_at: float) -> None:
        """A request leaves, or leaves once more: what it reads lives from now on (§2.1 rule 9)."""
        touched = {entry.key: self._entries[entry.key] for entry in plan.kept if entry.key in self._entries}
        self._before.setdefault(plan, touched)
        begun = begin(self._entries, plan, started_at=started_at)
        self._put({key: entry for key, entry in begun.items() if key in self._entries})

    def settle(self, plan: CachePlan, exchange: Exchange) -> CachePlan:
        """Take over what an exchange wrote and read, of which usage has the last word; the plan as it went.

        A request that was refused has read nothing; of one that ended otherwise without an answer nobody
        knows, and what it would have read counts as read.
        """
        before = self._before.pop(plan, {})
        usage = exchange.usage
        if plan in self._void:
            self._void.discard(plan)
            return plan if usage is None else as_reported(self._entries, plan, usage)
        if exchange.first_event_at is None:
            if exchange.failure is not None and exchange.failure.status is not None:
                self._put(take_back(self._entries, before, started_at=exchange.started_at))
            return plan
        went = as_reported(self._entries, plan, usage) if usage is not None else plan
        self._note_origins(went, exchange.number)
        self._put(
            finish(
                self._entries,
                plan,
                usage,
                started_at=exchange.started_at,
                available_at=exchange.first_event_at,
            )
        )
        return went

    def give_back(self, plan: CachePlan, exchange: Exchange) -> None:
        """Another model answered, which has entries of its own: those of this one are as before."""
        before = self._before.pop(plan, {})
        self._void.discard(plan)
        self._put(take_back(self._entries, before, started_at=exchange.started_at))

    def clear(self, scope: str) -> None:
        """Forget the entries of a scope, for instance when the simulator has ended, and what requests on
        their way would leave there.
        """
        self._void.update(plan for plan in self._before if plan.scope == scope)
        self._put({key: entry for key, entry in self._entries.items() if entry.scope != scope})

    def _note_origins(self, plan: CachePlan, number: int) -> None:
        if number < 1:  # a request that the log does not list
            return
        for entry in plan.kept:
            self._origins.setdefault(entry.key, number)
        self._origins.update((point.key, number) for point in plan.breakpoints if point.outcome == "written")

    def _put(self, entries: Mapping[bytes, Entry]) -> None:
        before, self._entries = self._entries, entries
        if self._store is not None:
            new = [entry for key, entry in entries.items() if before.get(key) != entry and _outlasts(entry)]
            gone = [key for key, entry in before.items() if key not in entries and _outlasts(entry)]
            if new or gone:
                self._store.keep_entries(new, gone)
        self._origins = {key: number for key, number in self._origins.items() if key in entries}
        self.changed.emit()


def _outlasts(entry: Entry) -> bool:
    """Whether an entry can be there in the next run; those of the simulator end with its process."""
    return entry.scope != SIMULATOR_SCOPE
