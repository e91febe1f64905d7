"""Rows for the tests of the ledger's view."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from coldbyte.core.cache.cache import LIFETIME_S, Entry
from coldbyte.core.draft import Ttl
from coldbyte.core.warming.warming import Caps
from coldbyte.ui.ledger.ledger_row import LedgerRow, ScheduleRow

NOW = 1_795_435_200.0

SCHEDULE = ScheduleRow(
    running=True,
    spent=Decimal("0.0092"),
    count=2,
    caps=Caps(Decimal("0.11"), 11, NOW + 3000),
    next_at=NOW + 221,
)
STOPPED = replace(SCHEDULE, running=False, next_at=None, reason="The time limit is reached.")


def entry(number: int = 1, *, left: float = 252, ttl: Ttl = "5m") -> Entry:
    """An entry with so many seconds left to live."""
    start = NOW + left - LIFETIME_S[ttl]
    return Entry(
        bytes([number]) * 16, "claude-sonnet-5-5", "test", 22_861, ttl, "system[0]", start, start + 1
    )


def row(number: int = 1, *, left: float = 252, ttl: Ttl = "5m", **changes: object) -> LedgerRow:
    """A row that can be warmed."""
    made = LedgerRow(
        entry(number, left=left, ttl=ttl),
        f"Behind document {number} (“gdpr.txt”)",
        "Claude Sonnet 5.5",
        f"written by exchange {number} at 20:14:05",
        warm_price=Decimal("0.0046"),
        miss_price=Decimal("0.0531"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]
