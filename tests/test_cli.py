"""The command line answers without Qt and without the SDK."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from coldbyte import __version__
from coldbyte.cli import has_display, main

LATE = ("PySide6", "shiboken6", "anthropic", "qasync", "keyring")

only_where_a_display_can_be_missing = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="this system always has a display"
)


def coldbyte(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("coldbyte")
    return subprocess.run([command, *arguments], capture_output=True, text=True, check=False)


def late_imports(*arguments: str) -> list[str]:
    """The heavy packages that a command imports."""
    code = f"""
import json, sys
from coldbyte.cli import main
try:
    main({list(arguments)!r})
except SystemExit as end:
    assert not end.code, end.code
print()
print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}} & set({LATE!r}))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, list)
    return found


@only_where_a_display_can_be_missing
@pytest.mark.parametrize(
    ("environment", "displayed"),
    [
        ({}, False),
        ({"HOME": "/root", "TERM": "xterm"}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": "elsewhere:10.0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
        ({"QT_QPA_PLATFORM": ""}, False),
    ],
)
def test_a_display_is_known_by_the_environment(environment: dict[str, str], displayed: bool) -> None:
    assert has_display(environment) is displayed


@only_where_a_display_can_be_missing
@pytest.mark.parametrize("host", ["", "unix"])
def test_a_display_whose_server_is_gone_is_none(host: str) -> None:
    number = 4000 + os.getpid()  # nobody listens there yet
    display = {"DISPLAY": f"{host}:{number}.0"}
    assert not has_display(display)
    with closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind(f"\0/tmp/.X11-unix/X{number}")
        server.listen()
        assert has_display(display)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"coldbyte {__version__}\n"


def test_the_installed_command_prints_the_version() -> None:
    done = coldbyte("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"coldbyte {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["simulate", "--frobnicate"], ["simulate", "--port", "x"]]
)
def test_what_is_not_understood_ends_with_2(arguments: list[str]) -> None:
    done = coldbyte(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: coldbyte" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["simulate", "--help"]])
def test_a_question_to_the_command_line_imports_neither_qt_nor_the_sdk(arguments: list[str]) -> None:
    assert late_imports(*arguments) == []


def test_the_simulator_needs_neither_qt_nor_the_sdk() -> None:
    code = f"""
import sys
import coldbyte.services.simulator
sys.exit(' '.join({{name.split('.')[0] for name in sys.modules}} & set({LATE!r})) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coldbyte", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"coldbyte {__version__}\n"
