"""What the app remembers between two runs. Never a key."""

from __future__ import annotations

from typing import Literal, get_args

from PySide6.QtCore import QByteArray, QObject, QSettings

from coldbyte.core.history.query import Retention
from coldbyte.state.connection import DEFAULT_PROFILE

ThemeChoice = Literal["system", "light", "dark", "contrast", "safe"]

_MOST_RECENT = 10
THEMES: tuple[ThemeChoice, ...] = get_args(ThemeChoice)
"""`contrast` is for eyes that need much of it, `safe` for every kind of colour vision."""


class Settings(QObject):
    """Read at once, written through; a value that makes no sense counts as absent."""

    def __init__(self, store: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store

    @property
    def theme(self) -> ThemeChoice:
        """Which theme to use; `system` follows the desktop."""
        value = str(self._store.value("window/theme"))
        return next((choice for choice in THEMES if choice == value), "system")

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
    def syntax_colours(self) -> bool:
        """Whether editors colour JSON, Markdown and tags."""
        return str(self._store.value("editor/syntax_colours", "true")).lower() != "false"

    @syntax_colours.setter
    def syntax_colours(self, wanted: bool) -> None:
        self._store.setValue("editor/syntax_colours", wanted)

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

    @property
    def recent_projects(self) -> tuple[str, ...]:
        """The folders of the projects that were open, the newest first."""
        return tuple(_names(self._store.value("project/recent", [])))

    def remember_project(self, folder: str) -> None:
        """Put a folder before the others; the oldest are forgotten."""
        others = [other for other in self.recent_projects if other != folder]
        self._store.setValue("project/recent", [folder, *others][:_MOST_RECENT])

    def forget_projects(self) -> None:
        """Forget which projects were open."""
        self._store.remove("project/recent")

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

    @property
    def retention(self) -> Retention:
        """How long exchanges are kept; everything for ever until the user says otherwise."""
        days, megabytes = (_count(self._store.value(f"history/{name}")) for name in ("days", "megabytes"))
        return Retention(days, megabytes)

    @retention.setter
    def retention(self, retention: Retention) -> None:
        self._store.setValue("history/days", retention.days or "")
        self._store.setValue("history/megabytes", retention.megabytes or "")

    def layout(self, name: str) -> QByteArray:
        """The saved state of a window or a splitter; empty where there is none."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def save_layout(self, name: str, state: QByteArray) -> None:
        """Keep the state of a window or a splitter."""
        self._store.setValue(f"layout/{name}", state)


def _count(value: object) -> int | None:
    """A number from 1 on, which comes back from a file as a string."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 10**9 else None


def _names(value: object) -> list[str]:
    """A list of strings, of which QSettings gives back one alone as a string."""
    if isinstance(value, str):
        return [value]
    return [str(name) for name in value] if isinstance(value, (list, tuple)) else []
