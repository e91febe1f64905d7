"""Blocking calls that may wait for a person, in threads that nothing waits for when the program ends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
S = TypeVar("S")


class DaemonThread:
    """Runs one call after the other, each in a daemon thread; one that nobody awaits any more is not begun.

    The default executor is no place for them: the interpreter joins its threads before it exits.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._turn = threading.Lock()

    async def run(self, call: Callable[[], T], timeout_s: float) -> T:
        """What `call` returns or raises; TimeoutError after `timeout_s`, and the thread goes on alone."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        threading.Thread(target=self._work, args=(call, answer), name=self._name, daemon=True).start()
        async with asyncio.timeout(timeout_s):
            return await answer

    def _work(self, call: Callable[[], T], answer: asyncio.Future[T]) -> None:
        with self._turn:
            if answer.cancelled():
                return
            try:
                result = call()
            except Exception as error:
                _tell(answer, answer.set_exception, error)
            else:
                _tell(answer, answer.set_result, result)


def _tell(answer: asyncio.Future[T], put: Callable[[S], None], value: S) -> None:
    def settle() -> None:
        if not answer.done():
            put(value)

    with suppress(RuntimeError):  # the loop is closed: the program ends
        answer.get_loop().call_soon_threadsafe(settle)
