"""JSON for people and for diffs by line: a member a line, the rest as in the compact print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coldbyte.core.json.value import Json, compact, is_array, pairs_of

_STEP = "  "


def indented(value: Json) -> str:
    """The value with two spaces for each level; no line feed at the end. The nesting costs no frames."""
    parts: list[str] = []
    stack: list[tuple[Iterator[tuple[str, Json]], str]] = [(iter([("", value)]), "")]
    while stack:
        for front, item in stack[-1][0]:
            parts.append(front)
            opened = _opened(item, len(stack))
            if opened is not None:
                stack.append(opened)
                break
            parts.append(compact(item))
        else:
            parts.append(stack.pop()[1])
    return "".join(parts)


def _opened(value: Json, depth: int) -> tuple[Iterator[tuple[str, Json]], str] | None:
    """The members of a container, each with what stands before it, and what stands behind the last one.

    None for a value that is printed at once.
    """
    end = "\n" + _STEP * (depth - 1)
    if isinstance(value, Mapping) and value:
        pairs = [(f"{compact(key)}: ", item) for key, item in pairs_of(value)]
        return _rows("{", pairs, depth), end + "}"
    if is_array(value) and value:
        return _rows("[", [("", item) for item in value], depth), end + "]"
    return None


def _rows(opener: str, rows: list[tuple[str, Json]], depth: int) -> Iterator[tuple[str, Json]]:
    for index, (front, item) in enumerate(rows):
        yield f"{',' if index else opener}\n{_STEP * depth}{front}", item
