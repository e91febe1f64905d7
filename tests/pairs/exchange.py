"""Exchanges: a request with its times, its scope and what the API answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pairs.request_pair import Body, Exchange

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_BYTES_PER_TOKEN = 2.9  # of such conversations, with the newer tokenizer (facts §8)
_TAIL = 4  # tokens that stand behind the last breakpoint


def exchange(
    body: Body,
    usage: Mapping[str, Any] | None = None,
    *,
    after: float = 0.0,
    message_id: str = "msg_01Xa7c3vTqLmZp9RkWd4HsYb",
    served_by: str | None = None,
    scope: str | None = "workspace-a",
    headers: Mapping[str, str] | None = None,
) -> Exchange:
    """An exchange that began `after` seconds past noon, answered within seven seconds.

    Without usage and without a model that served it, the answer is not known.
    """
    response: dict[str, Any] = {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": served_by or body["model"],
        "content": [{"type": "text", "text": "I have looked it up."}],
        "stop_reason": "end_turn",
    }
    if usage is not None:
        response["usage"] = dict(usage)
    return {
        "request": body,
        "request_raw": None,
        "response": response if usage is not None or served_by else None,
        "headers": dict(headers or {}),
        "scope": scope,
        "started_at": _at(after),
        "first_event_at": _at(after + 1.4),
        "ended_at": _at(after + 6.8),
    }


def _at(seconds: float) -> str:
    return (NOON + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def tokens(*parts: object) -> int:
    """About how many tokens these parts of a body take, breakpoints left out."""
    size = sum(len(json.dumps(_unmarked(part), ensure_ascii=False).encode()) for part in parts)
    return round(size / _BYTES_PER_TOKEN)


def _unmarked(value: object) -> object:
    if isinstance(value, dict):
        return {key: _unmarked(item) for key, item in value.items() if key != "cache_control"}
    return [_unmarked(item) for item in value] if isinstance(value, list) else value


def prompt_tokens(body: Body) -> int:
    return tokens(body.get("tools", []), body.get("system", []), body["messages"])


def head_tokens(body: Body) -> int:
    """Tokens of tools and system."""
    return tokens(body.get("tools", []), body.get("system", []))


def usage(*, read: int = 0, written: int = 0, written_1h: int = 0, uncached: int = _TAIL) -> dict[str, Any]:
    """Counters as the API reports them (facts §5)."""
    return {
        "input_tokens": uncached,
        "cache_creation_input_tokens": written + written_1h,
        "cache_read_input_tokens": read,
        "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": written_1h},
        "output_tokens": 412,
        "service_tier": "standard",
    }


def cold(body: Body) -> dict[str, Any]:
    """The usage of a request that found nothing and wrote its whole prompt."""
    return usage(written=prompt_tokens(body) - _TAIL)


def warm(before: Body, after: Body) -> dict[str, Any]:
    """The usage of a request that read all that the earlier one wrote."""
    read = prompt_tokens(before) - _TAIL
    return usage(read=read, written=prompt_tokens(after) - read - _TAIL)
