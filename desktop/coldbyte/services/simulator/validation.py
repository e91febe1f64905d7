"""Which requests the API refuses with 400 or 404, and in which words (facts §1.2, §1.3, §7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import cast

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import Catalogue, Model
from coldbyte.core.json.value import Json, value_at
from coldbyte.core.prefix.marker import MOST_BREAKPOINTS, Marker, contested, counted, markers_of, out_of_order
from coldbyte.services.simulator.rejection import Rejected, invalid

_ORDER = (
    "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are "
    "processed in the following order: `tools`, `system`, `messages`."
)
_EXTRA = "Extra inputs are not permitted"
_OPTIONS = {"speed": ("standard", "fast"), "service_tier": ("auto", "standard_only")}
_ROLES = ("user", "assistant", "system")

Object = Mapping[str, Json]


def check_shape(fields: Object, *, counting: bool) -> tuple[Marker, ...]:
    """Refuse a body whose fields are missing or of the wrong kind; give its markers in cache order.

    `counting`: the body is one for count_tokens, which needs no `max_tokens`.
    """
    _filled_string(fields, "model")
    if not counting:
        _whole_number(fields, "max_tokens")
    if not isinstance(fields.get("stream", False), bool):
        raise invalid("stream", "Input should be a valid boolean")
    for check in (_tools, _system, _messages):
        check(fields)
    markers = markers_of(RequestBody(fields))
    for marker in markers:
        _check_marker(fields, marker)
    return markers


def check_markers(markers: Sequence[Marker]) -> None:
    """Refuse more than four markers, 1h behind 5m, and two TTLs for one block."""
    if contested(markers):
        raise invalid("cache_control.ttl", "the last block carries a cache_control with a different ttl")
    taken = counted(markers)
    if len(taken) > MOST_BREAKPOINTS:
        message = f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. "
        raise Rejected(400, f"{message}Found {len(taken)}.")
    late = out_of_order([marker.ttl for marker in taken])
    if late is not None:
        raise invalid(f"{taken[late].control}.ttl", _ORDER)


def model_named(name: str, catalogue: Catalogue, today: date | None = None) -> Model:
    """The model that answers; 404 for one that is unknown or retired, by `today` or by now."""
    model = catalogue.model(name)
    if model is None or model.lifecycle == "retired" or (today is not None and model.gone(today)):
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


def check_size(model: Model, tokens: int) -> None:
    """Refuse a prompt that is longer than the model's context."""
    if model.context is not None and tokens > model.context:
        raise Rejected(400, f"prompt is too long: {tokens} tokens > {model.context} maximum")


def check_options(fields: Object) -> None:
    """Refuse a value that an option does not have."""
    for name, known in _OPTIONS.items():
        value = fields.get(name)
        if value is not None and value not in known:
            raise invalid(name, f"Input should be '{known[0]}' or '{known[1]}'")
    sequences = fields.get("stop_sequences")
    if sequences is None:
        return
    if not isinstance(sequences, list):
        raise invalid("stop_sequences", "Input should be a valid list")
    for index, sequence in enumerate(sequences):
        if not isinstance(sequence, str):
            raise invalid(f"stop_sequences[{index}]", "Input should be a valid string")
        if not sequence.strip():
            raise invalid("stop_sequences", "each stop sequence must contain non-whitespace")


def check_diagnostics(fields: Object) -> None:
    """Refuse a `diagnostics` that is no object with the id of a message or null (facts §6)."""
    diagnostics = fields.get("diagnostics")
    if diagnostics is None:
        return
    if not isinstance(diagnostics, Mapping):
        raise invalid("diagnostics", "Input should be an object")
    if not isinstance(diagnostics.get("previous_message_id"), str | None):
        raise invalid("diagnostics.previous_message_id", "Input should be a valid string")


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


def _check_marker(fields: Object, marker: Marker) -> None:
    """Refuse a marker where none can stand; those in parts of a block are passed over."""
    control, where = marker.control, marker.where
    match marker.problem:
        case "thinking":
            kind = cast(Object, value_at(fields, where))["type"]
            raise invalid(f"{where}.{kind}.cache_control", _EXTRA)
        case "message":
            raise invalid(control, _EXTRA)
        case "empty-text":
            raise invalid(where, "cache_control cannot be set for empty text blocks")
        case "deferred":
            raise invalid(control, "cannot be set on a tool with defer_loading")
        case "turn-scoped":
            raise invalid(control, "cannot be set on a message with clear_at")
        case "not-object":
            raise invalid(control, "Input should be an object")
        case "wrong-type":
            raise invalid(f"{control}.type", "Input should be 'ephemeral'")
        case "wrong-ttl":
            raise invalid(f"{control}.ttl", "Input should be '5m' or '1h'")


def _tools(fields: Object) -> None:
    for _ in _objects(fields.get("tools", []), "tools"):
        pass


def _system(fields: Object) -> None:
    system = fields.get("system", [])
    if isinstance(system, str):
        return
    for path, block in _objects(system, "system"):
        if block.get("type") != "text":
            raise invalid(f"{path}.type", "Input should be 'text'")
        _block(block, path)


def _messages(fields: Object) -> None:
    if "messages" not in fields:
        raise invalid("messages", "Field required")
    if fields["messages"] == []:
        raise invalid("messages", "at least one message is required")
    for path, message in _objects(fields["messages"], "messages"):
        if message.get("role") not in _ROLES:
            raise invalid(f"{path}.role", "Input should be 'user' or 'assistant'")
        _content(message, path)


def _content(message: Object, path: str) -> None:
    content = message.get("content")
    if "content" not in message:
        raise invalid(f"{path}.content", "Field required")
    if content in ("", []) and message["role"] == "user":
        raise invalid(path, "user messages must have non-empty content")
    if not isinstance(content, str):
        for where, block in _objects(content, f"{path}.content"):
            _block(block, where)


def _block(block: Object, path: str) -> None:
    kind = _filled_string(block, "type", path)
    if kind == "text":
        _text(block, path)
    if kind == "tool_result" and isinstance(block.get("content"), list):
        for _ in _objects(block["content"], f"{path}.content"):
            pass


def _text(block: Object, path: str) -> None:
    if "text" not in block:
        raise invalid(f"{path}.text", "Field required")
    if not isinstance(block["text"], str):
        raise invalid(f"{path}.text", "Input should be a valid string")
    if not block["text"] and block.get("cache_control") is None:
        raise invalid(path, "text content blocks must be non-empty")


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
