"""The structure file of a project: which parts there are, in which order, and everything about them but the
text, which each has in a file of its own.

It is JSON with one thing a line in a fixed order, so that a diff by line shows what changed and nothing else.
What it does not know it refuses: else it would be lost when the project is saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeAlias, TypeGuard

from coldbyte.core.json.layout import indented
from coldbyte.core.json.place import find_places
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json, Pairs, is_array, path_below, steps_of
from coldbyte.core.project.file_name import fault_of, folded, folders_of
from coldbyte.core.project.trouble import ProjectError
from coldbyte.core.text.text import Text

STRUCTURE = "coldbyte.json"
SCHEMA = "coldbyte.project/1"

_FAMILY = "coldbyte.project/"
_OUTSIDE = frozenset(
    {"base_url", "url", "endpoint", "host", "profile", "key_profile", "api_key", "auth_token", "headers"}
)
"""What a project never chooses, as whoever opens one would send their key where its author wants it."""
_ROW_FIELDS: Mapping[str, tuple[str, ...]] = {
    "tools": ("file", "key", "breakpoint"),
    "system": ("file", "key", "breakpoint", "extra"),
    "documents": ("file", "key", "title", "media_type", "breakpoint", "extra"),
    "turns": ("file", "key", "role", "form", "extra"),
    "questions": ("file", "key", "form"),
}
KINDS = tuple(_ROW_FIELDS)
"""The sorts of parts, in cache order."""
_FIELDS = ("schema", "model", "max_tokens", "settings", "question", *KINDS)
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "breakpoint": ("5m", "1h"),
    "role": ("user", "assistant", "system"),
    "form": ("text", "blocks"),
}
_KEEP = "Correct the line, or take the file back from git."
_Words: TypeAlias = "tuple[str, str]"


@dataclass(frozen=True, slots=True)
class Row:
    """A part in the structure: its file and its other fields. `where` is its place in the JSON."""

    file: str
    fields: Mapping[str, Json]
    where: str = ""


@dataclass(frozen=True, slots=True)
class Structure:
    """All of the file. `question` is the path of the chosen question's file, "" without one."""

    model: str
    max_tokens: int
    settings: Mapping[str, Json] = field(default_factory=dict)
    question: str = ""
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def files(self) -> Iterator[Row]:
        """The rows of all parts, in their order."""
        for kind in KINDS:
            yield from self.rows.get(kind, ())


def write_structure(structure: Structure) -> bytes:
    """The file. What is empty or at its default is left out."""
    tree: dict[str, Json] = {
        "schema": SCHEMA,
        "model": structure.model,
        "max_tokens": structure.max_tokens,
    }
    if structure.settings:
        tree["settings"] = structure.settings
    if structure.question:
        tree["question"] = structure.question
    for kind in KINDS:
        rows = [{"file": row.file, **row.fields} for row in structure.rows.get(kind, ())]
        if rows:
            tree[kind] = rows
    return f"{indented(tree)}\n".encode()


def read_structure(data: bytes) -> Structure:
    """What the file says. Raise ProjectError."""
    try:
        tree = read_json(data)
    except JsonError as error:
        raise _not_json(data, error) from None
    if not isinstance(tree, Mapping):
        raise ProjectError(STRUCTURE, "This is no structure file of Coldbyte.", _KEEP, 1)
    return _Reader(data, tree).read()


def line_of(data: bytes, where: str) -> int:
    """The line on which the value at a JSON path begins; that of its owner where it is not there."""
    steps = steps_of(where)
    paths = [reduce(_below, steps[:count], "") for count in range(len(steps), 0, -1)]
    found = find_places(data, paths)
    place = next((found[path][0] for path in paths if path in found), 0)
    return data.count(b"\n", 0, place) + 1


def _below(path: str, step: str | int) -> str:
    return f"{path}[{step}]" if isinstance(step, int) else path_below(path, step)


