"""One line of JSONL for an exchange, as the contract of the command line spells exchanges.

Besides the contract's keys it carries what the history knows and `response_raw`, the answer's own bytes.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping

from coldbyte.core.export.exchange_format import ExchangeFormat
from coldbyte.core.export.outgoing import ExportError, outgoing_of_exchange
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, compact


def exchange_line(exchange: KeptExchange) -> bytes:
    """The line with its line feed. Raise ExportError where the body is no JSON object."""
    fields: dict[str, Json] = {
        "request": outgoing_of_exchange(exchange).fields,
        "request_raw": _raw(exchange),
        "response": response_of(exchange),
        "headers": dict(exchange.headers),
        "scope": exchange.scope or None,
        "started_at": exchange.started_at,
        "first_event_at": exchange.first_event_at,
        "ended_at": exchange.ended_at,
        "status": exchange.status,
        "request_id": exchange.request_id,
        **_received(exchange.received),
        **{name: getattr(exchange, name) for name in _WORDS if getattr(exchange, name)},
        **({} if exchange.complete else {"complete": False}),
    }
    return _LONE.sub("\ufffd", compact(fields)).encode() + b"\n"


_LONE = re.compile("[\ud800-\udfff]")  # halves of a pair, as a cut title has them: UTF-8 can't express them

JSONL = ExchangeFormat(exchange_line)
"""One exchange a line."""

_WORDS = ("origin", "title", "name", "note", "source", "project", "conversation", "failure")


def response_of(exchange: KeptExchange) -> dict[str, Json] | None:
    """The answer as a message of the API; None where there was none. Thinking and calls are in its bytes."""
    whole = _message(exchange.received)
    if whole is not None:
        return whole
    if exchange.message_id is None and not exchange.reply and exchange.usage is None:
        return None
    return {
        "id": exchange.message_id,
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": exchange.reply}] if exchange.reply else [],
        "model": exchange.served_by or exchange.model or None,
        "stop_reason": exchange.stop_reason,
        "usage": usage_fields_of(exchange) or None,
        "diagnostics": exchange.diagnostics,
    }


def usage_fields_of(exchange: KeptExchange) -> Mapping[str, Json]:
    """The usage in the API's own words, made from the counts where only these are known (facts §5)."""
    usage = exchange.usage
    if exchange.usage_fields or usage is None:
        return exchange.usage_fields
    return {
        "input_tokens": usage.uncached,
        "cache_creation_input_tokens": usage.written,
        "cache_read_input_tokens": usage.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": usage.written_5m,
            "ephemeral_1h_input_tokens": usage.written_1h,
        },
        "output_tokens": usage.output,
    }


def _raw(exchange: KeptExchange) -> str | None:
    """The body's own bytes as text; None where only their meaning is known."""
    if not exchange.wire_known:
        return None
    try:
        return exchange.wire.decode()
    except UnicodeDecodeError:
        raise ExportError("The body of this exchange is not UTF-8.") from None


def _received(data: bytes) -> dict[str, Json]:
    if not data:
        return {}
    try:
        return {"response_raw": data.decode()}
    except UnicodeDecodeError:
        return {"response_base64": b64encode(data).decode("ascii")}


def _message(data: bytes) -> dict[str, Json] | None:
    """An answer that came whole."""
    if data.lstrip()[:1] != b"{":
        return None
    try:
        found = read_json(data)
    except JsonError:
        return None
    is_message = isinstance(found, Mapping) and found.get("type") == "message"
    return dict(found) if is_message and isinstance(found, Mapping) else None
