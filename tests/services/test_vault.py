"""Keys in a real Secret Service, in every state that one can be in, and nowhere else."""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from pathlib import Path

import pytest

from coldbyte.core.secret import ApiKey
from coldbyte.core.vault import VaultError, VaultState
from coldbyte.services.vault import KeyringVault, MemoryVault
from services.keyring_session import in_session, without_session

KEY = ApiKey("sk-ant-secret-0123456789")

USE_ALL = """
async def main():
    await told(vault.describe())
    await told(vault.store("work", KEY))
    await told(vault.load("work"))
    await told(vault.forget("work"))
asyncio.run(main())
"""

# Shaped like the backend of the same name that keeps keys in a text file.
PLAINTEXT = """
import pathlib
from keyring.backend import KeyringBackend
class PlaintextKeyring(KeyringBackend):
    priority = 0.5
    file = pathlib.Path.home() / "plain.cfg"
    def get_password(self, service, username):
        return self.file.read_text() if self.file.exists() else None
    def set_password(self, service, username, password):
        self.file.write_text(password)
    def delete_password(self, service, username):
        self.file.unlink()
"""
IMPOSTOR = (
    PLAINTEXT
    + """
class Keyring(PlaintextKeyring):
    pass
Keyring.__module__ = "keyring.backends.SecretService"
import keyring.backends.SecretService
"""
)


@pytest.fixture
def profile() -> str:
    if "DBUS_SESSION_BUS_ADDRESS" not in os.environ and os.environ.get("COLDBYTE_SECRET_SERVICE") != "1":
        pytest.skip("needs a Secret Service: no D-Bus session is running (packaging/dev.py test starts one)")
    return f"test-{uuid.uuid4()}"


def plaintext_package(folder: Path, code: str = PLAINTEXT, *, entry_point: bool = False) -> str:
    """A folder for PYTHONPATH that holds keyrings.alt.file, and announces it to keyring if wanted."""
    (folder / "keyrings/alt").mkdir(parents=True)
    (folder / "keyrings/alt/file.py").write_text(code)
    if entry_point:
        info = folder / "keyrings_alt-9.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: keyrings.alt\nVersion: 9\n")
        (info / "entry_points.txt").write_text("[keyring.backends]\nfile = keyrings.alt.file\n")
    return str(folder)


