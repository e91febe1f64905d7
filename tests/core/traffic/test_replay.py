"""Replays: merged blocks cost what whole trails cost, and breakpoints find their places."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.cache import CacheRules
from coldbyte.core.cache.catalogue import Model
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.core.traffic.replay import Breakpoints, Replay, markable, points_of, traffic_of, visits_of
from core.traffic.observed import CATALOGUE, SONNET, START, cost_at, of_trail, plain_cost, trail_of
from core.traffic.random_traffic import markings, traffics

RUNS = st.sampled_from(["text", "tool_use", "tool_use", "tool_use", "tool_result"])
SWITCHES = st.builds(
    CacheRules,
    lookback=st.sampled_from([1, 2, 5, 20]),
    group_tool_runs=st.booleans(),
    match_inside_runs=st.booleans(),
    cross_tiers=st.booleans(),
    skip_short=st.booleans(),
    refresh_shorter=st.booleans(),
    upgrade_ttl=st.booleans(),
)


def sonnet() -> Model:
    model = CATALOGUE.model(SONNET)
    assert model is not None
    return model


def replay_of(traffic: list[Receipt], breakpoints: Breakpoints, rules: CacheRules) -> Replay:
    order = [step.where for step in traffic[-1].trail if markable(step)]
    visits = visits_of(traffic, sonnet(), order, [where for where, _ in breakpoints], rules)
    return Replay(visits, 512, rules)


@given(st.data(), traffics(), SWITCHES)
def test_a_compact_replay_costs_what_the_whole_trails_cost(
    data: st.DataObject, traffic: list[Receipt], rules: CacheRules
) -> None:
    trail = traffic[-1].trail
    marks = data.draw(markings(len(trail) - 2))
    breakpoints: Breakpoints = tuple(
        (trail[n + 1].where, ttl) for n, ttl in marks.items() if markable(trail[n + 1])
    )
    replay = replay_of(traffic, breakpoints, rules)
    whole = plain_cost(traffic, breakpoints, rules)
    assert replay.cost(breakpoints) == whole
    assert sum((visit.floor for visit in replay.visits), Decimal(0)) <= whole
    assert replay.cost(breakpoints, whole) == whole
    assert replay.cost(breakpoints, whole - Decimal("0.0000001")) is None


@given(st.integers(2, 28), st.data(), SWITCHES)
def test_an_entry_far_before_the_breakpoint_is_found_as_far_as_the_rules_say(
    count: int, data: st.DataObject, rules: CacheRules
) -> None:
    """The draft grew from one block to so many, and its breakpoint stands behind the last of them."""
    kinds = dict(enumerate(data.draw(st.lists(RUNS, min_size=count, max_size=count))))
    short, long = trail_of([(0, 600)], 0, kinds=kinds), trail_of([(0, 600)] * count, 1, kinds=kinds)
    traffic = [of_trail(short, START), of_trail(long, START + 60)]
    breakpoints: Breakpoints = ((long[count].where, "5m"),)
    whole = cost_at(traffic, [{1: "5m"}, {count: "5m"}], rules)
    assert replay_of(traffic, breakpoints, rules).cost(breakpoints) == whole


@pytest.mark.parametrize(("count", "found"), [(20, True), (21, False)])
def test_the_search_goes_back_twenty_positions(count: int, found: bool) -> None:
    short, long = trail_of([(0, 600)], 0), trail_of([(0, 600)] * count, 1)
    traffic = [of_trail(short, START), of_trail(long, START + 60)]
    breakpoints: Breakpoints = ((long[count].where, "5m"),)
    cost = replay_of(traffic, breakpoints, CacheRules()).cost(breakpoints)
    read = 600 if found else 0
    assert cost is not None
    assert cost * 1_000_000 == (600 + 600 * count - read) * Decimal("2.5") + read * Decimal("0.1") + 40 * 2


@pytest.mark.parametrize("inside", [True, False])
def test_an_entry_inside_a_run_is_found_where_the_rules_say_so(inside: bool) -> None:
    kinds = dict.fromkeys(range(3), "tool_use")
    short, long = trail_of([(0, 600)], 0, kinds=kinds), trail_of([(0, 600)] * 3, 1, kinds=kinds)
    traffic = [of_trail(short, START), of_trail(long, START + 60)]
    breakpoints: Breakpoints = (("system[2].text", "5m"),)
    rules = CacheRules(match_inside_runs=inside)
    cost = replay_of(traffic, breakpoints, rules).cost(breakpoints)
    assert cost == cost_at(traffic, [{1: "5m"}, {3: "5m"}], rules)
    assert cost is not None
    other = cost_at(traffic, [{1: "5m"}, {3: "5m"}], CacheRules(match_inside_runs=not inside))
    assert (cost < other) is inside


def test_a_place_that_a_trail_does_not_have_is_the_one_before() -> None:
    shorter, longer = trail_of([(0, 600), (0, 600)], 0), trail_of([(0, 600)] * 4, 0)
    order = [step.where for step in longer if markable(step)]
    places = [order[0], order[3]]
    (visit,) = visits_of([of_trail(shorter, START)], sonnet(), order, places, CacheRules())
    breakpoints: Breakpoints = ((order[0], "1h"), (order[3], "5m"))
    ends = [(visit.steps[spot].where, ttl) for spot, ttl in points_of(visit, breakpoints)]
    assert ends == [("system[0].text", "1h"), ("system[1].text", "5m")]


def test_two_breakpoints_at_one_place_are_the_longer_lived_one() -> None:
    longer = trail_of([(0, 600)] * 3, 0)
    order = [step.where for step in longer if markable(step)]
    shorter = of_trail(trail_of([(0, 600)], 0), START)
    (visit,) = visits_of([shorter], sonnet(), order, order[:3], CacheRules())
    assert [ttl for _, ttl in points_of(visit, ((order[0], "1h"), (order[2], "5m")))] == ["1h"]


def test_traffic_is_what_was_asked_of_the_same_model_in_order_of_time() -> None:
    trail = trail_of([(0, 600)], 0)
    late, early = of_trail(trail, START + 9), of_trail(trail, START)
    other, bare = of_trail(trail, START, "claude-opus-5"), of_trail([], START)
    assert traffic_of([late, other, bare, early], SONNET) == (early, late)


def test_caches_of_different_scopes_are_apart() -> None:
    trail = trail_of([(0, 600)], 0)
    breakpoints: Breakpoints = (("system[0].text", "5m"),)
    together = [of_trail(trail, START), of_trail(trail, START + 9)]
    apart = [of_trail(trail, START), of_trail(trail, START + 9, scope="b")]
    costs = [replay_of(traffic, breakpoints, CacheRules()).cost(breakpoints) for traffic in (together, apart)]
    assert costs == [plain_cost(together, breakpoints), plain_cost(apart, breakpoints)]
    assert costs[0] is not None
    assert costs[1] is not None
    assert costs[0] < costs[1]
