"""The explanation: every difference between two prefixes by its cause, in cache order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coldbyte.core.alignment import Step, align
from coldbyte.core.block_name import block_path, capital, part_name
from coldbyte.core.block_rule import LIVE, Edited
from coldbyte.core.body import Json, RequestBody, compact, wire_start
from coldbyte.core.cause import Cause, CauseId, fix_of
from coldbyte.core.comparison import Comparison
from coldbyte.core.prefix import Prefix, PrefixBlock
from coldbyte.core.setting_rule import setting_causes
from coldbyte.core.text import Text
from coldbyte.core.tool_rule import tool_causes

EVERYTHING = 250_000
"""A limit that no real text reaches."""

_STEP = re.compile(r'([A-Za-z0-9_]+)|\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\]')
_NAMED = 3  # blocks that a sentence names


@dataclass(frozen=True, slots=True)
class Explanation:
    """The causes, the primary one (at the break) first, and the differences that cost nothing.

    `complete` is False where a text has more differences than were looked at.
    """

    causes: tuple[Cause, ...] = ()
    harmless: tuple[Cause, ...] = ()
    complete: bool = True

    @property
    def first(self) -> Cause | None:
        """The cause at the break, harmless or not; None where both prefixes are the same."""
        found = [*self.causes[:1], *self.harmless[:1]]
        return min(found, key=_order, default=None)


def explain(comparison: Comparison, *, limit: int = LIVE) -> Explanation:
    """Name all causes. Differences from the baseline's last breakpoint on are harmless (causes §2, step 5).

    At most `limit` hunks of each text are told apart, so that the work follows the edit and not the prompt.
    """
    first = comparison.first
    if first is None:
        return Explanation()
    blocks, complete = _block_causes(comparison, limit)
    found = [*setting_causes(comparison), *tool_causes(comparison, limit), *blocks]
    found.sort(key=_order)
    if not found:
        found = [_unknown(comparison)]
    found[0] = replace(found[0], cache_byte=first.cache_byte, cache_byte_before=first.cache_byte)
    found = [_not_before(first.cache_byte, cause) for cause in found]
    stored = comparison.before.stored
    harmless = [cause for cause in found if _is_harmless(cause, stored)]
    causes = [cause for cause in found if not _is_harmless(cause, stored)]
    return Explanation(tuple(causes), tuple(map(_without_loss, harmless)), complete)


def with_wire(cause: Cause, before: RequestBody, after: RequestBody) -> Cause:
    """The cause with its bytes in the wire view of both bodies, None where a body has not got the place."""
    old = new = None
    if cause.where_before is not None:
        old = _wire_byte(before, cause.where_before, cause.block_byte[0])
    if cause.blocks[1] is not None:
        new = _wire_byte(after, cause.where, cause.block_byte[1])
    return replace(cause, wire_byte=(old, new))


def _not_before(byte: int, cause: Cause) -> Cause:
    """The cause of a whole block starts with its record, the break lies where that first differs."""
    if cause.cache_byte >= byte and cause.cache_byte_before >= byte:
        return cause
    return replace(
        cause,
        cache_byte=max(cause.cache_byte, byte),
        cache_byte_before=max(cause.cache_byte_before, byte),
    )


def _order(cause: Cause) -> tuple[int, int]:
    return cause.cache_byte_before, cause.cache_byte


def _is_harmless(cause: Cause, stored: int) -> bool:
    return cause.cache_byte_before >= stored or cause.severity == "info"


def _without_loss(cause: Cause) -> Cause:
    return replace(cause, severity="info") if cause.severity == "loss" else cause


def _block_causes(comparison: Comparison, limit: int) -> tuple[list[Cause], bool]:
    """Causes in system and messages."""
    left, right = _content(comparison.before), _content(comparison.after)
    steps = align([block for _, block in left], [block for _, block in right])
    old = [index for index, _ in left] + [len(comparison.before.blocks)]
    new = [index for index, _ in right] + [len(comparison.after.blocks)]
    steps = tuple(
        Step(step.kind, old[step.before], new[step.after], (old[step.felt[0]], new[step.felt[1]]))
        for step in steps
    )
    causes: list[Cause] = []
    complete = True
    for step in steps:
        if step.kind == "edited":
            found, whole = Edited(comparison, step.before, step.after).causes(limit)
            causes += found
            complete = complete and whole
    for run in _runs([step for step in steps if step.kind in ("inserted", "removed")]):
        causes.append(_inserted(comparison, run) if run[0].kind == "inserted" else _removed(comparison, run))
    moved = [step for step in steps if step.kind == "moved"]
    if moved:
        causes.append(_moved(comparison, moved))
    return causes, complete


def _content(prefix: Prefix) -> list[tuple[int, PrefixBlock]]:
    return [
        (index, block)
        for index, block in enumerate(prefix.blocks)
        if block.tier in ("system", "messages") and block.kind != "setting"
    ]


def _runs(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Neighbouring blocks to which the same happened."""
    run: list[Step] = []
    for step in sorted(steps, key=lambda step: (step.kind, step.before, step.after)):
        if run and _continues(run[-1], step):
            run.append(step)
            continue
        if run:
            yield run
        run = [step]
    if run:
        yield run


