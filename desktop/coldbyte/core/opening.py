"""Any Messages body as a draft that has the same canonical prefix.

What parts can express exactly becomes parts: tools, system blocks, the documents at the start of the first
message, turns, the question. What they can't stays JSON, with the order of keys and the spelling of numbers
of its sender.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from coldbyte.core.body import RequestBody, request_body
from coldbyte.core.draft import (
    NO_SETTINGS,
    Document,
    Draft,
    Media,
    Question,
    Role,
    SystemBlock,
    Tool,
    Ttl,
    Turn,
)
from coldbyte.core.json.layout import indented
from coldbyte.core.json.value import Json, is_array
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError, as_text, ttl_of
from coldbyte.core.text.text import EMPTY, Text

MAX_TOKENS = 4096
"""Of a draft whose body says none."""

_ROLES: tuple[Role, ...] = get_args(Role)
_OWN = NO_SETTINGS | {"system", "tools"}
_PLAIN_CONTROL = frozenset({"type", "ttl"})


@dataclass(frozen=True, slots=True)
class Opening:
    """A draft, the key of its question, and what could not be taken over, in words for people."""

    draft: Draft
    question: str
    remarks: tuple[str, ...] = ()


def open_body(body: RequestBody) -> Opening:
    """The body as a draft: `request_body` of it has the same canonical prefix and the same breakpoints.

    That is looked at, and where it is not so (as nothing is asked) a remark says it. Raise BodyError where
    the body is not a Messages request, which has no other roles than user, assistant and system.
    """
    wanted = prefix_of(body)
    opening = _opened(body.fields)
    if _same(wanted, prefix_of(request_body(opening.draft, opening.question))):
        return opening
    say = "The draft is another prompt than the request, which can't be kept as it is."
    return replace(opening, remarks=(*opening.remarks, say))


def _opened(fields: Mapping[str, Json]) -> Opening:
    remarks: list[str] = []
    settings = {name: value for name, value in fields.items() if name not in _OWN}
    tools = tuple(_tools(fields.get("tools"), remarks))
    system = _system(fields.get("system"), remarks)
    if system is None:
        settings["system"] = fields.get("system")
        remarks.append("The system prompt stays JSON among the settings: it is not made of texts alone.")
    documents, messages = _conversation(fields.get("messages"), remarks)
    question = _question(messages)
    if question is None:
        question = Question("question-1")
        remarks.append("The request ends without a question of the user: the draft's question is empty.")
    else:
        messages.pop()
    draft = Draft(
        str(fields["model"]),
        _max_tokens(fields, remarks),
        system or (),
        documents,
        (question,),
        tools,
        tuple(_turn(f"turn-{number}", message) for number, message in enumerate(messages, 1)),
        settings,
    )
    if fields.get("stream") is False:
        remarks.append("The request asked for one answer as a whole; the draft asks for a stream.")
    if fields.get("diagnostics") is not None:
        remarks.append("What the request asked of the diagnostics is left out: each request asks by itself.")
    return Opening(draft, question.key, tuple(remarks))


@dataclass(frozen=True, slots=True)
class _Message:
    role: Role
    content: Json
    extra: Mapping[str, Json]


def _max_tokens(fields: Mapping[str, Json], remarks: list[str]) -> int:
    given = fields.get("max_tokens")
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    remarks.append(f"The request says no max_tokens; the draft says {MAX_TOKENS:,}.")
    return MAX_TOKENS


def _tools(tools: Json, remarks: list[str]) -> Iterator[Tool]:
    for number, tool in enumerate(_objects(tools), 1):
        ttl, rest = _unmarked(tool, f"tool {number}", remarks)
        yield Tool(f"tool-{number}", _json(rest), ttl)


def _system(system: Json, remarks: list[str]) -> tuple[SystemBlock, ...] | None:
    """The blocks of the system prompt; None where one of them can't be a part."""
    if system is None:
        return ()
    if isinstance(system, str | Text):
        whole = as_text(system)
        return (SystemBlock("system-1", whole),) if whole.size else None
    found = []
    for number, block in enumerate(_objects(system), 1):
        text = _text_of(block)
        if text is None:
            return None
        ttl, rest = _unmarked(block, f"system block {number}", remarks)
        extra = {name: value for name, value in rest.items() if name not in ("type", "text")}
        found.append(SystemBlock(f"system-{number}", text, ttl, extra))
    return tuple(found)


