"""The draft as a file: JSON that gives back every part with all its bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coldbyte.core.draft import Document, Draft, Part, Question, SystemBlock, Ttl
from coldbyte.core.json.value import Json, compact
from coldbyte.core.text.text import LoneSurrogateError, Text

SCHEMA = "coldbyte.draft/1"


class DraftFileError(ValueError):
    """A file that holds no draft; the text says what is wrong with it."""


def write_draft(draft: Draft, question: str) -> str:
    """The draft and the key of the chosen question as JSON."""
    fields: dict[str, Json] = {
        "schema": SCHEMA,
        "model": draft.model,
        "max_tokens": draft.max_tokens,
        "question": question,
        "system": [_fields(block) for block in draft.system],
        "documents": [_fields(document) for document in draft.documents],
        "questions": [_fields(part) for part in draft.questions],
    }
    return compact(fields)


def read_draft(text: str) -> tuple[Draft, str]:
    """The draft and the key of the chosen question. Raise DraftFileError."""
    try:
        fields = json.loads(text)
        if fields["schema"] != SCHEMA:
            raise DraftFileError(f"unknown schema {fields['schema']!r}")
        draft = Draft(
            model=str(fields["model"]),
            max_tokens=int(fields["max_tokens"]),
            system=tuple(SystemBlock(_key(row), _text(row), _ttl(row)) for row in fields["system"]),
            documents=tuple(
                Document(_key(row), str(row["title"]), _text(row), _ttl(row)) for row in fields["documents"]
            ),
            questions=tuple(Question(_key(row), _text(row)) for row in fields["questions"]),
        )
        question = str(fields["question"])
    except (ValueError, KeyError, TypeError, LoneSurrogateError) as error:
        raise DraftFileError(f"{type(error).__name__}: {error}") from None
    if len(draft.parts) != len(draft.system) + len(draft.documents) + len(draft.questions):
        raise DraftFileError("two parts have the same key")
    known = [part.key for part in draft.questions]
    return draft, question if question in known else "".join(known[:1])


def _fields(part: Part) -> dict[str, Json]:
    fields: dict[str, Json] = {"key": part.key, "text": part.text}
    if isinstance(part, Document):
        fields["title"] = part.title
    if not isinstance(part, Question):
        fields["breakpoint"] = part.ttl
    return fields


def _key(row: Mapping[str, Any]) -> str:
    return str(row["key"])


def _text(row: Mapping[str, Any]) -> Text:
    return Text.from_str(row["text"])


def _ttl(row: Mapping[str, Any]) -> Ttl | None:
    match row["breakpoint"]:
        case None:
            return None
        case "5m":
            return "5m"
        case "1h":
            return "1h"
        case other:
            raise DraftFileError(f"no such breakpoint: {other!r}")
