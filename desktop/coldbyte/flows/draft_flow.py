"""Editing the draft: panes tell it what was typed, it tells the panes what else changed."""

from __future__ import annotations

from PySide6.QtCore import QObject

from coldbyte.core.block_list import only_text
from coldbyte.core.draft import Document, Draft, Tool, Turn
from coldbyte.core.insight import Insight
from coldbyte.core.json.value import Json, compact
from coldbyte.core.text.line_end import with_line_ends
from coldbyte.core.text.text import Text
from coldbyte.core.tool_check import tool_troubles
from coldbyte.services.sample import read_sample
from coldbyte.state.autosave import Autosave
from coldbyte.state.edit_log import EditLog
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.ui.main_window import MainWindow
from coldbyte.ui.notice_bar import Notice
from coldbyte.ui.part_pane import LineEndWish

_TOOL = """{
  "name": "",
  "description": "",
  "input_schema": {
    "type": "object",
    "properties": {},
    "required": []
  }
}"""


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
        self._checked: tuple[Tool, ...] = ()
        self._join(live)
        self._show_parts()
        window.show_model(draft.draft.model)

    def _join(self, live: LiveInsight) -> None:
        window, draft = self._window, self._draft
        for pane in window.part_panes:
            pane.text_edited.connect(lambda change: draft.edit_text(change.key, change.text))
            draft.text_replaced.connect(pane.replace_text)
            pane.remove_requested.connect(self._remove)
        for part_pane in (window.tools_pane, window.system_pane, window.documents_pane):
            part_pane.breakpoint_chosen.connect(lambda wish: draft.set_breakpoint(wish.key, wish.ttl))
            part_pane.line_ends_requested.connect(self._change_line_ends)
            part_pane.move_requested.connect(lambda wish: draft.move(wish.key, wish.by))
        window.tools_pane.add_requested.connect(self._add_tool)
        window.settings_pane.max_tokens_chosen.connect(draft.set_max_tokens)
        window.settings_pane.setting_chosen.connect(lambda wish: draft.set_setting(wish.name, wish.value))
        turns = window.turns_pane
        turns.add_requested.connect(self._add_turn)
        turns.role_requested.connect(lambda wish: draft.set_role(wish.key, wish.role))
        turns.form_requested.connect(self._change_form)
        turns.cut_requested.connect(self._cut)
        turns.rewind_requested.connect(self._rewind)
        for action, do in (("add_tool", self._add_tool), ("add_turn", self._add_turn)):
            window.action(action).triggered.connect(do)
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
        live.changed.connect(lambda insight: self._show_insight(insight, live))

    def _show_insight(self, insight: Insight | None, live: LiveInsight) -> None:
        tools = self._draft.draft.tools
        if tools != self._checked:
            self._checked = tools
            self._window.tools_pane.show_troubles(tool_troubles(tools))
        self._window.show_insight(insight, self._trouble(live))

    def _trouble(self, live: LiveInsight) -> str:
        """Why the draft can't be sent as it stands; empty where that is not so."""
        error, draft = live.trouble, self._draft.draft
        if error is None:
            return ""
        part = draft.parts.get(error.path)
        if isinstance(part, Tool):
            name = self.tr("Tool {n}").format(n=draft.tools.index(part) + 1)
        elif isinstance(part, Turn):
            name = self.tr("Turn {n}").format(n=draft.turns.index(part) + 1)
        else:
            name = error.path
        return self.tr("{part} is no JSON yet: {expected}.").format(part=name, expected=error.expected)

    def _show_parts(self) -> None:
        draft = self._draft.draft
        self._window.settings_pane.show_draft(draft)
        self._window.tools_pane.show_parts(draft.tools)
        self._window.turns_pane.show_parts(draft.turns)
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
        row = draft.of_kind(type(part)).index(part)
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

    def _add_tool(self) -> None:
        self._draft.add_tool(Text.from_str(_TOOL))
        self._window.tools_pane.fold.fold(False)
        self._window.tools_pane.stack.setFocus()

    def _add_turn(self) -> None:
        self._draft.add_turn()
        self._window.turns_pane.fold.fold(False)
        self._window.turns_pane.stack.setFocus()

    def _change_form(self, key: str) -> None:
        """From text to the JSON of its blocks, and back where they are one text block."""
        turn = self._draft.draft.part(key)
        if not isinstance(turn, Turn):
            return
        if turn.form == "text":
            block: Json = [{"type": "text", "text": turn.text}]
            self._draft.set_form(key, "blocks", Text.from_str(compact(block)))
            return
        text = only_text(turn.text)
        if text is not None:
            self._draft.set_form(key, "text", text)
            return
        say = self.tr("This turn stays JSON: it is not one text block and nothing else.")
        self._window.notice_bar.show_notice(Notice(say))

    def _cut(self, key: str) -> None:
        """Drop a turn and what follows, which can be put back."""
        before, question = self._draft.draft, self._draft.question
        self._draft.cut_turns(key)
        gone = len(before.turns) - len(self._draft.draft.turns)
        say = self.tr("{n} turns are gone.").format(n=gone) if gone > 1 else self.tr("1 turn is gone.")
        offer = (self.tr("Put them back"), lambda: self._draft.open(before, question))
        self._window.notice_bar.show_notice(Notice(say, offers=[offer]))

    def _rewind(self, key: str) -> None:
        """Go back to a turn of the user: it becomes the question, what follows is dropped."""
        turn = self._draft.draft.part(key)
        self._cut(key)
        self._draft.add_question(turn.text)
        self._window.questions_pane.stack.setFocus()

    def _change_line_ends(self, wish: LineEndWish) -> None:
        text = self._draft.draft.part(wish.key).text
        self._draft.replace_text(wish.key, with_line_ends(text, wish.end))

    def _step_question(self, step: int) -> None:
        keys = [question.key for question in self._draft.draft.questions]
        if self._draft.question in keys:
            self._draft.select_question(keys[(keys.index(self._draft.question) + step) % len(keys)])
