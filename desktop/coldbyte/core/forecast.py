"""The forecast: what the API will report if the draft is sent now, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from coldbyte.core.cache import CachePlan, CacheRules, Entry, plan_request
from coldbyte.core.catalogue import Catalogue, Model
from coldbyte.core.money import Cost, cost_of
from coldbyte.core.prefix import Prefix
from coldbyte.core.tokens import block_tokens


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan with its price. `cost` is None where the model has no known price. Tokens are estimated.

    `stored` is what the baseline would read if it were sent again now: what a break can lose.
    `tokens` are those of each block of the prefix.
    """

    plan: CachePlan
    cost: Cost | None
    stored: int
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
    stored = 0
    if baseline is not None:
        stored = _plan(baseline, catalogue.model(baseline.model), circumstances)[1].usage.read
    prices = None
    if model:
        day = datetime.fromtimestamp(circumstances.now, UTC).date()
        prices = model.prices_at(day, plan.usage.input)
    cached = max((point.tokens for point in plan.breakpoints if point.outcome != "below_minimum"), default=0)
    cost = cost_of(plan.usage, cached, stored, prices) if prices else None
    return Forecast(plan, cost, stored, model.minimum if model else None, tokens)


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
