"""The blocks of system and messages: what became of each, told by the narrowest rule that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from coldbyte.core.cause import Cause, CauseId, fix_of
from coldbyte.core.prefix.alignment import Step
from coldbyte.core.prefix.block_name import block_path, capital, message_numbers, part_name
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.rule.block_rule import Edited
from coldbyte.core.rule.boundary_rule import boundaries_changed
from coldbyte.core.rule.history_rule import compacted, forked, rewound, truncated
from coldbyte.core.rule.injection_rule import context_behind_history, injected_block_moved
from coldbyte.core.rule.leftover import Leftover, counted
from coldbyte.core.rule.media_rule import image_evicted, image_reencoded
from coldbyte.core.rule.thinking_rule import thinking_altered, thinking_dropped
from coldbyte.core.rule.tool_call_rule import tool_id_regenerated, tool_result_cleared

_NAMED = 3  # blocks that a sentence names
_BLANK = 1_024  # bytes of white space that still count as an empty text
_EDITED = 2_000  # edited blocks of which each is looked at


def block_causes(comparison: Comparison, limit: int) -> tuple[list[Cause], bool]:
    """Causes in system and messages, and whether all was looked at.

    At most `limit` hunks of a text, and as many edited blocks, are told apart.
    """
    left = Leftover(comparison)
    causes: list[Cause] = []
    for _, rule in BLOCK_RULES if left.steps else ():
        causes += rule(left, limit)
    edits, complete = _edits(left, left.renamed, limit)
    causes += edits
    moved = left.of("moved")
    if moved:
        causes.append(_moved(comparison, moved))
    return causes + _rest(left), complete


def _rest(left: Leftover) -> list[Cause]:
    """What was removed or inserted and no narrower rule explains; what was added at the end is one cause."""
    end, grown = len(left.before.blocks), left.grown()
    growth = [Step("inserted", end, index, (end, index)) for index in grown]
    left.take(after=grown)
    runs = [*_runs(left.of("removed", "inserted")), *([growth] if growth else [])]
    return [
        _inserted(left.comparison, run) if run[0].kind == "inserted" else _removed(left.comparison, run)
        for run in runs
    ]


def empty_block_dropped(left: Leftover) -> list[Cause]:
    """Text blocks without text that are gone from a message, or a system part, that is still there."""
    gone = [
        step
        for step in left.of("removed")
        if left.before.blocks[step.before].kind == "text"
        and _is_blank(left.before.blocks[step.before])
        and left.turns[0][step.before] in left.standing
    ]
    if not gone:
        return []
    left.take([step.before for step in gone])
    part = part_name(left.before, gone[0].before)
    say = f"An empty text block was left out: {part}."
    if len(gone) > 1:
        say = f"{len(gone):,} empty text blocks were left out, the first: {part}."
    return [left.cause("empty-block-dropped", gone[0].before, None, say, count=len(gone))]


def _is_blank(block: PrefixBlock) -> bool:
    return block.content.size <= _BLANK and not str(block.content).strip()


def _edits(left: Leftover, renamed: Mapping[str, str], limit: int) -> tuple[list[Cause], bool]:
    """The causes inside edited blocks, less the ids of tool calls that were told already."""
    edited = left.of("edited")
    most = max(min(limit, _EDITED), 1)
    causes: list[Cause] = []
    complete = len(edited) <= most
    for step in edited[:most]:
        found, whole = Edited(left.comparison, step.before, step.after).causes(limit)
        causes += [
            cause for cause in found if not (renamed and cause.where.endswith((".id", ".tool_use_id")))
        ]
        complete = complete and whole
    if len(edited) > most:
        rest = edited[most:]
        say = f"{counted(len(rest), 'more block')} differ; they were not looked at one by one."
        causes.append(left.cause("text-edited", rest[0].before, rest[0].after, say, count=len(rest)))
    return causes, complete


def _runs(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Neighbouring blocks to which the same happened."""
    run: list[Step] = []
    for step in sorted(steps, key=lambda step: (step.kind, step.before, step.after)):
        if run and not _continues(run[-1], step):
            yield run
            run = []
        run.append(step)
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
    places = [step.after for step in run]
    where = " at the end" if at_end else _before(comparison, first.before, places)
    cause = Cause(
        "block-inserted",
        block.tier,
        block_path(block.where),
        None,
        comparison.after.starts[first.after],
        comparison.before.starts[first.before],
        f"{_parts(comparison.after, places)} added{where}.",
        fix_of("block-inserted"),
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
        fix_of("block-removed"),
        block_byte=(0, None),
        line=(1, None),
        column=(1, None),
        count=len(run),
        blocks=(first.before, None),
    )


def _before(comparison: Comparison, place: int, added: Sequence[int]) -> str:
    """Before what blocks were added; numbers count anew on each side, so that it may be named like them."""
    name = part_name(comparison.before, place)
    if name in [part_name(comparison.after, index) for index in added[:_NAMED]]:
        return f"; what stood there comes after {'it' if len(added) == 1 else 'them'}"
    return f" before {name}"


def _parts(prefix: Prefix, indexes: Sequence[int]) -> str:
    """`Claude's text in message 2 and the question were`, `27 blocks in messages 10 to 34 were`."""
    names = list(dict.fromkeys(part_name(prefix, index) for index in indexes))
    numbers = message_numbers(prefix, indexes)
    if numbers and (len(indexes) > _NAMED or len(names) < len(indexes)):
        joint = " and " if len(numbers) == 2 else " to "
        there = f"messages {numbers[0]}{joint}{numbers[-1]}" if len(numbers) > 1 else f"message {numbers[0]}"
        return f"{counted(len(indexes), 'block')} in {there} were"
    if len(names) > _NAMED:
        names[_NAMED:] = [f"{len(names) - _NAMED} more"]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return capital(listed) + (" was" if len(indexes) == 1 else " were")


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
        fix_of("blocks-reordered"),
        block_byte=(0, 0),
        line=(1, 1),
        column=(1, 1),
        count=len(moved),
        blocks=(at, there),
    )


def _say_move(before: Prefix, after: Prefix, step: Step) -> str:
    old, new = part_name(before, step.before), part_name(after, step.after)
    return f"{old} moved" if old == new else f"{old} is now {new.split(' (', 1)[0]}"


def _history(left: Leftover) -> list[Cause]:
    return rewound(left) or compacted(left) or truncated(left) or forked(left)


# Narrow before wide: each rule sees what those before it left over. A name is given where the rule takes
# whole blocks for one cause, so that a repair can find them.
BLOCK_RULES: tuple[tuple[CauseId | None, Callable[[Leftover, int], list[Cause]]], ...] = (
    ("block-boundaries-changed", lambda left, _: boundaries_changed(left)),
    (None, lambda left, _: _history(left)),
    (None, lambda left, _: context_behind_history(left)),
    ("injected-block-moved", lambda left, _: injected_block_moved(left)),
    ("empty-block-dropped", lambda left, _: empty_block_dropped(left)),
    ("thinking-dropped", lambda left, _: thinking_dropped(left)),
    ("thinking-altered", lambda left, _: thinking_altered(left)),
    ("tool-id-regenerated", lambda left, _: tool_id_regenerated(left)),
    ("tool-result-cleared", lambda left, _: tool_result_cleared(left)),
    ("image-evicted", lambda left, _: image_evicted(left)),
    ("image-reencoded", image_reencoded),
)
