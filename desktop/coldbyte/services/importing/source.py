"""A file as it is read for an import: in blocks, with progress, cancelled within one block."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from coldbyte.services.importing.importer import ImportCancelledError, ImportTroubleError

BLOCK = 256 * 1024
"""Bytes that are read at a time."""
LONGEST = 128 * 1024 * 1024
"""Bytes of the longest line or document that is read: the API takes requests of 32 MB."""
BOM = b"\xef\xbb\xbf"


class WatchedStream(io.RawIOBase):
    """A seekable stream that tells how far it was read, and raises ImportCancelledError when asked to stop.

    `progress` is given the furthest byte that was read; `cancelled` is asked before each block. What the
    file itself raises becomes ImportTroubleError.
    """

    def __init__(
        self, inner: BinaryIO, progress: Callable[[int], None], cancelled: Callable[[], bool]
    ) -> None:
        super().__init__()
        self._inner, self._progress, self._cancelled = inner, progress, cancelled
        self._furthest = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        """Fill at most one block."""
        if self._cancelled():
            raise ImportCancelledError
        try:
            data = self._inner.read(min(len(buffer), BLOCK))
            place = self._inner.tell()
        except OSError as error:
            say = f"The file can't be read any further: {error.strerror or error}."
            raise ImportTroubleError(say, "Check the disk or the network, and try again.") from None
        buffer[: len(data)] = data
        self._furthest = max(self._furthest, place)
        self._progress(self._furthest)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte."""
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        """The byte that is read next."""
        return self._inner.tell()


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end: it starts at `byte` and is the `number`th, from 1. `data` is None for one that
    is longer than `LONGEST`.
    """

    number: int
    byte: int
    data: bytes | None
    size: int


def lines(stream: BinaryIO, longest: int = LONGEST) -> Iterator[Line]:
    """The lines of a stream from where it stands; of a too long one nothing is kept."""
    number, start = 1, 0
    parts: list[bytes] = []
    size = 0
    while block := stream.read(BLOCK):
        place = 0
        while (end := block.find(b"\n", place)) >= 0:
            if size <= longest:
                parts.append(block[place:end])
            size += end - place
            yield _line(number, start, parts, size, longest)
            number, start = number + 1, start + size + 1
            parts, size, place = [], 0, end + 1
        size += len(block) - place
        if size > longest:
            parts.clear()
        else:
            parts.append(block[place:])
    if size:
        yield _line(number, start, parts, size, longest)


def read_whole(stream: BinaryIO, longest: int = LONGEST) -> bytes:
    """All bytes from where the stream stands. Raise ImportTroubleError for more than `longest`."""
    parts: list[bytes] = []
    size = 0
    while block := stream.read(BLOCK):
        size += len(block)
        if size > longest:
            say = f"The file is larger than {longest // 2**20} MB, and holds one document only."
            raise ImportTroubleError(say, "The API takes requests of up to 32 MB; split the file.", longest)
        parts.append(block)
    return b"".join(parts)


def _line(number: int, start: int, parts: list[bytes], size: int, longest: int) -> Line:
    data = b"".join(parts).removesuffix(b"\r") if size <= longest else None
    return Line(number, start, data, size)
