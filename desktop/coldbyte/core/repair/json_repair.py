"""Repairs of what a sender composes freely: the order of keys and items, the spelling of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from coldbyte.core.cause import Cause, CauseId
from coldbyte.core.json.member import elements, members
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import compact
from coldbyte.core.repair.patch import Edit
from coldbyte.core.repair.repair_plan import Plan, Scene


def json_plan(scene: Scene, cause: Cause) -> Plan | None:
    """Put back the old order, or the old spelling. None where the values do not say the same."""
    if cause.where_before is None:
        return None
    repair = _REPAIRS.get(cause.id)
    edits = repair(scene, cause.where_before, cause.where) if repair else None
    return Plan(edits) if edits else None


def _key_order(scene: Scene, before: str, after: str) -> tuple[Edit, ...] | None:
    """The members of an object in the order of the old one; their values stay as they are."""
    old, new = scene.before.span(before)[0], scene.after.span(after)[0]
    if scene.before.data[old] != ord("{") or scene.after.data[new] != ord("{"):
        return None
    order = [one.key for one in members(scene.before.data, old)]
    slots = list(members(scene.after.data, new))
    known = {one.key: scene.after.data[one.start : one.stop] for one in slots}
    if len(known) != len(slots) or sorted(order) != sorted(known):
        return None
    spans = [(one.start, one.stop) for one in slots]
    return _put(scene.after.data, spans, [known[key] for key in order])


def _item_order(scene: Scene, before: str, after: str) -> tuple[Edit, ...] | None:
    """The items of an array in the order of the old one."""
    old, new = scene.before.span(before)[0], scene.after.span(after)[0]
    if scene.before.data[old] != ord("[") or scene.after.data[new] != ord("["):
        return None
    spans = list(elements(scene.after.data, new))
    waiting: dict[str, list[bytes]] = {}
    for start, stop in spans:
        waiting.setdefault(_value(scene.after.data, start, stop), []).append(scene.after.data[start:stop])
    items = []
    for start, stop in elements(scene.before.data, old):
        found = waiting.get(_value(scene.before.data, start, stop))
        if not found:
            return None
        items.append(found.pop(0))
    return _put(scene.after.data, spans, items) if len(items) == len(spans) else None


def _spelling(scene: Scene, before: str, after: str) -> tuple[Edit, ...]:
    return (Edit(*scene.after.span(after), scene.before.raw(before)),)


def _value(data: bytes, start: int, stop: int) -> str:
    return compact(read_json(data, start, stop))


def _put(data: bytes, spans: list[tuple[int, int]], raws: list[bytes]) -> tuple[Edit, ...]:
    """Other values in some places; no edits for those that stay."""
    return tuple(
        Edit(*span, raw) for span, raw in zip(spans, raws, strict=True) if data[span[0] : span[1]] != raw
    )


_REPAIRS: Mapping[CauseId, Callable[[Scene, str, str], tuple[Edit, ...] | None]] = {
    "json-key-reordered": _key_order,
    "json-number-format-changed": _spelling,
    "list-reordered": _item_order,
}
