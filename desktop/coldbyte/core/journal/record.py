"""Records: what happened to the working copy, each as bytes. What they mean says `replay`.

A payload is the size of a head, the head as JSON, and a body: texts, media, or a draft without them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, get_args

from coldbyte.core.draft import Draft
from coldbyte.core.draft_file import DraftFileError, read_draft, write_draft
from coldbyte.core.journal.step_row import StepRow, changes_of, row_of, texts_of
from coldbyte.core.text.text import NotUtf8Error, Text
from coldbyte.core.text.text_history import Act, Change, Steps

FORMAT = 1
"""Number of this way to write a working copy."""

_SIZE = struct.Struct(">I")
_Head: TypeAlias = "Mapping[str, Any]"


class RecordError(ValueError):
    """Bytes that are no record, or a record that doesn't fit those before it."""


@dataclass(frozen=True, slots=True)
class Start:
    """All of a working copy follows, up to `Whole`; until then the one before stays."""

    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Whole:
    """All that followed `Start` is there, and takes the place of the working copy before."""


@dataclass(frozen=True, slots=True)
class TextGiven:
    """The text of a part that the next structure brings; its steps begin anew."""

    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class MediaGiven:
    """The bytes of a document's media, from the next structure on."""

    key: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class StepsGiven:
    """Further steps of a part's text, behind those given before."""

    key: str
    steps: Steps


@dataclass(frozen=True, slots=True)
class Structure:
    """The draft without its texts and media; `media` has the media types by key. Other parts are gone."""

    draft: Draft
    question: str
    media: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edited:
    """The text of a part was changed."""

    key: str
    change: Change
    act: Act


@dataclass(frozen=True, slots=True)
class Chosen:
    """Another question was chosen."""

    question: str


@dataclass(frozen=True, slots=True)
class ProjectSet:
    """What the project says of its folder, None for none; `saved` as in `Work`."""

    info: Mapping[str, Any] | None
    saved: str


Record = Start | Whole | TextGiven | MediaGiven | StepsGiven | Structure | Edited | Chosen | ProjectSet


def encode(record: Record) -> list[bytes]:
    """A record's payload, as runs; the texts of the draft are not copied."""
    kind, head, body = _parts_of(record)
    data = json.dumps({"kind": kind, **head}, separators=(",", ":")).encode()
    return [_SIZE.pack(len(data)), data, *body]


def decode(payload: memoryview) -> Record:
    """The record of a payload. Raise RecordError."""
    try:
        (size,) = _SIZE.unpack_from(payload)
        head = json.loads(bytes(payload[_SIZE.size : _SIZE.size + size]))
        return _READERS[head["kind"]](head, payload[_SIZE.size + size :])
    except (KeyError, TypeError, ValueError, NotUtf8Error, DraftFileError, struct.error) as error:
        raise RecordError(f"{type(error).__name__}: {error}") from None


def _parts_of(record: Record) -> tuple[str, dict[str, Any], Sequence[bytes]]:
    """Kind, head and body."""
    match record:
        case Start(number):
            return "start", {"format": number}, ()
        case Whole():
            return "whole", {}, ()
        case TextGiven(key, text):
            return "text", {"key": key}, [piece.data for piece in text.pieces]
        case MediaGiven(key, data):
            return "media", {"key": key}, [data]
        case StepsGiven(key, steps):
            done, undone = ([row_of(change) for change in rows] for rows in (steps.done, steps.undone))
            return "steps", {"key": key, "done": done, "undone": undone}, texts_of(*steps.done, *steps.undone)
        case Structure(draft, question, media):
            # Half a UTF-16 pair, as a file's name may hold, has no UTF-8.
            data = write_draft(draft, question).encode(errors="replace")
            return "structure", {"question": question, "media": dict(media)}, [data]
        case Edited(key, change, act):
            return "edit", {"key": key, "row": row_of(change), "act": act}, texts_of(change)
        case Chosen(question):
            return "question", {"question": question}, ()
        case ProjectSet(info, saved):
            return "project", {"info": info, "saved": saved}, ()


def _read_start(head: _Head, _body: memoryview) -> Start:
    if head["format"] != FORMAT:
        raise RecordError("made by another version of Coldbyte")
    return Start()


def _read_steps(head: _Head, body: memoryview) -> StepsGiven:
    rows: list[StepRow] = [*head["done"], *head["undone"]]
    changes = changes_of(rows, body)
    count = len(head["done"])
    return StepsGiven(str(head["key"]), Steps(changes[:count], changes[count:]))


def _read_edit(head: _Head, body: memoryview) -> Edited:
    (change,) = changes_of([head["row"]], body)
    if head["act"] not in get_args(Act):
        raise RecordError(f"no such act: {head['act']!r}")
    return Edited(str(head["key"]), change, head["act"])


def _read_structure(head: _Head, body: memoryview) -> Structure:
    draft, _ = read_draft(bytes(body).decode())
    media = {str(key): str(kind) for key, kind in head["media"].items()}
    return Structure(draft, str(head["question"]), media)


def _read_project(head: _Head, _body: memoryview) -> ProjectSet:
    info = head["info"]
    if info is not None and not isinstance(info, dict):
        raise RecordError("a project that is no object")
    return ProjectSet(info, str(head["saved"]))


_READERS: Mapping[str, Callable[[_Head, memoryview], Record]] = {
    "start": _read_start,
    "whole": lambda _head, _body: Whole(),
    "text": lambda head, body: TextGiven(str(head["key"]), Text.from_bytes(bytes(body))),
    "media": lambda head, body: MediaGiven(str(head["key"]), bytes(body)),
    "steps": _read_steps,
    "structure": _read_structure,
    "edit": _read_edit,
    "question": lambda head, _body: Chosen(str(head["question"])),
    "project": _read_project,
}
