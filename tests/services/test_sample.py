"""The sample is a project as Coldbyte itself would write it."""

from __future__ import annotations

from coldbyte.core.project.project import STRUCTURE, mentioned, read_project, write_project
from coldbyte.services import resources
from coldbyte.services.sample import read_sample


def test_the_sample_is_a_project_that_is_written_as_it_is() -> None:
    folder = resources.folder() / "sample"
    structure = (folder / STRUCTURE).read_bytes()
    files = {path: (folder / path).read_bytes() for path in (STRUCTURE, *mentioned(structure))}
    project = read_project(files)
    assert write_project(project) == files
    assert project.draft == read_sample()
    assert project.question == "question-1"
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert there - set(files) == {"SOURCES.md"}


def test_the_sample_has_a_cached_document_and_four_questions() -> None:
    draft = read_sample()
    assert [document.ttl for document in draft.documents] == ["5m"]
    assert list(draft.parts) == ["system-1", "document-1", *(f"question-{n}" for n in range(1, 5))]
