"""The forecast: what the API will report if the draft is sent now, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from coldbyte.core.cache.breakpoint_fate import BreakpointFate, fates_of
from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, plan_request
from coldbyte.core.cache.calibration import NO_EXPERIENCE, Experience, weighed
from coldbyte.core.cache.catalogue import Catalogue, Model
from coldbyte.core.cache.money import Cost, cost_of, price_of
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.prefix.prefix import Prefix

How = Literal["measured", "counted", "calibrated", "estimated"]


@dataclass(frozen=True, slots=True)
class Forecast:
    """A plan with its price. `cost` is None where the model has no known price.

    `stored` is what the baseline would read if it were sent again now: what a break can lose; `unchanged` is
    what that would cost in USD. `tokens` are those of each block of the prefix, `estimated` what all of them
    would be by the estimator alone; `how` tells what the tokens of the whole prompt rest on.
    """

    plan: CachePlan
    cost: Cost | None
    stored: int
    unchanged: Decimal | None
    minimum: int | None
    tokens: tuple[int, ...]
    estimated: int = 0
    how: How = "estimated"
    fates: tuple[BreakpointFate, ...] = ()

    @property
    def missed(self) -> int:
        """Tokens that lie in the cache and will not be read."""
        return max(self.stored - self.plan.usage.read, 0)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a forecast depends on besides the prompt. `now` is in epoch seconds.

    `experience` is what earlier answers taught about token counts; `origins` names, by the key of an entry,
    the exchange that wrote it.
    """

    entries: Mapping[bytes, Entry]
    scope: str
    now: float
    rules: CacheRules = field(default_factory=CacheRules)
    experience: Experience = NO_EXPERIENCE
    origins: Mapping[bytes, int] = field(default_factory=dict)


def forecast(
    prefix: Prefix, baseline: Prefix | None, catalogue: Catalogue, circumstances: Circumstances
) -> Forecast:
    """Forecast a request that starts now. Of an unknown model the minimum counts as 0, and it has no cost."""
    model = catalogue.model(prefix.model)
    estimated = block_tokens(prefix, catalogue.tokenizer(prefix.model))
    tokens = weighed(prefix, estimated, circumstances.experience)
    plan = _plan(prefix, tokens, model, circumstances)
    stored, unchanged = 0, None
    if baseline is not None:
        usage = _resent(baseline, catalogue, circumstances).usage
        old_prices = catalogue.prices(baseline.model, circumstances.now, usage.input)
        stored, unchanged = usage.read, price_of(usage, old_prices) if old_prices else None
    prices = catalogue.prices(prefix.model, circumstances.now, plan.usage.input)
    cached = max((point.tokens for point in plan.breakpoints if point.outcome != "below_minimum"), default=0)
    return Forecast(
        plan,
        cost_of(plan.usage, cached, stored, prices) if prices else None,
        stored,
        unchanged,
        model.minimum if model else None,
        tokens,
        sum(estimated),
        _how(prefix, circumstances.experience),
        fates_of(
            prefix,
            plan,
            baseline,
            stored,
            circumstances.entries,
            circumstances.now,
            circumstances.origins,
        ),
    )


def _how(prefix: Prefix, experience: Experience) -> How:
    known = experience.known.get(prefix.keys[-1]) if prefix.keys else None
    if known is not None:
        return known.how
    return "calibrated" if experience.calibration(prefix.model).count else "estimated"


def _resent(baseline: Prefix, catalogue: Catalogue, circumstances: Circumstances) -> CachePlan:
    """What the baseline would do if it were sent again."""
    estimated = block_tokens(baseline, catalogue.tokenizer(baseline.model))
    tokens = weighed(baseline, estimated, circumstances.experience)
    return _plan(baseline, tokens, catalogue.model(baseline.model), circumstances)


def _plan(
    prefix: Prefix, tokens: tuple[int, ...], model: Model | None, circumstances: Circumstances
) -> CachePlan:
    """What the request reads and writes."""
    return plan_request(
        prefix,
        tokens,
        minimum=(model.minimum if model else None) or 0,
        scope=circumstances.scope,
        entries=circumstances.entries,
        now=circumstances.now,
        rules=circumstances.rules,
    )
