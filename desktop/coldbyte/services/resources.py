"""The data that ships with the app: in the package once installed, in the checkout while developing."""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The folder `resources`. Raise FileNotFoundError where an installation is incomplete."""
    package = Path(__file__).resolve().parent.parent
    for candidate in (package / "resources", package.parent.parent / "resources"):
        if (candidate / "catalogue.json").is_file():
            return candidate
    raise FileNotFoundError("Coldbyte's resources are missing; install it again.")


def text(name: str) -> str:
    """A resource as text, `name` being its path inside the folder."""
    return (folder() / name).read_text(encoding="utf-8")


def texts(name: str, ending: str) -> dict[str, str]:
    """All texts of a folder that end so, by their name without the ending."""
    files = sorted((folder() / name).glob(f"*{ending}"))
    return {path.name.removesuffix(ending): path.read_text(encoding="utf-8") for path in files}


def data(name: str) -> bytes:
    """A resource's bytes."""
    return (folder() / name).read_bytes()
