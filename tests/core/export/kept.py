"""Exchanges as the history keeps them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from coldbyte.core.cache.usage import Usage
from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from core.export.nasty import WIRES

STREAM = b'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1"}}\n\n'
FIELDS = {
    "input_tokens": 7,
    "cache_creation_input_tokens": 50,
    "cache_read_input_tokens": 900,
    "cache_creation": {"ephemeral_5m_input_tokens": 20, "ephemeral_1h_input_tokens": 30},
    "output_tokens": 11,
}


def kept(wire: bytes = WIRES["quotes"], **more: Any) -> KeptExchange:
    given: dict[str, Any] = {
        "origin": "sent",
        "model": "claude-sonnet-5-5",
        "scope": "simulator",
        "title": "Why?",
        "started_at": 1_790_000_000.123456,
        "first_event_at": 1_790_000_000.623456,
        "ended_at": 1_790_000_002.5,
        "status": 200,
        "message_id": "msg_1",
        "request_id": "req_1",
        "served_by": "claude-sonnet-5-5",
        "stop_reason": "end_turn",
        "headers": {"anthropic-beta": "b-2,a-1", "anthropic-version": "2023-06-01", "host": "127.0.0.1:80"},
        "received": STREAM,
        "reply": "Because é\u2028.",
        "usage": Usage(900, 20, 30, 7, 11),
        "usage_fields": FIELDS,
        "judgement": Judgement("partial", "text-edited", price=Decimal("0.00123"), lost=Decimal("-0.5")),
    }
    return KeptExchange(wire, **{**given, **more})
