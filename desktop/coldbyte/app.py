"""Builds services, state and the window, joins them, and takes them down again in reverse order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QApplication

from coldbyte import __version__
from coldbyte.core.cache.catalogue import Catalogue, read_catalogue
from coldbyte.core.cache.catalogue_override import OverrideError, with_overrides
from coldbyte.core.reply import SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.flows.advice_flow import AdviceFlow
from coldbyte.flows.cache_flow import CacheFlow
from coldbyte.flows.count_flow import CountFlow
from coldbyte.flows.draft_flow import DraftFlow
from coldbyte.flows.edit_flow import EditFlow
from coldbyte.flows.exchange_flow import ExchangeFlow
from coldbyte.flows.export_desk import ExportDesk
from coldbyte.flows.export_flow import ExportFlow
from coldbyte.flows.file_flow import FileFlow
from coldbyte.flows.find_flow import FindFlow
from coldbyte.flows.history_export import HistoryExport
from coldbyte.flows.history_flow import HistoryFlow
from coldbyte.flows.import_flow import ImportFlow
from coldbyte.flows.key_flow import KeyFlow
from coldbyte.flows.money_flow import MoneyFlow
from coldbyte.flows.palette_flow import PaletteFlow
from coldbyte.flows.project_flow import ProjectFlow
from coldbyte.flows.repair_flow import RepairFlow
from coldbyte.flows.timeline_flow import TimelineFlow
from coldbyte.flows.view_flow import ViewFlow, dress
from coldbyte.services import resources
from coldbyte.services.anthropic_api import AnthropicApi, import_sdk
from coldbyte.services.catalogue_file import read_user_catalogue
from coldbyte.services.history.history_store import HistoryStore
from coldbyte.services.ledger_store import LedgerStore
from coldbyte.services.pattern_process import PatternProcess
from coldbyte.services.project_folder import ProjectFolder
from coldbyte.services.project_lock import ProjectLocks
from coldbyte.services.sample import read_sample
from coldbyte.services.simulator_process import SimulatorProcess, SimulatorTrouble
from coldbyte.services.steady_clock import SteadyClock
from coldbyte.services.text_file import FileTrouble
from coldbyte.services.working_copy import Opened, WorkingCopy
from coldbyte.state.autosave import Autosave
from coldbyte.state.books import Books
from coldbyte.state.connection import SIMULATOR_SCOPE, Connection, Vault
from coldbyte.state.counting import Counting
from coldbyte.state.edit_log import EditLog
from coldbyte.state.edit_trail import EditTrail
from coldbyte.state.exchange_log import ExchangeLog
from coldbyte.state.history import History
from coldbyte.state.importing import Importing
from coldbyte.state.ledger import Ledger
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.open_project import OpenProject
from coldbyte.state.receipt_book import ReceiptBook
from coldbyte.state.sending import Sending
from coldbyte.state.settings import Settings
from coldbyte.state.tasks import Tasks
from coldbyte.state.warming import Warming
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice
from coldbyte.ui.theme import ThemeSwitch

_log = logging.getLogger("coldbyte")


@dataclass(frozen=True)
class Surroundings:
    """What a run finds around it: the user's own things, or, for showing the app, none of them.

    Without `drafts` the sample is open and nothing that is typed is kept; without `ledgers` nothing is known
    of earlier runs, and without `histories` no exchange is kept. `unkept` tells the user why the draft is not
    kept, where that is no wish of theirs. `catalogue` is where the user's own models and prices may lie.
    `clock` gives epoch seconds.
    """

    environment: Mapping[str, str]
    settings: QSettings
    vault: Vault
    drafts: WorkingCopy | None = None
    ledgers: LedgerStore | None = None
    histories: HistoryStore | None = None
    catalogue: Path | None = None
    clock: Callable[[], float] = field(default_factory=lambda: SteadyClock().now)
    simulator_fast: bool = False
    locks: Path | None = None
    unkept: str = ""


class App(QObject):
    """One window with everything behind it. `run` shows it and returns when it is closed."""

    def __init__(self, application: QApplication, surroundings: Surroundings) -> None:
        super().__init__()
        self.tasks = Tasks(self)
        self.settings = Settings(surroundings.settings, self)
        self.catalogue, remark = _open_catalogue(surroundings.catalogue)
        self.simulator = SimulatorProcess(self._forget_entries, fast=surroundings.simulator_fast)
        self.connection = Connection(self, surroundings.vault, surroundings.environment, self)
        self._drafts = surroundings.drafts
        opened = self._drafts.open() if self._drafts is not None else Opened()
        self.draft = OpenDraft(opened.work.draft if opened.work else read_sample(), self)
        if opened.work is not None:
            self.draft.select_question(opened.work.question)
        self.edits = EditLog(self.draft, opened.work, self)
        locks = ProjectLocks(surroundings.locks) if surroundings.locks is not None else None
        self.project = OpenProject(self.draft, ProjectFolder(), locks, self.tasks, self)
        self._autosave = None
        self._untouched = self.draft.draft
        self._may_lose = not surroundings.unkept and opened.can_keep
        if self._drafts is not None and opened.can_keep:
            self._autosave = Autosave(
                self.edits,
                self._drafts,
                self.tasks,
                is_kept=opened.is_kept,
                is_due=opened.work is not None and not opened.is_kept,
                parent=self,
            )
        self._make_state(surroundings)
        theme_switch = dress(application, self.settings.theme)
        models = [(model.id, model.name) for model in self.catalogue.offered]
        self.window = MainWindow(models, clock=surroundings.clock)
        self._join_editors()
        self._closing = False
        self._told_of_loss = False
        self._simulator_turn = asyncio.Lock()
        self._closed = asyncio.Event()
        self._make_flows(theme_switch)
        self.window.close_requested.connect(self.close)
        self.window.action("quit").triggered.connect(self.close)
        self.tasks.failed.connect(self._report_failure)
        if self._autosave is not None:
            self._autosave.failed.connect(self._report_file_trouble)
        if surroundings.unkept:
            remedy = self.tr("What you type in this window is not kept. Ctrl+S saves it as a project.")
            self.window.notice_bar.show_notice(Notice(surroundings.unkept, remedy, "trouble"))
        for each in (*opened.troubles, remark):
            if each is not None:
                self._report_file_trouble(each)

    async def run(self) -> None:
        """Show the window; return when it was closed and everything behind it has ended."""
        self.show()
        await self.closed()

    async def closed(self) -> None:
        """Return when everything has ended."""
        await self._closed.wait()

    def show(self) -> None:
        """Show the window, then start what may take its time."""
        self._view_flow.restore_layout()
        self.live.look()
        self.window.show()
        self.window.questions_pane.list.setFocus()
        if self._ledgers is not None:
            self.tasks.start("open the ledger", self._open_ledger(self._ledgers))
        if self.histories is not None:
            self.tasks.start("open the history", self._open_history(self.histories))
        self.tasks.start("load the key", self._key_flow.load())
        self.tasks.start("import the SDK", asyncio.to_thread(import_sdk))
        self.tasks.start("start the simulator", self._warm_up())

    def open_documents(self, paths: Sequence[Path]) -> None:
        """Open files as documents."""
        self._file_flow.open_documents([str(path) for path in paths])

    def close(self) -> None:
        """End everything, then the window. A second call changes nothing."""
        if not self._closing:
            self._closing = True
            self.tasks.start("close", self._close())

    def client(self, base_url: str | None, key: ApiKey) -> AnthropicApi:
        """A client of the Messages API."""
        return AnthropicApi(base_url, key)

    async def simulator_url(self) -> str:
        """The address of the simulator, which is started if it does not run. Raise SendFailure."""
        async with self._simulator_turn:
            try:
                return await self.simulator.start()
            except SimulatorTrouble as trouble:
                raise SendFailure("unreachable", trouble.say, remedy=trouble.remedy) from None

    async def _open_ledger(self, ledgers: LedgerStore) -> None:
        """Take in what earlier runs left."""
        loop = asyncio.get_running_loop()
        ledgers.tell = lambda trouble: loop.call_soon_threadsafe(self._report_file_trouble, trouble)
        kept = await ledgers.open()
        self.receipts.restore(kept.receipts, kept.known)
        self.ledger.restore(kept.entries)
        if kept.trouble is not None:
            self._report_file_trouble(kept.trouble)

    async def _open_history(self, histories: HistoryStore) -> None:
        """Open it, and say what was wrong with it."""
        trouble = await histories.open()
        if trouble is not None:
            self._report_file_trouble(trouble)
        self.history_flow.start()

    def _forget_entries(self, _exit_code: int) -> None:
        """The simulator has died, and its entries with it."""
        self.ledger.clear(SIMULATOR_SCOPE)
        say = self.tr("The simulator ended, and its prompt cache with it.")
        remedy = self.tr("The next request starts it again.")
        self.window.notice_bar.show_notice(Notice(say, remedy, "trouble"))

    async def _warm_up(self) -> None:
        try:
            await self.simulator_url()
        except SendFailure as failure:
            self.window.notice_bar.show_notice(Notice(failure.say, failure.remedy, "trouble"))

    async def _close(self) -> None:
        self._view_flow.save_layout()
        if not self._told_of_loss and not await self._is_safe():
            self._closing, self._told_of_loss = False, True
            say = self.tr("The draft could not be kept, so the window stays open.")
            remedy = self.tr("Save your texts with Ctrl+S, or close once more to give them up.")
            self.window.notice_bar.show_notice(Notice(say, remedy, "trouble"))
            return
        self.warming.stop_all()
        self.sending.cancel()
        await self.sending.settled()
        await self.history.settled()
        await self.tasks.close()
        await self.connection.close()
        await self.simulator.stop()
        if self._ledgers is not None:
            await self._ledgers.close()
        if self.histories is not None:
            await self.histories.close()
        if self._drafts is not None:
            await self._drafts.close()
        self.project.close()
        self.window.close_now()
        self._closed.set()

    async def _is_safe(self) -> bool:
        """Whether nothing of the draft is lost when the window closes."""
        if self._autosave is not None:
            return await self._autosave.finish()
        return self._may_lose or self.draft.draft == self._untouched or not self.edits.has_unsaved

    def _make_state(self, surroundings: Surroundings) -> None:
        """What the app knows of exchanges, entries and the draft's prospects."""
        self.log = ExchangeLog(self)
        self._ledgers = surroundings.ledgers
        self.ledger = Ledger(self._ledgers, self)
        self.receipts = ReceiptBook(self._ledgers, self)
        books = Books(self.log, self.ledger, self.receipts, self.catalogue, surroundings.clock)
        self._books = books
        self.live = LiveInsight(self.draft, books, self.connection, self)
        self.histories = surroundings.histories
        self.history = History(self.histories, books, self.tasks, self)
        self.project.changed.connect(self._name_exchanges)
        self.importing = Importing(self.history, books, self.tasks, self)
        self.trail = EditTrail(self.live, surroundings.clock, self)
        self.sending = Sending(
            self.live, books, self.connection, self.tasks, self, history=self.history, trail=self.trail
        )
        self.counting = Counting(self.live, self.receipts, self.connection, self.settings, self.tasks, self)
        self.warming = Warming(self.live, books, self.connection, self.tasks, self, history=self.history)

    def _name_exchanges(self) -> None:
        """What is sent from now on belongs to the project that is open."""
        self.history.project = self.project.name

    def _join_editors(self) -> None:
        """Let the editors have their steps of undo from the edit log, and tell it what they do."""
        for stack in self.window.stacks:
            stack.history_of = self.edits.history
            stack.done.connect(self.edits.take_deed)
            self.edits.reopened.connect(stack.start_over)

    def _make_flows(self, theme_switch: ThemeSwitch) -> None:
        """What spans window, state and services."""
        books, connection, tasks = self._books, self.connection, self.tasks
        self._draft_flow = DraftFlow(self.window, self.draft, self.edits, self.live, self._autosave)
        self._exchange_flow = ExchangeFlow(self.window, self.sending, self.log, self.draft)
        self._key_flow = KeyFlow(self.window, self.connection, self.settings, self.tasks)
        self._count_flow = CountFlow(self.window, self.counting, self.connection)
        self._cache_flow = CacheFlow(self.window, self.live, books, self.warming, connection)
        self._money_flow = MoneyFlow(self.window, self.live, books, connection, tasks)
        self._advice_flow = AdviceFlow(self.window, self.draft, self.live, books, connection, tasks)
        self._file_flow = FileFlow(self.window, self.draft, self.tasks)
        self._import_flow = ImportFlow(self.window, self.importing, self._draft_flow.give_way)
        desk = ExportDesk(self.window, tasks)
        self.history_export = HistoryExport(self.window.history_view, books, self.history, desk)
        self._export_flow = ExportFlow(self.window, self.live, books, desk, self.history_export)
        self._project_flow = ProjectFlow(
            self.window,
            self.draft,
            self.project,
            self.edits,
            self._autosave,
            self.settings,
            self.tasks,
            self._file_flow.open_documents,
            self._import_flow.import_paths,
        )
        self._repair_flow = RepairFlow(self.window, self.draft, self.log, self.live)
        self.edit_flow = EditFlow(self.window, self.draft, self.live, self.trail, books.clock)
        self.history_flow = HistoryFlow(
            self.window,
            self.live,
            books,
            self.history,
            connection,
            self.settings,
            tasks,
            self.edit_flow,
            desk,
            self._draft_flow.give_way,
        )
        self.timeline_flow = TimelineFlow(self.window, books, self.history, tasks, self.history_flow)
        self.palette_flow = PaletteFlow(self.window, self.draft)
        self._view_flow = ViewFlow(self.window, theme_switch, self.settings)
        self._find_flow = FindFlow(self.window, PatternProcess(), tasks)

    def _report_file_trouble(self, trouble: FileTrouble) -> None:
        self.window.notice_bar.show_notice(Notice(trouble.say, trouble.remedy, "trouble"))

    def _report_failure(self, name: str, error: Exception) -> None:
        _log.error("the task “%s” failed", name, exc_info=error)
        kind = type(error).__name__
        say = self.tr("Something went wrong in “{name}”: {kind}.").format(name=name, kind=kind)
        remedy = self.tr("Your texts are untouched. Coldbyte {version}.").format(version=__version__)
        self.window.notice_bar.show_notice(Notice(say, remedy, "trouble"))


def _open_catalogue(own: Path | None) -> tuple[Catalogue, FileTrouble | None]:
    """The models and prices, with the user's own over them; what was wrong with those."""
    catalogue = read_catalogue(resources.text("catalogue.json"))
    try:
        text = read_user_catalogue(own) if own is not None else None
        return (with_overrides(catalogue, text) if text is not None else catalogue), None
    except FileTrouble as trouble:
        return catalogue, trouble
    except OverrideError as error:
        place = error.path or "the file"
        say = f"Your own models and prices in {own} are not used. In {place}: {error.say}."
        return catalogue, FileTrouble(say, remedy=error.remedy)
