"""From a request body to its canonical prefix: which settings and blocks stand in it, and in which order.

The source of the order is the table of what invalidates which tier (facts §3); what that table leaves open or
what is only inferred is a switch of `KeyRules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from coldbyte.core.body import RequestBody
from coldbyte.core.draft import Ttl
from coldbyte.core.json.normal_form import normalised
from coldbyte.core.json.value import Json, is_array, path_below
from coldbyte.core.prefix.model_family import keeps_thinking
from coldbyte.core.prefix.prefix import THINKING_KINDS, UNABLE_KINDS, Prefix, PrefixBlock, Tier
from coldbyte.core.prefix.record import (
    BodyError,
    an_array,
    an_object,
    block_record,
    canonical,
    empty_turn_record,
    setting_record,
    text_record,
    tool_record,
    ttl_of,
    turn_record,
    word,
)
from coldbyte.core.text.text import Text

OUTSIDE = (
    *("max_tokens", "stream", "metadata", "stop_sequences", "diagnostics", "temperature", "top_p", "top_k"),
    *("service_tier", "inference_geo", "user_profile_id", "workspace_id", "container"),
)
"""Fields of a request that are not part of the key (facts §2.2, §3): five documented, the others inferred."""

_KNOWN = (
    *("model", "tools", "system", "messages", "cache_control", "betas", "speed", "thinking", "tool_choice"),
    *("output_config", "output_format", "mcp_servers"),
)
_SWITCHED: Mapping[str, tuple[str, ...]] = {  # for each switch of the rules the fields that it puts in
    "sampling": ("temperature", "top_p", "top_k"),
    "service_tier": ("service_tier",),
    "inference_geo": ("inference_geo",),
    "user_profile": ("user_profile_id",),
    "metadata": ("metadata",),
}
_WEB_TOOLS = ("web_search", "web_fetch")
_FLAGS = ("citations", "images")  # settings that are no fields of a request
_KNOWN_BYTES = 64 * 1024 * 1024  # of records that are remembered
_DEFAULT_EFFORT = "high"
_MEDIA_DEPTH = 3  # an image lies in a message, in a tool's result, or in a document of such a result


@dataclass(frozen=True, slots=True)
class KeyRules:
    """In which tier a setting acts where the documentation leaves it open (facts §3).

    A setting stands before the blocks of its tier: a change of it loses that tier and those behind it.
    What each switch says and where it comes from stands in `core.cache.rule_book`.
    """

    speed: Tier = "request"
    thinking: Tier = "request"
    effort: Tier = "request"
    format: Tier = "system"
    betas: bool = True
    strip_thinking: bool = True
    shorthand: bool = True
    merge_turns: bool = True
    normalise: bool = False
    sampling: bool = False
    service_tier: bool = False
    inference_geo: bool = False
    user_profile: bool = False
    metadata: bool = False


DOCUMENTED = KeyRules()


class KnownTurns:
    """The records of turns that were made before, by the objects that the turns are; for one set of rules.

    Bodies that share such objects (`core.history.turn_reader`) share the records, and what these know.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Json, str, tuple[PrefixBlock, ...]]] = {}
        self._size = 0

    def records(self, message: Json, path: str, rules: KeyRules) -> tuple[PrefixBlock, ...]:
        """The records of a turn. Raise BodyError where it is none."""
        known = self._known.get(id(message))
        if known is not None and known[1] == path:
            return known[2]
        records = tuple(_turn(message, path, rules))
        self._size += sum(record.size for record in records)
        if self._size > _KNOWN_BYTES:
            self._known.clear()
            self._size = 0
        self._known[id(message)] = message, path, records  # kept, so that no other gets its id
        return records


def prefix_of(
    body: RequestBody,
    *,
    betas: Iterable[str] = (),
    rules: KeyRules = DOCUMENTED,
    turns: KnownTurns | None = None,
) -> Prefix:
    """The canonical prefix of a body. Raise BodyError where it is not a Messages request."""
    fields = normalised(body.fields) if rules.normalise else body.fields
    settings = list(_settings(fields, betas, rules))
    tools = list(_tools(fields))
    system = list(_system(fields.get("system"), rules))
    messages = list(_messages(fields.get("messages"), rules, turns))
    if rules.strip_thinking and strips_thinking(fields.get("model")):
        messages = _without_old_thinking(messages)
    blocks: list[PrefixBlock] = []
    for tier, content in (("request", []), ("tools", tools), ("system", system), ("messages", messages)):
        blocks += [record for record in settings if record.tier == tier]
        blocks += [record for record in tools if record.tier == tier] if tier != "tools" else []
        blocks += [record for record in content if record.tier == tier]
    if fields.get("cache_control") is not None:
        _mark_automatic(blocks, ttl_of(fields))
    return Prefix(tuple(blocks))


