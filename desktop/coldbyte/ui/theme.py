"""The theme: colours by their role, made into a palette and one style sheet, following the system."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from coldbyte.state.settings import ThemeChoice
from coldbyte.ui.role import ROLES, Role
from coldbyte.ui.style_sheet import style_sheet

_PROPERTY = "coldbyte_theme"

_PALETTE: tuple[tuple[QPalette.ColorRole, Role], ...] = (
    (QPalette.ColorRole.Window, "window"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "surface"),
    (QPalette.ColorRole.AlternateBase, "raised"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.PlaceholderText, "muted"),
    (QPalette.ColorRole.Button, "raised"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.BrightText, "warning"),
    (QPalette.ColorRole.Light, "hover"),
    (QPalette.ColorRole.Midlight, "raised"),
    (QPalette.ColorRole.Mid, "border"),
    (QPalette.ColorRole.Dark, "border"),
    (QPalette.ColorRole.Shadow, "window"),
    (QPalette.ColorRole.Highlight, "selection"),
    (QPalette.ColorRole.HighlightedText, "on_selection"),
    (QPalette.ColorRole.Accent, "accent"),
    (QPalette.ColorRole.Link, "link"),
    (QPalette.ColorRole.LinkVisited, "link"),
    (QPalette.ColorRole.ToolTipBase, "raised"),
    (QPalette.ColorRole.ToolTipText, "text"),
)
_DISABLED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


class ThemeError(ValueError):
    """A theme file that can't be used; the text says what is wrong with it."""


@dataclass(frozen=True)
class Theme:
    """A name and a colour (`#rrggbb`) for every role."""

    name: str
    dark: bool
    colours: Mapping[Role, str]

    @classmethod
    def from_json(cls, text: str) -> Theme:
        """Read a file of `resources/themes`. Raise ThemeError where a role is missing or unknown."""
        try:
            fields: Any = json.loads(text)
        except ValueError as error:
            raise ThemeError(f"A theme that is not JSON: {error}") from None
        if not isinstance(fields, dict) or not isinstance(fields.get("colours"), dict):
            raise ThemeError("A theme is an object with `name`, `dark` and `colours`.")
        name, colours = str(fields.get("name", "")), fields["colours"]
        _check(name, colours)
        return cls(name, bool(fields.get("dark", False)), {role: colours[role] for role in ROLES})

    def color(self, role: Role) -> QColor:
        """The colour of a role."""
        return QColor(self.colours[role])

    def palette(self) -> QPalette:
        """The theme as a palette, for everything that the style sheet does not speak of."""
        palette = QPalette()
        for place, role in _PALETTE:
            palette.setColor(place, self.color(role))
        for place in _DISABLED:
            palette.setColor(QPalette.ColorGroup.Disabled, place, self.color("disabled"))
        return palette


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Dress the whole application; type sizes follow its font.

    The arrows of combo boxes come from the search path `icons` (QDir.addSearchPath), if it was set before.
    """
    if app.property(_PROPERTY) is None:
        app.setStyle("fusion")
    app.setProperty(_PROPERTY, theme)
    app.setPalette(theme.palette())
    points = QFontInfo(app.font()).pointSizeF()
    app.setStyleSheet(style_sheet(theme.colours, points, arrows=bool(QDir.searchPaths("icons"))))


def current_theme() -> Theme:
    """The theme that was applied. Raise RuntimeError before the first one."""
    app = QApplication.instance()
    theme = app.property(_PROPERTY) if app else None
    if theme is None:
        raise RuntimeError("apply_theme comes before the first widget is painted.")
    assert isinstance(theme, Theme)
    return theme


class ThemeSwitch(QObject):
    """Applies the theme that was chosen by hand, or the system's, also when that changes. `themes` are named
    by the choices.
    """

    changed = Signal(object)  # Theme

    def __init__(
        self,
        app: QApplication,
        themes: Mapping[str, Theme],
        choice: ThemeChoice = "system",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent or app)
        self._app = app
        self._themes = themes
        self._choice: ThemeChoice = choice
        hints = app.styleHints()
        self._contrast = hints.accessibility().contrastPreference()
        hints.colorSchemeChanged.connect(self._follow)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow_contrast)
        self.choose(choice)

    @property
    def choice(self) -> ThemeChoice:
        """What was chosen."""
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the system, or hold one theme; title bars of the system come along where it lets them."""
        self._choice = choice
        hints = self._app.styleHints()
        if choice == "system":
            hints.unsetColorScheme()
            self._apply(self._of(hints.colorScheme()))
            return
        theme = self._themes[choice]
        hints.setColorScheme(Qt.ColorScheme.Dark if theme.dark else Qt.ColorScheme.Light)
        self._apply(theme)

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._apply(self._of(scheme))

    def _follow_contrast(self, contrast: Qt.ContrastPreference) -> None:
        self._contrast = contrast
        self._follow(self._app.styleHints().colorScheme())

    def _of(self, scheme: Qt.ColorScheme) -> Theme:
        if self._contrast == Qt.ContrastPreference.HighContrast:
            return self._themes["contrast"]
        return self._themes["dark" if scheme == Qt.ColorScheme.Dark else "light"]

    def _apply(self, theme: Theme) -> None:
        apply_theme(self._app, theme)
        self.changed.emit(theme)


def _check(name: str, colours: Mapping[str, object]) -> None:
    missing = [role for role in ROLES if role not in colours]
    if missing:
        raise ThemeError(f"The theme “{name}” has no colour for: {', '.join(missing)}.")
    unknown = sorted(colours.keys() - set(ROLES))
    if unknown:
        raise ThemeError(f"The theme “{name}” has roles that do not exist: {', '.join(unknown)}.")
    for role, colour in colours.items():
        if not isinstance(colour, str) or not QColor.isValidColorName(colour) or len(colour) != 7:
            raise ThemeError(f"The theme “{name}”: {role} is not a colour like #1a2b3c: {colour!r}.")
