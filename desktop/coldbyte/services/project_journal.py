"""Several files of a folder put in place at once. Everything here blocks: call it in a thread.

New bytes are written into a folder of ours inside the project, `.coldbyte-save`, and brought to the disk.
Then a journal that lists them gets its name: from that moment on the save has happened, whatever happens
next. Then each file is renamed into its place, and the journal goes. Who finds a journal goes on where it
was left; who finds the folder without one throws it away, and no file of the project was touched.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from uuid import uuid4

from coldbyte.services.text_file import FileTrouble, dress

STAGE = ".coldbyte-save"
_JOURNAL = "journal.json"
_UNBORN = "journal.tmp"
_AT_ONCE = 16  # files that are brought to the disk at the same time


@dataclass(frozen=True, slots=True)
class Step:
    """What a save does to one file; hashes of its bytes before and after, None where it is not there."""

    path: str
    old: str | None
    new: str | None
    staged: str = ""  # its name in the stage; empty where the file goes away


def digest(data: bytes) -> str:
    """The fingerprint of a file's bytes."""
    return sha256(data).hexdigest()


class Places:
    """Where the paths of a project really lie, for one reading or one save: links may change between two."""

    def __init__(self, folder: Path) -> None:
        self._root = Path(os.path.realpath(folder))
        self._parents: dict[str, Path] = {}

    def of(self, path: str) -> Path:
        """The real place of a path. Raise FileTrouble where it is outside the folder."""
        parent, _, name = path.rpartition("/")
        if parent not in self._parents:
            self._parents[parent] = Path(os.path.realpath(self._root / parent))
        real = self._parents[parent] / name
        if real.is_symlink():
            real = Path(os.path.realpath(real))
        if self._root not in real.parents or name == "..":
            say = f"{path} leads out of the project's folder, so it is neither read nor written."
            raise FileTrouble(say, remedy="Put a copy of the file into the project's folder.")
        return real


def read_if_there(file: Path) -> bytes | None:
    """The bytes of a regular file, None where there is none. Raise OSError, FileTrouble."""
    try:
        descriptor = os.open(file, _READ)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with os.fdopen(descriptor, "rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise FileTrouble(f"{file} is not a file.", remedy="Move it out of the way.")
        return source.read()


def pending(folder: Path) -> dict[str, Path | None]:
    """Of a save that was not finished, or still runs: where the new bytes of a file lie, None for one that
    goes.

    Files that are in place already are not among them.
    """
    stage = folder / STAGE
    steps = _read_journal(stage)
    waiting = {step.path: stage / step.staged for step in steps if step.staged}
    gone: dict[str, Path | None] = {step.path: None for step in steps if not step.staged}
    return {**gone, **{path: file for path, file in waiting.items() if file.exists()}}


def commit(
    folder: Path, changes: Mapping[str, bytes | None], old: Mapping[str, str | None]
) -> tuple[str, ...]:
    """Write and remove files, all or nothing; `old` are the hashes of what stands there now.

    Return remarks about files that another program changed at the same moment; these are left as they are.
    Raise OSError: before the journal has its name nothing has happened, afterwards `mend` goes on.
    """
    stage = folder / STAGE
    stage.mkdir(mode=0o700)
    made: list[Path] = []
    try:
        steps = [
            Step(path, old.get(path), digest(data) if data is not None else None, _staged(index, data))
            for index, (path, data) in enumerate(changes.items())
        ]
        _write_all(folder, stage, steps, changes, made)
        _write(stage / _UNBORN, json.dumps([asdict(step) for step in steps]).encode())
        _flush((stage / _UNBORN,))
        _flush_folders((stage, folder))
        (stage / _UNBORN).rename(stage / _JOURNAL)
        _flush_folders((stage,))
    except BaseException:
        with suppress(OSError):
            _drop(stage)
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()
        raise
    return _finish(folder, stage, steps)


def mend(folder: Path) -> tuple[str, ...]:
    """Finish what an earlier save left, or take it back where it had not happened. Raise OSError.

    Return remarks about files that another program changed meanwhile; these are left as they are.
    """
    remarks: list[str] = []
    for stage in sorted(folder.glob(f"{STAGE}*")):
        if not stage.is_dir() or stage.is_symlink():
            continue
        aside = stage
        if not (stage / _JOURNAL).exists():
            # Taken away under another name first: a program on another machine may be about to commit it.
            aside = folder / f"{STAGE}-{uuid4().hex}"
            try:
                stage.rename(aside)
            except FileNotFoundError:
                continue
        steps = _read_journal(aside)
        with suppress(FileNotFoundError):  # a program on another machine did it at the same time
            remarks += _finish(folder, aside, steps) if steps else ()
        _drop(aside)
    return tuple(remarks)


def _staged(index: int, data: bytes | None) -> str:
    return str(index) if data is not None else ""


def _write_all(
    folder: Path, stage: Path, steps: Iterable[Step], changes: Mapping[str, bytes | None], made: list[Path]
) -> None:
    """Bring all new bytes to the disk, with the permissions of the files that they replace."""
    staged = []
    places = Places(folder)
    for step in steps:
        target = places.of(step.path)
        data = changes[step.path]
        if data is None:
            _check_parent(target, stage)
            continue
        _make_parents(target.parent, made)
        _check_parent(target, stage)
        known = target.stat() if target.exists() else None
        if known is not None and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "write-protected", str(target))
        _write(stage / step.staged, data, 0o666 if known is None else 0o600)
        if known is not None:
            dress(stage / step.staged, known)
        staged.append(stage / step.staged)
    _flush(staged)
    _flush_folders({folder.parent for folder in made})


