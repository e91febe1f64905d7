"""Imports that take so long that they happen in threads: one at a time, as circles would break them.

Meanwhile the garbage collector rests, and afterwards it passes over what was imported: to look through some
hundred thousand objects of the SDK holds the window for a tenth of a second, now and whenever it comes round.
"""

from __future__ import annotations

import gc
import importlib
import threading

_turn = threading.RLock()


def slow_import(*names: str) -> None:
    """Import modules, so that an `import` statement finds them at once. Raise ImportError."""
    with _turn:
        collects = gc.isenabled()
        gc.disable()
        try:
            for name in names:
                importlib.import_module(name)
            gc.freeze()
        finally:
            if collects:
                gc.enable()
