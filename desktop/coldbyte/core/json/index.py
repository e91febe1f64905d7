"""An index of a body as it was sent: where each tool and block stands, found in one pass.

For many look-ups in one body; `json.place.find_place` walks from the start each time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from coldbyte.core.json.member import elements, members
from coldbyte.core.json.place import ESCAPE, find_place, skipped, value_start

_KNOWN = re.compile(r"(?:tools|system)\[\d+\]|messages\[\d+\](?:\.content(?:\[\d+\])?)?|[A-Za-z0-9_]+")
_LISTS = ("tools", "system", "messages")


class JsonIndex:
    """The places of the request that begins at byte `start` of `data`."""

    def __init__(self, data: bytes, start: int = 0) -> None:
        self.data, self.start = data, start

    def span(self, where: str) -> tuple[int, int]:
        """Start and end of the value at a path, like `find_place`. Raise KeyError where there is none."""
        known = _KNOWN.match(where)
        span = self._spans.get(known[0]) if known else None
        if known is None or span is None:
            return find_place(self.data, where, self.start)
        rest = where[known.end() :]
        return find_place(self.data, rest, span[0]) if rest else span

    @cached_property
    def _spans(self) -> dict[str, tuple[int, int]]:
        found = dict(self._members("", value_start(self.data, self.start)))
        for name in _LISTS:
            if name in found:
                found.update(self._elements(name, found[name][0]))
        return found

    def _members(self, path: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
        if self.data[start] == ord("{"):
            for one in members(self.data, start):
                yield path + one.key, (one.value, one.stop)

    def _elements(self, path: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
        if self.data[start] != ord("["):
            return
        for index, span in enumerate(elements(self.data, start)):
            where = f"{path}[{index}]"
            yield where, span
            inner = dict(self._members(f"{where}.", span[0])) if path == "messages" else {}
            content = inner.get(f"{where}.content")
            if content is not None:
                yield f"{where}.content", content
                yield from self._elements(f"{where}.content", content[0])


def wire_bytes(data: bytes, start: int, stop: int, decoded: Iterable[int]) -> Iterator[int]:
    """The bytes of `data` that gave some bytes of a string's decoded UTF-8, which are in order.

    The string stands with its quotes from `start` to `stop`. Inside an escape it is the start of that, as in
    `json.place.wire_byte`.
    """
    escapes = ESCAPE.finditer(data, start + 1, stop - 1)
    escape = next(escapes, None)
    place, read = start + 1, 0
    for byte in decoded:
        mark = skipped(data, place, read, byte)
        if mark != (read, place):
            read, place = mark
            escapes = ESCAPE.finditer(data, place, stop - 1)
            escape = next(escapes, None)
        while escape is not None:
            plain = read + escape.start() - place
            after = plain + (_decoded_size(escape[0]) if byte > plain else 1)
            if byte < after:
                break
            place, read = escape.end(), after
            escape = next(escapes, None)
        inside = escape is not None and byte > read + escape.start() - place
        yield escape.start() if escape is not None and inside else place + byte - read


def _decoded_size(escape: bytes) -> int:
    return len(json.loads(b'"%b"' % escape).encode()) if escape[1:2] == b"u" else 1
