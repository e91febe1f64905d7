"""A project on disk: read, looked at and saved. Everything here blocks: call it in a thread.

Only the files that the structure names are ever read, written or removed.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from coldbyte.core.project.file_name import folded
from coldbyte.core.project.home import Fingerprints, OnDisk
from coldbyte.core.project.project import (
    COMPANIONS,
    Project,
    mentioned,
    read_project,
    with_paths,
    write_project,
)
from coldbyte.core.project.structure import STRUCTURE
from coldbyte.core.project.trouble import ProjectError
from coldbyte.services.project_journal import Places, commit, digest, mend, pending, read_if_there
from coldbyte.services.text_file import FileTrouble

_TRIES = 50  # readings of a folder that another program is writing


class ChangedOutsideError(FileTrouble):
    """Another program changed files since they were read or saved; nothing was written."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        some = ", ".join(paths[:3]) + (f" and {len(paths) - 3:,} more" if len(paths) > 3 else "")
        super().__init__(f"Another program changed {some}.", remedy="Nothing was overwritten.")
        self.paths = paths


class BrokenProjectError(FileTrouble):
    """The files are there, but they are no project."""


class ProjectFolder:
    """Loads, looks at and saves the project of any folder."""

    def load(self, folder: Path, *, mine: bool = True) -> OnDisk:
        """Read the project. `mine`: this window holds its lock, and so may finish a save that was cut off.

        Raise FileTrouble: BrokenProjectError where the files make no project.
        """
        with _told(folder, "read"):
            remarks = mend(folder) if mine and folder.is_dir() and os.access(folder, os.W_OK) else ()
            files = _read_at_once(folder)
            project = read_project({path: data for path, data in files.items() if data is not None})
        return OnDisk(project, _fingerprints(files), remarks)

    def look(self, folder: Path, known: Fingerprints) -> tuple[str, ...]:
        """The paths whose bytes are others than those known, and those that the structure names anew.

        Raise FileTrouble where the folder can't be read.
        """
        now = self.fingerprints(folder, known)
        return tuple(path for path in now if known.get(path) != now[path])

    def fingerprints(self, folder: Path, known: Fingerprints) -> Fingerprints:
        """Those of now, of all files that are known or that the structure names, though it may be broken.

        Raise FileTrouble where the folder can't be read.
        """
        with _told(folder, "read"):
            try:
                now = _fingerprints(_read_at_once(folder))
            except ProjectError:
                now = {}
            places = Places(folder)
            return {path: now[path] if path in now else _hash_of(places, path) for path in (*known, *now)}

    def save(self, folder: Path, project: Project, known: Fingerprints) -> OnDisk:
        """Put the project in place of what is known to lie in the folder, all or nothing.

        Parts without a file are given one that nobody has. Files that did not change are not written. Raise
        ChangedOutsideError where other bytes lie there than those known, FileTrouble for everything else;
        then the old project is untouched.
        """
        with _told(folder, "written"):
            folder.mkdir(exist_ok=True)
            remarks = mend(folder)
            taken = [path for path in _listing(folder) if path not in known]
            project = with_paths(project.draft, project.question, project.paths, taken)
            files = write_project(project)
            places = Places(folder)
            there = {path: _hash_of(places, path) for path in dict.fromkeys((*known, *files))}
            new = {path: digest(data) for path, data in files.items()}
            changed = [path for path, now in there.items() if now not in (known.get(path), new.get(path))]
            if changed:
                raise ChangedOutsideError(tuple(changed))
            changes: dict[str, bytes | None] = {
                path: data for path, data in files.items() if there[path] != new[path]
            }
            changes |= {path: None for path in known if path not in files and there[path] is not None}
            _check_neighbours(taken, changes)
            if STRUCTURE not in known:
                changes |= {path: data for path, data in COMPANIONS.items() if not (folder / path).exists()}
            if changes:
                remarks += commit(folder, changes, there)
        return OnDisk(project, new, remarks)

    def holds(self, folder: Path) -> bool:
        """Whether a project lies in a folder, or was about to."""
        try:
            return (folder / STRUCTURE).is_file() or STRUCTURE in pending(folder)
        except (OSError, ValueError):
            return False

    def is_read_only(self, folder: Path) -> bool:
        """Whether this user can't write there."""
        return not os.access(folder, os.W_OK)


