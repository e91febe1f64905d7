"""Blocking calls beside the loop."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from coldbyte.services.daemon_thread import DaemonThread


def test_the_result_and_the_error_of_a_call_come_back() -> None:
    async def story() -> None:
        thread = DaemonThread("t")
        assert await thread.run(lambda: threading.current_thread().daemon, 10) is True
        with pytest.raises(ZeroDivisionError):
            await thread.run(lambda: 1 // 0, 10)

    asyncio.run(story())


def test_a_call_that_nobody_awaits_any_more_is_never_begun() -> None:
    begun: list[str] = []
    complaints: list[object] = []

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        thread, free = DaemonThread("t"), threading.Event()
        with pytest.raises(TimeoutError):
            await thread.run(free.wait, 0.01)
        with pytest.raises(TimeoutError):
            await thread.run(lambda: begun.append("abandoned"), 0.01)
        free.set()
        await thread.run(lambda: begun.append("wanted"), 10)

    asyncio.run(story())
    assert begun == ["wanted"]
    assert not complaints


def test_a_call_that_never_returns_does_not_hold_the_program() -> None:
    code = """
import asyncio, threading
from coldbyte.services.daemon_thread import DaemonThread
async def main():
    try:
        await DaemonThread("t").run(threading.Event().wait, 0.01)
    except TimeoutError:
        print("gone on")
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"gone on\n", b"")


def test_an_answer_that_comes_after_the_loop_is_closed_is_dropped_in_silence() -> None:
    free, ended = threading.Event(), []

    async def story() -> None:
        with pytest.raises(TimeoutError):
            await DaemonThread("late").run(free.wait, 0.01)

    asyncio.run(story())
    late = [thread for thread in threading.enumerate() if thread.name == "late"]
    free.set()
    for thread in late:
        thread.join(10)
        ended.append(not thread.is_alive())
    assert ended == [True]