@pytest.mark.secret_service
def test_a_key_is_stored_read_and_forgotten_in_the_running_secret_service(
    profile: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def story() -> None:
        vault = KeyringVault()
        assert await vault.describe() == VaultState(True, "Secret Service")
        assert await vault.load(profile) is None
        try:
            await vault.store(profile, KEY)
            assert await vault.load(profile) == KEY
            await vault.store(profile, ApiKey("another"))
            assert await vault.load(profile) == ApiKey("another")
            assert await KeyringVault().load(profile + "2") is None
        finally:
            await vault.forget(profile)
        assert await vault.load(profile) is None
        await vault.forget(profile)

    asyncio.run(story())
    assert KEY.reveal() not in caplog.text


@pytest.mark.secret_service
def test_a_stored_key_outlives_the_session_and_is_in_no_file_as_clear_text(tmp_path: Path) -> None:
    stored = in_session(tmp_path, 'asyncio.run(told(vault.store("work", KEY)))', password="pw")
    assert stored.lines == ["value False"]
    assert not stored.leaks
    assert b"GnomeKeyring" in stored.traces
    again = in_session(tmp_path, 'asyncio.run(told(vault.load("work")))', password="pw")
    assert again.lines == ["value True"]


@pytest.mark.secret_service
def test_a_locked_keyring_is_named_and_gets_nothing(tmp_path: Path) -> None:
    in_session(tmp_path, 'asyncio.run(told(vault.store("other", KEY)))', password="pw")
    left = in_session(tmp_path, USE_ALL)
    state, *errors = left.lines
    assert "usable=False" in state
    assert "locked=True" in state
    assert "The keyring is locked: until" in state
    assert errors == ["error The keyring is locked. | Unlock it, then try again."] * 3
    assert not left.leaks


@pytest.mark.secret_service
def test_without_a_keyring_to_open_a_key_is_looked_for_without_asking(tmp_path: Path) -> None:
    left = in_session(tmp_path, USE_ALL)
    state, stored, loaded, forgotten = left.lines
    assert "usable=True" in state
    assert stored.startswith("error The keyring could not be opened")
    assert (loaded, forgotten) == ("value False", "value False")
    assert not left.leaks


@pytest.mark.secret_service
def test_a_keyring_without_a_password_counts_as_none(tmp_path: Path) -> None:
    keyrings = tmp_path / ".local/share/keyrings"
    keyrings.mkdir(parents=True)
    (keyrings / "Plain_key ring.keyring").write_text("[keyring]\ndisplay-name=Plain\nlock-on-idle=false\n")
    (keyrings / "default").write_text("Plain_key ring")
    left = in_session(tmp_path, USE_ALL)
    assert "usable=False" in left.lines[0]
    assert all("has no password and keeps clear text" in line for line in left.lines)
    assert not left.leaks


@pytest.mark.secret_service
def test_a_keyring_that_is_made_without_a_password_only_now_gives_the_key_back(tmp_path: Path) -> None:
    # Patched because no test can answer the question for the new keyring's password with nothing.
    left = in_session(
        tmp_path,
        """
        import secretstorage
        from secretstorage.util import DBusAddressWrapper, format_secret, open_session
        from keyring.backends.SecretService import Keyring
        store = Keyring.set_password
        def store_in_new_keyring(self, service, user, value):
            bus = secretstorage.dbus_init()
            root = "/org/freedesktop/secrets"
            inner = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
            label = {"org.freedesktop.Secret.Collection.Label": ("s", "new")}
            words = (label, format_secret(open_session(bus), b"", "text/plain"))
            maker = DBusAddressWrapper(root, inner, bus)
            made, = maker.call("CreateWithMasterPassword", "a{sv}(oayays)", *words)
            service_at = DBusAddressWrapper(root, "org.freedesktop.Secret.Service", bus)
            service_at.call("SetAlias", "so", "default", made)
            store(self, service, user, value)
            print("stored")
        Keyring.set_password = store_in_new_keyring
        async def main():
            await told(vault.store("work", KEY))
            await told(vault.describe())
        asyncio.run(main())
        """,
    )
    stored, error, state = left.lines
    assert stored == "stored"
    assert error.startswith("error The keyring “new” has no password and keeps clear text")
    assert "usable=False" in state
    assert not left.leaks


@pytest.mark.secret_service
def test_beside_a_plaintext_backend_only_the_secret_service_is_used(tmp_path: Path) -> None:
    extra = plaintext_package(tmp_path / "extra", entry_point=True)
    check = "import keyring; print(type(keyring.get_keyring()).__name__)\n"
    left = in_session(tmp_path, check + USE_ALL, password="pw", PYTHONPATH=extra)
    assert left.lines[0] == "ChainerBackend"
    assert "name='Secret Service'" in left.lines[1]
    assert left.lines[2:] == ["value False", "value True", "value False"]
    assert not left.leaks
    assert not (tmp_path / "plain.cfg").exists()


@pytest.mark.secret_service
def test_a_key_that_comes_back_changed_is_an_error_and_is_taken_out_again(tmp_path: Path) -> None:
    # Patched because no real keyring loses the end of a key when a test wants it to.
    left = in_session(
        tmp_path,
        """
        from keyring.backends.SecretService import Keyring
        whole = Keyring.set_password
        Keyring.set_password = lambda self, service, user, value: whole(self, service, user, value[:-1])
        async def main():
            await told(vault.store("work", KEY))
            print(await vault.load("work"))
        asyncio.run(main())
        """,
        password="pw",
    )
    assert left.lines[0].startswith("error Secret Service did not give back the key")
    assert left.lines[1] == "None"
    assert not left.leaks


@pytest.mark.secret_service
def test_a_keyring_that_never_answers_blocks_neither_the_loop_nor_the_end(tmp_path: Path) -> None:
    left = in_session(
        tmp_path,
        """
        import signal
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection
        with open_dbus_connection() as bus:
            pid, = Proxy(message_bus, bus).GetConnectionUnixProcessID("org.freedesktop.secrets")
        os.kill(pid, signal.SIGSTOP)
        async def main():
            await told(KeyringVault(timeout_s=0.2).load("work"))
        asyncio.run(main())
        import threading
        print(any(thread.name == "keyring" for thread in threading.enumerate()))
        sys.stdout.flush()
        import atexit
        atexit.register(os.kill, pid, signal.SIGKILL)
        """,
        password="pw",
    )
    assert left.lines[0].startswith("error The keyring did not answer within 0.2 seconds.")
    assert left.lines[1] == "True"


def test_without_dbus_there_is_no_keyring(tmp_path: Path) -> None:
    left = without_session(tmp_path, USE_ALL)
    assert "usable=False" in left.lines[0]
    assert all("No keyring was found" in line and "in memory only" in line for line in left.lines)
    assert not left.leaks


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyring.backends.null.Keyring", "The keyring is switched off"),
        ("keyring.backends.fail.Keyring", "No keyring was found"),
        ("keyring.backends.chainer.ChainerBackend", "No keyring was found"),
        ("keyrings.alt.file.PlaintextKeyring", "keyrings.alt.file.PlaintextKeyring may keep clear text"),
        ("no.such.Backend", "The configured keyring can't be used (ModuleNotFoundError)"),
        ("keyring.backends.SecretService.Keyring", "The configured keyring can't be used ("),
    ],
)
def test_a_keyring_that_is_not_trusted_gets_nothing(tmp_path: Path, backend: str, words: str) -> None:
    extra = plaintext_package(tmp_path / "extra")
    left = without_session(tmp_path, USE_ALL, PYTHON_KEYRING_BACKEND=backend, PYTHONPATH=extra)
    assert "usable=False" in left.lines[0]
    assert len(left.lines) == 4
    assert all(words in line and "in memory only" in line for line in left.lines)
    assert not left.leaks


