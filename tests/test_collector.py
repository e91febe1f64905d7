"""Only the thread of the window collects garbage: elsewhere a QObject's end is the end of the process."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap

import pytest
from PySide6.QtWidgets import QApplication

from coldbyte.collector import Collector, collect_what_is_due


class Ring:
    """Garbage that only a collection finds."""

    alive = 0

    def __init__(self) -> None:
        self.me = self
        Ring.alive += 1

    def __del__(self) -> None:
        Ring.alive -= 1


@pytest.fixture
def fresh() -> None:
    gc.collect()
    Ring.alive = 0


@pytest.mark.usefixtures("fresh", "qapp")
def test_what_is_due_is_collected_and_what_is_not_due_is_left() -> None:
    Ring()
    collect_what_is_due()
    assert Ring.alive == 1, "one object is no reason to look"
    for _ in range(gc.get_threshold()[0] + 10):
        Ring()
    collect_what_is_due()
    assert Ring.alive < 10


def test_python_s_own_collection_rests(qapp: QApplication) -> None:
    collector = Collector()
    assert not gc.isenabled()
    collector.deleteLater()


def test_an_event_loop_with_cancelled_timers_can_be_collected_by_a_worker_thread() -> None:
    """Pending timers of a closed loop would fire into freed memory."""
    story = """
        import asyncio, gc, threading, time
        from PySide6.QtCore import QDeadlineTimer
        from PySide6.QtWidgets import QApplication
        from coldbyte.event_loop import make_loop

        app = QApplication([])
        gc.disable()

        def run_once():
            loop = make_loop()
            loop.run_until_complete(asyncio.wait_for(asyncio.sleep(0), 0.2))
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()

        for _ in range(20):
            run_once()
        thread = threading.Thread(target=gc.collect)
        thread.start()
        thread.join()
        deadline = QDeadlineTimer(400)
        while not deadline.hasExpired():
            app.processEvents()
    """
    code = textwrap.dedent(story)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
