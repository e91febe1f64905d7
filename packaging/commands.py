"""The commands of dev.py. The docstring of each is its line in the help."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import machine
from checks import SOURCES, Check, Outcome, perform, perform_beside, style, summary
from console import Command, Refusal, become, say
from environment import Environment
from lock import write_locks
from sandbox import private_home, private_screen
from suite import chosen, parts, stories, surroundings

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = Environment(ROOT)

Arguments = Sequence[str]


def run(arguments: Arguments) -> int:
    """[ARGS] Install what is needed, then start Coldbyte with ARGS."""
    ENVIRONMENT.prepare("run")
    absent = provide(machine.QT)
    needed = {**machine.DRAWING, **(machine.X11 if on_x11() else {})}
    if not needed.keys().isdisjoint(absent):
        return 1
    return become([ENVIRONMENT.program("coldbyte"), *arguments])


def test(arguments: Arguments) -> int:
    """[--long] [PYTEST ARGS] Run all checks and tests, or the tests that PYTEST ARGS choose."""
    own = [argument for argument in arguments if argument != "--long"]
    ENVIRONMENT.prepare("dev")
    provide({**machine.QT, **machine.SCREEN, **machine.SECRETS})
    python = ENVIRONMENT.python
    long = "--long" in arguments
    if own:
        with surroundings(long=long) as around:
            return conclude([*around.gaps.values(), perform(chosen(python, own, around), ROOT)])
    outcomes = [perform(check, ROOT) for check in style(python)]
    with surroundings(long=long) as around, surroundings(long=long) as apart:
        outcomes += around.gaps.values()
        outcomes += perform_beside(stories(python, apart), parts(python, around), ROOT)
    return conclude(outcomes)


def lint(arguments: Arguments) -> int:
    """Check the sources with ruff and mypy."""
    refuse(arguments)
    ENVIRONMENT.prepare("dev")
    return conclude([perform(check, ROOT) for check in style(ENVIRONMENT.python)])


def tidy(arguments: Arguments) -> int:
    """Format the sources and mend what ruff can mend by itself."""
    refuse(arguments)
    ENVIRONMENT.prepare("dev")
    ruff: Command = (ENVIRONMENT.python, "-m", "ruff")
    mend = Check("ruff check --fix", [*ruff, "check", "--fix", *SOURCES])
    return conclude([perform(mend, ROOT), perform(Check("ruff format", [*ruff, "format", *SOURCES]), ROOT)])


def bench(arguments: Arguments) -> int:
    """[NAME [ARGS]] Measure something; without NAME, say what can be measured."""
    folder = ROOT / "tests" / "bench"
    names = sorted(path.stem for path in folder.glob("[!_]*.py"))
    if not arguments or arguments[0] not in names:
        print("\n".join(names))
        return 1 if arguments else 0
    ENVIRONMENT.prepare("dev")
    provide(machine.DRAWING)
    with private_home() as settings:
        command: Command = (ENVIRONMENT.python, "-m", f"bench.{arguments[0]}", *arguments[1:])
        return subprocess.call(command, env={**settings, "PYTHONPATH": str(folder.parent)}, cwd=ROOT)


def pictures(arguments: Arguments) -> int:
    """[ARGS] Make the pictures of the README."""
    ENVIRONMENT.prepare("run")
    provide({**machine.QT, **machine.SCREEN})
    with ExitStack() as stack:
        settings = stack.enter_context(private_home())
        if machine.ON_LINUX:
            settings = stack.enter_context(private_screen(settings))
        command: Command = (ENVIRONMENT.python, ROOT / "packaging" / "pictures.py", *arguments)
        return subprocess.call(command, env=settings, cwd=ROOT)


def lock(arguments: Arguments) -> int:
    """[--upgrade] Write the lock files; versions stay as they are without --upgrade."""
    refuse([argument for argument in arguments if argument != "--upgrade"])
    write_locks(ENVIRONMENT, upgrade="--upgrade" in arguments)
    return 0


def wheel(arguments: Arguments) -> int:
    """Build the wheel into dist/."""
    refuse(arguments)
    ENVIRONMENT.prepare("run")
    return subprocess.call([ENVIRONMENT.python, "-m", "hatchling", "build", "-t", "wheel"], cwd=ROOT)


COMMANDS: Mapping[str, Callable[[Arguments], int]] = {
    "run": run,
    "test": test,
    "bench": bench,
    "lint": lint,
    "format": tidy,
    "pictures": pictures,
    "lock": lock,
    "wheel": wheel,
}


def dispatch(arguments: Arguments) -> int:
    """Run the command that the first argument names; its exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        asked = bool(arguments) and arguments[0] in {"-h", "--help", "help"}
        print(usage(), file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Refusal as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        return 130


def usage() -> str:
    """The help."""
    lines = [f"  {name:9} {command.__doc__}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: python3 packaging/dev.py COMMAND", "", *lines])


def provide(needs: Mapping[str, str]) -> Mapping[str, str]:
    """Install what the machine lacks if that can be done unasked; say, and give back, what it lacks still."""
    absent = machine.provide(needs)
    if absent:
        say(f"This system lacks {', '.join(absent)}.\nRemedy: {machine.remedy(absent)}")
    return absent


def on_x11() -> bool:
    """Whether the window would open on an X server."""
    return bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")


def conclude(outcomes: Sequence[Outcome]) -> int:
    """Print how the checks ended; the exit code of them together."""
    print(f"\n{summary(outcomes)}", flush=True)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def refuse(arguments: Arguments) -> None:
    """Accept no arguments. Raises Refusal."""
    if arguments:
        raise Refusal(f"This command does not take {' '.join(arguments)}.")
