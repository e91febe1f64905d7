"""A replay: what the observed traffic would have cost with other breakpoints, by the rules of the cache.

Each receipt becomes a visit: its trail with the blocks merged between which no rule can tell the difference.
Warmings are left out, as they belong to the breakpoints that were there and not to what was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from coldbyte.core.cache.cache import CacheRules, Entry, plan_request, settle
from coldbyte.core.cache.catalogue import Model, Prices
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.prefix import UNABLE_KINDS, Prefix
from coldbyte.core.traffic.receipt import Receipt, Step
from coldbyte.core.traffic.trail import skeleton, tokens_of

Breakpoints = tuple[tuple[str, Ttl], ...]
"""Where breakpoints stand, in cache order: the path of a block of the draft (its `where`) and the TTL."""

MOST_RECEIPTS = 200
"""The newest receipts that are replayed."""

_PLAN = 6  # blocks that take as long to plan as what each request takes besides its blocks


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to be planned. `spots` has for each candidate place the step behind which it would stand.

    Times are epoch seconds; `uncached` and `floor` are USD: the prompt without caching, and the least that it
    can cost with breakpoints at these places.
    """

    scope: str
    model: str
    started_at: float
    available_at: float
    steps: tuple[Step, ...]
    tokens: tuple[int, ...]
    spots: Mapping[str, int]
    prices: Prices
    uncached: Decimal
    floor: Decimal


def markable(step: Step) -> bool:
    """Whether a breakpoint may stand behind a block of a trail (facts §1.2)."""
    return step.kind not in UNABLE_KINDS and step.tokens > 0


def traffic_of(receipts: Sequence[Receipt], model: str) -> tuple[Receipt, ...]:
    """The newest questions that were put to a model (its id as sent) and have a trail, the oldest first."""
    asked = [one for one in receipts if one.kind == "question" and one.trail and one.model == model]
    return tuple(sorted(asked, key=lambda one: one.started_at)[-MOST_RECEIPTS:])


def visits_of(
    traffic: Sequence[Receipt], model: Model, order: Sequence[str], places: Collection[str], rules: CacheRules
) -> tuple[Visit, ...]:
    """The visits of receipts that are in order of time; those without a known price are left out.

    `order` are the paths of the draft's blocks in cache order. A breakpoint at a place that a trail doesn't
    have stands at the one before, as it does where a part is taken out of the draft.
    """
    spots_of_each = [_spots(receipt.trail, order, places) for receipt in traffic]
    ends = {
        one.trail[spot].key
        for one, spots in zip(traffic, spots_of_each, strict=True)
        for spot in spots.values()
    }
    found = []
    for receipt, spots in zip(traffic, spots_of_each, strict=True):
        prices = model.prices_at(receipt.day, sum(tokens_of(receipt.trail)))
        if prices is not None:
            keep = [index for index, step in enumerate(receipt.trail) if step.key in ends]
            steps, moved = _compact(receipt.trail, keep, rules)
            found.append(
                _visit(receipt, steps, {where: moved[spot] for where, spot in spots.items()}, prices)
            )
    return tuple(found)


def _visit(receipt: Receipt, steps: tuple[Step, ...], spots: Mapping[str, int], prices: Prices) -> Visit:
    tokens = tokens_of(steps)
    last = sum(tokens[: max(spots.values()) + 1]) if spots else 0
    rest = Usage(uncached=sum(tokens) - last)
    cheapest = min(prices.read, prices.input, prices.write_5m, prices.write_1h)
    return Visit(
        receipt.scope,
        receipt.model,
        receipt.started_at,
        receipt.started_at + (receipt.first_event_s or 0.0),
        steps,
        tokens,
        spots,
        prices,
        price_of(Usage(uncached=sum(tokens)), prices),
        last * cheapest / 1_000_000 + price_of(rest, prices),
    )


