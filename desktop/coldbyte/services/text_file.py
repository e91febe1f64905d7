"""Texts from and to files, byte for byte. Everything here blocks: call it in a thread."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from coldbyte.core.text.text import LoneSurrogateError, Text

_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LEGACY = ("cp1252", "cp932", "gb18030", "euc_kr", "cp1251", "latin-1")
_SAMPLE = 65536  # bytes that are looked at for the pattern of zeros


class FileTrouble(OSError):
    """Why a file could not be read or written, in plain words with the remedy."""

    def __init__(self, say: str, *, remedy: str = "") -> None:
        super().__init__(say)
        self.say = say
        self.remedy = remedy


def read_text(path: Path) -> Text:
    """The text of a file, every byte kept. Raise NotUtf8Error with the offset, or FileTrouble."""
    return Text.from_bytes(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """All bytes of a regular file; another kind might never end. Raise FileTrouble."""
    try:
        # Without O_NONBLOCK, opening a pipe would wait for its other end.
        with os.fdopen(os.open(path, _READ), "rb") as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return file.read()
    except OSError as error:
        raise _trouble(error, path, "read") from None
    raise _not_a_file(path)


def decode_as(source: bytes | Path, encoding: str) -> Text:
    """The characters of bytes, or of a file, in another encoding. Raise FileTrouble.

    A mark at the start of UTF-16 or UTF-32 names the byte order and is not part of the text.
    """
    data = read_bytes(source) if isinstance(source, Path) else source
    try:
        return Text.from_str(data.decode(encoding))
    except LookupError:
        say = f"There is no text encoding called {encoding}."
    except UnicodeDecodeError as error:
        say = f"These bytes are not {encoding}: byte {error.start:,} can't be read ({error.reason})."
    except (UnicodeError, LoneSurrogateError) as error:
        say = f"These bytes are not {encoding}: {error}."
    raise FileTrouble(say, remedy="Choose another encoding.")


def guesses(data: bytes) -> tuple[str, ...]:
    """Encodings that can decode bytes which are not UTF-8, the likeliest first; never empty.

    Nearly all bytes are valid in several of them, so the user has to look at the result.
    """
    likely = (*_by_mark(data), *_by_zeros(data[:_SAMPLE]), *_LEGACY)
    return tuple(encoding for encoding in dict.fromkeys(likely) if _decodes(data, encoding))


def write_text(path: Path, text: Text) -> None:
    """Put the text's bytes into a file; see `write_bytes`."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Put bytes into a file, which holds either all of the old bytes or all of the new ones.

    A symbolic link stays and its target is written; permissions stay. Raise FileTrouble, then the old file is
    untouched.
    """
    with replacing(path) as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file to write, which takes the place of another one when the block ends; see `write_bytes`."""
    try:
        target = _resolved(path)
        old = _stat(target)
        if old is not None and not stat.S_ISREG(old.st_mode):
            raise _not_a_file(path)
        if old is not None and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "write-protected")
        with _new_file(target, old) as file:
            yield file
    except FileTrouble:
        raise
    except OSError as error:
        raise _trouble(error, path, "written") from None


@contextmanager
def _new_file(target: Path, old: os.stat_result | None) -> Iterator[BinaryIO]:
    new = target.with_name(f".coldbyte-{uuid4().hex}.tmp")
    descriptor = os.open(new, _CREATE, 0o666 if old is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if old is not None:
            dress(new, old)
        new.replace(target)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def dress(new: Path, old: os.stat_result) -> None:
    """Give the new file the owner, as far as we may, and the permissions of the old one."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(new, old.st_uid, old.st_gid)
    new.chmod(stat.S_IMODE(old.st_mode))


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except RuntimeError:  # a link that leads to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _by_mark(data: bytes) -> tuple[str, ...]:
    return tuple(encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark))


def _by_zeros(sample: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark: in most languages one byte of each pair is often zero, and the other never."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 5 < len(sample) // 2 or min(even, odd) * 10 > max(even, odd) or not sample:
        return ()
    return ("utf-16-le",) if odd > even else ("utf-16-be",)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        decode_as(data, encoding)
    except FileTrouble:
        return False
    return True


def _trouble(error: Exception, path: Path, done: str) -> FileTrouble:
    match error:
        case FileNotFoundError():
            return FileTrouble(f"{path} does not exist.", remedy="Choose another file or folder.")
        case IsADirectoryError():
            return _not_a_file(path)
        case PermissionError():
            return FileTrouble(f"{path} can't be {done}: no permission.", remedy=_ELSEWHERE[done])
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return FileTrouble(f"{path} can't be {done}: the disk is full.", remedy=_ELSEWHERE[done])
        case OSError(strerror=str(reason)):
            return FileTrouble(f"{path} can't be {done}: {reason}.", remedy=_ELSEWHERE[done])
        case _:
            return FileTrouble(f"{path} can't be {done}: {error}.", remedy=_ELSEWHERE[done])


def _not_a_file(path: Path) -> FileTrouble:
    return FileTrouble(f"{path} is not a file.", remedy="Choose a file.")


_ELSEWHERE = {
    "read": "Check the file's permissions, or choose another file.",
    "written": "Save it in another folder. The old file is untouched.",
}
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
