"""Patches of JSON as it was sent: small edits of its bytes, so that all that is not named stays as it is.

Offsets are bytes of JSON that was already read without error.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coldbyte.core.json.member import elements, member, members
from coldbyte.core.json.string import string_end

MARKER = "cache_control"
_QUOTE = ord('"')
_TEXT_BLOCK = b'{"type":"text","text":'


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """The bytes from `start` to `stop` become `data`."""

    start: int
    stop: int
    data: bytes


def patched(data: bytes, edits: Collection[Edit]) -> bytes:
    """The bytes after all edits. Raise ValueError where two of them touch the same bytes."""
    parts: list[bytes] = []
    place = 0
    for edit in sorted(edits):
        if edit.start < place:
            raise ValueError(f"two edits at byte {edit.start:,}")
        parts += (data[place : edit.start], edit.data)
        place = edit.stop
    return b"".join((*parts, data[place:]))


def quoted(chars: str) -> bytes:
    """A string as JSON: raw UTF-8, no escapes but the necessary ones."""
    return json.dumps(chars, ensure_ascii=False).encode()


def is_string(data: bytes, start: int) -> bool:
    """Whether the value at `start` is a string."""
    return data[start] == _QUOTE


def added_member(data: bytes, start: int, key: str, value: bytes) -> Edit:
    """Put a member behind the others of the object at `start`, or its value in place of one that is there."""
    known = list(members(data, start))
    same = next((one for one in reversed(known) if one.key == key), None)
    if same is not None:
        return Edit(same.value, same.stop, value)
    place = known[-1].stop if known else start + 1
    return Edit(place, place, (b"," if known else b"") + quoted(key) + b":" + value)


def removed_members(data: bytes, start: int, key: str) -> list[Edit]:
    """Take every member of that name out of the object at `start`."""
    known = list(members(data, start))
    gone = {index for index, one in enumerate(known) if one.key == key}
    return list(_list_edits([(one.start, one.stop) for one in known], {}, gone, start + 1))


def array_edits(
    data: bytes, start: int, inserts: Mapping[int, Sequence[bytes]], deletes: Collection[int] = ()
) -> list[Edit]:
    """Put elements before those at some indexes (at the end: their number), and take others out.

    A string in place of an array of blocks stands for one text block; it becomes one.
    """
    if is_string(data, start):
        return _string_edits(data, start, inserts, deletes)
    return list(_list_edits(list(elements(data, start)), inserts, set(deletes), start + 1))


def as_block(raw: bytes) -> bytes:
    """A block as it stands in an array: a string becomes a text block."""
    return _TEXT_BLOCK + raw + b"}" if is_string(raw, 0) else raw


def marker_in(raw: bytes) -> bytes | None:
    """The breakpoint that a block carries itself, as it was sent."""
    found = None if is_string(raw, 0) else member(raw, 0, MARKER)
    value = raw[found.value : found.stop] if found else b"null"
    return None if value == b"null" else value


def marked(raw: bytes, marker: bytes | None) -> bytes:
    """A block with another breakpoint, or without one."""
    raw = unmarked(as_block(raw))
    return raw if marker is None else patched(raw, [added_member(raw, 0, MARKER, marker)])


def unmarked(raw: bytes) -> bytes:
    """A block, or a message, without breakpoints of its own or of the blocks that it holds."""
    edits = removed_members(raw, 0, MARKER)
    content = member(raw, 0, "content")
    if content is not None and raw[content.value] == ord("["):
        for start, stop in elements(raw, content.value):
            if raw[start] == ord("{"):
                edits.append(Edit(start, stop, unmarked(raw[start:stop])))
    return patched(raw, edits)


def _string_edits(
    data: bytes, start: int, inserts: Mapping[int, Sequence[bytes]], deletes: Collection[int]
) -> list[Edit]:
    stop = string_end(data, start)
    before, after = list(inserts.get(0, ())), list(inserts.get(1, ()))
    if 0 in deletes:
        return [Edit(start, stop, b"[" + b",".join([*before, *after]) + b"]")]
    front = b"[" + b"".join(raw + b"," for raw in before) + _TEXT_BLOCK
    return [Edit(start, start, front), Edit(stop, stop, b"}" + b"".join(b"," + raw for raw in after) + b"]")]


def _list_edits(
    spans: Sequence[tuple[int, int]], inserts: Mapping[int, Sequence[bytes]], deletes: set[int], opened: int
) -> Iterator[Edit]:
    """One edit for each gap between two elements that stay, with the commas that it needs."""
    last: int | None = None
    for index in range(len(spans) + 1):
        if index in deletes:
            continue
        first = 0 if last is None else last + 1
        new = [raw for at in range(first, index + 1) for raw in inserts.get(at, ())]
        if new or first < index:
            yield _gap_edit(spans, last, first, index, new, opened)
        last = index


def _gap_edit(
    spans: Sequence[tuple[int, int]], last: int | None, first: int, index: int, new: list[bytes], opened: int
) -> Edit:
    """What stands between the elements `last` and `index`, which both stay if they are there."""
    if index < len(spans):
        start = spans[first][0]
        return Edit(start, spans[index][0], b"".join(raw + b"," for raw in new))
    if last is not None:
        stop = spans[-1][1] if first < index else spans[last][1]
        return Edit(spans[last][1], stop, b"".join(b"," + raw for raw in new))
    start, stop = (spans[0][0], spans[-1][1]) if spans else (opened, opened)
    return Edit(start, stop, b",".join(new))
