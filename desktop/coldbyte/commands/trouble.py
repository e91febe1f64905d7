"""What is wrong with an input or an argument: the reason for exit code 2."""

from __future__ import annotations


class InputTrouble(Exception):
    """An input that can't be used. `message` is a whole sentence for people.

    `file` is the input as it was given, `byte` counts from 0 and `line` from 1 in the file, `path` names the
    place in the JSON; each is None where it does not apply.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        byte: int | None = None,
        line: int | None = None,
        path: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.byte = byte
        self.line = line
        self.path = path