def _conversation(given: Json, remarks: list[str]) -> tuple[tuple[Document, ...], list[_Message]]:
    """The documents at the start, and the messages without them."""
    messages = [_message(index, message) for index, message in enumerate(_objects(given))]
    first = messages[0] if messages else None
    if first is None or first.role != "user" or first.extra or not is_array(first.content):
        return (), messages
    documents: list[Document] = []
    for block in _objects(first.content):
        document = _document(len(documents) + 1, block, remarks)
        if document is None:
            break
        documents.append(document)
    rest = first.content[len(documents) :]
    following = messages[1].role if len(messages) > 1 else "user"
    if rest or not documents or following == "user":
        return tuple(documents), [replace(first, content=rest), *messages[1:]]
    return tuple(documents), messages[1:]


def _message(index: int, message: Mapping[str, Json]) -> _Message:
    role = next((known for known in _ROLES if known == message.get("role")), None)
    if role is None:
        raise BodyError(f"messages[{index}].role", f"expected {', '.join(_ROLES)}")
    extra = {name: value for name, value in message.items() if name not in ("role", "content")}
    return _Message(role, message.get("content"), extra)


def _question(messages: Sequence[_Message]) -> Question | None:
    """The last message as a question; None where it is none."""
    last = messages[-1] if messages else None
    if last is None or last.role != "user" or last.extra:
        return None
    content = last.content
    if is_array(content) and len(content) == 1:
        only = content[0]
        bare = isinstance(only, Mapping) and set(only) == {"type", "text"}
        text = _text_of(only) if isinstance(only, Mapping) and bare else None
        if text is not None:
            return Question("question-1", text)
    turn = _turn("question-1", last)
    return Question(turn.key, turn.text, turn.form)


def _turn(key: str, message: _Message) -> Turn:
    """A turn; text where its content is a string, except an empty one, as parts without text are not sent."""
    content = message.content
    if isinstance(content, str | Text):
        text = as_text(content)
        if text.size:
            return Turn(key, message.role, text, "text", message.extra)
        content = [{"type": "text", "text": ""}]
    return Turn(key, message.role, _json(content), "blocks", message.extra)


def _document(number: int, block: Mapping[str, Json], remarks: list[str]) -> Document | None:
    """A document or an image as a part; None where the part would not be the same block."""
    source = block.get("source")
    if not isinstance(source, Mapping) or source.keys() != {"type", "media_type", "data"}:
        return None
    kind, media_type, data = block.get("type"), source["media_type"], source["data"]
    if not isinstance(media_type, str) or not isinstance(data, str | Text) or not as_text(data).size:
        return None
    media = None
    if source["type"] == "base64":
        media = _media(media_type, str(data))
    if media is None and (kind, source["type"], media_type) != ("document", "text", "text/plain"):
        return None
    found = Document(f"document-{number}", "", EMPTY if media else as_text(data), None, media)
    if kind != ("image" if found.is_image else "document"):
        return None
    ttl, rest = _unmarked(block, f"document {number}", remarks)
    extra = {name: value for name, value in rest.items() if name not in ("type", "source")}
    title = f"Image {number}" if found.is_image else ""
    if not found.is_image and isinstance(extra.get("title"), str | Text):
        title = str(extra["title"])
    if title and not found.is_image:
        del extra["title"]
    return replace(found, title=title, ttl=ttl, extra=extra)


def _media(media_type: str, data: str) -> Media | None:
    """The bytes behind base64; None where these bytes would be written in another way."""
    try:
        media = Media(media_type, b64decode(data, validate=True))
    except ValueError:
        return None
    return media if str(media.base64) == data else None


def _unmarked(
    block: Mapping[str, Json], name: str, remarks: list[str]
) -> tuple[Ttl | None, Mapping[str, Json]]:
    """The lifetime of a block's breakpoint, and the block without it; a marker that makes none stays."""
    control, ttl = block.get("cache_control"), ttl_of(block)
    if control is not None and ttl is None:
        return None, block
    if isinstance(control, Mapping) and not control.keys() <= _PLAIN_CONTROL:
        more = ", ".join(sorted(control.keys() - _PLAIN_CONTROL))
        remarks.append(f"The breakpoint behind {name} keeps its lifetime only, not {more}.")
    return ttl, {key: value for key, value in block.items() if key != "cache_control"}


def _text_of(block: Mapping[str, Json]) -> Text | None:
    """The text of a text block that holds one."""
    text = block.get("text")
    if block.get("type") != "text" or not isinstance(text, str | Text):
        return None
    return as_text(text) if as_text(text).size else None


def _objects(value: Json) -> Iterator[Mapping[str, Json]]:
    return (item for item in (value if is_array(value) else ()) if isinstance(item, Mapping))


def _json(value: Json) -> Text:
    return Text.from_str(indented(value))


def _same(one: Prefix, two: Prefix) -> bool:
    """Whether two prefixes have the same bytes and the same breakpoints."""
    pairs = zip(one.blocks, two.blocks, strict=False)
    return len(one.blocks) == len(two.blocks) and all(
        left.same_content(right) and left.ttl == right.ttl for left, right in pairs
    )
