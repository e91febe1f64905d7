"""Checks that run to their ends, one after the other or side by side, and the table of how they ended."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    return _outcome(check, root, None)


def perform_beside(check: Check, others: Sequence[Check], root: Path) -> list[Outcome]:
    """Run a check while others run in the foreground, one after the other; what it says comes behind them."""
    with tempfile.TemporaryFile() as words, ThreadPoolExecutor(1) as thread:
        beside = thread.submit(_outcome, check, root, words.fileno())
        outcomes = [perform(other, root) for other in others]
        outcomes.append(beside.result())
        say(f"\n== {check.name}, which ran beside the others")
        words.seek(0)
        sys.stdout.write(words.read().decode(errors="replace"))
        sys.stdout.flush()
    return outcomes


def _outcome(check: Check, root: Path, output: int | None) -> Outcome:
    begin = time.monotonic()
    errors = None if output is None else subprocess.STDOUT
    code = subprocess.call(check.command, env=check.settings, cwd=root, stdout=output, stderr=errors)
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
