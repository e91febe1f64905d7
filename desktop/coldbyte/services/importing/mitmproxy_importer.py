"""Flow files of mitmproxy: one tnetstring for each flow, as `mitmdump -w` writes them.

The fields that are read here (request, response, their headers, content and times) have kept their names in
all flow formats from 0.11 to 21, which mitmproxy's own `mitmproxy/io/compat.py` lists
(https://github.com/mitmproxy/mitmproxy); only text became bytes, and bytes text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.services.importing.content_coding import CodingError, decoded
from coldbyte.services.importing.exchange_maker import RawExchange, make_exchange
from coldbyte.services.importing.left_out import LeftOut, is_messages_address
from coldbyte.services.importing.planted_secret import without_keys
from coldbyte.services.importing.response_body import Answer, read_answer
from coldbyte.services.importing.tnetstring import (
    Netstring,
    NetstringError,
    Value,
    netstrings,
    read_dictionary,
    text_of,
)

_HEAD = re.compile(rb"\A[0-9]{1,12}:([0-9]{1,2}):([a-z_]{2,40})[;,]")
_NEWEST = 21  # the flow format of mitmproxy 11
_LAST_S = 253_402_300_800.0  # the end of the year 9999
_KINDS = {"tcp": "TCP flows", "udp": "UDP flows", "dns": "DNS flows", "websocket": "WebSocket flows"}
_SAID = 200  # characters of an error that are shown
Fields = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Content:
    """The body of a message: its bytes, None where they are not known, and then what is wrong."""

    data: bytes | None
    wrong: str = ""


class MitmproxyImporter:
    """Reads the flows one by one; those that are no Messages requests are counted."""

    name = "mitmproxy flow file"

    def fits(self, head: bytes, file_name: str) -> bool:  # noqa: ARG002
        """Whether a dictionary begins here whose first key is a name."""
        found = _HEAD.match(head)
        return found is not None and len(found[2]) == int(found[1])

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """The exchanges, then what was left out. Raise ImportTroubleError where no flow stands."""
        left_out = LeftOut()
        newer = False
        for number, flow in enumerate(netstrings(stream), 1):
            place = f"{file_name}, flow {number}"
            fields = _fields(flow)
            if isinstance(fields, str):
                yield Remark(place, fields, "unknown")
                continue
            version = fields.get("version")
            if isinstance(version, int) and version > _NEWEST and not newer:
                newer = True
                say = f"Flow format {version} is newer than {_NEWEST}: what is new in it is not understood."
                yield Remark(place, say, "unknown")
            yield from _flow(fields, place, left_out)
        yield from left_out.remarks(file_name)


def _fields(flow: Netstring) -> Fields | str:
    """The fields of a flow, or why there are none."""
    if not flow.whole:
        return f"The file ends inside this flow, which begins at byte {flow.byte:,}: it was left out."
    if flow.data is None:
        return f"The flow has {flow.size:,} bytes, which is too long: it was left out."
    try:
        return read_dictionary(flow.data)
    except NetstringError as error:
        at = flow.byte + len(str(flow.size)) + 1 + error.byte
        return f"Not understood at byte {at:,}: {error.say}."


def _flow(fields: Fields, place: str, left_out: LeftOut) -> Iterator[KeptExchange | Remark]:
    kind = text_of(fields.get("type")) or "http"
    request, response = _object(fields.get("request")), _object(fields.get("response"))
    if kind != "http" or not request:
        left_out.kind(_KINDS.get(kind, "flows of an unknown kind"))
        return
    if fields.get("websocket"):
        left_out.kind(_KINDS["websocket"])
        return
    headers = _headers(request)
    url = _url(request, headers)
    if is_messages_address(text_of(request.get("method")), text_of(request.get("path"))):
        yield from _exchange(fields, request, response, url, place)
    else:
        left_out.request(url)


def _exchange(
    fields: Fields, request: Fields, response: Fields, url: str, place: str
) -> Iterator[KeptExchange | Remark]:
    sent, received = _content(request), _content(response) if response else _Content(b"")
    if sent.data is None:
        yield Remark(place, f"The body of the request can't be read: {sent.wrong}.", "unknown")
        return
    if received.data is None:
        yield Remark(place, f"The body of the response can't be read: {received.wrong}.", "unknown")
    status = response.get("status_code")
    status = status if isinstance(status, int) and not isinstance(status, bool) else None
    yield from make_exchange(
        RawExchange(
            sent.data,
            place,
            _headers(request),
            _headers(response),
            url,
            received.data or b"",
            answer=_answer(received.data or b"", status, _object(fields.get("error"))),
            status=status,
            started_at=_time(request.get("timestamp_start")),
            first_event_at=_time(response.get("timestamp_start")),
            ended_at=_time(response.get("timestamp_end")),
        )
    )


def _answer(received: bytes, status: int | None, error: Fields) -> Answer:
    """What the response says, or why it never came."""
    answer = read_answer(received, status)
    said = text_of(error.get("msg"))
    if said and not (answer.failure and received):
        return replace(answer, failure=without_keys(f"mitmproxy: {said}")[:_SAID])
    return answer


def _content(message: Fields) -> _Content:
    content = message.get("content")
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes):
        return _Content(None, "it was passed on as a stream, and is not in the file")
    coding = ",".join(value for name, value in _headers(message) if name.lower() == "content-encoding")
    try:
        return _Content(decoded(content, coding))
    except CodingError as error:
        return _Content(None, str(error))


def _headers(message: Fields) -> list[tuple[str, str]]:
    rows = message.get("headers")
    pairs = [row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, list)]
    return [(text_of(row[0]), text_of(row[1])) for row in pairs if len(row) == 2]


def _url(request: Fields, headers: list[tuple[str, str]]) -> str:
    """The address; the name by which the client called the host goes before that of the connection."""
    named = next((value for name, value in headers if name.lower() == "host"), "")
    host = text_of(request.get("authority")) or named
    if not host:
        port = request.get("port")
        host = text_of(request.get("host")) + (f":{port}" if isinstance(port, int) else "")
    return f"{text_of(request.get('scheme')) or 'http'}://{host}{text_of(request.get('path'))}"


def _object(value: Value) -> Fields:
    return value if isinstance(value, dict) else {}


def _time(value: Value) -> float | None:
    """Epoch seconds; None for what is no time of this era."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < _LAST_S:
        return None
    return float(value)