class _Reader:
    """Reads one file; each complaint finds its line."""

    def __init__(self, data: bytes, tree: Mapping[str, Json]) -> None:
        self._data = data
        self._tree = tree
        self._seen: dict[str, Row] = {}

    def read(self) -> Structure:
        tree = self._tree
        self._check_schema()
        self._check_names(tree, "", _FIELDS)
        model = tree.get("model")
        if not _is_string(model):
            raise self._wrong("model", ("The model is missing or no string.", _KEEP))
        tokens = tree.get("max_tokens")
        if not isinstance(tokens, int) or isinstance(tokens, bool):
            raise self._wrong("max_tokens", ("max_tokens is missing or no whole number.", _KEEP))
        question = tree.get("question", "")
        if not _is_string(question):
            raise self._wrong("question", ("The question has to be the path of its file.", _KEEP))
        rows = {kind: tuple(self._rows(kind)) for kind in KINDS}
        self._check_folders()
        return Structure(str(model), tokens, self._object(tree, "", "settings"), str(question), rows)

    def _check_schema(self) -> None:
        schema = str(self._tree.get("schema"))
        if schema == SCHEMA:
            return
        if schema.startswith(_FAMILY):
            words = (f"The project has the format {schema}.", "Open it with a newer Coldbyte.")
        else:
            words = ("This is no structure file of Coldbyte.", f'One begins with "schema": "{SCHEMA}".')
        raise self._wrong("schema", words)

    def _check_names(self, fields: Mapping[str, Json], where: str, known: tuple[str, ...]) -> None:
        for name in fields:
            if name in known:
                continue
            say = f"“{name}” is not known here."
            remedy = "Correct or remove it, or open the project with a newer Coldbyte."
            if name in _OUTSIDE:
                say = f"A project can't choose “{name}”: where requests go, and with which key, you choose."
                remedy = "Remove it."
            raise self._wrong(path_below(where, name), (say, remedy))
        if isinstance(fields, Pairs):
            names = [name for name, _ in fields.pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise self._wrong(
                path_below(where, twice), (f"“{twice}” stands here twice.", "Remove one of them.")
            )

    def _rows(self, kind: str) -> Iterator[Row]:
        rows = self._tree.get(kind, [])
        if not is_array(rows):
            raise self._wrong(kind, (f"“{kind}” has to be an array.", _KEEP))
        for index, fields in enumerate(rows):
            where = f"{kind}[{index}]"
            if not isinstance(fields, Mapping):
                raise self._wrong(where, ("A part has to be an object with a file.", _KEEP))
            self._check_names(fields, where, _ROW_FIELDS[kind])
            file = self._file(fields, where)
            more = {name: self._value(fields, where, name) for name in fields if name != "file"}
            if kind == "turns" and "role" not in more:
                raise self._wrong(where, ("A turn needs a role: user, assistant or system.", _KEEP))
            self._seen[folded(file)] = row = Row(file, more, where)
            yield row

    def _file(self, fields: Mapping[str, Json], where: str) -> str:
        file = fields.get("file")
        if not _is_string(file):
            raise self._wrong(where, ("A part has to name its file.", _KEEP))
        path = str(file)
        fault = fault_of(path)
        if fault is not None:
            words = (f"The path “{_shown(path)}” {fault}.", "Rename the file, and name it here as it is.")
            raise self._wrong(f"{where}.file", words)
        other = STRUCTURE if folded(path) == STRUCTURE else None
        if (seen := self._seen.get(folded(path))) is not None:
            other = seen.file
        if other is not None:
            say = f"Two parts name the file “{path}”."
            if other != path:
                say = f"“{path}” and “{other}” are the same file on Windows and macOS."
            raise self._wrong(f"{where}.file", (say, "Give each part a file of its own."))
        return path

    def _check_folders(self) -> None:
        """No file is a folder of another one."""
        for row in self._seen.values():
            for folder in folders_of(row.file):
                if folded(folder) in self._seen or folded(folder) == STRUCTURE:
                    words = (f"“{folder}” is a file and a folder at once.", "Rename one of them.")
                    raise self._wrong(f"{row.where}.file", words)

    def _value(self, fields: Mapping[str, Json], where: str, name: str) -> Json:
        if name == "extra":
            return self._object(fields, where, name)
        value, place = fields[name], path_below(where, name)
        if not _is_string(value):
            raise self._wrong(place, (f"“{name}” has to be a string.", _KEEP))
        allowed = _CHOICES.get(name)
        if allowed is not None and str(value) not in allowed:
            raise self._wrong(place, (f"“{name}” has to be {' or '.join(allowed)}.", _KEEP))
        return str(value)

    def _object(self, fields: Mapping[str, Json], where: str, name: str) -> Mapping[str, Json]:
        value, place = fields.get(name, {}), path_below(where, name)
        if not isinstance(value, Mapping):
            raise self._wrong(place, (f"“{name}” has to be an object.", _KEEP))
        self._check_names(value, place, tuple(value))
        return value

    def _wrong(self, where: str, words: _Words) -> ProjectError:
        return ProjectError(STRUCTURE, *words, line_of(self._data, where))


def _not_json(data: bytes, error: JsonError) -> ProjectError:
    lines = data[: error.byte + 8].split(b"\n")
    say, remedy = f"Not JSON: expected {error.expected}.", _KEEP
    if lines[error.line - 1].startswith((b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")):
        say, remedy = (
            "Here stands a conflict that git left.",
            "Resolve the conflict, then open the project again.",
        )
    return ProjectError(STRUCTURE, say, remedy, error.line, error.byte)


def _is_string(value: Json) -> TypeGuard[str | Text]:
    return isinstance(value, str | Text)


def _shown(path: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in path[:120])
