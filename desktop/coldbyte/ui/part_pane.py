"""A pane for tools, system blocks or documents: a tab for each part, its editor, its breakpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.draft import Document, SystemBlock, Tool, Ttl
from coldbyte.core.text.text import Text
from coldbyte.core.tool_check import tool_name
from coldbyte.state.open_draft import TextChange
from coldbyte.ui.pane_header import Fold, body_of, pane_header
from coldbyte.ui.part_stack import PartStack
from coldbyte.ui.text_facts import TextFacts
from coldbyte.ui.tool_button import tool_button

_BREAKPOINTS: tuple[tuple[Ttl | None, str], ...] = (
    (None, "No breakpoint"),
    ("5m", "Breakpoint 5m"),
    ("1h", "Breakpoint 1h"),
)


Marked: TypeAlias = Tool | SystemBlock | Document
"""A part behind which a breakpoint can stand."""

_TAB_LENGTH = 24  # characters of a title that a tab shows


@dataclass(frozen=True, slots=True)
class BreakpointWish:
    """The user wants this breakpoint behind a part, or none."""

    key: str
    ttl: Ttl | None


@dataclass(frozen=True, slots=True)
class LineEndWish:
    """The user wants the lines of a part to end so."""

    key: str
    end: str


@dataclass(frozen=True, slots=True)
class MoveWish:
    """The user moves a part from one place to another."""

    key: str
    by: int


class PartPane(QWidget):
    """Shows the parts it is given and says what the user wants of them."""

    text_edited = Signal(object)  # TextChange
    breakpoint_chosen = Signal(object)  # BreakpointWish
    line_ends_requested = Signal(object)  # LineEndWish
    move_requested = Signal(object)  # MoveWish
    add_requested = Signal()
    remove_requested = Signal(str)
    rename_requested = Signal()
    files_dropped = Signal(list)  # paths

    def __init__(self, name: str, title: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_pane")
        self._parts: tuple[Marked, ...] = ()
        self._troubles: Mapping[str, str] = {}
        self._tabs = QTabBar(self)
        self._tabs.setObjectName(f"{name}_tabs")
        self._tabs.setAccessibleName(title)
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._tabs.setUsesScrollButtons(True)
        self._tabs.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._add_button = tool_button(self, "add_button", "+", self.tr("{pane}: add").format(pane=title))
        self._remove_button = tool_button(
            self, "remove_button", "−", self.tr("{pane}: remove").format(pane=title)
        )
        self._breakpoint_combo = QComboBox(self)
        self._breakpoint_combo.setObjectName("breakpoint_combo")
        self._breakpoint_combo.setAccessibleName(self.tr("{pane}: breakpoint").format(pane=title))
        self._breakpoint_combo.setToolTip(
            self.tr("A breakpoint stores everything up to here in the prompt cache, for 5 minutes or 1 hour.")
        )
        for ttl, label in _BREAKPOINTS:
            self._breakpoint_combo.addItem(self.tr(label), ttl)
        self._stack = PartStack(name, self)
        self._empty_label = QLabel(empty, self)
        self._empty_label.setProperty("role", "placeholder")
        self._empty_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty_label.setWordWrap(True)
        self._trouble_label = QLabel(self)
        self._trouble_label.setObjectName("trouble_label")
        self._trouble_label.setProperty("role", "trouble")
        self._trouble_label.setTextFormat(Qt.TextFormat.PlainText)
        self._trouble_label.setWordWrap(True)
        self._trouble_label.hide()
        self._facts = TextFacts(self)
        body, self._column = body_of(self)
        self.fold = Fold(self, title, body, hidden=(self._tabs, self._breakpoint_combo, self._remove_button))
        self.fold.lead_to(self._add_button)
        self._lay_out()
        self._tabs.currentChanged.connect(self._show_current)
        self._tabs.tabMoved.connect(self._ask_move)
        self._tabs.tabBarDoubleClicked.connect(lambda _: self.rename_requested.emit())
        self._add_button.clicked.connect(self.add_requested)
        self._remove_button.clicked.connect(self._ask_remove)
        self._breakpoint_combo.activated.connect(self._ask_breakpoint)
        self._stack.text_edited.connect(self._take_edit)
        self._facts.line_ends_requested.connect(self._ask_line_ends)

    @property
    def stack(self) -> PartStack:
        """The editors."""
        return self._stack

    @property
    def key(self) -> str | None:
        """The key of the part that is shown."""
        index = self._tabs.currentIndex()
        return self._parts[index].key if 0 <= index < len(self._parts) else None

    def set_movable(self, movable: bool, *, files: bool = True) -> None:
        """Let the user drag tabs, and accept dropped files."""
        self._tabs.setMovable(movable)
        self.setAcceptDrops(movable and files)

    def show_troubles(self, troubles: Mapping[str, str]) -> None:
        """Say of each part, by its key, what the API would refuse in it."""
        self._troubles = troubles
        self._show_trouble()

    def show_parts(self, parts: Sequence[Marked]) -> None:
        """Show these parts; the one that was shown stays if it is still there, a new last one is shown."""
        shown, count = self.key, len(self._parts)
        self._parts = tuple(parts)
        keys = [part.key for part in parts]
        self._stack.keep_only(set(keys))
        self._tabs.blockSignals(True)
        while self._tabs.count() > len(parts):
            self._tabs.removeTab(self._tabs.count() - 1)
        for index, part in enumerate(parts):
            if index == self._tabs.count():
                self._tabs.addTab("")
            self._tabs.setTabText(index, _shortened(self._tab_text(part, index)).replace("&", "&&"))
            self._tabs.setTabToolTip(index, self._tab_text(part, index))
        self.fold.say(self.tr("none") if not parts else f"{len(parts)}")
        added = 0 < count < len(parts)
        index = len(parts) - 1 if added else keys.index(shown) if shown in keys else 0
        self._tabs.setCurrentIndex(index)
        self._tabs.blockSignals(False)
        self._show_current()
        if added:
            self._stack.setFocus()

    def focus_breakpoint(self) -> None:
        """Give the keyboard to the box of breakpoints."""
        self._breakpoint_combo.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def select(self, key: str) -> bool:
        """Show the part with this key; whether there is one."""
        index = next((index for index, part in enumerate(self._parts) if part.key == key), None)
        if index is None:
            return False
        self._tabs.setCurrentIndex(index)
        self._show_current()
        return True

    def replace_text(self, change: TextChange) -> None:
        """Follow a change that was made elsewhere."""
        self._parts = tuple(_with_text(part, change) for part in self._parts)
        self._stack.replace_text(change)
        if change.key == self.key:
            self._facts.show_text(change.text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the dropped files to be opened."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def _show_current(self) -> None:
        key = self.key
        part = next((part for part in self._parts if part.key == key), None)
        self._layers.setCurrentWidget(self._stack if part else self._empty_label)
        self._facts.setVisible(part is not None)
        self._breakpoint_combo.setVisible(part is not None and not self.fold.folded)
        self._show_trouble()
        self._remove_button.setEnabled(part is not None)
        self.fold.lead_to(self._stack if part is not None else self._add_button)
        if part is None:
            return
        self._stack.show_part(part.key, part.text, self._tab_text(part, self._tabs.currentIndex()))
        self._breakpoint_combo.setCurrentIndex(self._breakpoint_combo.findData(part.ttl))
        self._facts.show_text(self._text_of(part))

    def _show_trouble(self) -> None:
        trouble = self._troubles.get(self.key or "", "")
        self._trouble_label.setText(trouble)
        self._trouble_label.setVisible(bool(trouble))

    def _text_of(self, part: Marked) -> Text:
        editor = self._stack.editor_of(part.key)
        return editor.text if editor else part.text

    def _take_edit(self, change: TextChange) -> None:
        self._parts = tuple(_with_text(part, change) for part in self._parts)
        if change.key == self.key:
            self._facts.show_text(change.text)
            self._name_tab(self._tabs.currentIndex())
        self.text_edited.emit(change)

    def _name_tab(self, index: int) -> None:
        """A tool is called as its text says."""
        part = self._parts[index]
        if isinstance(part, Tool):
            self._tabs.setTabText(index, _shortened(self._tab_text(part, index)).replace("&", "&&"))
            self._tabs.setTabToolTip(index, self._tab_text(part, index))

    def _ask_breakpoint(self) -> None:
        if self.key is not None:
            self.breakpoint_chosen.emit(BreakpointWish(self.key, self._breakpoint_combo.currentData()))

    def _ask_line_ends(self, end: str) -> None:
        if self.key is not None:
            self.line_ends_requested.emit(LineEndWish(self.key, end))

    def _ask_move(self, origin: int, target: int) -> None:
        self.move_requested.emit(MoveWish(self._parts[origin].key, target - origin))

    def _ask_remove(self) -> None:
        if self.key is not None:
            self.remove_requested.emit(self.key)

    def _lay_out(self) -> None:
        controls = (self._breakpoint_combo, self._add_button, self._remove_button)
        self._layers = QStackedLayout()
        self._layers.addWidget(self._empty_label)
        self._layers.addWidget(self._stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        header = pane_header(self.fold.title_button, self._tabs, self.fold.fact_label, *controls)
        column.addLayout(header)
        column.addWidget(self.fold.body, 1)
        self._column.addLayout(self._layers, 1)
        self._column.addWidget(self._trouble_label)
        self._column.addWidget(self._facts)

    def _tab_text(self, part: Marked, index: int) -> str:
        match part:
            case Document(title=title):
                return title
            case Tool():
                return tool_name(part.text) or self.tr("Tool {n}").format(n=index + 1)
            case SystemBlock():
                return self.tr("Block {n}").format(n=index + 1)


def _shortened(title: str) -> str:
    half = _TAB_LENGTH // 2
    return title if len(title) <= _TAB_LENGTH else f"{title[:half]}…{title[-half:]}"


def _with_text(part: Marked, change: TextChange) -> Marked:
    return replace(part, text=change.text) if part.key == change.key else part
