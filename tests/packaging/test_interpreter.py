"""Which Python runs the tool."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from interpreter import MINORS, NAMES, find, fits, path_of

ROOT = Path(__file__).parents[2]
HERE = (sys.version_info.major, sys.version_info.minor)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_a_supported_python_fits(version: tuple[int, int]) -> None:
    assert fits(version)


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 14), (4, 12)])
def test_any_other_python_does_not_fit(version: tuple[int, int]) -> None:
    assert not fits(version)


def test_the_project_promises_the_same_pythons() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">=3.{min(MINORS)},<3.{max(MINORS) + 1}"
    assert NAMES == "3.11, 3.12 or 3.13"


@pytest.mark.parametrize("name", ["dev.py", "interpreter.py"])
def test_an_old_python_can_read_what_it_needs_to_hand_over(name: str) -> None:
    ast.parse((ROOT / "packaging" / name).read_text("utf-8"), feature_version=(3, 7))


def test_the_path_behind_a_command_is_the_pythons_own() -> None:
    path = path_of([sys.executable])
    assert path is not None
    assert Path(path).samefile(sys.executable)


def test_a_missing_command_is_no_python(tmp_path: Path) -> None:
    assert path_of([str(tmp_path / "python3.13")]) is None


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_a_python_that_does_not_fit_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = program(tmp_path / "python3.13", "echo 3 9 /usr/bin/python3.9")
    failing = program(tmp_path / "python3.12", "exit 127")
    good = program(tmp_path / "python3.11", f"echo {HERE[0]} {HERE[1]} /somewhere/python with blanks")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert path_of([old]) is None
    assert path_of([failing]) is None
    assert path_of([good]) == find() == "/somewhere/python with blanks"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_a_python_that_does_not_fit_hands_its_command_line_over(tmp_path: Path) -> None:
    other = program(tmp_path / "other", 'echo "$@"; exit 7')
    program(tmp_path / "python3.12", f"echo 3 12 {other}")
    done = hand_over(tmp_path)
    assert (done.returncode, done.stdout) == (7, "packaging/dev.py run --flag\n")


def test_without_a_python_that_fits_it_says_which_one_is_needed(tmp_path: Path) -> None:
    done = hand_over(tmp_path)
    assert done.returncode == 1
    assert f"Coldbyte needs Python {NAMES}" in done.stderr


def hand_over(path: Path) -> subprocess.CompletedProcess[str]:
    """Hand over from a Python of its own, with nothing on PATH but what is in this folder."""
    code = "import sys, interpreter; sys.exit(interpreter.hand_over(['packaging/dev.py', 'run', '--flag']))"
    environment = {**os.environ, "PATH": str(path), "PYTHONPATH": str(ROOT / "packaging")}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)
