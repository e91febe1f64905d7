"""Pairs of group C of the causes: the tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pairs.conversation import Marks, Writer, mark
from pairs.request_pair import HEAD, Body, RequestPair, bare, sound
from pairs.tool_list import SEARCH_TOOL, further_tool


@dataclass(frozen=True, slots=True)
class ToolEdit:
    """What happens to the tools of the later body, and the path of it."""

    where: str
    edit: Callable[[list[dict[str, Any]]], None]


def _moved(tools: list[dict[str, Any]]) -> None:
    tools.insert(2, tools.pop(6))


def _listed_anew(tools: list[dict[str, Any]]) -> None:
    """The server was asked again, and named its tools in another order."""
    tools[-2], tools[-1] = tools[-1], tools[-2]
    tools[-1]["cache_control"] = tools[-2].pop("cache_control")


def _added(tools: list[dict[str, Any]]) -> None:
    tools.insert(5, further_tool())


def _removed(tools: list[dict[str, Any]]) -> None:
    del tools[4]


def _server_gone(tools: list[dict[str, Any]]) -> None:
    """The connection to one server was lost, and with it its tools."""
    del tools[-2:]
    tools[-1]["cache_control"] = mark()


def _reworded(tools: list[dict[str, Any]]) -> None:
    tools[2]["description"] = tools[2]["description"].replace("Nothing is written", "The file stays as it is")


def _helpers(tools: list[dict[str, Any]]) -> None:
    tools[9]["description"] += " Helpers can be asked to review it."


def _new_parameter(tools: list[dict[str, Any]]) -> None:
    tools[3]["input_schema"]["properties"]["whole words"] = {"type": "boolean", "description": "No parts."}


def _optional(tools: list[dict[str, Any]]) -> None:
    tools[10]["input_schema"]["required"] = []


def _turned(tools: list[dict[str, Any]]) -> None:
    tools[0]["input_schema"] = dict(reversed(tools[0]["input_schema"].items()))


def _turned_properties(tools: list[dict[str, Any]]) -> None:
    schema = tools[7]["input_schema"]
    schema["properties"] = dict(sorted(schema["properties"].items()))


def _as_float(tools: list[dict[str, Any]]) -> None:
    tools[4]["input_schema"]["properties"]["seconds"]["minimum"] = 1.0


TOOL_EDITS: Mapping[str, ToolEdit] = {
    "tools-reordered/moved": ToolEdit("tools", _moved),
    "tools-reordered/listed-anew": ToolEdit("tools", _listed_anew),
    "tool-set-changed/added": ToolEdit("tools", _added),
    "tool-set-changed/removed": ToolEdit("tools", _removed),
    "tool-set-changed/server-gone": ToolEdit("tools", _server_gone),
    "tool-description-changed/reworded": ToolEdit("tools[2].description", _reworded),
    "tool-description-changed/longer": ToolEdit("tools[9].description", _helpers),
    "tool-schema-changed/parameter": ToolEdit("tools[3].input_schema", _new_parameter),
    "tool-schema-changed/optional": ToolEdit("tools[10].input_schema", _optional),
    "json-key-reordered/schema": ToolEdit("tools[0].input_schema", _turned),
    "json-key-reordered/properties": ToolEdit("tools[7].input_schema", _turned_properties),
    "json-number-format-changed/schema": ToolEdit("tools[4].input_schema", _as_float),
}
_CALL = "messages[1].content[1]"


def tool_pairs(seed: int) -> Iterator[RequestPair]:
    for name, change in TOOL_EDITS.items():
        writer = Writer(f"{seed} {name}")
        before = writer.body()
        after = writer.grown(before)
        change.edit(after["tools"])
        yield bare(name, (name.split("/")[0],), before, after, change.where, "miss", ())
    for cause in ("json-key-reordered", "json-number-format-changed"):
        before, after = _call_respelled("tail", cause, seed, message=1)
        yield bare(f"{cause}/call", (cause,), before, after, _CALL, "partial", HEAD)


def tool_twins(seed: int) -> Iterator[RequestPair]:
    for name, edit in _TWINS.items():
        writer = Writer(f"{seed} twin {name}")
        before = writer.body()
        before["tools"].insert(0, dict(SEARCH_TOOL))
        after = writer.grown(before)
        edit(after["tools"])
        yield sound(f"twin: {name}", before, after)
    for cause in ("json-key-reordered", "json-number-format-changed"):
        before, after = _call_respelled("early", cause, seed, message=5)
        yield sound(f"twin: {cause}/call", before, after, harmless=(cause,))


def _call_respelled(marks: Marks, cause: str, seed: int, *, message: int) -> tuple[Body, Body]:
    """The arguments of a call went through another JSON library."""
    writer = Writer(f"{seed} call {cause} {marks}")
    before = writer.body(marks)
    after = writer.grown(before)
    call = after["messages"][message]["content"][1]
    if cause == "json-key-reordered":
        call["input"] = dict(sorted(call["input"].items()))
    else:
        call["input"]["max items"] = float(call["input"]["max items"])
    return before, after


def _typed_fields_turned(tools: list[dict[str, Any]]) -> None:
    """Name, description and schema of a tool in another order; what the schema holds stays as it is."""
    tools[3] = dict(reversed(tools[3].items()))


def _deferred_added(tools: list[dict[str, Any]]) -> None:
    tools.append({**further_tool(), "defer_loading": True})


def _kept(tools: list[dict[str, Any]]) -> None:
    """Nothing happens."""


def _marked_elsewhere(tools: list[dict[str, Any]]) -> None:
    """One more breakpoint, on a tool in the middle."""
    tools[6]["cache_control"] = mark()


_TWINS: Mapping[str, Callable[[list[dict[str, Any]]], None]] = {
    "tools-reordered": _kept,
    "tool-set-changed": _deferred_added,
    "tool-description-changed": _marked_elsewhere,
    "tool-schema-changed": _kept,
    "json-key-reordered/typed-fields": _typed_fields_turned,
}
