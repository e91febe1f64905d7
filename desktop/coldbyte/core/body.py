"""The request body: what goes over the wire, as a JSON tree whose long strings are `Text` values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from coldbyte.core.draft import NO_SETTINGS, Document, Draft, Question, SystemBlock, Tool, Ttl, Turn
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, compact
from coldbyte.core.prefix.record import BodyError, an_array, an_object
from coldbyte.core.text.text import Piece, Text

P = TypeVar("P", Tool, SystemBlock, Document)


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
    """The body that asks one question (its key): tools, system, documents, turns, then the question.

    The keys stand in the order in which the SDK writes them, so that wire offsets are those of the real body.
    `diagnostics` asks how the request differs from an earlier one (facts §6): `{"previous_message_id": …}`.
    Raise BodyError where the JSON of a tool, a turn or a question is none, with its key in the path.
    """
    more = {name: value for name, value in draft.settings.items() if name not in NO_SETTINGS}
    more["stream"] = True
    if diagnostics is not None:
        more["diagnostics"] = diagnostics
    system = [_block(_text(block.text), block.extra, block.ttl) for block in _sent(draft.system)]
    if system:
        more["system"] = system
    tools = [_block(_definition(tool), {}, tool.ttl) for tool in _sent(draft.tools)]
    if tools:
        more["tools"] = tools
    return RequestBody(
        {
            "max_tokens": draft.max_tokens,
            "messages": _messages(draft, question),
            "model": draft.model,
            **{name: more[name] for name in sorted(more)},
        }
    )


def part_paths(draft: Draft, question: str) -> dict[str, str]:
    """For each part that is sent, its key and the JSON path of its text in `request_body`.

    Of a part that is kept as JSON it is the path of what that JSON became. A turn behind documents that are
    kept as JSON, too, has the path of the whole message's content.
    """
    paths = {tool.key: f"tools[{index}]" for index, tool in enumerate(_sent(draft.tools))}
    for index, block in enumerate(_sent(draft.system)):
        paths[block.key] = f"system[{index}].text"
    documents = _sent(draft.documents)
    for index, document in enumerate(documents):
        paths[document.key] = f"messages[0].content[{index}].source.data"
    turns = _turns(draft, question)
    first = 1 if _stand_alone(documents, turns) else 0
    for index, turn in enumerate(turns, first):
        behind = len(documents) if index == 0 else 0
        content = f"messages[{index}].content"
        in_block = turn.form == "text" and (behind or turn.key == question)
        paths[turn.key] = f"{content}[{behind}].text" if in_block else content
    return paths


def _messages(draft: Draft, question: str) -> list[Json]:
    sent = _sent(draft.documents)
    turns = _turns(draft, question)
    documents = [_document(document) for document in sent]
    messages: list[Json] = []
    if _stand_alone(sent, turns):
        messages.append({"role": "user", "content": documents})
        documents = []
    for turn in turns:
        content: Json = turn.text
        if turn.form == "blocks":
            content = [*documents, *_content(turn)]
        elif documents or turn.key == question:
            content = [*documents, _text(turn.text)]
        messages.append(_with({"role": turn.role, "content": content}, turn.extra))
        documents = []
    return messages


def _turns(draft: Draft, question: str) -> list[Turn]:
    """The turns that hold something, and the question; an empty one is asked only where no turn stands."""
    turns = [turn for turn in draft.turns if turn.text.size]
    asked = draft.part(question)
    form = asked.form if isinstance(asked, Question) else "text"
    if asked.text.size or not turns:
        turns.append(Turn(question, "user", asked.text, form if asked.text.size else "text"))
    return turns


def _stand_alone(documents: Sequence[Document], turns: Sequence[Turn]) -> bool:
    """Whether the documents are a message of their own, as the conversation goes on with another role."""
    return bool(documents) and turns[0].role != "user"


def _document(document: Document) -> Json:
    source: Json
    if document.media is None:
        source = {"type": "text", "media_type": "text/plain", "data": document.text}
    else:
        source = {"type": "base64", "media_type": document.media.media_type, "data": document.media.base64}
    own: dict[str, Json] = {"type": "image" if document.is_image else "document", "source": source}
    if document.title and not document.is_image:
        own["title"] = document.title
    return _block(own, document.extra, document.ttl)


def _definition(tool: Tool) -> Mapping[str, Json]:
    return an_object(_read(tool.text, tool.key), tool.key)


def _content(turn: Turn) -> Sequence[Json]:
    return an_array(_read(turn.text, turn.key), turn.key)


def _read(text: Text, key: str) -> Json:
    """The JSON of a part that is kept as JSON. Work follows the edit: it lives as long as the text."""
    first, rest = text.pieces[0], text.pieces[1:]
    known: tuple[tuple[Piece, ...], Json | JsonError] | None = first.derived.get("json")
    if known is None or known[0] != rest:
        known = first.derived["json"] = rest, _value_or_error(text)
    if isinstance(known[1], JsonError):
        wrong = known[1]
        raise BodyError(key, f"expected {wrong.expected} at byte {wrong.byte:,} (line {wrong.line:,})")
    return known[1]


def _value_or_error(text: Text) -> Json | JsonError:
    try:
        return read_json(text.encode())
    except JsonError as error:
        return error.with_traceback(None)


def _sent(parts: Sequence[P]) -> list[P]:
    """The parts that hold something, as the API takes no others; the breakpoint of an empty one stays in
    place.
    """
    sent: list[P] = []
    for part in parts:
        if part.text.size or (isinstance(part, Document) and part.media is not None):
            sent.append(part)
        elif part.ttl is not None and sent and sent[-1].ttl is None:
            sent[-1] = replace(sent[-1], ttl=part.ttl)
    return sent


def _text(text: Text) -> dict[str, Json]:
    return {"type": "text", "text": text}


def _block(own: Mapping[str, Json], extra: Mapping[str, Json], ttl: Ttl | None) -> dict[str, Json]:
    block = _with(own, extra)
    if ttl is not None:
        control = {"type": "ephemeral"} if ttl == "5m" else {"type": "ephemeral", "ttl": ttl}
        block["cache_control"] = control
    return block


def _with(own: Mapping[str, Json], extra: Mapping[str, Json]) -> dict[str, Json]:
    return {**own, **{name: value for name, value in extra.items() if name not in own}}


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
