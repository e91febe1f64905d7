"""Replay: the working copy that records add up to.

A journal is one run of frames. It begins with all of a working copy; what happened since follows. Reading
ends at the first frame that is torn or damaged, and loses nothing before it. Zeros behind the last frame are
room that the system gave to the file before a power cut, and no damage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coldbyte.core.journal.frame import frames, next_frame
from coldbyte.core.journal.record import (
    Chosen,
    Edited,
    MediaGiven,
    ProjectSet,
    Record,
    RecordError,
    Start,
    StepsGiven,
    Structure,
    TextGiven,
    Whole,
    decode,
)
from coldbyte.core.journal.work import Work, filled
from coldbyte.core.text.text import Text
from coldbyte.core.text.text_history import Steps, TextHistory


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a journal holds; `work` is None where not even the beginning is good.

    `end` is the byte up to which it is good, `whole` the one at which what happened since begins, `records`
    how many of those there are. `damage` says what is wrong behind `end`; empty where nothing is.
    """

    work: Work | None
    end: int = 0
    whole: int = 0
    records: int = 0
    damage: str = ""


def replay(data: bytes) -> Replayed:
    """The working copy that a journal adds up to."""
    view = memoryview(data)
    state, coming = _State(), _State()
    starting = False
    end = whole = records = at = 0
    damage = ""
    for frame in frames(view):
        try:
            record = decode(frame.payload)
            match record:
                case Start():
                    coming, starting = _State(), True
                case Whole() if starting:
                    coming.check()
                    state, starting = coming, False
                    whole, records = whole or frame.end, records + 1
                case _:
                    (coming if starting else state).take(record)
                    records += not starting
        except RecordError as error:
            damage = str(error)
            break
        at = frame.end
        end = end if starting else at
    damage = damage or _damage(data, end, at)
    return Replayed(state.work(), end, whole, max(records - 1, 0), damage)


def salvage(data: bytes) -> Work | None:
    """What can be read of a journal whose beginning is damaged; None where that is nothing."""
    view = memoryview(data)
    state, at = _State(), 0
    while (frame := next_frame(view, at)) is not None:
        at = frame.end
        try:
            record = decode(frame.payload)
            if isinstance(record, Start):
                state = _State() if state.is_empty else state
            elif not isinstance(record, Whole):
                state.take(record)
        except RecordError:
            continue
    return state.work()


def _damage(data: bytes, end: int, at: int) -> str:
    """What is wrong behind the byte `end`, where the last whole frame ends at the byte `at`."""
    if next_frame(memoryview(data), at + 1) is not None:
        return f"byte {at:,} and some behind it"
    return f"from byte {end:,} on" if data[end:].strip(b"\0") else ""


class _State:
    """A working copy while it is put together."""

    def __init__(self) -> None:
        self._structure: Structure | None = None
        self._question = ""
        self._texts: dict[str, Text] = {}
        self._media: dict[str, bytes] = {}
        self._histories: dict[str, TextHistory] = {}
        self._project: Mapping[str, Any] | None = None
        self._saved = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was taken yet."""
        return self._structure is None and not self._texts

    def check(self) -> None:
        """Raise RecordError where no structure was given."""
        if self._structure is None:
            raise RecordError("a working copy without a structure")

    def take(self, record: Record) -> None:
        """Go on by one record. Raise RecordError where it doesn't fit."""
        match record:
            case Edited():
                self._edit(record)
            case TextGiven(key, text):
                self._texts[key] = text
                self._histories.pop(key, None)
            case MediaGiven(key, data):
                self._media[key] = data
            case StepsGiven(key, steps):
                self._add_steps(key, steps)
            case Structure():
                self._structure, self._question = record, record.question
                keys = record.draft.parts.keys()
                for known in (self._texts, self._media, self._histories):
                    for key in known.keys() - keys:
                        del known[key]
            case Chosen(question):
                self._question = question
            case ProjectSet(info, saved):
                self._project, self._saved = info, saved
            case _:
                raise RecordError("out of place")

    def work(self) -> Work | None:
        """The working copy; None before there is one."""
        if self._structure is None:
            return None
        draft = filled(self._structure, self._texts, self._media)
        steps = {key: history.steps for key, history in self._histories.items()}
        return Work(draft, self._question, steps, self._project, self._saved)

    def _edit(self, record: Edited) -> None:
        key, change = record.key, record.change
        text = self._texts.get(key)
        if text is None or change.start > text.utf16:
            raise RecordError("an edit of a text that is not there")
        if text.slice(change.start, change.stop) != change.removed:
            raise RecordError("an edit of another text")
        self._texts[key] = text.replace(change.start, change.stop, change.inserted)
        self._histories.setdefault(key, TextHistory()).follow(change, record.act)

    def _add_steps(self, key: str, steps: Steps) -> None:
        known = self._histories[key].steps if key in self._histories else Steps()
        self._histories[key] = TextHistory(Steps(known.done + steps.done, known.undone + steps.undone))
