"""Whatever moment a save is cut off, the folder holds the old project or the new one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from coldbyte.services.project_folder import ProjectFolder
from coldbyte.services.project_journal import STAGE
from services import saving_until_killed as saving

SCRIPT = Path(saving.__file__)
ROUNDS = 500 if os.environ.get("COLDBYTE_LONG") == "1" else 50
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the script is killed as on Unix")


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    paths = os.pathsep.join(path for path in sys.path if path)
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def check(folder: Path, allowed: set[int]) -> int:
    """Read as a second window does and as the owner does: the same version, which is one of those allowed."""
    seen = saving.number_of(ProjectFolder().load(folder, mine=False).project)
    found = ProjectFolder().load(folder)
    assert saving.number_of(found.project) == seen
    assert seen in allowed
    assert not found.remarks
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert files == {*found.fingerprints, ".gitattributes"}
    assert not list(folder.glob(f"{STAGE}*"))
    return seen


def test_ended_before_any_step_it_is_the_old_project_or_the_new_one(tmp_path: Path) -> None:
    saving.save(tmp_path, 0, None)
    number, step, outcomes = 0, 0, []
    while True:
        step += 1
        with start(tmp_path, step) as process:
            code = process.wait()
        before, number = number, check(tmp_path, {number, number + 1})
        outcomes.append(number - before)
        if code == 0:
            break
        assert code == 9
    assert step > 30
    assert {0, 1} <= set(outcomes)


def test_an_error_at_any_step_is_told_and_leaves_one_whole_project(tmp_path: Path) -> None:
    saving.save(tmp_path, 0, None)
    number, step, told, code = 0, 0, 0, 8
    while code != 0:
        step += 1
        with start(tmp_path, step, "error") as process:
            assert process.stdout is not None
            said, code = process.stdout.read(), process.wait()
        number = check(tmp_path, {number, number + 1})
        assert code in (0, 7, 8)
        if code == 8:
            told += 1
            assert "no room left" in said
    assert told > 20


def test_killed_at_random_moments_it_is_the_old_project_or_the_new_one(tmp_path: Path) -> None:
    seed = random.SystemRandom().getrandbits(32) if ROUNDS > 50 else 20261123
    chance = random.Random(seed)
    saving.save(tmp_path, 0, None)
    number = 0
    for _ in range(ROUNDS):
        with start(tmp_path, 0) as process:
            assert process.stdout is not None
            last = number
            for _ in range(chance.randrange(1, 6)):
                last = int(process.stdout.readline())
            # A spin of random length, so that the signal comes anywhere in the next save.
            for _ in range(chance.randrange(200_000)):
                pass
            process.kill()
            rest = process.stdout.read().split()
        last = int(rest[-1]) if rest else last
        number = check(tmp_path, {last, last + 1})