def test_a_plaintext_backend_that_keyring_chooses_by_itself_gets_nothing(tmp_path: Path) -> None:
    extra = plaintext_package(tmp_path / "extra", entry_point=True)
    check = "import keyring; print(type(keyring.get_keyring()).__name__)\n"
    left = without_session(tmp_path, check + USE_ALL, PYTHONPATH=extra)
    assert left.lines[0] == "PlaintextKeyring"
    assert all("PlaintextKeyring may keep clear text" in line for line in left.lines[1:])
    assert not left.leaks
    assert not (tmp_path / "plain.cfg").exists()


def test_a_backend_that_only_bears_a_trusted_name_gets_nothing(tmp_path: Path) -> None:
    extra = plaintext_package(tmp_path / "extra", IMPOSTOR)
    backend = "keyrings.alt.file.Keyring"
    left = without_session(tmp_path, USE_ALL, PYTHON_KEYRING_BACKEND=backend, PYTHONPATH=extra)
    assert all("may keep clear text" in line for line in left.lines)
    assert not left.leaks


def test_an_empty_key_is_not_stored() -> None:
    for vault in (KeyringVault(), MemoryVault()):
        with pytest.raises(VaultError, match="no key to store"):
            asyncio.run(vault.store("work", ApiKey(" ")))


def test_memory_keeps_keys_apart_by_profile_and_says_for_how_long() -> None:
    async def story() -> None:
        vault = MemoryVault()
        await vault.store("work", KEY)
        assert await vault.load("work") == KEY
        assert await vault.load("home") is None
        await vault.forget("work")
        await vault.forget("work")
        assert await vault.load("work") is None
        state = await vault.describe()
        assert state.usable
        assert "until the app ends" in state.say

    asyncio.run(story())
