"""Patience: the seconds that a warm prompt cache saves, from the request to the first event of the answer.

Warm and cold are compared within a model and a size of prompt, as the time to the first event grows with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from coldbyte.core.traffic.receipt import Receipt

_COLD, _WARM = 0.1, 0.9  # share of the prompt that was read


@dataclass(frozen=True, slots=True)
class Wait:
    """Prompts of one model from `least` to `most` tokens: how long they waited, in seconds.

    `cold_s` and `warm_s` are medians over `cold` and `warm` exchanges; None where there was none.
    """

    model: str
    least: int
    most: int
    cold: int
    warm: int
    cold_s: float | None
    warm_s: float | None

    @property
    def gain_s(self) -> float | None:
        """Seconds that a warm exchange saves; negative where it waited longer; None as long as unknown."""
        return None if self.cold_s is None or self.warm_s is None else self.cold_s - self.warm_s

    @property
    def saved_s(self) -> float | None:
        """Seconds that all warm exchanges saved; None as long as unknown."""
        return None if self.gain_s is None else self.gain_s * self.warm


@dataclass(frozen=True, slots=True)
class Patience:
    """All models and sizes. `unknown` warm exchanges have no cold one to be compared with."""

    waits: tuple[Wait, ...]

    @property
    def saved_s(self) -> float | None:
        """Seconds saved by the warm exchanges of which that is known; None where it is known of none."""
        known = [wait.saved_s for wait in self.waits if wait.saved_s is not None]
        return sum(known) if known else None

    @property
    def unknown(self) -> int:
        """Warm exchanges that are in no sum."""
        return sum(wait.warm for wait in self.waits if wait.saved_s is None)


def patience(receipts: Iterable[Receipt]) -> Patience:
    """What was waited. Warmings, exchanges that were neither cold nor warm, or not timed, are left out."""
    groups: dict[tuple[str, int], tuple[list[float], list[float]]] = {}
    for receipt in receipts:
        rate = receipt.usage.hit_rate
        if rate is None or receipt.first_event_s is None or receipt.kind == "warming":
            continue
        if not _COLD <= rate <= _WARM:
            size = receipt.usage.input.bit_length()
            cold, warm = groups.setdefault((receipt.model, size), ([], []))
            (warm if rate > _WARM else cold).append(receipt.first_event_s)
    return Patience(tuple(_wait(model, size, *groups[model, size]) for model, size in sorted(groups)))


def _wait(model: str, size: int, cold: list[float], warm: list[float]) -> Wait:
    return Wait(
        model,
        1 << (size - 1),
        (1 << size) - 1,
        len(cold),
        len(warm),
        median(cold) if cold else None,
        median(warm) if warm else None,
    )
