"""Advice: what the observed traffic says about caching a prompt, in words and in money.

One entry point bundles worth, stability, placement and lifetime, and makes cards of what can be said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from coldbyte.core.advice.break_even import break_evens
from coldbyte.core.advice.lifetime import LifetimeCosts, lifetime_costs
from coldbyte.core.advice.placement import (
    Placement,
    able_places,
    best_placement,
    is_allowed,
    with_one,
    without_one,
)
from coldbyte.core.advice.stability import BlockUse, stability_of
from coldbyte.core.advice.worth import Worth, worth_of
from coldbyte.core.cache.cache import CacheRules
from coldbyte.core.cache.catalogue import Catalogue, Model
from coldbyte.core.cache.money import dollars
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.block_name import part_name
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.traffic.keep_alive import keep_alive_s
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.traffic.replay import Breakpoints, Replay, traffic_of, visits_of
from coldbyte.core.traffic.reuse import reuses_of
from coldbyte.core.traffic.span import span_words

CardKind = Literal["worth", "placement", "lifetime", "block"]

_LIVES: dict[Ttl, str] = {"5m": "5 minutes", "1h": "1 hour"}
_MOST_CARDS = 4  # about single blocks
_TTLS: tuple[Ttl, ...] = ("5m", "1h")


@dataclass(frozen=True, slots=True)
class Card:
    """One piece of advice. `saves` is USD over the observed traffic, None where nothing is gained.

    `breakpoints` are those that the draft would have after applying it, None where there is nothing to apply.
    """

    kind: CardKind
    title: str
    say: str
    saves: Decimal | None = None
    breakpoints: Breakpoints | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """All that is advised: the values, and cards: first whether caching pays, then by the money they save.

    `requests` were observed, the first and the last of them at these epoch seconds.
    """

    worth: Worth
    blocks: tuple[BlockUse, ...]
    placement: Placement | None
    lifetime: LifetimeCosts | None
    cards: tuple[Card, ...]
    requests: int
    first_at: float | None
    last_at: float | None


def advise(
    prefix: Prefix,
    tokens: Sequence[int],
    model: str,
    receipts: Sequence[Receipt],
    catalogue: Catalogue,
    now: float,
    *,
    able: Sequence[str] | None = None,
    rules: CacheRules | None = None,
) -> Advice:
    """Advise on a draft by the receipts of its traffic; takes up to a second, so not for the GUI thread.

    `prefix` and `tokens` (of each block) are those of the draft as it would be sent at `now`, epoch seconds.
    `able` are the paths that can be marked, by default all but the question at the end.
    """
    rules = rules if rules is not None else CacheRules()
    known = catalogue.model(model)
    places = tuple(able) if able is not None else _places(prefix)
    traffic = traffic_of(receipts, model)
    storable = _storable(prefix, tokens, places)
    prices = catalogue.prices(model, now, sum(tokens))
    minimum = known.minimum if known else None
    placement = best_placement(prefix, traffic, known, places, rules) if known else None
    worth = worth_of(storable, minimum, prices, len(traffic), reuses_of(traffic, places), placement)
    evens = break_evens(prices) if prices else ()
    blocks = stability_of(prefix, tokens, traffic, places, minimum, evens)
    lifetime: LifetimeCosts | None = None
    cards: list[Card] = []
    if known is not None and placement is not None and len(traffic) > 1:
        lifetime = _lifetime(prefix, traffic, known, placement, rules)
        cards += _lifetime_cards(placement, lifetime)
        cards += _placement_cards(prefix, placement)
        cards += _block_cards(prefix, traffic, known, placement, blocks, places, rules)
    cards.sort(key=lambda card: card.saves or Decimal(0), reverse=True)
    return Advice(
        worth,
        blocks,
        placement,
        lifetime,
        (_worth_card(worth), *_distinct(cards)),
        len(traffic),
        traffic[0].started_at if traffic else None,
        traffic[-1].started_at if traffic else None,
    )


def _places(prefix: Prefix) -> tuple[str, ...]:
    """All places but that of the question, which is another one in each request."""
    places, last = able_places(prefix), prefix.blocks[-1]
    asked = last.tier == "messages" and last.kind == "text"
    return tuple(where for where in places if not (asked and where == last.where))


def _storable(prefix: Prefix, tokens: Sequence[int], places: Sequence[str]) -> int:
    ends = [index for index, block in enumerate(prefix.blocks) if block.where in places]
    return sum(tokens[: ends[-1] + 1]) if ends else 0


def _distinct(cards: Sequence[Card]) -> Iterator[Card]:
    """The cards without those that would apply what one before them applies."""
    applied: list[Breakpoints] = []
    for card in cards:
        if card.breakpoints is None or card.breakpoints not in applied:
            yield card
        if card.breakpoints is not None:
            applied.append(card.breakpoints)


def _worth_card(worth: Worth) -> Card:
    titles = {
        "too-short": "Too short to be cached",
        "changes": "It changes too often to be cached",
        "too-seldom": "Asked too seldom to be cached",
        "worth": "Caching pays",
        "untried": "Nothing observed yet",
        "unpriced": "No price is known",
    }
    return Card("worth", titles[worth.kind], worth.say)


def _placement_cards(prefix: Prefix, placement: Placement) -> Iterator[Card]:
    cost, requests = dollars(placement.cost), f"the {placement.requests} requests observed"
    scope = "" if placement.complete else " Not every placement could be tried."
    if placement.cost_now is None:
        say = f"The API refuses the present breakpoints. {_named(prefix, placement.breakpoints)}: {cost} for "
        yield _change("The breakpoints are refused", f"{say}{requests}.{scope}", placement)
    elif placement.is_present:
        say = f"The present placement is the best of those tried: {cost} for {requests}.{scope}"
        yield Card("placement", "The breakpoints stand well", say)
    else:
        now, saved = dollars(placement.cost_now), dollars(placement.saved or Decimal(0))
        say = f"{_named(prefix, placement.breakpoints)}: {cost} for {requests}, {saved} less than the {now} "
        yield _change("A better placement", f"{say}of the present placement.{scope}", placement)


def _change(title: str, say: str, placement: Placement) -> Card:
    return Card("placement", title, say, placement.saved, placement.breakpoints)


def _named(prefix: Prefix, breakpoints: Breakpoints) -> str:
    if not breakpoints:
        return "Without breakpoints"
    rows = {block.where: index for index, block in enumerate(prefix.blocks)}
    names = [f"{part_name(prefix, rows[where])} ({_LIVES[ttl]})" for where, ttl in breakpoints]
    return f"With {'breakpoints' if len(names) > 1 else 'a breakpoint'} behind {', '.join(names)}"


def _basis(placement: Placement) -> Breakpoints:
    """The places that lifetimes are compared at: the present ones, else those of the best placement."""
    return (
        placement.present if placement.present and placement.cost_now is not None else placement.breakpoints
    )


def _lifetime(
    prefix: Prefix, traffic: Sequence[Receipt], model: Model, placement: Placement, rules: CacheRules
) -> LifetimeCosts | None:
    basis = _basis(placement)
    if not basis:
        return None
    places = [where for where, _ in basis]
    return lifetime_costs(visits_of(traffic, model, able_places(prefix), places, rules), model, basis, rules)


def _lifetime_cards(placement: Placement, costs: LifetimeCosts | None) -> Iterator[Card]:
    """What another lifetime at the same places would save, or warming."""
    if costs is None or placement.cost_now is None:
        return
    basis = _basis(placement)
    cheapest = min(costs.short, costs.long, costs.warmed)
    if cheapest >= min(placement.cost_now, placement.without):
        return
    say = (
        f"At the {'present' if placement.present else 'same'} places the {placement.requests} requests "
        f"observed cost {dollars(costs.short)} with 5 minutes, {dollars(costs.long)} with 1 hour, and "
        f"{dollars(costs.warmed)} with 5 minutes and {costs.warmings} warmings, one "
        f"{span_words(keep_alive_s('5m'))} after each use and only where they would have paid."
    )
    saves = placement.cost_now - cheapest
    if costs.cheapest == "warming":
        yield Card("lifetime", "Warming is the cheaper way", say, saves)
        return
    ttl: Ttl = costs.cheapest
    points = tuple((where, ttl) for where, _ in basis)
    yield Card("lifetime", f"{_LIVES[ttl].capitalize()} is the cheaper way", say, saves, points)


def _block_cards(
    prefix: Prefix,
    traffic: Sequence[Receipt],
    model: Model,
    placement: Placement,
    blocks: Sequence[BlockUse],
    places: Sequence[str],
    rules: CacheRules,
) -> list[Card]:
    """What one breakpoint more, or one less, would save by itself."""
    now = placement.cost_now
    if now is None:
        return []
    marked = [where for where, _ in placement.present]
    wanted = [use for use in blocks if (use.verdict == "deserves") != (use.where in marked)]
    wanted = [use for use in wanted if use.where in marked or use.verdict == "deserves"][-2 * _MOST_CARDS :]
    tried = {*marked, *(use.where for use in wanted)}
    visits = visits_of(traffic, model, able_places(prefix), tried, rules)
    replay = Replay(visits, model.minimum or 0, rules)
    cards = []
    for use in wanted:
        best = _best_change(replay, placement.present, use.where, places, now)
        if best is not None:
            title = "A breakpoint that doesn't pay" if use.where in marked else "A breakpoint that would pay"
            say = f"{use.say} {'Without it' if use.where in marked else 'With it'} the observed requests "
            say += f"would have cost {dollars(best[1])} instead of {dollars(now)}."
            cards.append(Card("block", title, say, now - best[1], best[0]))
    return sorted(cards, key=lambda card: card.saves or Decimal(0), reverse=True)[:_MOST_CARDS]


def _best_change(
    replay: Replay, present: Breakpoints, where: str, places: Sequence[str], now: Decimal
) -> tuple[Breakpoints, Decimal] | None:
    """The cheapest placement that differs from the present one at one place; None where none is cheaper."""
    if any(point[0] == where for point in present):
        changed = [without_one(present, where)]
    else:
        changed = [with_one(present, where, ttl, places) for ttl in _TTLS]
    best: tuple[Breakpoints, Decimal] | None = None
    for breakpoints in changed:
        if is_allowed(breakpoints, places):
            cost = replay.cost(breakpoints, best[1] if best else now)
            if cost is not None and cost < (best[1] if best else now):
                best = (breakpoints, cost)
    return best
