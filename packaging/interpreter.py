"""Find a Python that fits. Readable for every Python from 3.7 on (see dev.py)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence

MINORS = (13, 12, 11)  # of Python 3, the preferred one first
NAMES = "3.11, 3.12 or 3.13"


def fits(version: tuple[int, ...]) -> bool:
    """Whether Coldbyte runs on this (major, minor)."""
    return version[0] == 3 and version[1] in MINORS


def hand_over(arguments: Sequence[str]) -> int:
    """Start the same command line with a Python that fits; the exit code of that, or 1 when there is none."""
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    other = find()
    if other is None:
        print(
            f"Coldbyte needs Python {NAMES}; this is {here} and no other was found.\n"
            f"Install one of them, or start this with it: python3.13 {' '.join(arguments)}",
            file=sys.stderr,
        )
        return 1
    print(f"This is Python {here}; going on with {other}.", file=sys.stderr, flush=True)
    command = [other, *arguments]
    if os.name == "posix":
        os.execv(other, command)
    return subprocess.call(command)


def find() -> str | None:
    """The path of a Python that fits, or None."""
    for command in candidates():
        path = path_of(command)
        if path:
            return path
    return None


def candidates() -> Iterator[list[str]]:
    """Commands that may start a Python that fits."""
    for minor in MINORS:
        yield [f"python3.{minor}"]
        if os.name == "nt":
            yield ["py", f"-3.{minor}"]
    for minor in MINORS:
        uv = answer(["uv", "python", "find", f"3.{minor}"])
        if uv:
            yield [uv]


def path_of(command: Sequence[str]) -> str | None:
    """The path of the Python that `command` starts, or None when it does not start one that fits."""
    question = "import sys; print(*sys.version_info[:2], sys.executable)"
    words = (answer([*command, "-c", question]) or "").split(maxsplit=2)
    if len(words) == 3 and fits((int(words[0]), int(words[1]))):
        return words[2]
    return None


def answer(command: Sequence[str]) -> str | None:
    """What a command prints, or None when it is missing or fails."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return None
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else None
