"""The minimal pair of each cause, byte for byte as the list of causes gives it, with its circumstances."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pairs.exchange import exchange, usage
from pairs.request_pair import RequestPair

_LINES = Path(__file__).with_name("minimal.jsonl").read_text(encoding="utf-8").splitlines()
_SYSTEM, _SCHEMA = "system[0].text", "tools[0].input_schema"
_WHERE = {
    "model-changed": "model",
    "model-retired": "model",
    "tool-choice-changed": "tool_choice",
    "thinking-config-changed": "thinking",
    "effort-changed": "output_config.effort",
    "speed-changed": "speed",
    "tool-description-changed": "tools[0].description",
    "volatile-id": "tools[0].description",
    "tool-schema-changed": _SCHEMA,
    "json-key-reordered": _SCHEMA,
    "json-number-format-changed": _SCHEMA,
    "whitespace-changed": "messages[1].content[0].text",
    "encoding-damaged": "messages[0].content[0].text",
    "json-escaping-changed": "messages[2].content[0].content",
    "json-whitespace-changed": "messages[2].content[0].content",
    "volatile-timestamp": _SYSTEM,
    "date-rollover": _SYSTEM,
    "client-version-stamp": _SYSTEM,
    "volatile-counter": _SYSTEM,
    "environment-snapshot": _SYSTEM,
    "per-user-data": _SYSTEM,
    "retrieved-context-changed": _SYSTEM,
    "list-reordered": _SYSTEM,
    "text-edited": _SYSTEM,
    "line-endings-changed": _SYSTEM,
    "unicode-normalization-changed": _SYSTEM,
    "invisible-char-changed": _SYSTEM,
    "typography-changed": _SYSTEM,
    "homoglyph-changed": _SYSTEM,
}
_REJECTED = {"too-many-breakpoints", "ttl-order-wrong", "breakpoint-not-allowed", "model-retired"}
_HARMLESS = {"content-shape-changed"}
"""No cause by itself: it is listed as a difference without cost unless usage or times show a loss."""
_ALSO = {
    "breakpoint-on-volatile-block": ("text-edited",),
    "breakpoint-not-allowed": ("block-inserted", "empty-block-dropped"),
    "model-retired": ("model-changed",),
    "image-evicted": ("images-toggled",),
}


def minimal_pairs() -> tuple[RequestPair, ...]:
    """The pairs, each named after its cause.

    No prompt reaches the minimum and most have their only breakpoint at the tail: the causes that say so are
    tolerated.
    """
    return tuple(_pair(json.loads(line)) for line in _LINES)


def _pair(line: Mapping[str, Any]) -> RequestPair:
    cause = line["cause"]
    before, after = json.loads(line["before"]), json.loads(line["after"])
    exchanges = _exchanges(before, after, line["context"])
    raw = (line["before"], line["after"]) if exchanges is None else (None, None)
    first, second = exchanges or ({"request": before}, {"request": after})
    setup = {"below-min-tokens", "breakpoint-on-volatile-block"} - {cause}
    return RequestPair(
        cause,
        () if cause in _HARMLESS else (cause,),
        _WHERE.get(cause),
        first,
        second,
        effect="rejected" if cause in _REJECTED else None,
        before_raw=raw[0].encode() if raw[0] else None,
        after_raw=raw[1].encode() if raw[1] else None,
        tolerated=(*sorted(setup), *_ALSO.get(cause, ())),
        harmless=(cause,) if cause in _HARMLESS else (),
    )


def _exchanges(before: Any, after: Any, context: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Both exchanges where the circumstances tell more than the bodies do."""
    if not set(context) - {"pattern"}:
        return None
    one: dict[str, Any] = {"message_id": "msg_01First"}
    two: dict[str, Any] = {"message_id": "msg_01Second", "after": context.get("gap_s", 30)}
    if "betas" in context:
        one["headers"], two["headers"] = ({"anthropic-beta": ",".join(one)} for one in context["betas"])
    if "overlap" in context:
        two["after"] = 0.2
    if "scope_changed" in context:
        two["scope"] = "workspace-b"
    if "route_changed" in context:
        two["message_id"] = "msg_bdrk_01Second"
    if {"route_changed", "response_model"} & set(context):
        one["served_by"] = before["model"]
        two["served_by"] = context.get("response_model", after["model"])
    if "usage" in context:
        seen = {"input_tokens": 4, **context["usage"]}
        short = not seen["cache_creation_input_tokens"]
        one["usage"], two["usage"] = seen if short else usage(written=4_980), seen
    return exchange(before, **one), exchange(after, **two)
