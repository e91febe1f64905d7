"""Files, folders and texts that are imported: which format each is of, and what all of them hold. Blocks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from coldbyte.core.history.kept_exchange import KeptExchange, Remark
from coldbyte.core.rule.leftover import counted
from coldbyte.services.importing.importer import HEAD_BYTES, ImportTroubleError
from coldbyte.services.importing.registry import importer_for
from coldbyte.services.importing.source import BLOCK, WatchedStream

_ENDINGS = (".json", ".jsonl", ".ndjson", ".har", ".sh", ".txt", ".curl", ".flow", ".flows", ".mitm", ".lhar")
_ENDINGS_OF_CODE = (".py", ".ps1", ".bat", ".log")
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PastedText:
    """A text that is imported as if it were a file of this name."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Piece:
    name: str
    size: int
    open: Callable[[], BinaryIO]
    wanted: bool


def read_sources(
    sources: Sequence[Path | PastedText], tell: Tell, cancelled: Callable[[], bool]
) -> Iterator[KeptExchange | Remark]:
    """What stands in files, in all files of folders, and in texts.

    `tell` is given the bytes that were read so far and those that there are. What can't be read is a remark.
    Raise ImportCancelledError where `cancelled` says so.
    """
    pieces: list[_Piece] = []
    for source in sources:
        try:
            pieces += _pieces(source)
        except OSError as error:
            yield Remark(str(source), f"It can't be read: {error.strerror or error}.", "unknown")
    total, before, foreign = sum(piece.size for piece in pieces), 0, 0
    for piece in pieces:
        try:
            with piece.open() as file:
                stream: BinaryIO = io.BufferedReader(
                    WatchedStream(file, partial(_tell, tell, before, total), cancelled), BLOCK
                )
                head = _head(stream)
                importer = importer_for(head, piece.name)
                if importer is not None:
                    yield from importer.read(stream, piece.name)
                elif piece.wanted:
                    say = "It is of no format that can be imported." if head.strip() else "The file is empty."
                    yield Remark(piece.name, say, "unknown")
                else:
                    foreign += 1
        except ImportTroubleError as trouble:
            yield Remark(piece.name, f"{trouble.say} {trouble.remedy}".strip(), "unknown", trouble.line)
        except OSError as error:
            yield Remark(piece.name, f"It can't be read: {error.strerror or error}.", "unknown")
        before += piece.size
        tell(before, total)
    if foreign:
        yield Remark("", f"Left out: {counted(foreign, 'file')} of other formats.", "unknown")


def _tell(tell: Tell, before: int, total: int, done: int) -> None:
    tell(before + done, total)


def _head(stream: BinaryIO) -> bytes:
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return head


def _pieces(source: Path | PastedText) -> Iterator[_Piece]:
    """The files that a source stands for. Raise OSError."""
    if isinstance(source, PastedText):
        yield _Piece(source.name, len(source.data), lambda: io.BytesIO(source.data), wanted=True)
    elif source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.suffix.lower() in _ENDINGS + _ENDINGS_OF_CODE and path.is_file():
                name = path.relative_to(source).as_posix()
                yield _piece(path, name, wanted=False)
    elif source.is_file():
        yield _piece(source, source.name, wanted=True)
    else:
        source.stat()  # says what is wrong with it
        raise OSError(0, "it is neither a file nor a folder")


def _piece(path: Path, name: str, *, wanted: bool) -> _Piece:
    return _Piece(name, path.stat().st_size, lambda: path.open("rb"), wanted)
