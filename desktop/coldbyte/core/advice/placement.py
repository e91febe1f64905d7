"""Placement: the breakpoints and TTLs that would have cost least over the observed traffic.

Every placement that is tried is priced by a replay through the rules of the prompt cache. Few are tried all,
of many those that a climb from the present placement meets, and then as many as the bound on work allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise

from coldbyte.core.cache.cache import CacheRules
from coldbyte.core.cache.catalogue import Model
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.marker import MOST_BREAKPOINTS, out_of_order
from coldbyte.core.prefix.prefix import UNABLE_KINDS, Prefix
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.traffic.replay import Breakpoints, Replay, visits_of
from coldbyte.core.traffic.reuse import reuses_of

MOST_PLACES = 8
"""Places that are tried; those at which most tokens were shared come first."""
MOST_WORK = 220_000
"""Blocks that are planned in one search, well below a second of work; one replay is always made in full."""

_TTLS: tuple[Ttl, ...] = ("5m", "1h")


@dataclass(frozen=True, slots=True)
class Placement:
    """The cheapest breakpoints that were tried. Money is USD for all prompts of `requests` observed requests.

    `present` are those of the draft, `cost_now` is None where the API would refuse them. `complete` says that
    every placement at the candidate places was tried or ruled out.
    """

    breakpoints: Breakpoints
    cost: Decimal
    present: Breakpoints
    cost_now: Decimal | None
    without: Decimal
    requests: int
    complete: bool

    @property
    def saved(self) -> Decimal | None:
        """What it would have saved over the observed traffic: never negative; None without a present cost."""
        return None if self.cost_now is None else self.cost_now - self.cost

    @property
    def is_present(self) -> bool:
        """Whether nothing that was tried is cheaper than the present placement."""
        return self.breakpoints == self.present


def able_places(prefix: Prefix) -> tuple[str, ...]:
    """The paths of the blocks of a prefix that can carry a breakpoint (facts §1.2), in cache order."""
    return tuple(
        block.where for block in prefix.blocks if block.kind not in UNABLE_KINDS and block.content.size
    )


def present_of(prefix: Prefix) -> Breakpoints:
    """The breakpoints that a prefix has."""
    return tuple((block.where, block.ttl) for block in prefix.blocks if block.ttl is not None)


def is_allowed(breakpoints: Breakpoints, able: Sequence[str]) -> bool:
    """Whether the API takes these breakpoints: four at most, at able places, 1h before 5m (facts §1.3)."""
    if len(breakpoints) > MOST_BREAKPOINTS or any(where not in able for where, _ in breakpoints):
        return False
    rows = [able.index(where) for where, _ in breakpoints]
    in_order = all(row < after for row, after in pairwise(rows))
    return in_order and out_of_order([ttl for _, ttl in breakpoints]) is None


def best_placement(
    prefix: Prefix,
    traffic: Sequence[Receipt],
    model: Model,
    able: Sequence[str],
    rules: CacheRules,
    most_work: int = MOST_WORK,
) -> Placement | None:
    """The cheapest placement over `traffic` (`core.traffic.replay.traffic_of`), None without known prices.

    `prefix` is that of the draft, `able` its places in cache order that can be chosen.
    """
    present = present_of(prefix)
    places = candidates(prefix, traffic, able)
    order = able_places(prefix)
    visits = visits_of(traffic, model, order, {*places, *(where for where, _ in present)}, rules)
    if not visits:
        return None
    search = _Search(Replay(visits, model.minimum or 0, rules), places, most_work)
    now = search.replay.cost(present) if is_allowed(present, order) else None
    if now is not None and now <= search.replay.without:
        search.best = (present, now)
    search.climb()
    complete = search.exhaust()
    if search.best[0] != present:
        search.simplify()
    breakpoints, cost = search.best
    return Placement(breakpoints, cost, present, now, search.replay.without, len(visits), complete)


def candidates(prefix: Prefix, traffic: Sequence[Receipt], able: Sequence[str]) -> tuple[str, ...]:
    """The places that are worth trying, in cache order: where the shared part of requests ended, where a
    breakpoint stands, the last place of each tier, and the ends of the blocks before those.
    """
    shared: Counter[str] = Counter()
    for reuse in reuses_of(traffic, able):
        shared[reuse.where] += reuse.tokens
    blocks = {block.where: block for block in prefix.blocks}
    last_of_tier = {blocks[where].tier: where for where in able}
    marked = [where for where, _ in present_of(prefix) if where in able]
    wanted = [
        *marked[:MOST_BREAKPOINTS],
        *(where for where, _ in shared.most_common() if where),
        *reversed(last_of_tier.values()),
        *reversed(able),
    ]
    chosen = list(dict.fromkeys(wanted))[:MOST_PLACES]
    return tuple(where for where in able if where in chosen)


class _Search:
    """Keeps the cheapest placement that was priced so far; of equals the one that was found first."""

    def __init__(self, replay: Replay, places: Sequence[str], most_work: int) -> None:
        self.replay = replay
        self.best: tuple[Breakpoints, Decimal] = ((), replay.without)
        self._places = places
        self._most_work = most_work
        self._tried: set[Breakpoints] = set()

    @property
    def spent(self) -> bool:
        """Whether the bound on work is reached."""
        return self.replay.work >= self._most_work

    def climb(self) -> None:
        """Change one breakpoint at a time, while that makes the traffic cheaper."""
        while any(self._try(neighbour) for neighbour in _neighbours(self.best[0], self._places)):
            pass

    def exhaust(self) -> bool:
        """Try the rest; return whether the bound allowed all of it."""
        for breakpoints in _all(self._places):
            self._try(breakpoints)
            if self.spent:
                return False
        return True

    def simplify(self) -> None:
        """Leave out the breakpoints without which the traffic costs no more."""
        for where, _ in self.best[0]:
            fewer, most = without_one(self.best[0], where), self.best[1]
            cost = self.replay.cost(fewer, most)
            if cost is not None:
                self.best = (fewer, cost)

    def _try(self, breakpoints: Breakpoints) -> bool:
        """Price a placement, unless that was done; return whether it is the cheapest so far."""
        if breakpoints in self._tried or self.spent:
            return False
        self._tried.add(breakpoints)
        cost = self.replay.cost(breakpoints, self.best[1])
        if cost is None or cost >= self.best[1]:
            return False
        self.best = (breakpoints, cost)
        return True


def _all(places: Sequence[str]) -> Iterator[Breakpoints]:
    """All allowed placements, those with few breakpoints first, and short lifetimes before long ones."""
    for count in range(min(MOST_BREAKPOINTS, len(places)) + 1):
        for chosen in combinations(places, count):
            for long in range(count + 1):
                yield tuple((where, "1h" if row < long else "5m") for row, where in enumerate(chosen))


def _neighbours(breakpoints: Breakpoints, places: Sequence[str]) -> Iterator[Breakpoints]:
    """The allowed placements in which one breakpoint more, less, moved, or of another lifetime stands."""
    here: dict[str, Ttl] = dict(breakpoints)
    changed: list[dict[str, Ttl]] = []
    for where in places:
        for ttl in _TTLS:
            changed.append({**here, where: ttl})
            changed += [{**_without(here, other), where: ttl} for other in here if where not in here]
    changed += [_without(here, where) for where in here]
    changed += [dict.fromkeys(here, ttl) for ttl in _TTLS]
    for points in changed:
        placement = tuple((where, points[where]) for where in places if where in points)
        if placement != breakpoints and is_allowed(placement, places):
            yield placement


def _without(points: dict[str, Ttl], where: str) -> dict[str, Ttl]:
    return {other: ttl for other, ttl in points.items() if other != where}


def without_one(breakpoints: Breakpoints, where: str) -> Breakpoints:
    """The placement without the breakpoint at a place."""
    return tuple(point for point in breakpoints if point[0] != where)


def with_one(breakpoints: Breakpoints, where: str, ttl: Ttl, able: Collection[str]) -> Breakpoints:
    """The placement with one more breakpoint, in the order of `able`."""
    points: dict[str, Ttl] = {**dict(breakpoints), where: ttl}
    return tuple((place, points[place]) for place in able if place in points)
