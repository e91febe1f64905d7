"""What becomes of each breakpoint of a draft, and why: what it reads, or what keeps it from being read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coldbyte.core.cache.cache import BreakpointPlan, CachePlan, Entry, entry_key
from coldbyte.core.prefix.prefix import Prefix

Fate = Literal[
    "read",  # its entry is read
    "held",  # an entry further on is read, and this part with it
    "first",  # nothing is known to have been stored here
    "expired",
    "not_ready",  # the response of the request that writes its entry has not begun
    "broken",  # the baseline stored something here, and the break lies before it
    "out_of_reach",  # an entry lives before it, farther back than the look-back goes
    "below_minimum",
]


@dataclass(frozen=True, slots=True)
class BreakpointFate:
    """One breakpoint. `entry` is the one that is read, expired, not ready or out of reach; None otherwise.

    `lives_s` are the seconds that it still lives, negative ones since it ended; `origin` is the number of the
    exchange that wrote it, as far as that is known.
    """

    point: BreakpointPlan
    fate: Fate
    entry: Entry | None = None
    lives_s: float | None = None
    origin: int | None = None


def fates_of(
    prefix: Prefix,
    plan: CachePlan,
    baseline: Prefix | None,
    stored: int,
    entries: Mapping[bytes, Entry],
    now: float,
    origins: Mapping[bytes, int],
) -> tuple[BreakpointFate, ...]:
    """The fate of each breakpoint of a plan. `stored` tokens would be read if the baseline were sent now."""
    broken_at = len(prefix.keys)
    if baseline is not None and stored > plan.usage.read:
        broken_at = _first_difference(prefix.keys, baseline.keys)
    living = _living(prefix, plan, entries, now)
    found = []
    for point in plan.breakpoints:
        fate: Fate
        entry: Entry | None
        match point.outcome:
            case "below_minimum":
                fate, entry = "below_minimum", None
            case "written":
                fate, entry = _of_written(point, plan, living, entries, now)
                if fate == "first" and broken_at <= point.index:
                    fate, entry = "broken", None
            case held_or_read:
                fate, entry = held_or_read, plan.hit
        if entry is None:
            found.append(BreakpointFate(point, fate))
        else:
            left = entry.expires_at - now
            found.append(BreakpointFate(point, fate, entry, left, origins.get(entry.key)))
    return tuple(found)


def _of_written(
    point: BreakpointPlan,
    plan: CachePlan,
    living: Mapping[int, Entry],
    entries: Mapping[bytes, Entry],
    now: float,
) -> tuple[Fate, Entry | None]:
    """Why what the breakpoint writes could not be read."""
    own = entries.get(point.key)
    if own is not None:
        return "not_ready" if now < own.available_at else "expired", own
    nearest = max((index for index in living if index < point.index), default=None)
    if nearest is not None and (plan.hit is None or living[nearest].key != plan.hit.key):
        return "out_of_reach", living[nearest]
    return "first", None


def _living(
    prefix: Prefix, plan: CachePlan, entries: Mapping[bytes, Entry], now: float
) -> Mapping[int, Entry]:
    """The entries that live, by the block with which they end."""
    if not entries or not plan.breakpoints:
        return {}
    last = plan.breakpoints[-1].index
    found = ((index, entries.get(entry_key(plan.scope, prefix.keys[index]))) for index in range(last + 1))
    return {index: entry for index, entry in found if entry is not None and entry.live(now)}


def _first_difference(one: Sequence[bytes], two: Sequence[bytes]) -> int:
    """The first block whose chained key differs; the shorter length where one begins the other."""
    return bisect_left(range(min(len(one), len(two))), True, key=lambda index: one[index] != two[index])
