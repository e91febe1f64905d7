"""The ledger: the entries that a client believes live, kept in step with what it sends and what usage tells.

The API gives no list of its entries. Usage has the last word: what should have been read and was not is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from coldbyte.core.cache.cache import BreakpointPlan, CachePlan, Entry, Outcome, changes
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl

KEPT_S = 86_400
"""Seconds for which an entry that has ended is remembered, so that one can say that it expired."""

_TOLERANCE = 0.05  # of a token estimate (causes §2, order of evaluation)


def begin(entries: Mapping[bytes, Entry], plan: CachePlan, *, started_at: float) -> dict[bytes, Entry]:
    """The entries when the request of `plan` starts: what it reads lives from then on (§2.1 rule 9)."""
    return {**entries, **changes(entries, plan, started_at=started_at, available_at=None)}


def finish(
    entries: Mapping[bytes, Entry],
    plan: CachePlan,
    usage: Usage | None,
    *,
    started_at: float,
    available_at: float,
) -> dict[bytes, Entry]:
    """The entries when the response of `plan` has begun: those it wrote, with the tokens that usage tells.

    Without usage the plan is believed. Long ended entries go.
    """
    believed = {key: entry for key, entry in entries.items() if entry.expires_at > started_at - KEPT_S}
    if usage is not None:
        for entry in _gone(believed, plan, usage):
            del believed[entry.key]
        plan = as_reported(believed, plan, usage)
    found = believed | changes(believed, plan, started_at=started_at, available_at=available_at)
    measured = {entry.key: replace(found[entry.key], tokens=entry.tokens) for entry in plan.kept}
    return found | measured


def take_back(
    entries: Mapping[bytes, Entry], before: Mapping[bytes, Entry], *, started_at: float
) -> dict[bytes, Entry]:
    """The entries when the request that began at `started_at` was refused, and so has read nothing.

    `before` are those that it touched, as they were; what another request has used since stays.
    """
    back = {
        key: entry
        for key, entry in before.items()
        if key in entries and entries[key].started_at == started_at
    }
    return {**entries, **back}


def as_reported(entries: Mapping[bytes, Entry], plan: CachePlan, usage: Usage) -> CachePlan:
    """The plan as it went: what was read by the tokens that were read, each count as measured.

    A prefix that was read and that no known entry holds was written by somebody else: it counts as 5m. So
    does all that was written where usage tells of 5m writes only, whatever was asked for.
    """
    if replace(usage, output=plan.usage.output) == plan.usage:
        return plan
    hit = _hit(entries, plan, usage)
    scale = _scale(plan, hit, usage)
    points = []
    for point in plan.breakpoints:
        point = replace(point, tokens=round(point.tokens * scale))
        short = usage.written_5m and not usage.written_1h
        ttl: Ttl = "5m" if short else point.ttl
        points.append(replace(point, outcome=_outcome(point, hit, usage), ttl=ttl))
    if usage.written and points and not any(point.outcome == "written" for point in points):
        points[-1] = replace(points[-1], outcome="written")
    return replace(plan, usage=usage, hit=hit, breakpoints=tuple(points), kept=_kept(plan, hit))


def _scale(plan: CachePlan, hit: Entry | None, usage: Usage) -> float:
    """Reported tokens for each planned one, by the last breakpoint up to which something was cached."""
    points = [point for point in plan.breakpoints if point.outcome != "below_minimum"]
    if not usage.written:
        points = [point for point in points if hit is not None and point.key == hit.key]
    last = max((point.tokens for point in points), default=0)
    return (usage.read + usage.written) / last if last else 1.0


def _agrees(planned: int, reported: int) -> bool:
    return abs(planned - reported) <= max(reported * _TOLERANCE, 1)


def _candidates(entries: Mapping[bytes, Entry], plan: CachePlan) -> Iterator[Entry]:
    """What the request could have read, as far as the plan knows."""
    if plan.hit is not None and plan.hit.key in entries:
        yield plan.hit
    for point in plan.breakpoints:
        entry = entries.get(point.key)
        if entry is not None and (plan.hit is None or entry.key != plan.hit.key):
            yield entry


def _gone(entries: Mapping[bytes, Entry], plan: CachePlan, usage: Usage) -> list[Entry]:
    """The entry that should have been read, where less was; longer ones would have been read first."""
    if plan.hit is None or usage.read >= plan.hit.tokens * (1 - _TOLERANCE):
        return []
    return [
        entry
        for entry in _candidates(entries, plan)
        if entry.tokens > usage.read and not _agrees(entry.tokens, usage.read)
    ]


def _hit(entries: Mapping[bytes, Entry], plan: CachePlan, usage: Usage) -> Entry | None:
    """The entry that was read: the one that holds as many tokens.

    Where nothing was written beside, it is the one at the last breakpoint (§2.3), however far off its count.
    """
    if not usage.read:
        return None
    near = [entry for entry in _candidates(entries, plan) if _agrees(entry.tokens, usage.read)]
    if near:
        return replace(min(near, key=lambda entry: abs(entry.tokens - usage.read)), tokens=usage.read)
    scale = usage.input / plan.usage.input if plan.usage.input else 1.0
    off = {point: abs(point.tokens * scale - usage.read) for point in plan.breakpoints}
    points = [point for point in off if _agrees(round(point.tokens * scale), usage.read)]
    point = min(points, key=lambda each: off[each], default=None)
    if not usage.written:
        point = next((each for each in reversed(plan.breakpoints) if each.outcome != "below_minimum"), point)
    if point is None:
        return None
    known = entries.get(point.key)
    if known is not None:
        return replace(known, tokens=usage.read)
    return Entry(point.key, plan.model, plan.scope, usage.read, "5m", point.where, 0.0, 0.0)


def _kept(plan: CachePlan, hit: Entry | None) -> tuple[Entry, ...]:
    """What lives anew: the hit, and what the plan keeps beside it where it went as planned."""
    if hit is None:
        return ()
    beside = plan.kept[1:] if plan.hit is not None and plan.hit.key == hit.key else ()
    own = plan.kept[0] if beside or (plan.kept and plan.kept[0].key == hit.key) else hit
    return (replace(own, tokens=hit.tokens), *beside)


def _outcome(point: BreakpointPlan, hit: Entry | None, usage: Usage) -> Outcome:
    if point.outcome == "below_minimum":
        return "below_minimum"
    if hit is not None and point.key == hit.key:
        return "read"
    if hit is not None and point.tokens < hit.tokens:
        return "held"
    return "written" if usage.written else "below_minimum"
