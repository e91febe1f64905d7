"""Traces of claude-tap, a proxy that logs what coding agents send: JSON Lines, or a compact bundle.

A record has `timestamp` (when the response had ended), `duration_ms`, `request` {method, path, headers,
body}, `response` {status, headers, body, sse_events} and `upstream_base_url`. In a bundle (*.ctap.json) long
values stand once, in `blobs`, and records name them by their hash. Source of the shapes:
https://github.com/liaohch3/claude-tap, `claude_tap/proxy.py` and `compact_trace.py` (August 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, compact
from coldbyte.services.importing.compact_trace import MARKER, BlobError, records_of
from coldbyte.services.importing.exchange_maker import RawExchange, make_exchange
from coldbyte.services.importing.importer import ImportTroubleError
from coldbyte.services.importing.json_field import (
    array_of,
    body_of,
    headers_of,
    is_text,
    number_of,
    object_of,
    string_of,
    time_of,
)
from coldbyte.services.importing.left_out import LeftOut, is_messages_address
from coldbyte.services.importing.planted_secret import without_keys
from coldbyte.services.importing.response_body import Answer, read_answer
from coldbyte.services.importing.source import BOM, lines, read_whole

_START = 600  # bytes in which the first names of a record stand
_NAMES = (b'"timestamp"', b'"request_id"', b'"turn"', b'"duration_ms"')
_BUNDLE = re.compile(rb'\A\s*\{\s*"' + MARKER.encode() + rb'"')
_SESSION = "x-claude-code-session-id"
_SAID = 200  # characters of an error that are shown


class ClaudeTapImporter:
    """Reads the records one by one; those that are no Messages requests are counted."""

    name = "claude-tap trace"

    def fits(self, head: bytes, file_name: str) -> bool:  # noqa: ARG002
        """Whether a bundle or a record begins here."""
        head = head.removeprefix(BOM)
        start = head.lstrip()[:_START]
        record = start.startswith(b"{") and all(name in start for name in _NAMES)
        return record or bool(_BUNDLE.match(head))

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """The exchanges, then what was left out. Raise ImportTroubleError for a bundle that is none."""
        left_out = LeftOut()
        bundle = bool(_BUNDLE.match(stream.read(_START).removeprefix(BOM)))
        stream.seek(0)
        if bundle:
            yield from _of_bundle(stream, file_name, left_out)
        else:
            yield from _of_lines(stream, file_name, left_out)
        yield from left_out.remarks(file_name)


def _of_lines(stream: BinaryIO, file_name: str, left_out: LeftOut) -> Iterator[KeptExchange | Remark]:
    for line in lines(stream):
        place = f"{file_name}:{line.number}"
        if line.data is None:
            say = f"A line of {line.size:,} bytes is too long, and was left out."
            yield Remark(place, say, "unknown", line.number)
            continue
        data = line.data.removeprefix(BOM)
        if not data.strip():
            continue
        try:
            record = read_json(data)
        except JsonError as error:
            yield Remark(place, f"Not understood: {error}.", "unknown", line.number)
            continue
        yield from _record(record, place, line.number, left_out)


def _of_bundle(stream: BinaryIO, file_name: str, left_out: LeftOut) -> Iterator[KeptExchange | Remark]:
    try:
        bundle = object_of(read_json(read_whole(stream)))
    except JsonError as error:
        remedy = "Export the trace with claude-tap once more."
        raise ImportTroubleError(f"Not understood: {error}.", remedy, error.byte, error.line) from None
    for number, record in enumerate(records_of(bundle), 1):
        place = f"{file_name}, record {number}"
        if isinstance(record, BlobError):
            yield Remark(place, f"The record can't be put together: {record.say}.", "unknown")
        else:
            yield from _record(record, place, None, left_out)


def _record(record: Json, place: str, line: int | None, left_out: LeftOut) -> Iterator[KeptExchange | Remark]:
    fields = object_of(record)
    request = object_of(fields.get("request"))
    if not request:
        yield Remark(place, "This is no record of claude-tap: it has no request.", "unknown", line)
        return
    url = string_of(fields.get("upstream_base_url")).rstrip("/") + string_of(request.get("path"))
    if string_of(request.get("method")).upper() == "WEBSOCKET":
        left_out.kind("WebSocket connections")
    elif is_messages_address(string_of(request.get("method")), url):
        yield from _exchange(fields, request, url, place, line)
    else:
        left_out.request(url)


def _exchange(
    fields: Mapping[str, Json], request: Mapping[str, Json], url: str, place: str, line: int | None
) -> Iterator[KeptExchange | Remark]:
    response = object_of(fields.get("response"))
    if request.get("body") is None:
        yield Remark(place, "The body of the request is not in the trace.", "unknown", line)
        return
    headers = headers_of(request.get("headers"))
    received = _received(response)
    status = number_of(response.get("status"))
    ended, took = time_of(fields.get("timestamp")), number_of(fields.get("duration_ms"))
    yield from make_exchange(
        RawExchange(
            body_of(request.get("body")),
            place,
            headers,
            headers_of(response.get("headers")),
            url,
            received,
            answer=_answer(received, status, string_of(response.get("error"))),
            status=int(status) if status is not None else None,
            started_at=max(ended - took / 1000, 0) if ended is not None and took is not None else None,
            ended_at=ended,
            conversation=next((value for name, value in headers if name.lower() == _SESSION), ""),
            line=line,
            wire_known=is_text(request.get("body")),
        )
    )


def _answer(received: bytes, status: float | None, error: str) -> Answer:
    """What the response says, or why it never came."""
    answer = read_answer(received, int(status) if status is not None else None)
    if error and not (answer.failure and received):
        return replace(answer, failure=without_keys(f"claude-tap: {error}")[:_SAID])
    return answer


def _received(response: Mapping[str, Json]) -> bytes:
    """The events of a response, written anew, or its body."""
    events = [object_of(event) for event in array_of(response.get("sse_events"))]
    if not events:
        return body_of(response.get("body"))
    parts: list[str] = []
    for event in events:
        data = event.get("data")
        parts.append(f"event: {string_of(event.get('event'))}\n")
        parts += [
            f"data: {part}\n" for part in (string_of(data) if is_text(data) else compact(data)).split("\n")
        ]
        parts.append("\n")
    return "".join(parts).encode("utf-8", "surrogatepass")
