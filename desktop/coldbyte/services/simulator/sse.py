"""The shapes of the answer: one JSON message, or the events of a stream (facts §5, §6, §9)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from coldbyte.core.cache.diagnosis import Reason
from coldbyte.core.cache.simulation import Answer
from coldbyte.core.cache.usage import Usage


def message(answer: Answer) -> dict[str, object]:
    """The body of a response that is not streamed."""
    content = [_block(answer, answer.text)] if answer.pieces else []
    return _message(answer, content, ended=True)


def events(answer: Answer) -> Iterator[bytes]:
    """All events of a stream."""
    yield from opening(answer)
    yield from deltas(answer)
    yield from closing(answer)


def opening(answer: Answer) -> Iterator[bytes]:
    """The events before the first text."""
    yield _event({"type": "message_start", "message": _message(answer, [], ended=False)})
    yield _event({"type": "content_block_start", "index": 0, "content_block": _block(answer, "")})


def deltas(answer: Answer) -> Iterator[bytes]:
    """One event for each piece of the text, or of a tool's input."""
    for piece in answer.pieces:
        if answer.tool is None:
            delta = {"type": "text_delta", "text": piece}
        else:
            delta = {"type": "input_json_delta", "partial_json": piece}
        yield _event({"type": "content_block_delta", "index": 0, "delta": delta})


def closing(answer: Answer) -> Iterator[bytes]:
    """The events behind the last text; usage is cumulative and without the split by TTL."""
    usage = {"input_tokens": answer.usage.uncached, **_cached(answer.usage)}
    yield _event({"type": "content_block_stop", "index": 0})
    yield _event(
        {
            "type": "message_delta",
            "delta": {"stop_reason": answer.stop_reason, "stop_sequence": answer.stop_sequence},
            "usage": {**usage, "output_tokens": answer.usage.output},
        }
    )
    yield _event({"type": "message_stop"})


def error(body: Mapping[str, object]) -> bytes:
    """The event that ends a stream which went wrong."""
    return _event({"type": "error", "error": body})


def _message(answer: Answer, content: list[dict[str, object]], *, ended: bool) -> dict[str, object]:
    split = {
        "ephemeral_5m_input_tokens": answer.usage.written_5m,
        "ephemeral_1h_input_tokens": answer.usage.written_1h,
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
            "input_tokens": answer.usage.uncached,
            **_cached(answer.usage),
            "cache_creation": split,
            "output_tokens": answer.usage.output if ended else 1,
            "service_tier": "standard",
            **answer.service,
        },
    }


def _block(answer: Answer, text: str) -> dict[str, object]:
    if answer.tool is None:
        return {"type": "text", "text": text}
    tool_input = json.loads(text) if text and answer.stop_reason == "tool_use" else {}
    call = answer.message_id.replace("msg_", "toolu_")
    return {"type": "tool_use", "id": call, "name": answer.tool, "input": tool_input}


def _diagnostics(answer: Answer) -> dict[str, object] | None:
    found = answer.diagnosis
    if not isinstance(found, Reason):
        return {"cache_miss_reason": None} if found == "pending" else None
    missed = {} if found.missed is None else {"cache_missed_input_tokens": found.missed}
    return {"cache_miss_reason": {"type": found.type, **missed}}


def _cached(usage: Usage) -> dict[str, int]:
    return {"cache_creation_input_tokens": usage.written, "cache_read_input_tokens": usage.read}


def _event(data: Mapping[str, object]) -> bytes:
    encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {data['type']}\ndata: {encoded}\n\n".encode()
