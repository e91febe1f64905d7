"""The state, on a real event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from state.world import World


@pytest.fixture
def world(loop: asyncio.AbstractEventLoop) -> Iterator[World]:
    """A user without a key: everything goes to the simulator."""
    world = World(loop)
    yield world
    world.run(world.tasks.close())
