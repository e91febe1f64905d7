"""Repairs of breakpoints: the old ones again, in the order and in the number that the API takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from coldbyte.core.cause import Cause, CauseId
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.block_name import block_path, tool_name
from coldbyte.core.prefix.marker import (
    AUTOMATIC,
    MOST_BREAKPOINTS,
    Marker,
    counted,
    effective,
    markers_of,
    out_of_order,
)
from coldbyte.core.prefix.prefix import UNABLE_KINDS, Prefix
from coldbyte.core.repair.patch import (
    MARKER,
    Edit,
    added_member,
    as_block,
    is_string,
    marked,
    removed_members,
)
from coldbyte.core.repair.repair_plan import Plan, Scene

_CONTROLS: Mapping[Ttl, bytes] = {
    "5m": b'{"type":"ephemeral"}',
    "1h": b'{"type":"ephemeral","ttl":"1h"}',
}
_WRONG_VALUES = ("not-object", "wrong-type", "wrong-ttl")


def marker_plan(scene: Scene, cause: Cause) -> Plan | None:
    """Set, move or remove breakpoints. None where that is not possible."""
    repair = _REPAIRS.get(cause.id)
    edits = repair(scene, cause) if repair else None
    return Plan(tuple(edits)) if edits else None


def marker_edits(scene: Scene, where: str, ttl: Ttl) -> list[Edit]:
    """Put a breakpoint on the block at a path, or change that which it has."""
    start, stop = scene.after.span(where)
    data = scene.after.data
    if is_string(data, start):
        raw = marked(data[start:stop], _CONTROLS[ttl])
        inside = len(as_block(b'""')) - len(b'""}')
        size = stop - start
        return [
            Edit(start, start, b"[" + raw[:inside]),
            Edit(stop, stop, raw[inside + size :] + b"]"),
        ]
    return [added_member(data, start, MARKER, _CONTROLS[ttl])]


def _again(scene: Scene, _: Cause) -> list[Edit]:
    """The breakpoints of BEFORE on the same blocks; without any there the automatic one."""
    old = effective(markers_of(scene.before.body))[:MOST_BREAKPOINTS]
    places = _places(scene)
    edits: list[Edit] = []
    for marker in old:
        path = places.get(marker.block)
        if not marker.automatic and marker.ttl and path is not None:
            edits += marker_edits(scene, path, marker.ttl)
    lifetime: Ttl = next((marker.ttl for marker in old if marker.automatic and marker.ttl), "5m")
    if not edits or any(marker.automatic for marker in old):
        edits.append(added_member(scene.after.data, scene.after.span("")[0], MARKER, _CONTROLS[lifetime]))
    return edits


def _places(scene: Scene) -> dict[str, str]:
    """For the path of each old block the path of the same block in AFTER."""
    found = {scene.before.path(one): scene.after.path(two) for two, one in scene.partners.items()}
    tools = dict(_tools(scene.comparison.after))
    for name, path in _tools(scene.comparison.before):
        if name in tools:
            found[path] = tools[name]
    return found


def _tools(prefix: Prefix) -> list[tuple[str, str]]:
    return [(tool_name(block), block_path(block.where)) for block in prefix.blocks if block.kind == "tool"]


def _fewer(scene: Scene, _: Cause) -> list[Edit] | None:
    markers = counted(markers_of(scene.after.body))
    surplus = _surplus(scene, markers, len(markers) - MOST_BREAKPOINTS)
    return None if surplus is None else _removed(scene, surplus)


def _surplus(scene: Scene, markers: Sequence[Marker], number: int) -> list[Marker] | None:
    """Breakpoints in messages that are to go: the earliest, but first those that BEFORE has not got."""
    places = _places(scene)
    old = {places.get(marker.block) for marker in markers_of(scene.before.body) if not marker.automatic}
    movable = [one for one in markers if not one.automatic and one.where.startswith("messages")]
    movable.sort(key=lambda one: one.block in old)
    return movable[:number] if len(movable) >= number else None


def _removed(scene: Scene, markers: Iterable[Marker]) -> list[Edit]:
    return [
        edit
        for marker in markers
        for edit in removed_members(scene.after.data, _holder(scene, marker), MARKER)
    ]


def _holder(scene: Scene, marker: Marker) -> int:
    """Where the object begins that has the marker."""
    return scene.after.span("" if marker.automatic else marker.where)[0]


def _longer_first(scene: Scene, _: Cause) -> list[Edit] | None:
    """An hour for all breakpoints before the last one that has it."""
    markers = counted(markers_of(scene.after.body))
    late = out_of_order([marker.ttl for marker in markers])
    if late is None:
        return None
    last = max(index for index, marker in enumerate(markers) if marker.ttl == "1h")
    return [_with_ttl(scene, marker, "1h") for marker in markers[:last] if marker.ttl == "5m"]


def _with_ttl(scene: Scene, marker: Marker, ttl: Ttl) -> Edit:
    start, _ = scene.after.span(marker.control)
    return added_member(scene.after.data, start, "ttl", f'"{ttl}"'.encode())


def _allowed(scene: Scene, cause: Cause) -> list[Edit] | None:
    """A valid value, or a place that can carry the breakpoint: the nearest one before it."""
    markers = markers_of(scene.after.body)
    marker = next(
        (one for one in markers if cause.where in (one.control, f"{one.control}.{_tail(cause)}")), None
    )
    if marker is None:
        return None
    if marker.problem is None:
        return _agreed(scene, marker, markers)
    if marker.problem in _WRONG_VALUES:
        return [Edit(*scene.after.span(marker.control), _CONTROLS[_old_ttl(scene, marker)])]
    edits = _removed(scene, [marker])
    place = _able_before(scene, marker)
    if place is not None and all(one.block != place or one.automatic for one in markers):
        edits += marker_edits(scene, place, marker.ttl or "5m")
    return edits


def _tail(cause: Cause) -> str:
    return cause.where.rpartition(".")[2]


def _agreed(scene: Scene, marker: Marker, markers: Sequence[Marker]) -> list[Edit] | None:
    """The lifetime of the last block's own breakpoint for the automatic one, which stands there, too."""
    own = next((one for one in markers if not one.automatic and one.block == marker.block and one.ttl), None)
    return None if own is None or own.ttl is None else [_with_ttl(scene, marker, own.ttl)]


