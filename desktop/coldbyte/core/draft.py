"""The draft: the prompt being edited, as one immutable value."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from coldbyte.core.json.value import Json
from coldbyte.core.once import once
from coldbyte.core.text.text import EMPTY, Text

Ttl = Literal["5m", "1h"]
Role = Literal["user", "assistant", "system"]
Form = Literal["text", "blocks"]
"""How a turn or a question is kept: as plain text, or as the JSON array of its content blocks."""
NO_SETTINGS = frozenset({"model", "max_tokens", "messages", "stream", "diagnostics"})
"""Fields of a body that are never taken from the settings: the draft says them, or each request does."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: `text` is the JSON of its definition without `cache_control`, as its author spelled it."""

    key: str
    text: Text = EMPTY
    ttl: Ttl | None = None


@dataclass(frozen=True, slots=True)
class SystemBlock:
    """One text block of the system prompt; `ttl` puts a breakpoint behind it.

    `extra` are further fields of the block on the wire (`citations`); those that the part says itself win.
    """

    key: str
    text: Text = EMPTY
    ttl: Ttl | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Media:
    """The bytes of a PDF or an image, which go over the wire as base64."""

    media_type: str
    data: bytes = field(repr=False)

    @once
    def base64(self) -> Text:
        """The same value each time, so that what is computed of it lives as long as the bytes."""
        return Text.from_str(b64encode(self.data).decode("ascii"))


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the first user message; `ttl` puts a breakpoint behind it.

    It has either text or `media`; one whose media type is that of an image is sent as an image block.
    An empty title is not sent. `extra` are further fields of the block on the wire (`citations`, `context`).
    """

    key: str
    title: str
    text: Text = EMPTY
    ttl: Ttl | None = None
    media: Media | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)

    @property
    def is_image(self) -> bool:
        """Whether it is sent as an image block."""
        return self.media is not None and self.media.media_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the conversation before the question; breakpoints stand in its JSON, where it is that.

    `extra` are further fields of the message on the wire (`clear_at`).
    """

    key: str
    role: Role
    text: Text = EMPTY
    form: Form = "text"
    extra: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A question: the last user turn, behind documents and turns; as text it carries no breakpoint."""

    key: str
    text: Text = EMPTY
    form: Form = "text"


Part = Tool | SystemBlock | Document | Turn | Question
P = TypeVar("P", Tool, SystemBlock, Document, Turn, Question)


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that a request is made from. The `key` of a part is unique within its draft.

    `settings` are the other fields of the body (`thinking`, `tool_choice`, a top-level `cache_control`, …);
    those in `NO_SETTINGS` are not sent. `system` and `tools` stand there where they are odd in a way that
    parts can't express; a draft with such parts sends these instead.
    """

    model: str
    max_tokens: int
    system: tuple[SystemBlock, ...] = ()
    documents: tuple[Document, ...] = ()
    questions: tuple[Question, ...] = ()
    tools: tuple[Tool, ...] = ()
    turns: tuple[Turn, ...] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)

    def part(self, key: str) -> Part:
        """The part with this key; KeyError where there is none."""
        return self.parts[key]

    @property
    def parts(self) -> dict[str, Part]:
        """All parts by key, in cache order."""
        parts: tuple[Part, ...] = (
            *self.tools,
            *self.system,
            *self.documents,
            *self.turns,
            *self.questions,
        )
        return {part.key: part for part in parts}

    def with_text(self, key: str, text: Text) -> Draft:
        """The draft with the text of one part replaced."""
        return self.with_part(replace(self.part(key), text=text))

    def with_part(self, part: Part) -> Draft:
        """The draft with the part of the same key replaced."""
        match part:
            case Tool():
                return replace(self, tools=_put(self.tools, part))
            case Turn():
                return replace(self, turns=_put(self.turns, part))
            case SystemBlock():
                return replace(self, system=_put(self.system, part))
            case Document():
                return replace(self, documents=_put(self.documents, part))
            case Question():
                return replace(self, questions=_put(self.questions, part))

    def of_kind(self, kind: type[Part]) -> tuple[Part, ...]:
        """All parts of one kind, in their order."""
        parts: tuple[Part, ...] = getattr(self, _FIELDS[kind])
        return parts

    def with_kind(self, kind: type[Part], parts: Sequence[Part]) -> Draft:
        """The draft with all parts of one kind replaced by others of it."""
        fields: dict[str, Any] = {_FIELDS[kind]: tuple(parts)}
        return replace(self, **fields)


_FIELDS: Mapping[type[Part], str] = {
    Tool: "tools",
    SystemBlock: "system",
    Document: "documents",
    Turn: "turns",
    Question: "questions",
}


def _put(parts: tuple[P, ...], new: P) -> tuple[P, ...]:
    return tuple(new if part.key == new.key else part for part in parts)
