"""The project that is open: where it lies, what was last read or saved there, and what others did to it
since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Protocol

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from coldbyte.core.draft import Draft
from coldbyte.core.project.home import Fingerprints, OnDisk, ProjectHome
from coldbyte.core.project.project import Project
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.tasks import Tasks

Bar = Literal["", "elsewhere", "write-protected"]
"""Why the project can only be read: another window has it, or its folder is write-protected."""
_SETTLE_MS = 300  # other programs write in several steps
_MOST_WATCHED = 500  # files; the system gives out few, and all are looked at when the window is used again


class ProjectStore(Protocol):
    """The disk; called in a worker thread. Every method raises an OSError with what to tell the user."""

    def load(self, folder: Path, *, mine: bool) -> OnDisk:
        """Read a project; `mine` where this window has its lock."""
        ...

    def look(self, folder: Path, known: Fingerprints) -> tuple[str, ...]:
        """The files that are not as they are known."""
        ...

    def fingerprints(self, folder: Path, known: Fingerprints) -> Fingerprints:
        """Those of the files as they are now, though they may make no project."""
        ...

    def save(self, folder: Path, project: Project, known: Fingerprints) -> OnDisk:
        """Write a project all or nothing, unless files are not as they are known."""
        ...

    def is_read_only(self, folder: Path) -> bool:
        """Whether the user can't write there."""
        ...


class Lock(Protocol):
    """Keeps other windows from saving; see ProjectLocks."""

    def release(self) -> None:
        """Let them."""
        ...


class ProjectLocks(Protocol):
    """Where locks come from."""

    def take(self, project: Path) -> Lock | None:
        """The lock of a folder, None where another window has it."""
        ...


class _NoLock:
    """Where nothing is kept of the user's, nothing is locked."""

    def release(self) -> None:
        """There is nothing to release."""


