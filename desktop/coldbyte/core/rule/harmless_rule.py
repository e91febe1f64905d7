"""Differences of two bodies that cost nothing: outside the key, equivalent, or on the wire only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.cause import Cause, CauseId, CauseTier, Evidence
from coldbyte.core.json.reader import find_place
from coldbyte.core.json.value import Json, compact, is_array
from coldbyte.core.prefix.canonical_prefix import OUTSIDE, choice_of
from coldbyte.core.prefix.record import canonical
from coldbyte.core.text.text import Text

_DOCUMENTED = ("max_tokens", "stream", "metadata", "stop_sequences", "diagnostics")
_UNASKED = re.compile(rb"\\u(?!00[01])[0-9a-fA-F]{4}")
_BACKSLASH = ord("\\")
_SPACED = re.compile(rb'(?:\xef\xbb\xbf)?[ \t\r\n]*+\{(?:[ \t\r\n]|"[^"\\]*"[ \t\r\n]*:[ \t\r\n])')


def harmless_causes(before: RequestBody, after: RequestBody) -> Iterator[Cause]:
    """Every difference of the bodies that is none of the prefixes."""
    yield from _outside(before.fields, after.fields)
    yield from _defaults(before.fields, after.fields)
    yield from _deferred(before.fields, after.fields)
    yield from _shapes(before.fields, after.fields)
    yield from _wire(before, after)


def _outside(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Cause]:
    for name in OUTSIDE:
        if _printed(before.get(name)) != _printed(after.get(name)):
            evidence: Evidence = "documented" if name in _DOCUMENTED else "assumed"
            say = f"The setting {name} differs; it is not part of what the prompt cache compares."
            yield _cause("setting-outside-key", "request", name, say, evidence)


def _defaults(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Cause]:
    """A setting that is spelled out on one side and left at that very default on the other."""
    spelled: tuple[tuple[str, CauseId, Callable[[Json], bool]], ...] = (
        ("speed", "speed-changed", lambda value: value == "standard"),
        ("tool_choice", "tool-choice-changed", lambda value: choice_of(value) is None),
        ("output_config.effort", "effort-changed", lambda value: value == "high"),
    )
    for path, name, is_default in spelled:
        old, new = _setting(before, path), _setting(after, path)
        if (old is None) != (new is None) and is_default(old if new is None else new):
            say = f"The setting {path} is spelled out on one side only; it is the default."
            yield _cause(name, "request", path, say, "documented")


def _setting(fields: Mapping[str, Json], path: str) -> Json:
    head, _, key = path.partition(".")
    value = fields.get(head)
    if not key:
        return value
    return value.get(key) if isinstance(value, Mapping) else None


def _deferred(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Cause]:
    old, new = _deferred_tools(before), _deferred_tools(after)
    if [tool for _, tool in old] != [tool for _, tool in new]:
        where = (new or old)[-1][0]
        say = "The tools whose loading is deferred differ; they are not part of the prefix."
        yield _cause("tool-set-changed", "tools", where, say, "documented")


def _deferred_tools(fields: Mapping[str, Json]) -> list[tuple[str, str]]:
    return [
        (f"tools[{index}]", compact(tool))
        for index, tool in enumerate(_items(fields.get("tools")))
        if isinstance(tool, Mapping) and tool.get("defer_loading") is True
    ]


def _shapes(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[Cause]:
    """The first content that is a string on one side and one text block on the other, which is the same."""
    shaped = [where for where, old, new in _contents(before, after) if _other_shape(old, new)]
    if shaped:
        say = "The same text stands as a string on one side and as a text block on the other."
        if len(shaped) > 1:
            say = f"{len(shaped):,} texts stand as a string on one side and as a text block on the other."
        tier: CauseTier = "system" if shaped[0] == "system" else "messages"
        yield _cause("content-shape-changed", tier, shaped[0], say, "reported", count=len(shaped))


def _contents(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[tuple[str, Json, Json]]:
    """What stands in the same place of both bodies and may be a string or blocks."""
    yield "system", before.get("system"), after.get("system")
    for where, old, new in _pairs("messages", before.get("messages"), after.get("messages")):
        content = old.get("content"), new.get("content")
        yield f"{where}.content", *content
        for inside, one, two in _pairs(f"{where}.content", *content):
            if one.get("type") == two.get("type") == "tool_result":
                yield f"{inside}.content", one.get("content"), two.get("content")


def _pairs(
    path: str, before: Json, after: Json
) -> Iterator[tuple[str, Mapping[str, Json], Mapping[str, Json]]]:
    """Objects in the same place of two lists."""
    for index, (old, new) in enumerate(zip(_items(before), _items(after), strict=False)):
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield f"{path}[{index}]", old, new


def _other_shape(old: Json, new: Json) -> bool:
    string, blocks = (old, new) if isinstance(old, (str, Text)) else (new, old)
    items = _items(blocks)
    if not isinstance(string, (str, Text)) or len(items) != 1 or not isinstance(items[0], Mapping):
        return False
    block = canonical(items[0])
    text = block.get("text")
    same = isinstance(text, (str, Text)) and str(text) == str(string)
    return same and set(block) == {"type", "text"} and block["type"] == "text"


def _wire(before: RequestBody, after: RequestBody) -> Iterator[Cause]:
    """Spelling of the body itself, which is gone once it is parsed."""
    old, new = list(before.fields), list(after.fields)
    if [key for key in old if key in new] != [key for key in new if key in old]:
        say = "The fields of the body stand in another order: wire only."
        yield _cause("json-key-reordered", "request", new[0], say, "reported", label="wire only")
    if before.source is None or after.source is None:
        return
    left, right = before.source, after.source
    if _spaced(left.data, left.start) != _spaced(right.data, right.start):
        say = "The body is spaced in another way between its tokens: wire only."
        yield _cause("json-whitespace-changed", "request", new[0], say, "assumed", label="wire only")
    if _escaped(left) != _escaped(right):
        say = "Characters of the body are escaped on one side only: wire only."
        yield _cause("json-escaping-changed", "request", new[0], say, "assumed", label="wire only")


def _spaced(data: bytes, start: int) -> bool:
    return bool(_SPACED.match(data, start))


def _escaped(source: Source) -> bool:
    """Whether a body has an escape that JSON does not ask for."""
    data = source.data
    place = data.find(b"\\u", source.start)
    while place >= 0:
        if _UNASKED.match(data, place) and _is_escape(data, place):
            return place < find_place(data, "", source.start)[1]
        place = data.find(b"\\u", place + 2)
    return False


def _is_escape(data: bytes, place: int) -> bool:
    """Whether the backslash at `place` is not itself escaped: an even number of them stands before it."""
    first = place
    while first and data[first - 1] == _BACKSLASH:
        first -= 1
    return (place - first) % 2 == 0


def _items(value: Json) -> Sequence[Json]:
    return value if is_array(value) else ()


def _printed(value: Json) -> str:
    return "" if value is None else compact(value)


def _cause(
    name: CauseId,
    tier: CauseTier,
    where: str,
    say: str,
    evidence: Evidence,
    *,
    label: str = "",
    count: int = 1,
) -> Cause:
    return Cause(
        name,
        tier,
        where,
        where,
        0,
        0,
        say,
        None,
        severity="info",
        evidence=evidence,
        label=label,
        count=count,
    )
