"""Which of the keyrings that `keyring` finds may have a key: those that are known to encrypt what they keep.

Everything here blocks and belongs in a thread. No other keyring is ever given anything.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coldbyte.core.vault import VaultState
from coldbyte.services.slow_import import slow_import

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend
    from secretstorage import Collection

_FREEDESKTOP = "Secret Service"
_TRUSTED = {
    "keyring.backends.SecretService.Keyring": _FREEDESKTOP,
    "keyring.backends.libsecret.Keyring": _FREEDESKTOP,
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.kwallet.DBusKeyringKWallet4": "KWallet",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
}
_CHAINER = "keyring.backends.chainer.ChainerBackend"
_IN_MEMORY = "the API key is kept in memory only, until the app ends."


@dataclass(frozen=True, slots=True)
class TrustedKeyring:
    """A keyring and its state. Without a `backend` there is none to trust; `empty`: it is yet to be made."""

    state: VaultState
    backend: KeyringBackend | None = None
    empty: bool = False


def find_keyring() -> TrustedKeyring:
    """The keyring of this machine and session. Never asks the user for anything."""
    slow_import("keyring")
    import keyring

    try:
        found = keyring.get_keyring()
        chained = getattr(found, "backends", ()) if _class_name(found) == _CHAINER else ()
        backend = next(filter(_trusted_name, (found, *chained)), None)
    except Exception as error:
        return _none("", f"The configured keyring can't be used ({type(error).__name__})")
    if backend is None:
        return _refusal(_class_name(found))
    if _trusted_name(backend) == _FREEDESKTOP:
        return _secret_service(backend)
    return TrustedKeyring(VaultState(True, _trusted_name(backend)), backend)


def _secret_service(backend: KeyringBackend) -> TrustedKeyring:
    """Look at the collection that would hold the key; other keyrings can't be looked at without asking."""
    slow_import("secretstorage")
    import secretstorage

    name, say = _FREEDESKTOP, ""
    try:
        with closing(secretstorage.dbus_init()) as bus:
            collection = secretstorage.get_collection_by_alias(bus, "default")
            if _is_clear_text(collection):
                return _none(
                    name, f"The keyring “{collection.get_label()}” has no password and keeps clear text"
                )
            locked = collection.is_locked()
    except secretstorage.ItemNotFoundException:
        return TrustedKeyring(VaultState(True, name), backend, empty=True)
    except Exception as error:
        return _none(name, f"The Secret Service does not answer ({type(error).__name__})")
    if locked:
        say = f"The keyring is locked: until it is unlocked, {_IN_MEMORY}"
    return TrustedKeyring(VaultState(not locked, name, say, locked), backend)


def _is_clear_text(collection: Collection) -> bool:
    """GNOME's keyring writes a collection whose password is empty as a plain text file."""
    escaped = collection.collection_path.rpartition("/")[2]
    name = re.sub("_([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), escaped)
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    try:
        with (Path(home) / "keyrings" / f"{name}.keyring").open("rb") as file:
            return file.read(9) == b"[keyring]"
    except OSError:
        return False


def _trusted_name(backend: KeyringBackend) -> str:
    """What users call this keyring; empty where it is not exactly one of those that we trust."""
    cls = type(backend)
    genuine = vars(sys.modules[cls.__module__]).get(cls.__qualname__) is cls
    return _TRUSTED.get(_class_name(backend), "") if genuine else ""


def _class_name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _refusal(name: str) -> TrustedKeyring:
    if name == "keyring.backends.null.Keyring":
        return _none("", "The keyring is switched off")
    if name in ("keyring.backends.fail.Keyring", _CHAINER):
        return _none("", "No keyring was found on this machine")
    return _none(name, f"The keyring {name} may keep clear text, so it is not used")


def _none(name: str, why: str) -> TrustedKeyring:
    return TrustedKeyring(VaultState(False, name, f"{why}: {_IN_MEMORY}"))
