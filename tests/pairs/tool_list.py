"""Twelve tools of an agent, with their schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_TEXT = Path(__file__).with_name("tools.json").read_text(encoding="utf-8")

SEARCH_TOOL = {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"}
WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search", "max_uses": 5}


def tool_list() -> list[dict[str, Any]]:
    """Twelve tools, fresh ones in each call."""
    tools: list[dict[str, Any]] = json.loads(_TEXT)
    return tools


def further_tool(name: str = "mcp__weather__forecast") -> dict[str, Any]:
    """A tool that the list has not got."""
    fields = {
        "place": {"type": "string", "description": "A town."},
        "days": {"type": "integer", "description": "How many days."},
    }
    return {
        "name": name,
        "description": "Tell the weather of a place, hour by hour, with wind, rain and warnings.",
        "input_schema": {"type": "object", "properties": fields, "required": ["place"]},
    }
