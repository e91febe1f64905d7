"""A run of exchanges summed up: what was read of all, what it cost and saved, and which one lost most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.query import HistoryRow


@dataclass(frozen=True, slots=True)
class RunSummary:
    """`read` of `input` tokens came from the prompt cache. `spent`, `saved` (net, perhaps negative) and
    `lost` are USD, of those exchanges whose price is known. `culprit` lost most; None where nothing was lost.
    """

    count: int = 0
    read: int = 0
    input: int = 0
    spent: Decimal = Decimal(0)
    saved: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    culprit: HistoryRow | None = None

    @property
    def hit_rate(self) -> float | None:
        """Read tokens among all of the input, 0 to 1; None where nothing was sent."""
        return self.read / self.input if self.input else None


def summary_of(rows: Sequence[HistoryRow], catalogue: Catalogue) -> RunSummary:
    """Sum rows up; each is priced by its own date."""
    usages = [row.usage for row in rows if row.usage is not None]
    lossy = [row for row in rows if row.lost]
    return RunSummary(
        len(rows),
        sum(usage.read for usage in usages),
        sum(usage.input for usage in usages),
        sum((row.price for row in rows if row.price is not None), Decimal(0)),
        sum((_saved(row, catalogue) for row in rows), Decimal(0)),
        sum((row.lost or Decimal(0) for row in lossy), Decimal(0)),
        max(lossy, key=lambda row: (row.lost or Decimal(0), row.id), default=None),
    )


def _saved(row: HistoryRow, catalogue: Catalogue) -> Decimal:
    """What the same would have cost more without caching. Nobody would have sent a warming, which has no
    output.
    """
    usage = row.usage
    if usage is None or row.price is None or row.started_at is None:
        return Decimal(0)
    if not usage.output:
        return -row.price
    prices = catalogue.prices(row.model, row.started_at, usage.input)
    if prices is None:
        return Decimal(0)
    return price_of(Usage(uncached=usage.input, output=usage.output), prices) - row.price
