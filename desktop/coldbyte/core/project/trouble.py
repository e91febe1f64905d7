"""What is wrong with a project's files, in words for people."""

from __future__ import annotations


class ProjectError(ValueError):
    """A folder that holds no project, or one that can't be read as a whole.

    `file` is relative to the folder, `line` counts from 1 and `byte` from 0, both in that file; None where
    no place is to blame. `say` is what is wrong, `remedy` what helps.
    """

    def __init__(
        self, file: str, say: str, remedy: str, line: int | None = None, byte: int | None = None
    ) -> None:
        super().__init__(f"{file}, line {line:,}: {say}" if line is not None else f"{file}: {say}")
        self.file = file
        self.line = line
        self.byte = byte
        self.say = say
        self.remedy = remedy
