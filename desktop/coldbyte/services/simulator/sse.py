"""The shapes of the answer: one JSON message, or the events of a stream (facts §5, §6, §9)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from coldbyte.core.cache.diagnosis import Reason
from coldbyte.core.cache.simulation import Answer, pieces_of
from coldbyte.core.cache.usage import Usage
from coldbyte.services.simulator.response import thinking_block
from coldbyte.services.simulator.server_tool import uses

Object = Mapping[str, object]


def message(answer: Answer) -> Object:
    """The body of a response that is not streamed."""
    return _message(answer, [part.whole for part in _parts(answer)], ended=True)


def events(answer: Answer) -> Iterator[tuple[bytes, bool]]:
    """All events of a stream, and whether each is a piece of what the model says."""
    yield _event({"type": "message_start", "message": _message(answer, [], ended=False)}), False
    ping = _event({"type": "ping"})
    for index, part in enumerate(_parts(answer)):
        start = _event({"type": "content_block_start", "index": index, "content_block": part.start})
        yield start if index else start + ping, False
        for delta in part.deltas:
            yield _event({"type": "content_block_delta", "index": index, "delta": delta}), True
        yield _event({"type": "content_block_stop", "index": index}), False
    delta = {"stop_reason": answer.stop_reason, "stop_sequence": answer.stop_sequence}
    yield _event({"type": "message_delta", "delta": delta, "usage": _counts(answer, answer.usage)}), False
    yield _event({"type": "message_stop"}), False


def error(body: Object) -> bytes:
    """The event that ends a stream which went wrong."""
    return _event({"type": "error", "error": body})


def _message(answer: Answer, content: list[Object], *, ended: bool) -> Object:
    usage = answer.usage if ended else replace(answer.plan.usage, output=1)
    split = {
        "ephemeral_5m_input_tokens": usage.written_5m,
        "ephemeral_1h_input_tokens": usage.written_1h,
    }
    return {
        "id": answer.message_id,
        "type": "message",
        "role": "assistant",
        "content": content,
        "model": answer.model,
        "stop_reason": answer.stop_reason if ended else None,
        "stop_sequence": answer.stop_sequence if ended else None,
        "diagnostics": _diagnostics(answer),
        "usage": {
            **_counts(answer, usage, ended=ended),
            "cache_creation": split,
            "service_tier": "standard",
            **answer.service,
        },
    }


def _counts(answer: Answer, usage: Usage, *, ended: bool = True) -> Object:
    """The counts that the start of a stream and its end both have; those of its end are cumulative."""
    return {
        "input_tokens": usage.uncached,
        "cache_creation_input_tokens": usage.written,
        "cache_read_input_tokens": usage.read,
        "output_tokens": usage.output,
        "output_tokens_details": {"thinking_tokens": answer.thinking if ended else 0},
        "server_tool_use": uses(answer.steps) if ended and answer.steps else None,
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """A block of content: as a stream begins it, what it adds, and the whole."""

    start: Object
    deltas: list[Object]
    whole: Object


def _parts(answer: Answer) -> Iterator[_Part]:
    if answer.thought is not None:
        whole = thinking_block(answer.thought)
        thought = [
            {"type": "thinking_delta", "thinking": piece} for piece in pieces_of(str(whole["thinking"]))
        ]
        signed = {"type": "signature_delta", "signature": whole["signature"]}
        yield _Part({**whole, "thinking": "", "signature": ""}, [*thought, signed], whole)
    for step in answer.steps:
        given = json.dumps(step.call["input"], ensure_ascii=False)
        yield _Part({**step.call, "input": {}}, _inputs(pieces_of(given)), step.call)
        yield _Part(step.result, [], step.result)
    if not answer.pieces:
        return
    if answer.tool is None:
        said: list[Object] = [{"type": "text_delta", "text": piece} for piece in answer.pieces]
        yield _Part({"type": "text", "text": ""}, said, {"type": "text", "text": answer.text})
        return
    tool_input = json.loads(answer.text) if answer.stop_reason == "tool_use" else {}
    call = answer.message_id.replace("msg_", "toolu_")
    begun = {"type": "tool_use", "id": call, "name": answer.tool, "input": {}}
    yield _Part(begun, _inputs(answer.pieces), {**begun, "input": tool_input})


def _inputs(pieces: tuple[str, ...]) -> list[Object]:
    return [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]


def _diagnostics(answer: Answer) -> Object | None:
    found = answer.diagnosis
    if not isinstance(found, Reason):
        return {"cache_miss_reason": None} if found == "pending" else None
    missed = {} if found.missed is None else {"cache_missed_input_tokens": found.missed}
    return {"cache_miss_reason": {"type": found.type, **missed}}


def _event(data: Object) -> bytes:
    encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {data['type']}\ndata: {encoded}\n\n".encode()
