"""What Anthropic's prompt cache does with a request: the one set of rules.

The simulator, the forecast and the verdict call these functions; nobody writes the rules twice. Their source
is https://platform.claude.com/docs/en/build-with-claude/prompt-caching; § numbers are those of the fact sheet
that gathers it: §2 matching, §2.3 billing with two TTLs. Times are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Literal

from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.prefix import Prefix

LIFETIME_S: Mapping[Ttl, int] = {"5m": 300, "1h": 3600}

Outcome = Literal["read", "held", "written", "below_minimum"]


@dataclass(frozen=True, slots=True)
class CacheRules:
    """What the documentation leaves open or may change, as switches with the documented default.

    What each says and where it comes from stands in `core.cache.rule_book`, which lists all switches.
    """

    lookback: int = 20
    group_tool_runs: bool = True
    match_inside_runs: bool = True
    count_tools: bool = True
    cross_tiers: bool = True
    skip_short: bool = True
    refresh_shorter: bool = False
    upgrade_ttl: bool = False
    keep_failed: bool = False
    by_workspace: bool = True


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
    """What a request reads and writes. Token counts are cumulative prefix tokens, see `usage`.

    `kept` are the entries whose life begins anew where there is a hit: that one, and what the rules add.
    """

    scope: str
    model: str
    usage: Usage
    breakpoints: tuple[BreakpointPlan, ...]
    hit: Entry | None
    kept: tuple[Entry, ...] = ()


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
    keys = [entry_key(scope, key) for key in prefix.keys]
    marked = prefix.breakpoints
    able = [index for index in marked if upto[index] >= minimum]
    if not rules.skip_short and len(able) < len(marked):
        able = []
    hit_at, hit = _look_back(prefix, keys, able, entries, now, rules)
    plans = []
    for index in marked:
        block = prefix.blocks[index]
        assert block.ttl is not None
        outcome = _outcome(index, index in able, hit_at)
        plans.append(BreakpointPlan(index, block.where, block.ttl, upto[index], keys[index], outcome))
    total = upto[-1] if upto else 0
    usage = _bill(total, min(hit.tokens, total) if hit is not None else 0, plans)
    kept = _kept(prefix, keys[:hit_at], hit, entries, now, rules) if hit is not None else ()
    return CachePlan(scope, prefix.model, usage, tuple(plans), hit, kept)


def settle(
    entries: Mapping[bytes, Entry], plan: CachePlan, *, started_at: float, available_at: float
) -> dict[bytes, Entry]:
    """The entries after the request of `plan`: one refreshed, the written ones added, dead ones gone.

    Requests may settle in another order than they started: none shortens the life of an entry.
    """
    living = {key: entry for key, entry in entries.items() if entry.expires_at > started_at}
    return living | changes(living, plan, started_at=started_at, available_at=available_at)


def changes(
    entries: Mapping[bytes, Entry], plan: CachePlan, *, started_at: float, available_at: float | None
) -> dict[bytes, Entry]:
    """The entries that a request changes or adds. Before its first byte (`available_at` None) it refreshes
    what it reads, and writes nothing.
    """
    changed: dict[bytes, Entry] = {}
    for entry in plan.kept or (plan.hit,) if plan.hit is not None else ():
        assert entry is not None
        new = replace(entry, started_at=max(entry.started_at, started_at))
        changed[new.key] = _joined(entries.get(new.key), new)
    for point in plan.breakpoints if available_at is not None else ():
        if point.outcome == "written":
            assert available_at is not None
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
            changed[point.key] = _joined(entries.get(point.key), written)
    return changed


def _joined(old: Entry | None, new: Entry) -> Entry:
    """One entry for what two requests left: it lives to the later end of both."""
    if old is None or old.expires_at <= new.started_at:
        return new
    last = max(old, new, key=lambda entry: entry.expires_at)
    return replace(last, available_at=min(old.available_at, new.available_at))


def _kept(
    prefix: Prefix,
    keys: Sequence[bytes],
    hit: Entry,
    entries: Mapping[bytes, Entry],
    now: float,
    rules: CacheRules,
) -> tuple[Entry, ...]:
    """The entry that is read; by the rules with a longer life, and with the shorter ones that lie in it.

    `keys` are those of the blocks before the one behind which it was written.
    """
    if rules.upgrade_ttl and prefix.blocks[len(keys)].ttl == "1h":
        hit = replace(hit, ttl="1h")
    if not rules.refresh_shorter:
        return (hit,)
    shorter = (entries.get(key) for key in keys)
    return (hit, *(entry for entry in shorter if entry is not None and entry.live(now)))


def entry_key(scope: str, prefix_key: bytes) -> bytes:
    """The key of an entry: isolated by organisation and workspace; the prefix holds model and speed (§2.1
    rule 10).
    """
    return blake2b(scope.encode() + b"\0" + prefix_key, digest_size=16).digest()


def _cumulate(tokens: Sequence[int]) -> list[int]:
    total, upto = 0, []
    for count in tokens:
        total += count
        upto.append(total)
    return upto


def reach(prefix: Prefix, breakpoint_index: int, rules: CacheRules) -> Iterator[tuple[int, int]]:
    """The blocks at which an entry is looked for from a breakpoint: position and index, its own first, then
    backwards as far as `lookback` positions go (§2.1 rules 3 to 5).
    """
    position, run = 0, ""
    for index in range(breakpoint_index, -1, -1):
        block = prefix.blocks[index]
        if block.kind == "setting":
            continue
        if not rules.cross_tiers and block.tier != prefix.blocks[breakpoint_index].tier:
            break
        grouped = block.kind == run and _is_grouped(block.kind, rules)
        position += not grouped
        run = block.kind
        if position > rules.lookback:
            break
        if not grouped or rules.match_inside_runs:
            yield position, index


def _is_grouped(kind: str, rules: CacheRules) -> bool:
    if kind == "tool":
        return not rules.count_tools
    return rules.group_tool_runs and kind in ("tool_use", "tool_result")


def _look_back(
    prefix: Prefix,
    keys: Sequence[bytes],
    able: Sequence[int],
    entries: Mapping[bytes, Entry],
    now: float,
    rules: CacheRules,
) -> tuple[int, Entry] | tuple[None, None]:
    """The block whose entry is read, and that entry: from each breakpoint, the last first.

    Each entry is looked up once, as others may go meanwhile.
    """
    for breakpoint_index in reversed(able):
        for _, index in reach(prefix, breakpoint_index, rules):
            entry = entries.get(keys[index])
            if entry is not None and entry.live(now):
                return index, entry
    return None, None


def _outcome(index: int, able: bool, hit_at: int | None) -> Outcome:
    if hit_at == index:
        return "read"
    if not able:
        return "below_minimum"
    return "held" if hit_at is not None and index < hit_at else "written"


def _bill(total: int, read: int, plans: Sequence[BreakpointPlan]) -> Usage:
    """Reads up to the hit, 1h writes up to the last 1h breakpoint, 5m writes up to the last one (§2.3).

    An entry holds what it held when it was written, also where a setting behind it makes the prompt longer.
    """
    written = [point for point in plans if point.outcome == "written"]
    long = max([read, *(point.tokens for point in written if point.ttl == "1h")])
    last = max([long, *(point.tokens for point in written)])
    return Usage(read, last - long, long - read, total - last)
