"""Members of an object and elements of an array, as they were sent: where each of them stands.

Offsets are bytes of JSON that was already read without error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from coldbyte.core.json.place import COLON, COMMA, GAP, find_place, past
from coldbyte.core.json.string import string_end

_QUOTE = ord('"')


class Member(NamedTuple):
    """A member of an object: its key, where that starts, where its value starts and ends."""

    key: str
    start: int
    value: int
    stop: int


def elements(data: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Start and end of each element of the array at `start`. Raise ValueError where that is no JSON."""
    place = past(GAP, data, start + 1)
    while data[place] != ord("]"):
        _, stop = find_place(data, "", place)
        if stop <= place:
            raise ValueError(f"no value at byte {place:,}")
        yield place, stop
        place = past(COMMA, data, stop)


def members(data: bytes, start: int) -> Iterator[Member]:
    """The members of the object at `start`."""
    place = past(GAP, data, start + 1)
    while data[place] == _QUOTE:
        end = string_end(data, place)
        value, stop = find_place(data, "", past(COLON, data, end))
        yield Member(json.loads(data[place:end]), place, value, stop)
        place = past(COMMA, data, stop)


def member(data: bytes, start: int, key: str) -> Member | None:
    """The member of that name; of several the last one, which counts."""
    return next((one for one in reversed(list(members(data, start))) if one.key == key), None)
