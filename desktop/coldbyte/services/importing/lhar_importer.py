"""LHAR 0.1, the LLM HTTP Archive: sessions and entries as JSON Lines (*.lhar) or as one object (*.lhar.json).

An entry has `timestamp`, `trace_id`, `gen_ai`, `usage_ext`, `http`, `timings` and `raw`, which holds the
bodies of request and response only where everything was recorded. Source of the format:
https://github.com/larsderidder/context-lens, `docs/LHAR.md` and `schema/lhar.schema.json` (July 2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json
from coldbyte.services.importing.exchange_maker import RawExchange, make_exchange
from coldbyte.services.importing.json_field import (
    body_of,
    headers_of,
    is_text,
    number_of,
    object_of,
    string_of,
    time_of,
)
from coldbyte.services.importing.json_stream import elements
from coldbyte.services.importing.left_out import LeftOut
from coldbyte.services.importing.planted_secret import without_keys
from coldbyte.services.importing.response_body import Answer, answer_of, read_answer
from coldbyte.services.importing.source import BOM, lines

_WRAPPED = re.compile(rb'\A\s*\{\s*"lhar"\s*:\s*\{')
_LINE = re.compile(rb'\A\s*\{\s*"type"\s*:\s*"(?:session|entry)"\s*,')
_START = 4_000  # bytes in which the first names of a record stand
_VERSION = "0.1"
_MESSAGES = "anthropic-messages"
_NAME = 60  # characters of a name that are shown


class LharImporter:
    """Reads the entries one by one; those of other APIs are counted."""

    name = "LHAR log"

    def fits(self, head: bytes, file_name: str) -> bool:  # noqa: ARG002
        """Whether an archive, a session or an entry begins here."""
        head = head.removeprefix(BOM)
        return bool(_WRAPPED.match(head)) or bool(_LINE.match(head) and b'"trace_id"' in head[:_START])

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """The exchanges, then what was left out. Raise ImportTroubleError where the file breaks off."""
        left_out = LeftOut()
        wrapped = bool(_WRAPPED.match(stream.read(_START).removeprefix(BOM)))
        stream.seek(0)
        if wrapped:
            yield from _newer(stream, file_name)
            stream.seek(0)
            for element in elements(stream, ("lhar", "entries")):
                place = f"{file_name}, entry {element.index + 1}"
                yield from _parsed(element.data, place, None, left_out)
        else:
            for line in lines(stream):
                if line.data is None or line.data.strip():
                    data = line.data.removeprefix(BOM) if line.data is not None else None
                    yield from _parsed(data, f"{file_name}:{line.number}", line.number, left_out)
        yield from left_out.remarks(file_name)


def _newer(stream: BinaryIO, file_name: str) -> Iterator[Remark]:
    """A remark where the archive says that it is of another version than is known here."""
    found = re.search(rb'"version"\s*:\s*"([^"]{1,20})"', stream.read(_START))
    version = found[1].decode("ascii", "replace") if found else _VERSION
    if not version.startswith(_VERSION):
        say = f"This is LHAR {version}: what is not in {_VERSION} is not understood."
        yield Remark(file_name, say, "unknown")


def _parsed(
    data: bytes | None, place: str, line: int | None, left_out: LeftOut
) -> Iterator[KeptExchange | Remark]:
    if data is None:
        yield Remark(place, "The entry is too long, and was left out.", "unknown", line)
        return
    try:
        entry = read_json(data)
    except JsonError as error:
        yield Remark(place, f"Not understood: {error}.", "unknown", line)
        return
    fields = object_of(entry)
    match string_of(fields.get("type")):
        case "session":
            return
        case "entry":
            yield from _entry(fields, place, line, left_out)
        case _:
            yield Remark(place, "This is neither a session nor an entry of LHAR.", "unknown", line)


def _entry(
    fields: Mapping[str, Json], place: str, line: int | None, left_out: LeftOut
) -> Iterator[KeptExchange | Remark]:
    http, raw = object_of(fields.get("http")), object_of(fields.get("raw"))
    form = string_of(http.get("api_format"))
    if form != _MESSAGES:
        left_out.kind(f"entries of the form {without_keys(form)[:_NAME] or 'unknown'}")
        return
    if raw.get("request_body") is None:
        say = (
            "The body of the request is not in the file: it was recorded without (CONTEXT_LENS_PRIVACY=full)."
        )
        yield Remark(place, say, "unknown", line)
        return
    received = body_of(raw.get("response_body"))
    status = number_of(http.get("status_code"))
    started, first, ended = _times(fields)
    yield from make_exchange(
        RawExchange(
            body_of(raw.get("request_body")),
            place,
            headers_of(http.get("request_headers")),
            headers_of(http.get("response_headers")),
            string_of(http.get("url")),
            received,
            answer=_answer(fields, received, int(status) if status is not None else None),
            status=int(status) if status is not None else None,
            started_at=started,
            first_event_at=first,
            ended_at=ended,
            conversation=string_of(fields.get("trace_id")),
            line=line,
            wire_known=is_text(raw.get("request_body")),
        )
    )


def _answer(fields: Mapping[str, Json], received: bytes, status: int | None) -> Answer:
    """What the response says; where its body is missing, what the entry tells of its usage."""
    if received or (status is not None and status >= 400):
        return read_answer(received, status)
    said = object_of(fields.get("gen_ai"))
    usage, more = object_of(said.get("usage")), object_of(fields.get("usage_ext"))
    sizes = object_of(object_of(fields.get("context_lens")).get("growth"))
    if not number_of(usage.get("output_tokens")):
        return read_answer(received, status)
    uncached = usage.get("input_tokens")
    if uncached == sizes.get("cumulative_tokens"):
        uncached = 0  # where the API said 0, the recorder writes its own estimate of the prompt
    response = object_of(said.get("response"))
    return answer_of(
        {
            "model": response.get("model"),
            "usage": {
                "input_tokens": uncached,
                "cache_read_input_tokens": more.get("cache_read_tokens"),
                "cache_creation_input_tokens": more.get("cache_write_tokens"),
                "output_tokens": usage.get("output_tokens"),
            },
        }
    )


def _times(fields: Mapping[str, Json]) -> tuple[float | None, float | None, float | None]:
    """When the request was sent, the first byte of the response came, and it ended (epoch seconds)."""
    started = time_of(fields.get("timestamp"))
    timings = object_of(fields.get("timings"))
    if started is None:
        return None, None, None
    waits = [number_of(timings.get(name)) for name in ("send_ms", "wait_ms")]
    whole = number_of(timings.get("total_ms"))
    known = [wait for wait in waits if wait is not None and wait >= 0]
    first = started + sum(known) / 1000 if len(known) == len(waits) else None
    return started, first, started + whole / 1000 if whole is not None and whole >= 0 else None
