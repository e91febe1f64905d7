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

COMMAND = str(Path(sys.executable).with_name("coldbyte"))
LATE = ("PySide6", "shiboken6", "anthropic", "qasync", "keyring")

only_where_a_display_can_be_missing = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="this system always has a display"
)


def coldbyte(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, check=False)


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
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
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
    "arguments",
    [
        ["frobnicate"],
        ["simulate", "--frobnicate"],
        ["simulate", "--port", "x"],
        ["explain", "a"],
        ["lint", "--jso"],
    ],
)
def test_what_is_not_understood_ends_with_2(arguments: list[str]) -> None:
    done = coldbyte(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "usage: coldbyte" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "say"),
    [
        (["explain", "a.json", "--json"], "coldbyte explain: the following arguments are required: AFTER"),
        (["lint", "a.json", "--jsn", "--json"], "coldbyte: unrecognized arguments: --jsn"),
        (["prefix", "--json", "a.json", "b.json"], "coldbyte: unrecognized arguments: b.json"),
        (["frobnicate", "--json"], "coldbyte: argument COMMAND: invalid choice: 'frobnicate'"),
        (
            ["explain", "a", "b", "--color", "red", "--json"],
            "coldbyte explain: argument --color: invalid choice",
        ),
    ],
)
def test_where_json_is_asked_for_the_complaint_is_json(arguments: list[str], say: str) -> None:
    done = coldbyte(*arguments)
    assert (done.returncode, done.stderr) == (2, "")
    value = json.loads(done.stdout)
    assert value["schema"] == "coldbyte.error/1"
    assert value["error"].pop("message").startswith(say)
    assert value["error"] == {"file": None, "byte": None, "line": None, "path": None}


@pytest.fixture
def log(tmp_path: Path) -> str:
    """Two lines that differ in their last question."""
    path = tmp_path / "log.jsonl"
    bodies = [
        {"model": "claude-opus-5", "max_tokens": 9, "messages": [{"role": "user", "content": f"Größe {n}"}]}
        for n in range(2)
    ]
    path.write_text("\n".join(json.dumps(body, ensure_ascii=False) for body in bodies), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("more", [[], ["--json"], ["--redact"], ["--help"]])
@pytest.mark.parametrize("command", ["explain", "prefix", "lint"])
def test_a_command_imports_neither_qt_nor_the_sdk(log: str, command: str, more: list[str]) -> None:
    inputs = [f"{log}:1", f"{log}:2"] if command == "explain" else [f"{log}:1"]
    if (command, more) == ("prefix", ["--redact"]):
        more = ["--map"]
    assert late_imports(command, *inputs, *more) == []


def test_the_answer_is_utf_8_whatever_the_locale(log: str) -> None:
    environment = {**os.environ, "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [COMMAND, "explain", f"{log}:1", f"{log}:2", "--usage", log]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "is not JSON at byte" in done.stderr.decode()
    done = subprocess.run(command[:-2], capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert " · " in done.stdout.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break in another way there")
def test_a_reader_who_leaves_is_no_error(log: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [COMMAND, "explain", f"{log}:1", f"{log}:2", "--json"]
    buffered = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=buffered, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
def test_an_answer_that_can_not_be_written_is_told(log: str) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [COMMAND, "prefix", f"{log}:1"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "coldbyte: The result can't be written: No space left on device.\n"


def test_standard_input_is_read_as_bytes(log: str) -> None:
    data = Path(log).read_bytes().split(b"\n")[1]
    command = [COMMAND, "prefix", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Größe 1".encode() in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
@pytest.mark.parametrize(
    ("more", "environment", "coloured"),
    [
        ([], {"TERM": "xterm"}, True),
        ([], {"TERM": "dumb"}, False),
        ([], {"TERM": "xterm", "NO_COLOR": "1"}, False),
        ([], {"TERM": "xterm", "NO_COLOR": ""}, True),
        (["--color", "never"], {"TERM": "xterm"}, False),
        (["--color", "always"], {"TERM": "dumb", "NO_COLOR": "1"}, True),
        (["--json"], {"TERM": "xterm"}, False),
    ],
)
def test_a_terminal_is_coloured_unless_that_is_unwanted(
    log: str, more: list[str], environment: dict[str, str], coloured: bool
) -> None:
    import pty

    leader, follower = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("TERM", "NO_COLOR")}
    command = [COMMAND, "lint", f"{log}:1", *more]
    with subprocess.Popen(command, stdout=follower, env={**kept, **environment}):
        os.close(follower)
        shown = b""
        while chunk := _read(leader):
            shown += chunk
    os.close(leader)
    assert (b"\x1b[" in shown) is coloured
    assert b"no-cache-control" in shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # what Linux says when the other side is closed
        return b""


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
