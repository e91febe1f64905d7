"""What the cache key of a request depends on, written down a second time, as a plain value to compare.

It is made from the fact sheet (§1.2, §2.2, §3) and from the contract, slowly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coldbyte.core.json.value import Json, Pairs, Spelled
from coldbyte.core.text.text import Text

Meaning = dict[str, Any]

OUTSIDE = {
    *("max_tokens", "stream", "metadata", "stop_sequences", "diagnostics"),
    *("temperature", "top_p", "top_k", "service_tier", "inference_geo"),
    *("user_profile_id", "workspace_id", "container"),
}
SPECIAL = {
    *("model", "speed", "betas", "thinking", "output_config", "output_format", "mcp_servers", "tool_choice"),
    *("tools", "system", "messages", "cache_control"),
}
FORGETFUL = {
    *("claude-opus-4", "claude-opus-4-0", "claude-opus-4-1", "claude-sonnet-4", "claude-sonnet-4-0"),
    *("claude-sonnet-4-5", "claude-haiku-4-5", "claude-3-7-sonnet", "claude-3-5-haiku"),
}
"""Models that are shown the thinking of the last turn only, by their undated names."""


def meaning(body: Mapping[str, Json]) -> Meaning:
    """What the key depends on. The body has to be one that the prefix can be made of."""
    content = list(_turns(body["messages"]))
    tools, web = _tools(body.get("tools"))
    return {
        "model": body["model"],
        "settings": {name: exact(value) for name, value in _others(body).items()},
        **_settings(body),
        "tools": tools,
        "web": web,
        "system": [_block(block) for block in _as_blocks(body.get("system"))],
        "messages": _remembered(str(body["model"]), content),
        "cited": any(_is_cited(block) for block in _all_blocks(body["messages"])),
        "shown": any(block.get("type") == "image" for block in _all_blocks(body["messages"])),
    }


def exact(value: Any) -> Any:
    """A free value: order of keys, keys that stand twice and the spelling of numbers count."""
    match value:
        case None | bool():
            return str(value)
        case Spelled():
            return ("number", value.spelling)
        case int() | float():
            return ("number", repr(value))
        case str() | Text():
            return ("string", str(value))
        case Pairs():
            return ("object", tuple((key, exact(item)) for key, item in value.pairs))
        case Mapping():
            return ("object", tuple((key, exact(item)) for key, item in value.items()))
        case _:
            return ("array", tuple(exact(item) for item in value))


def _others(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in body if name not in OUTSIDE | SPECIAL and body[name] is not None}


def _settings(body: Mapping[str, Any]) -> Meaning:
    config = body.get("output_config") or {}
    rest = {name: config[name] for name in config if name not in ("effort", "format")}
    formats = [value for value in (config.get("format"), body.get("output_format")) if value is not None]
    return {
        "speed": exact(_unless(body.get("speed"), "standard")),
        "effort": exact(_unless(config.get("effort"), "high")),
        "thinking": _read(body.get("thinking")),
        "choice": _choice(body.get("tool_choice")),
        "formats": [exact(value) for value in formats],
        "config": {name: exact(value) for name, value in rest.items() if value is not None},
        "betas": set(body.get("betas") or ()),
        "servers": _servers(body.get("mcp_servers")),
    }


def _unless(value: Any, default: str) -> Any:
    return None if value == default else value


def _read(value: Any) -> Any:
    """A setting whose fields are read by name: their order is free, null is no value."""
    return _part(value) if isinstance(value, Mapping) else exact(value)


def _choice(value: Any) -> Any:
    found = _read(value)
    if isinstance(found, dict) and found.get("disable_parallel_tool_use") == "False":
        del found["disable_parallel_tool_use"]
    return "None" if found == {"type": ("string", "auto")} else found


def _servers(value: Any) -> Any:
    if value is None or value == []:
        return []
    if isinstance(value, (str, Text, Mapping)) or not isinstance(value, Sequence):
        return exact(value)
    kept = []
    for server in value:
        if isinstance(server, Mapping):
            server = {key: item for key, item in server.items() if key != "authorization_token"}
        kept.append(exact(server))
    return kept


def _tools(tools: Any) -> tuple[list[Any], list[Any]]:
    own: list[Any] = []
    web: list[Any] = []
    for tool in tools or ():
        if tool.get("defer_loading") is True:
            continue
        said = _fields(tool)
        if said.get("type") == ("string", "custom"):
            del said["type"]
        if said.get("defer_loading") == "False":
            del said["defer_loading"]
        kind = tool.get("type")
        if isinstance(kind, str) and kind.startswith(("web_search", "web_fetch")):
            web.append((len(own), said))
        else:
            own.append(said)
    return own, web


def _as_blocks(content: Any) -> Any:
    if isinstance(content, (str, Text)):
        return [{"type": "text", "text": content}]
    return content or []


def _block(block: Mapping[str, Any]) -> Meaning:
    said = _fields(block)
    if block["type"] == "tool_result":
        content = said.get("content")
        if isinstance(content, tuple) and content[0] == "string":
            said["content"] = ("blocks", [{"type": ("string", "text"), "text": content}])
    return said


def _fields(block: Mapping[str, Any]) -> Meaning:
    """What a block says: all but its breakpoint, what is null, and citations that are off."""
    said = {}
    for name in block:
        value = block[name]
        if name == "cache_control" or value is None or (name == "citations" and _is_off(value)):
            continue
        if name in ("source", "citations") and isinstance(value, Mapping):
            said[name] = _part(value)
        elif name == "content" and _is_list(value):
            said[name] = _list(value)
        else:
            said[name] = exact(value)
    return said


def _part(value: Mapping[str, Any]) -> Meaning:
    """The source of a block or its citations: no breakpoint can stand in it, only in blocks there."""
    said = _fields(value)
    if value.get("cache_control") is not None:
        said["cache_control"] = exact(value["cache_control"])
    return said


def _list(value: Sequence[Any]) -> Any:
    return ("blocks", [_fields(item) if isinstance(item, Mapping) else exact(item) for item in value])


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_off(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(value[name] is None or (name == "enabled" and value[name] is False) for name in value)
    return bool(value == [])


def _turns(messages: Any) -> Iterator[tuple[str, str, Any]]:
    """Every block with the role that says it: where a turn ends is not told."""
    for message in messages:
        role = message["role"]
        more = {name: value for name, value in _fields(message).items() if name not in ("role", "content")}
        if more:
            yield role, "more", more
        blocks = _as_blocks(message["content"])
        if not blocks and not more:
            yield role, "nothing", None
        for block in blocks:
            yield role, block["type"], _block(block)


def _remembered(model: str, content: list[tuple[str, str, Any]]) -> list[Any]:
    undated = model[:-9] if model[-9:-6] == "-20" and model[-8:].isdecimal() else model
    if undated not in FORGETFUL:
        return content
    last = 0
    for place, (role, kind, said) in enumerate(content):
        if role == "user" and said is not None and kind not in ("more", "tool_result"):
            last = place
    return [
        one
        for place, one in enumerate(content)
        if place >= last or one[1] not in ("thinking", "redacted_thinking")
    ]


def _all_blocks(value: Any, *, messages: bool = True) -> Iterator[Mapping[str, Any]]:
    """All blocks of the messages, with those in the result of a tool and in a document."""
    for item in value if _is_list(value) else ():
        if isinstance(item, Mapping):
            if not messages:
                yield item
            source = item.get("source")
            yield from _all_blocks(item.get("content"), messages=False)
            if isinstance(source, Mapping) and source.get("type") == "content":
                yield from _all_blocks(source.get("content"), messages=False)


def _is_cited(block: Mapping[str, Any]) -> bool:
    citations = block.get("citations")
    return isinstance(citations, Mapping) and citations.get("enabled") is True
