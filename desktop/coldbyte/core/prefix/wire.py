"""The wire view: where the place of a cause lies in the body as sent."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from coldbyte.core.body import RequestBody
from coldbyte.core.cause import Cause
from coldbyte.core.json.place import Mark, find_places
from coldbyte.core.json.place import wire_byte as raw_byte
from coldbyte.core.json.value import Json, compact, printed_size, printed_start, value_at
from coldbyte.core.prefix.record import as_text, canonical
from coldbyte.core.text.text import Text

_TOKEN = re.compile(rb'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"|[^" \t\n\r]++', re.DOTALL)
_QUOTE = ord('"')
_TYPED = ("thinking", "tool_choice")  # objects that stand in the prefix in an order of ours


def with_wire(cause: Cause, before: RequestBody, after: RequestBody) -> Cause:
    """The cause with its bytes in the wire view of both bodies, None where a body has not got the place.

    They count in the bytes that a body was read from, or in its compact print.
    """
    return with_wires([cause], before, after)[0]


def with_wires(causes: Sequence[Cause], before: RequestBody, after: RequestBody) -> tuple[Cause, ...]:
    """`with_wire` for many causes: each body is walked through once."""
    paths = [(cause.where_before, cause.where if _is_in_after(cause) else None) for cause in causes]
    old = _Wire(before, [path for path, _ in paths if path is not None])
    new = _Wire(after, [path for _, path in paths if path is not None])
    return tuple(
        replace(
            cause,
            wire_byte=(
                None if there is None else old.byte(there, cause.block_byte[0]),
                None if here is None else new.byte(here, cause.block_byte[1]),
            ),
        )
        for cause, (there, here) in zip(causes, paths, strict=True)
    )


def wire_byte(body: RequestBody, where: str, byte: int | None) -> int | None:
    """The wire byte of a byte in the value at a path; None where the value is not there.

    `byte` counts in the UTF-8 of a string, in the compact print of any other value. Where that has a
    breakpoint inside, which no prefix shows, and beyond its end, it is the start of the value.
    """
    return _Wire(body, [where]).byte(where, byte)


class _Wire:
    """The wire view of a body, in which some paths are looked up."""

    def __init__(self, body: RequestBody, paths: Iterable[str]) -> None:
        self._body = body
        self._values: dict[str, Json] = {}
        for path in paths:
            with suppress(KeyError, ValueError):
                self._values[path] = value_at(body.fields, path)
        source = body.source
        self._places = find_places(source.data, self._values, source.start) if source else {}
        self._marks: defaultdict[str, list[Mark]] = defaultdict(list)

    def byte(self, where: str, byte: int | None) -> int | None:
        """See `wire_byte`."""
        if where not in self._values:
            return None
        value, source = self._values[where], self._body.source
        if source is None:
            return _printed(self._body, where, value, byte or 0)
        data = source.data
        start, stop = self._places[where]
        if isinstance(value, (str, Text)):
            return raw_byte(data, start, min(byte or 0, as_text(value).size), self._marks[where])
        return start + _spread(data[start:stop], byte) if byte and _is_counted(where, value, byte) else start


def _is_in_after(cause: Cause) -> bool:
    return cause.blocks == (None, None) or cause.blocks[1] is not None


def _printed(body: RequestBody, where: str, value: Json, byte: int) -> int:
    start = printed_start(body.fields, where)
    if isinstance(value, (str, Text)):
        text = as_text(value)
        return start + text.escaped_before(min(byte, text.size))
    return start + byte if byte and _is_counted(where, value, byte) else start


def _is_counted(where: str, value: Json, byte: int) -> bool:
    """Whether the byte counts in what the compact print of this value is."""
    printed = compact(value)
    if where in _TYPED and isinstance(value, Mapping) and compact(canonical(value)) != printed:
        return False
    return byte < printed_size(value) and '"cache_control"' not in printed


def _spread(data: bytes, byte: int) -> int:
    """The byte of JSON, spaced and escaped in whatever way, that gave a byte of its compact print."""
    left = byte
    for token in _TOKEN.finditer(data):
        if data[token.start()] != _QUOTE:
            size = token.end() - token.start()
            if left < size:
                return token.start() + left
        else:
            chars = json.loads(token[0])
            printed = compact(chars).encode()
            size = len(printed)
            if left < size and (not left or printed == token[0]):
                return token.start() + left
            if left < size:
                return raw_byte(data, token.start(), _decoded(chars, left - 1))
        left -= size
    return len(data)


def _decoded(chars: str, escaped: int) -> int:
    """The byte of a string's UTF-8 at so many bytes of its compact print, the quote not counted."""
    byte = 0
    for char in chars:
        printed, size = len(compact(char).encode()) - 2, len(char.encode())
        if escaped < printed:
            return byte + min(escaped, size - 1)
        escaped, byte = escaped - printed, byte + size
    return byte
