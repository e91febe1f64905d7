"""The draft as a file: JSON that gives back every part with all its bytes."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from coldbyte.core.draft import (
    Document,
    Draft,
    Form,
    Media,
    Part,
    Question,
    Role,
    SystemBlock,
    Tool,
    Ttl,
    Turn,
)
from coldbyte.core.json.reader import read_json
from coldbyte.core.json.value import Json, compact
from coldbyte.core.prefix.record import as_text
from coldbyte.core.text.text import Text

SCHEMA = "coldbyte.draft/2"
_READ = ("coldbyte.draft/1", SCHEMA)  # the first had neither tools nor turns, media, settings, extra


class DraftFileError(ValueError):
    """A file that holds no draft; the text says what is wrong with it."""


def write_draft(draft: Draft, question: str) -> str:
    """The draft and the key of the chosen question as JSON."""
    fields: dict[str, Json] = {
        "schema": SCHEMA,
        "model": draft.model,
        "max_tokens": draft.max_tokens,
        "settings": draft.settings,
        "question": question,
        "tools": [_fields(part) for part in draft.tools],
        "system": [_fields(part) for part in draft.system],
        "documents": [_fields(part) for part in draft.documents],
        "turns": [_fields(part) for part in draft.turns],
        "questions": [_fields(part) for part in draft.questions],
    }
    return compact(fields)


def read_draft(text: str) -> tuple[Draft, str]:
    """The draft and the key of the chosen question. Raise DraftFileError."""
    try:
        fields: Any = read_json(text.encode())
        if fields["schema"] not in _READ:
            raise DraftFileError(f"unknown schema {fields['schema']!r}")
        draft = _draft(fields)
        question = str(fields["question"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DraftFileError(f"{type(error).__name__}: {error}") from None
    rows = (draft.tools, draft.system, draft.documents, draft.turns, draft.questions)
    if len(draft.parts) != sum(map(len, rows)):
        raise DraftFileError("two parts have the same key")
    known = [part.key for part in draft.questions]
    return draft, question if question in known else "".join(known[:1])


def _draft(fields: Mapping[str, Any]) -> Draft:
    return Draft(
        model=str(fields["model"]),
        max_tokens=int(fields["max_tokens"]),
        system=tuple(
            SystemBlock(_key(row), _text(row), _ttl(row), _extra(row)) for row in _rows(fields, "system")
        ),
        documents=tuple(map(_document, _rows(fields, "documents"))),
        questions=tuple(Question(_key(row), _text(row), _form(row)) for row in _rows(fields, "questions")),
        tools=tuple(Tool(_key(row), _text(row), _ttl(row)) for row in _rows(fields, "tools", [])),
        turns=tuple(
            Turn(_key(row), _role(row), _text(row), _form(row), _extra(row))
            for row in _rows(fields, "turns", [])
        ),
        settings=_object(fields.get("settings", {})),
    )


def _document(row: Mapping[str, Any]) -> Document:
    media = row.get("media")
    if media is not None:
        media = Media(str(media["media_type"]), b64decode(str(media["data"]), validate=True))
    return Document(_key(row), str(row["title"]), _text(row), _ttl(row), media, _extra(row))


def _fields(part: Part) -> dict[str, Json]:
    """What a part says; what is at its default is left out where older files have no such field."""
    fields: dict[str, Json] = {"key": part.key, "text": part.text}
    if isinstance(part, Document):
        fields["title"] = part.title
        if part.media is not None:
            fields["media"] = {"media_type": part.media.media_type, "data": part.media.base64}
    if isinstance(part, Turn):
        fields["role"] = part.role
    if isinstance(part, Question | Turn):
        fields |= {"form": part.form} if part.form != "text" else {}
    else:
        fields["breakpoint"] = part.ttl
    if not isinstance(part, Tool | Question) and part.extra:
        fields["extra"] = part.extra
    return fields


def _rows(fields: Mapping[str, Any], name: str, default: Any = None) -> Sequence[Mapping[str, Any]]:
    rows = fields[name] if default is None else fields.get(name, default)
    if not isinstance(rows, list):
        raise DraftFileError(f"{name} is no array")
    return rows


def _key(row: Mapping[str, Any]) -> str:
    return str(row["key"])


def _text(row: Mapping[str, Any]) -> Text:
    if not isinstance(row["text"], str | Text):
        raise DraftFileError("a text is no string")
    return as_text(row["text"])


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


def _form(row: Mapping[str, Any]) -> Form:
    match row.get("form", "text"):
        case "text":
            return "text"
        case "blocks":
            return "blocks"
        case other:
            raise DraftFileError(f"no such form: {other!r}")


def _role(row: Mapping[str, Any]) -> Role:
    match row["role"]:
        case "user":
            return "user"
        case "assistant":
            return "assistant"
        case "system":
            return "system"
        case other:
            raise DraftFileError(f"no such role: {other!r}")


def _extra(row: Mapping[str, Any]) -> Mapping[str, Json]:
    return _object(row.get("extra", {}))


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise DraftFileError("settings and extra fields have to be objects")
    return value
