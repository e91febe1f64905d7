"""Repairs of an order: tools or blocks as they stood. Breakpoints stay at their places in the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from coldbyte.core.cause import Cause, CauseId
from coldbyte.core.prefix.block_name import tool_name
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.repair.block_repair import slot_edit
from coldbyte.core.repair.repair_plan import Plan, Scene

ORDERS: frozenset[CauseId] = frozenset({"tools-reordered", "blocks-reordered"})


def order_plan(scene: Scene, cause: Cause) -> Plan | None:
    """The old order of tools, or of blocks. None where a block would change its role."""
    known = _tool_partners(scene, cause) if cause.id == "tools-reordered" else scene.partners
    slots = sorted(known)
    order = sorted(slots, key=lambda index: known[index])
    blocks = scene.comparison.after.blocks
    if any(blocks[one].role != blocks[two].role for one, two in zip(slots, order, strict=True)):
        return None
    moved = [(one, two) for one, two in zip(slots, order, strict=True) if one != two]
    edits = tuple(slot_edit(scene, one, scene.after.bare_block(two)) for one, two in moved)
    return Plan(edits) if edits else None


def _tool_partners(scene: Scene, cause: Cause) -> Mapping[int, int]:
    """For each tool of AFTER in the tier of the cause the index of that of its name in BEFORE."""
    old = dict(_tools(scene.comparison.before, cause.tier))
    return {index: old[name] for name, index in _tools(scene.comparison.after, cause.tier) if name in old}


def _tools(prefix: Prefix, tier: str) -> Iterator[tuple[tuple[str, int], int]]:
    """Each tool by its name and how many of that name stand before it."""
    seen: Counter[str] = Counter()
    for index, block in enumerate(prefix.blocks):
        if block.kind == "tool" and block.tier == tier:
            name = tool_name(block)
            yield (name, seen[name]), index
            seen[name] += 1
