"""A project comes back from its files as it was; each file holds what its part says and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Media, Part, Question, SystemBlock, Tool, Turn
from coldbyte.core.project.file_name import fault_of, folded
from coldbyte.core.project.project import (
    COMPANIONS,
    STRUCTURE,
    Project,
    ProjectError,
    json_troubles,
    mentioned,
    read_project,
    with_paths,
    write_project,
)
from coldbyte.core.text.text import EMPTY, Text
from core.any_draft import TEXTS, drafts


def text(chars: str) -> Text:
    return Text.from_str(chars)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    draft = draw(drafts())
    return with_paths(draft, draw(st.sampled_from(["", *(part.key for part in draft.questions)])), {})


def usual() -> Project:
    draft = Draft(
        "claude-opus-5",
        1024,
        (SystemBlock("s", text("# Role\n\nBe exact.\n"), "1h"),),
        (
            Document("law", "gdpr.txt", text("Article 1\r\n"), "5m"),
            Document("pdf", "Contract", media=Media("application/pdf", b"%PDF\xff")),
        ),
        (Question("q", text("Who may ask?")), Question("r", text("[]"), "blocks")),
        (Tool("t", text('{"name": "get_weather"}')),),
        (Turn("u", "user", text("Hi")), Turn("a", "assistant", text("[]"), "blocks", {"x": 1})),
        {"thinking": {"type": "adaptive"}},
    )
    return with_paths(draft, "r", {})


USUAL = """{
  "schema": "coldbyte.project/1",
  "model": "claude-opus-5",
  "max_tokens": 1024,
  "settings": {
    "thinking": {
      "type": "adaptive"
    }
  },
  "question": "questions/02.json",
  "tools": [
    {
      "file": "tools/get_weather.json",
      "key": "t"
    }
  ],
  "system": [
    {
      "file": "system/01-role.md",
      "key": "s",
      "breakpoint": "1h"
    }
  ],
  "documents": [
    {
      "file": "documents/gdpr.txt",
      "key": "law",
      "title": "gdpr.txt",
      "breakpoint": "5m"
    },
    {
      "file": "documents/Contract.pdf",
      "key": "pdf",
      "title": "Contract",
      "media_type": "application/pdf"
    }
  ],
  "turns": [
    {
      "file": "turns/001-user.md",
      "key": "u",
      "role": "user"
    },
    {
      "file": "turns/002-assistant.json",
      "key": "a",
      "role": "assistant",
      "form": "blocks",
      "extra": {
        "x": 1
      }
    }
  ],
  "questions": [
    {
      "file": "questions/01-who-may-ask.md",
      "key": "q"
    },
    {
      "file": "questions/02.json",
      "key": "r",
      "form": "blocks"
    }
  ]
}
"""


def test_a_usual_project_looks_like_this() -> None:
    files = write_project(usual())
    assert files[STRUCTURE].decode() == USUAL
    assert {name: data for name, data in files.items() if name != STRUCTURE} == {
        "tools/get_weather.json": b'{"name": "get_weather"}',
        "system/01-role.md": b"# Role\n\nBe exact.\n",
        "documents/gdpr.txt": b"Article 1\r\n",
        "documents/Contract.pdf": b"%PDF\xff",
        "turns/001-user.md": b"Hi",
        "turns/002-assistant.json": b"[]",
        "questions/01-who-may-ask.md": b"Who may ask?",
        "questions/02.json": b"[]",
    }
    assert next(iter(files)) == STRUCTURE


@given(projects())
def test_a_project_comes_back_as_it_was(project: Project) -> None:
    assert read_project(write_project(project)) == project


@given(projects())
def test_writing_is_the_same_each_time_and_names_every_file(project: Project) -> None:
    files = write_project(project)
    again = write_project(read_project(files))
    assert list(again.items()) == list(files.items())
    assert mentioned(files[STRUCTURE]) == tuple(files)[1:]
    assert files[STRUCTURE].endswith(b"}\n")
    assert b"\r" not in files[STRUCTURE]


@given(st.data(), projects())
def test_another_text_changes_the_bytes_of_its_file_alone(data: st.DataObject, project: Project) -> None:
    before = write_project(project)
    key = data.draw(st.sampled_from(list(project.draft.parts)))
    part, new = project.draft.part(key), data.draw(TEXTS)
    changed: Part = replace(part, text=new)
    if isinstance(part, Document) and part.media is not None:
        changed = replace(part, media=replace(part.media, data=new.encode()))
    after = write_project(with_paths(project.draft.with_part(changed), project.question, project.paths))
    assert list(after) == list(before)
    path = project.paths[key]
    assert after == {**before, path: new.encode()}


@given(st.data(), projects())
def test_another_order_changes_the_structure_file_alone(data: st.DataObject, project: Project) -> None:
    draft = project.draft
    moved = replace(
        draft,
        documents=tuple(data.draw(st.permutations(draft.documents))),
        turns=tuple(data.draw(st.permutations(draft.turns))),
        system=tuple(data.draw(st.permutations(draft.system))),
    )
    before, after = (
        write_project(with_paths(one, project.question, project.paths)) for one in (draft, moved)
    )
    assert {**after, STRUCTURE: b""} == {**before, STRUCTURE: b""}
    assert sorted(after[STRUCTURE].replace(b",", b"").splitlines()) == sorted(
        before[STRUCTURE].replace(b",", b"").splitlines()
    )


@given(projects())
def test_all_paths_work_on_every_system(project: Project) -> None:
    paths = list(project.paths.values())
    assert [fault_of(path) for path in paths] == [None] * len(paths)
    assert len({folded(path) for path in paths}) == len(paths)
    assert set(project.paths) == set(project.draft.parts)


@given(projects(), drafts())
def test_a_part_keeps_its_path_and_a_new_one_takes_no_other(project: Project, draft: Draft) -> None:
    old = {f"old {key}": path for key, path in project.paths.items()}
    kept = {key: project.paths[key] for key in draft.parts if key in project.paths}
    merged = with_paths(draft, "", {**old, **kept}, ["tools/get_weather.json", "documents/nul.txt"])
    for key, path in merged.paths.items():
        if key in kept:
            assert path == kept[key]
        else:
            assert folded(path) not in {folded(one) for one in (*old.values(), "tools/get_weather.json")}


def test_a_breakpoint_is_one_line_of_the_structure_file() -> None:
    project = usual()
    without = replace(project, draft=project.draft.with_part(replace(project.draft.system[0], ttl=None)))
    before, after = (write_project(one)[STRUCTURE].splitlines() for one in (without, project))
    assert set(after) - set(before) == {b'      "key": "s",', b'      "breakpoint": "1h"'}


def test_line_ends_and_odd_bytes_stay() -> None:
    nasty = "\ufeffa\r\nb\rc\u00a0\u2028\x00\ufdd0e\u0301😀"
    draft = Draft("m", 1, (SystemBlock("s", text(nasty)),))
    files = write_project(with_paths(draft, "", {}))
    (path,) = mentioned(files[STRUCTURE])
    assert files[path] == nasty.encode()


def test_a_hand_made_structure_needs_little() -> None:
    structure = b"""{"schema": "coldbyte.project/1", "model": "m", "max_tokens": 9,
      "system": [{"file": "Rules of the house.md"}],
      "questions": [{"file": "ask.md"}, {"file": "b/ask.md"}]}"""
    files = {
        STRUCTURE: structure,
        "Rules of the house.md": b"R",
        "ask.md": b"A",
        "b/ask.md": b"",
        "x": b"\xff",
    }
    assert read_project(files) == Project(
        Draft(
            "m",
            9,
            (SystemBlock("Rules of the house.md", text("R")),),
            questions=(Question("ask.md", text("A")), Question("b/ask.md")),
        ),
        "",
        {name: name for name in ("Rules of the house.md", "ask.md", "b/ask.md")},
    )


def test_two_branches_that_gave_a_key_twice_are_read() -> None:
    rows = [
        {"file": "a.md", "key": "new"},
        {"file": "b.md", "key": "new"},
        {"file": "new"},
        {"file": "b.md#2"},
    ]
    tree = {"schema": "coldbyte.project/1", "model": "m", "max_tokens": 9, "system": rows}
    project = read_project({STRUCTURE: json.dumps(tree).encode(), **{row["file"]: b"x" for row in rows}})
    assert list(project.paths) == ["new", "b.md", "new#2", "b.md#2"]
    assert read_project(write_project(project)) == project


def error_of(files: dict[str, bytes]) -> ProjectError:
    with pytest.raises(ProjectError) as caught:
        read_project(files)
    assert caught.value.remedy
    return caught.value


def structure(**fields: Any) -> bytes:
    rows = {"schema": "coldbyte.project/1", "model": "m", "max_tokens": 9, **fields}
    return json.dumps(rows, indent=1).encode()


def test_a_missing_file_is_named_with_the_line_that_names_it() -> None:
    files = write_project(usual())
    del files["documents/gdpr.txt"]
    error = error_of(files)
    assert error.file == STRUCTURE
    assert error.say == "The file “documents/gdpr.txt” is missing."
    assert USUAL.splitlines()[(error.line or 0) - 1].strip() == '"file": "documents/gdpr.txt",'


def test_a_name_that_differs_in_case_or_form_only_is_told() -> None:
    files = write_project(usual())
    files["Documents/GDPR.txt"] = files.pop("documents/gdpr.txt")
    assert "differ only in case or Unicode form" in error_of(files).say
    decomposed = {STRUCTURE: structure(system=[{"file": "caf\u00e9.md"}]), "cafe\u0301.md": b""}
    assert "“cafe\u0301.md”" in error_of(decomposed).say
    assert "“ColdByte.JSON”" in error_of({"ColdByte.JSON": b"{}"}).say
    with pytest.raises(ProjectError, match=r"there is “A\.md”"):
        read_project({STRUCTURE: structure(system=[{"file": "a.md"}])}, ["b.md", "A.md"])


def test_a_text_that_is_not_utf_8_is_told_with_byte_and_line() -> None:
    files = write_project(usual())
    files["documents/gdpr.txt"] = b"one\ntwo \xe9\n"
    error = error_of(files)
    assert (error.file, error.line, error.byte) == ("documents/gdpr.txt", 2, 8)
    assert "media_type" in error.remedy
    files["system/01-role.md"] = b"\xff\xfe"
    assert error_of(files).file == "system/01-role.md"


def test_a_folder_without_structure_file_is_no_project() -> None:
    error = error_of({"a.md": b""})
    assert (error.file, error.line) == (STRUCTURE, None)


def test_json_that_is_none_opens_and_is_told_with_file_and_line() -> None:
    broken = {
        "t": text('{\n  "name": "f",\n}'),
        "a": text("{}"),
        "r": text("[1"),
    }
    project = usual()
    for key, value in broken.items():
        project = replace(project, draft=project.draft.with_text(key, value))
    files = write_project(project)
    assert read_project(files) == project
    troubles = json_troubles(project)
    assert [(trouble.file, trouble.line) for trouble in troubles] == [
        ("tools/get_weather.json", 3),
        ("turns/002-assistant.json", 1),
        ("questions/02.json", 1),
    ]
    assert json_troubles(usual()) == ()
    assert json_troubles(replace(project, draft=project.draft.with_text("t", text("[]"))))[0].say == (
        "A tool has to be a JSON object."
    )
    empty = replace(usual(), draft=usual().draft.with_text("t", EMPTY))
    assert json_troubles(empty) == ()


@pytest.mark.parametrize("path", ["../a.md", "coldbyte.json", ".git/config", "a\\b"])
def test_no_path_that_leaves_the_project_is_written(path: str) -> None:
    project = usual()
    with pytest.raises(ProjectError):
        write_project(replace(project, paths={**project.paths, "s": path}))


def test_no_file_is_written_for_two_parts() -> None:
    project = usual()
    for path in ("documents/GDPR.txt", "documents/gdpr.txt", "documents/gdpr.txt/a.md", "documents"):
        for key in ("s", "q"):  # before and behind the part that has the file
            with pytest.raises(ProjectError):
                write_project(replace(project, paths={**project.paths, key: path}))


def test_ten_thousand_documents_of_one_name_have_ten_thousand_files() -> None:
    same = Media("image/png", b"x")
    documents = tuple(Document(f"d{n}", "scan.png", media=same) for n in range(10_000))
    project = with_paths(Draft("m", 1, documents=documents), "", {})
    files = write_project(project)
    assert len(files) == 10_001
    assert project.paths["d9999"] == "documents/scan-10000.png"
    assert read_project(files) == project


def test_a_new_project_tells_git_to_keep_the_line_ends() -> None:
    assert COMPANIONS[".gitattributes"].splitlines()[-1] == b"* -text"
    assert all(name not in write_project(usual()) for name in COMPANIONS)
