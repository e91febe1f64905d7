"""What is typed is kept, once after a pause and once at the end."""

from __future__ import annotations

import asyncio

import pytest

from coldbyte.core.draft import Draft, Question, SystemBlock
from coldbyte.core.text.text import Text
from coldbyte.state.autosave import Autosave
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.tasks import Tasks


class MemoryDraftStore:
    """Keeps what was saved; `trouble` is raised instead. Called from worker threads."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.saved: list[tuple[Draft, str]] = []
        self.trouble: OSError | None = None
        self.called = asyncio.Event()
        self._loop = loop

    def save(self, draft: Draft, question: str) -> None:
        self._loop.call_soon_threadsafe(self.called.set)
        if self.trouble is not None:
            raise self.trouble
        self.saved.append((draft, question))


class World:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        parts = (SystemBlock("s"),), (), (Question("q"), Question("r"))
        self.draft = OpenDraft(Draft("m", 1, *parts))
        self.store = MemoryDraftStore(loop)
        self.tasks = Tasks()
        self.autosave = Autosave(self.draft, self.store, self.tasks)

    @property
    def texts(self) -> list[str]:
        return [str(draft.system[0].text) for draft, _ in self.store.saved]

    def type(self, text: str) -> None:
        self.draft.edit_text("s", Text.from_str(text))


@pytest.fixture
def world(loop: asyncio.AbstractEventLoop) -> World:
    return World(loop)


def test_a_burst_of_typing_is_saved_once_after_a_pause(world: World, loop: asyncio.AbstractEventLoop) -> None:
    async def story() -> None:
        for text in ("a", "ab", "abc"):
            world.type(text)
        await asyncio.wait_for(world.store.called.wait(), 20)
        await world.autosave.save()
        assert world.texts == ["abc"]

    loop.run_until_complete(story())


def test_what_has_not_changed_is_not_saved_again(world: World, loop: asyncio.AbstractEventLoop) -> None:
    loop.run_until_complete(world.autosave.save())
    assert world.texts == []
    world.draft.select_question("r")
    loop.run_until_complete(world.autosave.save())
    loop.run_until_complete(world.autosave.save())
    assert [question for _, question in world.store.saved] == ["r"]


def test_a_save_that_failed_is_told_once_and_tried_again(
    world: World, loop: asyncio.AbstractEventLoop
) -> None:
    told: list[OSError] = []
    world.autosave.failed.connect(told.append)
    world.store.trouble = OSError("disk full")
    for text in ("a", "ab"):
        world.type(text)
        loop.run_until_complete(world.autosave.save())
    assert told == [world.store.trouble]
    world.store.trouble = None
    loop.run_until_complete(world.autosave.save())
    assert world.texts == ["ab"]
