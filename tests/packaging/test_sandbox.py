"""Tests see nothing of the user's, and leave nothing running."""

import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox import helper, private_home, private_keyring, private_screen, private_settings


@pytest.mark.parametrize(
    "name",
    [
        *("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "COLDBYTE_LONG", "https_proxy", "HTTP_PROXY"),
        *("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME", "XDG_DATA_HOME"),
        *("QT_SCALE_FACTOR", "LANG", "LC_CTYPE", "PYTHONPATH", "PYTHON_KEYRING_BACKEND", "PYTEST_ADDOPTS"),
    ],
)
def test_a_setting_of_the_users_session_is_taken_away(name: str) -> None:
    assert name not in private_settings({name: "outer"}, Path("/elsewhere"))


@pytest.mark.parametrize("name", ["PATH", "SystemRoot", "TMPDIR", "PIP_INDEX_URL", "DISPLAYED"])
def test_any_other_setting_stays(name: str) -> None:
    assert private_settings({name: "outer"}, Path("/elsewhere"))[name] == "outer"


def test_home_leads_elsewhere() -> None:
    settings = private_settings({"HOME": "/home/user", "APPDATA": "C:\\user"}, Path("/elsewhere"))
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_RUNTIME_DIR"):
        assert Path(settings[name]).is_relative_to("/elsewhere")


def test_the_private_home_is_empty_and_gone_afterwards() -> None:
    with private_home() as settings:
        home = Path(settings["HOME"])
        assert [path.name for path in home.iterdir()] == ["runtime"]
        if os.name == "posix":
            assert stat.S_IMODE((home / "runtime").stat().st_mode) == 0o700
    assert not home.exists()


def test_a_helper_ends_with_its_block() -> None:
    command = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    with helper(command, os.environ) as process:
        assert process.poll() is None
    assert process.returncode is not None


@pytest.mark.display
def test_the_private_screen_is_a_screen_of_its_own_size() -> None:
    with private_home() as home, private_screen(home) as settings:
        command = ["xdotool", "getdisplaygeometry"]
        done = subprocess.run(command, env=settings, capture_output=True, text=True, check=True)
        assert settings["DISPLAY"] != os.environ.get("DISPLAY")
    assert done.stdout == "1920 1200\n"
    gone = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert gone.returncode != 0


@pytest.mark.secret_service
def test_the_private_keyring_keeps_a_secret_and_ends_with_its_session() -> None:
    code = (
        "import keyring; keyring.set_password('coldbyte', 'p', 'é'); "
        "print(keyring.get_keyring().__module__, ascii(keyring.get_password('coldbyte', 'p')))"
    )
    with private_home() as home:
        with private_keyring(home) as settings:
            assert answer(settings, code) == "keyring.backends.SecretService '\\xe9'\n"
            assert list((Path(settings["HOME"]) / ".local/share/keyrings").glob("*.keyring"))
        after = answer(settings, "import keyring; print(keyring.get_keyring().__module__)")
    assert after == "keyring.backends.fail\n"


def answer(settings: Mapping[str, str], code: str) -> str:
    """What a Python with these environment variables prints."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=True).stdout
