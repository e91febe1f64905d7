"""What the app keeps account of, and by which prices and clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.state.exchange_log import ExchangeLog
from coldbyte.state.ledger import Ledger
from coldbyte.state.receipt_book import ReceiptBook


@dataclass(frozen=True, slots=True)
class Books:
    """The exchanges of this run, the entries, the receipts; `clock` gives epoch seconds."""

    log: ExchangeLog
    ledger: Ledger
    receipts: ReceiptBook
    catalogue: Catalogue
    clock: Callable[[], float]
