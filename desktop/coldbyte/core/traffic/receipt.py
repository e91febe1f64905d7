"""A receipt: what one exchange, or one warming, did to the prompt cache, without any of its content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from coldbyte.core.cache.cache import CachePlan
from coldbyte.core.cache.calibration import Calibration, calibrated
from coldbyte.core.cache.forecast import Forecast
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.exchange import Exchange
from coldbyte.core.prefix.prefix import Prefix, Tier

Kind = Literal["question", "warming"]

MOST_STEPS = 2_000
"""Blocks of a prompt whose trail is kept; that of a longer one is empty."""


@dataclass(frozen=True, slots=True)
class Step:
    """One block of the prompt: the key of the prefix that ends with it, its tokens, its breakpoint.

    `key` depends on everything before the block and not on the account; `kind` is that of `PrefixBlock`.
    """

    key: bytes
    where: str
    tier: Tier
    kind: str
    tokens: int
    ttl: Ttl | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Measured facts of one request that was answered. Times are epoch seconds, `usage` is as reported.

    `forecast` is what was forecast at sending; `estimated` are the tokens of the prompt by the estimator
    alone, `stored` those that could have been read; `read_key` names the entry that was read, `written` those
    that were written (scoped keys of entries, with their tokens); `scope` names the prompt cache.
    """

    conversation: str
    kind: Kind
    model: str
    scope: str
    started_at: float
    usage: Usage
    forecast: Usage
    estimated: int = 0
    stored: int = 0
    first_event_s: float | None = None
    duration_s: float | None = None
    message_id: str | None = None
    read_key: bytes | None = None
    written: tuple[tuple[bytes, int, Ttl], ...] = ()
    trail: tuple[Step, ...] = ()

    @property
    def day(self) -> date:
        """The day by which it is priced, in UTC."""
        return datetime.fromtimestamp(self.started_at, UTC).date()

    @property
    def missed(self) -> int:
        """Tokens that could have been read and were not."""
        return max(min(self.stored, self.usage.input) - self.usage.read, 0)


def receipt_of(
    exchange: Exchange,
    prefix: Prefix,
    forecast: Forecast,
    plan: CachePlan,
    kind: Kind = "question",
) -> Receipt:
    """The receipt of an exchange with usage. `plan` is that of `forecast` as it went (`as_reported`).

    Token counts of parts are scaled to what was reported for the whole. Raise ValueError without usage.
    """
    usage = exchange.usage
    if usage is None:
        raise ValueError("without usage nothing was measured")
    planned = forecast.plan.usage
    scale = usage.input / planned.input if planned.input and usage.input else 1.0
    written = [point for point in plan.breakpoints if point.outcome == "written"]
    return Receipt(
        exchange.conversation,
        kind,
        prefix.model,
        exchange.scope,
        exchange.started_at,
        usage,
        planned,
        forecast.estimated,
        _stored(forecast, plan, usage, scale),
        exchange.first_event_after,
        exchange.duration,
        exchange.message_id,
        plan.hit.key if plan.hit else None,
        tuple((point.key, point.tokens, point.ttl) for point in written),
        _trail(prefix, forecast, scale),
    )


def _stored(forecast: Forecast, plan: CachePlan, usage: Usage, scale: float) -> int:
    """What could have been read. Where the forecast entry was read, the error of its count is no loss."""
    expected = forecast.plan.hit
    if expected is not None and plan.hit is not None and expected.key == plan.hit.key:
        return usage.read + round(forecast.missed * scale)
    return round(forecast.stored * scale)


def _trail(prefix: Prefix, forecast: Forecast, scale: float) -> tuple[Step, ...]:
    if len(prefix.blocks) > MOST_STEPS:
        return ()
    tokens = calibrated(forecast.tokens, Calibration(scale))
    return tuple(
        Step(key, block.where, block.tier, block.kind, count, block.ttl)
        for key, block, count in zip(prefix.keys, prefix.blocks, tokens, strict=True)
    )
