"""Runs a script in a home, a D-Bus session and a GNOME keyring of its own, and reads what it left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

import coldbyte

_PRELUDE = """
import asyncio, logging, os, sys
from coldbyte.core.secret import ApiKey
from coldbyte.core.vault import VaultError
from coldbyte.services.vault import KeyringVault
logging.basicConfig(level="DEBUG")
KEY = ApiKey("sk-ant-secret-0123456789")
vault = KeyringVault(timeout_s=20)

async def told(call):
    try:
        value = await call
        print("value", value is not None and value == KEY if not hasattr(value, "usable") else value)
    except VaultError as error:
        assert error.__cause__ is None and error.__context__ is None
        print("error", error.say, "|", error.remedy)
"""
KEY = "sk-ant-secret-0123456789"


@dataclass(frozen=True)
class Left:
    """What a script printed, line by line, and all that it left in its home and on its error output."""

    lines: list[str]
    traces: bytes

    @property
    def leaks(self) -> bool:
        return KEY[:-1].encode() in self.traces


def required(*commands: str) -> None:
    """Skip where a command is missing; fail where the runner promises a Secret Service."""
    missing = [command for command in commands if shutil.which(command) is None]
    if missing and os.environ.get("COLDBYTE_SECRET_SERVICE") != "1":
        pytest.skip(f"needs {', '.join(missing)} (packaging/dev.py test installs them)")


def without_session(home: Path, body: str, **environment: str) -> Left:
    """Run the script where no D-Bus can be reached."""
    bus = "unix:path=/nowhere"
    return _run([sys.executable, "-"], home, body, {"DBUS_SESSION_BUS_ADDRESS": bus, **environment})


def in_session(home: Path, body: str, *, password: str | None = None, **environment: str) -> Left:
    """Run the script in a session whose keyring was unlocked with the password, or never unlocked."""
    required("dbus-run-session", "gnome-keyring-daemon")
    unlock = 'printf %s "$UNLOCK_WITH" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; '
    command = (unlock if password else "") + f"unset UNLOCK_WITH; exec {sys.executable} -"
    words = ["dbus-run-session", "--", "bash", "-c", command]
    return _run(words, home, body, {"UNLOCK_WITH": password or "", **environment})


def _run(words: list[str], home: Path, body: str, environment: dict[str, str]) -> Left:
    runtime = home / "run"
    runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
    folders = {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}
    package = str(Path(coldbyte.__file__).parents[1])
    path = os.pathsep.join(filter(None, (environment.get("PYTHONPATH"), package)))
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    done = subprocess.run(
        words,
        input=_PRELUDE + textwrap.dedent(body),
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
        env={**inherited, **folders, **environment, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    output = (done.stdout + done.stderr).encode()
    return Left(done.stdout.splitlines(), b"\n".join([*files, output]))
