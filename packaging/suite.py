"""The tests, each part in the surroundings that it needs."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from checks import NO_TESTS, Check, Outcome
from console import Command, Refusal
from machine import ON_LINUX
from sandbox import private_home, private_keyring, private_screen

STORIES = "tests/stories"

Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Environment variables for tests without and with a screen.

    `gaps` tells, for each marker whose tests have to be left out here, why.
    """

    offscreen: Settings
    onscreen: Settings
    gaps: Mapping[str, Outcome]


@contextlib.contextmanager
def surroundings(*, long: bool) -> Iterator[Surroundings]:
    """A home, a keyring and a screen that nobody else uses, as far as they can be had.

    `long` asks the property-based tests for all their examples (COLDBYTE_LONG=1).
    """
    gaps: dict[str, Outcome] = {}
    with ExitStack() as stack:

        def opened(
            marker: str, make: Callable[[Settings], AbstractContextManager[Settings]], settings: Settings
        ) -> Settings:
            name = f"tests marked {marker}"
            if not ON_LINUX:
                gaps[marker] = Outcome(name, passed=True, words="left out: they are for Linux")
                return settings
            try:
                return stack.enter_context(make(settings))
            except (Refusal, OSError) as error:
                gaps[marker] = Outcome(name, passed=False, words=f"left out: {error}")
                return settings

        home = stack.enter_context(private_home()) | ({"COLDBYTE_LONG": "1"} if long else {})
        offscreen = opened("secret_service", private_keyring, home)
        onscreen = opened("display", private_screen, offscreen)
        yield Surroundings(offscreen, onscreen, gaps)


def parts(python: Path, around: Surroundings) -> list[Check]:
    """The suite without its stories: all that needs no screen, and what needs one."""
    pytest: Command = (python, "-m", "pytest")
    rest: Command = (*pytest, "tests", f"--ignore={STORIES}", "-m")
    without = [f"not {marker}" for marker in around.gaps]
    off = " and ".join(dict.fromkeys([*without, "not display"]))
    checks = [Check("tests", [*rest, off], around.offscreen)]
    if "display" not in around.gaps:
        on = " and ".join([*without, "display"])
        none = {NO_TESTS: "there are none"}
        checks.append(Check("tests on a screen", [*rest, on], around.onscreen, none))
    return checks


def stories(python: Path, around: Surroundings) -> Check:
    """The stories, which take as long as all the rest; in surroundings of their own they run beside it."""
    without = [f"not {marker}" for marker in around.gaps]
    command: Command = (python, "-m", "pytest", STORIES, "-m", " and ".join(without))
    return Check("stories", command, around.onscreen)


def chosen(python: Path, arguments: Sequence[str], around: Surroundings) -> Check:
    """One run of pytest with the user's arguments, on the screen when they speak of stories or a display."""
    on_screen = any("stories" in argument or "display" in argument for argument in arguments)
    settings = around.onscreen if on_screen else around.offscreen
    return Check("chosen tests", [python, "-m", "pytest", *arguments], settings)
