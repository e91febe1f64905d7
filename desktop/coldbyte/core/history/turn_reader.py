"""Bodies of one conversation, read one after the other: what one repeats of another is read once."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json import JSONDecoder

from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.record import an_object
from coldbyte.core.text.text import first_differing_byte

_REMEMBERED = 4  # bodies: conversations of subagents run beside each other
_NEXT = re.compile(rb"[ \t\n\r]*+(?:,[ \t\n\r]*+(?=\{)|(?=\]))")
_GAP = re.compile(r"[ \t\n\r]*+")
_DECODER = JSONDecoder()


@dataclass(frozen=True, slots=True)
class _Read:
    """A body that was read. `start` is the byte of its first turn, `ends` are the bytes behind each turn."""

    wire: bytes
    turns: list[Json]
    start: int
    ends: list[int]


class TurnReader:
    """Reads bodies. A turn that stood in one of the last bodies, with the same bytes before it, is the same
    object in both trees: they are never changed.
    """

    def __init__(self) -> None:
        self._last: deque[_Read] = deque(maxlen=_REMEMBERED)

    def read(self, wire: bytes) -> Mapping[str, Json]:
        """The fields of a body. Raise JsonError, or BodyError where it is no object."""
        nearest = max(self._last, key=lambda one: first_differing_byte(one.wire, wire), default=None)
        count = _shared(nearest, wire) if nearest is not None else 0
        fields = _joined(nearest, wire, count) if nearest is not None and count else None
        if nearest is None or fields is None:
            fields = an_object(read_json(wire), "")
            start, ends = _measured(wire)
        else:
            start, known = nearest.start, nearest.ends[:count]
            ends = known + list(_ends(wire, _behind(wire, known[-1])))
        turns = fields.get("messages") if type(fields) is dict else None
        if isinstance(turns, list) and turns and ends:
            self._last.append(_Read(wire, turns, start, ends[: len(turns)]))
        return fields


def _shared(last: _Read, wire: bytes) -> int:
    """The turns at the start of a body that are those of another one, byte for byte."""
    count = bisect_right(last.ends, first_differing_byte(last.wire, wire))
    return count if count and _NEXT.match(wire, last.ends[count - 1]) else 0


def _joined(last: _Read, wire: bytes, count: int) -> Mapping[str, Json] | None:
    """A body's fields with the turns of another one at their start; None where that can't be done."""
    rest = wire[: last.start] + wire[_behind(wire, last.ends[count - 1]) :]
    try:
        fields = read_json(rest)
    except JsonError:
        return None  # the whole body says at which byte
    turns = fields.get("messages") if type(fields) is dict else None
    if not isinstance(fields, dict) or not isinstance(turns, list):
        return None
    return {**fields, "messages": last.turns[:count] + turns}


def _behind(wire: bytes, end: int) -> int:
    """Where the next turn begins, or the array ends, behind a turn that ends at `end`."""
    found = _NEXT.match(wire, end)
    return found.end() if found else end


def _measured(wire: bytes) -> tuple[int, list[int]]:
    """The first byte of the first turn, and those behind each; no ends where the body has no turns."""
    start = _first_turn(wire)
    return start, list(_ends(wire, start)) if start else []


def _first_turn(wire: bytes) -> int:
    """The byte at which the turns of a sound body begin; 0 where it has none, or begins with a BOM."""
    try:
        text = wire.decode()
        place = _gap(text, 0)
        while text[place : place + 1] in ("{", ","):
            key, place = _DECODER.raw_decode(text, _gap(text, place + 1))
            place = _gap(text, _gap(text, place) + 1)
            if key == "messages":
                inside = _gap(text, place + 1)
                return len(text[:inside].encode()) if text.startswith("[", place) else 0
            place = _gap(text, _DECODER.raw_decode(text, place)[1])
    except (ValueError, RecursionError):  # a number of very many digits, say
        pass
    return 0


def _ends(wire: bytes, start: int) -> Iterator[int]:
    """The bytes behind each turn from `start` on."""
    text = wire[start:].decode()
    ascii_only = text.isascii()
    place, byte = 0, start
    while text.startswith("{", place):
        try:
            end = _DECODER.raw_decode(text, place)[1]
        except (ValueError, RecursionError):
            return
        byte += end - place if ascii_only else len(text[place:end].encode())
        yield byte
        gap = _gap(text, end)
        if not text.startswith(",", gap):
            return
        place = _gap(text, gap + 1)
        byte += place - end


def _gap(text: str, place: int) -> int:
    found = _GAP.match(text, place)
    return found.end() if found else place
