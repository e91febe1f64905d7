"""The program that installs into a virtual environment: uv where there is one, else pip."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from console import Refusal, quietly, say
from machine import install, may_install, remedy

PIP_FOR_OTHERS = (22, 3)  # the first pip that installs into another environment (--python)


@dataclass(frozen=True, slots=True)
class Installer:
    """How packages get into one environment: the command `start`, run with the variables `settings`."""

    name: str
    start: tuple[str | Path, ...]
    settings: Mapping[str, str] = field(default_factory=dict)

    def install(self, *what: str | Path) -> bool:
        """Install; whether it succeeded."""
        return quietly([*self.start, *what], extra=self.settings)


def make(folder: Path) -> None:
    """Make a virtual environment without an installer in it. Raises Refusal."""
    say(f"Making {folder} with Python {sys.version_info[0]}.{sys.version_info[1]} …")
    if not quietly([outer_python(), "-m", "venv", "--without-pip", folder]):
        raise Refusal(f"Could not make a virtual environment in {folder} (see above).")


def installer_for(python: Path) -> Installer:
    """The installer for the environment of this interpreter. Raises Refusal when none can be had."""
    uv = shutil.which("uv")
    if uv:
        return Installer("uv", (uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python))
    if runs(python, "import pip") or with_ensurepip(python):
        return pip([python, "-m", "pip"])
    if pip_version() >= PIP_FOR_OTHERS:
        return pip([outer_python(), "-m", "pip", "--python", python])
    package = f"python3.{sys.version_info[1]}-venv"
    if may_install() and install([package]) and with_ensurepip(python):
        return pip([python, "-m", "pip"])
    raise Refusal(f"This Python has neither pip nor ensurepip. Remedy: {remedy({'ensurepip': package})}")


def pip(start: list[str | Path]) -> Installer:
    """Pip, started like this, whatever the user's own settings say about where and how."""
    settings = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return Installer("pip", (*start, "install", "--quiet", "--compile"), settings)


def with_ensurepip(python: Path) -> bool:
    """Put the pip that came with Python into an environment; False where a system has split ensurepip off."""
    return runs(python, "import ensurepip") and quietly([python, "-m", "ensurepip"])


def runs(python: Path, code: str) -> bool:
    """Whether this Python runs this code without an error."""
    return quietly([python, "-c", code], shown=False)


def pip_version() -> tuple[int, ...]:
    """The version of the pip that belongs to the Python outside, (0,) without one."""
    command = [outer_python(), "-m", "pip", "--version"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if len(words) < 2:
        return (0,)
    return tuple(int(part) for part in words[1].split(".")[:2] if part.isdigit())


def outer_python() -> str:
    """The interpreter outside of any virtual environment, also when this one runs in one."""
    base: str = getattr(sys, "_base_executable", sys.executable)
    return base if sys.prefix != sys.base_prefix else sys.executable
