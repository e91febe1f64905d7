"""JSON as values: a tree that keeps what the cache key may depend on, its compact print, its paths.

A path names a place (contract): `messages[4].content[0].text`, `tools[2].input_schema["max items"]`; it has
no leading `$`, and a key outside `[A-Za-z0-9_]` stands in brackets and quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

from coldbyte.core.text.text import Text

Json: TypeAlias = "bool | int | float | str | Text | Spelled | Sequence[Json] | Mapping[str, Json] | None"

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_]+")
_STEP = re.compile(r'\.?([A-Za-z0-9_]+)|\[(?:(\d+)|("(?:[^"\\]|\\.)*"))\]')


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number that Python would print in another way than its sender did: `1.0e3`, `-0`, `1.10`."""

    spelling: str


class Pairs(Mapping[str, Json]):
    """An object in which a key stands more than once: `pairs` are all of them, a look-up gives the last."""

    def __init__(self, pairs: Sequence[tuple[str, Json]]) -> None:
        self.pairs = tuple(pairs)
        self._last = dict(self.pairs)

    def __getitem__(self, key: str) -> Json:
        return self._last[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._last)

    def __len__(self) -> int:
        return len(self._last)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pairs) and self.pairs == other.pairs

    def __hash__(self) -> int:
        return hash(tuple(key for key, _ in self.pairs))


def pairs_of(value: Mapping[str, Json]) -> Sequence[tuple[str, Json]]:
    """The members of an object in their order, with those whose key stands more than once."""
    return value.pairs if isinstance(value, Pairs) else tuple(value.items())


def is_array(value: Json) -> TypeGuard[Sequence[Json]]:
    """Whether a value is an array."""
    return isinstance(value, (list, Sequence)) and not isinstance(value, str)


def compact(value: Json) -> str:
    """Compact JSON with keys in their order, numbers as spelled, no escapes but the necessary ones."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_text_as_str)
    except (_OddValueError, RecursionError):
        return _printed(value)


def path_below(path: str, key: str) -> str:
    """The path of a member."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{path}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{path}.{key}" if path else key


def joined(path: str, below: str) -> str:
    """The path of a place that lies at `below` in the value at `path`."""
    return f"{path}.{below}" if path and below and below[0] != "[" else path + below


def steps_of(where: str) -> tuple[str | int, ...]:
    """A path as keys and indexes. Raise ValueError where it is none."""
    found: list[str | int] = []
    place = 0
    while place < len(where):
        step = _STEP.match(where, place)
        if step is None:
            raise ValueError(f"not a path: {where}")
        name, index, quoted = step.groups()
        found.append(name or (int(index) if index else json.loads(quoted)))
        place = step.end()
    return tuple(found)


def value_at(tree: Json, where: str) -> Json:
    """The value at a path. Raise KeyError where the tree has no such place."""
    for step in steps_of(where):
        if isinstance(step, int) and isinstance(tree, Sequence) and not isinstance(tree, str):
            if step >= len(tree):
                raise KeyError(where)
            tree = tree[step]
        elif isinstance(tree, Mapping) and str(step) in tree:
            tree = tree[str(step)]
        else:
            raise KeyError(where)
    return tree


def printed_start(tree: Json, where: str) -> int:
    """The byte of the compact print at which the value at a path starts; for a string that after its quote.

    Raise KeyError where the tree has no such place, ValueError where `where` is no path.
    """
    start = 0
    for step in steps_of(where):
        if isinstance(step, int) and isinstance(tree, Sequence) and not isinstance(tree, str):
            if step >= len(tree):
                raise KeyError(where)
            start += 1 + sum(printed_size(item) + 1 for item in tree[:step])
            tree = tree[step]
        elif isinstance(tree, Mapping) and str(step) in tree:
            start += _before_last(tree, str(step))
            tree = tree[str(step)]
        else:
            raise KeyError(where)
    return start + isinstance(tree, (str, Text))


def printed_size(value: Json) -> int:
    """Bytes of the compact print."""
    size = 0
    todo: list[Json] = [value]
    while todo:
        match todo.pop():
            case Text() as text:
                size += text.escaped + 2
            case str() as chars:
                size += len(compact(chars).encode())
            case Mapping() as members:
                pairs = pairs_of(members)
                size += 2 + max(len(pairs) - 1, 0) + sum(len(compact(key).encode()) + 1 for key, _ in pairs)
                todo += [item for _, item in pairs]
            case Sequence() as items:
                size += 2 + max(len(items) - 1, 0)
                todo += items
            case leaf:
                size += len(compact(leaf).encode())
    return size


class _OddValueError(TypeError):
    """A value that the printer of the standard library can't print as it is."""


def _text_as_str(value: object) -> str:
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, (Spelled, Pairs)):
        raise _OddValueError
    raise TypeError(f"not JSON: {type(value).__name__}")


def _printed(value: Json) -> str:
    """The compact print of a tree with odd values; the nesting costs no frames of Python."""
    parts: list[str] = []
    stack: list[tuple[Iterator[tuple[str, Json]], str]] = [(iter([("", value)]), "")]
    while stack:
        for front, item in stack[-1][0]:
            parts.append(front)
            if isinstance(item, Mapping):
                parts.append("{")
                stack.append((_members(item), "}"))
                break
            if isinstance(item, Sequence) and not isinstance(item, str):
                parts.append("[")
                stack.append((_elements(item), "]"))
                break
            parts.append(item.spelling if isinstance(item, Spelled) else compact(item))
        else:
            parts.append(stack.pop()[1])
    return "".join(parts)


def _members(value: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """The members of an object, each with what is printed in front of it."""
    for index, (key, item) in enumerate(pairs_of(value)):
        yield f"{',' if index else ''}{compact(key)}:", item


def _elements(value: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    for index, item in enumerate(value):
        yield "," if index else "", item


def _before_last(value: Mapping[str, Json], wanted: str) -> int:
    """Bytes of an object's compact print before the value of a key, of which the last one counts."""
    pairs = pairs_of(value)
    last = max(index for index, (key, _) in enumerate(pairs) if key == wanted)
    keys = sum(len(compact(key).encode()) for key, _ in pairs[: last + 1])
    return 2 + keys + sum(printed_size(item) + 2 for _, item in pairs[:last])
