"""Somebody who edits a draft at random, and the records of what they did, made without the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from coldbyte.core.draft import Document, Draft, Media, Question, SystemBlock, Tool, Turn
from coldbyte.core.journal.record import Chosen, Edited, ProjectSet, Record
from coldbyte.core.journal.work import Work, digest, given, records_of, structure_of
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Act, Change, Steps, TextHistory, utf16_length

CHARS = "ab\n\r\u00a0é\u2028😀\ufeff"
KEYS = ("tool", "system", "document", "picture", "turn", "question", "other")
ACTS = (
    "type",
    "delete",
    "paste",
    "undo",
    "redo",
    "pause",
    "choose",
    "project",
    "rename",
    "remove",
    "add",
    "open",
)

Hand = tuple[str, str, int, int, str]
HANDS: st.SearchStrategy[Hand] = st.tuples(
    st.sampled_from(ACTS),
    st.sampled_from(KEYS),
    st.integers(0, 12),
    st.integers(0, 5),
    st.text(st.sampled_from(CHARS), max_size=5),
)


def a_draft(text: str = "one\r\ntwo") -> Draft:
    """A part of each kind."""
    words = Text.from_str(text)
    return Draft(
        "model",
        100,
        system=(SystemBlock("system", words, "5m", {"citations": {"enabled": True}}),),
        documents=(
            Document("document", "a title", words, "1h"),
            Document("picture", "", media=Media("image/png", b"\x89PNG\xfeCB\xff")),
        ),
        questions=(Question("question", words), Question("other", words, "blocks")),
        tools=(Tool("tool", words),),
        turns=(Turn("turn", "user", words), Turn("answer", "assistant", words)),
        settings={"thinking": {"type": "adaptive"}},
    )


class Author:
    """Edits, and tells the records. `stages` are what was open after so many records, once for each act."""

    def __init__(self, draft: Draft) -> None:
        self.work = Work(draft, "question", {}, None, digest(draft))
        self.histories: dict[str, TextHistory] = {}
        self.now = 0.0
        self.records: list[Record] = []
        self.stages: list[tuple[int, Work]] = []
        self.tell(*records_of(self.work))

    def do(self, hands: Sequence[Hand]) -> None:
        for hand in hands:
            self.act(*hand)

    def act(self, act: str, key: str, at: int, size: int, chars: str) -> None:
        draft = self.work.draft
        match act:
            case "type" | "delete" | "paste" if key in draft.parts:
                self.edit(
                    key, at, 0 if act == "type" else size, "" if act == "delete" else chars, act != "paste"
                )
            case "undo" | "redo" if key in draft.parts:
                self.step(key, act)
            case "pause":
                self.now += 5
            case "choose" if draft.questions:
                self.put(question=draft.questions[at % len(draft.questions)].key)
                self.tell(Chosen(self.work.question))
            case "project":
                self.put(project={"folder": chars, "files": [at]}, saved=digest(draft))
                self.tell(ProjectSet(self.work.project, self.work.saved))
            case "rename":
                self.restructure(replace(draft, model=chars, max_tokens=at))
            case "remove":
                self.restructure(without(draft, key))
            case "add":
                self.add(SystemBlock(f"new {at}", Text.from_str(chars), "5m"))
            case "open":
                self.histories.clear()
                self.work = Work(a_draft(chars), "question")
                self.tell(*records_of(self.work))

    def edit(self, key: str, at: int, size: int, chars: str, typed: bool) -> None:
        text = self.work.draft.part(key).text
        whole = str(text)
        start, stop = min(at, len(whole)), min(at + size, len(whole))
        if start == stop and not chars:
            return
        first = utf16_length(whole[:start])
        end = first + utf16_length(chars)
        change = Change(first, whole[start:stop], chars, (first, first), (end, end))
        deed = self.histories.setdefault(key, TextHistory()).record(change, self.now, typed=typed)
        self.change(key, change, deed)

    def step(self, key: str, act: str) -> None:
        history = self.histories.setdefault(key, TextHistory())
        change = history.undo() if act == "undo" else history.redo()
        if change is not None:
            self.change(key, change, "undo" if act == "undo" else "redo")

    def change(self, key: str, change: Change, act: Act) -> None:
        text = self.work.draft.part(key).text.replace(change.start, change.stop, change.inserted)
        self.put(draft=self.work.draft.with_text(key, text))
        self.tell(Edited(key, change, act))

    def add(self, part: SystemBlock) -> None:
        draft = self.work.draft
        if part.key not in draft.parts:
            self.restructure(replace(draft, system=(*draft.system, part)), *given(part))

    def restructure(self, draft: Draft, *records: Record) -> None:
        for gone in self.histories.keys() - draft.parts.keys():
            del self.histories[gone]
        self.put(draft=draft)
        self.tell(*records, structure_of(draft, self.work.question))

    def put(self, **fields: Any) -> None:
        self.work = replace(self.work, **fields)

    def tell(self, *records: Record) -> None:
        self.records += records
        steps = {key: history.steps for key, history in self.histories.items()}
        kept = {key: known for key, known in steps.items() if known != Steps()}
        self.work = replace(self.work, steps=kept)
        self.stages.append((len(self.records), self.work))


def without(draft: Draft, key: str) -> Draft:
    return replace(
        draft,
        tools=tuple(part for part in draft.tools if part.key != key),
        system=tuple(part for part in draft.system if part.key != key),
        documents=tuple(part for part in draft.documents if part.key != key),
        turns=tuple(part for part in draft.turns if part.key != key),
        questions=tuple(part for part in draft.questions if part.key != key),
    )
