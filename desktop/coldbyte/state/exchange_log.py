"""The exchanges of this run and the baseline among them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Record:
    """An exchange, what was known when it was sent, and the verdict once there is one."""

    exchange: Exchange
    insight: Insight
    verdict: Verdict | None = None


class ExchangeLog(QObject):
    """Newest last. The baseline is the last exchange that may have left entries; it may be another one
    whose entry the draft would read. While the draft breaks, it stays.
    """

    changed = Signal(object)  # the Record that is new or has changed
    baseline_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records: list[Record] = []
        self._baseline: Exchange | None = None

    @property
    def records(self) -> tuple[Record, ...]:
        """All records, oldest first."""
        return tuple(self._records)

    @property
    def baseline(self) -> Exchange | None:
        """The exchange with which the draft is compared."""
        return self._baseline

    @property
    def next_number(self) -> int:
        """The number of the next exchange."""
        return len(self._records) + 1

    def rebase(self, key: bytes) -> None:
        """Make the newest exchange the baseline that used the entry with this key."""
        for record in reversed(self._records):
            if record.exchange.stored and any(
                point.key == key for point in record.insight.forecast.plan.breakpoints
            ):
                self._baseline = record.exchange
                return

    def put(self, record: Record) -> None:
        """Add a record, or replace the one of the same exchange."""
        index = record.exchange.number - 1
        self._records[index : index + 1] = [record]
        self.changed.emit(record)
        if not record.exchange.running and record.exchange.stored:
            self._baseline = record.exchange
            self.baseline_changed.emit()
