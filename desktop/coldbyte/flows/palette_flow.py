"""All commands in one list, and all places in another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from coldbyte.core.draft import Document, Part, Question, SystemBlock, Tool
from coldbyte.core.tool_check import tool_name
from coldbyte.state.open_draft import OpenDraft
from coldbyte.ui.commands import COMMANDS
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.palette import Palette, PaletteEntry
from coldbyte.ui.part_list_pane import first_words

_OWN = ("command_palette", "quick_switch")


class PaletteFlow(QObject):
    """What was chosen last in this run stands first."""

    def __init__(self, window: MainWindow, draft: OpenDraft) -> None:
        super().__init__(window)
        self._window, self._draft = window, draft
        self._recent: list[str] = []
        self.palette = Palette(window)
        window.action("command_palette").triggered.connect(self.open_commands)
        window.action("quick_switch").triggered.connect(self.open_places)

    def open_commands(self) -> None:
        """Offer all commands."""
        ids = [command.id for command in COMMANDS if command.id not in _OWN]
        ids.sort(key=lambda id_: self._recent.index(id_) if id_ in self._recent else len(self._recent))
        entries = [self._command(id_) for id_ in ids]
        self.palette.open(self.tr("Which command?"), entries)

    def open_places(self) -> None:
        """Offer the parts of the draft and the views."""
        self.palette.open(self.tr("Where to?"), [*self._parts(), *self._views()])

    def _command(self, id_: str) -> PaletteEntry:
        action = self._window.action(id_)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        title = action.text().replace("&", "").removesuffix(" …")
        return PaletteEntry(title, keys, partial(self._run, id_), action.isEnabled())

    def _run(self, id_: str) -> None:
        self._recent = [id_, *(other for other in self._recent if other != id_)]
        self._window.action(id_).trigger()

    def _parts(self) -> Iterator[PaletteEntry]:
        for part in self._draft.draft.parts.values():
            title, kind = self._named(part)
            yield PaletteEntry(title or self.tr("(empty)"), kind, partial(self._go_to, part.key))

    def _named(self, part: Part) -> tuple[str, str]:
        match part:
            case Tool(text=text):
                return tool_name(text), self.tr("tool")
            case SystemBlock(text=text):
                return first_words(text), self.tr("system prompt")
            case Document(title=title):
                return title, self.tr("document")
            case Question(text=text):
                return first_words(text), self.tr("question")
            case _:
                return first_words(part.text), self.tr("turn")

    def _views(self) -> Iterator[PaletteEntry]:
        tabs = self._window.outcome_tabs
        for name, title in tabs.titles.items():
            yield PaletteEntry(title, self.tr("view"), partial(self._show, name))

    def _show(self, name: str) -> None:
        self._window.outcome_tabs.show_view(name)
        self._window.outcome_tabs.setFocus()

    def _go_to(self, key: str) -> None:
        for pane in self._window.part_panes:
            if pane.select(key):
                pane.fold.fold(False)
                pane.stack.setFocus()
