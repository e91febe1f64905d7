"""Placement: never dearer than what there is, always one that the API takes, and the best of a small set."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, product

import pytest
from hypothesis import given

from coldbyte.core.advice.placement import (
    Placement,
    able_places,
    best_placement,
    candidates,
    is_allowed,
    present_of,
)
from coldbyte.core.cache.cache import CacheRules
from coldbyte.core.cache.catalogue import Model
from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.traffic.replay import Breakpoints
from core.traffic.observed import (
    CATALOGUE,
    DOCUMENT,
    SONNET,
    START,
    SYSTEM,
    asked_every,
    draft,
    of_trail,
    plain_cost,
    prefix_for,
    prefix_like,
    trail_of,
)
from core.traffic.random_traffic import traffics


def sonnet() -> Model:
    model = CATALOGUE.model(SONNET)
    assert model is not None
    return model


def placed(traffic: list[Receipt], most_work: int = 10**9) -> tuple[Placement, tuple[str, ...]]:
    """The placement for a draft that is like the newest request, and its places."""
    prefix = prefix_like(traffic[-1].trail)
    kept = {step.where for step in traffic[-1].trail if step.tokens}
    able = tuple(where for where in able_places(prefix)[:-1] if where in kept)
    found = best_placement(prefix, traffic, sonnet(), able, CacheRules(), most_work)
    assert found is not None
    return found, able


@given(traffics())
def test_the_best_is_never_dearer_than_the_present_one_or_than_none(traffic: list[Receipt]) -> None:
    placement, able = placed(traffic)
    assert placement.cost <= placement.without == plain_cost(traffic, ())
    assert placement.saved is None or placement.saved >= 0
    assert is_allowed(placement.breakpoints, able) or placement.is_present
    assert placement.cost == plain_cost(traffic, usable(traffic, placement.breakpoints))
    if placement.cost_now is not None:
        assert placement.cost_now == plain_cost(traffic, usable(traffic, placement.present))


def usable(traffic: list[Receipt], breakpoints: Breakpoints) -> Breakpoints:
    """The breakpoints of which a replay of the same trails has no other place: all but those on no tokens."""
    trail = traffic[-1].trail
    found: dict[str, Ttl] = {}
    for where, ttl in breakpoints:
        row = [step.where for step in trail].index(where)
        ends = [one for one in trail[: row + 1] if one.tokens and one.kind not in ("setting", "thinking")]
        if ends:
            found.setdefault(ends[-1].where, ttl)
    return tuple(found.items())


@given(traffics(most_requests=6))
def test_with_little_work_it_is_still_not_dearer(traffic: list[Receipt]) -> None:
    placement, _ = placed(traffic, most_work=40)
    assert placement.cost <= placement.without
    assert placement.saved is None or placement.saved >= 0


@given(traffics(most_blocks=4, most_requests=8))
def test_of_a_small_set_it_is_the_cheapest(traffic: list[Receipt]) -> None:
    placement, able = placed(traffic)
    ttls: tuple[Ttl, ...] = ("5m", "1h")
    tried = [
        tuple(zip(places, lives, strict=True))
        for count in range(len(able) + 1)
        for places in combinations(able, count)
        for lives in product(ttls, repeat=count)
    ]
    cheapest = min(plain_cost(traffic, one) for one in tried if is_allowed(one, able))
    assert placement.complete
    assert placement.cost <= cheapest


def test_a_breakpoint_behind_what_changes_moves_to_what_stays() -> None:
    traffic = asked_every(60, (draft(n, notes=f"{n} " + "Words. " * 9000) for n in range(12)))
    prefix, _ = prefix_for(draft(12))
    found = best_placement(prefix, traffic, sonnet(), (SYSTEM, DOCUMENT), CacheRules())
    assert found is not None
    assert found.present == ((DOCUMENT, "5m"),)
    assert found.breakpoints == ((SYSTEM, "5m"),)
    assert found.saved is not None
    assert found.saved > 0
    assert found.complete


@pytest.mark.parametrize(
    ("gap_s", "best"), [(60, "5m"), (299, "5m"), (300, "1h"), (3599, "1h"), (3600, None)]
)
def test_the_lifetime_follows_the_gaps(gap_s: int, best: Ttl | None) -> None:
    traffic = asked_every(gap_s, (draft(n) for n in range(12)))
    prefix, _ = prefix_for(draft(12))
    found = best_placement(prefix, traffic, sonnet(), (SYSTEM, DOCUMENT), CacheRules())
    assert found is not None
    assert found.breakpoints == (((DOCUMENT, best),) if best else ())


def test_two_changes_at_once_are_found_where_one_alone_does_not_help() -> None:
    """From a breakpoint behind the first block no single step is cheaper; an hour behind both blocks is."""
    times, versions = [3601, 3631, 3921, 4121, 4321], [0, 0, 1, 0, 1]
    asked = list(zip(times, versions, strict=True))
    traffic = [
        of_trail(trail_of([(0, 600), (v, 600)], n, {0: "5m"}), START + t) for n, (t, v) in enumerate(asked)
    ]
    placement, _ = placed(traffic)
    assert placement.present == (("system[0].text", "5m"),)
    assert placement.breakpoints == (("system[0].text", "1h"), ("system[1].text", "1h"))


def test_the_worked_example_of_a_fixed_prompt_comes_out() -> None:
    """10,000 fixed tokens, 100 requests at 3.00 / 0.30 / 3.75 USD per million."""
    model = CATALOGUE.model("claude-sonnet-4-6")
    assert model is not None
    trail = trail_of([(0, 10_000)], 0)[:-1]
    traffic = [of_trail(trail, START + 60 * n, model.id) for n in range(100)]
    prefix = prefix_like(trail, model.id)
    found = best_placement(prefix, traffic, model, able_places(prefix), CacheRules())
    assert found is not None
    assert (found.without, found.cost) == (Decimal("3"), Decimal("0.3345"))


def test_a_placement_that_cannot_be_bettered_stays_as_it_is() -> None:
    traffic = asked_every(60, (draft(n, ttls=("5m", "5m")) for n in range(5)))
    prefix, _ = prefix_for(draft(5, ttls=("5m", "5m")))
    found = best_placement(prefix, traffic, sonnet(), (SYSTEM, DOCUMENT), CacheRules())
    assert found is not None
    assert found.is_present
    assert found.saved == 0
    assert found.breakpoints == present_of(prefix)


def test_breakpoints_that_the_api_refuses_have_no_cost() -> None:
    traffic = asked_every(60, (draft(n) for n in range(5)))
    prefix, _ = prefix_for(draft(5, ttls=("5m", "1h")))
    found = best_placement(prefix, traffic, sonnet(), (SYSTEM, DOCUMENT), CacheRules())
    assert found is not None
    assert found.cost_now is None
    assert found.saved is None
    assert found.breakpoints == ((DOCUMENT, "5m"),)


def test_without_a_price_there_is_no_placement() -> None:
    model = CATALOGUE.model("claude-mythos-5-2")
    assert model is not None
    before_release = of_trail(trail_of([(0, 900)], 0), 1_700_000_000.0, model.id)
    prefix = prefix_like(before_release.trail, model.id)
    assert best_placement(prefix, [before_release], model, able_places(prefix), CacheRules()) is None


def test_no_place_is_a_setting_thinking_or_empty() -> None:
    prefix = prefix_like(trail_of([(0, 600), (0, 600)], 0, kinds={1: "thinking"}))
    assert able_places(prefix) == ("system[0].text", "messages[0].content[0].text")


def test_most_shared_ends_are_tried_first_and_all_are_bounded() -> None:
    versions = [[(0, 600)] * 7 + [(n, 600)] * 13 for n in range(4)]
    traffic = [of_trail(trail_of(blocks, n), START + n) for n, blocks in enumerate(versions)]
    prefix = prefix_like(traffic[-1].trail)
    places = candidates(prefix, traffic, able_places(prefix)[:-1])
    assert len(places) == 8
    assert "system[6].text" in places
    assert "system[19].text" in places


@pytest.mark.parametrize(
    ("breakpoints", "allowed"),
    [
        ((("a", "1h"), ("b", "5m")), True),
        ((("a", "5m"), ("b", "1h")), False),
        ((("b", "5m"), ("a", "5m")), False),
        ((("a", "5m"), ("x", "5m")), False),
        (tuple((where, "5m") for where in "abcd"), True),
        (tuple((where, "5m") for where in "abcde"), False),
    ],
)
def test_what_the_api_takes_is_allowed(breakpoints: Breakpoints, allowed: bool) -> None:
    assert is_allowed(breakpoints, tuple("abcde")) is allowed
