"""Editing the draft: panes tell it what was typed, it tells the panes what else changed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from coldbyte.core.draft import Document, Draft, Part
from coldbyte.core.text.line_end import with_line_ends
from coldbyte.services.sample import read_sample
from coldbyte.state.autosave import Autosave
from coldbyte.state.edit_log import EditLog
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice
from coldbyte.ui.part_pane import LineEndWish


class DraftFlow(QObject):
    """What is removed or replaced can be brought back. `autosave` keeps what gives way, if there is one."""

    def __init__(
        self,
        window: MainWindow,
        draft: OpenDraft,
        edits: EditLog,
        live: LiveInsight,
        autosave: Autosave | None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._draft = draft
        self._edits = edits
        self._autosave = autosave
        self._join(live)
        self._show_parts()
        window.show_model(draft.draft.model)

    def _join(self, live: LiveInsight) -> None:
        window, draft = self._window, self._draft
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
        live.changed.connect(window.show_insight)

    def _show_parts(self) -> None:
        draft = self._draft.draft
        self._window.system_pane.show_parts(draft.system)
        self._window.documents_pane.show_parts(draft.documents)
        self._window.questions_pane.show_questions(draft.questions, self._draft.question)

    def _open_sample(self) -> None:
        """Put the sample in place of the draft, which can be brought back."""
        sample = read_sample()
        if self._draft.draft != sample:
            self.give_way(sample)

    def give_way(self, draft: Draft, question: str = "", remark: str = "") -> None:
        """Open another draft and choose its question; `remark` is said of it. The old one can return."""
        work, remedy = self._edits.work(), ""
        if self._autosave is not None and self._autosave.leave(work):
            folder = self._autosave.put_aside_folder
            remedy = self.tr("It is kept in {folder}, as one of the last that were.").format(folder=folder)
        self._draft.open(draft, question)
        self._edits.set_project(None, saved=draft)
        offer = (self.tr("Bring it back"), lambda: self._edits.reopen(work))
        say = self.tr("Your draft was put aside.")
        notice = Notice(say, f"{remedy} {remark}".strip(), offers=[offer])
        self._window.notice_bar.show_notice(notice)

    def _remove(self, key: str) -> None:
        """Remove a part, which can be put back."""
        draft = self._draft.draft
        part = draft.part(key)
        rows: tuple[tuple[Part, ...], ...] = (draft.system, draft.documents, draft.questions)
        row = next(parts.index(part) for parts in rows if part in parts)
        self._draft.remove(key)
        if part.text.size:
            start = " ".join(part.text.slice(0, min(part.text.utf16, 40)).split())
            name = part.title if isinstance(part, Document) else start
            offer = (self.tr("Put it back"), lambda: self._draft.put_back(part, row))
            say = self.tr("Removed “{name}”.").format(name=name)
            self._window.notice_bar.show_notice(Notice(say, offers=[offer]))

    def _add_question(self) -> None:
        self._draft.add_question()
        self._window.questions_pane.stack.setFocus()

    def _change_line_ends(self, wish: LineEndWish) -> None:
        text = self._draft.draft.part(wish.key).text
        self._draft.replace_text(wish.key, with_line_ends(text, wish.end))

    def _step_question(self, step: int) -> None:
        keys = [question.key for question in self._draft.draft.questions]
        if self._draft.question in keys:
            self._draft.select_question(keys[(keys.index(self._draft.question) + step) % len(keys)])