class Replay:
    """Prices breakpoints over the same visits; remembers prefixes, and counts its `work` in blocks."""

    def __init__(self, visits: Sequence[Visit], minimum: int, rules: CacheRules) -> None:
        self.visits = tuple(visits)
        self.work = 0
        self._minimum = minimum
        self._rules = rules
        shapes: dict[tuple[object, ...], int] = {}
        self._shapes = [shapes.setdefault(_shape(visit), len(shapes)) for visit in self.visits]
        self._prefixes: dict[tuple[int, tuple[tuple[int, Ttl], ...]], Prefix] = {}
        self._rest = [Decimal(0)]
        for visit in reversed(self.visits):
            self._rest.append(self._rest[-1] + visit.floor)
        self._rest.reverse()

    @property
    def without(self) -> Decimal:
        """USD of all prompts without caching."""
        return sum((visit.uncached for visit in self.visits), Decimal(0))

    def cost(self, breakpoints: Breakpoints, most: Decimal | None = None) -> Decimal | None:
        """USD of all prompts with these breakpoints; None as soon as that is certainly more than `most`."""
        if not breakpoints:
            return self.without if most is None or self.without <= most else None
        entries: dict[bytes, Entry] = {}
        cost = Decimal(0)
        for number, visit in enumerate(self.visits):
            if most is not None and cost + self._rest[number] > most:
                return None
            prefix = self._prefix(number, points_of(visit, breakpoints))
            plan = plan_request(
                prefix,
                visit.tokens,
                minimum=self._minimum,
                scope=visit.scope,
                entries=entries,
                now=visit.started_at,
                rules=self._rules,
            )
            self.work += _PLAN + len(visit.steps)
            if plan.hit is not None or plan.usage.written:
                entries = settle(entries, plan, started_at=visit.started_at, available_at=visit.available_at)
            cost += price_of(plan.usage, visit.prices)
        return cost if most is None or cost <= most else None

    def _prefix(self, number: int, points: tuple[tuple[int, Ttl], ...]) -> Prefix:
        key = (self._shapes[number], points)
        found = self._prefixes.get(key)
        if found is None:
            visit = self.visits[number]
            if not points:
                found = skeleton(visit.steps, visit.model, {})
            else:
                bare = self._prefix(number, ())
                blocks = list(bare.blocks)
                for index, ttl in points:
                    blocks[index] = replace(blocks[index], ttl=ttl)
                found = Prefix(tuple(blocks), bare.known_keys)
            self._prefixes[key] = found
        return found


def points_of(visit: Visit, breakpoints: Breakpoints) -> tuple[tuple[int, Ttl], ...]:
    """The steps of a visit that carry the breakpoints; of two at one step the first, which lives longer."""
    points: dict[int, Ttl] = {}
    for where, ttl in breakpoints:
        spot = visit.spots.get(where)
        if spot is not None:
            points.setdefault(spot, ttl)
    return tuple(points.items())


def _shape(visit: Visit) -> tuple[object, ...]:
    """All that a prefix is made of."""
    return visit.model, *((step.key, step.where, step.tier, step.kind) for step in visit.steps)


def _spots(trail: Sequence[Step], order: Sequence[str], places: Collection[str]) -> dict[str, int]:
    here = {step.where: index for index, step in enumerate(trail) if markable(step)}
    spots: dict[str, int] = {}
    last: int | None = None
    for where in order:
        last = here.get(where, last)
        if where in places and last is not None:
            spots[where] = last
    return spots


def _compact(
    trail: Sequence[Step], keep: Sequence[int], rules: CacheRules
) -> tuple[tuple[Step, ...], dict[int, int]]:
    """The trail with blocks merged into the next one at which an entry can end, and where these are now.

    Before the first of these and behind the last one no entry is looked for; between them the count of
    positions matters only where the trail is longer than the search goes back.
    """
    if not keep:
        return (_merged(trail),), {}
    reach = sum(step.kind != "setting" for step in trail[: keep[-1] + 1])
    near = reach <= rules.lookback and rules.match_inside_runs
    ends = list(keep) if near else list(range(keep[0], keep[-1] + 1))
    groups = [trail[start + 1 : stop + 1] for start, stop in pairwise([-1, *ends])]
    steps = [_merged(group, "text" if near else group[-1].kind) for group in groups]
    if keep[-1] + 1 < len(trail):
        steps.append(_merged(trail[keep[-1] + 1 :], key=b""))
    return tuple(steps), {index: place for place, index in enumerate(ends)}


def _merged(group: Sequence[Step], kind: str = "text", key: bytes | None = None) -> Step:
    last = group[-1]
    tokens = sum(step.tokens for step in group)
    return Step(last.key if key is None else key, last.where, last.tier, kind, tokens)
