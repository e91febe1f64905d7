"""The shapes of the answer: one JSON message, or the events of a stream (facts §5, §9)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from coldbyte.core.simulation import Answer
from coldbyte.core.usage import Usage


def message(answer: Answer) -> dict[str, object]:
    """The body of a response that is not streamed."""
    content = [{"type": "text", "text": answer.text}] if answer.pieces else []
    return _message(answer, content, answer.stop_reason, answer.usage.output)


def opening(answer: Answer) -> bytes:
    """The events before the first text."""
    start = {"type": "message_start", "message": _message(answer, [], None, 1)}
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    return _event(start) + _event(block)


def deltas(answer: Answer) -> Iterator[bytes]:
    """One event for each piece of the text."""
    for piece in answer.pieces:
        delta = {"type": "text_delta", "text": piece}
        yield _event({"type": "content_block_delta", "index": 0, "delta": delta})


def closing(answer: Answer) -> bytes:
    """The events behind the last text; usage is cumulative and without the split by TTL."""
    usage = {"input_tokens": answer.usage.uncached, **_cached(answer.usage)}
    ended = {
        "type": "message_delta",
        "delta": {"stop_reason": answer.stop_reason, "stop_sequence": None},
        "usage": {**usage, "output_tokens": answer.usage.output},
    }
    stop = _event({"type": "content_block_stop", "index": 0})
    return stop + _event(ended) + _event({"type": "message_stop"})


def _message(
    answer: Answer, content: list[dict[str, str]], stop_reason: str | None, output: int
) -> dict[str, object]:
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
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "diagnostics": None,
        "usage": {
            "input_tokens": answer.usage.uncached,
            **_cached(answer.usage),
            "cache_creation": split,
            "output_tokens": output,
            "service_tier": "standard",
        },
    }


def _cached(usage: Usage) -> dict[str, int]:
    return {"cache_creation_input_tokens": usage.written, "cache_read_input_tokens": usage.read}


def _event(data: Mapping[str, object]) -> bytes:
    encoded = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {data['type']}\ndata: {encoded}\n\n".encode()
