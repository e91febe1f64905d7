"""What all tests share: profiles for property-based tests, and the app's event loop.

The profile is a seeded tenth by default, all of it with COLDBYTE_LONG=1.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6
from hypothesis import HealthCheck, settings
from PySide6.QtWidgets import QApplication, QWidget

from coldbyte.collector import collect_what_is_due
from coldbyte.event_loop import make_loop

if sys.platform == "linux" and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

gc.disable()  # a QObject that a worker thread collects brings the process down; see coldbyte.collector

_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]

settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True, suppress_health_check=_CALM)
settings.register_profile("long", max_examples=600, deadline=None, suppress_health_check=_CALM)
settings.load_profile("long" if os.environ.get("COLDBYTE_LONG") == "1" else "ci")


@pytest.fixture(autouse=True)
def garbage() -> Iterator[None]:
    """Gone after each test, in the thread of the widgets: a closed window would still be dressed again."""
    before = _windows()
    yield
    for window in _windows():
        if window not in before and shiboken6.isValid(window):
            shiboken6.delete(window)
    collect_what_is_due()


def _windows() -> list[QWidget]:
    if not isinstance(QApplication.instance(), QApplication):
        return []
    return [widget for widget in QApplication.topLevelWidgets() if widget.parent() is None]


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """The app's event loop; whatever asyncio reports to it fails the test."""
    troubles: list[dict[str, Any]] = []
    loop = make_loop()
    asyncio.set_event_loop(loop)  # Qt may deliver events between two runs of it
    loop.set_exception_handler(lambda _, context: troubles.append(context))
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    asyncio.set_event_loop(None)
    loop.close()
    assert not troubles
