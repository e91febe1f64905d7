"""`dev.py run` from nothing to a started program, on a small project with no dependencies."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from environment import STAMP, Environment

PACKAGING = Path(__file__).parents[2] / "packaging"
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "coldbyte"
version = "1"
"""
BACKEND = '''
import pathlib, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    """A wheel with a command and the path of the sources."""
    info = "coldbyte-1.dist-info/"
    files = {
        "coldbyte.pth": str(pathlib.Path("desktop").resolve()),
        info + "METADATA": "Metadata-Version: 2.1\\nName: coldbyte\\nVersion: 1\\n",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        info + "entry_points.txt": "[console_scripts]\\ncoldbyte = coldbyte:main\\n",
    }
    files[info + "RECORD"] = "".join(f"{name},,\\n" for name in [*files, info + "RECORD"])
    with zipfile.ZipFile(pathlib.Path(folder, "coldbyte-1-py3-none-any.whl"), "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return "coldbyte-1-py3-none-any.whl"
'''
PROGRAM = '''
import sys

def main():
    """Say what it was started with."""
    print("started with", sys.argv[1:])
    return 7
'''


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose environment was made by a first run."""
    root = tmp_path_factory.mktemp("check out")
    (root / "packaging" / "lock").mkdir(parents=True)
    for source in PACKAGING.glob("*.py"):
        shutil.copy(source, root / "packaging")
    for level in ("run", "dev"):
        (root / "packaging" / "lock" / f"{level}.txt").write_text("# nothing\n")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND)
    (root / "desktop").mkdir()
    (root / "desktop" / "coldbyte.py").write_text(PROGRAM)
    done = run(root)
    assert done.returncode == 7, done.stderr
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "packaging" / "dev.py"), "run", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)


def test_arguments_and_exit_code_are_the_programs_own(checkout: Path) -> None:
    done = run(checkout, "--flag", "two words")
    assert (done.returncode, done.stdout) == (7, "started with ['--flag', 'two words']\n")


def test_the_second_run_installs_nothing_and_starts_within_a_second(checkout: Path) -> None:
    before = (checkout / ".venv" / STAMP).stat().st_mtime_ns
    begin = time.monotonic()
    done = run(checkout)
    assert time.monotonic() - begin < 1
    assert done.stderr == ""
    assert (checkout / ".venv" / STAMP).stat().st_mtime_ns == before


def test_an_install_that_was_broken_off_is_made_anew(checkout: Path) -> None:
    environment = Environment(checkout)
    stamp = environment.folder / STAMP
    stamp.write_text(stamp.read_text().replace(environment.wanted("run").content, "unfinished"))
    environment.program("coldbyte").write_text("half a file")
    (environment.folder / "left-over").mkdir()
    done = run(checkout)
    assert done.returncode == 7, done.stderr
    assert not (environment.folder / "left-over").exists()


def test_an_environment_without_its_python_is_made_anew(checkout: Path) -> None:
    Environment(checkout).python.unlink()
    done = run(checkout)
    assert done.returncode == 7, done.stderr


def test_a_changed_lock_file_is_installed_on_top(checkout: Path) -> None:
    (checkout / ".venv" / "mine").write_text("")
    (checkout / "packaging" / "lock" / "run.txt").write_text("# nothing new\n")
    done = run(checkout)
    assert done.returncode == 7
    assert "Installing what Coldbyte needs" in done.stderr
    assert (checkout / ".venv" / "mine").exists()


def test_an_install_that_fails_says_so_and_counts_for_nothing(checkout: Path) -> None:
    lock = checkout / "packaging" / "lock" / "run.txt"
    lock.write_text("no-hash==1\n")
    for done in (run(checkout), run(checkout)):
        assert (done.returncode, done.stdout) == (1, "")
        assert "Could not install the dependencies" in done.stderr
    lock.write_text("# nothing\n")
    assert run(checkout).returncode == 7
