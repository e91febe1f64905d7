"""What no byte of an exchange shows: the rules for captured requests, asked of every entry in play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, plan_request
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import Capture, Response, Route, provider_of, read_usage
from coldbyte.core.cause import Cause
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.json.value import Json
from coldbyte.core.rule.circumstance_rule import Trial, circumstance_causes, usage_causes
from coldbyte.core.verdict.reading import Reading

_OF_TIME = ("ttl-expired", "concurrent-cold-start")
_GONE = ("expired", "not_ready")  # fates of a breakpoint whose entry can't be read any more, or not yet


def capture_of(exchange: Exchange) -> Capture:
    """An exchange as the rules for captured requests take it."""
    response = None
    if exchange.usage is not None:
        fields = exchange.usage_fields or _fields_of(exchange.usage)
        response = Response(exchange.message_id, exchange.served_by, read_usage(fields), fields)
    return Capture(
        exchange.body,
        response,
        scope=exchange.scope,
        route=Route(provider=provider_of(exchange.message_id)),
        started_at=exchange.started_at,
        first_event_at=exchange.first_event_at,
        ended_at=exchange.ended_at,
    )


def circumstances(
    exchange: Exchange, insight: Insight, catalogue: Catalogue, reading: Reading
) -> tuple[Cause, ...]:
    """Why an entry that was stored is not read, though its bytes are the same.

    Time counts only where something was not read that could have been, had it been in time. An entry that
    nobody believed live any more was not missed because its request had only just ended. That another key has
    a prompt cache of its own is expected.
    """
    found: dict[str, Cause] = {}
    late = reading.less or reading.faded
    for trial in _trials(exchange, insight, catalogue):
        for cause in circumstance_causes(trial, catalogue):
            if cause.id in _OF_TIME and trial.before.body is not exchange.body and not late:
                continue
            if cause.id == "concurrent-cold-start" and cause.confidence != "high" and not reading.less:
                continue
            found.setdefault(cause.id, _expected(cause))
    return tuple(found.values())


def _expected(cause: Cause) -> Cause:
    """Whoever takes another key knows that it has a prompt cache of its own."""
    return replace(cause, severity="expected") if cause.id == "cache-scope-changed" else cause


def impossible_usage(exchange: Exchange, insight: Insight) -> tuple[Cause, ...]:
    """What usage says that can't be true of the request as it was sent."""
    plan = insight.forecast.plan
    at = exchange.started_at
    trial = Trial(capture_of(exchange), capture_of(exchange), insight.prefix, plan, plan, at, at)
    return tuple(usage_causes(trial, insight.forecast.minimum))


def gone_tokens(insight: Insight, reading: Reading, causes: Sequence[Cause]) -> int:
    """Tokens that had been stored and could not be read in time."""
    entries = [entry.tokens for entry in _gone_entries(insight)]
    if any(cause.id in _OF_TIME for cause in causes):
        entries.append(reading.left)
    return max(entries, default=0)


def _trials(exchange: Exchange, insight: Insight, catalogue: Catalogue) -> Iterator[Trial]:
    """The exchange against each entry that it should have read, and against the baseline."""
    after = capture_of(exchange)
    plan = insight.forecast.plan
    entries = sorted(_gone_entries(insight), key=lambda entry: -entry.tokens)
    for entry in [*entries, *([plan.hit] if plan.hit is not None else [])]:
        before = Capture(
            exchange.body,
            scope=exchange.scope,
            started_at=entry.started_at,
            first_event_at=entry.available_at,
        )
        stored = _only(entry, plan)
        yield Trial(before, after, insight.prefix, stored, plan, entry.started_at, exchange.started_at)
    baseline = insight.baseline
    if baseline is not None and baseline.usage is not None and baseline.usage.read + baseline.usage.written:
        yield Trial(
            capture_of(baseline),
            after,
            insight.prefix,
            _alone(baseline, catalogue),
            plan,
            baseline.started_at,
            exchange.started_at,
        )


def _gone_entries(insight: Insight) -> list[Entry]:
    fates = insight.forecast.fates
    return [fate.entry for fate in fates if fate.fate in _GONE and fate.entry is not None]


def _only(entry: Entry, plan: CachePlan) -> CachePlan:
    """The plan of a request that wrote just this entry."""
    points = [
        replace(point, ttl=entry.ttl, tokens=entry.tokens, where=entry.where, outcome="written")
        for point in plan.breakpoints[:1]
    ]
    return replace(plan, breakpoints=tuple(points), hit=None, kept=())


def _alone(baseline: Exchange, catalogue: Catalogue) -> CachePlan:
    """What the baseline would have written in an empty prompt cache."""
    tokens = block_tokens(baseline.prefix, catalogue.tokenizer(baseline.prefix.model))
    return plan_request(
        baseline.prefix,
        tokens,
        minimum=0,
        scope=baseline.scope,
        entries={},
        now=baseline.started_at,
        rules=CacheRules(),
    )


def _fields_of(usage: Usage) -> Mapping[str, Json]:
    """Usage as the API words it, where only the counts were kept."""
    return {
        "input_tokens": usage.uncached,
        "cache_read_input_tokens": usage.read,
        "cache_creation_input_tokens": usage.written,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.written_5m,
            "ephemeral_1h_input_tokens": usage.written_1h,
        },
        "output_tokens": usage.output,
    }
