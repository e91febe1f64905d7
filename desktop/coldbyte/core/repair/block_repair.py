"""Repairs of whole blocks: what was dropped comes back, what was altered is as it was, what came in moves.

Breakpoints stay where AFTER has them: a block that comes back brings none, a replaced one keeps its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from coldbyte.core.cause import Cause, CauseId
from coldbyte.core.json.value import Json, value_at
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import as_text
from coldbyte.core.prefix.version import call_id
from coldbyte.core.repair.block_insert import inserted_run
from coldbyte.core.repair.cause_step import CauseSteps
from coldbyte.core.repair.patch import Edit, is_string, marked, marker_in, quoted
from coldbyte.core.repair.repair_plan import Plan, Scene, Slot
from coldbyte.core.text.text import Text

_MOVABLE = ("text", "image", "document", "search_result", "container_upload")
_SOURCES = ("image", "document")
_WRAPPED = re.compile(r"<([a-z][a-z_-]*)\b[^>]*>.*?</\1>", re.DOTALL)
_NOTHING = CauseSteps()


def block_plan(scene: Scene, cause: Cause) -> Plan | None:
    """Put back what happened to whole blocks. None where that is not possible."""
    repair = _REPAIRS.get(cause.id)
    return repair(scene, cause) if repair else None


def _joined(plans: Iterable[Plan | None]) -> Plan | None:
    """All of them together; None if one is not possible."""
    whole = Plan()
    for plan in plans:
        if plan is None:
            return None
        whole = Plan(
            whole.edits + plan.edits,
            whole.inserts + plan.inserts,
            whole.deletes + plan.deletes,
            whole.carried + plan.carried,
            whole.appended + plan.appended,
        )
    return whole


def _dropped(scene: Scene, cause: Cause) -> Plan | None:
    """Blocks that are gone come back, and those that were altered are replaced by the old ones."""
    taken = scene.taken.get(cause.id, _NOTHING)
    lost = [index for index, step in taken.gone.items() if step.kind != "edited"]
    pairs = [(step.before, step.after) for step in taken.gone.values() if step.kind == "edited"]
    if cause.id == "image-evicted":
        lost, stand_ins = _stand_ins(scene, lost, taken)
        pairs += stand_ins
    return _joined([*_back(scene, lost), *(_replaced(scene, one, two) for one, two in pairs)])


def _removed(scene: Scene, cause: Cause) -> Plan | None:
    first = cause.blocks[0]
    return None if first is None else _joined(_back(scene, range(first, first + cause.count)))


def _back(scene: Scene, lost: Iterable[int]) -> list[Plan | None]:
    """Old blocks at their places, run by run."""
    runs: list[tuple[int, list[int]]] = []
    for index in sorted(lost):
        place = scene.left.new_place(index)
        if runs and runs[-1][0] == place and runs[-1][1][-1] == index - 1:
            runs[-1][1].append(index)
        else:
            runs.append((place, [index]))
    return [inserted_run(scene, run, place) for place, run in runs]


def _stand_ins(
    scene: Scene, lost: Sequence[int], taken: CauseSteps
) -> tuple[list[int], list[tuple[int, int]]]:
    """The images in whose places texts stand, with those texts; and the images that are just gone."""
    texts = sorted(index for index, step in taken.new.items() if step.kind == "inserted")
    rest, pairs = [], []
    for index in sorted(lost):
        place = scene.left.new_place(index)
        text = next((one for one in texts if one >= place), None)
        if text is None or text - place > len(lost):
            rest.append(index)
        else:
            texts.remove(text)
            pairs.append((index, text))
    return rest, pairs


def _replaced(scene: Scene, before: int, after: int) -> Plan:
    """The old block in the place of the new one; of an image or a document the source alone."""
    old, new = scene.comparison.before.blocks[before], scene.comparison.after.blocks[after]
    if old.kind == new.kind and new.kind in _SOURCES:
        source = scene.before.raw(f"{scene.before.path(before)}.source")
        return Plan((Edit(*scene.after.span(f"{scene.after.path(after)}.source"), source),))
    return Plan((slot_edit(scene, after, scene.before.bare_block(before)),))


def slot_edit(scene: Scene, after: int, raw: bytes) -> Edit:
    """Another block in a place of AFTER, with the breakpoint of that place."""
    start, stop = scene.after.span(scene.after.path(after))
    if is_string(scene.after.data, start):
        return Edit(start, stop, b"[" + raw + b"]")
    return Edit(start, stop, marked(raw, marker_in(scene.after.data[start:stop])))


def _ids(scene: Scene, cause: Cause) -> Plan | None:
    """The old ids of tool calls, in the calls and in all results that answer them."""
    taken = scene.taken.get(cause.id, _NOTHING)
    old, new = scene.comparison.before, scene.comparison.after
    renamed: dict[str, str] = {}
    for step in taken.gone.values():
        one, two = call_id(old.blocks[step.before]), call_id(new.blocks[step.after])
        if one is None or two is None or renamed.setdefault(two, one) != one:
            return None
    edits = []
    for index, block in enumerate(new.blocks):
        known = call_id(block) if block.kind.endswith(("tool_use", "tool_result")) else None
        if known in renamed:
            field = "tool_use_id" if block.kind.endswith("tool_result") else "id"
            span = scene.after.span(f"{scene.after.path(index)}.{field}")
            edits.append(Edit(*span, quoted(renamed[str(known)])))
    return Plan(tuple(edits))


def _echo(scene: Scene, cause: Cause) -> Plan | None:
    """An answer that was sent back in another form."""
    old, new = cause.blocks
    return None if old is None or new is None else _replaced(scene, old, new)


def _injected(scene: Scene, cause: Cause) -> Plan | None:
    """The helper text stands again where it was sent; what stands further on stays, too."""
    first, new = cause.blocks
    if first is None:
        return None
    if new is None:
        return _joined(_back(scene, [first]))
    before, after = (_text_at(body, where) for body, where in _sides(scene, cause))
    if before is None or after is None:
        return None
    start, stop = scene.after.span(cause.where)
    known = str(before)
    news = tuple(found[0] for found in _WRAPPED.finditer(str(after)) if found[0] not in known)
    return Plan((Edit(start, stop, quoted(known)),), carried=news)


def _sides(scene: Scene, cause: Cause) -> list[tuple[Mapping[str, Json], str]]:
    return [(scene.before.body.fields, cause.where_before or ""), (scene.after.body.fields, cause.where)]


def _text_at(fields: Mapping[str, Json], where: str) -> Text | None:
    value = value_at(fields, where)
    return as_text(value) if isinstance(value, (str, Text)) else None


def _came_in(scene: Scene, cause: Cause) -> Plan | None:
    """Blocks that came in between move to the end of the newest user message."""
    first = cause.blocks[1]
    if first is None or scene.newest is None:
        return None
    indexes = range(first, first + cause.count)
    blocks = [scene.comparison.after.blocks[index] for index in indexes]
    if any(block.role != "user" or block.kind not in _MOVABLE for block in blocks):
        return None
    raws = tuple(scene.after.block(index) for index in indexes)
    plan = replace(_taken_out(scene, indexes), appended=raws)
    stays = scene.newest.removesuffix(".content")
    return None if any(f"{slot.array}[{slot.index}]" == stays for slot in plan.deletes) else plan


def _taken_out(scene: Scene, indexes: Sequence[int]) -> Plan:
    """Without some blocks; a message of which nothing is left goes with them."""
    numbers = scene.left.messages[1]
    whole = {
        number
        for number in {numbers[index] for index in indexes}
        if number >= 0 and all(n in indexes for n, one in enumerate(numbers) if one == number)
    }
    deletes = [Slot("messages", number) for number in sorted(whole)]
    slots = [scene.after.slot(index) for index in indexes if numbers[index] not in whole]
    return Plan(deletes=(*deletes, *(slot for slot in slots if slot is not None)))


def _boundaries(scene: Scene, cause: Cause) -> Plan | None:
    """The old blocks in the place of those that say the same together."""
    old, new = cause.blocks
    if old is None or new is None:
        return None
    taken = scene.taken.get(cause.id, _NOTHING)
    ends = _equal_runs(scene.comparison.before, scene.comparison.after, (old, new), taken)
    slot = scene.after.slot(new)
    if ends is None or slot is None:
        return None
    raws = [scene.before.bare_block(index) for index in range(old, ends[0])]
    markers = [marker_in(scene.after.block(index)) for index in range(new, ends[1])]
    last = next((marker for marker in reversed(markers) if marker is not None), None)
    raws[-1] = marked(raws[-1], last)
    keep = scene.left.messages[1][new]
    plan = _taken_out(scene, range(new, ends[1]))
    emptied = tuple(one for one in plan.deletes if one != Slot("messages", keep))
    own = tuple(
        place
        for index in range(new, ends[1])
        if scene.left.messages[1][index] == keep and (place := scene.after.slot(index)) is not None
    )
    return Plan(inserts=((slot, tuple(raws)),), deletes=tuple(dict.fromkeys((*emptied, *own))))


def _equal_runs(
    before: Prefix, after: Prefix, starts: tuple[int, int], taken: CauseSteps
) -> tuple[int, int] | None:
    """Where the two shortest runs of texts end that say the same together."""
    one, two = starts
    texts = ["", ""]
    while True:
        if len(texts[0]) <= len(texts[1]):
            if one not in taken.gone:
                return None
            texts[0] += str(before.blocks[one].content)
            one += 1
        else:
            if two not in taken.new:
                return None
            texts[1] += str(after.blocks[two].content)
            two += 1
        if texts[0] == texts[1] and two > starts[1] and one - starts[0] + two - starts[1] > 2:
            return one, two


_REPAIRS: Mapping[CauseId, Callable[[Scene, Cause], Plan | None]] = {
    **dict.fromkeys(
        (
            "empty-block-dropped",
            "thinking-dropped",
            "thinking-altered",
            "tool-result-cleared",
            "image-evicted",
            "image-reencoded",
        ),
        _dropped,
    ),
    "block-removed": _removed,
    "block-inserted": _came_in,
    "block-boundaries-changed": _boundaries,
    "injected-block-moved": _injected,
    "tool-id-regenerated": _ids,
    "assistant-echo-altered": _echo,
}
BLOCKS: frozenset[CauseId] = frozenset(_REPAIRS)
"""The causes of whole blocks that can be repaired."""