def _make_parents(parent: Path, made: list[Path]) -> None:
    missing = []
    while not parent.exists():
        missing.append(parent)
        parent = parent.parent
    for folder in reversed(missing):
        folder.mkdir()
        made.append(folder)


def _check_parent(target: Path, stage: Path) -> None:
    """Find out before the commit what would stop the rename behind it."""
    if not os.access(target.parent, os.W_OK):
        raise PermissionError(errno.EACCES, "write-protected", str(target.parent))
    if target.parent.stat().st_dev != stage.stat().st_dev:
        say = f"{target.parent} lies on another disk than the rest of the project."
        raise FileTrouble(say, remedy="Save the project in another folder.")


def _finish(folder: Path, stage: Path, steps: Iterable[Step]) -> tuple[str, ...]:
    """Do what the journal says, as far as it was not done. Removing comes first: where case makes no
    difference, the old name of a file may be the new one of another.
    """
    remarks: list[str] = []
    parents = set()
    places = Places(folder)
    for step in sorted(steps, key=lambda step: bool(step.staged)):
        target = places.of(step.path)
        with suppress(FileNotFoundError):  # done already, here or on another machine
            remarks += _put(stage, step, target) if step.staged else _remove(folder, step, target)
        parents.add(target.parent)
    _flush_folders(parent for parent in parents if parent.exists())
    (stage / _JOURNAL).unlink()  # it is not there where the folder has vanished: nothing was saved then
    _drop(stage)
    _flush_folders((folder,))
    return tuple(remarks)


def _put(stage: Path, step: Step, target: Path) -> Iterator[str]:
    source = stage / step.staged
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    now = read_if_there(target)
    if now is None or digest(now) in (step.old, step.new):
        source.replace(target)
        return
    beside = _beside(target)
    source.rename(beside)
    yield (
        f"{step.path} was changed by another program while it was saved. It was left as it is; "
        f"what you saved stands beside it as {beside.name}."
    )


def _remove(folder: Path, step: Step, target: Path) -> Iterator[str]:
    now = read_if_there(target)
    if now is None:
        return
    if digest(now) != step.old:
        yield f"{step.path} is no longer part of the project, but another program changed it: it was left."
        return
    (folder / step.path).unlink()
    with suppress(OSError):  # a folder with something else in it
        for parent in (folder / step.path).parents:
            if parent == folder:
                break
            parent.rmdir()


def _beside(target: Path) -> Path:
    names = (target.with_name(f"{target.stem}.saved-{n}{target.suffix}") for n in count(1))
    return next(path for path in names if not path.exists())


def _read_journal(stage: Path) -> tuple[Step, ...]:
    data = read_if_there(stage / _JOURNAL)
    return tuple(Step(**step) for step in json.loads(data)) if data is not None else ()


def _drop(stage: Path) -> None:
    """Remove a stage, the journal first: without it the rest means nothing."""
    for name in (_JOURNAL, _UNBORN):
        (stage / name).unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        for file in list(stage.iterdir()):
            file.unlink(missing_ok=True)
        stage.rmdir()


def _write(file: Path, data: bytes, mode: int = 0o600) -> None:
    with os.fdopen(os.open(file, _CREATE, mode), "wb") as target:
        target.write(data)


def _flush(files: Iterable[Path]) -> None:
    """Bring files to the disk, several at a time: the disk takes them together, which is faster."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(_flush_file, files):
            pass


def _flush_file(file: Path) -> None:
    descriptor = os.open(file, _APPEND)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _flush_folders(folders: Iterable[Path]) -> None:
    """Bring names to the disk; only Unix lets us."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
_APPEND = os.O_WRONLY | os.O_APPEND | _BINARY
