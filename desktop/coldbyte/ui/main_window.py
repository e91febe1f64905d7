"""The window: the overview across it; below, the prompt, the evidence and the reply side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from coldbyte.core.cache.money import dollars
from coldbyte.core.insight import Insight
from coldbyte.state.connection import ConnectionStatus
from coldbyte.ui.advice.advice_view import AdviceView
from coldbyte.ui.commands import fill_menus, insert_menu, make_actions
from coldbyte.ui.editor.block_editor import BlockEditor
from coldbyte.ui.elided_label import ElidedLabel
from coldbyte.ui.history.history_view import HistoryView
from coldbyte.ui.ledger.ledger_view import LedgerView
from coldbyte.ui.money.money_view import MoneyView
from coldbyte.ui.notice_bar import NoticeBar
from coldbyte.ui.outcome_tabs import OutcomeTabs
from coldbyte.ui.part_list_pane import PartListPane
from coldbyte.ui.part_pane import PartPane
from coldbyte.ui.part_stack import PartStack
from coldbyte.ui.prefix.overview_panel import OverviewPanel
from coldbyte.ui.prefix.prefix_panel import PrefixPanel
from coldbyte.ui.project.recent_menu import RecentMenu
from coldbyte.ui.prompt_column import PromptColumn
from coldbyte.ui.reply_pane import ReplyPane
from coldbyte.ui.status_strip import StatusStrip
from coldbyte.ui.timeline.timeline_strip import TimelineStrip


class MainWindow(QMainWindow):
    """Holds the panes; what they mean to each other is joined in `app`."""

    model_chosen = Signal(str)
    close_requested = Signal()
    connection_shown = Signal(str)
    project_shown = Signal(str)  # the title, with * where something is unsaved
    files_dropped = Signal(list)  # paths, dropped beside the documents

    def __init__(
        self,
        models: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`models` are ids with names; `clock` gives epoch seconds."""
        super().__init__(parent)
        self.setObjectName("main_window")
        self.setWindowTitle("Coldbyte")
        self._may_close = False
        self.setAcceptDrops(True)
        self.actions_by_id = make_actions(self)
        column = self.prompt_column = PromptColumn(self)
        self.settings_pane, self.tools_pane = column.settings_pane, column.tools_pane
        self.system_pane, self.documents_pane = column.system_pane, column.documents_pane
        self.turns_pane, self.questions_pane = column.turns_pane, column.questions_pane
        self.overview_panel = OverviewPanel(self)
        self.prefix_panel = PrefixPanel(self)
        self.ledger_view = LedgerView(self)
        self.money_view = MoneyView(self)
        self.advice_view = AdviceView(self)
        self.history_view = HistoryView(clock, self)
        self.outcome_tabs = OutcomeTabs(self)
        self._add_views()
        self.timeline_strip = TimelineStrip(self)
        self.status_strip = StatusStrip(self)
        self.reply_pane = ReplyPane(self)
        self.notice_bar = NoticeBar(self)
        self._make_controls(models)
        self._running = False
        fill_menus(self.menuBar(), self.actions_by_id)
        self.recent_menu = RecentMenu(self)
        insert_menu(self.menuBar(), self.action("save_project"), self.recent_menu)
        self._splitters = self._lay_out()
        self._model_combo.activated.connect(self._choose_model)
        self._send_button.clicked.connect(self._press_send)
        self._connection_button.clicked.connect(self.action("api_key").trigger)
        self.show_running(False)

    @property
    def focused_editor(self) -> BlockEditor | None:
        """The editor that has the keyboard focus."""
        widget = self.focusWidget()
        return widget if isinstance(widget, BlockEditor) else None

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """The panes in the order of reading."""
        prompt = (self.system_pane, self.documents_pane, self.turns_pane, self.questions_pane)
        return (
            self.settings_pane,
            self.tools_pane,
            *prompt,
            self.overview_panel,
            self.outcome_tabs,
            self.reply_pane,
            self.timeline_strip,
        )

    @property
    def stacks(self) -> tuple[PartStack, ...]:
        """The stacks of editors, in cache order."""
        return tuple(pane.stack for pane in self.part_panes)

    @property
    def part_panes(self) -> tuple[PartPane | PartListPane, ...]:
        """The panes of the prompt's parts, in cache order."""
        return self.prompt_column.part_panes

    @property
    def project_text(self) -> str:
        """The title, with * where something is unsaved."""
        return self.windowTitle().replace("[*]", "*" if self.isWindowModified() else "")

    @property
    def connection_text(self) -> str:
        """The line about the connection."""
        return self._connection_label.text()

    def action(self, name: str) -> QAction:
        """The action of a command."""
        return self.actions_by_id[name]

    def focus_model(self) -> None:
        """Give the keyboard to the box of models."""
        self._model_combo.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_model(self, model: str) -> None:
        """Show the draft's model; one that the catalogue does not know is added as it is."""
        index = self._model_combo.findData(model)
        if index < 0:
            self._model_combo.addItem(model, model)
            index = self._model_combo.count() - 1
        self._model_combo.setCurrentIndex(index)

    def show_project(self, name: str, *, unsaved: bool, read_only: bool) -> None:
        """Name the project in the title, with a mark where something is unsaved; empty for no project."""
        shown = self.tr("{name} (read-only)").format(name=name) if read_only else name
        self.setWindowTitle(f"{shown.replace('[*]', '[*][*]')}[*] – Coldbyte" if name else "Coldbyte[*]")
        self.setWindowModified(unsaved)
        self.project_shown.emit(self.project_text)

    def show_connection(self, status: ConnectionStatus) -> None:
        """Say whom the app talks to."""
        mark = "◌" if status.target == "simulator" else "●"
        self._connection_button.setText(f"{mark} {status.address}")
        self._connection_button.setToolTip(status.say)
        self._connection_button.setAccessibleName(self.tr("Connection: {say}").format(say=status.say))
        self._connection_label.show_text(status.say)
        self.connection_shown.emit(status.say)
        self.action("use_simulator").setChecked(status.target == "simulator")
        self.action("use_api").setChecked(status.target == "api")
        self.action("use_api").setEnabled(status.key_source != "none")

    def show_insight(self, insight: Insight | None, trouble: str = "") -> None:
        """Show what is known about the draft; without an insight `trouble` says why there is none."""
        self.overview_panel.show_insight(insight, trouble)
        self.prefix_panel.show_insight(insight)
        can_restore = insight is not None and insight.broken
        self.action("restore").setEnabled(can_restore)
        differs = insight is not None and bool(insight.causes or insight.harmless)
        for name in ("next_difference", "previous_difference"):
            self.action(name).setEnabled(differs)
        self._send_button.setEnabled(self._running or insight is not None)
        cost = insight.forecast.cost if insight else None
        self._price_label.setText(self.tr("≈ {price} prompt").format(price=dollars(cost.now)) if cost else "")

    def show_running(self, running: bool) -> None:
        """While an exchange is on its way the send button cancels it."""
        self._running = running
        self._send_button.setText(self.tr("Cancel  Esc") if running else self.tr("Send  Ctrl+Enter"))
        self.action("send").setEnabled(not running)
        self.action("cancel").setEnabled(running)

    def save_layout(self) -> dict[str, QByteArray]:
        """The states of the window and its splitters, by name."""
        states = {name: splitter.saveState() for name, splitter in self._splitters.items()}
        return {"window": self.saveGeometry(), "prompt": self.prompt_column.save_state(), **states}

    def restore_layout(self, states: dict[str, QByteArray]) -> None:
        """Take up saved states; empty ones are passed over."""
        if not states.get("window", QByteArray()).isEmpty():
            self.restoreGeometry(states["window"])
        self.prompt_column.restore_state(states.get("prompt", QByteArray()))
        for name, splitter in self._splitters.items():
            if not states.get(name, QByteArray()).isEmpty():
                splitter.restoreState(states[name])

    def close_now(self) -> None:
        """Close for good, once everything else has ended."""
        self._may_close = True
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the dropped files to be imported."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for closing; what runs has to end first."""
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.close_requested.emit()

    def _choose_model(self) -> None:
        self.model_chosen.emit(self._model_combo.currentData())

    def _press_send(self) -> None:
        self.action("cancel" if self._running else "send").trigger()

    def _make_controls(self, models: Sequence[tuple[str, str]]) -> None:
        """What stands above the panes."""
        self._model_combo = QComboBox(self)
        self._model_combo.setObjectName("model_combo")
        self._model_combo.setAccessibleName(self.tr("Model"))
        for model, name in models:
            self._model_combo.addItem(name, model)
        self._connection_button = QToolButton(self)
        self._connection_button.setObjectName("connection_button")
        self._connection_button.setProperty("role", "chip")
        self._connection_label = ElidedLabel(self)
        self._connection_label.setObjectName("connection_label")
        self._connection_label.setProperty("role", "muted")
        self._price_label = QLabel(self)
        self._price_label.setObjectName("price_label")
        self._price_label.setProperty("role", "muted")
        self._send_button = QPushButton(self.tr("Send"), self)
        self._send_button.setObjectName("send_button")
        self._send_button.setProperty("role", "primary")

    def _add_views(self) -> None:
        """The views beside the prompt, in the order of their tabs."""
        tabs = self.outcome_tabs
        tabs.add_view(self.prefix_panel, self.tr("Prefix"), self.tr("What the next send does"))
        about_ledger = self.tr("The entries believed live, and the time left to each")
        tabs.add_view(self.ledger_view, self.tr("Prompt cache"), about_ledger)
        tabs.add_view(self.money_view, self.tr("Money"), self.tr("What was spent, and what was saved"))
        about_advice = self.tr("Whether caching pays, and where breakpoints belong")
        tabs.add_view(self.advice_view, self.tr("Advice"), about_advice)
        tabs.add_view(self.history_view, self.tr("History"), self.tr("Every exchange that is kept"))

    def _lay_out(self) -> dict[str, QSplitter]:
        main = self._splitter("columns_splitter", Qt.Orientation.Horizontal)
        main.addWidget(self.prompt_column)
        main.setStretchFactor(0, 5)
        _fill(main, (self.outcome_tabs, 6), (self.reply_pane, 5))
        main.setSizes([400, 480, 380])
        central = QWidget(self)
        column = QVBoxLayout(central)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(6)
        column.addLayout(self._top_row())
        column.addWidget(self.notice_bar)
        column.addWidget(_surface(self.overview_panel))
        column.addWidget(main, 1)
        column.addWidget(_surface(self.timeline_strip))
        column.addWidget(self.status_strip)
        self.setCentralWidget(central)
        self.resize(1280, 800)
        return {splitter.objectName(): splitter for splitter in (main,)}

    def _top_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._model_combo)
        row.addWidget(self._connection_button)
        row.addWidget(self._connection_label, 1)
        row.addWidget(self._price_label)
        row.addWidget(self._send_button)
        return row

    def _splitter(self, name: str, orientation: Qt.Orientation) -> QSplitter:
        splitter = QSplitter(orientation, self)
        splitter.setObjectName(name)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        return splitter


def _fill(splitter: QSplitter, *panes: tuple[QWidget, int]) -> None:
    """Put panes with their shares of the room into a splitter."""
    for pane, share in panes:
        splitter.addWidget(_surface(pane))
        splitter.setStretchFactor(splitter.count() - 1, share)


def _surface(pane: QWidget) -> QWidget:
    pane.setProperty("role", "surface")
    pane.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return pane
