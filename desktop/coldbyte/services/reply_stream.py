"""From the events of a streamed answer to the events of a reply (facts §5 and §9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import FIELD as DIAGNOSTICS
from coldbyte.core.diagnostics import read_diagnosis
from coldbyte.core.reply import Ended, ReplyEvent, Started, TextPart


class ReplyStream:
    """Takes the decoded `data` of each server-sent event, in their order."""

    def __init__(self) -> None:
        self.request_id: str | None = None
        self._usage: dict[str, Any] = {}
        self._stop_reason: str | None = None
        self.started = False
        self.ended = False

    @property
    def complete(self) -> bool:
        """Whether the reply is whole, even if its last event never came."""
        return self.ended or self._stop_reason is not None

    def take(self, data: object) -> Iterator[ReplyEvent]:
        """What one event says. Raise ValueError for what is no event; unknown events say nothing."""
        event = _object(data)
        match event.get("type"):
            case "message_start":
                yield self._start(_object(event.get("message")))
            case "content_block_start":
                yield from _text(_object(event.get("content_block")))
            case "content_block_delta":
                yield from _text(_object(event.get("delta")))
            case "message_delta":
                self._go_on(_object(event.get("delta")), event.get("usage"))
            case "message_stop":
                yield self.end()

    def end(self) -> Ended:
        """The last event, with the final usage."""
        self.ended = True
        return Ended(self._stop_reason, usage_of(self._usage), dict(self._usage))

    def _start(self, message: Mapping[str, Any]) -> Started:
        self._usage = dict(_object(message.get("usage", {})))
        self.started = True
        return Started(
            message_id=str(message.get("id", "")),
            request_id=self.request_id,
            model=str(message.get("model", "")),
            usage=usage_of(self._usage),
            diagnosis=read_diagnosis(message),
            diagnostics=message.get(DIAGNOSTICS),
            usage_fields=dict(self._usage),
        )

    def _go_on(self, delta: Mapping[str, Any], usage: object) -> None:
        """Totals of a later event win; what it does not repeat stays."""
        if isinstance(delta.get("stop_reason"), str):
            self._stop_reason = delta["stop_reason"]
        if isinstance(usage, Mapping):
            self._usage |= {name: value for name, value in usage.items() if value is not None}


def usage_of(fields: Mapping[str, Any]) -> Usage:
    """The usage in the API's field names as a value.

    The total of what was written comes from `cache_creation_input_tokens`; the split by TTL may be older and
    smaller, as only server tools write more later on, always with 5m (facts §2.1).
    """
    split = fields.get("cache_creation")
    of_split = split if isinstance(split, Mapping) else {}
    for_1h = _count(of_split.get("ephemeral_1h_input_tokens"))
    for_5m = _count(of_split.get("ephemeral_5m_input_tokens"))
    total = fields.get("cache_creation_input_tokens")
    if total is not None:
        for_1h = min(for_1h, _count(total))
        for_5m = _count(total) - for_1h
    return Usage(
        read=_count(fields.get("cache_read_input_tokens")),
        written_5m=for_5m,
        written_1h=for_1h,
        uncached=_count(fields.get("input_tokens")),
        output=_count(fields.get("output_tokens")),
    )


def _text(part: Mapping[str, Any]) -> Iterator[TextPart]:
    """The text of a block's start or of a delta; thinking, tool input and signatures have another type."""
    text = part.get("text")
    if part.get("type") in ("text", "text_delta") and isinstance(text, str) and text:
        yield TextPart(text)


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _object(value: object) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise ValueError("not an object")
