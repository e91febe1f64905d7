"""What undo and redo know about a text: its changes, with typed runs joined as an editor user expects."""

from __future__ import annotations

from dataclasses import dataclass

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


class TextHistory:
    """The steps of one text, the oldest dropped beyond `limit` characters or `steps` steps.

    `limit` never drops the newest step, however large.
    """

    def __init__(self, *, limit: int = 32_000_000, steps: int = 10_000) -> None:
        self._limit = limit
        self._steps = steps
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._weight = 0
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

    def record(self, change: Change, at: float, *, typed: bool = False) -> None:
        """Add a change made at the time `at` (seconds of any clock); `typed` lets it continue a run."""
        self._undone.clear()
        joined = self._joined(change, at) if typed and self._running else None
        if joined is None:
            self._push(change)
        else:
            self._weight -= self._done.pop().weight
            self._push(joined)
        self._running = typed and "\n" not in change.inserted + change.removed
        self._run_ends = at + PAUSE

    def undo(self) -> Change | None:
        """The change that takes back the last step, None where there is none."""
        self._running = False
        if not self._done:
            return None
        change = self._done.pop()
        self._weight -= change.weight
        self._undone.append(change)
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

    def _joined(self, change: Change, at: float) -> Change | None:
        """The last step with `change` added, None where they are two steps."""
        last = self._done[-1]
        if at > self._run_ends or change.before != last.after or "\n" in change.inserted + change.removed:
            return None
        if change.inserted and not change.removed and last.inserted and change.start == last.end:
            inserted = last.inserted + change.inserted
            return Change(last.start, last.removed, inserted, last.before, change.after)
        if change.inserted or last.inserted:
            return None
        if change.start == last.start:
            return Change(last.start, last.removed + change.removed, "", last.before, change.after)
        if change.stop == last.start:
            return Change(change.start, change.removed + last.removed, "", last.before, change.after)
        return None
