"""Origin: whether a receipt cost real money or was answered by the built-in simulator."""

from __future__ import annotations

from collections.abc import Iterable

from coldbyte.core.traffic.receipt import Receipt

SIMULATOR_SCOPE = "simulator"
"""The scope of the built-in simulator's prompt cache."""


def is_simulated(receipt: Receipt) -> bool:
    """Whether the built-in simulator answered; then no money was spent."""
    return receipt.scope == SIMULATOR_SCOPE


def by_origin(receipts: Iterable[Receipt]) -> tuple[tuple[Receipt, ...], tuple[Receipt, ...]]:
    """The receipts of the API and those of the simulator, each in the order given."""
    real: list[Receipt] = []
    simulated: list[Receipt] = []
    for receipt in receipts:
        (simulated if is_simulated(receipt) else real).append(receipt)
    return tuple(real), tuple(simulated)
