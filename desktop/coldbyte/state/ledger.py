"""The entries believed live, of every scope."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from coldbyte.core.cache.cache import CachePlan, Entry, Outcome, settle
from coldbyte.core.cache.usage import Usage
from coldbyte.core.exchange import Exchange


class Ledger(QObject):
    """Kept in step with what was sent; the API itself gives no list of its entries."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[bytes, Entry] = {}

    @property
    def entries(self) -> Mapping[bytes, Entry]:
        """All entries by key."""
        return self._entries

    def settle(self, plan: CachePlan, exchange: Exchange) -> None:
        """Take over what an exchange wrote and refreshed; what it should have read and did not is gone."""
        if exchange.first_event_at is None:
            return
        entries = dict(self._entries)
        if exchange.usage is not None and not exchange.usage.read:
            if plan.hit is not None:
                entries.pop(plan.hit.key, None)
            plan = _without_read(plan, exchange.usage)
        self._entries = settle(
            entries, plan, started_at=exchange.started_at, available_at=exchange.first_event_at
        )
        self.changed.emit()

    def clear(self, scope: str) -> None:
        """Forget the entries of a scope, for instance when the simulator was started again."""
        self._entries = {key: entry for key, entry in self._entries.items() if entry.scope != scope}
        self.changed.emit()


def _without_read(plan: CachePlan, usage: Usage) -> CachePlan:
    """The plan as it went when nothing was read: each breakpoint wrote, unless nothing was written either."""
    outcome: Outcome = "written" if usage.written else "below_minimum"
    points = (
        point if point.outcome == "below_minimum" else replace(point, outcome=outcome)
        for point in plan.breakpoints
    )
    return replace(plan, hit=None, breakpoints=tuple(points))
