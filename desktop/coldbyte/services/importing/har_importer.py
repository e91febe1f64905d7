"""HAR 1.2: what a browser's network panel, or a proxy, saves of its requests."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from coldbyte.core.capture import read_time
from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, Spelled, is_array
from coldbyte.core.text.text import Text
from coldbyte.services.importing.exchange_maker import RawExchange, make_exchange
from coldbyte.services.importing.json_stream import Element, elements
from coldbyte.services.importing.left_out import LeftOut, is_messages_address

_LOG = re.compile(rb'\A\s*\{\s*"log"\s*:\s*\{')
_PHASES = ("blocked", "dns", "connect", "send", "wait")  # ssl lies in connect


class HarImporter:
    """Reads the entries one by one; those that are no Messages requests are counted."""

    name = "HAR 1.2"

    def fits(self, head: bytes, file_name: str) -> bool:  # noqa: ARG002
        """Whether it is an object with a log."""
        return bool(_LOG.match(head.removeprefix(b"\xef\xbb\xbf")))

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """The exchanges, then what was left out. Raise ImportTroubleError where the file breaks off."""
        left_out = LeftOut()
        for element in elements(stream, ("log", "entries")):
            place = f"{file_name}, entry {element.index + 1}"
            entry = _entry(element)
            if isinstance(entry, str):
                yield Remark(place, entry, "unknown")
                continue
            request = _object(entry.get("request"))
            url = _string(request.get("url"))
            if "_webSocketMessages" in entry:
                left_out.kind("entries with WebSocket messages, of which these are not read")
            if is_messages_address(_string(request.get("method")), url):
                yield from _exchange(entry, place)
            else:
                left_out.request(url)
        yield from left_out.remarks(file_name)


def _entry(element: Element) -> Mapping[str, Json] | str:
    """The fields of an entry, or what is wrong with it."""
    if element.data is None:
        return "The entry is too long, and was left out."
    try:
        entry = read_json(element.data)
    except JsonError as error:
        return f"Not understood at byte {element.byte + error.byte:,}: expected {error.expected}."
    return entry if isinstance(entry, Mapping) else "The entry is no object."


def _exchange(entry: Mapping[str, Json], place: str) -> Iterator[KeptExchange | Remark]:
    request, response = _object(entry.get("request")), _object(entry.get("response"))
    wire, known, wrong = _wire(request)
    if wire is None:
        yield Remark(place, wrong, "unknown")
        return
    content = _object(response.get("content"))
    received = _bytes(content)
    if not received and _number(content.get("size")):
        yield Remark(
            place, "What was answered is not in the file (nothing of the usage is known).", "unknown"
        )
    started, first, ended = _times(entry)
    status = _number(response.get("status"))
    yield from make_exchange(
        RawExchange(
            wire,
            place,
            _headers(request.get("headers")) + _cookies(request),
            _headers(response.get("headers")) + _cookies(response),
            _string(request.get("url")),
            received or b"",
            status=int(status) if status else None,
            started_at=started,
            first_event_at=first,
            ended_at=ended,
            wire_known=known,
        )
    )
    if wrong:
        yield Remark(place, wrong, "finding")


def _wire(request: Mapping[str, Json]) -> tuple[bytes | None, bool, str]:
    """The body of a request; whether its bytes are those that were sent; and what is to be said of it."""
    posted = _object(request.get("postData"))
    wire = _bytes(posted)
    if wire is None:
        wire = _of_params(posted.get("params"))
    if wire is None:
        return None, False, "The body of the request is not in the file (it was saved without, or redacted)."
    size = _number(request.get("bodySize"))
    if "\ufffd".encode() in wire and size != len(wire):
        return wire, False, "The body has characters that could not be decoded: its bytes are not known."
    if size and size > 0 and int(size) != len(wire):
        say = f"The body has {len(wire):,} bytes, but {int(size):,} were sent: it was decoded or changed."
        return wire, False, say
    return wire, True, ""


def _bytes(holder: Mapping[str, Json]) -> bytes | None:
    """The bytes of a text, which may be Base64."""
    text = holder.get("text")
    if not isinstance(text, (str, Text)) or not str(text):
        return None
    data = str(text).encode()
    if _string(holder.get("encoding")).lower() != "base64":
        return data
    try:
        return b64decode(data, validate=False)
    except (Base64Error, ValueError):
        return data


def _of_params(params: Json) -> bytes | None:
    """A body that was taken for a form: its first name, and what stands behind an equals sign."""
    if not is_array(params) or isinstance(params, Text):
        return None
    found: list[str] = []
    for param in params:
        fields = _object(param)
        name, value = _string(fields.get("name")), fields.get("value")
        found.append(f"{name}={value}" if isinstance(value, (str, Text)) and str(value) else name)
    return "&".join(found).encode() or None


def _times(entry: Mapping[str, Json]) -> tuple[float | None, float | None, float | None]:
    """When the request was sent, the first byte of the response came, and it ended (epoch seconds)."""
    try:
        started = read_time(_string(entry.get("startedDateTime")))
    except ValueError:
        return None, None, None
    timings = _object(entry.get("timings"))
    wait = _number(timings.get("wait"))
    before = sum(max(_number(timings.get(name)) or 0, 0) for name in _PHASES)
    whole = _number(entry.get("time"))
    ended = started + whole / 1000 if whole is not None and whole >= 0 else None
    return started, started + before / 1000 if wait is not None and wait >= 0 else None, ended


def _headers(value: Json) -> list[tuple[str, str]]:
    rows: Sequence[Json] = value if is_array(value) and not isinstance(value, Text) else ()
    fields = map(_object, rows)
    return [(name, _string(row.get("value"))) for row in fields if (name := _string(row.get("name")))]


def _cookies(side: Mapping[str, Json]) -> list[tuple[str, str]]:
    return [("cookie", "…")] if side.get("cookies") else []


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _string(value: Json) -> str:
    return str(value) if isinstance(value, (str, Text)) else ""


def _number(value: Json) -> float | None:
    if isinstance(value, Spelled):
        try:
            value = float(value.spelling)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        return None
    return float(value)
