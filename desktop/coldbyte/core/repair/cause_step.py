"""The blocks behind a cause: a cause names the first of them, a repair needs them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coldbyte.core.cause import CauseId
from coldbyte.core.prefix.alignment import Step
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.rule.leftover import Leftover, is_content
from coldbyte.core.rule.sequence_rule import BLOCK_RULES

_ONE = 1  # hunks of a text: what a rule says is not read here, only which blocks it takes


@dataclass(frozen=True, slots=True)
class CauseSteps:
    """What a rule took: the steps of old blocks and of new ones, by their indexes."""

    gone: Mapping[int, Step] = field(default_factory=dict)
    new: Mapping[int, Step] = field(default_factory=dict)


def cause_steps(left: Leftover) -> Mapping[CauseId, CauseSteps]:
    """For each cause of whole blocks what belongs to it; what no rule takes is left."""
    found: dict[CauseId, CauseSteps] = {}
    for name, rule in BLOCK_RULES if left.steps else ():
        gone, new = dict(left.gone), dict(left.new)
        rule(left, _ONE)
        taken = CauseSteps(_less(gone, left.gone), _less(new, left.new))
        if name is not None and (taken.gone or taken.new):
            found[name] = taken
    return found


def partners(left: Leftover) -> Mapping[int, int]:
    """For each content block of AFTER that is kept, moved or edited the index of it in BEFORE."""
    there = {step.after: step.before for step in left.steps if step.kind in ("edited", "moved")}
    changed = {step.before for step in left.steps if step.kind != "inserted"}
    new = {step.after for step in left.steps if step.kind != "removed"}
    old_kept = _content(left.before, changed)
    new_kept = _content(left.after, new)
    return {**dict(zip(new_kept, old_kept, strict=True)), **there}


def _content(prefix: Prefix, changed: set[int]) -> list[int]:
    return [n for n, block in enumerate(prefix.blocks) if is_content(block) and n not in changed]


def _less(before: Mapping[int, Step], after: Mapping[int, Step]) -> dict[int, Step]:
    return {index: step for index, step in before.items() if index not in after}
