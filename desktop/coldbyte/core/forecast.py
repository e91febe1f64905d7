"""The forecast: what the API will report if the draft is sent now, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from coldbyte.core.cache import CachePlan, CacheRules, Entry, plan_request
from coldbyte.core.catalogue import Catalogue
from coldbyte.core.money import Cost, cost_of
from coldbyte.core.prefix import Prefix
from coldbyte.core.tokens import block_tokens


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan with its price. `cost` is None where the model has no known price. Tokens are estimated.

    `stored` is the tokens of the baseline's largest live entry: what would be read if nothing had changed.
    `tokens` are those of each block of the prefix.
    """

    plan: CachePlan
    cost: Cost | None
    stored: int
    minimum: int | None
    tokens: tuple[int, ...] = ()

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
    tokens = block_tokens(prefix, model.tokenizer if model else "2026")
    minimum = model.minimum if model else None
    plan = _plan(prefix, tokens, minimum, circumstances)
    stored = _stored(baseline, catalogue, circumstances) if baseline else 0
    prices = None
    if model:
        day = datetime.fromtimestamp(circumstances.now, UTC).date()
        prices = model.prices_at(day, plan.usage.input)
    cached = max((point.tokens for point in plan.breakpoints if point.outcome != "below_minimum"), default=0)
    cost = cost_of(plan.usage, cached, stored, prices) if prices else None
    return Forecast(plan, cost, stored, minimum, tokens)


def _stored(baseline: Prefix, catalogue: Catalogue, circumstances: Circumstances) -> int:
    """Tokens that the baseline would read if it were sent again now."""
    model = catalogue.model(baseline.model)
    tokens = block_tokens(baseline, model.tokenizer if model else "2026")
    return _plan(baseline, tokens, model.minimum if model else None, circumstances).usage.read


def _plan(
    prefix: Prefix, tokens: tuple[int, ...], minimum: int | None, circumstances: Circumstances
) -> CachePlan:
    return plan_request(
        prefix,
        tokens,
        minimum=minimum or 0,
        scope=circumstances.scope,
        entries=circumstances.entries,
        now=circumstances.now,
        rules=circumstances.rules,
    )
