"""The verdict: what an exchange did to the prompt cache and why, from its usage and our comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from coldbyte.core.cache.cache import CacheRules
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.money import cost_of, dollars, price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.cause import Cause
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight

Effect = Literal["hit", "partial", "miss", "first", "none"]

_TOLERANCE = 0.05  # of a token estimate; causes §2, order of evaluation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an exchange. `effect`: `first` had nothing to read, `none` neither read nor wrote.

    `agrees` says whether as much was read as forecast, within 5 % of the prompt; `lost` and `price` are USD.
    """

    effect: Effect
    say: str
    causes: tuple[Cause, ...]
    usage: Usage
    agrees: bool
    price: Decimal | None
    lost: Decimal | None


@dataclass(frozen=True, slots=True)
class _Expected:
    """The forecast in measured tokens: `stored` could be read, `read` would be, `marked` lie before the last
    breakpoint.
    """

    stored: int
    read: int
    marked: int


def judge(exchange: Exchange, insight: Insight, catalogue: Catalogue) -> Verdict | None:
    """Weigh usage against what was known at sending; None where no usage came back."""
    usage = exchange.usage
    if usage is None:
        return None
    expected = _expected(usage, insight)
    effect = _effect(usage, expected)
    is_loss = effect in ("miss", "partial")
    causes = insight.explanation.causes if is_loss and insight.explanation else ()
    price, lost = _money(exchange, usage, expected.stored if is_loss else 0, insight, catalogue)
    agrees = abs(expected.read - usage.read) <= max(usage.input * _TOLERANCE, 1)
    match effect:
        case "hit":
            say = f"Hit: {usage.read:,} tokens were read from the prompt cache."
        case "first":
            say = _say_first(exchange, usage, insight)
        case "none":
            say = _say_none(expected, insight)
        case _:
            say = _say_loss(usage, expected, causes, lost)
    return Verdict(effect, say, causes, usage, agrees, price, lost)


def _expected(usage: Usage, insight: Insight) -> _Expected:
    """The forecast, corrected by how far off its estimate of this very prompt was."""
    plan = insight.forecast.plan
    scale = usage.input / plan.usage.input if plan.usage.input else 1.0
    marked = max((point.tokens for point in plan.breakpoints), default=0)
    return _Expected(
        round(insight.forecast.stored * scale), round(plan.usage.read * scale), round(marked * scale)
    )


def _effect(usage: Usage, expected: _Expected) -> Effect:
    if not usage.read and not usage.written:
        return "none"
    if not expected.stored:
        return "hit" if usage.read else "first"
    as_forecast_lost = abs(usage.read - expected.read) < abs(usage.read - expected.stored)
    if usage.read >= expected.stored * (1 - _TOLERANCE) and not as_forecast_lost:
        return "hit"
    return "partial" if usage.read else "miss"


def _money(
    exchange: Exchange, usage: Usage, stored: int, insight: Insight, catalogue: Catalogue
) -> tuple[Decimal | None, Decimal | None]:
    """Price and loss at the prices of the day on which the request started."""
    model = catalogue.model(insight.prefix.model)
    day = datetime.fromtimestamp(exchange.started_at, UTC).date()
    prices = model.prices_at(day, usage.input) if model else None
    if prices is None:
        return None, None
    cost = cost_of(usage, usage.read + usage.written, stored, prices)
    return price_of(usage, prices), cost.lost


def _say_loss(usage: Usage, expected: _Expected, causes: tuple[Cause, ...], lost: Decimal | None) -> str:
    cold = max(expected.stored - usage.read, 0)
    price = f": {dollars(lost)} lost" if lost else ""
    if causes:
        return f"{causes[0].say} This turned {cold:,} tokens cold{price}."
    if expected.read < expected.stored * (1 - _TOLERANCE):
        return (
            f"{cold:,} tokens were not read{price}: they lay in the prompt cache, and no breakpoint of the "
            f"request leads to them. A breakpoint reaches {CacheRules().lookback} positions back, itself "
            "included."
        )
    return (
        f"{cold:,} tokens were not read{price}, and nothing in the request explains it; "
        "the copy was probably gone on the server."
    )


def _say_first(exchange: Exchange, usage: Usage, insight: Insight) -> str:
    before = insight.baseline
    if before is None or before.scope != exchange.scope:
        return f"First request: {usage.written:,} tokens were written, and the next one can read them."
    if before.usage is None or not (before.usage.read or before.usage.written):
        return f"The request before stored nothing; {usage.written:,} tokens were written now."
    return (
        f"No entry was alive any more: {usage.written:,} tokens were written again. An entry lives "
        "5 minutes, or 1 hour if its breakpoint says so, from the start of the last request that used it."
    )


def _say_none(expected: _Expected, insight: Insight) -> str:
    if not insight.prefix.breakpoints:
        return "The request has no breakpoint, so nothing was read from the prompt cache or written to it."
    minimum = insight.forecast.minimum
    if minimum is None or expected.marked > minimum * (1 + _TOLERANCE):
        return "Nothing was read from the prompt cache or written to it, and the request does not explain it."
    return (
        "Nothing was cached: the part before the breakpoint is shorter than the model's minimum "
        f"of {minimum:,} tokens."
    )
