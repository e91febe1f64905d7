"""The structure file: what can't be understood or must not be chosen is refused with its line."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.project.project import ProjectError, mentioned
from coldbyte.core.project.structure import (
    KINDS,
    STRUCTURE,
    Row,
    Structure,
    line_of,
    read_structure,
    write_structure,
)
from coldbyte.services import resources
from core.any_draft import SETTINGS
from core.json_tree import TREES

GOOD: dict[str, Any] = {
    "schema": "coldbyte.project/1",
    "model": "m",
    "max_tokens": 9,
    "system": [{"file": "a.md"}],
    "turns": [{"file": "b.md", "role": "user"}],
}


def written(**fields: Any) -> bytes:
    return json.dumps({**GOOD, **fields}, indent=1, ensure_ascii=False).encode()


def error_of(data: bytes) -> ProjectError:
    with pytest.raises(ProjectError) as caught:
        mentioned(data)
    error = caught.value
    assert error.file == STRUCTURE
    assert error.say
    assert error.remedy
    return error


@given(SETTINGS, st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.integers())
def test_it_comes_back_as_it_was(settings: dict[str, Any], model: str, tokens: int) -> None:
    rows = {
        "tools": (),
        "system": (Row("a.md", {"breakpoint": "5m"}, "system[0]"),),
        "documents": (),
        "turns": (Row("b.md", {"role": "user", "form": "blocks"}, "turns[0]"),),
        "questions": (Row("c.md", {"key": "k"}, "questions[0]"),),
    }
    structure = Structure(model, tokens, settings, "c.md", rows)
    assert read_structure(write_structure(structure)) == structure


def test_a_bom_and_other_line_ends_are_no_trouble() -> None:
    data = b"\xef\xbb\xbf" + written().replace(b"\n", b"\r\n")
    assert mentioned(data) == ("a.md", "b.md")


@pytest.mark.parametrize(
    "name",
    ["base_url", "profile", "key_profile", "api_key", "headers", "endpoint", "url", "host", "auth_token"],
)
def test_a_project_never_chooses_where_requests_go_or_with_which_key(name: str) -> None:
    error = error_of(written(**{name: "https://example.org"}))
    assert f"can't choose “{name}”" in error.say
    assert error.line == 16
    in_row = error_of(written(system=[{"file": "a.md", name: "x"}]))
    assert f"can't choose “{name}”" in in_row.say


@pytest.mark.parametrize(
    ("fields", "say", "line"),
    [
        ({"schema": "coldbyte.project/2"}, "the format coldbyte.project/2", 2),
        ({"schema": "coldbyte.draft/1"}, "no structure file", 2),
        ({"model": 1}, "The model", 3),
        ({"max_tokens": "9"}, "max_tokens", 4),
        ({"max_tokens": True}, "max_tokens", 4),
        ({"max_tokens": 1.5}, "max_tokens", 4),
        ({"system": {}}, "has to be an array", 5),
        ({"system": ["a.md"]}, "has to be an object with a file", 6),
        ({"system": [{"breakpoint": "5m"}]}, "has to name its file", 6),
        ({"system": [{"file": "a.md", "breakpoint": "2h"}]}, "has to be 5m or 1h", 8),
        ({"system": [{"file": "a.md", "breakpoint": None}]}, "has to be a string", 8),
        ({"system": [{"file": "a.md", "title": "x"}]}, "“title” is not known here", 8),
        ({"system": [{"file": "a.md", "extra": 1}]}, "has to be an object", 8),
        ({"turns": [{"file": "b.md"}]}, "needs a role", 11),
        ({"turns": [{"file": "b.md", "role": "tool"}]}, "user or assistant or system", 13),
        ({"turns": [{"file": "a.md", "role": "user"}]}, "Two parts name the file “a.md”", 12),
        ({"turns": [{"file": "A.md", "role": "user"}]}, "same file on Windows and macOS", 12),
        ({"turns": [{"file": "a.md/b.md", "role": "user"}]}, "a file and a folder at once", 12),
        ({"turns": [{"file": "coldbyte.JSON", "role": "user"}]}, "same file", 12),
        ({"turns": [{"file": "coldbyte.json", "role": "user"}]}, "Two parts name", 12),
        ({"question": 1}, "The question", 16),
        ({"settings": 1}, "has to be an object", 16),
        ({"future": 1}, "“future” is not known here", 16),
    ],
)
def test_what_is_wrong_is_told_with_its_line(fields: dict[str, Any], say: str, line: int) -> None:
    error = error_of(written(**fields))
    assert say in error.say
    assert error.line == line, error.say


@pytest.mark.parametrize(
    ("path", "say"),
    [
        ("../a.md", "leaves the folder"),
        ("x/../../a.md", "leaves the folder"),
        ("./a.md", "leaves the folder"),
        ("/etc/passwd", "is not relative"),
        ("C:/a.md", "is not relative"),
        ("c:a.md", "is not relative"),
        ("a\\b.md", "backslash"),
        ("\\\\server\\a", "backslash"),
        ("", "is empty"),
        ("a//b.md", "empty step"),
        ("a/", "empty step"),
        (".git/config", "hidden file"),
        ("x/.GIT/config", "hidden file"),
        ("\u200b.git/config", "hidden file"),
        ("GIT~1/config", "hidden file"),
        ("NUL", "reserved on Windows"),
        ("x/nul.txt", "reserved on Windows"),
        ("com1 .txt", "reserved on Windows"),
        ("a.", "a dot or a space"),
        ("a ", "a dot or a space"),
        ("ab:stream", "some systems refuse"),
        ("a?.md", "some systems refuse"),
        ("a\n.md", "some systems refuse"),
        ("a\x00.md", "some systems refuse"),
        ("x" * 256, "longer than 255 bytes"),
        ("/".join(["x" * 200] * 6), "longer than 1,024 bytes"),
    ],
)
def test_a_path_that_leaves_the_folder_or_works_not_everywhere_is_refused(path: str, say: str) -> None:
    error = error_of(written(system=[{"file": path}]))
    assert say in error.say
    assert error.line == 7
    assert "\n" not in error.say


@pytest.mark.parametrize(
    "path", ["a.md", "Rules of the house.md", "x/y/é.txt", "nullable.md", "a..b", "-", "git~.md"]
)
def test_other_paths_are_taken_as_they_are(path: str) -> None:
    assert mentioned(written(system=[{"file": path}])) == (path, "b.md")


@pytest.mark.parametrize("name", ["model", "system"])
def test_a_name_that_stands_twice_is_refused(name: str) -> None:
    data = written().replace(b"\n}", f',\n "{name}": "x"\n}}'.encode())
    error = error_of(data)
    assert error.say == f"“{name}” stands here twice."
    assert error.line == 16


def test_settings_that_stand_twice_are_refused_and_deeper_ones_kept() -> None:
    assert error_of(b'{"settings":{"a":1,"a":2},%b' % written()[1:]).say == "“a” stands here twice."
    kept = read_structure(b'{"settings":{"x":{"a":1,"a":2.0}},%b' % written()[1:])
    assert b'"a": 1,\n      "a": 2.0\n' in write_structure(kept)


def test_a_conflict_that_git_left_is_told_as_one() -> None:
    mine = written()
    data = mine.replace(b' "max_tokens": 9,', b'<<<<<<< mine\n "max_tokens": 9,\n=======\n>>>>>>> theirs')
    error = error_of(data)
    assert error.say == "Here stands a conflict that git left."
    assert error.line == 4


def test_json_that_is_none_is_told_with_line_and_byte() -> None:
    error = error_of(b'{\n "schema": }')
    assert (error.line, error.byte) == (2, 13)
    assert error_of(b"[]").line == 1
    assert error_of(b"\xff\xfe{\0").line == 1


@given(TREES)
def test_no_other_json_makes_it_raise_anything_else(value: Any) -> None:
    for data in (json.dumps(value, default=str), json.dumps({**GOOD, "tools": [value]}, default=str)):
        with pytest.raises(ProjectError):
            mentioned(data.encode())


@given(st.data())
def test_damaged_bytes_make_it_raise_nothing_else(data: st.DataObject) -> None:
    whole = written()
    at, gone = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 9))
    damaged = whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + gone :]
    with suppress(ProjectError):
        mentioned(damaged)


def test_the_line_of_what_is_not_there_is_that_of_its_owner() -> None:
    data = b'{\n"a": {\n"b.c": [\n1]}}'
    assert [line_of(data, where) for where in ("", "a", 'a["b.c"][0]', 'a["b.c"][7].x', "z")] == [
        1,
        2,
        4,
        3,
        1,
    ]


def test_the_guide_shows_a_file_as_it_is_written_and_names_every_key() -> None:
    page = resources.text("help/project-format.md")
    (shown,) = (block for block in page.split("```") if block.startswith("\n{"))
    assert write_structure(read_structure(shown.encode())).decode() == shown[1:]
    keys = [f"`{key}`" for key in (*KINDS, "schema", "model", "max_tokens", "settings", "question", "file")]
    keys += ["`breakpoint`", "`title`", "`media_type`", "`role`", "`form`", "`extra`", "`key`"]
    assert [key for key in keys if key not in page] == []
