"""The lock files say everything that an install brings, and nothing of the machine that wrote them."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lock import foreign_lines

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "packaging" / "lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PYTHONS = ["3.11", "3.12", "3.13"]
PLATFORMS = ["linux", "darwin", "win32"]


def entries(level: str) -> dict[str, list[str]]:
    """Each pinned requirement with its hashes."""
    found: dict[str, list[str]] = {}
    hashes: list[str] = []
    for line in (LOCKS / f"{level}.txt").read_text("utf-8").splitlines():
        if line.startswith("    --hash="):
            hashes.append(line.strip(" \\"))
        elif not line.startswith("#"):
            hashes = found[line.removesuffix(" \\")] = []
    return found


def installed(level: str, python: str, platform: str) -> dict[str, str]:
    """Which version of each package an install brings."""
    place = {
        **{"python_version": python, "python_full_version": f"{python}.5", "sys_platform": platform},
        **{"implementation_name": "cpython", "platform_python_implementation": "CPython"},
    }
    requirements = [Requirement(entry) for entry in entries(level)]
    chosen = [one for one in requirements if applies(one.marker, place)]
    assert len({one.name for one in chosen}) == len(chosen), "two versions of one package"
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in chosen}


def applies(marker: Marker | None, place: dict[str, str]) -> bool:
    return marker is None or marker.evaluate(place)


def asked_for(level: str, python: str) -> Iterator[Requirement]:
    """The project's own requirements on a Python."""
    project = PROJECT["project"]
    texts = project["dependencies"] + PROJECT["build-system"]["requires"]
    for text in texts + (project["optional-dependencies"]["dev"] if level == "dev" else []):
        requirement = Requirement(text)
        if applies(requirement.marker, {"python_version": python}):
            yield requirement


@pytest.mark.parametrize("level", ["run", "dev"])
def test_a_lock_file_holds_nothing_but_pinned_packages_and_hashes(level: str) -> None:
    text = (LOCKS / f"{level}.txt").read_text("utf-8")
    assert foreign_lines(text) == []
    assert not re.search(r"https?:|file:|\.(com|org|net|io)\b|/", text.split("\n", 1)[1])


@pytest.mark.parametrize("level", ["run", "dev"])
def test_every_package_has_hashes(level: str) -> None:
    assert all(entries(level).values())


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example/simple",
        "--find-links /opt/wheels",
        "-e .",
        "ruff @ file:///opt/wheels/ruff.whl",
        "ruff>=0.17",
        "ruff",
        "    # via coldbyte (/home/somebody/coldbyte/pyproject.toml)",
        "ruff==0.17.6 ; sys_platform == 'linux'  # https://mirror.example",
    ],
)
def test_a_line_that_names_a_place_or_no_version_is_foreign(line: str) -> None:
    assert foreign_lines(f"idna==3.20 \\\n    --hash=sha256:{'0' * 64}\n{line}\n") == [line]


def test_the_lock_for_tests_holds_all_of_the_lock_for_running() -> None:
    assert entries("run").items() <= entries("dev").items()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("level", ["run", "dev"])
def test_the_lock_satisfies_the_project_everywhere(level: str, python: str, platform: str) -> None:
    versions = installed(level, python, platform)
    for requirement in asked_for(level, python):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize(("python", "allowed"), [("3.11", False), ("3.12", True), ("3.13", True)])
def test_the_pyside_that_loses_none_is_kept_from_pythons_that_die_of_it(python: str, allowed: bool) -> None:
    (pin,) = [one for one in asked_for("run", python) if one.name == "PySide6-Essentials"]
    assert pin.specifier.contains("6.11.3")
    assert pin.specifier.contains("6.12.0") is allowed
    assert installed("run", python, "linux")["pyside6-essentials"].startswith("6.11.") is not allowed
