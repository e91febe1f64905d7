"""What the API would refuse in the tools of a draft, tool by tool (API reference, Messages, `tools`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from coldbyte.core.draft import Tool
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json
from coldbyte.core.text.text import Piece, Text

NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")


def tool_name(text: Text) -> str:
    """The name that a definition gives; empty where it gives none."""
    fields = _known(text) if text.size else None
    name = fields.get("name") if isinstance(fields, Mapping) else None
    return str(name) if isinstance(name, str | Text) else ""


def tool_trouble(text: Text) -> str:
    """What is wrong with one definition, and where; empty where nothing is. An empty one is not sent."""
    if not text.size:
        return ""
    fields = _known(text)
    if isinstance(fields, JsonError):
        return f"No JSON yet: expected {fields.expected} at byte {fields.byte:,} (line {fields.line:,})."
    if not isinstance(fields, Mapping):
        return "A tool is a JSON object."
    name = tool_name(text)
    if not NAME.fullmatch(name):
        return "`name` has 1 to 128 letters, digits, _ or -."
    if "type" in fields and str(fields["type"]) != "custom":
        return ""  # one that the API brings along: its fields are its own
    schema = fields.get("input_schema")
    if not isinstance(schema, Mapping):
        return "`input_schema` is missing: a JSON Schema of the parameters."
    if str(schema.get("type")) != "object":
        return '`input_schema` needs `"type": "object"`.'
    return ""


def tool_troubles(tools: Sequence[Tool]) -> dict[str, str]:
    """By the keys of the tools what is wrong with each, a name that two of them have included."""
    troubles = {tool.key: trouble for tool in tools if (trouble := tool_trouble(tool.text))}
    names = {tool.key: tool_name(tool.text) for tool in tools}
    often = {name for name, count in Counter(names.values()).items() if name and count > 1}
    twice = {key: f"Another tool is called {name}, too." for key, name in names.items() if name in often}
    return {**twice, **troubles}


def _known(text: Text) -> Json | JsonError:
    """The JSON of a definition, or what is wrong with it. It lives as long as the text."""
    first, rest = text.pieces[0], text.pieces[1:]
    known: tuple[tuple[Piece, ...], Json | JsonError] | None = first.derived.get("definition")
    if known is None or known[0] != rest:
        try:
            value: Json | JsonError = read_json(text.encode())
        except JsonError as error:
            value = error.with_traceback(None)
        known = first.derived["definition"] = rest, value
    return known[1]
