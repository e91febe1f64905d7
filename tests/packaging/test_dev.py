"""The tool's command line."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = {"run", "test", "bench", "lint", "format", "pictures", "lock", "wheel"}


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "packaging" / "dev.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_names_every_command() -> None:
    done = dev("--help")
    assert done.returncode == 0
    assert {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")} == COMMANDS


@pytest.mark.parametrize("arguments", [[], ["build"]])
def test_anything_else_is_refused_with_the_help(arguments: list[str]) -> None:
    done = dev(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage:" in done.stderr


def test_an_argument_that_a_command_does_not_take_is_refused() -> None:
    done = dev("lint", "desktop")
    assert done.returncode == 1
    assert done.stderr == "This command does not take desktop.\n"


def test_bench_lists_what_can_be_measured() -> None:
    names = {path.stem for path in (ROOT / "tests" / "bench").glob("[!_]*.py")}
    assert set(dev("bench").stdout.split()) == names
    done = dev("bench", "nothing-like-this")
    assert done.returncode == 1
    assert set(done.stdout.split()) == names


def test_nothing_but_the_standard_library_is_imported() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import commands; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", code, str(ROOT / "packaging")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    own = {path.stem for path in (ROOT / "packaging").glob("*.py")}
    tops = {name.split(".")[0] for name in done.stdout.split()} - {"__main__"}
    assert {name for name in tops if name not in sys.stdlib_module_names} <= own


def test_the_packaging_folder_does_not_hide_a_library() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert not (ROOT / "packaging" / "build.py").exists()
    assert not {path.stem for path in (ROOT / "packaging").glob("*.py")} & sys.stdlib_module_names
