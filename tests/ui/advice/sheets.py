"""Sheets for the tests of the advice's view."""

from __future__ import annotations

from decimal import Decimal

from coldbyte.core.advice.stability import BlockUse
from coldbyte.ui.advice.advice_sheet import AdviceRow, AdviceSheet, Move

WORTH = AdviceRow("Caching pays", "The 12 requests observed cost $0.40.", "$1.20 per 100 requests")
PLACE = AdviceRow(
    "A better placement",
    "With a breakpoint behind document 1 (1 hour).",
    "saves $0.34",
    Decimal("0.34"),
    (("messages[0].content[0].source.data", "1h"),),
    (Move("the system prompt", "5m", None), Move("document 1", "5m", "1h")),
)
WARMING = AdviceRow("Warming is the cheaper way", "58 warmings.", "saves $0.10", Decimal("0.10"))
BLOCKS = (
    BlockUse("system[0].text", "the system prompt", 262, 262, 12, 11, 2, (None, 60.0), "too-short", "Short."),
    BlockUse(
        "messages[0].content[0].source.data", "document 1", 9000, 9262, 12, 9, 0, (None, 90.0), "deserves"
    ),
)


def sheet_of(*rows: AdviceRow) -> AdviceSheet:
    """A sheet with these cards."""
    return AdviceSheet(rows, BLOCKS, "From 12 real requests", {"s": "system[0].text"})
