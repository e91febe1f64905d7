"""The draft that is open: the one place where it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from coldbyte.core.draft import Document, Draft, Form, Part, Question, Role, SystemBlock, Tool, Ttl, Turn
from coldbyte.core.json.value import Json
from coldbyte.core.text.text import EMPTY, Text


@dataclass(frozen=True, slots=True)
class TextChange:
    """A part's new text."""

    key: str
    text: Text


class OpenDraft(QObject):
    """Holds the draft and the question that would be asked."""

    changed = Signal(object)  # Draft, after every change
    parts_changed = Signal(object)  # Draft, when parts came, went, moved or got another title or breakpoint
    text_replaced = Signal(object)  # TextChange, for the editors to follow
    question_changed = Signal(str)  # the key of the question that would be asked

    def __init__(self, draft: Draft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self._question = draft.questions[0].key if draft.questions else ""
        self._numbers = count(1)
        self._conversation = uuid4().hex

    @property
    def conversation(self) -> str:
        """The id of the conversation that the draft leads; another draft leads another one."""
        return self._conversation

    @property
    def draft(self) -> Draft:
        """The draft as it stands."""
        return self._draft

    @property
    def question(self) -> str:
        """The key of the question that would be asked; empty without questions."""
        return self._question

    def edit_text(self, key: str, text: Text) -> None:
        """Take over what an editor holds."""
        self._set(self._draft.with_text(key, text))

    def replace_text(self, key: str, text: Text) -> None:
        """Put another text into a part and tell its editor."""
        self._set(self._draft.with_text(key, text))
        self.text_replaced.emit(TextChange(key, text))

    def select_question(self, key: str) -> None:
        """Choose the question that would be asked."""
        if key != self._question:
            self._question = key
            self.question_changed.emit(key)

    def set_model(self, model: str) -> None:
        """Choose the model."""
        if model != self._draft.model:
            self._set(replace(self._draft, model=model))

    def set_breakpoint(self, key: str, ttl: Ttl | None) -> None:
        """Put a breakpoint behind a system block or a document, or take it away."""
        part = self._draft.part(key)
        if not isinstance(part, Question | Turn) and part.ttl != ttl:
            self._set_parts(self._draft.with_part(replace(part, ttl=ttl)))

    def add_system_block(self) -> str:
        """Append an empty system block; return its key."""
        block = SystemBlock(self._new_key("system"))
        self._set_parts(replace(self._draft, system=(*self._draft.system, block)))
        return block.key

    def add_tool(self, text: Text) -> str:
        """Append a tool; return its key."""
        tool = Tool(self._new_key("tool"), text)
        self._set_parts(replace(self._draft, tools=(*self._draft.tools, tool)))
        return tool.key

    def add_turn(self, text: Text = EMPTY, role: Role | None = None) -> str:
        """Append a turn to the conversation; without a role it answers the one before. Return its key."""
        turns = self._draft.turns
        if role is None:
            role = "assistant" if turns and turns[-1].role == "user" else "user"
        turn = Turn(self._new_key("turn"), role, text)
        self._set_parts(replace(self._draft, turns=(*turns, turn)))
        return turn.key

    def append_exchange(self, question: Question, reply: Text) -> None:
        """Put a question and its reply behind the conversation, so that the next question goes on from it."""
        asked = Turn(self._new_key("turn"), "user", question.text, question.form)
        answer = Turn(self._new_key("turn"), "assistant", reply)
        self._set_parts(replace(self._draft, turns=(*self._draft.turns, asked, answer)))

    def set_role(self, key: str, role: Role) -> None:
        """Let somebody else say a turn."""
        part = self._draft.part(key)
        if isinstance(part, Turn) and part.role != role:
            self._set_parts(self._draft.with_part(replace(part, role=role)))

    def set_form(self, key: str, form: Form, text: Text) -> None:
        """Keep a turn as text or as JSON of its blocks; `text` is what it then holds."""
        part = self._draft.part(key)
        if isinstance(part, Turn) and part.form != form:
            self._set_parts(self._draft.with_part(replace(part, form=form, text=text)))
            self.text_replaced.emit(TextChange(key, text))

    def cut_turns(self, key: str) -> None:
        """Take a turn and all behind it out of the conversation."""
        row = [turn.key for turn in self._draft.turns].index(key)
        self._set_parts(replace(self._draft, turns=self._draft.turns[:row]))

    def set_setting(self, name: str, value: Json) -> None:
        """Give the request a setting; None takes it away."""
        settings = {key: old for key, old in self._draft.settings.items() if key != name}
        if value is not None:
            settings[name] = value
        if settings != self._draft.settings:
            self._set_parts(replace(self._draft, settings=settings))

    def set_max_tokens(self, count: int) -> None:
        """Choose how many tokens the reply may have."""
        if count != self._draft.max_tokens:
            self._set_parts(replace(self._draft, max_tokens=count))

    def add_document(self, title: str, text: Text) -> str:
        """Append a document; it takes over the breakpoint of the last one. Return its key."""
        *others, last = self._draft.documents or (Document("", ""),)
        new = Document(self._new_key("document"), title, text, last.ttl or "5m")
        kept = (*others, replace(last, ttl=None)) if last.key else ()
        self._set_parts(replace(self._draft, documents=(*kept, new)))
        return new.key

    def add_question(self, text: Text = EMPTY) -> str:
        """Append a question and choose it; return its key."""
        question = Question(self._new_key("question"), text)
        self._set_parts(replace(self._draft, questions=(*self._draft.questions, question)))
        self.select_question(question.key)
        return question.key

    def rename_document(self, key: str, title: str) -> None:
        """Give a document another title; the title is part of the prefix."""
        part = self._draft.part(key)
        if isinstance(part, Document) and part.title != title:
            self._set_parts(self._draft.with_part(replace(part, title=title)))

    def remove(self, key: str) -> None:
        """Take a part out of the draft; in place of the chosen question its neighbour is chosen.

        The breakpoint of the last document goes to the one before it.
        """
        documents = [part for part in self._draft.documents if part.key != key]
        if documents and self._draft.documents[-1].key == key and documents[-1].ttl is None:
            documents[-1] = replace(documents[-1], ttl=self._draft.documents[-1].ttl)
        draft = replace(
            self._draft,
            tools=tuple(part for part in self._draft.tools if part.key != key),
            system=tuple(part for part in self._draft.system if part.key != key),
            documents=tuple(documents),
            turns=tuple(part for part in self._draft.turns if part.key != key),
            questions=tuple(part for part in self._draft.questions if part.key != key),
        )
        if key != self._question:
            self._set_parts(draft)
            return
        row = [part.key for part in self._draft.questions].index(key)
        left = draft.questions[row:] or draft.questions[-1:]
        self._question = left[0].key if left else ""
        self._set_parts(draft)
        self.question_changed.emit(self._question)

    def put_back(self, part: Part, row: int) -> None:
        """Put a removed part back in its row, or at the end where there are fewer rows now."""
        if part.key not in self._draft.parts:
            parts = self._draft.of_kind(type(part))
            self._set_parts(self._draft.with_kind(type(part), (*parts[:row], part, *parts[row:])))

    def move(self, key: str, by: int) -> None:
        """Move a part up (negative) or down among its kind; nothing happens at the ends."""
        part = self._draft.part(key)
        parts = list(self._draft.of_kind(type(part)))
        here = next(index for index, each in enumerate(parts) if each.key == key)
        there = here + by
        if 0 <= there < len(parts):
            parts.insert(there, parts.pop(here))
            self._set_parts(self._draft.with_kind(type(part), parts))

    def take(self, draft: Draft) -> None:
        """Put another version of this draft in its place; the conversation goes on, and so does the
        question.
        """
        before = self._draft.parts
        first = draft.questions[0].key if draft.questions else ""
        asked = self._question if self._question in draft.parts else first
        moved = asked != self._question
        self._question = asked
        self._set_parts(draft)
        for key, part in draft.parts.items():
            if key not in before or before[key].text is not part.text:
                self.text_replaced.emit(TextChange(key, part.text))
        if moved:
            self.question_changed.emit(asked)

    def open(self, draft: Draft, question: str = "") -> None:
        """Put another draft in place of this one, and choose a question (its key) or the first one."""
        first = draft.questions[0].key if draft.questions else ""
        self._conversation = uuid4().hex
        self._question = question if question in draft.parts else first
        self._set_parts(draft)
        for part in draft.parts.values():
            self.text_replaced.emit(TextChange(part.key, part.text))
        self.question_changed.emit(self._question)

    def _new_key(self, kind: str) -> str:
        taken = self._draft.parts
        return next(key for n in self._numbers if (key := f"{kind}-new-{n}") not in taken)

    def _set(self, draft: Draft) -> None:
        self._draft = draft
        self.changed.emit(draft)

    def _set_parts(self, draft: Draft) -> None:
        self._set(draft)
        self.parts_changed.emit(draft)
