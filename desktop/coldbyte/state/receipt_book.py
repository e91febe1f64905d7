"""What the answered requests cost and taught: the receipts of this run and of earlier ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from coldbyte.core.cache.calibration import (
    LAST,
    MOST_KNOWN,
    Calibration,
    Experience,
    Known,
    Measured,
    calibrate,
)
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.state.connection import SIMULATOR_SCOPE


class ReceiptStore(Protocol):
    """Where receipts outlast the run; no call waits for the disk."""

    def keep_receipt(self, receipt: Receipt) -> None:
        """Keep a receipt."""
        ...

    def keep_known(self, counter: str, known: Mapping[bytes, Known]) -> None:
        """Keep what one kind of counter told of prefixes, by their keys."""
        ...


class ReceiptBook(QObject):
    """All receipts, oldest first, and the experience with token counts that comes of them.

    There are two kinds of counter, the simulator and the API, and what one told says nothing of the other.
    The simulator counts by the estimator itself: its receipts show how exact that is and correct nothing.
    """

    changed = Signal()

    def __init__(self, store: ReceiptStore | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._receipts: list[Receipt] = []
        self._measured: dict[tuple[str, str], deque[Measured]] = {}
        self._known: dict[str, dict[bytes, Known]] = {}
        self._experience: dict[str, Experience] = {}

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """All receipts, oldest first."""
        return tuple(self._receipts)

    def experience(self, scope: str) -> Experience:
        """What was learned from the kind of counter that counts in a scope."""
        counter = counter_of(scope)
        if counter not in self._experience:
            models = {
                model: _calibration(counter, model, measured)
                for (of, model), measured in self._measured.items()
                if of == counter
            }
            self._experience[counter] = Experience(models, dict(self._known.get(counter, {})))
        return self._experience[counter]

    def restore(self, receipts: Iterable[Receipt], known: Mapping[str, Mapping[bytes, Known]]) -> None:
        """Put the receipts of earlier runs, oldest first, before those of this run, and what they taught."""
        mine, self._receipts = self._receipts, []
        self._measured.clear()
        for receipt in (*receipts, *mine):
            self._append(receipt)
        learned, self._known = self._known, {}
        for told in (known, learned):
            for counter, lessons in told.items():
                self._remember(counter, lessons)
        self.changed.emit()

    def add(self, receipt: Receipt, lessons: Mapping[bytes, Known] | None = None) -> None:
        """Take in a receipt, with what its usage tells of prefixes (`lessons`)."""
        self._append(receipt)
        if self._store is not None:
            self._store.keep_receipt(receipt)
        self._learn(counter_of(receipt.scope), lessons or {})
        self.changed.emit()

    def learn(self, scope: str, known: Mapping[bytes, Known]) -> None:
        """Take in token counts that came without a receipt, as those of the count_tokens endpoint."""
        self._learn(counter_of(scope), known)
        self.changed.emit()

    def _append(self, receipt: Receipt) -> None:
        counter = counter_of(receipt.scope)
        self._receipts.append(receipt)
        if receipt.estimated and receipt.usage.input:
            measured = Measured(receipt.model, receipt.estimated, receipt.usage.input)
            self._measured.setdefault((counter, receipt.model), deque(maxlen=LAST)).append(measured)
        self._experience.pop(counter, None)

    def _learn(self, counter: str, known: Mapping[bytes, Known]) -> None:
        told = self._remember(counter, known)
        if told and self._store is not None:
            self._store.keep_known(counter, told)

    def _remember(self, counter: str, known: Mapping[bytes, Known]) -> dict[bytes, Known]:
        """Remember the newest; what was measured is not replaced by what was counted."""
        kept = self._known.setdefault(counter, {})
        told = {
            key: replace(each, more=0) if counter == SIMULATOR_SCOPE else each
            for key, each in known.items()
            if each.how == "measured" or key not in kept or kept[key].how == "counted"
        }
        for key, each in told.items():
            kept.pop(key, None)
            kept[key] = each
        for key in list(kept)[: max(len(kept) - MOST_KNOWN, 0)]:
            del kept[key]
        self._experience.pop(counter, None)
        return told


def counter_of(scope: str) -> str:
    """The kind of counter that counts the tokens in a scope."""
    return SIMULATOR_SCOPE if scope == SIMULATOR_SCOPE else "api"


def _calibration(counter: str, model: str, measured: Iterable[Measured]) -> Calibration:
    found = calibrate(measured, model)
    return replace(found, ratio=1.0) if counter == SIMULATOR_SCOPE else found
