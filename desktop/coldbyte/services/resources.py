"""The data that ships with the app: in the package once installed, in the checkout while developing."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def folder() -> Path:
    """The folder `resources`. Raise FileNotFoundError where an installation is incomplete."""
    from pathlib import Path  # here, as a command that reads one text starts sooner without it

    return Path(_place())


def text(name: str) -> str:
    """A resource as text, `name` being its path inside the folder."""
    with open(os.path.join(_place(), name), encoding="utf-8") as file:  # noqa: PTH118, PTH123
        return file.read()


def texts(name: str, ending: str) -> dict[str, str]:
    """All texts of a folder that end so, by their name without the ending."""
    files = sorted((folder() / name).glob(f"*{ending}"))
    return {path.name.removesuffix(ending): path.read_text(encoding="utf-8") for path in files}


def data(name: str) -> bytes:
    """A resource's bytes."""
    return (folder() / name).read_bytes()


def _place() -> str:
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120
    for parent in (package, os.path.dirname(os.path.dirname(package))):  # noqa: PTH120
        candidate = os.path.join(parent, "resources")  # noqa: PTH118
        if os.path.isfile(os.path.join(candidate, "catalogue.json")):  # noqa: PTH113, PTH118
            return candidate
    raise FileNotFoundError("Coldbyte's resources are missing; install it again.")