def _continues(last: Step, step: Step) -> bool:
    if last.kind != step.kind:
        return False
    if step.kind == "inserted":
        return (last.before, last.after + 1) == (step.before, step.after)
    return (last.before + 1, last.after) == (step.before, step.after)


def _inserted(comparison: Comparison, run: Sequence[Step]) -> Cause:
    first, at_end = run[0], run[0].before == len(comparison.before.blocks)
    block = comparison.after.blocks[first.after]
    where = "at the end" if at_end else f"before {part_name(comparison.before, first.before)}"
    cause = Cause(
        "block-inserted",
        block.tier,
        block_path(block.where),
        None,
        comparison.after.starts[first.after],
        comparison.before.starts[first.before],
        f"{_parts(comparison.after, [step.after for step in run])} added {where}.",
        fix_of("block-inserted", automatic=False),
        block_byte=(None, 0),
        line=(None, 1),
        column=(None, 1),
        count=len(run),
        blocks=(None, first.after),
    )
    return replace(cause, severity="expected", label="growth", fix=None) if at_end else cause


def _removed(comparison: Comparison, run: Sequence[Step]) -> Cause:
    first = run[0]
    block = comparison.before.blocks[first.before]
    path = block_path(block.where)
    return Cause(
        "block-removed",
        block.tier,
        path,
        path,
        comparison.after.starts[first.after],
        comparison.before.starts[first.before],
        f"{_parts(comparison.before, [step.before for step in run])} removed.",
        fix_of("block-removed", automatic=False),
        block_byte=(0, None),
        line=(1, None),
        column=(1, None),
        count=len(run),
        blocks=(first.before, None),
    )


def _parts(prefix: Prefix, indexes: Sequence[int]) -> str:
    names = [part_name(prefix, index) for index in indexes[:_NAMED]]
    more = f" and {len(indexes) - _NAMED} more" if len(indexes) > _NAMED else ""
    return capital(", ".join(names)) + more + (" was" if len(indexes) == 1 else " were")


def _moved(comparison: Comparison, moved: Sequence[Step]) -> Cause:
    """One cause for all moves; it lies where the order is first another."""
    before, after = comparison.before, comparison.after
    at, there = min(step.felt for step in moved)
    at, there = min(at, len(before.blocks) - 1), min(there, len(after.blocks) - 1)
    moves = [_say_move(before, after, step) for step in moved[:_NAMED]]
    more = f", and {len(moved) - _NAMED} more moved" if len(moved) > _NAMED else ""
    return Cause(
        "blocks-reordered",
        after.blocks[there].tier,
        block_path(after.blocks[there].where),
        block_path(before.blocks[at].where),
        after.starts[there],
        before.starts[at],
        f"The same blocks stand in another order: {', '.join(moves)}{more}.",
        fix_of("blocks-reordered", automatic=False),
        block_byte=(0, 0),
        line=(1, 1),
        column=(1, 1),
        count=len(moved),
        blocks=(at, there),
    )


def _say_move(before: Prefix, after: Prefix, step: Step) -> str:
    old, new = part_name(before, step.before), part_name(after, step.after)
    return f"{old} moved" if old == new else f"{old} is now {new.split(' (', 1)[0]}"


def _unknown(comparison: Comparison) -> Cause:
    """A difference that no rule explains: the same fields of a block in another order."""
    first = comparison.first
    assert first is not None
    side = first.after or first.before
    assert side is not None
    name: CauseId = "json-key-reordered"
    prefix = comparison.after if first.after else comparison.before
    return Cause(
        name,
        first.tier,
        block_path(side.block.where),
        block_path(first.before.block.where) if first.before else None,
        first.cache_byte,
        first.cache_byte,
        f"{capital(part_name(prefix, side.index))}: the same fields stand in another order.",
        fix_of(name, automatic=False),
        confidence="low",
        evidence="assumed",
        blocks=(first.before.index if first.before else None, first.after.index if first.after else None),
    )


def _wire_byte(body: RequestBody, where: str, byte: int | None) -> int | None:
    """The wire byte of a byte in the value at `where`; None where the value is not there."""
    value = _value(body, where)
    if value is None:
        return None
    try:
        start = wire_start(body, where)
    except KeyError:
        return None
    if isinstance(value, str):
        value = Text.from_str(value)
    if isinstance(value, Text):
        return start + value.escaped_before(min(byte or 0, value.size))
    marked = "cache_control" in compact(value)
    return start if marked or byte is None else start + byte


def _value(body: RequestBody, where: str) -> Json:
    value: Json = body.fields
    for name, index, quoted in _STEP.findall(where):
        key = json.loads(quoted) if quoted else name
        if not index and isinstance(value, Mapping):
            value = value.get(key)
        elif index and isinstance(value, Sequence) and not isinstance(value, str) and int(index) < len(value):
            value = value[int(index)]
        else:
            return None
    return value
