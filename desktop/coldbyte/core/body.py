"""The request body: what goes over the wire, as a JSON tree whose long strings are `Text` values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from coldbyte.core.draft import Document, Draft, SystemBlock, Ttl
from coldbyte.core.json.value import Json, compact
from coldbyte.core.text.text import Text

P = TypeVar("P", SystemBlock, Document)


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes in which a body was found: it begins at byte `start` of `data`."""

    data: bytes
    start: int = 0


@dataclass(frozen=True, slots=True)
class RequestBody:
    """A body in the order of the wire. Its tree is never changed after it was made.

    `source` are the bytes that a body was read from; one made here has none and is written compactly.
    """

    fields: Mapping[str, Json]
    source: Source | None = None

    def encode(self) -> bytes:
        """The wire view: compact JSON, raw UTF-8, keys in their order (facts §1.1)."""
        return compact(self.fields).encode()

    def plain(self) -> dict[str, Json]:
        """The same tree with every `Text` as a `str`, for a client library."""
        return {key: _plain(value) for key, value in self.fields.items()}


def request_body(
    draft: Draft, question: str, diagnostics: Mapping[str, str | None] | None = None
) -> RequestBody:
    """The body that asks one question (its key): system, then documents and the question as one user turn.

    The keys stand in the order in which the SDK writes them, so that wire offsets are those of the real body.
    `diagnostics` asks how the request differs from an earlier one (facts §6): `{"previous_message_id": …}`.
    """
    fields: dict[str, Json] = {
        "max_tokens": draft.max_tokens,
        "messages": [{"role": "user", "content": _first_turn(draft, question)}],
        "model": draft.model,
    }
    if diagnostics is not None:
        fields["diagnostics"] = diagnostics
    fields["stream"] = True
    system = [_text_block(block.text, block.ttl) for block in _sent(draft.system)]
    if system:
        fields["system"] = system
    return RequestBody(fields)


def part_paths(draft: Draft, question: str) -> dict[str, str]:
    """For each part that is sent, its key and the JSON path of its text in `request_body`."""
    paths = {}
    for index, block in enumerate(_sent(draft.system)):
        paths[block.key] = f"system[{index}].text"
    documents = _sent(draft.documents)
    for index, document in enumerate(documents):
        paths[document.key] = f"messages[0].content[{index}].source.data"
    paths[question] = f"messages[0].content[{len(documents)}].text"
    return paths


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