def _read_at_once(folder: Path) -> dict[str, bytes | None]:
    """All files of a project as they were at one moment; where a save comes between, read again."""
    for _ in range(_TRIES):
        before = pending(folder)
        states: dict[Path, tuple[int, ...]] = {}
        files = _read_all(folder, before, states)
        if (
            files is not None
            and pending(folder) == before
            and all(_state(file) == state for file, state in states.items())
        ):
            return files
    say = f"{folder} is being changed by another program all the time."
    raise FileTrouble(say, remedy="Open it again when that has ended.")


def _read_all(
    folder: Path, waiting: Mapping[str, Path | None], states: dict[Path, tuple[int, ...]]
) -> dict[str, bytes | None] | None:
    """The bytes of each file, None for a missing one; None where the save went on meanwhile.

    `states` take in what each file looked like before it was read.
    """
    files: dict[str, bytes | None] = {}
    places = Places(folder)
    paths = [STRUCTURE]
    for path in paths:
        if path in files:
            continue
        source = waiting[path] if path in waiting else places.of(path)
        data = None
        if source is not None:
            states[source] = _state(source)
            data = read_if_there(source)
        if data is None and path in waiting and waiting[path] is not None:
            return None
        files[path] = data
        if path == STRUCTURE:
            if data is None:
                raise _no_project(folder)
            paths += mentioned(data)
    return files


def _state(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _no_project(folder: Path) -> FileTrouble:
    if not folder.is_dir():
        say = f"The folder {folder} is not there."
        return FileTrouble(say, remedy="Was it moved, or is its disk not connected? Choose the folder again.")
    say = f"{folder} holds no project: {STRUCTURE} is missing."
    return FileTrouble(say, remedy="Choose a folder that holds one, or save this project there.")


def _fingerprints(files: Mapping[str, bytes | None]) -> Fingerprints:
    return {path: digest(data) if data is not None else None for path, data in files.items()}


def _hash_of(places: Places, path: str) -> str | None:
    data = read_if_there(places.of(path))
    return digest(data) if data is not None else None


def _listing(folder: Path) -> list[str]:
    """The names in the folder and in those one step below, where new parts get their files."""
    names = []
    for found in os.scandir(folder):
        if found.name.startswith("."):
            continue
        if not found.is_dir():
            names.append(found.name)
        else:
            names += [f"{found.name}/{inside.name}" for inside in os.scandir(found)]
    return names


def _check_neighbours(taken: list[str], changes: Mapping[str, bytes | None]) -> None:
    """A file must not lie beside one of another program whose name differs only in case."""
    foreign = {folded(path): path for path in taken}
    for path, data in changes.items():
        twin = foreign.get(folded(path), path)
        if data is not None and twin != path:
            say = (
                f"{path} and {twin} differ only in case or Unicode form: some systems take them for one file."
            )
            raise FileTrouble(say, remedy="Rename the other file. Nothing was written.")


@contextmanager
def _told(folder: Path, done: str) -> Iterator[None]:
    """Whatever the system refuses, in plain words with the remedy."""
    try:
        yield
    except FileTrouble:
        raise
    except ProjectError as error:
        place_of = f", line {error.line:,}" if error.line is not None else ""
        raise BrokenProjectError(
            f"{folder / error.file}{place_of}: {error.say}", remedy=error.remedy
        ) from None
    except OSError as error:
        raise _trouble(error, folder, done) from None


def _trouble(error: OSError, folder: Path, done: str) -> FileTrouble:
    untouched = " The project on disk is as it was." if done == "written" else ""
    elsewhere = f"Save the project in another folder.{untouched}" if done == "written" else ""
    file = error.filename or folder
    match error.errno:
        case errno.ENOENT | errno.ESTALE | errno.ENOTCONN | errno.EHOSTDOWN | errno.ENODEV | errno.ENXIO:
            say = f"The folder {folder} is no longer there."
            return FileTrouble(say, remedy=f"Connect its disk or its network again. {elsewhere}".strip())
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            say = f"The project can't be {done}: there is no room left on the disk of {folder}."
            return FileTrouble(say, remedy=f"Make room and save again. {elsewhere}".strip())
        case errno.EROFS | errno.EACCES | errno.EPERM:
            say = f"The project can't be {done}: {file} is write-protected."
            if done == "read":
                say = f"The project can't be read: no permission for {file}."
            return FileTrouble(say, remedy=elsewhere or "Check the permissions of the folder.")
        case errno.EEXIST:
            say = f"Another program is saving the project in {folder} at this moment."
            return FileTrouble(say, remedy="Save again when it is done.")
        case _:
            say = f"The project in {folder} can't be {done}: {error.strerror or error}."
            return FileTrouble(say, remedy=elsewhere)
