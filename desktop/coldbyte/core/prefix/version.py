"""Which of some blocks that are gone became which of some that are new: versions of the same block.

A tool's call and its result are known by their id, or by what they say where only the id is another; other
blocks by how alike they are. What stands in the place of a block of its kind can be a version of it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from itertools import accumulate, pairwise

from coldbyte.core.json.value import compact
from coldbyte.core.prefix.prefix import PrefixBlock
from coldbyte.core.text.anchor import Pair, anchors, gaps
from coldbyte.core.text.text import common_suffix, first_difference

_AREA = 400  # pairs of blocks that are all compared
_AHEAD = 12  # blocks among which an edited one is looked for in a larger gap
_EFFORT = 100_000  # pairs that are compared in larger gaps
_ALIKE = 0.4  # likeness from which a block is a version wherever it stands
_SHORT = 8  # bytes of a text below which likeness says little
_CHANCE = 0.1  # what a pair is worth that is not alike

_Blocks = Sequence[PrefixBlock]


def versions(gone: _Blocks, new: _Blocks, *, growing: bool = False) -> list[Pair]:
    """Places of old and new blocks that are versions of each other, rising on both sides.

    `growing` says that new turns may follow: then what stands at both ends need not belong together.
    """
    segments = [(range(len(gone)), range(len(new)))]
    pairs: list[Pair] = []
    for find in (_by_id, _by_rest, partial(_by_likeness, growing=growing)):
        rest: list[tuple[range, range]] = []
        for one, two in segments:
            found = find(gone[one.start : one.stop], new[two.start : two.stop]) if one and two else []
            placed = [(one.start + at_one, two.start + at_two) for at_one, at_two in found]
            pairs += placed
            rest += gaps(placed, one, two)
        segments = rest
    return sorted(pairs)


def related(before: PrefixBlock, after: PrefixBlock) -> bool:
    """Whether one could be an edited version of the other: same place in the conversation, same kind."""
    if (before.tier, before.kind) != (after.tier, after.kind):
        return False
    return before.head.split(b" ", 1)[0] == after.head.split(b" ", 1)[0]


def are_alike(before: PrefixBlock, after: PrefixBlock) -> bool:
    """Whether one looks like a version of the other, wherever they stand."""
    return _worth(before, after) >= _ALIKE


def call_id(block: PrefixBlock) -> str | None:
    """The id that joins a tool's call and its result; None for another block."""
    fields = block.fields if block.structured else block.attributes
    found = fields.get("id" if block.kind.endswith("tool_use") else "tool_use_id")
    return found if isinstance(found, str) else None


def without_id(block: PrefixBlock) -> Hashable:
    """What a tool's call or its result says besides the id; equal for those that differ in it only."""
    fields = block.fields if block.structured else block.attributes
    rest = {key: value for key, value in fields.items() if key not in ("id", "tool_use_id")}
    content = b"" if block.structured else block.content.digest
    return block.kind, block.role, block.structured, compact(rest), content


def _by_id(gone: _Blocks, new: _Blocks) -> list[Pair]:
    return _by_key(gone, new, call_id)


def _by_rest(gone: _Blocks, new: _Blocks) -> list[Pair]:
    return _by_key(gone, new, without_id)


def _by_key(gone: _Blocks, new: _Blocks, key: Callable[[PrefixBlock], Hashable]) -> list[Pair]:
    """Blocks of calls and results that have the same key."""
    if not (any(map(_is_call, gone)) and any(map(_is_call, new))):
        return []
    sides = [
        [(block.kind, key(block)) if _is_call(block) else (side, index) for index, block in enumerate(blocks)]
        for side, blocks in enumerate((gone, new))
    ]
    return [
        (one, two)
        for one, two in anchors(*sides)
        if sides[0][one][1] is not None and related(gone[one], new[two])
    ]


def _is_call(block: PrefixBlock) -> bool:
    return block.kind.endswith(("tool_use", "tool_result"))


def _by_likeness(gone: _Blocks, new: _Blocks, *, growing: bool) -> list[Pair]:
    """Pairs that are worth most together; in a large gap those that are found near each other."""
    if len(gone) * len(new) <= _AREA:
        return _best(gone, new, growing)
    if len(gone) == len(new) and all(map(related, gone, new)):
        return [(index, index) for index in range(len(gone))]
    found = _near(gone, new)
    pairs = list(found)
    for one, two in gaps(found, range(len(gone)), range(len(new))):
        at = two.start
        for index in one:
            place = next(
                (at_two for at_two in two[at - two.start :][:_AHEAD] if related(gone[index], new[at_two])), -1
            )
            if place >= 0:
                pairs.append((index, place))
                at = place + 1
    return sorted(pairs)


def _near(gone: _Blocks, new: _Blocks) -> list[Pair]:
    """Pairs that are alike, each old block with the first such new one."""
    found: list[Pair] = []
    at, effort = 0, _EFFORT
    for one, block in enumerate(gone):
        for two in range(at, min(at + _AHEAD, len(new))):
            effort -= 1
            if _worth(block, new[two]) >= _ALIKE:
                found.append((one, two))
                at = two + 1
                break
        if effort < 0:
            break
    return found


def _best(gone: _Blocks, new: _Blocks, growing: bool) -> list[Pair]:
    """Of all ways to pair them in order the one that is worth most; of equal ones the earliest."""
    worth = [[_worth(one, two) for two in new] for one in gone]
    old_turns, new_turns = _turns(gone), _turns(new)
    shift = 0 if growing else new_turns[-1] - old_turns[-1]
    for row, turn in zip(worth, old_turns, strict=True):
        for place, other in enumerate(new_turns):
            if row[place] < _ALIKE and other - turn not in (0, shift):
                row[place] = 0.0
    best = [[0.0] * (len(new) + 1) for _ in range(len(gone) + 1)]
    for one in reversed(range(len(gone))):
        for two in reversed(range(len(new))):
            pair = worth[one][two] + best[one + 1][two + 1] if worth[one][two] else 0.0
            best[one][two] = max(pair, best[one + 1][two], best[one][two + 1])
    pairs, one, two = [], 0, 0
    while one < len(gone) and two < len(new):
        if worth[one][two] and best[one][two] == worth[one][two] + best[one + 1][two + 1]:
            pairs.append((one, two))
            one, two = one + 1, two + 1
        elif best[one][two] == best[one][two + 1]:
            two += 1
        else:
            one += 1
    return pairs


def _turns(blocks: _Blocks) -> list[int]:
    """For each block how often the role changed before it."""
    changes = (one.role != two.role for one, two in pairwise(blocks))
    return list(accumulate(changes, initial=0))


def _worth(before: PrefixBlock, after: PrefixBlock) -> float:
    """What it is worth to take two blocks for versions of each other; 0 where they can't be."""
    if not related(before, after):
        return 0.0
    one, two = before.content, after.content
    size = min(one.size, two.size)
    if size == 0:
        return 0.0 if before.kind == "text" else _CHANCE
    first = first_difference(one, two)
    like = 1.0 if first is None else (first + common_suffix(one, two, size - first)) / size
    return _CHANCE + (like if like >= _ALIKE and size >= _SHORT else like * _CHANCE)
