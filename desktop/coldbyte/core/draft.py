"""The draft: the prompt being edited, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from coldbyte.core.text.text import EMPTY, Text

Ttl = Literal["5m", "1h"]


@dataclass(frozen=True, slots=True)
class SystemBlock:
    """One text block of the system prompt; `ttl` puts a breakpoint behind it."""

    key: str
    text: Text = EMPTY
    ttl: Ttl | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the first user message; `ttl` puts a breakpoint behind it."""

    key: str
    title: str
    text: Text = EMPTY
    ttl: Ttl | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question: it stands behind the documents and carries no breakpoint."""

    key: str
    text: Text = EMPTY


Part = SystemBlock | Document | Question
P = TypeVar("P", SystemBlock, Document, Question)


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that a request is made from. The `key` of a part is unique within its draft."""

    model: str
    max_tokens: int
    system: tuple[SystemBlock, ...] = ()
    documents: tuple[Document, ...] = ()
    questions: tuple[Question, ...] = ()

    def part(self, key: str) -> Part:
        """The part with this key; KeyError where there is none."""
        return self.parts[key]

    @property
    def parts(self) -> dict[str, Part]:
        """All parts by key, in cache order."""
        parts: tuple[Part, ...] = (*self.system, *self.documents, *self.questions)
        return {part.key: part for part in parts}

    def with_text(self, key: str, text: Text) -> Draft:
        """The draft with the text of one part replaced."""
        return self.with_part(replace(self.part(key), text=text))

    def with_part(self, part: Part) -> Draft:
        """The draft with the part of the same key replaced."""
        match part:
            case SystemBlock():
                return replace(self, system=_put(self.system, part))
            case Document():
                return replace(self, documents=_put(self.documents, part))
            case Question():
                return replace(self, questions=_put(self.questions, part))


def _put(parts: tuple[P, ...], new: P) -> tuple[P, ...]:
    return tuple(new if part.key == new.key else part for part in parts)
