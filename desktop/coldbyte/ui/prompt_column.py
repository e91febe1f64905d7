"""The prompt in cache order: settings, tools, system prompt, documents, conversation, questions."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from coldbyte.ui.part_list_pane import PartListPane
from coldbyte.ui.part_pane import PartPane
from coldbyte.ui.questions_pane import QuestionsPane
from coldbyte.ui.settings_pane import SettingsPane
from coldbyte.ui.turns_pane import TurnsPane

_SHARES = (3, 4, 4, 4, 4, 6)


class PromptColumn(QWidget):
    """The panes below each other; one that is folded leaves its room to the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prompt_column")
        self.settings_pane = SettingsPane(self)
        self.tools_pane = PartPane("tools", self.tr("Tools"), self.tr("No tools. + adds one."), self)
        self.tools_pane.set_movable(True, files=False)
        no_system = self.tr("No system prompt. + adds one.")
        self.system_pane = PartPane("system", self.tr("System prompt"), no_system, self)
        self.system_pane.set_movable(True, files=False)
        no_documents = self.tr("No documents. Drop text files here, or press + to open one.")
        self.documents_pane = PartPane("documents", self.tr("Documents"), no_documents, self)
        self.documents_pane.set_movable(True)
        self.turns_pane = TurnsPane(self)
        self.questions_pane = QuestionsPane(self)
        self._folds = (self.settings_pane.fold, *(pane.fold for pane in self.part_panes))
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.setObjectName("prompt_splitter")
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(6)
        self._lay_out()
        for pane in (self.settings_pane, self.tools_pane, self.turns_pane):
            pane.fold.fold(True)

    @property
    def part_panes(self) -> tuple[PartPane | PartListPane, ...]:
        """The panes of the prompt's parts."""
        lists = (self.turns_pane, self.questions_pane)
        return self.tools_pane, self.system_pane, self.documents_pane, *lists

    def save_state(self) -> QByteArray:
        """Which panes are folded, and how the room is shared."""
        folded = bytes(fold.folded for fold in self._folds)
        return QByteArray(folded + self._splitter.saveState().data())

    def restore_state(self, state: QByteArray) -> None:
        """Take up a saved state; one that makes no sense is passed over."""
        count = len(self._folds)
        data = state.data()
        if len(data) <= count or set(data[:count]) - {0, 1}:
            return
        for fold, folded in zip(self._folds, data[:count], strict=True):
            fold.fold(bool(folded))
        self._splitter.restoreState(QByteArray(data[count:]))

    def _share_room(self) -> None:
        """Share the height out anew among the panes that are open."""
        height = sum(self._splitter.sizes())
        shares = zip(self._folds, _SHARES, strict=True)
        self._splitter.setSizes([0 if fold.folded else height * share for fold, share in shares])

    def _lay_out(self) -> None:
        panes = (self.settings_pane, *self.part_panes)
        for pane, fold, share in zip(panes, self._folds, _SHARES, strict=True):
            pane.setProperty("role", "surface")
            pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self._splitter.addWidget(pane)
            self._splitter.setStretchFactor(self._splitter.count() - 1, share)
            fold.changed.connect(self._share_room)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)
