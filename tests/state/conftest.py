"""A real event loop, and the state on it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from coldbyte.event_loop import make_loop
from state.world import World


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """The app's event loop; whatever asyncio reports to it fails the test."""
    troubles: list[dict[str, Any]] = []
    loop = make_loop()
    loop.set_exception_handler(lambda _, context: troubles.append(context))
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    assert not troubles


@pytest.fixture
def world(loop: asyncio.AbstractEventLoop) -> Iterator[World]:
    """A user without a key: everything goes to the simulator."""
    world = World(loop)
    yield world
    world.run(world.tasks.close())
