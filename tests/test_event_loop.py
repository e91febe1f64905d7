"""The event loop keeps asyncio's promises on Qt's loop."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel

from coldbyte.event_loop import make_loop

DELAYS_S = (0.0001, 0.0009, 0.001, 0.0015, 0.002, 0.0101, 0.0333, 0.05, 0.0999, 0.1, 0.2)


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    loop = make_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def test_no_timer_fires_early(loop: asyncio.AbstractEventLoop) -> None:
    async def late(delay: float) -> float:
        fired: asyncio.Future[float] = loop.create_future()
        due = loop.time() + delay
        loop.call_later(delay, lambda: fired.set_result(loop.time()))
        return await fired - due

    async def all_of_them() -> list[float]:
        return await asyncio.gather(*(late(delay) for delay in DELAYS_S * 3))

    assert min(loop.run_until_complete(all_of_them())) >= 0


def test_no_sleep_and_no_deadline_ends_early(loop: asyncio.AbstractEventLoop) -> None:
    async def measure() -> tuple[float, float, float]:
        start = loop.time()
        await asyncio.sleep(0.12)
        slept = loop.time() - start
        start = loop.time()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.12):
                await loop.create_future()
        timed_out = loop.time() - start
        reached: asyncio.Future[float] = loop.create_future()
        due = loop.time() + 0.07
        loop.call_at(due, lambda: reached.set_result(loop.time() - due))
        return slept - 0.12, timed_out - 0.12, await reached

    assert min(loop.run_until_complete(measure())) >= 0


def test_callbacks_run_in_the_order_in_which_they_were_made(loop: asyncio.AbstractEventLoop) -> None:
    async def order() -> list[int]:
        seen: list[int] = []
        for number in range(50):
            loop.call_soon(seen.append, number)
        last: asyncio.Future[None] = loop.create_future()
        loop.call_soon(last.set_result, None)
        await last
        return seen

    assert loop.run_until_complete(order()) == list(range(50))


def test_an_abandoned_generator_is_finalised_on_the_loop(loop: asyncio.AbstractEventLoop) -> None:
    finalised = asyncio.Event()

    async def numbers() -> AsyncGenerator[int, None]:
        try:
            for number in range(10):
                yield number
        finally:
            await asyncio.sleep(0)
            finalised.set()

    async def abandon() -> None:
        async for _ in numbers():
            break
        gc.collect()
        await asyncio.wait_for(finalised.wait(), 5)

    loop.run_until_complete(abandon())


def test_a_generator_that_is_still_held_is_closed_with_the_loop(loop: asyncio.AbstractEventLoop) -> None:
    closed: list[bool] = []

    async def numbers() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            closed.append(True)

    held = numbers()

    async def begin() -> None:
        await anext(held)

    loop.run_until_complete(begin())
    assert not closed
    loop.run_until_complete(loop.shutdown_asyncgens())
    assert closed == [True]


def test_the_hooks_for_generators_are_put_back(loop: asyncio.AbstractEventLoop) -> None:
    before = sys.get_asyncgen_hooks()

    async def hooks() -> bool:
        return sys.get_asyncgen_hooks() != before

    assert loop.run_until_complete(hooks())
    assert sys.get_asyncgen_hooks() == before


def test_qt_and_asyncio_share_the_loop(loop: asyncio.AbstractEventLoop) -> None:
    async def turns() -> int:
        fired: asyncio.Future[int] = loop.create_future()
        timer = QTimer(singleShot=True, interval=0)
        timer.timeout.connect(lambda: fired.set_result(7))
        timer.start()
        return await fired

    assert loop.run_until_complete(turns()) == 7


def test_work_in_a_thread_comes_back_to_the_loop(loop: asyncio.AbstractEventLoop) -> None:
    async def name() -> str:
        from threading import current_thread

        return await asyncio.to_thread(lambda: current_thread().name)

    assert loop.run_until_complete(name()).startswith("coldbyte")


def test_without_an_application_there_is_no_loop() -> None:
    code = """
from coldbyte.event_loop import make_loop
try:
    make_loop()
except RuntimeError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "QApplication" in done.stdout


def test_leaving_by_system_exit_ends_the_process_quietly() -> None:
    code = """
import asyncio, sys
from PySide6.QtWidgets import QApplication
from coldbyte.event_loop import make_loop
app = QApplication([])
async def main():
    await asyncio.to_thread(int)
    raise SystemExit(3)
with asyncio.Runner(loop_factory=make_loop) as runner:
    runner.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (3, "")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_qt_takes_no_reference_of_none_away(qapp: QApplication) -> None:
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(200):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 50
