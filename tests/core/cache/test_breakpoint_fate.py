"""Of each breakpoint it is said what it reads, or what keeps it from reading, with the entry concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.breakpoint_fate import BreakpointFate, fates_of
from coldbyte.core.cache.cache import CachePlan, CacheRules, Entry, entry_key, plan_request, settle
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.text.text import Text

NOW = 1_795_435_200.0
NOTHING: Mapping[bytes, Entry] = {}


def prompt(*words: str, points: Sequence[int]) -> Prefix:
    """A prefix of a model and these texts; a breakpoint stands behind the texts at `points`."""
    model = PrefixBlock("model", "request", "setting", b"setting", Text.from_str("claude-opus-5"))
    texts = (
        PrefixBlock(
            f"t{i}", "system", "text", b"system text", Text.from_str(each), "5m" if i in points else None
        )
        for i, each in enumerate(words)
    )
    return Prefix((model, *texts))


def look(
    prefix: Prefix,
    baseline: Prefix | None = None,
    entries: Mapping[bytes, Entry] = NOTHING,
    now: float = NOW,
    minimum: int = 0,
) -> list[BreakpointFate]:
    """The fates of the breakpoints of a prompt in which each text has 100 tokens."""

    def plan(of: Prefix) -> int:
        return planned(of, entries, now, minimum).usage.read

    stored = plan(baseline) if baseline is not None else 0
    planned_now = planned(prefix, entries, now, minimum)
    return list(fates_of(prefix, planned_now, baseline, stored, entries, now, {}))


def planned(prefix: Prefix, entries: Mapping[bytes, Entry], now: float, minimum: int = 0) -> CachePlan:
    tokens = (0, *[100] * (len(prefix.blocks) - 1))
    rules = CacheRules()
    return plan_request(prefix, tokens, minimum=minimum, scope="s", entries=entries, now=now, rules=rules)


def sent(prefix: Prefix, now: float = NOW, available_after: float = 1.0) -> Mapping[bytes, Entry]:
    plan = planned(prefix, {}, now)
    return settle({}, plan, started_at=now, available_at=now + available_after)


def names(fates: Sequence[BreakpointFate]) -> list[str]:
    return [each.fate for each in fates]


AB = prompt("a", "b", points=[0, 1])


def test_at_first_nothing_is_known_to_be_stored() -> None:
    fates = look(AB)
    assert names(fates) == ["first", "first"]
    assert [each.entry for each in fates] == [None, None]
    assert [each.lives_s for each in fates] == [None, None]


def test_the_longest_entry_is_read_and_holds_the_shorter_ones() -> None:
    entries = sent(AB)
    fates = look(AB, AB, entries, NOW + 100)
    assert names(fates) == ["held", "read"]
    own = entries[entry_key("s", AB.keys[2])]
    assert [(each.entry, each.lives_s) for each in fates] == [(own, 200.0)] * 2


def test_an_entry_that_has_ended_is_named_with_the_seconds_since() -> None:
    entries = sent(AB)
    fates = look(AB, AB, entries, NOW + 310)
    assert names(fates) == ["expired", "expired"]
    assert {each.lives_s for each in fates} == {-10.0}
    assert fates[0].entry == entries[entry_key("s", AB.keys[1])]


def test_while_the_first_answer_has_not_begun_its_entries_are_not_ready() -> None:
    fates = look(AB, AB, sent(AB, available_after=20), NOW + 10)
    assert names(fates) == ["not_ready", "not_ready"]
    assert {each.lives_s for each in fates} == {290.0}


def test_behind_a_break_the_breakpoints_are_broken_and_before_it_they_read() -> None:
    edited = prompt("a", "B", points=[0, 1])
    fates = look(edited, AB, sent(AB), NOW + 10)
    assert names(fates) == ["read", "broken"]
    assert fates[1].entry is None


def test_a_break_loses_nothing_where_all_that_was_stored_has_ended() -> None:
    assert names(look(prompt("A", "b", points=[0, 1]), AB, sent(AB), NOW + 400)) == ["first", "first"]


def test_what_is_new_behind_the_baseline_is_not_broken() -> None:
    longer = prompt("a", "b", "c", points=[1, 2])
    assert names(look(longer, AB, sent(AB), NOW + 10)) == ["read", "first"]


def test_an_entry_farther_back_than_the_look_back_is_out_of_reach() -> None:
    words = [str(number) for number in range(40)]
    short, long = prompt(*words[:5], points=[4]), prompt(*words, points=[39])
    entries = sent(short)
    (fate,) = look(long, short, entries, NOW + 10)
    assert fate.fate == "out_of_reach"
    assert fate.entry == entries[entry_key("s", short.keys[-1])]
    assert fate.lives_s == 290.0
    (fate,) = look(long, short, entries, NOW + 300)
    assert (fate.fate, fate.entry) == ("first", None)


def test_an_entry_that_is_read_is_not_out_of_reach_for_the_breakpoints_behind_it() -> None:
    words = [str(number) for number in range(40)]
    entries = sent(prompt(*words[:5], points=[4]))
    assert names(look(prompt(*words, points=[4, 39]), None, entries, NOW + 10)) == ["read", "first"]


def test_below_the_minimum_there_is_nothing_to_say_of_entries() -> None:
    fates = look(AB, AB, sent(AB), NOW + 10, minimum=150)
    assert names(fates) == ["below_minimum", "read"]
    assert fates[0].entry is None


@pytest.mark.parametrize("now", [NOW + 10, NOW + 1000])
def test_without_breakpoints_there_are_no_fates(now: float) -> None:
    assert look(prompt("a", "b", points=[]), AB, sent(AB), now) == []


WORDS = st.lists(st.sampled_from("ab"), min_size=1, max_size=30)


@given(
    WORDS, st.sets(st.integers(0, 29), max_size=4), WORDS, st.sets(st.integers(0, 29), max_size=4), st.data()
)
def test_the_fate_agrees_with_the_plan(
    old: list[str], old_points: set[int], new: list[str], new_points: set[int], data: st.DataObject
) -> None:
    before = prompt(*old, points=sorted(old_points))
    draft = prompt(*(new if data.draw(st.booleans()) else [*old, *new]), points=sorted(new_points))
    now = NOW + data.draw(st.sampled_from([0.5, 10, 299, 300]))
    entries = sent(before)
    plan = planned(draft, entries, now)
    for point, fate in zip(plan.breakpoints, look(draft, before, entries, now), strict=True):
        assert fate.point == point
        if point.outcome != "written":
            assert fate.fate == point.outcome
            assert fate.entry == (plan.hit if point.outcome in ("read", "held") else None)
            continue
        match fate.fate:
            case "expired" | "not_ready":
                assert fate.entry is entries[point.key]
                assert fate.entry.live(now) is False
            case "out_of_reach":
                assert fate.entry is not None
                assert fate.entry.live(now)
                assert fate.entry != plan.hit
                assert fate.entry.tokens <= point.tokens - 20 * 100
            case "broken":
                assert plan.usage.read < planned(before, entries, now).usage.read
            case _:
                assert fate.fate == "first"
                assert point.key not in entries
