"""HAR 1.2 of exchanges as actually sent: the body's own bytes, the answer's own bytes, the measured times.

What is not known stands as the format has it: -1 for a size or a time, status 0. The key was never kept.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from coldbyte.core.export.exchange_format import ExchangeFormat
from coldbyte.core.export.outgoing import OFFICIAL
from coldbyte.core.history.kept_exchange import KeptExchange
from coldbyte.core.json.value import compact

_REQUEST_HEADERS = ("anthropic-version", "anthropic-beta", "host")


def har_format(version: str) -> ExchangeFormat:
    """One HAR file; `version` is that of the app."""
    creator = compact({"name": "Coldbyte", "version": version})
    head = f'{{"log":{{"version":"1.2","creator":{creator},"entries":['
    return ExchangeFormat(_piece, head.encode(), b",", b"]}}\n")


def _piece(exchange: KeptExchange) -> bytes:
    return compact(_entry(exchange)).encode(errors="backslashreplace")  # a lone surrogate is escaped in JSON


def _entry(exchange: KeptExchange) -> dict[str, Any]:
    timings = _timings(exchange)
    known = [value for value in timings.values() if value >= 0]
    remarks = [
        *([] if exchange.started_at is not None else ["The time is not known."]),
        *([] if exchange.wire_known else ["Only the meaning of the request is known, not its bytes."]),
        *([] if exchange.complete else ["Parts of the request are not known."]),
        *([exchange.failure] if exchange.failure else []),
    ]
    return {
        "startedDateTime": moment(exchange.started_at or 0.0),
        "time": round(sum(known), 3),
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": timings,
        **({"comment": " ".join(remarks)} if remarks else {}),
    }


def _request(exchange: KeptExchange) -> dict[str, Any]:
    host = exchange.headers.get("host")
    local = host is not None and host.rpartition(":")[0] in ("127.0.0.1", "localhost", "[::1]")
    base = OFFICIAL if host is None else f"{'http' if local else 'https'}://{host}"
    headers = _headers(exchange, inside=True)
    return {
        "method": "POST",
        "url": f"{base}/v1/messages",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": "content-type", "value": "application/json"}, *headers],
        "queryString": [],
        "postData": _text(exchange.wire, "application/json"),
        "headersSize": -1,
        "bodySize": len(exchange.wire),
    }


def _text(data: bytes, kind: str) -> dict[str, Any]:
    """The body of a request, for which the format has text alone: other bytes stand beside it."""
    try:
        return {"mimeType": kind, "text": data.decode()}
    except UnicodeDecodeError:
        return {"mimeType": kind, "text": "", "_encoding": "base64", "_text": b64encode(data).decode("ascii")}


def _response(exchange: KeptExchange) -> dict[str, Any]:
    status = exchange.status or (200 if exchange.message_id else 0)
    data = exchange.received
    streamed = not data.lstrip().startswith(b"{")
    content: dict[str, Any] = {
        "size": len(data),
        "mimeType": "text/event-stream" if streamed else "application/json",
    }
    try:
        content["text"] = data.decode()
    except UnicodeDecodeError:
        content |= {"text": b64encode(data).decode("ascii"), "encoding": "base64"}
    return {
        "status": status,
        "statusText": _phrase(status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [
            {"name": "content-type", "value": content["mimeType"]},
            *_headers(exchange, inside=False),
        ],
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(data) if data else -1,
    }


def _headers(exchange: KeptExchange, *, inside: bool) -> list[dict[str, str]]:
    """The kept headers of the request, or those of the response."""
    found = {name: text for name, text in exchange.headers.items() if (name in _REQUEST_HEADERS) is inside}
    if not inside and exchange.request_id:
        found.setdefault("request-id", exchange.request_id)
    return [{"name": name, "value": text} for name, text in found.items()]


def _timings(exchange: KeptExchange) -> dict[str, float]:
    """Milliseconds: until the first event, and from there to the end."""
    start, first, end = exchange.started_at, exchange.first_event_at, exchange.ended_at
    if start is None:
        return {"send": 0, "wait": 0, "receive": 0}
    first = first if first is not None else end
    wait = 0.0 if first is None else max(first - start, 0.0)
    receive = 0.0 if first is None or end is None else max(end - first, 0.0)
    return {"send": 0, "wait": round(wait * 1000, 3), "receive": round(receive * 1000, 3)}


def moment(seconds: float) -> str:
    """ISO 8601 in UTC, to the microsecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Overloaded" if status == 529 else ""