def _old_ttl(scene: Scene, marker: Marker) -> Ttl:
    """The lifetime that a breakpoint had in BEFORE; the default where it had none."""
    old = next((one for one in markers_of(scene.before.body) if one.where == marker.where), None)
    return old.ttl if old is not None and old.ttl else "5m"


def _able_before(scene: Scene, marker: Marker) -> str | None:
    """The path of the nearest block before a marker's that can carry a breakpoint."""
    blocks = scene.comparison.after.blocks
    own, _ = scene.after.span(marker.where)
    found = None
    for index, block in enumerate(blocks):
        if block.kind in UNABLE_KINDS or not block.content.size or not _same_tier(block.where, marker.where):
            continue
        path = scene.after.path(index)
        start, stop = scene.after.span(path)
        if stop <= own or (start <= own < stop and path != marker.where):
            found = path
    return found


def _same_tier(one: str, two: str) -> bool:
    """Whether two paths begin with the same field of the request."""
    return one.partition("[")[0].partition(".")[0] == two.partition("[")[0].partition(".")[0]


def _old_anchor(scene: Scene, _: Cause) -> list[Edit] | None:
    """A breakpoint where the last one of BEFORE that AFTER still shares was stored."""
    comparison = scene.comparison
    first = comparison.first
    shared = len(comparison.after.blocks)
    if first is not None and (side := first.after or first.before) is not None:
        shared = side.index
    usable = [index for index in comparison.before.breakpoints if index < shared]
    if not usable or comparison.after.blocks[usable[-1]].ttl is not None:
        return None
    markers = counted(markers_of(scene.after.body))
    surplus = _surplus(scene, markers, max(len(markers) + 1 - MOST_BREAKPOINTS, 0))
    if surplus is None:
        return None
    ttl = _fitting(scene, usable[-1], comparison.before.blocks[usable[-1]].ttl or "5m")
    return [*_removed(scene, surplus), *marker_edits(scene, scene.after.path(usable[-1]), ttl)]


def _fitting(scene: Scene, index: int, ttl: Ttl) -> Ttl:
    """The lifetime that can stand behind a block: none longer than before it, none shorter than behind it."""
    blocks = scene.comparison.after.blocks
    if any(block.ttl == "5m" for block in blocks[:index]):
        return "5m"
    return "1h" if any(block.ttl == "1h" for block in blocks[index:]) else ttl


def _hour_again(scene: Scene, _: Cause) -> list[Edit]:
    """An hour for each breakpoint that had it, and for those before it."""
    old = {marker.where for marker in effective(markers_of(scene.before.body)) if marker.ttl == "1h"}
    markers = effective(markers_of(scene.after.body))
    raised = [index for index, marker in enumerate(markers) if marker.where in old and marker.ttl == "5m"]
    if not raised and old and all(marker.ttl == "5m" for marker in markers):
        raised = [0] if markers else []
    last = max(raised, default=-1)
    return [_with_ttl(scene, marker, "1h") for marker in markers[: last + 1] if marker.ttl == "5m"]


_REPAIRS: Mapping[CauseId, Callable[[Scene, Cause], list[Edit] | None]] = {
    "no-cache-control": _again,
    "too-many-breakpoints": _fewer,
    "ttl-order-wrong": _longer_first,
    "breakpoint-not-allowed": _allowed,
    "lookback-window-exceeded": _old_anchor,
    "breakpoint-moved": _old_anchor,
    "ttl-downgraded": _hour_again,
}
MARKERS: frozenset[CauseId] = frozenset(_REPAIRS)
"""The causes of breakpoints that can be repaired."""
assert AUTOMATIC == MARKER
