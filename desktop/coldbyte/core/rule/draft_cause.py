"""All causes of a draft: what differs from the baseline, its set-up, its reach, and what no body shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import plan_request
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.forecast import Circumstances, Forecast
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.capture import Capture
from coldbyte.core.cause import Cause
from coldbyte.core.diagnostics import FIELD as DIAGNOSTICS
from coldbyte.core.exchange import Exchange
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.marker import Marker, markers_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.rule.circumstance_rule import Trial, circumstance_causes
from coldbyte.core.rule.explain import Explanation
from coldbyte.core.rule.harmless_rule import harmless_causes
from coldbyte.core.rule.reach_rule import reach_causes
from coldbyte.core.rule.set_up_rule import set_up_causes
from coldbyte.core.rule.validity import refusals


@dataclass(frozen=True, slots=True)
class Situation:
    """A draft as it would be sent now, and what the prompt cache would do with it."""

    body: RequestBody
    prefix: Prefix
    forecast: Forecast
    catalogue: Catalogue
    circumstances: Circumstances


def draft_causes(
    situation: Situation,
    baseline: Exchange | None,
    comparison: Comparison | None,
    explanation: Explanation | None,
) -> tuple[tuple[Cause, ...], tuple[Cause, ...]]:
    """Causes and harmless differences, both in cache order; what no body shows stands last.

    The work follows the number of blocks and not the length of their texts.
    """
    markers = markers_of(situation.body)
    found = list(_set_up(situation, markers, baseline))
    harmless: list[Cause] = []
    if baseline is not None and comparison is not None and explanation is not None:
        found += [*explanation.causes, *_reach(situation, markers, baseline, comparison)]
        outside = harmless_causes(baseline.body, situation.body)
        # Each request names the one before it, which nobody wrote into the draft.
        harmless += [*explanation.harmless, *(cause for cause in outside if cause.where != DIAGNOSTICS)]
    harmless += [cause for cause in found if cause.severity == "info"]
    found = sorted((cause for cause in found if cause.severity != "info"), key=_order)
    if baseline is not None:
        found += _circumstances(situation, baseline)
    return tuple(found), tuple(harmless)


def _set_up(situation: Situation, markers: Sequence[Marker], baseline: Exchange | None) -> Iterator[Cause]:
    """What the draft shows by itself."""
    model = situation.catalogue.model(situation.prefix.model)
    yield from set_up_causes(
        situation.body,
        situation.prefix,
        model,
        datetime.fromtimestamp(situation.circumstances.now, UTC).date(),
        markers=markers,
        before=baseline.prefix if baseline else None,
        offered=situation.catalogue.offered,
    )
    yield from refusals(situation.body, model, None)


def _reach(
    situation: Situation, markers: Sequence[Marker], baseline: Exchange, comparison: Comparison
) -> Iterator[Cause]:
    """Breakpoints that do not lead to what the baseline stored, where something is missed by that.

    What differs each time is told by the causes of the difference.
    """
    forecast = situation.forecast
    for cause in reach_causes(
        comparison,
        baseline.markers,
        markers,
        tokens=forecast.tokens,
        minimum=forecast.minimum or 0,
        rules=situation.circumstances.rules,
    ):
        missed = forecast.missed or cause.severity != "loss"
        if missed and cause.id != "breakpoint-on-volatile-block":
            yield cause


def _circumstances(situation: Situation, baseline: Exchange) -> Sequence[Cause]:
    """Time or another prompt cache, where nothing is left to read of what the baseline stored."""
    usage, circumstances = baseline.usage, situation.circumstances
    if usage is None or not usage.read + usage.written or situation.forecast.stored:
        return []
    stored = plan_request(
        baseline.prefix,
        block_tokens(baseline.prefix, situation.catalogue.tokenizer(baseline.prefix.model)),
        minimum=0,
        scope=baseline.scope,
        entries={},
        now=baseline.started_at,
        rules=circumstances.rules,
    )
    before = Capture(baseline.body, scope=baseline.scope, started_at=baseline.started_at)
    after = Capture(situation.body, scope=circumstances.scope, started_at=circumstances.now)
    plan = situation.forecast.plan
    trial = Trial(before, after, situation.prefix, stored, plan, baseline.started_at, circumstances.now)
    return list(circumstance_causes(trial, situation.catalogue))


def _order(cause: Cause) -> int:
    return cause.cache_byte
