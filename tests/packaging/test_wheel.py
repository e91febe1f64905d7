"""A wheel installed into an empty environment starts, from anywhere, with its own resources."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import coldbyte
from environment import Environment
from installer import installer_for, make

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel; the dependencies are those of the Python that runs the tests."""
    elsewhere = Environment(tmp_path_factory.mktemp("elsewhere"))
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(elsewhere.root)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = elsewhere.root.glob("coldbyte-*.whl")
    make(elsewhere.folder)
    assert installer_for(elsewhere.python).install("--no-deps", "--no-index", wheel)
    purelib = Path(ask(elsewhere, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    (purelib / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return elsewhere


def ask(environment: Environment, code: str) -> str:
    """What a piece of code prints in the environment, started in a folder that is not the checkout."""
    command = [str(environment.python), "-c", code]
    done = subprocess.run(command, cwd=environment.root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_command_starts(installation: Environment) -> None:
    command = [str(installation.program("coldbyte")), "--version"]
    done = subprocess.run(command, cwd=installation.root, capture_output=True, text=True, check=True)
    assert done.stdout == f"coldbyte {coldbyte.__version__}\n"


def test_it_brings_every_resource_of_the_checkout(installation: Environment) -> None:
    folder = Path(ask(installation, "from coldbyte.services import resources; print(resources.folder())"))
    assert folder.is_relative_to(installation.folder)
    assert contents(folder) == contents(ROOT / "resources")


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_it_brings_no_tests_and_no_tools(installation: Environment) -> None:
    code = "import importlib.metadata as m; print(*{f.parts[0] for f in m.files('coldbyte')})"
    tops = {name for name in ask(installation, code).split() if name != ".."}
    assert tops == {"coldbyte", f"coldbyte-{coldbyte.__version__}.dist-info"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to end it with")
def test_its_simulator_tells_its_address_and_ends_on_sigterm(installation: Environment) -> None:
    command = [str(installation.program("coldbyte")), "simulate"]
    with subprocess.Popen(command, cwd=installation.root, stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdout is not None
        ready = json.loads(simulator.stdout.readline())
        simulator.send_signal(signal.SIGTERM)
        rest = simulator.stdout.read()
    assert ready["schema"] == "coldbyte.simulate/1"
    assert ready["url"].startswith("http://127.0.0.1:")
    assert (rest, simulator.returncode) == ("", 0)
