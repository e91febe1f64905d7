"""One window at a time saves a project; the lock never outlives its holder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coldbyte.services.project_lock import ProjectLocks

HOLDER = """
import sys
from pathlib import Path
from coldbyte.services.project_lock import ProjectLocks
lock = ProjectLocks(Path(sys.argv[1])).take(Path(sys.argv[2]))
print(lock is not None, flush=True)
sys.stdin.read()
"""


def test_the_second_window_does_not_get_the_lock_until_it_is_released(tmp_path: Path) -> None:
    locks, project = ProjectLocks(tmp_path / "locks"), tmp_path / "bot"
    first = locks.take(project)
    assert first is not None
    assert locks.take(project) is None
    assert locks.take(tmp_path / "other") is not None
    first.release()
    first.release()
    again = locks.take(project)
    assert again is not None
    again.release()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links here")
def test_a_link_to_the_folder_is_the_same_project(tmp_path: Path) -> None:
    locks, project = ProjectLocks(tmp_path / "locks"), tmp_path / "bot"
    project.mkdir()
    (tmp_path / "link").symlink_to(project)
    lock = locks.take(project)
    assert lock is not None
    assert locks.take(tmp_path / "link") is None
    lock.release()


def test_another_process_holds_it_and_its_death_frees_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "locks"), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert ProjectLocks(tmp_path / "locks").take(tmp_path) is None
        process.kill()
        process.wait()
        lock = ProjectLocks(tmp_path / "locks").take(tmp_path)
        assert lock is not None
        lock.release()


def test_nothing_is_put_into_the_folder_of_the_project(tmp_path: Path) -> None:
    project = tmp_path / "bot"
    project.mkdir()
    lock = ProjectLocks(tmp_path / "locks").take(project)
    assert lock is not None
    assert not list(project.iterdir())
    lock.release()
    assert not list((tmp_path / "locks").iterdir()) or os.name == "nt"
