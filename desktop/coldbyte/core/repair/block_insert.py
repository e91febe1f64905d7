"""Old blocks put back between those of AFTER: into a message of their role, or with their whole message."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from coldbyte.core.repair.patch import added_member, quoted, unmarked
from coldbyte.core.repair.repair_plan import Plan, Scene, Slot
from coldbyte.core.rule.leftover import is_content


def inserted_run(scene: Scene, run: Sequence[int], place: int) -> Plan | None:
    """Neighbouring old blocks before the block `place` of AFTER. None where they fit nowhere."""
    blocks = scene.comparison.before.blocks
    whole = Plan()
    for tier, group in groupby(run, key=lambda index: blocks[index].tier):
        put = _into_system if tier == "system" else _into_messages
        found = put(scene, list(group), place)
        if found is None:
            return None
        whole = Plan(whole.edits + found.edits, whole.inserts + found.inserts)
    return whole


def _into_system(scene: Scene, group: Sequence[int], place: int) -> Plan | None:
    raws = tuple(scene.before.bare_block(index) for index in group)
    slot, above = _slot_of(scene, place, "system"), _neighbour(scene, place, "system")
    if slot is None and above is not None:
        slot = scene.after.slot(above)
        slot = None if slot is None else Slot(slot.array, slot.at + 1)
    if slot is None and scene.after.body.fields.get("system") is None:
        start, _ = scene.after.span("")
        return Plan((added_member(scene.after.data, start, "system", b"[" + b",".join(raws) + b"]"),))
    return Plan(inserts=((slot or Slot("system", 0), raws),))


def _into_messages(scene: Scene, group: Sequence[int], place: int) -> Plan | None:
    """The blocks of each old message go to a neighbour of their role, or come as a message of their own."""
    old, new = scene.left.messages
    above = _neighbour(scene, place, "messages")
    below = place if _slot_of(scene, place, "messages") is not None else None
    parts = [list(part) for _, part in groupby(group, key=lambda index: old[index])]
    found: list[tuple[Slot, tuple[bytes, ...]]] = []
    for number, part in enumerate(parts):
        whole = sum(one == old[part[0]] for one in old) == len(part)
        at_edge = above is None or below is None or new[above] != new[below]
        if whole and at_edge:
            at = new[below] if below is not None else new[above] + 1 if above is not None else 0
            _add(found, Slot("messages", at), unmarked(scene.before.raw(f"messages[{old[part[0]]}]")))
            continue
        near = (above if number == 0 else None, below if number == len(parts) - 1 else None)
        raws = tuple(scene.before.bare_block(index) for index in part)
        slot = _beside(scene, part, near)
        if slot is not None:
            found.append((slot, raws))
        elif at_edge and below is not None:
            role = quoted(scene.comparison.before.blocks[part[0]].role.removeprefix("turn-"))
            message = b'{"role":' + role + b',"content":[' + b",".join(raws) + b"]}"
            _add(found, Slot("messages", new[below]), message)
        else:
            return None
    return Plan(inserts=tuple(found))


def _add(found: list[tuple[Slot, tuple[bytes, ...]]], slot: Slot, raw: bytes) -> None:
    """Put in one more message, behind those that stand at the same place."""
    if found and found[-1][0] == slot:
        found[-1] = (slot, (*found[-1][1], raw))
    else:
        found.append((slot, (raw,)))


def _beside(scene: Scene, part: Sequence[int], near: tuple[int | None, int | None]) -> Slot | None:
    """Behind the block above or before the one below, whichever is of the same message, or of its role."""
    before, after = scene.comparison.before, scene.comparison.after
    role = before.blocks[part[0]].role
    if any(before.blocks[index].kind == "turn" for index in part):
        return None
    above, below = (
        one
        if one is not None and after.blocks[one].role == role and after.blocks[one].kind != "turn"
        else None
        for one in near
    )
    numbers = scene.left.messages[0]
    follows = part[0] > 0 and numbers[part[0] - 1] == numbers[part[0]]
    if above is not None and (follows or below is None):
        slot = scene.after.slot(above)
        return None if slot is None else Slot(slot.array, slot.at + 1)
    return None if below is None else scene.after.slot(below)


def _slot_of(scene: Scene, place: int, tier: str) -> Slot | None:
    blocks = scene.comparison.after.blocks
    if place >= len(blocks) or blocks[place].tier != tier or not is_content(blocks[place]):
        return None
    return scene.after.slot(place)


def _neighbour(scene: Scene, place: int, tier: str) -> int | None:
    """The block of a tier above a place."""
    blocks = scene.comparison.after.blocks
    for index in reversed(range(min(place, len(blocks)))):
        if is_content(blocks[index]) and blocks[index].tier == tier:
            return index
    return None
