"""What an earlier request stored is not found: out of reach, moved, on a volatile block; or for less long."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import CacheRules, plan_request, settle
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.block_name import block_path
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import compare
from coldbyte.core.prefix.marker import markers_of
from coldbyte.core.rule.reach_rule import reach_causes

Object = dict[str, Any]
FIVE: Object = {"cache_control": {"type": "ephemeral"}}
HOUR: Object = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
RULES = CacheRules()


def text(chars: str, **more: Any) -> Object:
    return {"type": "text", "text": chars, **more}


def body(*blocks: Object, system: Any = "RULES", **fields: Any) -> Object:
    return {"model": "m", "system": system, "messages": [{"role": "user", "content": [*blocks]}], **fields}


def causes(before: Object, after: Object, **more: Any) -> list[Cause]:
    one, two = RequestBody(before), RequestBody(after)
    both = compare(prefix_of(one), prefix_of(two))
    return list(reach_causes(both, markers_of(one), markers_of(two), **more))


def ids(before: Object, after: Object) -> list[str]:
    return [cause.id for cause in causes(before, after)]


def grown(count: int) -> list[Object]:
    return [text(f"b{n}") for n in range(count)]


def test_nineteen_new_blocks_are_within_reach_and_twenty_are_not() -> None:
    before = body(text("q"), **FIVE)
    assert ids(before, body(text("q"), *grown(19), **FIVE)) == []
    (cause,) = causes(before, body(text("q"), *grown(20), **FIVE))
    assert (cause.id, cause.where, cause.where_before) == (
        "lookback-window-exceeded",
        "cache_control",
        "cache_control",
    )
    assert "position 21" in cause.say
    assert "ends after 20" in cause.say
    after = prefix_of(RequestBody(body(text("q"), *grown(20), **FIVE)))
    assert cause.cache_byte == after.starts[len(after.blocks) - 1]


def test_a_second_breakpoint_near_the_old_end_is_a_remedy() -> None:
    before = body(text("q"), **FIVE)
    assert ids(before, body(text("q"), *grown(5), text("m", **FIVE), *grown(18), **FIVE)) == []


def test_parallel_tool_calls_are_one_position_where_runs_are_grouped() -> None:
    calls = [{"type": "tool_use", "id": f"t{n}", "name": "f", "input": {}} for n in range(30)]
    before, after = body(text("q"), **FIVE), body(text("q"), *calls, **FIVE)
    assert ids(before, after) == []
    (cause,) = causes(before, after, rules=CacheRules(group_tool_runs=False))
    assert (cause.id, cause.confidence) == ("lookback-window-exceeded", "medium")


def test_a_breakpoint_that_moved_back_finds_nothing() -> None:
    before, after = body(text("a"), text("b", **FIVE)), body(text("a", **FIVE), text("b"))
    (cause,) = causes(before, after)
    assert cause.id == "breakpoint-moved"
    assert (cause.where, cause.where_before) == (
        "messages[0].content[0].cache_control",
        "messages[0].content[1].cache_control",
    )
    assert ids(after, before) == []


def test_a_breakpoint_that_is_gone_loses_what_only_it_could_read() -> None:
    marked = [text("S", **FIVE)]
    (cause,) = causes(body(text("q"), system=marked, **FIVE), body(text("q"), text("r"), system=marked))
    assert cause.id == "breakpoint-moved"
    assert "not read" in cause.say
    assert ids(body(text("q"), system=marked, **FIVE), body(text("other"), system=marked)) == []


def test_a_breakpoint_below_the_minimum_is_no_matter_of_reach() -> None:
    before, after = body(text("a"), text("b " * 400, **FIVE)), body(text("a", **FIVE), text("b " * 400))
    tokens = block_tokens(prefix_of(RequestBody(after)), "2026")
    assert causes(before, after, tokens=tokens, minimum=100) == []
    assert [cause.id for cause in causes(before, after, tokens=tokens)] == ["breakpoint-moved"]


def test_other_questions_behind_one_breakpoint_at_the_end_name_it() -> None:
    before, after = body(text("item 1"), **FIVE), body(text("item two"), **FIVE)
    (cause,) = causes(before, after)
    assert (cause.id, cause.where, cause.confidence) == (
        "breakpoint-on-volatile-block",
        "cache_control",
        "medium",
    )
    kept = [text("RULES", **FIVE)]
    assert ids(body(text("item 1"), system=kept, **FIVE), body(text("item two"), system=kept, **FIVE)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The caf\u00e9 is open.", "The cafe\u0301 is open."),
        ("One\u00a0line", "One line"),
        ("a\r\nb", "a\nb"),
        (f"{'The law says so. ' * 40}Article 5 holds.", f"{'The law says so. ' * 40}Article 6 holds."),
    ],
)
def test_a_text_that_was_edited_is_no_other_question(before: str, after: str) -> None:
    assert ids(body(text(before), **FIVE), body(text(after), **FIVE)) == []


def test_an_edit_in_the_middle_or_at_the_head_blames_no_breakpoint() -> None:
    assert ids(body(text("a"), text("q"), **FIVE), body(text("b"), text("q"), **FIVE)) == []
    assert ids(body(text("q"), system="S", **FIVE), body(text("q"), system="T", **FIVE)) == []
    assert ids(body(text("q"), **FIVE), body(text("q"), text("more"), **FIVE)) == []


def test_a_marked_block_whose_clock_goes_on_is_volatile() -> None:
    def at(clock: str) -> Object:
        return body(text("q"), system=[text("RULES"), text(f"Now: 2026-11-23T{clock}Z.", **FIVE)])

    (cause,) = causes(at("10:15:00"), at("10:16:41"))
    assert (cause.id, cause.where) == ("breakpoint-on-volatile-block", "system[1].cache_control")


def test_an_hour_that_became_five_minutes_is_a_warning() -> None:
    (cause,) = causes(body(text("q"), **HOUR), body(text("q"), **FIVE))
    assert (cause.id, cause.where, cause.where_before, cause.severity) == (
        "ttl-downgraded",
        "cache_control",
        "cache_control.ttl",
        "warning",
    )
    assert ids(body(text("q"), **FIVE), body(text("q"), **HOUR)) == []
    late = body(text("q", **HOUR), system=[text("S", **FIVE)])
    assert ids(body(text("q"), system=[text("S", **HOUR)]), late) == []
    both = [text("S", **HOUR)]
    assert ids(body(text("q"), system=both), body(text("q"), system=both, **FIVE)) == []


BLOCK = st.builds(
    lambda kind, mark: (kind, mark),
    st.sampled_from(["text", "tool_use", "tool_use", "tool_result"]),
    st.sampled_from([False] * 6 + [True]),
)
BLOCKS = st.lists(BLOCK, min_size=1, max_size=60)


def made(blocks: list[tuple[str, bool]]) -> RequestBody:
    content: list[Object] = []
    for number, (kind, mark) in enumerate(blocks):
        block: Object = text(f"text {number} " * (number % 5 + 1))
        if kind == "tool_use":
            block = {"type": "tool_use", "id": f"t{number}", "name": "f", "input": {}}
        if kind == "tool_result":
            block = {"type": "tool_result", "tool_use_id": f"t{number}", "content": f"result {number}"}
        content.append({**block, **FIVE} if mark else block)
    return RequestBody({"model": "m", "messages": [{"role": "user", "content": content}]})


@given(BLOCKS, st.lists(st.booleans(), min_size=60, max_size=60), BLOCKS, st.sampled_from([0, 20, 200]))
def test_a_cause_is_named_exactly_where_the_plan_reads_less_than_was_stored(
    shared: list[tuple[str, bool]], anew: list[bool], more: list[tuple[str, bool]], minimum: int
) -> None:
    one = made(shared)
    two = made([(kind, mark and new) for (kind, mark), new in zip(shared, anew, strict=False)] + more)
    before, after = prefix_of(one), prefix_of(two)
    tokens = block_tokens(after, "2026")
    first = plan_request(
        before,
        block_tokens(before, "2026"),
        minimum=minimum,
        scope="s",
        entries={},
        now=0.0,
        rules=RULES,
    )
    entries = settle({}, first, started_at=0.0, available_at=0.0)
    plan = plan_request(after, tokens, minimum=minimum, scope="s", entries=entries, now=1.0, rules=RULES)
    found = list(
        reach_causes(
            compare(before, after),
            markers_of(one),
            markers_of(two),
            tokens=tokens,
            minimum=minimum,
            rules=RULES,
        )
    )
    stored = [point.index for point in first.breakpoints if point.outcome == "written"]
    able = [point.index for point in plan.breakpoints if point.outcome != "below_minimum"]
    largest = max((entry.tokens for entry in entries.values()), default=0)
    if not stored or not able or plan.usage.read == largest:
        assert found == []
        return
    (cause,) = found
    behind = any(index >= stored[-1] for index in able)
    assert cause.id == ("lookback-window-exceeded" if behind else "breakpoint-moved")
    assert cause.where.removesuffix(".cache_control") in {
        block_path(after.blocks[index].where) for index in after.breakpoints
    }
