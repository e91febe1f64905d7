"""Somebody at real editors: random acts on an open draft, and the records of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from coldbyte.core.journal.frame import framed
from coldbyte.core.journal.record import Record, encode
from coldbyte.core.journal.replay import replay
from coldbyte.core.journal.work import Work, records_of
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Steps
from coldbyte.state.edit_log import EditLog
from coldbyte.state.open_draft import OpenDraft
from coldbyte.ui.part_stack import PartStack
from core.journal.random_work import a_draft

KEYS = ("system", "document", "turn", "question", "other", "document-new-1")
CHARS = st.text(st.sampled_from("ab\n\r\u00a0é😀"), min_size=1, max_size=4)


class Desk:
    """A draft with its editors, one for each part that was shown, and a journal of what happens."""

    def __init__(self, work: Work | None = None) -> None:
        self.draft = OpenDraft(work.draft if work else a_draft())
        if work is not None:
            self.draft.select_question(work.question)
        self.log = EditLog(self.draft, work)
        self.log.keeps = True
        self.records: list[Record] = list(records_of(self.log.work()))
        self.stack = PartStack("test")
        self.stack.history_of = self.log.history
        self.stack.done.connect(self.log.take_deed)
        self.stack.text_edited.connect(lambda change: self.draft.edit_text(change.key, change.text))
        self.draft.text_replaced.connect(self.stack.replace_text)
        self.log.reopened.connect(self.stack.start_over)
        self.draft.parts_changed.connect(lambda draft: self.stack.keep_only(set(draft.parts)))
        self.stack.show()

    def close(self) -> None:
        """Take the editors down; a window that is destroyed while it is seen would end the event loop."""
        self.stack.hide()
        self.stack.deleteLater()

    def show(self, key: str) -> None:
        part = self.draft.draft.parts.get(key)
        if part is not None:
            self.stack.show_part(key, part.text, key)

    def keep(self) -> None:
        self.records += self.log.take()

    def kept(self) -> Work:
        self.keep()
        data = b"".join(run for record in self.records for run in framed(encode(record)))
        found = replay(data)
        assert not found.damage
        assert found.work is not None
        return found.work

    def check(self) -> None:
        """What is kept is what is open."""
        wanted, found = self.log.work(), self.kept()
        steps = {key: known for key, known in found.steps.items() if known != Steps()}
        assert replace(found, steps=steps) == wanted
        for key in KEYS:
            editor = self.stack.editor_of(key)
            if editor is not None:
                assert str(editor.text) == str(found.draft.part(key).text)
                assert (editor.can_undo, editor.can_redo) == (
                    bool(steps.get(key, Steps()).done),
                    bool(steps.get(key, Steps()).undone),
                )

    def act(self, act: str, key: str, at: int, chars: str) -> None:
        if act == "show":
            self.show(key)
        elif act == "keep":
            self.keep()
        elif act in EDITS:
            self.edit(act, key, at, chars)
        elif act in PARTS:
            if key in self.draft.draft.parts:
                self.change_part(act, key, at, chars)
        else:
            self.change_draft(act, at, chars)

    def edit(self, act: str, key: str, at: int, chars: str) -> None:
        editor = self.stack.editor_of(key)
        if editor is None:
            return
        match act:
            case "type":
                QTest.keyClicks(editor, "".join(char for char in chars if char in "ab"))
            case "delete":
                QTest.keyClick(editor, Qt.Key.Key_Backspace)
            case "paste":
                editor.replace_range(at, at + 2, chars)
            case "undo":
                editor.undo()
            case "redo":
                editor.redo()

    def change_part(self, act: str, key: str, at: int, chars: str) -> None:
        part = self.draft.draft.part(key)
        match act:
            case "replace":
                self.draft.replace_text(key, Text.from_str(chars))
            case "remove":
                self.draft.remove(key)
                if at % 2:
                    self.draft.put_back(part, 0)
            case "breakpoint":
                self.draft.set_breakpoint(key, "1h" if at % 2 else None)

    def change_draft(self, act: str, at: int, chars: str) -> None:
        questions = self.draft.draft.questions
        match act:
            case "add":
                self.draft.add_document(chars, Text.from_str(chars))
            case "ask":
                self.draft.add_question(Text.from_str(chars))
            case "choose" if questions:
                self.draft.select_question(questions[at % len(questions)].key)
            case "restore":
                self.draft.take(replace(a_draft(chars), questions=questions))
            case "take":
                self.draft.take(a_draft(chars))
            case "open":
                self.draft.open(a_draft(chars))
            case "project":
                self.log.set_project({"folder": chars}, self.draft.draft if at % 2 else None)


EDITS = ("type", "type", "type", "delete", "paste", "undo", "undo", "redo")
PARTS = ("replace", "remove", "breakpoint")
ACTS = (*EDITS, *PARTS, *("show", "add", "ask", "choose", "restore", "take", "open", "project", "keep"))
HANDS = st.tuples(st.sampled_from(ACTS), st.sampled_from(KEYS), st.integers(0, 9), CHARS)
