"""Sheets for the tests of the money's view, made from receipts as the app makes them."""

from __future__ import annotations

from datetime import UTC

from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.flows.money_sheet import MoneyCase, money_sheet
from coldbyte.ui.money.money_sheet import MoneySheet
from core.traffic.made_receipt import CATALOGUE, NOON, asked, receipt, step

COLD = Usage(written_5m=100_000, uncached=10, output=100)
WARM = Usage(read=100_000, uncached=10, output=100)


def sheet_of(*receipts: Receipt, simulated: bool = False, now: float = NOON + 3600) -> MoneySheet:
    """The sheet of these receipts, an hour after noon."""
    return money_sheet(MoneyCase(receipts, CATALOGUE, now, "one", {}, simulated, None, UTC))


def busy(scope: str = "api") -> tuple[Receipt, ...]:
    """A cold exchange that was read, one that was wasted, and one that lost what was stored."""
    return (
        receipt(0, COLD, writes=(("a", 100_000, "5m"),), first_event_s=4.0, scope=scope),
        receipt(60, WARM, reads="a", stored=100_000, first_event_s=1.5, scope=scope),
        receipt(90, COLD, writes=(("b", 100_000, "5m"),), stored=100_000, first_event_s=4.0, scope=scope),
    )


def replayable(count: int = 20, gap_s: float = 60.0) -> tuple[Receipt, ...]:
    """Questions behind the same 10,000 tokens."""
    return tuple(
        asked(step("rules", 10_000, "5m"), step(f"question {n}", 10), at=n * gap_s) for n in range(count)
    )
