"""What Anthropic's prompt cache does with a request: the one set of rules.

The simulator, the forecast and the verdict call these functions; nobody writes the rules twice. Their source
is https://platform.claude.com/docs/en/build-with-claude/prompt-caching; § numbers are those of the fact sheet
that gathers it: §2 matching, §2.3 billing with two TTLs. Times are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Literal

from coldbyte.core.draft import Ttl
from coldbyte.core.prefix import Prefix
from coldbyte.core.usage import Usage

LIFETIME_S: Mapping[Ttl, int] = {"5m": 300, "1h": 3600}

Outcome = Literal["read", "held", "written", "below_minimum"]


@dataclass(frozen=True, slots=True)
class CacheRules:
    """What the documentation leaves open or may change, as switches with the documented default.

    `lookback` counts positions per breakpoint, the breakpoint itself included (§2.1 rule 4).
    """

    lookback: int = 20
    group_tool_runs: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """What a breakpoint wrote. It can be read from `available_at` (first response byte) to `expires_at`."""

    key: bytes
    model: str
    scope: str
    tokens: int
    ttl: Ttl
    where: str
    started_at: float
    available_at: float

    @property
    def expires_at(self) -> float:
        """The clock runs from the start of the request that wrote or last read the entry (§2.1 rule 9)."""
        return self.started_at + LIFETIME_S[self.ttl]

    def live(self, now: float) -> bool:
        """Whether a request that starts now can read it."""
        return self.available_at <= now < self.expires_at


@dataclass(frozen=True, slots=True)
class BreakpointPlan:
    """What becomes of one breakpoint: `read`, `held` (a longer entry is read), `written`, or nothing."""

    index: int
    where: str
    ttl: Ttl
    tokens: int
    key: bytes
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CachePlan:
    """What a request reads and writes. Token counts are cumulative prefix tokens, see `usage`."""

    scope: str
    model: str
    usage: Usage
    breakpoints: tuple[BreakpointPlan, ...]
    hit: Entry | None


def plan_request(
    prefix: Prefix,
    tokens: Sequence[int],
    *,
    minimum: int,
    scope: str,
    entries: Mapping[bytes, Entry],
    now: float,
    rules: CacheRules,
) -> CachePlan:
    """Say what a request that starts now reads and writes. `tokens` are those of each block of `prefix`."""
    upto = _cumulate(tokens)
    keys = [_key(scope, key) for key in prefix.keys]
    marked = prefix.breakpoints
    able = [index for index in marked if upto[index] >= minimum]
    hit_at = _look_back(prefix, keys, able, entries, now, rules)
    hit = entries[keys[hit_at]] if hit_at is not None else None
    plans = []
    for index in marked:
        block = prefix.blocks[index]
        assert block.ttl is not None
        outcome = _outcome(index, index in able, hit_at)
        plans.append(BreakpointPlan(index, block.where, block.ttl, upto[index], keys[index], outcome))
    total = upto[-1] if upto else 0
    usage = _bill(total, upto[hit_at] if hit_at is not None else 0, plans)
    return CachePlan(scope, prefix.model, usage, tuple(plans), hit)


def settle(
    entries: Mapping[bytes, Entry], plan: CachePlan, *, started_at: float, available_at: float
) -> dict[bytes, Entry]:
    """The entries after the request of `plan`: one refreshed, the written ones added, dead ones gone.

    Requests may settle in another order than they started: none shortens the life of an entry.
    """
    kept = {key: entry for key, entry in entries.items() if entry.expires_at > started_at}
    if plan.hit is not None:
        _keep(kept, replace(plan.hit, started_at=max(plan.hit.started_at, started_at)))
    for point in plan.breakpoints:
        if point.outcome == "written":
            written = Entry(
                point.key,
                plan.model,
                plan.scope,
                point.tokens,
                point.ttl,
                point.where,
                started_at,
                available_at,
            )
            _keep(kept, written)
    return kept


def _keep(entries: dict[bytes, Entry], new: Entry) -> None:
    """Put an entry beside or over what another request left: it lives to the later end of both."""
    old = entries.get(new.key, new)
    last = max(old, new, key=lambda entry: entry.expires_at)
    entries[new.key] = replace(last, available_at=min(old.available_at, new.available_at))


def _key(scope: str, prefix_key: bytes) -> bytes:
    """Entries are isolated by organisation and workspace; the prefix holds model and speed (§2.1 rule 10)."""
    return blake2b(scope.encode() + b"\0" + prefix_key, digest_size=16).digest()


def _cumulate(tokens: Sequence[int]) -> list[int]:
    total, upto = 0, []
    for count in tokens:
        total += count
        upto.append(total)
    return upto


def _look_back(
    prefix: Prefix,
    keys: Sequence[bytes],
    able: Sequence[int],
    entries: Mapping[bytes, Entry],
    now: float,
    rules: CacheRules,
) -> int | None:
    """The block whose entry is read: from each breakpoint, the last first, `lookback` positions back."""
    for breakpoint_index in reversed(able):
        position, run = 0, ""
        for index in range(breakpoint_index, -1, -1):
            kind = prefix.blocks[index].kind
            if kind == "setting":
                continue
            grouped = rules.group_tool_runs and kind == run and kind in ("tool_use", "tool_result")
            position += not grouped
            run = kind
            if position > rules.lookback:
                break
            entry = entries.get(keys[index])
            if entry is not None and entry.live(now):
                return index
    return None


def _outcome(index: int, able: bool, hit_at: int | None) -> Outcome:
    if hit_at == index:
        return "read"
    if not able:
        return "below_minimum"
    return "held" if hit_at is not None and index < hit_at else "written"


def _bill(total: int, read: int, plans: Sequence[BreakpointPlan]) -> Usage:
    """Reads up to the hit, 1h writes up to the last 1h breakpoint, 5m writes up to the last one (§2.3)."""
    written = [point for point in plans if point.outcome == "written"]
    long = max((point.tokens for point in written if point.ttl == "1h"), default=read)
    last = max((point.tokens for point in written), default=read)
    return Usage(read, max(last - long, 0), long - read, total - max(last, read))
