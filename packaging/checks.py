"""Checks that run one after the other, each to its end, and the table of how they ended."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from console import Command, say

SOURCES = ("desktop", "tests", "packaging")
NO_TESTS = 5  # pytest's exit code when nothing was selected


@dataclass(frozen=True, slots=True)
class Check:
    """A command that passes when it exits with 0.

    `settings` are its environment variables (None: those outside), `others` the exit codes that pass too,
    with the words that say what they mean.
    """

    name: str
    command: Command
    settings: Mapping[str, str] | None = None
    others: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended; `words` say more where there is more to say."""

    name: str
    passed: bool
    words: str = ""
    seconds: float = 0.0


def style(python: Path) -> list[Check]:
    """What looks at the sources without running them."""
    module: Command = (python, "-m")
    return [
        Check("ruff check", [*module, "ruff", "check", *SOURCES]),
        Check("ruff format", [*module, "ruff", "format", "--check", *SOURCES]),
        Check("mypy", [*module, "mypy"]),
    ]


def perform(check: Check, root: Path) -> Outcome:
    """Run a check in the foreground, in the checkout."""
    say(f"\n== {check.name}")
    begin = time.monotonic()
    code = subprocess.call(check.command, env=check.settings, cwd=root)
    words = check.others.get(code, f"exit code {code}") if code else ""
    return Outcome(check.name, code == 0 or code in check.others, words, time.monotonic() - begin)


def summary(outcomes: Sequence[Outcome]) -> str:
    """The table of all checks, and in the last line whether they passed together."""
    width = max((len(outcome.name) for outcome in outcomes), default=0)
    lines = []
    for outcome in outcomes:
        result = "passed" if outcome.passed else "FAILED"
        line = f"{result}  {outcome.name:{width}}  {outcome.seconds:6.1f} s  {outcome.words}"
        lines.append(line.rstrip())
    failed = sum(not outcome.passed for outcome in outcomes)
    total = f"{failed} of {len(outcomes)} checks failed." if failed else f"All {len(outcomes)} checks passed."
    return "\n".join([*lines, total])
