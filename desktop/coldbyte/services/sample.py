"""The sample that a newcomer finds open: a project like any other."""

from __future__ import annotations

from coldbyte.core.draft import Draft
from coldbyte.core.project.project import STRUCTURE, mentioned, read_project
from coldbyte.services import resources


def read_sample() -> Draft:
    """The draft of `resources/sample`, its files byte for byte."""
    structure = _file(STRUCTURE)
    return read_project({STRUCTURE: structure, **{path: _file(path) for path in mentioned(structure)}}).draft


def _file(path: str) -> bytes:
    return resources.data(f"sample/{path}")
