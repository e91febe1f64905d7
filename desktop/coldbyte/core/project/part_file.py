"""The files of parts: where a new part's text is kept in a project's folder, named after what it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from coldbyte.core.draft import Document, Draft, Part, Question, SystemBlock, Tool, Turn
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.project.file_name import FreeNames, first_words, safe_stem, stem_and_ending
from coldbyte.core.text.text import Text

_START = 400  # UTF-16 units of a text from which a name is made
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
}
_OF_MEDIA = frozenset(ending for endings in _ENDINGS.values() for ending in endings)


def with_path_for_each(draft: Draft, paths: Mapping[str, str], taken: Iterable[str]) -> dict[str, str]:
    """For each part of a draft (its key) the path that it has, or a new one that no other file has."""
    free = FreeNames((*paths.values(), *taken))
    found = {}
    kinds: tuple[Sequence[Part], ...] = (
        *(draft.tools, draft.system, draft.documents),
        *(draft.turns, draft.questions),
    )
    for parts in kinds:
        for number, part in enumerate(parts, 1):
            found[part.key] = paths.get(part.key) or free.take(*_wanted(part, number))
    return found


def _wanted(part: Part, number: int) -> tuple[str, str, str]:
    """Folder, stem and ending for a part's file; `number` is the part's place among those of its kind."""
    match part:
        case Tool(text=text):
            return "tools", safe_stem(_tool_name(text)) or f"{number:02}", ".json"
        case SystemBlock(text=text):
            return "system", _numbered(number, text), ".md"
        case Document():
            return "documents", *_document(part, number)
        case Turn(role=role, form=form):
            return "turns", f"{number:03}-{role}", ".md" if form == "text" else ".json"
        case Question(text=text, form="text"):
            return "questions", _numbered(number, text), ".md"
    return "questions", f"{number:02}", ".json"


def _numbered(number: int, text: Text) -> str:
    words = safe_stem(first_words(text.slice(0, min(_START, text.utf16))))
    return f"{number:02}-{words}" if words else f"{number:02}"


def _document(document: Document, number: int) -> tuple[str, str]:
    """The title as a name, with an ending that says what is in the file."""
    stem, ending = stem_and_ending(document.title.strip())
    media = document.media
    if media is None:
        fits = ending and ending.lower() not in _OF_MEDIA
        wanted = ".txt"
    else:
        allowed = _ENDINGS.get(media.media_type, (".bin",))
        fits, wanted = ending.lower() in allowed, allowed[0]
    if not fits:
        stem, ending = stem + ending, wanted
    return safe_stem(stem) or f"{number:02}", ending


def _tool_name(text: Text) -> str:
    try:
        value = read_json(text.encode())
    except JsonError:
        return ""
    name = value.get("name") if isinstance(value, Mapping) else None
    return str(name) if isinstance(name, str | Text) else ""