class OpenProject(QObject):
    """Knows the folder of the draft, or that it has none yet. One thing at a time is done to the disk."""

    changed = Signal()  # the folder, what bars it, or whether something is unsaved
    changed_outside = Signal(object)  # tuple[str, ...], files that another program changed; once each time
    troubled = Signal(object)  # OSError, once until the folder could be looked at again

    def __init__(
        self,
        draft: OpenDraft,
        store: ProjectStore,
        locks: ProjectLocks | None,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._store = store
        self._locks = locks
        self._tasks = tasks
        self._turn = asyncio.Lock()
        self._lock: Lock | None = None
        self._folder: Path | None = None
        self._home = ProjectHome("")
        self._base: Project | None = None
        self._bar: Bar = ""
        self._unsaved = False
        self._told: tuple[str, ...] = ()
        self._ailing = False
        self.is_opening = False  # while the draft is replaced by the project that was just read
        self._watcher = QFileSystemWatcher(self)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self.look_soon)
        self._watcher.fileChanged.connect(self._settling.start)
        self._watcher.directoryChanged.connect(self._settling.start)
        draft.changed.connect(self._note_edit)

    @property
    def folder(self) -> Path | None:
        """Where the project lies; None for a draft that was not saved as one."""
        return self._folder

    @property
    def name(self) -> str:
        """What people call the project: its folder's name; empty without a folder."""
        return self._folder.name or str(self._folder) if self._folder is not None else ""

    @property
    def home(self) -> ProjectHome | None:
        """What a working copy keeps of this; None without a folder."""
        return self._home if self._folder is not None else None

    @property
    def base(self) -> Project | None:
        """The project as it was last read or saved here; None where that is not known."""
        return self._base

    @property
    def bar(self) -> Bar:
        """Why nothing can be saved to the folder; empty where it can."""
        return self._bar

    @property
    def unsaved(self) -> bool:
        """Whether the draft is another one than that on disk; the chosen question does not count."""
        return self._unsaved

    @property
    def project(self) -> Project:
        """The draft as a project; parts that were not saved yet have no file."""
        return Project(self._draft.draft, self._draft.question, self._home.paths)

    async def open(self, folder: Path, give_way: Callable[[], None] = lambda: None) -> OnDisk:
        """Read a project and put it in place of the draft. Raise OSError; then nothing has changed.

        `give_way` is called just before the draft gives way.
        """
        async with self._turn:
            lock, bar = await asyncio.to_thread(self._take, folder)
            try:
                found = await asyncio.to_thread(self._store.load, folder, mine=not bar)
            except BaseException:
                self._drop(lock)
                raise
            give_way()
            self.is_opening = True
            self._draft.open(found.project.draft, found.project.question)
            self.is_opening = False
            self._move(folder, lock, bar)
            self._adopt(found)
        return found

    async def save(self) -> OnDisk:
        """Save into the folder. Raise OSError, also where another program changed files since."""
        async with self._turn:
            if self._folder is None:
                raise ValueError("the draft has no folder yet")
            return await self._save(self._folder, self._home.fingerprints)

    async def save_as(self, folder: Path) -> OnDisk:
        """Save into another folder, which from now on is that of the project. Raise OSError."""
        if folder == self._folder:
            return await self.save()
        async with self._turn:
            lock, bar = await asyncio.to_thread(self._take, folder)
            try:
                saved = await self._save(folder, {})
            except BaseException:
                self._drop(lock)
                raise
            self._move(folder, lock, bar)
            self._adopt(saved)
        return saved

    async def read(self) -> OnDisk:
        """What lies in the folder now, without taking it over. Raise OSError."""
        async with self._turn:
            if self._folder is None:
                raise ValueError("the draft has no folder yet")
            return await asyncio.to_thread(self._store.load, self._folder, mine=not self._bar)

    def restore(self, home: ProjectHome) -> None:
        """Go on with a draft whose folder is known from an earlier run; look what happened there since."""
        folder = Path(home.folder)
        self._move(folder, None, "")
        self._home = home
        self._unsaved = True  # until the folder was read
        self._tasks.start("look at the project", self._restore(folder))
        self.changed.emit()

    def leave(self) -> None:
        """Let the draft have no folder any more."""
        if self._folder is None:
            return
        self._move(None, None, "")
        self._base = None
        self._home = ProjectHome("")
        self._note_edit()
        self.changed.emit()

    def settle(self, found: OnDisk, draft: Draft) -> None:
        """The user has seen what lies on disk and wants this draft: saving may replace what was found."""
        self._adopt(found, self._home.paths)
        self._draft.take(draft)
        self._note_edit()

    async def keep(self) -> None:
        """The user wants the draft, whatever lies on disk: saving may replace it. Raise OSError."""
        async with self._turn:
            if self._folder is None:
                return
            known = self._home.fingerprints
            now = await asyncio.to_thread(self._store.fingerprints, self._folder, known)
            self._home = replace(self._home, fingerprints=now)
            self._base, self._told = None, ()
        self._note_edit()
        self.changed.emit()

    def look_soon(self) -> None:
        """Look whether another program changed files, unless something is done to the folder anyway."""
        if self._folder is not None and not self._turn.locked():
            self._tasks.start("look at the project", self.look())

    async def look(self) -> tuple[str, ...]:
        """The files that another program changed; say so, but not twice the same."""
        async with self._turn:
            if self._folder is None:
                return ()
            try:
                paths = await asyncio.to_thread(self._store.look, self._folder, self._home.fingerprints)
            except OSError as error:
                if not self._ailing:
                    self.troubled.emit(error)
                self._ailing = True
                return ()
            self._ailing = False
        if paths != self._told and paths:
            self.changed_outside.emit(paths)
        self._told = paths
        self._watch()
        return paths

    def close(self) -> None:
        """Let other windows have the project, and no longer look at it."""
        self._settling.stop()
        self._watcher.blockSignals(True)
        self._drop(self._lock)
        self._lock = None

    async def _save(self, folder: Path, known: Fingerprints) -> OnDisk:
        saved = await asyncio.to_thread(self._store.save, folder, self.project, known)
        if folder == self._folder:
            self._adopt(saved)
        return saved

    async def _restore(self, folder: Path) -> None:
        async with self._turn:
            if folder != self._folder:
                return
            lock, self._bar = await asyncio.to_thread(self._take, folder)
            if folder != self._folder:  # the draft gave way meanwhile
                self._drop(lock)
                return
            self._lock = lock
            self.changed.emit()
            try:
                found = await asyncio.to_thread(self._store.load, folder, mine=not self._bar)
            except OSError as error:
                self._ailing = True
                self.troubled.emit(error)
                return
        if folder == self._folder and found.fingerprints == self._home.fingerprints:
            self._adopt(found)
        else:
            await self.look()

    def _take(self, folder: Path) -> tuple[Lock | None, Bar]:
        """The lock of a folder, or why there is none; in a worker thread, as a network may be slow."""
        if self._lock is not None and folder == self._folder:
            return self._lock, self._bar
        try:
            lock = self._locks.take(folder) if self._locks is not None else _NoLock()
        except OSError:  # nowhere to keep locks: files changed by another window are noticed all the same
            return None, "write-protected" if self._store.is_read_only(folder) else ""
        if lock is None:
            return None, "elsewhere"
        return lock, "write-protected" if folder.is_dir() and self._store.is_read_only(folder) else ""

    def _drop(self, lock: Lock | None) -> None:
        if lock is not None:
            lock.release()

    def _move(self, folder: Path | None, lock: Lock | None, bar: Bar) -> None:
        if lock is not self._lock:
            self._drop(self._lock)
        self._folder, self._lock, self._bar = folder, lock, bar
        self._told, self._ailing = (), False

    def _adopt(self, found: OnDisk, others: Mapping[str, str] | None = None) -> None:
        """From now on this is what the draft is compared with."""
        paths = {**(others or {}), **found.project.paths}
        self._base = found.project
        self._home = ProjectHome(str(self._folder or ""), found.fingerprints, paths)
        self._told = ()
        self._watch()
        self._note_edit()
        self.changed.emit()

    def _watch(self) -> None:
        if self._folder is not None:
            self._tasks.start(
                "watch the project", self._watch_files(self._folder, tuple(self._home.fingerprints))
            )
        elif watched := self._watched():
            self._watcher.removePaths(sorted(watched))

    async def _watch_files(self, folder: Path, names: Sequence[str]) -> None:
        """Have the system tell of changes; a file that was replaced is another one, and no longer watched."""
        wanted = await asyncio.to_thread(_there, folder, names[:_MOST_WATCHED])
        if folder != self._folder:
            return
        watched = self._watched()
        if gone := watched - wanted:
            self._watcher.removePaths(sorted(gone))
        if new := wanted - watched:
            self._watcher.addPaths(sorted(new))
            self.look_soon()  # what happened before the system told of it

    def _watched(self) -> set[str]:
        return {*self._watcher.files(), *self._watcher.directories()}

    def _note_edit(self) -> None:
        before, base = self._unsaved, self._base
        self._unsaved = self._folder is not None and (base is None or self._draft.draft != base.draft)
        if self._unsaved != before:
            self.changed.emit()


def _there(folder: Path, names: Sequence[str]) -> set[str]:
    """The files of a folder, and the folders that hold them, as far as they exist."""
    files = [folder / name for name in names]
    return {str(path) for path in {*files, *(file.parent for file in files)} if path.exists()}
