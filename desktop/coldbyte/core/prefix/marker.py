"""Markers: every `cache_control` of a body, where it stands, and whether the API takes it there.

The rules are those of the fact sheet, §1.2 (places) and §1.3 (limits). A marker that the API takes makes a
breakpoint; nothing inside `input` or `input_schema` is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coldbyte.core.body import RequestBody
from coldbyte.core.draft import Ttl
from coldbyte.core.json.value import Json, is_array, path_below
from coldbyte.core.prefix.prefix import THINKING_KINDS
from coldbyte.core.prefix.record import ttl_of
from coldbyte.core.text.text import Text

MOST_BREAKPOINTS = 4
AUTOMATIC = "cache_control"
"""The path of the automatic marker, which is a field of the request."""

Problem = Literal[
    "not-object",
    "wrong-type",
    "wrong-ttl",
    "empty-text",
    "thinking",
    "deferred",
    "turn-scoped",
    "message",
    "sub-block",
]
_Object = Mapping[str, Json]

_BARE = {"type", "text"}  # fields of a block that has no marker, and no part that could have one
_UNCOUNTED: tuple[Problem, ...] = ("not-object", "message", "sub-block")


@dataclass(frozen=True, slots=True)
class Marker:
    """A `cache_control`. `where` is the path of the block that has it, `cache_control` for the automatic one.

    `ttl` is None where it is not a valid one. `block` is the path of the block behind which the breakpoint
    stands: for one nested in a tool's result that result, for the automatic one the last block that can carry
    one, "" where there is none.
    """

    where: str
    ttl: Ttl | None
    automatic: bool = False
    problem: Problem | None = None
    nested: bool = False
    block: str = ""
    spelled: bool = False

    @property
    def control(self) -> str:
        """The path of the `cache_control` itself."""
        return AUTOMATIC if self.automatic else f"{self.where}.cache_control"

    @property
    def lifetime(self) -> str:
        """The path of its lifetime; that of the `cache_control` where the lifetime is left to the default."""
        return f"{self.control}.ttl" if self.spelled else self.control


def markers_of(body: RequestBody) -> tuple[Marker, ...]:
    """All markers in cache order, the automatic one at its place; a `cache_control` of null is none."""
    found: list[Marker] = []
    at, block = 0, ""
    for place in _places(body.fields):
        found += place.markers()
        if place.able:
            at, block = len(found), place.path
    if body.fields.get("cache_control") is not None:
        found.insert(at, _marker(body.fields, AUTOMATIC, block, automatic=True))
    return tuple(found)


def effective(markers: Sequence[Marker]) -> tuple[Marker, ...]:
    """The markers that make a breakpoint."""
    return tuple(marker for marker in markers if marker.problem is None and marker.ttl and marker.block)


def counted(markers: Sequence[Marker]) -> tuple[Marker, ...]:
    """The markers that take one of the four places: the automatic one not where its block has its own."""
    own = {marker.block for marker in markers if not marker.automatic and not marker.nested}
    return tuple(
        marker
        for marker in markers
        if marker.problem not in _UNCOUNTED
        and not (marker.automatic and (not marker.block or marker.block in own))
    )


def out_of_order(lifetimes: Sequence[Ttl | None]) -> int | None:
    """The first lifetime of an hour that stands behind one of five minutes; None where none does."""
    if "5m" not in lifetimes:
        return None
    first = lifetimes.index("5m")
    return lifetimes.index("1h", first) if "1h" in lifetimes[first:] else None


def contested(markers: Sequence[Marker]) -> Marker | None:
    """The automatic marker, where the last block has one of its own with another lifetime."""
    for automatic in (marker for marker in markers if marker.automatic and marker.ttl):
        for marker in markers:
            own = not marker.automatic and not marker.nested and marker.block == automatic.block
            if own and marker.ttl not in (None, automatic.ttl):
                return automatic
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """A tool, a block, or a text that stands for one. `forbidden` says why it can't carry a marker."""

    path: str
    fields: _Object
    forbidden: Problem | None = None
    blank: bool = False

    @property
    def able(self) -> bool:
        """Whether the automatic marker can stand here: on what holds something and may carry one."""
        return self.forbidden is None and not self.blank

    def markers(self) -> Iterator[Marker]:
        """Those inside the block, then its own."""
        if self.fields.keys() <= _BARE:
            return
        yield from _inner_markers(self.fields, self.path)
        if self.fields.get("cache_control") is not None:
            yield _marker(self.fields, self.path, self.path, problem=self.forbidden)


