"""The forecast: what the API will report if the draft is sent now, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, plan_request
from coldbyte.core.cache.catalogue import Catalogue, Model, Prices
from coldbyte.core.cache.money import Cost, cost_of, price_of
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.prefix.prefix import Prefix


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan with its price. `cost` is None where the model has no known price. Tokens are estimated.

    `stored` is what the baseline would read if it were sent again now: what a break can lose; `unchanged` is
    what that would cost in USD.
    `tokens` are those of each block of the prefix.
    """

    plan: CachePlan
    cost: Cost | None
    stored: int
    unchanged: Decimal | None
    minimum: int | None
    tokens: tuple[int, ...]

    @property
    def missed(self) -> int:
        """Tokens that lie in the cache and will not be read."""
        return max(self.stored - self.plan.usage.read, 0)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a forecast depends on besides the prompt. `now` is in epoch seconds."""

    entries: Mapping[bytes, Entry]
    scope: str
    now: float
    rules: CacheRules = field(default_factory=CacheRules)


def forecast(
    prefix: Prefix, baseline: Prefix | None, catalogue: Catalogue, circumstances: Circumstances
) -> Forecast:
    """Forecast a request that starts now. Of an unknown model the minimum counts as 0, and it has no cost."""
    model = catalogue.model(prefix.model)
    tokens, plan = _plan(prefix, model, circumstances)
    stored, unchanged = 0, None
    if baseline is not None:
        old_model = catalogue.model(baseline.model)
        usage = _plan(baseline, old_model, circumstances)[1].usage
        old_prices = _prices(old_model, usage, circumstances.now)
        stored, unchanged = usage.read, price_of(usage, old_prices) if old_prices else None
    prices = _prices(model, plan.usage, circumstances.now)
    cached = max((point.tokens for point in plan.breakpoints if point.outcome != "below_minimum"), default=0)
    cost = cost_of(plan.usage, cached, stored, prices) if prices else None
    return Forecast(plan, cost, stored, unchanged, model.minimum if model else None, tokens)


def _prices(model: Model | None, usage: Usage, now: float) -> Prices | None:
    """What holds on the day for a prompt of this size."""
    return model.prices_at(datetime.fromtimestamp(now, UTC).date(), usage.input) if model else None


def _plan(
    prefix: Prefix, model: Model | None, circumstances: Circumstances
) -> tuple[tuple[int, ...], CachePlan]:
    """The tokens of each block, and what the request reads and writes."""
    tokens = block_tokens(prefix, model.tokenizer if model else "2026")
    plan = plan_request(
        prefix,
        tokens,
        minimum=(model.minimum if model else None) or 0,
        scope=circumstances.scope,
        entries=circumstances.entries,
        now=circumstances.now,
        rules=circumstances.rules,
    )
    return tokens, plan
