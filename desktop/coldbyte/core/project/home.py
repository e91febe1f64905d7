"""Where a project lies, and what was found there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from coldbyte.core.project.project import Project

Fingerprints = Mapping[str, str | None]
"""Path -> hash of the file's bytes, None where it is missing; of all files that the structure names."""


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A project as it was just read or written; `remarks` are for the user."""

    project: Project
    fingerprints: Fingerprints
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectHome:
    """The folder of the open project and what a working copy has to know to find outside changes later.

    `paths` are the files of the parts by key, `fingerprints` those of what was last saved or loaded.
    """

    folder: str
    fingerprints: Fingerprints = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
