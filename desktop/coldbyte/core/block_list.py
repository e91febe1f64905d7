"""The content blocks of a turn or a question as JSON, as their author spelled it: breakpoints, values."""

from __future__ import annotations

from collections.abc import Mapping

from coldbyte.core.draft import Ttl
from coldbyte.core.json.layout import indented
from coldbyte.core.json.place import find_place
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, compact, is_array
from coldbyte.core.prefix.record import as_text, block_record
from coldbyte.core.text.text import Text


def marks_of(blocks: Text) -> dict[int, Ttl]:
    """The lifetimes of the breakpoints by the index of the block behind which each stands.

    Raise JsonError or BodyError where these are no blocks.
    """
    value = read_json(blocks.encode())
    records = [block_record(block, "", "messages", "user") for block in (value if is_array(value) else ())]
    return {index: record.ttl for index, record in enumerate(records) if record.ttl is not None}


def with_marks(blocks: Text, marks: Mapping[int, Ttl]) -> Text:
    """The blocks with exactly these breakpoints; the same text where it has them already.

    What is printed anew is compact where it was on one line, else a member a line. Raise like `marks_of`.
    """
    present = marks_of(blocks)
    value = read_json(blocks.encode())
    if present == marks or not is_array(value):
        return blocks
    marked = [
        _marked(block, marks.get(index)) if present.get(index) != marks.get(index) else block
        for index, block in enumerate(value)
    ]
    several = any(piece.newlines for piece in blocks.pieces)
    return Text.from_str(indented(marked) if several else compact(marked))


def only_text(blocks: Text) -> Text | None:
    """The text of the one block where that is a text block with nothing else; None where it is not so."""
    try:
        value = read_json(blocks.encode())
    except JsonError:
        return None
    if not is_array(value) or len(value) != 1 or not isinstance(value[0], Mapping):
        return None
    text = value[0].get("text")
    if value[0].keys() != {"type", "text"} or value[0]["type"] != "text" or not isinstance(text, str | Text):
        return None
    return as_text(text)


def with_value(blocks: Text, where: str, value: Text) -> Text:
    """The JSON with a string in the place of the value at a path; nothing else changes.

    Raise KeyError where there is no such place.
    """
    start, stop = find_place(blocks.encode(), where)
    return blocks.replace(blocks.utf16_at(start), blocks.utf16_at(stop), compact(value))


def _marked(block: Json, ttl: Ttl | None) -> Json:
    """A block with this breakpoint and no other, also none inside a tool's result."""
    if not isinstance(block, Mapping):
        return block
    bare = _without_mark(block)
    content = bare.get("content")
    if block.get("type") == "tool_result" and is_array(content):
        bare["content"] = [
            _without_mark(part) if isinstance(part, Mapping) and "cache_control" in part else part
            for part in content
        ]
    if ttl is not None:
        bare["cache_control"] = {"type": "ephemeral"} if ttl == "5m" else {"type": "ephemeral", "ttl": ttl}
    return bare


def _without_mark(block: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in block.items() if name != "cache_control"}
