"""What happens to the open draft, as records of the working copy, with the way back for each text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from coldbyte.core.draft import Draft, P
from coldbyte.core.journal.record import Chosen, Edited, MediaGiven, ProjectSet, Record
from coldbyte.core.journal.work import Work, digest, given, media_of, records_of, structure_of
from coldbyte.core.text.replacement import difference
from coldbyte.core.text.text import EMPTY, Text
from coldbyte.core.text.text_history import Change, Deed, TextHistory, utf16_length
from coldbyte.state.open_draft import OpenDraft


@dataclass(frozen=True, slots=True)
class TextDeed:
    """What an editor did to the text of a part, and what came of it."""

    key: str
    text: Text
    deed: Deed


class EditLog(QObject):
    """Follows the draft. An editor tells what it did before the draft hears of it; all else is found here.

    The steps of a text are those of its editor, which has them from `history`. A text that was replaced while
    it had no editor gets a step, too.
    """

    stirred = Signal()  # there is something to keep
    reopened = Signal()  # another draft is open, and what the editors hold is of the one before

    def __init__(self, draft: OpenDraft, work: Work | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = draft
        self._seen = draft.draft
        self._conversation = draft.conversation
        self._question = draft.question
        self._histories = {key: TextHistory(steps) for key, steps in work.steps.items()} if work else {}
        self._project = work.project if work else None
        self._saved = work.saved if work else digest(draft.draft)
        self._told: dict[str, Text] = {}  # key -> text that an editor told of and the draft has not heard of
        self._untold: dict[str, Text] = {}  # key -> text before it was replaced by something else
        self._records: list[Record] = []
        self._coming: Work | None = None
        self.keeps = False
        draft.changed.connect(self._follow)
        draft.question_changed.connect(self._choose)

    @property
    def project(self) -> Mapping[str, Any] | None:
        """What was given to `set_project`, in this run or before; None for no project."""
        return self._project

    @property
    def has_unsaved(self) -> bool:
        """Whether there is something in the draft that lies nowhere else."""
        return digest(self._open.draft) != self._saved

    def set_project(self, info: Mapping[str, Any] | None, saved: Draft | None = None) -> None:
        """Remember what the project says of its folder, as JSON; `saved` is the draft that lies there now."""
        before = self._project, self._saved
        self._project = info
        self._saved = self._saved if saved is None else digest(saved)
        if before != (self._project, self._saved):
            self._note(ProjectSet(info, self._saved))
            self.stirred.emit()

    def history(self, key: str) -> TextHistory:
        """The steps of a part's text, for its editor."""
        self._settle()
        return self._histories.setdefault(key, TextHistory())

    def take_deed(self, told: TextDeed) -> None:
        """Hear of what an editor did, and has in its history already."""
        if told.key in self._untold and self._seen.part(told.key).text is told.text:
            del self._untold[told.key]  # the editor followed what the draft had said
        else:
            self._settle()
            self._told[told.key] = told.text
        self._note(Edited(told.key, told.deed.change, told.deed.act))
        self.stirred.emit()

    def reopen(self, work: Work) -> None:
        """Open what was open before, with its steps and its project."""
        self._coming = work
        self._open.open(work.draft, work.question)

    def take(self) -> list[Record]:
        """What happened since the last time, if `keeps` was set."""
        self._settle()
        records, self._records = self._records, []
        return records

    def work(self) -> Work:
        """All that is open."""
        self._settle()
        steps = {key: history.steps for key, history in self._histories.items()}
        kept = {key: known for key, known in steps.items() if known.done or known.undone}
        return Work(self._open.draft, self._open.question, kept, self._project, self._saved)

    def _follow(self, draft: Draft) -> None:
        before, self._seen = self._seen, draft
        if self._open.conversation != self._conversation:
            self._start_over(draft)
        else:
            replaced = _replaced_texts(before, draft)
            if replaced is None:
                replaced = self._restructure(before, draft)
            for key, text in replaced.items():
                if self._told.pop(key, None) is not draft.parts[key].text:
                    self._untold.setdefault(key, text)
        self.stirred.emit()

    def _choose(self, key: str) -> None:
        if key != self._question:
            self._question = key
            self._note(Chosen(key))
            self.stirred.emit()

    def _start_over(self, draft: Draft) -> None:
        """Another draft was opened."""
        work, self._coming = self._coming or Work(draft, self._open.question), None
        self._conversation, self._question = self._open.conversation, self._open.question
        self._histories = {key: TextHistory(steps) for key, steps in work.steps.items()}
        self._project, self._saved = work.project, work.saved
        self._told.clear()
        self._untold.clear()
        if self.keeps:
            self._records += records_of(replace(work, question=self._question))
        self.reopened.emit()

    def _restructure(self, before: Draft, draft: Draft) -> dict[str, Text]:
        """Note what changed beside the texts; the texts before of those that were replaced as well."""
        old, new = before.parts, draft.parts
        replaced = {}
        for key, part in new.items():
            known = old.get(key)
            if known is None:
                for record in given(part):
                    self._note(record)
                continue
            if part.text is not known.text:
                replaced[key] = known.text
            media = media_of(part)
            if media is not None and media is not media_of(known):
                self._note(MediaGiven(key, media.data))
        for gone in old.keys() - new.keys():
            for kept in (self._histories, self._told, self._untold):
                kept.pop(gone, None)
        self._question = self._open.question
        self._note(structure_of(draft, self._question))
        return replaced

    def _settle(self) -> None:
        """Make a step of each text that was replaced and has no editor that made one."""
        untold, self._untold = self._untold, {}
        for key, before in untold.items():
            stretch = difference(before, self._seen.part(key).text)
            if stretch is not None:
                start, stop, chars = stretch
                end = start + utf16_length(chars)
                change = Change(start, before.slice(start, stop), chars, (start, stop), (end, end))
                self._histories.setdefault(key, TextHistory()).follow(change, "new")
                self._note(Edited(key, change, "new"))

    def _note(self, record: Record) -> None:
        if self.keeps:
            self._records.append(record)


def _replaced_texts(before: Draft, after: Draft) -> dict[str, Text] | None:
    """Key -> text before, of the parts that got another text; None where more than texts changed."""
    if (before.model, before.max_tokens, before.settings) != (after.model, after.max_tokens, after.settings):
        return None
    found: dict[str, Text] = {}
    same = (
        _same_but_texts(before.tools, after.tools, found)
        and _same_but_texts(before.system, after.system, found)
        and _same_but_texts(before.documents, after.documents, found)
        and _same_but_texts(before.turns, after.turns, found)
        and _same_but_texts(before.questions, after.questions, found)
    )
    return found if same else None


def _same_but_texts(before: tuple[P, ...], after: tuple[P, ...], found: dict[str, Text]) -> bool:
    if before is after:
        return True
    if len(before) != len(after):
        return False
    for old, new in zip(before, after, strict=True):
        if old is new:
            continue
        if replace(old, text=EMPTY) != replace(new, text=EMPTY):
            return False
        if old.text is not new.text:
            found[old.key] = old.text
    return True
