"""Reach: why the breakpoints of a request do not find what an earlier one stored, though the text is there.

How far a search goes is said by `reach` in `core.cache.cache`, which the plan of a request uses itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from coldbyte.core.cache.cache import CacheRules, reach
from coldbyte.core.cause import Cause
from coldbyte.core.finding.text_rule import classify
from coldbyte.core.finding.volatile_value import is_volatile
from coldbyte.core.prefix.block_name import part_name
from coldbyte.core.prefix.comparison import Comparison, Side
from coldbyte.core.prefix.marker import Marker, effective, out_of_order
from coldbyte.core.rule.set_up_rule import marker_at, place_of, set_up_cause
from coldbyte.core.text.text import Text, common_suffix, first_difference

_SHORT = 96  # bytes of a question up to which two of them may be alike by chance
_NARROW_SIZE = 2_000  # bytes up to which a change of a whole text is classified
_AROUND = 48  # bytes on each side of a difference in which the value that differs stands
_UNLIMITED = 10**9


@dataclass(frozen=True, slots=True)
class _Reach:
    """What BEFORE stored in the part that both share (`usable`, indexes), and what AFTER finds of it."""

    comparison: Comparison
    before_markers: Sequence[Marker]
    after_markers: Sequence[Marker]
    points: Sequence[int]
    usable: Sequence[int]
    found: int | None
    rules: CacheRules


def reach_causes(
    comparison: Comparison,
    before_markers: Sequence[Marker],
    after_markers: Sequence[Marker],
    *,
    tokens: Sequence[int] = (),
    minimum: int = 0,
    rules: CacheRules | None = None,
) -> Iterator[Cause]:
    """Breakpoints that can't find what was stored: volatile block, moved, out of reach; a shorter lifetime.

    With the `tokens` of AFTER's blocks, breakpoints below the `minimum` count for nothing, as in the plan.
    """
    rules = rules or CacheRules()
    case = _case(comparison, before_markers, after_markers, _able(tokens, minimum), rules)
    if case.points:
        if case.usable:
            yield from _out_of_reach(case)
        else:
            yield from _on_volatile_block(case)
    yield from _downgraded(comparison, before_markers, after_markers)


def _able(tokens: Sequence[int], minimum: int) -> int:
    """The first block up to which there are enough tokens."""
    if not tokens:
        return 0
    return next((n for n, upto in enumerate(accumulate(tokens)) if upto >= minimum), len(tokens))


def _case(
    comparison: Comparison,
    before_markers: Sequence[Marker],
    after_markers: Sequence[Marker],
    able: int,
    rules: CacheRules,
) -> _Reach:
    before, after = comparison.before, comparison.after
    shared = _shared_blocks(comparison)
    points = [index for index in after.breakpoints if index >= able]
    usable = [index for index in before.breakpoints if able <= index < shared]
    stored = set(usable)
    found = next(
        (index for point in reversed(points) for _, index in reach(after, point, rules) if index in stored),
        None,
    )
    return _Reach(comparison, before_markers, after_markers, points, usable, found, rules)


def _shared_blocks(comparison: Comparison) -> int:
    """The number of blocks that both prefixes begin with."""
    first = comparison.first
    if first is None:
        return len(comparison.after.blocks)
    side = first.after or first.before
    assert side is not None
    return side.index


def _out_of_reach(case: _Reach) -> Iterator[Cause]:
    """The largest usable entry is not read: the breakpoints stand before it, or too far behind it."""
    largest = case.usable[-1]
    if case.found == largest:
        return
    behind = [point for point in case.points if point >= largest]
    yield _exceeded(case, largest, behind[0]) if behind else _moved(case, largest)


def _exceeded(case: _Reach, stored: int, point: int) -> Cause:
    before, after = case.comparison.before, case.comparison.after
    far = CacheRules(_UNLIMITED, case.rules.group_tool_runs)
    position = next(position for position, index in reach(after, point, far) if index == stored)
    return set_up_cause(
        "lookback-window-exceeded",
        marker_at(after, case.after_markers, point),
        f"What was stored ends at position {position} before this breakpoint, and the search ends after "
        f"{case.rules.lookback}.",
        tier=after.blocks[point].tier,
        cache_byte=after.starts[point],
        cache_byte_before=before.starts[stored],
        where_before=marker_at(before, case.before_markers, stored),
        confidence="high" if case.rules.group_tool_runs else "medium",
        block=point,
    )


def _moved(case: _Reach, stored: int) -> Cause:
    before, after = case.comparison.before, case.comparison.after
    point = case.points[-1]
    found = case.found is not None
    now = part_name(after, point)
    return set_up_cause(
        "breakpoint-moved",
        marker_at(after, case.after_markers, point),
        f"The last breakpoint was behind {part_name(before, stored)} and is behind {now}"
        + (": what was stored between them is not read." if found else ", where nothing was stored."),
        tier=after.blocks[point].tier,
        cache_byte=after.starts[point],
        cache_byte_before=before.starts[stored],
        where_before=marker_at(before, case.before_markers, stored),
        block=point,
    )


def _on_volatile_block(case: _Reach) -> Iterator[Cause]:
    """All that was stored ends in or behind a block that is another one in each request (causes §2 A)."""
    first, before, after = case.comparison.first, case.comparison.before, case.comparison.after
    if first is None or first.before is None or first.after is None or not before.breakpoints:
        return
    stable = [n for n in range(first.after.index) if after.blocks[n].kind not in ("setting", "turn")]
    marked = before.breakpoints[0] >= first.before.index
    if not stable or not marked or not (_siblings(case) or _same_but_volatile(first.before, first.after)):
        return
    point = case.points[0]
    yield set_up_cause(
        "breakpoint-on-volatile-block",
        marker_at(after, case.after_markers, point),
        f"What is stored takes in {part_name(after, first.after.index)}, which is different each time: "
        "the stored text never matches again.",
        tier=after.blocks[point].tier,
        cache_byte=max(after.starts[point], case.comparison.shared),
        cache_byte_before=max(before.starts[before.breakpoints[0]], case.comparison.shared),
        where_before=marker_at(before, case.before_markers, before.breakpoints[0]),
        confidence="medium",
        block=point,
    )


def _siblings(case: _Reach) -> bool:
    """Whether the two requests share all but their last block, a text of the user that was written anew."""
    first, before, after = case.comparison.first, case.comparison.before, case.comparison.after
    if first is None or first.before is None or first.after is None:
        return False
    left, right = first.before, first.after
    last = left.index == len(before.blocks) - 1 and right.index == len(after.blocks) - 1
    asked = left.block.head == right.block.head and right.block.role == "user" and right.block.kind == "text"
    return last and asked and not _edited(left.block.content, right.block.content)


def _edited(before: Text, after: Text) -> bool:
    """Whether one text is a version of the other and not another question."""
    smaller = min(before.size, after.size)
    short = max(before.size, after.size) <= _NARROW_SIZE
    if short and classify(str(before), str(after))[0] != "text-edited":
        return True
    if smaller <= _SHORT:
        return False
    head = _same_bytes(before, after)
    return head + common_suffix(before, after, smaller - head) > smaller // 2


def _same_bytes(before: Text, after: Text) -> int:
    byte = first_difference(before, after)
    return before.size if byte is None else byte


def _same_but_volatile(before: Side, after: Side) -> bool:
    """Whether the block differs in a clock or an identifier only."""
    left, right = before.block.content, after.block.content
    if before.block.head != after.block.head or before.block.kind == "tool":  # its type may hold a date
        return False
    head = _same_bytes(left, right)
    tail = common_suffix(left, right, min(left.size, right.size) - head)
    return _volatile_run(left, head, tail) and _volatile_run(right, head, tail)


def _volatile_run(text: Text, head: int, tail: int) -> bool:
    if text.size - head - tail > 2 * _AROUND:
        return False
    low = text.boundary(max(head - _AROUND, 0))
    high = min(text.size - tail + _AROUND, text.size)
    chars = text.slice_bytes(low, high).decode(errors="ignore")
    start = len(text.slice_bytes(low, head).decode(errors="ignore"))
    stop = len(text.slice_bytes(low, text.size - tail).decode(errors="ignore"))
    return is_volatile(chars, start, stop)


def _downgraded(
    comparison: Comparison, before_markers: Sequence[Marker], after_markers: Sequence[Marker]
) -> Iterator[Cause]:
    """A breakpoint that asked for an hour asks for five minutes; alone it is no miss."""
    before, after = effective(before_markers), effective(after_markers)
    if out_of_order([two.ttl for two in after]) is not None:
        return
    shorter = [
        (one, two)
        for two in after
        if two.ttl == "5m" and (one := _counterpart(before, two)) is not None and one.ttl == "1h"
    ]
    if not shorter and after and all(two.ttl == "5m" for two in after):
        shorter = [(one, after[0]) for one in before[:1] if one.ttl == "1h"]
    if not shorter:
        return
    one, two = shorter[0]
    index, byte = place_of(comparison.after, two.block)
    cause = set_up_cause(
        "ttl-downgraded",
        two.lifetime,
        "The breakpoint asks for 5 minutes and asked for 1 hour before: after a pause it is written again.",
        tier=comparison.after.blocks[index].tier if index is not None else "messages",
        cache_byte=byte,
        cache_byte_before=place_of(comparison.before, one.block)[1],
        where_before=one.lifetime,
        severity="warning",
        block=index,
    )
    yield replace(cause, count=len(shorter))


def _counterpart(markers: Sequence[Marker], marker: Marker) -> Marker | None:
    """The marker of the other body at the same path; of automatic ones the other automatic one."""
    return next((one for one in markers if one.where == marker.where), None)
