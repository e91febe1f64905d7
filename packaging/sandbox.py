"""Where tests run: a home, a D-Bus session with an unlocked keyring, and an X screen of their own.

Nothing of the user's is read or written: not the home, not the keyring, not the settings in the environment.
"""

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from console import Command, Refusal

# Settings of the user's session that would change what a test does, or let it reach the user's things. The
# proxies are among them because tests talk to the loopback interface only.
PRIVATE = re.compile(
    r"(ANTHROPIC|COLDBYTE|DBUS|GNOME|KDE|LC|PYTEST|QT|XDG)_.*"
    r"|LANG|LANGUAGE|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|SESSION_MANAGER|DESKTOP_SESSION"
    r"|PYTHON(PATH|HOME|STARTUP|WARNINGS|OPTIMIZE|_KEYRING_BACKEND)"
    r"|(HTTP|HTTPS|ALL|NO)_PROXY",
    re.IGNORECASE,
)
SCREEN = "1920x1200x24"
ENDING = 10  # seconds that a helper program gets to end by itself


def private_settings(outer: Mapping[str, str], home: Path) -> dict[str, str]:
    """The environment variables of a test run: those outside without the user's session, and another home."""
    kept = {name: value for name, value in outer.items() if not PRIVATE.fullmatch(name)}
    runtime = home / "runtime"
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "APPDATA": str(home / "AppData" / "Roaming"),
        "LOCALAPPDATA": str(home / "AppData" / "Local"),
        "XDG_RUNTIME_DIR": str(runtime),
        "LC_ALL": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
    }


@contextlib.contextmanager
def private_home() -> Iterator[dict[str, str]]:
    """An empty home that is gone afterwards; gives the environment variables that lead to it."""
    with tempfile.TemporaryDirectory(prefix="coldbyte-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "runtime").mkdir(mode=0o700)
        yield private_settings(os.environ, home)


@contextlib.contextmanager
def private_keyring(settings: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """A D-Bus session with an unlocked Secret Service; gives the way there as variables. Raises Refusal."""
    address = f"unix:path={settings['XDG_RUNTIME_DIR']}/bus"
    command = ["dbus-daemon", "--session", "--nofork", f"--address={address}", "--print-address"]
    with helper(command, settings) as bus:
        if not first_line(bus):
            raise Refusal("dbus-daemon did not start.")
        inside = {**settings, "DBUS_SESSION_BUS_ADDRESS": address}
        daemon = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
        # It reads the password, goes into the background once it is ready, and ends with the bus.
        done = subprocess.run(daemon, env=inside, input=b"test", stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise Refusal("gnome-keyring-daemon did not start.")
        yield inside | {"COLDBYTE_SECRET_SERVICE": "1"}  # no test may skip for want of one


@contextlib.contextmanager
def private_screen(settings: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """An X server that nobody sees; gives the way there as variables. Raises Refusal."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    with helper(command, settings) as server:
        number = first_line(server)
        if not number:
            raise Refusal("Xvfb did not start.")
        yield {**settings, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}


def first_line(process: subprocess.Popen[bytes]) -> str:
    """The first line that a program prints; empty when it ends without one."""
    return process.stdout.readline().decode().strip() if process.stdout else ""


@contextlib.contextmanager
def helper(command: Command, settings: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs as long as the block."""
    process = subprocess.Popen(
        command, env=settings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
