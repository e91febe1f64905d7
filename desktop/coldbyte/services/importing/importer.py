"""What an importer of one file format is, and the two ways in which reading a file may end early."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from coldbyte.core.history.kept_exchange import KeptExchange, Remark

HEAD_BYTES = 64 * 1024
"""So many first bytes of a file are shown to `Importer.fits`."""


class ImportTroubleError(Exception):
    """A file can't be read any further; what was read until then stands.

    `byte` counts from 0, `line` from 1; None where the place is not known. `say` never holds a secret.
    """

    def __init__(self, say: str, remedy: str = "", byte: int | None = None, line: int | None = None) -> None:
        super().__init__(say)
        self.say = say
        self.remedy = remedy
        self.byte = byte
        self.line = line


class ImportCancelledError(Exception):
    """The user cancelled. A stream may raise it from any reading; importers let it pass."""


class Importer(Protocol):
    """Reads one file format. `name` is for people: "cURL command"."""

    name: str

    def fits(self, head: bytes, file_name: str) -> bool:
        """Whether a file with these first `HEAD_BYTES` is of this format; the content decides."""
        ...

    def read(self, stream: BinaryIO, file_name: str) -> Iterator[KeptExchange | Remark]:
        """What stands in a file, in its order, and what has to be said of it.

        The stream is seekable and stands at its start. Raise ImportTroubleError where the file can't be read;
        nothing else escapes but what the stream raises: ImportCancelledError.
        """
        ...
