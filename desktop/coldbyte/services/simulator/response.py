"""What an answer is: the call of a tool that is forced, JSON where that is asked for, else a text; before it
thinking, where the request switches that on, and what tools of the API's own found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from coldbyte.core.cache.simulation import Step, Thought
from coldbyte.core.json.value import Json
from coldbyte.services.simulator.reply import compose, think
from coldbyte.services.simulator.schema_example import example
from coldbyte.services.simulator.server_tool import Occasion, Read, steps_of


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: the text, or the JSON of the input of a tool, and what comes before."""

    reply: str = ""
    tool: str | None = None
    thought: Thought | None = None
    steps: tuple[Step, ...] = ()


def respond(
    fields: Mapping[str, Json],
    signature: str,
    searches: int | None,
    *,
    marked: bool,
    seed: bytes,
    read: Read,
) -> Response:
    """The answer to a valid request. `signature` is that of its thinking; see `steps_of` for the others."""
    tool, reply = response_to(fields)
    thought = _thought(fields, signature) if tool is None else None
    before: tuple[Json, ...] = (thinking_block(thought),) if thought else ()
    steps = steps_of(fields, searches, Occasion(before, seed, marked, read)) if tool is None else ()
    return Response(reply, tool, thought, steps)


def thinking_block(thought: Thought) -> dict[str, Json]:
    """The block of content."""
    return {
        "type": "thinking",
        "thinking": thought.text if thought.shown else "",
        "signature": thought.signature,
    }


def response_to(fields: Mapping[str, Json]) -> tuple[str | None, str]:
    """The name of the tool that is called, if any, and the text or the JSON of its input."""
    tool = _forced_tool(fields)
    if tool is not None:
        return str(tool["name"]), json.dumps(example(tool.get("input_schema")), ensure_ascii=False)
    schema = _asked_schema(fields)
    if schema is not None:
        return None, json.dumps(example(schema), ensure_ascii=False)
    return None, compose(fields)


def _thought(fields: Mapping[str, Json], signature: str) -> Thought | None:
    thinking = fields.get("thinking")
    if not isinstance(thinking, Mapping) or thinking.get("type") in (None, "disabled"):
        return None
    return Thought(think(fields), signature, shown=thinking.get("display") != "omitted")


def _forced_tool(fields: Mapping[str, Json]) -> Mapping[str, Json] | None:
    choice, tools = fields.get("tool_choice"), fields.get("tools")
    if not isinstance(choice, Mapping) or not isinstance(tools, list):
        return None
    if choice.get("type") not in ("any", "tool"):
        return None
    named = choice.get("name") if choice.get("type") == "tool" else None
    able = (
        tool
        for tool in tools
        if isinstance(tool, Mapping) and isinstance(tool.get("name"), str) and "input_schema" in tool
    )
    return next((tool for tool in able if named in (None, tool["name"])), None)


def _asked_schema(fields: Mapping[str, Json]) -> Mapping[str, Json] | None:
    config = fields.get("output_config")
    asked = config.get("format") if isinstance(config, Mapping) else None
    asked = fields.get("output_format") if asked is None else asked
    if not isinstance(asked, Mapping) or asked.get("type") != "json_schema":
        return None
    schema = asked.get("schema")
    return schema if isinstance(schema, Mapping) else None
