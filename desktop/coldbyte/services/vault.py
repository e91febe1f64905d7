"""API keys by profile: in the keyring of the operating system, or in memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from coldbyte.core.secret import ApiKey
from coldbyte.core.vault import VaultError, VaultState
from coldbyte.services.daemon_thread import DaemonThread
from coldbyte.services.failure_words import quotable
from coldbyte.services.trusted_keyring import find_keyring

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Coldbyte"

_NO_KEY = ApiKey("")

T = TypeVar("T")


class KeyringVault:
    """Keys in the keyring of the operating system, under the service name Coldbyte.

    A keyring may ask for its password, so each call waits up to `timeout_s` and blocks neither the loop nor
    the end of the program; a call that was given up on may still succeed later. A keyring that may keep clear
    text gets nothing. Failures are VaultErrors.
    """

    def __init__(self, timeout_s: float = 60.0) -> None:
        self._timeout_s = timeout_s
        self._thread = DaemonThread("keyring")

    async def load(self, profile: str) -> ApiKey | None:
        """The key of a profile, None where there is none."""
        return await self._do(lambda: _load(profile))

    async def store(self, profile: str, key: ApiKey) -> None:
        """Store a key, and read it back to be sure."""
        await self._do(lambda: _store(profile, key), key)

    async def forget(self, profile: str) -> None:
        """Remove the key of a profile, if there is one."""
        await self._do(lambda: _forget(profile))

    async def describe(self) -> VaultState:
        """Whether keys can be kept; never makes the system ask for a password."""
        return await self._do(lambda: find_keyring().state)

    async def _do(self, call: Callable[[], T], key: ApiKey = _NO_KEY) -> T:
        try:
            return await self._thread.run(lambda: _in_words(call, key), self._timeout_s)
        except TimeoutError:
            say = f"The keyring did not answer within {self._timeout_s:g} seconds."
        raise VaultError(
            say, remedy="Look for a window that asks for the keyring's password, then try again."
        )


class MemoryVault:
    """Keys for as long as the program runs."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}

    async def load(self, profile: str) -> ApiKey | None:
        """The key of a profile, None where there is none."""
        return self._keys.get(profile)

    async def store(self, profile: str, key: ApiKey) -> None:
        """Keep a key."""
        _refuse_nothing(key)
        self._keys[profile] = key

    async def forget(self, profile: str) -> None:
        """Remove the key of a profile, if there is one."""
        self._keys.pop(profile, None)

    async def describe(self) -> VaultState:
        """Usable, with the line that says for how long."""
        return VaultState(True, "memory", "The API key is kept in memory only, until the app ends.")


def _load(profile: str) -> ApiKey | None:
    found = find_keyring()
    if found.empty:
        return None  # to ask it would make the system ask the user to create a keyring
    value = _trusted(found.backend, found.state).get_password(SERVICE, profile)
    return ApiKey(value) if value and value.strip() else None


def _store(profile: str, key: ApiKey) -> None:
    _refuse_nothing(key)
    found = find_keyring()
    backend = _trusted(found.backend, found.state)
    backend.set_password(SERVICE, profile, key.reveal())
    if backend.get_password(SERVICE, profile) != key.reveal():
        _take_back(backend, profile)
        raise VaultError(
            f"{found.state.name} did not give back the key that was stored in it.",
            remedy="The API key is kept in memory only, until the app ends.",
        )
    if found.empty and (now := find_keyring()).backend is None:
        _take_back(backend, profile)
        _trusted(now.backend, now.state)


def _forget(profile: str) -> None:
    found = find_keyring()
    if found.empty:
        return
    backend = _trusted(found.backend, found.state)
    if backend.get_password(SERVICE, profile) is not None:
        backend.delete_password(SERVICE, profile)


def _take_back(backend: KeyringBackend, profile: str) -> None:
    with suppress(Exception):
        backend.delete_password(SERVICE, profile)


def _trusted(backend: KeyringBackend | None, state: VaultState) -> KeyringBackend:
    if backend is None:
        raise VaultError(state.say, remedy="To keep keys, set up the keyring of your system with a password.")
    return backend


def _refuse_nothing(key: ApiKey) -> None:
    if not key:
        raise VaultError("There is no key to store.", remedy="Enter the key first.")


def _in_words(call: Callable[[], T], key: ApiKey) -> T:
    """Raise every failure as a VaultError without a cause, as the causes' frames hold the key."""
    try:
        return call()
    except VaultError:
        raise
    except Exception as error:
        failed = _failure_of(error, key)
    raise failed


def _failure_of(error: Exception, key: ApiKey) -> VaultError:
    from keyring.errors import InitError, KeyringLocked

    match error:
        case KeyringLocked():
            return VaultError("The keyring is locked.", remedy="Unlock it, then try again.")
        case InitError():
            return VaultError(
                "The keyring could not be opened: its question was dismissed or could not be shown.",
                remedy="Create or unlock a keyring in your system's settings, then try again.",
            )
    words = quotable(f"{type(error).__name__}: {error}", key)
    return VaultError(f"The keyring failed ({words}).", remedy="Try again.")
