"""What undo and redo know about a text: its changes, with typed runs joined as an editor user expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Act = Literal["new", "joined", "undo", "redo"]
"""What made a change: a new step, more of the last step, or the way back or forward again."""

Selection = tuple[int, int]
"""Anchor and position of a cursor, as UTF-16 offsets in the text."""

PAUSE = 1.0
"""Seconds without typing after which the next key starts another step."""


def utf16_length(chars: str) -> int:
    """Length in UTF-16 units, the unit of all offsets here. Raise UnicodeEncodeError for half a pair."""
    return len(chars) if chars.isascii() else len(chars.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True)
class Change:
    """At `start`, `removed` was replaced by `inserted`, with the cursor as it was and as it became."""

    start: int
    removed: str
    inserted: str
    before: Selection
    after: Selection

    @property
    def stop(self) -> int:
        """Where `removed` ended."""
        return self.start + utf16_length(self.removed)

    @property
    def end(self) -> int:
        """Where `inserted` ends."""
        return self.start + utf16_length(self.inserted)

    @property
    def inverse(self) -> Change:
        """The change that takes this one back."""
        return Change(self.start, self.inserted, self.removed, self.after, self.before)

    @property
    def weight(self) -> int:
        """Characters kept for it."""
        return len(self.removed) + len(self.inserted)

    def joined(self, change: Change) -> Change | None:
        """This change with the next one added, None where they don't follow each other as in typing."""
        if change.inserted and not change.removed and self.inserted and change.start == self.end:
            inserted = self.inserted + change.inserted
            return Change(self.start, self.removed, inserted, self.before, change.after)
        if change.inserted or self.inserted:
            return None
        if change.start == self.start:
            return Change(self.start, self.removed + change.removed, "", self.before, change.after)
        if change.stop == self.start:
            return Change(change.start, change.removed + self.removed, "", self.before, change.after)
        return None


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that was made, and what made it."""

    change: Change
    act: Act


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a text that can be taken back and those that can be done again, the next one last."""

    done: tuple[Change, ...] = ()
    undone: tuple[Change, ...] = ()

    def bounded(self, limit: int) -> Steps:
        """Those that would come first, up to `limit` characters on either side, but one at least."""
        return Steps(_last(self.done, limit), _last(self.undone, limit))


NOTHING = Steps()


class TextHistory:
    """The steps of one text, the oldest dropped beyond `limit` characters or `steps` steps.

    `limit` never drops the newest step, however large.
    """

    def __init__(self, known: Steps = NOTHING, *, limit: int = 32_000_000, steps: int = 10_000) -> None:
        self._limit = limit
        self._steps = steps
        self._done = list(known.done)
        self._undone = list(known.undone)
        self._weight = sum(change.weight for change in known.done)
        self._run_ends = 0.0
        self._running = False

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back and nothing was changed since."""
        return bool(self._undone)

    @property
    def steps(self) -> Steps:
        """All that is known."""
        return Steps(tuple(self._done), tuple(self._undone))

    def record(self, change: Change, at: float, *, typed: bool = False) -> Act:
        """Add a change made at the time `at` (seconds of any clock); `typed` lets it continue a run.

        Return whether it was a new step or joined the last one.
        """
        ends = "\n" in change.inserted + change.removed
        follows = typed and self._running and at <= self._run_ends and not ends
        follows = follows and change.before == self._done[-1].after
        act: Act = "joined" if follows and self._done[-1].joined(change) is not None else "new"
        self.follow(change, act)
        self._running = typed and not ends
        self._run_ends = at + PAUSE
        return act

    def follow(self, change: Change, act: Act) -> None:
        """Do as another history of the same text did, which may remember more."""
        self._running = False
        match act:
            case "undo":
                self._take_back(change.inverse)
            case "redo":
                if self._undone:
                    self._undone.pop()
                self._push(change)
            case _:
                self._undone.clear()
                joined = self._done[-1].joined(change) if act == "joined" and self._done else None
                if joined is not None:
                    self._weight -= self._done.pop().weight
                self._push(joined or change)

    def undo(self) -> Change | None:
        """The change that takes back the last step, None where there is none."""
        self._running = False
        if not self._done:
            return None
        change = self._done[-1]
        self._take_back(change)
        return change.inverse

    def redo(self) -> Change | None:
        """The change that does the last undone step again, None where there is none."""
        self._running = False
        if not self._undone:
            return None
        change = self._undone.pop()
        self._push(change)
        return change

    def end_run(self) -> None:
        """Let the next typed key start another step: the cursor was moved."""
        self._running = False

    def clear(self) -> None:
        """Forget everything."""
        self._done.clear()
        self._undone.clear()
        self._weight = 0
        self._running = False

    def _push(self, change: Change) -> None:
        self._done.append(change)
        self._weight += change.weight
        while len(self._done) > 1 and (self._weight > self._limit or len(self._done) > self._steps):
            self._weight -= self._done.pop(0).weight

    def _take_back(self, change: Change) -> None:
        if self._done:
            self._weight -= self._done.pop().weight
        self._undone.append(change)


def _last(changes: tuple[Change, ...], limit: int) -> tuple[Change, ...]:
    for first in reversed(range(len(changes))):
        limit -= changes[first].weight
        if limit < 0:
            return changes[min(first + 1, len(changes) - 1) :]
    return changes
