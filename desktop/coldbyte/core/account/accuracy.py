"""Accuracy: how close the forecasts were to the usage that came back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coldbyte.core.traffic.origin import is_simulated
from coldbyte.core.traffic.receipt import Receipt

LAST = 24
"""The newest forecasts of a model, of which median and large error are told."""

CLOSE = 5.0
"""Per cent of the prompt by which a forecast may be off and still count as having come true."""


@dataclass(frozen=True, slots=True)
class Miss:
    """How far a forecast was off, in per cent of the prompt as reported: tokens read, and all of them."""

    read: float
    input: float

    @property
    def close(self) -> bool:
        """Whether it went as forecast."""
        return max(self.read, self.input) <= CLOSE


@dataclass(frozen=True, slots=True)
class Accuracy:
    """The forecasts for one model, by the API or by the simulator. Errors are in per cent of the prompt.

    `close` of all `count` went as forecast; median and large error (90th percentile) are of the newest.
    """

    model: str
    simulated: bool
    count: int
    close: int
    read_median: float
    read_large: float
    input_median: float
    input_large: float

    @property
    def share(self) -> float:
        """The share that went as forecast, from 0 to 1."""
        return self.close / self.count


def miss_of(receipt: Receipt) -> Miss | None:
    """How far the forecast of a receipt was off; None where no prompt was reported."""
    prompt = receipt.usage.input
    if not prompt:
        return None
    read = abs(receipt.usage.read - receipt.forecast.read)
    whole = abs(prompt - receipt.forecast.input)
    return Miss(read * 100 / prompt, whole * 100 / prompt)


def accuracies(receipts: Iterable[Receipt]) -> tuple[Accuracy, ...]:
    """The accuracy for each model, apart for API and simulator: the API's first, models in order of name."""
    groups: dict[tuple[bool, str], list[Miss]] = {}
    for receipt in sorted(receipts, key=lambda receipt: receipt.started_at):
        miss = miss_of(receipt)
        if miss is not None:
            groups.setdefault((is_simulated(receipt), receipt.model), []).append(miss)
    return tuple(_accuracy(model, simulated, groups[simulated, model]) for simulated, model in sorted(groups))


def _accuracy(model: str, simulated: bool, misses: Sequence[Miss]) -> Accuracy:
    read = sorted(miss.read for miss in misses[-LAST:])
    whole = sorted(miss.input for miss in misses[-LAST:])
    return Accuracy(
        model,
        simulated,
        len(misses),
        sum(miss.close for miss in misses),
        *_middle_and_large(read),
        *_middle_and_large(whole),
    )


def _middle_and_large(ordered: Sequence[float]) -> tuple[float, float]:
    """The median and the 90th percentile as in `core.cache.calibration`: errors that occurred."""
    return ordered[(len(ordered) - 1) // 2], ordered[(len(ordered) * 9 - 1) // 10]
