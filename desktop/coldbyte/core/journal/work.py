"""The working copy as a value: what is open, with the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from coldbyte.core.draft import Document, Draft, Media, P, Part
from coldbyte.core.draft_file import write_draft
from coldbyte.core.journal.record import (
    MediaGiven,
    ProjectSet,
    Record,
    Start,
    StepsGiven,
    Structure,
    TextGiven,
    Whole,
)
from coldbyte.core.text.text import EMPTY, Text
from coldbyte.core.text.text_history import Steps

KEPT_CHARACTERS = 8_000_000
"""Of the steps of each text; the app itself remembers more while it runs."""

_STEPS_OF_A_RECORD = 500  # so that none holds other threads up for long


@dataclass(frozen=True, slots=True)
class Work:
    """What is open: the draft, the key of the chosen question, the steps of each text by the key of its part.

    `project` is what the project says of its folder, None for none. `saved` is the digest of the draft that
    lies in that folder, or wherever it came from; empty where it lies nowhere else.
    """

    draft: Draft
    question: str
    steps: Mapping[str, Steps] = field(default_factory=dict)
    project: Mapping[str, Any] | None = None
    saved: str = ""


def digest(draft: Draft) -> str:
    """A name for the content of a draft; an edit of a text costs as much as the edit."""
    bare = structure_of(draft, "")
    total = blake2b(write_draft(bare.draft, "").encode(errors="replace"), digest_size=20)
    for part in draft.parts.values():
        total.update(part.text.digest)
        if (media := media_of(part)) is not None:
            total.update(blake2b(media.data, digest_size=20).digest() + media.media_type.encode())
    return total.hexdigest()


def media_of(part: Part | None) -> Media | None:
    """The media of a part, if it has any."""
    return part.media if isinstance(part, Document) else None


def structure_of(draft: Draft, question: str) -> Structure:
    """A draft without its texts and media."""
    media = {part.key: part.media.media_type for part in draft.documents if part.media is not None}
    bare = replace(draft, documents=tuple(replace(part, media=None) for part in draft.documents))
    return Structure(_with_texts(bare, {}), question, media)


def filled(structure: Structure, texts: Mapping[str, Text], media: Mapping[str, bytes]) -> Draft:
    """The draft of a structure with its texts and media; what is missing is empty."""
    draft = _with_texts(structure.draft, texts)
    kinds = structure.media
    documents = tuple(
        replace(part, media=Media(kinds[part.key], media.get(part.key, b""))) if part.key in kinds else part
        for part in draft.documents
    )
    return replace(draft, documents=documents)


def given(part: Part) -> Iterator[Record]:
    """The content of a part."""
    yield TextGiven(part.key, part.text)
    if (media := media_of(part)) is not None:
        yield MediaGiven(part.key, media.data)


def records_of(work: Work) -> Iterator[Record]:
    """All of a working copy."""
    yield Start()
    for part in work.draft.parts.values():
        yield from given(part)
    for key, steps in work.steps.items():
        kept = steps.bounded(KEPT_CHARACTERS)
        for start in range(0, max(len(kept.done), len(kept.undone)), _STEPS_OF_A_RECORD):
            some = slice(start, start + _STEPS_OF_A_RECORD)
            yield StepsGiven(key, Steps(kept.done[some], kept.undone[some]))
    yield structure_of(work.draft, work.question)
    yield ProjectSet(work.project, work.saved)
    yield Whole()


def _with_texts(draft: Draft, texts: Mapping[str, Text]) -> Draft:
    return replace(
        draft,
        tools=_put(draft.tools, texts),
        system=_put(draft.system, texts),
        documents=_put(draft.documents, texts),
        turns=_put(draft.turns, texts),
        questions=_put(draft.questions, texts),
    )


def _put(parts: tuple[P, ...], texts: Mapping[str, Text]) -> tuple[P, ...]:
    return tuple(replace(part, text=texts.get(part.key, EMPTY)) for part in parts)
