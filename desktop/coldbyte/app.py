"""Builds services, state and the window, joins them, and takes them down again in reverse order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QApplication

from coldbyte import __version__
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.draft import Document, Draft, Part
from coldbyte.core.reply import SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.core.text.line_end import with_line_ends
from coldbyte.flows.file_flow import FileFlow
from coldbyte.flows.key_flow import KeyFlow
from coldbyte.flows.repair_flow import RepairFlow
from coldbyte.flows.view_flow import ViewFlow, dress
from coldbyte.services import resources
from coldbyte.services.anthropic_api import AnthropicApi, import_sdk
from coldbyte.services.draft_store import DraftStore
from coldbyte.services.sample import read_sample
from coldbyte.services.simulator_process import SimulatorProcess, SimulatorTrouble
from coldbyte.services.text_file import FileTrouble
from coldbyte.state.autosave import Autosave
from coldbyte.state.connection import SIMULATOR_SCOPE, Connection, Vault
from coldbyte.state.exchange_log import ExchangeLog, Record
from coldbyte.state.ledger import Ledger
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.sending import Sending
from coldbyte.state.settings import Settings
from coldbyte.state.tasks import Tasks
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice
from coldbyte.ui.part_pane import LineEndWish

_log = logging.getLogger("coldbyte")


@dataclass(frozen=True)
class Surroundings:
    """What a run finds around it: the user's own things, or, for showing the app, none of them.

    Without `drafts` the sample is open and nothing that is typed is kept.
    """

    environment: Mapping[str, str]
    settings: QSettings
    vault: Vault
    drafts: DraftStore | None = None
    clock: Callable[[], float] = time.time
    simulator_fast: bool = False


class App(QObject):
    """One window with everything behind it. `run` shows it and returns when it is closed."""

    def __init__(self, application: QApplication, surroundings: Surroundings) -> None:
        super().__init__()
        self.tasks = Tasks(self)
        self.settings = Settings(surroundings.settings, self)
        self.catalogue = read_catalogue(resources.text("catalogue.json"))
        self.simulator = SimulatorProcess(self._forget_entries, fast=surroundings.simulator_fast)
        self.connection = Connection(self, surroundings.vault, surroundings.environment, self)
        self._drafts = surroundings.drafts
        draft, question, trouble = _open_last(self._drafts)
        self.draft = OpenDraft(draft, self)
        self.draft.select_question(question)
        self._autosave = None
        if self._drafts is not None and (trouble is None or not self._drafts.exists()):
            self._autosave = Autosave(self.draft, self._drafts, self.tasks, self)
        self.log = ExchangeLog(self)
        self.ledger = Ledger(self)
        clock = surroundings.clock
        self.live = LiveInsight(
            self.draft, self.log, self.ledger, self.connection, self.catalogue, clock, self
        )
        self.sending = Sending(
            self.live, self.log, self.ledger, self.connection, self.catalogue, self.tasks, clock, self
        )
        theme_switch = dress(application, self.settings.theme)
        models = [(model.id, model.name) for model in self.catalogue.offered]
        self.window = MainWindow(models)
        self._shown_number = self._newest_number = 0
        self._closing = False
        self._told_of_loss = False
        self._simulator_turn = asyncio.Lock()
        self._closed = asyncio.Event()
        self._join_draft()
        self._join_sending()
        self._key_flow = KeyFlow(self.window, self.connection, self.settings, self.tasks)
        self._file_flow = FileFlow(self.window, self.draft, self.tasks)
        self._repair_flow = RepairFlow(self.window, self.draft, self.log, self.live)
        self._view_flow = ViewFlow(self.window, theme_switch, self.settings)
        self.window.close_requested.connect(self.close)
        self.window.action("quit").triggered.connect(self.close)
        self.tasks.failed.connect(self._report_failure)
        if self._autosave is not None:
            self._autosave.failed.connect(self._report_file_trouble)
        if trouble is not None:
            self._report_file_trouble(trouble)

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
        if self._autosave is not None and not await self._autosave.save() and not self._told_of_loss:
            self._closing, self._told_of_loss = False, True
            say = self.tr("The draft could not be kept, so the window stays open.")
            remedy = self.tr("Save your texts with Ctrl+S, or close once more to give them up.")
            self.window.notice_bar.show_notice(Notice(say, remedy, "trouble"))
            return
        await self.tasks.close()
        await self.connection.close()
        await self.simulator.stop()
        self.window.close_now()
        self._closed.set()

    def _join_draft(self) -> None:
        """Panes tell the draft what was typed; the draft tells the panes what else changed."""
        window, draft = self.window, self.draft
        for pane in (window.system_pane, window.documents_pane, window.questions_pane):
            pane.text_edited.connect(lambda change: draft.edit_text(change.key, change.text))
            draft.text_replaced.connect(pane.replace_text)
            pane.remove_requested.connect(self._remove)
        for part_pane in (window.system_pane, window.documents_pane):
            part_pane.breakpoint_chosen.connect(lambda wish: draft.set_breakpoint(wish.key, wish.ttl))
            part_pane.line_ends_requested.connect(self._change_line_ends)
        window.documents_pane.move_requested.connect(lambda wish: draft.move_document(wish.key, wish.by))
        window.system_pane.add_requested.connect(draft.add_system_block)
        window.action("add_system_block").triggered.connect(draft.add_system_block)
        window.questions_pane.add_requested.connect(self._add_question)
        window.action("add_question").triggered.connect(self._add_question)
        window.questions_pane.question_chosen.connect(draft.select_question)
        window.action("next_question").triggered.connect(lambda: self._step_question(+1))
        window.action("previous_question").triggered.connect(lambda: self._step_question(-1))
        window.action("open_sample").triggered.connect(self._open_sample)
        window.model_chosen.connect(draft.set_model)
        draft.parts_changed.connect(self._show_parts)
        draft.changed.connect(lambda changed: window.show_model(changed.model))
        draft.question_changed.connect(window.questions_pane.select)
        self._show_parts()
        window.show_model(draft.draft.model)
        self.live.changed.connect(window.show_insight)

    def _join_sending(self) -> None:
        window = self.window
        window.action("send").triggered.connect(self.sending.send)
        window.action("cancel").triggered.connect(self.sending.cancel)
        window.reply_pane.step_requested.connect(self._step_exchange)
        self.sending.running_changed.connect(window.show_running)
        self.log.changed.connect(self._show_record)

    def _show_parts(self) -> None:
        draft = self.draft.draft
        self.window.system_pane.show_parts(draft.system)
        self.window.documents_pane.show_parts(draft.documents)
        self.window.questions_pane.show_questions(draft.questions, self.draft.question)

    def _open_sample(self) -> None:
        """Put the sample in place of the draft, which can be brought back."""
        draft, question = self.draft.draft, self.draft.question
        sample = read_sample()
        if draft == sample:
            return
        self.draft.open(sample)
        if self._drafts is not None:
            self.tasks.start(
                "put the draft aside", asyncio.to_thread(self._drafts.put_aside, draft, question)
            )
        offer = (self.tr("Bring it back"), lambda: self.draft.open(draft, question))
        self.window.notice_bar.show_notice(Notice(self.tr("Your draft was put aside."), offers=[offer]))

    def _remove(self, key: str) -> None:
        """Remove a part, which can be put back."""
        draft = self.draft.draft
        part = draft.part(key)
        rows: tuple[tuple[Part, ...], ...] = (draft.system, draft.documents, draft.questions)
        row = next(parts.index(part) for parts in rows if part in parts)
        self.draft.remove(key)
        if part.text.size:
            start = " ".join(part.text.slice(0, min(part.text.utf16, 40)).split())
            name = part.title if isinstance(part, Document) else start
            offer = (self.tr("Put it back"), lambda: self.draft.put_back(part, row))
            say = self.tr("Removed “{name}”.").format(name=name)
            self.window.notice_bar.show_notice(Notice(say, offers=[offer]))

    def _add_question(self) -> None:
        self.draft.add_question()
        self.window.questions_pane.stack.setFocus()

    def _change_line_ends(self, wish: LineEndWish) -> None:
        text = self.draft.draft.part(wish.key).text
        self.draft.replace_text(wish.key, with_line_ends(text, wish.end))

    def _step_question(self, step: int) -> None:
        keys = [question.key for question in self.draft.draft.questions]
        if self.draft.question in keys:
            self.draft.select_question(keys[(keys.index(self.draft.question) + step) % len(keys)])

    def _show_record(self, record: Record) -> None:
        """A new exchange is shown at once; one that is looked at stays while another goes on."""
        number = record.exchange.number
        if number > self._newest_number:
            self._newest_number = self._shown_number = number
        if number == self._shown_number:
            self.window.reply_pane.show_record(record, self._newest_number)

    def _step_exchange(self, step: int) -> None:
        number = self._shown_number + step
        if 1 <= number <= self._newest_number:
            self._shown_number = number
            self.window.reply_pane.show_record(self.log.records[number - 1], self._newest_number)

    def _report_file_trouble(self, trouble: FileTrouble) -> None:
        self.window.notice_bar.show_notice(Notice(trouble.say, trouble.remedy, "trouble"))

    def _report_failure(self, name: str, error: Exception) -> None:
        _log.error("the task “%s” failed", name, exc_info=error)
        kind = type(error).__name__
        say = self.tr("Something went wrong in “{name}”: {kind}.").format(name=name, kind=kind)
        remedy = self.tr("Your texts are untouched. Coldbyte {version}.").format(version=__version__)
        self.window.notice_bar.show_notice(Notice(say, remedy, "trouble"))


def _open_last(drafts: DraftStore | None) -> tuple[Draft, str, FileTrouble | None]:
    """The draft of the last run, else the sample; the chosen question; what was wrong with the file."""
    trouble = None
    if drafts is not None:
        try:
            if (last := drafts.load()) is not None:
                return *last, None
        except FileTrouble as error:
            trouble = error
    sample = read_sample()
    return sample, sample.questions[0].key, trouble
