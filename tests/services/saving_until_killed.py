"""Saves versions of a project, and dies: at a step that is told, or whenever somebody kills it.

Usage: FOLDER STEP: before the STEPth time that a file or folder is touched, end at once (exit 9). With
`error` behind it that step fails instead, as on a full disk: exit 8 where the save failed, 7 where it came
about all the same. Exit 0 where there are fewer steps. Step 0 saves without end, a line for each version.
"""

from __future__ import annotations

import errno
import os
import sys
from itertools import count
from pathlib import Path

from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.project.home import OnDisk
from coldbyte.core.project.project import Project
from coldbyte.core.text.text import Text
from coldbyte.services.project_folder import ProjectFolder
from coldbyte.services.text_file import FileTrouble

TOUCHES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.chown"}


def version(number: int) -> Project:
    """A project whose every file tells its number; parts come and go."""
    name = f"version {number}\n"
    blocks = tuple(SystemBlock(f"s{n}", Text.from_str(name * (n * 999 + 1))) for n in range(1 + number % 3))
    documents = (Document(f"d{number}", f"of {number}", Text.from_str(name)),)
    draft = Draft(f"model-{number}", 1 + number, blocks, documents, (Question("q", Text.from_str(name)),))
    return Project(draft, "q", {})


def number_of(project: Project) -> int:
    """Which version a project is; AssertionError for a mixture."""
    number = project.draft.max_tokens - 1
    assert project.draft == version(number).draft
    return number


def save(folder: Path, number: int, there: OnDisk | None) -> OnDisk:
    """Put a version in place of the one before."""
    return ProjectFolder().save(folder, version(number), there.fingerprints if there else {})


def main() -> None:
    """Do as told."""
    folder, step, fails = Path(sys.argv[1]), int(sys.argv[2]), "error" in sys.argv
    there = ProjectFolder().load(folder)
    number = number_of(there.project)
    left = count(step, -1)

    def touch(event: str, arguments: tuple[object, ...]) -> None:
        if event in TOUCHES and str(arguments[0]).startswith(str(folder)) and next(left) == 1:
            if fails:
                raise OSError(errno.ENOSPC, "No space left on device", str(arguments[0]))
            os._exit(9)

    if step:
        sys.addaudithook(touch)
        try:
            save(folder, number + 1, there)
        except FileTrouble as trouble:
            print(trouble.say, trouble.remedy, flush=True)
            os._exit(8)
        os._exit(7 if next(left) < 1 else 0)
    while True:
        number += 1
        there = save(folder, number, there)
        print(number, flush=True)


if __name__ == "__main__":
    main()
