"""The request body: what goes over the wire, as a JSON tree whose long strings are `Text` values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from coldbyte.core.draft import Document, Draft, SystemBlock, Ttl
from coldbyte.core.text import Text

Json: TypeAlias = "bool | int | float | str | Text | Sequence[Json] | Mapping[str, Json] | None"

P = TypeVar("P", SystemBlock, Document)

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A body in the order of the wire. Its tree is never changed after it was made."""

    fields: Mapping[str, Json]

    def encode(self) -> bytes:
        """The wire view: compact JSON, raw UTF-8, keys in their order (facts §1.1)."""
        return compact(self.fields).encode()

    def plain(self) -> dict[str, Json]:
        """The same tree with every `Text` as a `str`, for a client library."""
        return {key: _plain(value) for key, value in self.fields.items()}


def request_body(draft: Draft, question: str) -> RequestBody:
    """The body that asks one question (its key): system, then documents and the question as one user turn.

    The keys stand in the order in which the SDK writes them, so that wire offsets are those of the real body.
    """
    fields: dict[str, Json] = {
        "max_tokens": draft.max_tokens,
        "messages": [{"role": "user", "content": _first_turn(draft, question)}],
        "model": draft.model,
        "stream": True,
    }
    system = [_text_block(block.text, block.ttl) for block in _sent(draft.system)]
    if system:
        fields["system"] = system
    return RequestBody(fields)


def part_paths(draft: Draft, question: str) -> dict[str, str]:
    """For each part that is sent, its key and the JSON path of its text in `request_body`."""
    paths = {}
    sent = [block for block in draft.system if block.text.size]
    for index, block in enumerate(sent):
        paths[block.key] = f"system[{index}].text"
    documents = [document for document in draft.documents if document.text.size]
    for index, document in enumerate(documents):
        paths[document.key] = f"messages[0].content[{index}].source.data"
    paths[question] = f"messages[0].content[{len(documents)}].text"
    return paths


def wire_start(body: RequestBody, where: str) -> int:
    """The wire byte at which the value at a JSON path starts; for a string the byte after its quote.

    Raise KeyError where the path names nothing.
    """
    for path, start, value in _places_toward(where, body.fields, "", 0):
        if path == where:
            return start + isinstance(value, (str, Text))
    raise KeyError(where)


def path_below(path: str, key: str) -> str:
    """The JSON path of a member; a key outside `[A-Za-z0-9_]` stands in brackets and quotes."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{path}[{compact(key)}]"
    return f"{path}.{key}" if path else key


def compact(value: Json) -> str:
    """Compact JSON with keys in their order and no escapes but the necessary ones."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_text_as_str)


def _first_turn(draft: Draft, question: str) -> list[Json]:
    documents: list[Json] = [
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": document.text},
            "title": document.title,
            **_cache_control(document.ttl),
        }
        for document in _sent(draft.documents)
    ]
    return [*documents, _text_block(draft.part(question).text, None)]


def _sent(parts: Sequence[P]) -> list[P]:
    """The parts that hold text, as the API takes no others; the breakpoint of an empty one stays in place."""
    sent: list[P] = []
    for part in parts:
        if part.text.size:
            sent.append(part)
        elif part.ttl is not None and sent and sent[-1].ttl is None:
            sent[-1] = replace(sent[-1], ttl=part.ttl)
    return sent


def _text_block(text: Text, ttl: Ttl | None) -> dict[str, Json]:
    return {"type": "text", "text": text, **_cache_control(ttl)}


def _cache_control(ttl: Ttl | None) -> dict[str, Json]:
    if ttl is None:
        return {}
    return {"cache_control": {"type": "ephemeral"} if ttl == "5m" else {"type": "ephemeral", "ttl": ttl}}


def _places_toward(where: str, value: Json, path: str, start: int) -> Iterator[tuple[str, int, Json]]:
    """The values on the way from `value` to a path, with their own paths and offsets in compact JSON."""
    if not where.startswith(path):
        return
    yield path, start, value
    if isinstance(value, Mapping):
        start += 1
        for key, item in value.items():
            start += len(compact(key).encode()) + 1
            yield from _places_toward(where, item, path_below(path, key), start)
            start += _wire_size(item) + 1
    elif isinstance(value, Sequence) and not isinstance(value, str):
        start += 1
        for index, item in enumerate(value):
            yield from _places_toward(where, item, f"{path}[{index}]", start)
            start += _wire_size(item) + 1


def _wire_size(value: Json) -> int:
    match value:
        case Text():
            return value.escaped + 2
        case Mapping():
            pairs = (len(compact(key).encode()) + 1 + _wire_size(item) for key, item in value.items())
            return sum(pairs) + max(len(value) - 1, 0) + 2
        case str():
            return len(compact(value).encode())
        case Sequence():
            return sum(map(_wire_size, value)) + max(len(value) - 1, 0) + 2
        case _:
            return len(compact(value).encode())


def _plain(value: Json) -> Json:
    match value:
        case Text():
            return str(value)
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case str():
            return value
        case Sequence():
            return [_plain(item) for item in value]
        case _:
            return value


def _text_as_str(value: object) -> str:
    if isinstance(value, Text):
        return str(value)
    raise TypeError(f"not JSON: {type(value).__name__}")
