"""Thinking in a thread, with a real view and a real event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from coldbyte.flows.thought import Thought
from coldbyte.state.tasks import Tasks
from state.world import World


class Mind:
    """A thought about a number, whose answers wait at a gate if there is one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, view: QWidget) -> None:
        self.world = World(loop)
        self.tasks: Tasks = self.world.tasks
        self.number = 1
        self.asked: list[int] = []
        self.shown: list[int] = []
        self.gate: threading.Event | None = None
        self.threads: set[int] = set()
        self.thought: Thought[int] = Thought("think", self.tasks, view, self._ask, self.shown.append, 0)

    @property
    def pause(self) -> QTimer:
        """What a question waits for."""
        found = self.thought.findChild(QTimer)
        assert isinstance(found, QTimer)
        return found

    async def rest(self) -> None:
        """Wait until nothing is thought any more."""
        await self.world.until(self.thought.thinking_changed, lambda thinking: not thinking)

    def _ask(self) -> Callable[[], int] | None:
        number, gate = self.number, self.gate
        self.asked.append(number)
        if not number:
            return None

        def think() -> int:
            self.threads.add(threading.get_ident())
            if gate is not None:
                gate.wait(10)
            if number < 0:
                raise ValueError(number)
            return number * 10

        return think


@pytest.fixture
def view(qapp: QApplication, qtbot: QtBot) -> QWidget:
    view = QWidget()
    qtbot.addWidget(view)
    return view


@pytest.fixture
def mind(loop: asyncio.AbstractEventLoop, view: QWidget) -> Mind:
    return Mind(loop, view)


def test_an_answer_is_worked_out_in_another_thread_and_shown(mind: Mind, view: QWidget) -> None:
    async def story() -> None:
        view.show()
        mind.thought.ask()
        await mind.rest()

    mind.world.run(story())
    assert mind.shown == [10]
    assert threading.get_ident() not in mind.threads


def test_nothing_is_worked_out_for_a_view_that_cannot_be_seen(mind: Mind, view: QWidget) -> None:
    async def story() -> None:
        mind.thought.ask()
        await mind.world.until(mind.pause.timeout)
        assert not mind.asked
        view.show()
        mind.thought.ask_if_stale()
        await mind.rest()
        mind.thought.ask_if_stale()
        assert not mind.thought.thinking

    mind.world.run(story())
    assert mind.asked == [1]
    assert mind.shown == [10]


def test_an_answer_to_an_old_question_is_dropped(mind: Mind, view: QWidget) -> None:
    async def story() -> None:
        view.show()
        mind.gate = gate = threading.Event()
        mind.thought.ask_if_stale()
        mind.number, mind.gate = 2, None
        mind.thought.ask()
        gate.set()
        await mind.rest()
        await mind.rest()

    mind.world.run(story())
    assert mind.asked == [1, 2]
    assert mind.shown == [20]


def test_without_a_question_nobody_thinks(mind: Mind, view: QWidget) -> None:
    view.show()
    mind.number = 0
    mind.thought.ask_if_stale()
    assert not mind.thought.thinking
    assert mind.asked == [0]


def test_a_failure_is_reported_and_the_next_question_is_answered(mind: Mind, view: QWidget) -> None:
    failures: list[str] = []
    mind.tasks.failed.connect(lambda name, _: failures.append(name))

    async def story() -> None:
        view.show()
        mind.number = -1
        mind.thought.ask()
        await mind.rest()
        mind.number = 3
        mind.thought.ask()
        await mind.rest()

    mind.world.run(story())
    assert failures == ["think"]
    assert mind.shown == [30]
