"""The files of the working copy. Everything here blocks; only the user can read what it writes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from io import FileIO
from itertools import count
from pathlib import Path
from uuid import uuid4

from coldbyte.services.text_file import FileTrouble

NEW = ".new"
"""How the name of a file ends that is being written; one that is left over is of no use."""


class JournalFile:
    """The file that is appended to. Raises OSError; after that it has to be replaced or resumed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None

    def resume(self, end: int) -> None:
        """Go on behind the byte `end`; what is there now was never whole."""
        self.close()
        # Not "ab": Windows could not cut it off.
        self._file = FileIO(os.open(self._path, os.O_RDWR | _BINARY), "r+b")
        if self._file.seek(0, os.SEEK_END) != end:
            self._file.truncate(end)
            self._file.seek(end)

    def append(self, runs: Sequence[bytes]) -> None:
        """Write and bring to the disk."""
        if self._file is None or os.fstat(self._file.fileno()).st_nlink == 0:
            self.close()
            raise OSError(errno.ENOENT, "the file is gone")
        try:
            _write(self._file, b"".join(runs))
            os.fsync(self._file.fileno())
        except OSError:
            self.close()  # nobody knows how far it came
            raise

    def give_way(self, new: Path) -> None:
        """Let another file take the place of this one, which is to be resumed then."""
        self.close()  # Windows replaces no open file
        new.replace(self._path)
        sync_folder(self._path.parent)

    def close(self) -> None:
        """Give it back."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()


def write_new(path: Path, runs: Iterable[bytes]) -> tuple[Path, int]:
    """Write a file that shall take the place of `path`, and bring it to the disk; its path and bytes."""
    new = path.with_name(f"{path.name}-{uuid4().hex}{NEW}")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
    try:
        with os.fdopen(descriptor, "wb", _BUFFER) as file:
            size = sum(map(file.write, runs))
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        remove(new)
        raise
    return new, size


def extend(path: Path, runs: Sequence[bytes]) -> int:
    """Write more behind the end of a file, and bring it to the disk; the bytes written."""
    with FileIO(os.open(path, os.O_WRONLY | os.O_APPEND | _BINARY), "ab") as file:
        data = b"".join(runs)
        _write(file, data)
        os.fsync(file.fileno())
    return len(data)


def write_whole(path: Path, runs: Iterable[bytes]) -> None:
    """Write a file, all or nothing."""
    new, _ = write_new(path, runs)
    try:
        new.replace(path)
    except BaseException:
        remove(new)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can."""
    if os.name == "posix":
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, if that works."""
    with suppress(OSError):
        path.unlink()


def set_aside(path: Path, *, leave: bool = False) -> Path:
    """Give a damaged file another name, beside its own where it shall be left; the name. Raises OSError."""
    stem, end = f"{path.stem}-damaged-", path.suffix
    known = next((same for same in path.parent.glob(f"{stem}*{end}") if same.samefile(path)), None)
    if known is not None and leave:
        return known
    names = (path.with_name(f"{stem}{number}{end}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    if not leave:
        path.replace(aside)
        return aside
    try:
        aside.hardlink_to(path)  # which takes no room on a full disk
    except OSError:
        write_whole(aside, [path.read_bytes()])
    return aside


def why_unwritable(folder: Path) -> str:
    """Why no file can be written in a folder; empty where one can."""
    try:
        probe, _ = write_new(folder / "probe", [bytes(4_096)])
    except OSError as error:
        return _reason(error)
    remove(probe)
    return ""


def trouble_of(error: OSError) -> FileTrouble:
    """What to tell the user."""
    if isinstance(error, FileTrouble):
        return error
    say = f"What you type can't be kept: {_reason(error)}."
    return FileTrouble(say, remedy="It is tried again all the time; until it works, a crash would lose it.")


def _reason(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "the disk is full"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "the folder is write-protected"
        case _:
            return error.strerror or type(error).__name__


def _write(file: FileIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]


_BUFFER = 65_536  # bytes
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
