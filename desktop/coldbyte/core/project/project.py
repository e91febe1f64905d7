"""A project: a draft as a folder of plain files that people keep in git.

Each part's text stands in a file of its own, byte for byte, and a PDF or an image as it is; all else stands
in the structure file. Writing the same project gives the same bytes; a change of a text changes its file
alone, a change of the order or of a setting the structure file alone. resources/help/project-format.md tells
people how the files look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from coldbyte.core.draft import Document, Draft, Media, Part, Question, SystemBlock, Tool, Turn
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, is_array
from coldbyte.core.project.file_name import fault_of, folded, folders_of
from coldbyte.core.project.part_file import with_path_for_each
from coldbyte.core.project.structure import (
    KINDS,
    STRUCTURE,
    Row,
    Structure,
    line_of,
    read_structure,
    write_structure,
)
from coldbyte.core.project.trouble import ProjectError
from coldbyte.core.text.text import EMPTY, NotUtf8Error, Text

__all__ = [
    "COMPANIONS",
    "STRUCTURE",
    "Project",
    "ProjectError",
    "json_troubles",
    "mentioned",
    "read_project",
    "with_paths",
    "write_project",
]

COMPANIONS: Mapping[str, bytes] = {
    ".gitattributes": b"# The bytes of a prompt are kept as they are, line ends included.\n* -text\n"
}
"""Files that a new project is given where its folder has none of that name; they are no part of it."""


@dataclass(frozen=True, slots=True)
class Project:
    """A draft, the key of the chosen question ("" without one), and for each part (its key) its file.

    Paths are relative to the folder of the project and written with `/`.
    """

    draft: Draft
    question: str
    paths: Mapping[str, str]


def with_paths(draft: Draft, question: str, paths: Mapping[str, str], taken: Iterable[str] = ()) -> Project:
    """The project of a draft: a part that has a path keeps it, each other part is given a free one.

    `taken` are further files of the folder, which no new part may have; nor may it have the file of a part
    that is gone. The same arguments give the same paths.
    """
    return Project(draft, question, with_path_for_each(draft, paths, (STRUCTURE, *taken)))


def write_project(project: Project) -> dict[str, bytes]:
    """The files of the project by path, the structure file first.

    Raise ProjectError where a path can't be used or two parts have the same, KeyError where a part has none.
    """
    _check(project)
    draft, paths = project.draft, project.paths
    structure = Structure(
        draft.model,
        draft.max_tokens,
        draft.settings,
        paths[project.question] if project.question in {part.key for part in draft.questions} else "",
        {kind: tuple(_row(part, paths[part.key]) for part in parts) for kind, parts in _kinds(draft)},
    )
    files = {STRUCTURE: write_structure(structure)}
    for part in draft.parts.values():
        media = part.media if isinstance(part, Document) else None
        files[paths[part.key]] = part.text.encode() if media is None else media.data
    return files


def mentioned(structure: bytes) -> tuple[str, ...]:
    """The paths of the files that a structure file names, in its order. Raise ProjectError."""
    return tuple(row.file for row in read_structure(structure).files())


def read_project(files: Mapping[str, bytes], others: Iterable[str] = ()) -> Project:
    """The project that these files hold; those that the structure file does not name are not looked at.

    `others` are further paths of the folder: a missing file may be there in another spelling.
    Raise ProjectError. JSON inside a part is not read here, as a project with a tool that is half typed has
    to open again: see `json_troubles`.
    """
    if STRUCTURE not in files:
        raise _missing(STRUCTURE, (*files, *others), None)
    data = files[STRUCTURE]
    structure = read_structure(data)
    keys = _keys(structure)
    parts: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for kind in KINDS:
        for row in structure.rows[kind]:
            if row.file not in files:
                raise _missing(row.file, (*files, *others), line_of(data, f"{row.where}.file"))
            parts[kind].append(_part(kind, row, keys[row.file], files[row.file]))
    draft = Draft(
        structure.model,
        structure.max_tokens,
        settings=structure.settings,
        **{kind: tuple(rows) for kind, rows in parts.items()},
    )
    question = next((row.file for row in structure.rows["questions"] if row.file == structure.question), None)
    paths = {keys[row.file]: row.file for row in structure.files()}
    return Project(draft, "" if question is None else keys[question], paths)


def json_troubles(project: Project) -> tuple[ProjectError, ...]:
    """What is wrong with the JSON of tools, turns and questions that are kept as JSON, in cache order.

    A part without text is not sent and has no trouble.
    """
    parts = (part for part in project.draft.parts.values() if part.text.size)
    found = (_json_trouble(part, project.paths[part.key]) for part in parts)
    return tuple(trouble for trouble in found if trouble is not None)


def _json_trouble(part: Part, file: str) -> ProjectError | None:
    if isinstance(part, SystemBlock | Document):
        return None
    if isinstance(part, Turn | Question) and part.form == "text":
        return None
    try:
        value = read_json(part.text.encode())
    except JsonError as error:
        say = f"Not JSON: expected {error.expected}."
        return ProjectError(file, say, "Correct it here or in the file.", error.line, error.byte)
    if isinstance(part, Tool):
        say, sound = "A tool has to be a JSON object.", isinstance(value, Mapping)
    else:
        say, sound = "Blocks have to be a JSON array.", is_array(value)
    return None if sound else ProjectError(file, say, "Correct it here or in the file.", 1)


def _check(project: Project) -> None:
    seen = {folded(STRUCTURE)}
    paths = [project.paths[key] for key in project.draft.parts]
    for path in paths:
        fault = fault_of(path)
        if fault is not None:
            raise ProjectError(path, f"The path {fault}.", "Give the part another file.")
        if folded(path) in seen:
            raise ProjectError(path, "Two parts have this file.", "Give one of them another file.")
        seen.add(folded(path))
    for path in paths:
        if any(folded(folder) in seen for folder in folders_of(path)):
            raise ProjectError(path, "A folder of this file is a file, too.", "Give one another name.")


def _kinds(draft: Draft) -> Iterator[tuple[str, Sequence[Part]]]:
    for kind in KINDS:
        yield kind, getattr(draft, kind)


def _row(part: Part, path: str) -> Row:
    """What the structure says of a part, in the order of the file."""
    fields: dict[str, Json] = {}
    if part.key != path:
        fields["key"] = part.key
    match part:
        case Document(title=title, media=media):
            fields |= {"title": title} if title else {}
            fields |= {"media_type": media.media_type} if media is not None else {}
        case Turn(role=role):
            fields["role"] = role
    if isinstance(part, Turn | Question):
        fields |= {"form": part.form} if part.form != "text" else {}
    elif part.ttl is not None:
        fields["breakpoint"] = part.ttl
    if not isinstance(part, Tool | Question) and part.extra:
        fields["extra"] = part.extra
    return Row(path, fields)


def _part(kind: str, row: Row, key: str, data: bytes) -> Part:
    fields: Mapping[str, Any] = row.fields
    ttl, extra, form = fields.get("breakpoint"), fields.get("extra", {}), fields.get("form", "text")
    if kind == "documents" and "media_type" in fields:
        media = Media(fields["media_type"], data)
        return Document(key, fields.get("title", ""), EMPTY, ttl, media, extra)
    text = _text(row, data)
    match kind:
        case "tools":
            return Tool(key, text, ttl)
        case "system":
            return SystemBlock(key, text, ttl, extra)
        case "documents":
            return Document(key, fields.get("title", ""), text, ttl, None, extra)
        case "turns":
            return Turn(key, fields["role"], text, form, extra)
    return Question(key, text, form)


def _text(row: Row, data: bytes) -> Text:
    try:
        return Text.from_bytes(data)
    except NotUtf8Error as error:
        say = f"The text is not UTF-8 at byte {error.byte:,}."
        remedy = "Save the file as UTF-8."
        if row.where.startswith("documents"):
            remedy = f'{remedy} Of a PDF or an image the structure file says the "media_type".'
        line = data.count(b"\n", 0, error.byte) + 1
        raise ProjectError(row.file, say, remedy, line, error.byte) from None


def _keys(structure: Structure) -> dict[str, str]:
    """The key of each part by its path: the one that it was given, else its path.

    Two branches can give the same key to two parts; then the first one keeps it.
    """
    keys: dict[str, str] = {}
    seen: set[str] = set()
    for row in structure.files():
        key = str(row.fields.get("key", row.file))
        if key in seen:
            others = chain((row.file,), (f"{row.file}#{number}" for number in count(2)))
            key = next(other for other in others if other not in seen)
        seen.add(key)
        keys[row.file] = key
    return keys


def _missing(path: str, files: Iterable[str], line: int | None) -> ProjectError:
    alike = next((file for file in files if folded(file) == folded(path)), None)
    if path == STRUCTURE and alike is None:
        remedy = "Choose a folder that holds one, or save a draft as a project there."
        return ProjectError(STRUCTURE, "The folder has no structure file.", remedy)
    if alike is not None:
        say = f"“{path}” is missing, and there is “{alike}”: the names differ only in case or Unicode form."
        return ProjectError(STRUCTURE, say, "Rename the file to the name that is wanted.", line)
    say = f"The file “{path}” is missing."
    return ProjectError(STRUCTURE, say, "Take it back from git, or remove its part from the structure.", line)
