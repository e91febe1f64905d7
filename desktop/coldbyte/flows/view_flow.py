"""How the window looks: theme, text size, invisible characters, layout; help and shortcuts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QDir, QObject
from PySide6.QtWidgets import QApplication, QWidget

from coldbyte import __version__
from coldbyte.services import resources
from coldbyte.state.settings import THEMES, Settings, ThemeChoice
from coldbyte.ui.commands import shortcut_sheet
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.help_window import HelpWindow
from coldbyte.ui.icon import install_icons
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.theme import Theme, ThemeSwitch

GUIDE = (
    *(
        "first-steps.md",
        "prefix.md",
        "causes.md",
        "verdict.md",
        "projects.md",
        "history.md",
        "project-format.md",
        "cache.md",
        "warming.md",
        "money.md",
    ),
    *("advice.md", "tokens.md", "keys.md", "simulator.md", "command-line.md", "lock.md", "import.md"),
    "export.md",
)
"""The pages of the guide, in the order in which they are read."""
_ZOOM_STEPS = range(-4, 13)
_VIEWS = {
    "show_prefix": "prefix_panel",
    "show_ledger": "ledger_view",
    "show_money": "money_view",
    "show_advice": "advice_view",
}


def dress(application: QApplication, choice: ThemeChoice) -> ThemeSwitch:
    """Give the application its icons and its theme, before the first widget is made."""
    QDir.addSearchPath("icons", str(resources.folder() / "icons"))
    install_icons(application, resources.texts("icons", ".svg"))
    themes = {name: Theme.from_json(text) for name, text in resources.texts("themes", ".json").items()}
    return ThemeSwitch(application, themes, choice)


class ViewFlow(QObject):
    """Each choice is remembered."""

    def __init__(self, window: MainWindow, switch: ThemeSwitch, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._zoom = 0
        self._switch = switch
        for choice in THEMES:
            action = window.action(f"theme_{choice}")
            action.triggered.connect(partial(self._choose_theme, choice))
        invisibles = window.action("show_invisibles")
        invisibles.setChecked(settings.show_invisibles)
        invisibles.toggled.connect(self._show_invisibles)
        colours = window.action("syntax_colours")
        colours.setChecked(settings.syntax_colours)
        colours.toggled.connect(self._colour_syntax)
        for name, step in (("zoom_in", 1), ("zoom_out", -1), ("zoom_reset", 0)):
            window.action(name).triggered.connect(partial(self._change_zoom, step))
        window.action("next_pane").triggered.connect(partial(self._step_pane, +1))
        window.action("previous_pane").triggered.connect(partial(self._step_pane, -1))
        for name, view in _VIEWS.items():
            window.action(name).triggered.connect(partial(self.show_view, view))
        for strip in (window.status_strip, window.timeline_strip):
            strip.view_requested.connect(self.show_view)
        window.action("guide").triggered.connect(self.open_guide)
        window.action("shortcuts").triggered.connect(self.open_shortcuts)
        window.action("about").triggered.connect(self.open_about)
        window.action("undo").triggered.connect(lambda: self._to_editor("undo"))
        window.action("redo").triggered.connect(lambda: self._to_editor("redo"))
        self._show_theme_choice()
        self._show_invisibles(settings.show_invisibles)
        self._colour_syntax(settings.syntax_colours)

    def restore_layout(self) -> None:
        """Put the window where it was."""
        names = self._window.save_layout()
        self._window.restore_layout({name: self._settings.layout(name) for name in names})

    def save_layout(self) -> None:
        """Remember where the window is."""
        for name, state in self._window.save_layout().items():
            self._settings.save_layout(name, state)

    def show_view(self, name: str, _checked: bool = False) -> None:
        """Bring a view beside the prompt to the front and give it the keyboard, if there is one."""
        tabs = self._window.outcome_tabs
        if tabs.findChild(QWidget, name) is not None:
            tabs.show_view(name)
            tabs.setFocus()

    def open_guide(self) -> None:
        """Show the guide."""
        self._open({name: resources.text(f"help/{name}") for name in GUIDE})

    def open_shortcuts(self) -> None:
        """Show the sheet of shortcuts."""
        self._open({"shortcuts.md": shortcut_sheet()})

    def open_about(self) -> None:
        """Say what this is."""
        text = resources.text("help/about.md").replace("{version}", __version__)
        self._open({"about.md": text})

    def _step_pane(self, step: int, _checked: bool = False) -> None:
        """Go round the panes with the keyboard; in an editor Tab types a tab."""
        window = self._window
        panes = [pane for pane in window.panes if pane.isVisible()]
        focused = window.focusWidget()
        here = next((n for n, pane in enumerate(panes) if focused and pane.isAncestorOf(focused)), -step)
        panes[(here + step) % len(panes)].setFocus()

    def _open(self, pages: dict[str, str]) -> None:
        HelpWindow(pages, self._window).show()

    def _choose_theme(self, choice: ThemeChoice, _checked: bool = False) -> None:
        self._settings.theme = choice
        self._switch.choose(choice)
        self._show_theme_choice()

    def _show_theme_choice(self) -> None:
        for choice in THEMES:
            self._window.action(f"theme_{choice}").setChecked(self._settings.theme == choice)

    def _show_invisibles(self, show: bool) -> None:
        if show != self._settings.show_invisibles:
            self._settings.show_invisibles = show
        for stack in self._window.stacks:
            stack.set_show_invisibles(show)

    def _colour_syntax(self, wanted: bool) -> None:
        if wanted != self._settings.syntax_colours:
            self._settings.syntax_colours = wanted
        for stack in self._window.stacks:
            stack.set_syntax_colours(wanted)

    def _change_zoom(self, step: int, _checked: bool = False) -> None:
        by = step if step else -self._zoom
        if self._zoom + by not in _ZOOM_STEPS:
            return
        self._zoom += by
        for stack in self._window.stacks:
            stack.zoom(by)

    def _to_editor(self, verb: str) -> None:
        editor = self._window.focused_editor
        if isinstance(editor, BlockEditor):
            getattr(editor, verb)()
