"""Two windows on one project: the second is told.

The lock is a file in the user's data folder, named after the folder's real path. In the project's folder it
would get into people's git, could not be made in a read-only one, and on a network would outlive its
machine. So it holds among the windows of one user on one machine; elsewhere the fingerprints of the files
keep anything from being overwritten. The system frees it when its process ends, however that ends.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_LOCKED_BYTE = 4096  # beyond what is written: Windows keeps others from reading a locked byte


class ProjectLock:
    """The lock of one folder, held until `release` or the end of the process."""

    def __init__(self, descriptor: int, file: Path) -> None:
        self._descriptor = descriptor
        self._file = file

    def release(self) -> None:
        """Let another window have the project. A second call changes nothing."""
        if self._descriptor < 0:
            return
        if sys.platform != "win32":  # there an open file can't be removed
            with suppress(OSError):
                self._file.unlink()
        os.close(self._descriptor)
        self._descriptor = -1


class ProjectLocks:
    """Where the locks of a user lie."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, project: Path) -> ProjectLock | None:
        """The lock, None where another window has it. Raise OSError where locks can't be kept."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = os.path.normcase(os.path.realpath(project))
        file = self._folder / f"{sha256(name.encode(errors='surrogateescape')).hexdigest()[:32]}.lock"
        while True:
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                _try_lock(descriptor)
            except (BlockingIOError, PermissionError):  # the latter is how Windows says it
                os.close(descriptor)
                return None
            except OSError:
                os.close(descriptor)
                raise
            if _is_same(descriptor, file):
                return ProjectLock(descriptor, file)
            os.close(descriptor)  # it was removed by the window that had it, just before it was locked here


def _is_same(descriptor: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except FileNotFoundError:
        return False
