"""The body by itself: the bytes as they are on the wire or, where that is asked for, laid out for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from coldbyte.core.export.outgoing import Outgoing
from coldbyte.core.json.value import Json, compact, is_array, pairs_of


def body_bytes(request: Outgoing) -> bytes:
    """The body, byte for byte."""
    return request.wire


def pretty_body(request: Outgoing) -> bytes:
    """The same JSON values on lines of their own: key order, repeated keys and number spelling are kept."""
    return ("".join(_pretty(request.fields)) + "\n").encode()


def _pretty(value: Json) -> Iterator[str]:
    """The nesting costs no frames of Python."""
    stack: list[tuple[Iterator[tuple[str, Json]], str]] = [(iter([("", value)]), "")]
    while stack:
        for front, item in stack[-1][0]:
            yield front
            members = _members(item, len(stack) * "  ")
            if members:
                bracket, end = "[]" if is_array(item) else "{}"
                yield bracket
                stack.append((iter(members), "\n" + (len(stack) - 1) * "  " + end))
                break
            yield compact(item)
        else:
            yield stack.pop()[1]


def _members(value: Json, indent: str) -> Sequence[tuple[str, Json]]:
    """The members of a container, each with what is printed in front of it; none of another value."""
    if isinstance(value, Mapping):
        return [
            (f"{',' if n else ''}\n{indent}{compact(key)}: ", item)
            for n, (key, item) in enumerate(pairs_of(value))
        ]
    if is_array(value):
        return [(f"{',' if n else ''}\n{indent}", item) for n, item in enumerate(value)]
    return ()
