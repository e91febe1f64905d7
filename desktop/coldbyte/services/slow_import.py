"""Imports that take so long that they happen in threads: one at a time, as circles would break them."""

from __future__ import annotations

import importlib
import threading

_turn = threading.RLock()


def slow_import(*names: str) -> None:
    """Import modules, so that an `import` statement finds them at once. Raise ImportError."""
    with _turn:
        for name in names:
            importlib.import_module(name)
