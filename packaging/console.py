"""What the tool says, and how it runs others without asking anything."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SHOWN_ON_FAILURE = 30  # lines
Command = Sequence[str | Path]


class Refusal(Exception):
    """Something could not be done; the message says what, and the remedy."""


def say(words: str) -> None:
    """A line for people. Standard output stays free for results."""
    print(words, file=sys.stderr, flush=True)


def quietly(command: Command, *, extra: Mapping[str, str] | None = None, shown: bool = True) -> bool:
    """Run a step; whether it succeeded. The end of its own words is shown only if it did not."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(extra or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        if shown:
            say(f"    {error}")
        return False
    if done.returncode and shown:
        lines = done.stdout.decode(errors="replace").splitlines()
        for line in lines[-SHOWN_ON_FAILURE:]:
            say(f"    {line}")
    return done.returncode == 0


def become(command: Command) -> int:
    """Go on as another program (POSIX), or run it and give back its exit code (Windows)."""
    words = [str(word) for word in command]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(words[0], words)
    try:
        return subprocess.call(words)
    except KeyboardInterrupt:
        return 130
