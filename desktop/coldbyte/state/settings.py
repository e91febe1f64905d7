"""What the app remembers between two runs. Never a key."""

from __future__ import annotations

from typing import Literal, get_args

from PySide6.QtCore import QByteArray, QObject, QSettings

from coldbyte.state.connection import DEFAULT_PROFILE

ThemeChoice = Literal["system", "light", "dark"]

_THEMES: tuple[ThemeChoice, ...] = get_args(ThemeChoice)


class Settings(QObject):
    """Read at once, written through; a value that makes no sense counts as absent."""

    def __init__(self, store: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store

    @property
    def theme(self) -> ThemeChoice:
        """Which theme to use; `system` follows the desktop."""
        value = str(self._store.value("window/theme"))
        return next((choice for choice in _THEMES if choice == value), "system")

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._store.setValue("window/theme", choice)

    @property
    def show_invisibles(self) -> bool:
        """Whether editors draw invisible characters."""
        return str(self._store.value("editor/show_invisibles", "true")).lower() != "false"

    @show_invisibles.setter
    def show_invisibles(self, show: bool) -> None:
        self._store.setValue("editor/show_invisibles", show)

    @property
    def profile(self) -> str:
        """The name of the key profile last used."""
        value = self._store.value("connection/profile")
        return value if isinstance(value, str) and value else DEFAULT_PROFILE

    @profile.setter
    def profile(self, name: str) -> None:
        self._store.setValue("connection/profile", name)
        self._store.setValue("connection/profiles", sorted({*self.profiles, name}))

    @property
    def profiles(self) -> tuple[str, ...]:
        """The names of all key profiles that were used."""
        names = _names(self._store.value("connection/profiles", []))
        return tuple(dict.fromkeys((DEFAULT_PROFILE, *names)))

    def counts_in_background(self, profile: str) -> bool:
        """Whether the draft is uploaded for counting while the user types; off until it is switched on."""
        return profile in self._counted

    def set_counts_in_background(self, profile: str, wanted: bool) -> None:
        """Switch that on or off for one profile."""
        others = self._counted - {profile}
        self._store.setValue("counting/profiles", sorted(others | {profile} if wanted else others))

    @property
    def _counted(self) -> set[str]:
        return set(_names(self._store.value("counting/profiles", [])))

    def layout(self, name: str) -> QByteArray:
        """The saved state of a window or a splitter; empty where there is none."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def save_layout(self, name: str, state: QByteArray) -> None:
        """Keep the state of a window or a splitter."""
        self._store.setValue(f"layout/{name}", state)


def _names(value: object) -> list[str]:
    """A list of strings, of which QSettings gives back one alone as a string."""
    if isinstance(value, str):
        return [value]
    return [str(name) for name in value] if isinstance(value, (list, tuple)) else []
