"""The fields of two JSON objects that differ: a tool, or what stands in the head of a document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coldbyte.core.body import Json, RequestBody, compact, path_below, wire_start
from coldbyte.core.text import Text, first_differing_byte


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; a side is None where it has no such field.

    The starts are bytes in the compact JSON of the objects: of a string's first character, of another value,
    or of the object's end where the field is absent. `byte` counts the equal bytes from there on.
    """

    key: str
    before: Json
    after: Json
    before_start: int
    after_start: int
    byte: int

    @property
    def texts(self) -> tuple[Text, Text] | None:
        """Both values, if both are strings."""
        if isinstance(self.before, str) and isinstance(self.after, str):
            return Text.from_str(self.before), Text.from_str(self.after)
        return None

    @property
    def reordered(self) -> bool:
        """Whether only the order of keys differs somewhere inside."""
        return json.dumps(self.before, sort_keys=True) == json.dumps(self.after, sort_keys=True)


def changed_fields(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[FieldChange]:
    """The differing fields, in the order of the new object, then those that only the old one has."""
    for key in [*after, *(key for key in before if key not in after)]:
        one, two = compact(before.get(key)), compact(after.get(key))
        if one == two and (key in before) == (key in after):
            continue
        yield FieldChange(
            key,
            before.get(key),
            after.get(key),
            _start(before, key),
            _start(after, key),
            first_differing_byte(one.encode(), two.encode()),
        )


def json_object(data: bytes) -> Mapping[str, Json]:
    """The JSON object that a record holds; an empty one where it holds something else."""
    try:
        value = json.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _start(value: Mapping[str, Json], key: str) -> int:
    if key in value:
        return wire_start(RequestBody({key: value[key]}), path_below("", key)) + _before(value, key)
    return len(compact(value).encode()) - 1


def _before(value: Mapping[str, Json], key: str) -> int:
    """Bytes of the pairs that stand before a key, with their commas."""
    size = 0
    for name, item in value.items():
        if name == key:
            break
        size += len(compact({name: item}).encode()) - 1
    return size
