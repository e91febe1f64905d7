"""Which requests the API refuses with 400 or 404, and in which words (facts §1.2, §1.3, §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from coldbyte.core.body import Json
from coldbyte.core.catalogue import Catalogue, Model
from coldbyte.core.prefix import Prefix
from coldbyte.services.simulator.rejection import Rejected, invalid

_MOST_MARKERS = 4
_ORDER = (
    "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are "
    "processed in the following order: `tools`, `system`, `messages`."
)
_EXTRA = "Extra inputs are not permitted"
_ROLES = ("user", "assistant", "system")

Object = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Marker:
    """A `cache_control` in the body: the path of its owner (empty for the automatic one) and its TTL."""

    path: str
    ttl: str
    nested: bool = False


def check_shape(fields: Object, *, counting: bool) -> tuple[Marker, ...]:
    """Refuse a body whose fields are missing or of the wrong kind; give its explicit markers in cache order.

    `counting`: the body is one for count_tokens, which needs no `max_tokens`.
    """
    _filled_string(fields, "model")
    if not counting:
        _whole_number(fields, "max_tokens")
    if not isinstance(fields.get("stream", False), bool):
        raise invalid("stream", "Input should be a valid boolean")
    if "cache_control" in fields:
        _marker(fields, "")
    return tuple(marker for part in _PARTS for marker in part(fields))


def check_markers(fields: Object, explicit: Sequence[Marker], prefix: Prefix) -> None:
    """Refuse more than four markers, 1h behind 5m, and two TTLs for one block."""
    markers = [*explicit]
    automatic = _marker(fields, "")
    if automatic and prefix.breakpoints:
        if len(prefix.breakpoints) > sum(not marker.nested for marker in explicit):
            markers.append(automatic)
        elif prefix.blocks[prefix.breakpoints[-1]].ttl != automatic.ttl:
            raise invalid("cache_control.ttl", "the last block carries a cache_control with a different ttl")
    if len(markers) > _MOST_MARKERS:
        message = f"A maximum of {_MOST_MARKERS} blocks with cache_control may be provided. "
        raise Rejected(400, f"{message}Found {len(markers)}.")
    shorter = False
    for marker in markers:
        if marker.ttl == "1h" and shorter:
            raise invalid(_join(marker.path, "cache_control.ttl"), _ORDER)
        shorter = shorter or marker.ttl == "5m"


def model_named(name: str, catalogue: Catalogue) -> Model:
    """The model that answers; 404 for one that is unknown or retired."""
    model = catalogue.model(name)
    if model is None or model.lifecycle == "retired":
        raise Rejected(404, f"model: {name}")
    return model


def check_output(fields: Object, model: Model) -> None:
    """Refuse more output than the model has, and what does not go with `max_tokens: 0` (facts §7)."""
    asked = cast(int, fields["max_tokens"])
    if model.max_output is not None and asked > model.max_output:
        limit = f"{asked} > {model.max_output}, which is the maximum allowed number of output tokens"
        raise invalid("max_tokens", f"{limit} for {fields['model']}")
    if asked == 0 and (other := next(_against_warming(fields), None)):
        raise invalid("max_tokens", f"0 cannot be combined with {other}")


def _against_warming(fields: Object) -> Iterator[str]:
    if fields.get("stream"):
        yield "stream"
    if _get(fields, "thinking", "type") == "enabled":
        yield "thinking.type: enabled"
    if _get(fields, "output_config", "format") is not None:
        yield "output_config.format"
    if _get(fields, "tool_choice", "type") in ("any", "tool"):
        yield "a forced tool_choice"


def _get(fields: Object, name: str, key: str) -> Json:
    value = fields.get(name)
    return value.get(key) if isinstance(value, Mapping) else None


def _tools(fields: Object) -> Iterator[Marker]:
    for path, tool in _objects(fields.get("tools", []), "tools"):
        marker = _marker(tool, path)
        if marker and tool.get("defer_loading") is True:
            raise invalid(f"{path}.cache_control", "cannot be set on a tool with defer_loading")
        yield from (marker,) if marker else ()


def _system(fields: Object) -> Iterator[Marker]:
    system = fields.get("system", [])
    if isinstance(system, str):
        return
    for path, block in _objects(system, "system"):
        if block.get("type") != "text":
            raise invalid(f"{path}.type", "Input should be 'text'")
        yield from _block(block, path)


def _messages(fields: Object) -> Iterator[Marker]:
    if "messages" not in fields:
        raise invalid("messages", "Field required")
    if fields["messages"] == []:
        raise invalid("messages", "at least one message is required")
    for path, message in _objects(fields["messages"], "messages"):
        if message.get("role") not in _ROLES:
            raise invalid(f"{path}.role", "Input should be 'user' or 'assistant'")
        if "cache_control" in message:
            raise invalid(f"{path}.cache_control", _EXTRA)
        yield from _content(message, path)


def _content(message: Object, path: str) -> Iterator[Marker]:
    content = message.get("content")
    if "content" not in message:
        raise invalid(f"{path}.content", "Field required")
    if content in ("", []) and message["role"] == "user":
        raise invalid(path, "user messages must have non-empty content")
    if not isinstance(content, str):
        for where, block in _objects(content, f"{path}.content"):
            yield from _block(block, where)


def _block(block: Object, path: str) -> Iterator[Marker]:
    kind = _filled_string(block, "type", path)
    marker = _marker(block, path)
    match kind:
        case "text":
            _text(block, path, marked=marker is not None)
        case "thinking" | "redacted_thinking" if "cache_control" in block:
            raise invalid(f"{path}.{kind}.cache_control", _EXTRA)
        case "tool_result" if isinstance(block.get("content"), list):
            for where, part in _objects(block["content"], f"{path}.content"):
                if inner := _marker(part, where):
                    yield Marker(where, inner.ttl, nested=True)
    yield from (marker,) if marker else ()


def _text(block: Object, path: str, *, marked: bool) -> None:
    if "text" not in block:
        raise invalid(f"{path}.text", "Field required")
    if not isinstance(block["text"], str):
        raise invalid(f"{path}.text", "Input should be a valid string")
    if marked and not block["text"]:
        raise invalid(path, "cache_control cannot be set for empty text blocks")
    if not block["text"]:
        raise invalid(path, "text content blocks must be non-empty")


def _marker(owner: Object, path: str) -> Marker | None:
    """The marker of a block, or of the body where `path` is empty; null counts as absent."""
    control = owner.get("cache_control")
    if control is None:
        return None
    where = _join(path, "cache_control")
    if not isinstance(control, Mapping):
        raise invalid(where, "Input should be an object")
    if control.get("type") != "ephemeral":
        raise invalid(f"{where}.type", "Input should be 'ephemeral'")
    ttl = control.get("ttl", "5m")
    if ttl not in ("5m", "1h"):
        raise invalid(f"{where}.ttl", "Input should be '5m' or '1h'")
    return Marker(path, str(ttl))


def _objects(value: Json, path: str) -> Iterator[tuple[str, Object]]:
    if not isinstance(value, list):
        raise invalid(path, "Input should be a valid list")
    for index, item in enumerate(value):
        if not isinstance(item, Mapping):
            raise invalid(f"{path}[{index}]", "Input should be an object")
        yield f"{path}[{index}]", item


def _filled_string(owner: Object, key: str, path: str = "") -> str:
    value = owner.get(key)
    if key not in owner:
        raise invalid(_join(path, key), "Field required")
    if not isinstance(value, str):
        raise invalid(_join(path, key), "Input should be a valid string")
    if not value:
        raise invalid(_join(path, key), "String should have at least 1 character")
    return value


def _whole_number(fields: Object, key: str) -> None:
    value = fields.get(key)
    if key not in fields:
        raise invalid(key, "Field required")
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid(key, "Input should be a valid integer")
    if value < 0:
        raise invalid(key, "Input should be greater than or equal to 0")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


_PARTS: tuple[Callable[[Object], Iterator[Marker]], ...] = (_tools, _system, _messages)
