"""The changes of a text as a row of numbers each, with their characters in one body behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coldbyte.core.text.text_history import Change

StepRow = Sequence[int]
"""Start; bytes of what was removed and inserted; anchor and position of the cursor before and after."""


def row_of(change: Change) -> StepRow:
    """The numbers of a change."""
    removed, inserted = len(change.removed.encode()), len(change.inserted.encode())
    return [change.start, removed, inserted, *change.before, *change.after]


def texts_of(*changes: Change) -> list[bytes]:
    """The characters of changes."""
    return [chars.encode() for change in changes for chars in (change.removed, change.inserted)]


def changes_of(rows: Iterable[StepRow], body: memoryview) -> tuple[Change, ...]:
    """The changes of rows with their body. Raise ValueError or TypeError where they don't fit."""
    found, place = [], 0
    for row in rows:
        start, removed, inserted, *selections = row
        if len(selections) != 4 or min(row) < 0:
            raise ValueError("not a change")
        middle, end = place + removed, place + removed + inserted
        before, after = (selections[0], selections[1]), (selections[2], selections[3])
        texts = bytes(body[place:middle]).decode(), bytes(body[middle:end]).decode()
        found.append(Change(int(start), *texts, before, after))
        place = end
    if place != len(body):
        raise ValueError("characters that belong to no change")
    return tuple(found)
