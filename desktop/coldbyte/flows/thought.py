"""Working something out in a thread, for a view that can be seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from coldbyte.state.tasks import Tasks

T = TypeVar("T")


class Thought(QObject, Generic[T]):
    """Asks after a pause, and only while `view` is visible; an answer to an old question is dropped.

    `question` gives what is to be worked out, without Qt, from values of this moment; None for nothing.
    """

    thinking_changed = Signal(bool)

    def __init__(
        self,
        name: str,
        tasks: Tasks,
        view: QWidget,
        question: Callable[[], Callable[[], T] | None],
        show: Callable[[T], None],
        pause_ms: int,
    ) -> None:
        """`name` is that of the task, `pause_ms` the time without a new question before the thread starts."""
        super().__init__(view)
        self._name = name
        self._tasks = tasks
        self._view = view
        self._question = question
        self._show = show
        self._stale = True
        self._thinking = False
        self._pause = QTimer(self, singleShot=True, interval=pause_ms)
        self._pause.timeout.connect(self._begin)

    @property
    def thinking(self) -> bool:
        """Whether an answer is being worked out."""
        return self._thinking

    def ask(self) -> None:
        """What is shown is old; it is worked out anew when it can be seen."""
        self._stale = True
        self._pause.start()

    def ask_if_stale(self) -> None:
        """The view can be seen: catch up without waiting, if there is something to catch up with."""
        if self._stale and not self._thinking:
            self._pause.stop()
            self._begin()

    def _begin(self) -> None:
        """One thread at a time; the next question waits for its end."""
        if self._thinking or not self._view.isVisible():
            return
        self._stale = False
        work = self._question()
        if work is not None:
            self._set_thinking(True)
            self._tasks.start(self._name, self._think(work))

    async def _think(self, work: Callable[[], T]) -> None:
        try:
            answer = await asyncio.to_thread(work)
            if not self._stale:
                self._show(answer)
        finally:
            self._set_thinking(False)
        if self._stale:
            self.ask()

    def _set_thinking(self, thinking: bool) -> None:
        self._thinking = thinking
        self.thinking_changed.emit(thinking)
