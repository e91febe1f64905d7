"""The entries believed live, of every scope."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from coldbyte.core.cache import CachePlan, Entry, settle
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
        entries = settle(
            self._entries, plan, started_at=exchange.started_at, available_at=exchange.first_event_at
        )
        if plan.hit is not None and exchange.usage is not None and not exchange.usage.read:
            entries.pop(plan.hit.key, None)
        self._entries = entries
        self.changed.emit()

    def clear(self, scope: str) -> None:
        """Forget the entries of a scope, for instance when the simulator was started again."""
        self._entries = {key: entry for key, entry in self._entries.items() if entry.scope != scope}
        self.changed.emit()