def _places(fields: _Object) -> Iterator[_Place]:
    for path, tool in _objects(fields.get("tools"), "tools"):
        yield _Place(path, tool, "deferred" if tool.get("defer_loading") is True else None)
    system = fields.get("system")
    if isinstance(system, (str, Text)):
        yield _Place("system", {}, blank=_is_empty(system))
    for path, block in _objects(system, "system"):
        yield _block(path, block, None)
    for path, message in _objects(fields.get("messages"), "messages"):
        if message.get("cache_control") is not None:
            yield _Place(path, message, "message")
        scoped: Problem | None = "turn-scoped" if message.get("clear_at") is not None else None
        content = message.get("content")
        if isinstance(content, (str, Text)):
            yield _Place(f"{path}.content", {}, scoped, blank=_is_empty(content))
        for where, block in _objects(content, f"{path}.content"):
            yield _block(where, block, scoped)


def _block(path: str, block: _Object, scoped: Problem | None) -> _Place:
    problem: Problem | None = _own_problem(block) or scoped
    return _Place(path, block, problem, blank=_is_blank(block))


def _own_problem(block: _Object) -> Problem | None:
    if block.get("type") in THINKING_KINDS:
        return "thinking"
    return "empty-text" if block.get("type") == "text" and _is_empty(block.get("text")) else None


def _inner_markers(owner: _Object, path: str) -> Iterator[Marker]:
    """Markers inside a block: the API takes those of a tool's result only (facts §1.2)."""
    if owner.get("type") == "tool_result":
        for where, part in _objects(owner.get("content"), f"{path}.content"):
            for inner in _inner_markers(part, where):
                yield replace(inner, block=path)
            if part.get("cache_control") is not None:
                yield _marker(part, where, path, problem=_own_problem(part), nested=True)
        return
    for where, part in _parts(owner, path):
        if part.get("cache_control") is not None:
            yield _marker(part, where, path, problem="sub-block")


def _parts(owner: _Object, path: str) -> Iterator[tuple[str, _Object]]:
    """What a block or a toolset consists of."""
    configs, source = owner.get("configs"), owner.get("source")
    for name, member in configs.items() if isinstance(configs, Mapping) else ():
        if isinstance(member, Mapping):
            yield path_below(f"{path}.configs", name), member
    if isinstance(source, Mapping):
        yield from _objects(source.get("content"), f"{path}.source.content")
    for key in ("content", "citations") if "role" not in owner else ():
        yield from _objects(owner.get(key), f"{path}.{key}")


def _marker(
    owner: _Object,
    where: str,
    block: str,
    *,
    automatic: bool = False,
    problem: Problem | None = None,
    nested: bool = False,
) -> Marker:
    control = owner.get("cache_control")
    spelled = isinstance(control, Mapping) and control.get("ttl") is not None
    ttl = ttl_of(owner)
    return Marker(where, ttl, automatic, problem or _value_problem(control, ttl), nested, block, spelled)


def _value_problem(control: Json, ttl: Ttl | None) -> Problem | None:
    if not isinstance(control, Mapping):
        return "not-object"
    if control.get("type") != "ephemeral":
        return "wrong-type"
    return None if ttl else "wrong-ttl"


def _is_blank(block: _Object) -> bool:
    """Whether what fills the block is empty, as `core.prefix.canonical_prefix` sees it."""
    source = block.get("source")
    match block.get("type"):
        case "text":
            return _is_empty(block.get("text"))
        case "tool_result":
            content = block.get("content")
            if is_array(content) and len(content) == 1:
                only = content[0]
                plain = isinstance(only, Mapping) and set(only) - {"cache_control"} == {"type", "text"}
                return plain and isinstance(only, Mapping) and _is_empty(only.get("text"))
            return _is_empty(content)
        case "document" | "image" if isinstance(source, Mapping):
            return _is_empty(source.get("data"))
    return False


def _is_empty(value: Json) -> bool:
    return value == "" or (isinstance(value, Text) and not value.size)


def _objects(value: Json, path: str) -> Iterator[tuple[str, _Object]]:
    if is_array(value):
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                yield f"{path}[{index}]", item
