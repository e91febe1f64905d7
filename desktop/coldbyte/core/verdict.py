"""The verdict: what an exchange did to the prompt cache and why, from its usage and our comparison."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from coldbyte.core.cause import Cause
from coldbyte.core.catalogue import Catalogue
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.money import cost_of, dollars, price_of
from coldbyte.core.usage import Usage

Effect = Literal["hit", "partial", "miss", "first", "none"]

_TOLERANCE = 0.05  # of a token estimate; causes §2, order of evaluation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an exchange. `effect`: `first` wrote with nothing to read, `none` left nothing in the cache.

    `agrees` says whether usage is as the forecast had it, within 5 % of the prompt; `lost` and `price` are USD.
    """

    effect: Effect
    say: str
    causes: tuple[Cause, ...]
    usage: Usage
    agrees: bool
    price: Decimal | None
    lost: Decimal | None


def judge(exchange: Exchange, insight: Insight, catalogue: Catalogue) -> Verdict | None:
    """Weigh usage against what was known at sending; None where no usage came back."""
    usage = exchange.usage
    if usage is None:
        return None
    effect = _effect(usage, insight)
    causes = insight.explanation.causes if effect in ("miss", "partial") and insight.explanation else ()
    price, lost = _money(exchange, usage, insight, catalogue)
    predicted = insight.forecast.plan.usage.read
    agrees = abs(predicted - usage.read) <= max(usage.input * _TOLERANCE, 1)
    return Verdict(effect, _say(effect, usage, causes, lost, insight), causes, usage, agrees, price, lost)


def _effect(usage: Usage, insight: Insight) -> Effect:
    stored = insight.forecast.stored
    if not usage.read and not usage.written:
        return "none"
    if not stored:
        return "hit" if usage.read else "first"
    if usage.read >= stored * (1 - _TOLERANCE):
        return "hit"
    return "partial" if usage.read else "miss"


def _money(
    exchange: Exchange, usage: Usage, insight: Insight, catalogue: Catalogue
) -> tuple[Decimal | None, Decimal | None]:
    """Price and loss at the prices of the day on which the request started."""
    model = catalogue.model(insight.prefix.model)
    day = datetime.fromtimestamp(exchange.started_at, UTC).date()
    prices = model.prices_at(day, usage.input) if model else None
    if prices is None:
        return None, None
    cost = cost_of(usage, usage.read + usage.written, insight.forecast.stored, prices)
    return price_of(usage, prices), cost.lost


def _say(
    effect: Effect, usage: Usage, causes: tuple[Cause, ...], lost: Decimal | None, insight: Insight
) -> str:
    match effect:
        case "hit":
            return f"Hit: {usage.read:,} tokens were read from the prompt cache."
        case "first":
            return _say_first(usage, insight)
        case "none":
            return _say_none(insight)
    cold = max(insight.forecast.stored - usage.read, 0)
    price = f": {dollars(lost)} lost" if lost else ""
    if causes:
        return f"{causes[0].say} This turned {cold:,} tokens cold{price}."
    return (
        f"{cold:,} tokens were not read{price}, and nothing in the request explains it; "
        "the copy was probably gone on the server."
    )


def _say_first(usage: Usage, insight: Insight) -> str:
    if insight.baseline is None:
        return f"First request: {usage.written:,} tokens were written, and the next one can read them."
    return (
        f"No entry was alive any more: {usage.written:,} tokens were written again. "
        "An entry lives 5 minutes, or 1 hour if its breakpoint says so, from the start of the last request that used it."
    )


def _say_none(insight: Insight) -> str:
    if not insight.prefix.breakpoints:
        return "The request has no breakpoint, so nothing was read from the prompt cache or written to it."
    minimum = insight.forecast.minimum
    least = f" of {minimum:,} tokens" if minimum else ""
    return f"Nothing was cached: the part before the breakpoint is shorter than the model's minimum{least}."
