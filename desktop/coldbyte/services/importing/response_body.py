"""What stands in the body of a response, as it was received: events or one object (facts §5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import read_usage
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, is_array
from coldbyte.core.reply import Started, TextPart
from coldbyte.core.text.text import Text
from coldbyte.services.reply_stream import ReplyStream

_LINE_END = re.compile(rb"\r\n|\n|\r")
_CUT = "The response broke off before its end."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a response says. `failure` is empty where it is whole; `unread` counts events that are none."""

    message_id: str | None = None
    served_by: str | None = None
    stop_reason: str | None = None
    reply: str = ""
    usage: Usage | None = None
    usage_fields: Mapping[str, Json] = field(default_factory=dict)
    diagnostics: Json = None
    failure: str = ""
    unread: int = 0


NOTHING = Answer()


def read_answer(received: bytes, status: int | None = None) -> Answer:
    """What a response body says, whatever stands in it. Never raises."""
    if received.lstrip()[:1] == b"{":
        message = plain_object(received)
        found = answer_of(message) if message is not None else Answer(failure=_CUT)
    elif received.strip():
        found = _of_events(received)
    else:
        found = NOTHING
    if status is not None and status >= 400 and not found.failure:
        return Answer(failure=f"HTTP status {status}", unread=found.unread)
    return found


def answer_of(message: Mapping[str, Any]) -> Answer:
    """What a message, or an error, in the form of one object says."""
    if message.get("type") == "error":
        return Answer(failure=_error(message))
    fields = message.get("usage")
    usage_fields = fields if isinstance(fields, Mapping) else {}
    return Answer(
        _string(message.get("id")),
        _string(message.get("model")),
        _string(message.get("stop_reason")),
        "".join(_texts(message.get("content"))),
        read_usage(usage_fields),
        usage_fields,
        message.get("diagnostics"),
    )


def plain_object(data: bytes) -> dict[str, Any] | None:
    """The one object in some bytes with each text as `str`; None where there is none."""
    try:
        tree = read_json(data)
        return RequestBody(tree).plain() if isinstance(tree, Mapping) else None
    except (JsonError, RecursionError):
        return None


def event_data(received: bytes) -> Iterator[bytes]:
    """The data of each server-sent event; what an unfinished last one holds counts as well."""
    data: list[bytes] = []
    for line in _lines(received):
        if line.startswith(b"data:"):
            data.append(line[5:].removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data)
            data = []
    if data:
        yield b"\n".join(data)


def _lines(received: bytes) -> Iterator[bytes]:
    place = 0
    for end in _LINE_END.finditer(received):
        yield received[place : end.start()]
        place = end.end()
    yield received[place:]


def _of_events(received: bytes) -> Answer:
    reading = _Reading()
    for data in event_data(received):
        reading.take(data)
    return reading.answer()


class _Reading:
    """The events of one response, taken in their order."""

    def __init__(self) -> None:
        self._stream = ReplyStream()
        self._parts: list[str] = []
        self._started: Started | None = None
        self._diagnostics: Json = None
        self._failure = ""
        self._unread = 0

    def take(self, data: bytes) -> None:
        """Take the data of one event."""
        event = plain_object(data)
        if event is None:
            self._unread += data.strip() != b"[DONE]"
            return
        message = event.get("message")
        if event.get("type") == "error":
            self._failure = _error(event)
        elif event.get("type") == "message_start" and isinstance(message, Mapping):
            self._diagnostics = message.get("diagnostics")
        try:
            for told in self._stream.take(event):
                if isinstance(told, Started):
                    self._started = told
                elif isinstance(told, TextPart):
                    self._parts.append(told.text)
        except ValueError:
            self._unread += 1

    def answer(self) -> Answer:
        """What all of them say."""
        if self._started is None:
            return Answer(failure=self._failure or "The response holds no message.", unread=self._unread)
        cut = "" if self._stream.complete else _CUT
        ended = self._stream.end()
        return Answer(
            self._started.message_id or None,
            self._started.model or None,
            ended.stop_reason,
            "".join(self._parts),
            read_usage(ended.usage_fields),
            ended.usage_fields,
            self._diagnostics,
            self._failure or cut,
            self._unread,
        )


def _error(event: Mapping[str, Any]) -> str:
    error = event.get("error")
    if isinstance(error, Mapping):
        words = [part for part in (error.get("type"), error.get("message")) if isinstance(part, str)]
        if words:
            return ": ".join(words)
    return "The response is an error that says nothing."


def _texts(content: Json) -> Iterator[str]:
    for block in content if is_array(content) else ():
        text = block.get("text") if isinstance(block, Mapping) and block.get("type") == "text" else None
        if isinstance(text, (str, Text)):
            yield str(text)


def _string(value: Json) -> str | None:
    return str(value) if isinstance(value, (str, Text)) else None
