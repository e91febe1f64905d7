"""The event loop: asyncio on Qt's loop through qasync, with its known faults cured.

The only file that imports qasync. Cured are: abandoned async generators are never finalised, timers fire up
to five per cent early, and the default executor's threads abort the process at exit.
"""

from __future__ import annotations

import asyncio
import builtins
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

os.environ["QT_API"] = "pyside6"

import qasync


class EventLoop(qasync.QEventLoop):  # type: ignore[misc]
    """qasync's loop; make it with `make_loop`."""

    def call_later(self, delay: float, callback: Callable[..., object], *args: object, **more: Any) -> Any:
        """Never early: whole milliseconds, rounded up."""
        ms = ceil(delay * 1000) if delay > 0 else 0
        return super().call_later((ms + 0.1) / 1000 if ms else 0, callback, *args, **more)

    def close(self) -> None:
        """Close for good; timers of what was cancelled do not outlive the loop."""
        timer = self._timer
        super().close()
        for number in timer._SimpleTimer__callbacks:
            timer.killTimer(number)

    def _before_run_forever(self) -> None:
        super()._before_run_forever()
        self._old_hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(
            firstiter=self._asyncgen_firstiter_hook, finalizer=self._asyncgen_finalizer_hook
        )

    def _after_run_forever(self) -> None:
        sys.set_asyncgen_hooks(*self._old_hooks)
        super()._after_run_forever()


def drop_import_hook() -> None:
    """Give back Python's own `import`, which PySide6 replaces for a feature that we don't use.

    Its hook reads the source of each module that is imported, which can break into a package that is being
    imported by another thread: importing the SDK then fails with a circular import, and takes twice as long.
    """
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def make_loop() -> asyncio.AbstractEventLoop:
    """A loop on the running QApplication; RuntimeError without one."""
    app = QGuiApplication.instance()
    if app is None:
        raise RuntimeError("make the QApplication before its event loop")
    drop_import_hook()
    loop: Any = EventLoop(app)
    loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="coldbyte"))
    timer: QObject = loop._timer
    loop._timer.startTimer = lambda ms: QObject.startTimer(timer, ms, Qt.TimerType.PreciseTimer)
    return loop  # type: ignore[no-any-return]