def strips_thinking(model: Json) -> bool:
    """Whether a model is shown the thinking of the last turn only (facts §3)."""
    return isinstance(model, str) and keeps_thinking(model) is False


def _settings(fields: Mapping[str, Json], betas: Iterable[str], rules: KeyRules) -> Iterator[PrefixBlock]:
    """Settings that are not at their default, each with the tier on which it acts."""
    model = fields.get("model")
    if not isinstance(model, str):
        raise BodyError("model", "expected the name of a model")
    yield setting_record("model", "model", "request", model)
    if fields.get("speed") not in (None, "standard"):
        yield setting_record("speed", "speed", rules.speed, fields["speed"])
    features = sorted({*betas, *_features(fields.get("betas"))})
    if features and rules.betas:
        yield setting_record("betas", "betas", "request", features)
    if fields.get("thinking") is not None:
        yield setting_record("thinking", "thinking", rules.thinking, _in_order(fields["thinking"]))
    yield from _switched_settings(fields, rules)
    yield from _output_settings(fields, rules)
    if fields.get("mcp_servers") not in (None, []):
        yield setting_record("mcp_servers", "mcp_servers", "tools", _without_tokens(fields["mcp_servers"]))
    yield from _media_settings(fields)
    choice = choice_of(fields.get("tool_choice"))
    if choice is not None:
        yield setting_record("tool_choice", "tool_choice", "messages", choice)
    for name in sorted(set(fields) - {*OUTSIDE, *_KNOWN}):
        if fields[name] is not None:
            said = f'"{name}"' if name in _FLAGS else word(name)
            yield setting_record(said, path_below("", name), "messages", fields[name])


def _switched_settings(fields: Mapping[str, Json], rules: KeyRules) -> Iterator[PrefixBlock]:
    """Fields of which it is only inferred that they are no part of the key, where the rules put them in."""
    for switch, names in _SWITCHED.items():
        for name in names if getattr(rules, switch) else ():
            if fields.get(name) is not None:
                yield setting_record(name, name, "request", fields[name])


def _output_settings(fields: Mapping[str, Json], rules: KeyRules) -> Iterator[PrefixBlock]:
    config = fields.get("output_config")
    config = an_object(config, "output_config") if config is not None else {}
    for name in sorted(config):
        path = path_below("output_config", name)
        if name == "effort" and config[name] not in (None, _DEFAULT_EFFORT):
            yield setting_record(path, path, rules.effort, config[name])
        elif name not in ("effort", "format") and config[name] is not None:
            yield setting_record(f"output_config.{word(name)}", path, "messages", config[name])
    formats = [("output_config.format", config.get("format")), ("output_format", fields.get("output_format"))]
    given = [(path, value) for path, value in formats if value is not None]
    for name, (path, value) in zip(("output_config.format", "output_format"), given, strict=False):
        yield setting_record(name, path, rules.format, value)


def _media_settings(fields: Mapping[str, Json]) -> Iterator[PrefixBlock]:
    """That a request cites its documents, and that it shows images, acts on a whole tier (facts §3)."""
    cited = image = None
    for path, block in _blocks(fields.get("messages"), "messages", 0):
        citations = block.get("citations")
        if cited is None and isinstance(citations, Mapping) and citations.get("enabled") is True:
            cited = f"{path}.citations.enabled"
        if image is None and block.get("type") == "image":
            image = path
    if cited is not None:
        yield setting_record("citations", cited, "system", "enabled")
    if image is not None:
        yield setting_record("images", image, "messages", "shown")


def _blocks(value: Json, path: str, depth: int) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """The content blocks below a list of messages or blocks."""
    if not is_array(value) or depth > _MEDIA_DEPTH:
        return
    for index, item in enumerate(value):
        if not isinstance(item, Mapping):
            continue
        where = f"{path}[{index}]"
        if depth:
            yield where, item
        inner = item.get("content")
        if inner is not None and not isinstance(inner, (str, Text)):
            yield from _blocks(inner, f"{where}.content", depth + 1)
        source = item.get("source")
        if isinstance(source, Mapping) and source.get("type") == "content":
            yield from _blocks(source.get("content"), f"{where}.source.content", depth + 1)


