"""The exchanges of this run and the baseline among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from coldbyte.core.diagnostics import FIELD as DIAGNOSTICS
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.verdict.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Record:
    """An exchange, what was known when it was sent, and the verdict once there is one.

    `kept` is its id in the history, 0 until it is kept there.
    """

    exchange: Exchange
    insight: Insight
    verdict: Verdict | None = None
    kept: int = 0


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
        self._chosen = False  # by the user, who wants that one

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

    def diagnostics(self, scope: str, conversation: str) -> Mapping[str, str | None] | None:
        """What the next request asks the cache diagnostics: how it differs from the last one of the same
        conversation that asked. None where the endpoint refused the question in this run.
        """
        mine = [record.exchange for record in self._records if record.exchange.scope == scope]
        if any(one.failure is not None and one.failure.kind == "undiagnosed" for one in mine):
            return None
        known = (
            one.message_id
            for one in reversed(mine)
            if one.message_id and one.conversation == conversation and DIAGNOSTICS in one.body.fields
        )
        return {"previous_message_id": next(known, None)}

    def exchange(self, message_id: str | None) -> Exchange | None:
        """The exchange whose response has this id."""
        if message_id is None:
            return None
        found = (one.exchange for one in reversed(self._records) if one.exchange.message_id == message_id)
        return next(found, None)

    def rebase(self, key: bytes) -> None:
        """Make the newest exchange the baseline that used the entry with this key."""
        if self._chosen:
            return
        for record in reversed(self._records):
            if record.exchange.stored and any(
                point.key == key for point in record.insight.forecast.plan.breakpoints
            ):
                self._baseline = record.exchange
                return

    def choose_baseline(self, exchange: Exchange) -> None:
        """Compare the draft with another exchange, until the next one is sent or read."""
        self._baseline, self._chosen = exchange, True
        self.baseline_changed.emit()

    def note_kept(self, number: int, id_: int) -> None:
        """The exchange with this number is in the history now."""
        record = replace(self._records[number - 1], kept=id_)
        self._records[number - 1] = record
        self.changed.emit(record)

    def put(self, record: Record) -> None:
        """Add a record, or replace the one of the same exchange."""
        index = record.exchange.number - 1
        self._records[index : index + 1] = [record]
        self.changed.emit(record)
        if not record.exchange.running and record.exchange.stored:
            self._baseline, self._chosen = record.exchange, False
            self.baseline_changed.emit()
