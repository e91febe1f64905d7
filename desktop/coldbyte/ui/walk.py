"""Where the keys lead in a row of things that a widget draws by itself."""

from __future__ import annotations

from PySide6.QtCore import Qt

CHOOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
"""The keys that choose the thing that is marked."""


def walked(key: int, current: int, count: int) -> int | None:
    """The index to which a key leads from the current one, of `count`; None where it leads nowhere."""
    targets: dict[int, int] = {
        Qt.Key.Key_Left: current - 1,
        Qt.Key.Key_Right: current + 1,
        Qt.Key.Key_Home: 0,
        Qt.Key.Key_End: count - 1,
    }
    target = targets.get(key)
    return None if target is None else min(max(target, 0), max(count - 1, 0))
