"""Calibration: what the usage of earlier exchanges teaches about the next estimate.

The forecast may use it; the simulator counts without it, so that its usage depends on the request alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from coldbyte.core.cache.cache import CachePlan
from coldbyte.core.cache.usage import Usage
from coldbyte.core.prefix.prefix import Prefix

LAST = 24
"""Exchanges of a model that count."""
MOST_KNOWN = 10_000
"""Prefixes whose tokens are remembered, for each kind of counter; the newest stay."""

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


@dataclass(frozen=True, slots=True)
class Known:
    """The tokens of one prefix, as usage or the count_tokens endpoint told: that many more than estimated."""

    more: int
    how: Literal["measured", "counted"]


@dataclass(frozen=True, slots=True)
class Experience:
    """What was learned of token counts: `known` by the key of a prefix, `models` for all the rest."""

    models: Mapping[str, Calibration] = field(default_factory=dict)
    known: Mapping[bytes, Known] = field(default_factory=dict)

    def calibration(self, model: str) -> Calibration:
        """What the exchanges of a model taught."""
        return self.models.get(model, UNCALIBRATED)


NO_EXPERIENCE = Experience()


def weighed(prefix: Prefix, estimated: Sequence[int], experience: Experience) -> tuple[int, ...]:
    """The tokens of each block of a prefix, whose estimates are corrected by what is known of its beginnings.

    Sums up to a block that is known are exactly as known; blocks behind it are calibrated.
    """
    calibration = experience.calibration(prefix.model)
    known = [experience.known.get(key) for key in prefix.keys]
    upto = list(accumulate(estimated))
    most = _most(upto, known)
    found, total, base, raw_base = [], 0, 0, 0
    for raw, told, limit in zip(upto, known, most, strict=True):
        if told is not None:
            base, raw_base = raw + told.more, raw
        now = min(max(base + calibration(raw - raw_base), total), limit)
        found.append(now - total)
        total = now
    return tuple(found)


def _most(upto: Sequence[int], known: Sequence[Known | None]) -> list[int]:
    """The most tokens up to each block: not more than are known up to a later one."""
    most, limit = [], 2**63
    for raw, told in zip(reversed(upto), reversed(known), strict=True):
        if told is not None:
            limit = min(limit, max(raw + told.more, 0))
        most.append(limit)
    return most[::-1]


def lessons(prefix: Prefix, estimated: Sequence[int], plan: CachePlan, usage: Usage) -> dict[bytes, Known]:
    """What usage tells of a prefix, by key: the tokens of all of it, and of what was cached.

    `plan` is the one that went as reported. Empty where usage counts something else than the request.
    """
    upto = list(accumulate(estimated))
    if not upto or not _LEAST <= usage.input / max(upto[-1], 1) <= _MOST:
        return {}
    told = {len(upto) - 1: usage.input}
    cached = [point.index for point in plan.breakpoints if point.outcome != "below_minimum"]
    if cached and usage.read + usage.written:
        told.setdefault(max(cached), usage.read + usage.written)
    return {prefix.keys[index]: Known(tokens - upto[index], "measured") for index, tokens in told.items()}


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
    ][-LAST:]
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
