"""The stamp in a virtual environment: what it was made from, so that nothing is done twice.

It says "unfinished" while an install is under way: one that was broken off is made anew the next time.
"""

import json
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Literal

UNFINISHED = "unfinished"

Level = Literal["run", "dev"]  # which lock file; dev holds all of run
LEVELS: tuple[Level, ...] = ("run", "dev")


class Plan(Enum):
    """What has to be done to have the environment that is wanted."""

    KEEP = "keep"
    UPDATE = "update"
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an environment was made from.

    `place` names the interpreter and the checkout: another one needs a new environment. `content` is a digest
    of the lock files and pyproject.toml: another one needs an install on top.
    """

    place: str
    content: str
    level: Level


def plan(found: Stamp | None, wanted: Stamp) -> Plan:
    """Compare what is there (None: no stamp, so nothing, or made by somebody else) with what is wanted."""
    if found is None:
        return Plan.UPDATE
    if found.place != wanted.place or found.content == UNFINISHED:
        return Plan.REBUILD
    if found.content != wanted.content or LEVELS.index(found.level) < LEVELS.index(wanted.level):
        return Plan.UPDATE
    return Plan.KEEP


def read(path: Path) -> Stamp | None:
    """The stamp in a file: None without one, an unfinished one when it cannot be read."""
    try:
        return Stamp(**json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        return Stamp("", UNFINISHED, "run")


def write(path: Path, stamp: Stamp) -> None:
    """Put a stamp into a file."""
    path.write_text(json.dumps(asdict(stamp)) + "\n", "utf-8")
