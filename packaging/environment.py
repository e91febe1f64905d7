"""The checkout's virtual environment: `.venv`, made from the lock files, left alone while nothing changed."""

import contextlib
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from console import Refusal, quietly, say
from installer import installer_for, make
from stamp import LEVELS, UNFINISHED, Level, Plan, Stamp, plan, read, write

FORMAT = 1  # of what an install does: raise it to have every environment made anew
STAMP = "coldbyte-stamp.json"
TURN = "coldbyte-turn"


@dataclass(frozen=True, slots=True)
class Environment:
    """The virtual environment of the checkout at `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.program("python")

    def program(self, name: str) -> Path:
        """The path of a command in it."""
        if os.name == "nt":
            return self.folder / "Scripts" / f"{name}.exe"
        return self.folder / "bin" / name

    def lock(self, level: Level) -> Path:
        """The lock file of a level."""
        return self.root / "packaging" / "lock" / f"{level}.txt"

    def wanted(self, level: Level) -> Stamp:
        """The stamp of an environment made now."""
        digest = hashlib.sha256()
        for source in (*map(self.lock, LEVELS), self.root / "pyproject.toml"):
            digest.update(hashlib.sha256(source.read_bytes()).digest())
        place = f"{FORMAT} {sys.version_info[0]}.{sys.version_info[1]} {self.root}"
        return Stamp(place, digest.hexdigest(), level)

    def plan(self, level: Level) -> Plan:
        """What has to be done. Cheap: it only looks."""
        step = plan(read(self.folder / STAMP), self.wanted(level))
        if not self.python.exists():
            return Plan.REBUILD
        if step is Plan.KEEP and not self.program("coldbyte").exists():
            return Plan.UPDATE
        return step

    def prepare(self, level: Level) -> None:
        """Make, mend or update the environment, or do nothing when it is as wanted. Raises Refusal."""
        if self.plan(level) is Plan.KEEP:
            return
        try:
            self.folder.mkdir(exist_ok=True)
            with turn(self.folder / TURN):
                self._bring_to(level)
        except OSError as error:
            raise Refusal(f"Could not write {self.folder}: {error}") from error

    def _bring_to(self, level: Level) -> None:
        step = self.plan(level)
        if step is Plan.KEEP:  # another run did it while this one waited
            return
        found = read(self.folder / STAMP)
        wanted = self.wanted("dev" if found is not None and found.level == "dev" else level)
        write(self.folder / STAMP, replace(wanted, content=UNFINISHED))
        if step is Plan.REBUILD:
            self._clear()
            make(self.folder)
        self._install(wanted.level)
        write(self.folder / STAMP, wanted)

    def _clear(self) -> None:
        for entry in self.folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name not in {STAMP, TURN}:
                entry.unlink()

    def _install(self, level: Level) -> None:
        installer = installer_for(self.python)
        tests = " and its tests need" if level == "dev" else " needs"
        say(f"Installing what Coldbyte{tests}, with {installer.name} …")
        if not installer.install("--require-hashes", "-r", self.lock(level)):
            raise Refusal("Could not install the dependencies (see above). The next try starts afresh.")
        if not installer.install("--no-deps", "--no-build-isolation", "-e", self.root):
            raise Refusal("Could not install Coldbyte itself (see above).")
        quietly([self.python, "-m", "compileall", "-q", self.root / "desktop"], shown=False)


@contextlib.contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait until no other run of this tool works on the environment, and keep others waiting."""
    with path.open("a") as file:
        try:
            hold(file.fileno(), wait=False)
        except OSError:
            say("Waiting for another run of this tool to finish its install …")
            hold(file.fileno(), wait=True)
        yield


if sys.platform == "win32":
    import msvcrt

    def hold(file: int, *, wait: bool) -> None:
        """Hold the file's first byte; waits at most ten seconds. Raises OSError."""
        msvcrt.locking(file, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def hold(file: int, *, wait: bool) -> None:
        """Hold the file. Raises OSError when another one does and this is not to wait."""
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