def _tools(fields: Mapping[str, Json]) -> Iterator[PrefixBlock]:
    """Tools in their order; web search and fetch act on the system tier, deferred ones on none (facts §3)."""
    before = 0
    tools = fields.get("tools")
    for index, tool in enumerate(an_array(tools, "tools") if tools is not None else ()):
        path = f"tools[{index}]"
        given = an_object(tool, path)
        kind = given.get("type")
        if given.get("defer_loading") is True:
            continue
        if isinstance(kind, str) and kind.startswith(_WEB_TOOLS):
            yield tool_record(given, path, "system", f"tool behind {before}")
            continue
        before += 1
        yield tool_record(given, path, "tools", "tool")


def _system(system: Json, rules: KeyRules) -> Iterator[PrefixBlock]:
    if system is None:
        return
    if isinstance(system, (str, Text)):
        yield _of_string(text_record(system, "system", "system", "system"), rules)
        return
    if not is_array(system):
        raise BodyError("system", "expected a string or an array of text blocks")
    for index, block in enumerate(system):
        yield block_record(block, f"system[{index}]", "system", "system")


def _messages(messages: Json, rules: KeyRules, turns: KnownTurns | None) -> Iterator[PrefixBlock]:
    """The records of all turns; those of one role that follow each other are one (facts §2.2)."""
    last = None
    for index, message in enumerate(an_array(messages, "messages")):
        path = f"messages[{index}]"
        records = turns.records(message, path, rules) if turns else tuple(_turn(message, path, rules))
        role = records[0].role if records else None
        if not rules.merge_turns and role is not None and role == last:
            yield empty_turn_record(path, role)
        last = role
        yield from records


def _of_string(record: PrefixBlock, rules: KeyRules) -> PrefixBlock:
    """The record of a string, which by the rules is another prompt than one text block."""
    return record if rules.shorthand else replace(record, head=record.head + b" string")


def _turn(message: Json, path: str, rules: KeyRules) -> Iterator[PrefixBlock]:
    fields = an_object(message, path)
    role = fields.get("role")
    if not isinstance(role, str):
        raise BodyError(f"{path}.role", "expected the name of a role")
    role = role if role in ("user", "assistant") else f"turn-{role}"
    content = fields.get("content")
    more = turn_record(fields, path, role)
    if more is not None:
        yield more
    if isinstance(content, (str, Text)):
        yield _of_string(text_record(content, f"{path}.content", "messages", role), rules)
        return
    if not is_array(content):
        raise BodyError(f"{path}.content", "expected a string or an array of blocks")
    if not content and more is None:
        yield empty_turn_record(path, role)
    scoped = fields.get("clear_at") is not None
    for index, block in enumerate(content):
        record = block_record(block, f"{path}.content[{index}]", "messages", role)
        yield replace(record, ttl=None) if scoped and record.ttl else record


def _without_old_thinking(messages: list[PrefixBlock]) -> list[PrefixBlock]:
    """What models that keep the thinking of the last turn only are shown of a conversation (facts §3)."""
    asked = [
        n for n, one in enumerate(messages) if one.role == "user" and one.kind not in ("tool_result", "turn")
    ]
    last = asked[-1] if asked else 0
    return [one for n, one in enumerate(messages) if n >= last or one.kind not in THINKING_KINDS]


def _mark_automatic(blocks: list[PrefixBlock], ttl: Ttl | None) -> None:
    """Put the breakpoint of a top-level `cache_control` on the last block that can carry one (§1.2, §1.3)."""
    scoped = tuple(
        f"{block.where}." for block in blocks if block.kind == "turn" and "clear_at" in block.fields
    )
    for index in reversed(range(len(blocks))):
        block = blocks[index]
        if block.kind not in UNABLE_KINDS and block.content.size and not block.where.startswith(scoped):
            blocks[index] = replace(block, ttl=block.ttl or ttl)
            return


def _in_order(value: Json) -> Json:
    return canonical(value, marked=False) if isinstance(value, Mapping) else value


def choice_of(value: Json) -> Json:
    """The tool choice without what is the default; None where all of it is."""
    if not isinstance(value, Mapping):
        return value
    choice = canonical(value, marked=False)
    if choice.get("disable_parallel_tool_use") is False:
        del choice["disable_parallel_tool_use"]
    return None if choice == {"type": "auto"} else choice


def _features(value: Json) -> Iterator[str]:
    for index, name in enumerate(an_array(value, "betas") if value is not None else ()):
        if not isinstance(name, str):
            raise BodyError(f"betas[{index}]", "expected the name of a beta feature")
        yield name


def _without_tokens(servers: Json) -> Json:
    """The servers without what they are given to recognise the caller, which is no part of the prompt."""
    if not is_array(servers):
        return servers
    return [
        {key: value for key, value in server.items() if key != "authorization_token"}
        if isinstance(server, Mapping)
        else server
        for server in servers
    ]
