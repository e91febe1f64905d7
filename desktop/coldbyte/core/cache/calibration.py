"""Calibration: what the usage of earlier exchanges teaches about the next estimate.

The forecast may use it; the simulator counts without it, so that its usage depends on the request alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LAST = 24  # exchanges that count
_HALF_LIFE = 6  # exchanges after which one counts half
_LEAST, _MOST = 0.5, 2.0  # a ratio beyond is a mistake: another prompt, a tool that ran on the server


@dataclass(frozen=True, slots=True)
class Measured:
    """An exchange: the model, the tokens as estimated without calibration, those that were reported."""

    model: str
    estimated: int
    reported: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Reported tokens for each estimated one, learned from `count` exchanges.

    `median_error` and `large_error` (90th percentile) are in per cent, of what would have been said of each
    with what was known before it; None as long as nothing was reported.
    """

    ratio: float = 1.0
    count: int = 0
    median_error: float | None = None
    large_error: float | None = None

    def __call__(self, estimate: int) -> int:
        """An estimate, corrected."""
        return round(estimate * self.ratio)


UNCALIBRATED = Calibration()


def calibrated(tokens: Sequence[int], calibration: Calibration) -> tuple[int, ...]:
    """The tokens of blocks, corrected; rounded so that sums of the first ones are right, too."""
    found, upto, before = [], 0, 0
    for each in tokens:
        upto += each
        now = calibration(upto)
        found.append(now - before)
        before = now
    return tuple(found)


def calibrate(exchanges: Iterable[Measured], model: str) -> Calibration:
    """The calibration for a model out of its exchanges so far, the oldest first."""
    pairs = [
        (each.estimated, each.reported)
        for each in exchanges
        if each.model == model and each.estimated > 0 and each.reported > 0
    ][-_LAST:]
    if not pairs:
        return UNCALIBRATED
    errors = sorted(_error(pairs, number) for number in range(len(pairs)))
    return Calibration(
        _ratio(pairs), len(pairs), errors[(len(errors) - 1) // 2], errors[(len(errors) * 9 - 1) // 10]
    )


def _error(pairs: Sequence[tuple[int, int]], number: int) -> float:
    """How far off exchange `number` would have been forecast, in per cent."""
    estimated, reported = pairs[number]
    ratio = _ratio(pairs[:number]) if number else 1.0
    return abs(estimated * ratio / reported - 1) * 100


def _ratio(pairs: Sequence[tuple[int, int]]) -> float:
    """The weighted median of the ratios: one odd exchange moves it little, recent ones move it most."""
    weighed = sorted(
        (reported / estimated, 0.5 ** ((len(pairs) - 1 - number) / _HALF_LIFE))
        for number, (estimated, reported) in enumerate(pairs)
    )
    half = sum(weight for _, weight in weighed) / 2
    for ratio, weight in weighed:
        half -= weight
        if half <= 0:
            return min(max(ratio, _LEAST), _MOST)
    return 1.0
