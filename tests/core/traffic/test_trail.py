"""A trail stands in for the prefix that it came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import CacheRules, Entry, plan_request, settle
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.traffic.receipt import Step
from coldbyte.core.traffic.trail import skeleton, tokens_of

MODEL = "claude-sonnet-5-5"


def trail_of(prefix: Prefix) -> tuple[Step, ...]:
    return tuple(
        Step(key, block.where, block.tier, block.kind, block.size, block.ttl)
        for key, block in zip(prefix.keys, prefix.blocks, strict=True)
    )


def prefix(system: list[tuple[str, Ttl | None]]) -> Prefix:
    blocks = [
        {"type": "text", "text": text} | ({"cache_control": {"type": "ephemeral", "ttl": ttl}} if ttl else {})
        for text, ttl in system
    ]
    return prefix_of(
        RequestBody({"model": MODEL, "system": blocks, "messages": [{"role": "user", "content": "x"}]})
    )


SYSTEMS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([None, None, "5m", "1h"])), min_size=1, max_size=25
)


@given(st.lists(SYSTEMS, min_size=1, max_size=4))
def test_a_skeleton_is_planned_exactly_as_the_prefix(systems: list[list[tuple[str, Ttl | None]]]) -> None:
    entries: dict[bytes, Entry] = {}
    for number, system in enumerate(systems):
        real = prefix(system)
        trail = trail_of(real)
        plans = [
            plan_request(
                one,
                tokens_of(trail),
                minimum=10,
                scope="api",
                entries=entries,
                now=number * 100.0,
                rules=CacheRules(),
            )
            for one in (real, skeleton(trail, MODEL))
        ]
        assert plans[0] == plans[1]
        entries = settle(entries, plans[0], started_at=number * 100.0, available_at=number * 100.0)


def test_a_skeleton_has_the_keys_the_model_and_the_breakpoints_of_its_steps() -> None:
    real = prefix([("a", "1h"), ("b", None), ("c", "5m")])
    bare = skeleton(trail_of(real), MODEL)
    assert (bare.keys, bare.model, bare.breakpoints) == (real.keys, MODEL, real.breakpoints)
    assert [block.ttl for block in bare.blocks] == [block.ttl for block in real.blocks]


def test_other_breakpoints_take_the_place_of_all_that_were_there() -> None:
    trail = trail_of(prefix([("a", "1h"), ("b", None), ("c", "5m")]))
    bare = skeleton(trail, MODEL, {2: "5m"})
    assert bare.breakpoints == (2,)
    assert bare.blocks[2].ttl == "5m"
    assert skeleton(trail, MODEL, {}).breakpoints == ()


def test_there_is_no_prefix_without_a_step() -> None:
    with pytest.raises(ValueError, match="without a step"):
        skeleton((), MODEL)
