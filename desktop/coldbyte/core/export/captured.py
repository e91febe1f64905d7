"""From a capture that was read from a file to an exchange as it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from coldbyte.core.capture import Capture
from coldbyte.core.export.outgoing import outgoing_of_capture
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.json.value import Json, is_array
from coldbyte.core.text.text import Text


def kept_of_capture(capture: Capture, source: str = "") -> KeptExchange:
    """The exchange in a capture; `source` says where it stood."""
    request, response = outgoing_of_capture(capture), capture.response
    headers = {
        "anthropic-beta": ",".join(request.betas),
        "anthropic-version": request.version or "",
        "host": capture.route.host or "",
    }
    return KeptExchange(
        request.wire,
        "captured",
        model=_chars(capture.body.fields.get("model")),
        source=source,
        scope=capture.scope or "",
        started_at=capture.started_at,
        first_event_at=capture.first_event_at,
        ended_at=capture.ended_at,
        message_id=response.id if response else None,
        served_by=response.model if response else None,
        headers={name: text for name, text in headers.items() if text},
        reply=_text(response.content) if response else "",
        usage=capture.usage,
        usage_fields=response.usage_fields if response else {},
    )


def _text(content: Json) -> str:
    """The text of an answer's blocks."""
    blocks = content if is_array(content) else ()
    return "".join(_chars(block.get("text")) for block in blocks if isinstance(block, Mapping))


def _chars(value: Json) -> str:
    return str(value) if isinstance(value, (str, Text)) else ""
