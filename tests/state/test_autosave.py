"""What happens is kept a moment later, however long the user goes on, and whatever the disk says."""

from __future__ import annotations

import asyncio
import sys
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType

import pytest

from coldbyte.core.draft import Draft, Question, SystemBlock
from coldbyte.core.draft_file import write_draft
from coldbyte.core.journal.frame import framed
from coldbyte.core.journal.record import Record, encode
from coldbyte.core.journal.replay import replay
from coldbyte.core.journal.work import Work, records_of
from coldbyte.core.text.text import Text
from coldbyte.services.working_copy import WorkingCopy
from coldbyte.services.working_copy_file import write_new
from coldbyte.state.autosave import Autosave
from coldbyte.state.edit_log import EditLog
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.tasks import Tasks


class MemoryWorkStore:
    """Keeps the records; `trouble` is raised instead, and `gate` holds a `rewrite` up."""

    def __init__(self) -> None:
        self.kept: list[Record] = []
        self.meanwhile: list[Record] = []
        self.aside: list[tuple[Draft, str]] = []
        self.asides_first = False  # the draft was put aside while the journal still had it
        self.appends = 0
        self.rewrites = 0
        self.trouble: Exception | None = None
        self.is_long = False
        self.called = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.put_aside_folder = Path("aside")

    @property
    def is_grown(self) -> bool:
        return self.appends > 0

    def put_aside(self, draft: Draft, question: str) -> Path:
        self.fail()
        self.aside.append((draft, question))
        self.asides_first = self.work is None or self.work.draft.model == draft.model
        return self.put_aside_folder

    async def append(self, records: Sequence[Record]) -> None:
        self.fail()
        self.appends += 1
        self.kept += records
        self.meanwhile += records
        self.called.set()

    async def begin(self, records: Sequence[Record]) -> None:
        self.fail()
        self.kept += records
        self.meanwhile = []

    async def rewrite(self, work: Work) -> None:
        self.fail()
        await self.gate.wait()
        self.kept = [*records_of(work), *self.meanwhile]
        self.appends, self.rewrites, self.is_long = len(self.meanwhile), self.rewrites + 1, False
        self.called.set()

    def fail(self) -> None:
        if self.trouble is not None:
            self.called.set()
            raise self.trouble

    @property
    def work(self) -> Work | None:
        """What the next run would find."""
        return replay(b"".join(run for record in self.kept for run in framed(encode(record)))).work

    @property
    def text(self) -> str | None:
        return str(self.work.draft.part("s").text) if self.work else None


class World:
    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, is_kept: bool = False, is_due: bool = False
    ) -> None:
        parts = (SystemBlock("s"),), (), (Question("q"), Question("r"))
        self.loop = loop
        self.draft = OpenDraft(Draft("m", 1, *parts))
        self.log = EditLog(self.draft)
        self.store = MemoryWorkStore()
        self.tasks = Tasks()
        if is_kept:
            self.store.kept = list(records_of(self.log.work()))
        self.autosave = Autosave(self.log, self.store, self.tasks, is_kept=is_kept, is_due=is_due)
        self.told: list[OSError] = []
        self.autosave.failed.connect(self.told.append)

    def type(self, text: str) -> None:
        self.draft.edit_text("s", Text.from_str(text))

    def save(self) -> bool:
        return self.loop.run_until_complete(self.autosave.save())

    async def heard(self) -> None:
        """Return when the store was called."""
        self.store.called.clear()
        await asyncio.wait_for(self.store.called.wait(), 20)

    def end(self) -> None:
        """Leave nothing that would go on in the next test."""
        self.store.trouble = None
        self.loop.run_until_complete(self.autosave.finish())
        self.loop.run_until_complete(self.tasks.close())


@pytest.fixture
def world(loop: asyncio.AbstractEventLoop) -> Iterator[World]:
    world = World(loop, is_kept=True)
    yield world
    world.end()


@pytest.fixture
def new_world(loop: asyncio.AbstractEventLoop) -> Iterator[World]:
    world = World(loop)
    yield world
    world.end()


def test_what_is_typed_is_kept_while_the_typing_goes_on(
    world: World, loop: asyncio.AbstractEventLoop
) -> None:
    async def story() -> None:
        for number in range(1, 4):
            kept = loop.create_task(world.heard())
            while not kept.done():
                world.type("x" * number)
                await asyncio.sleep(0.01)  # a user who never pauses
            await kept
            assert world.store.appends >= number

    loop.run_until_complete(story())


def test_nothing_is_written_before_anything_has_happened(new_world: World) -> None:
    assert new_world.save()
    assert new_world.store.kept == []
    new_world.type("a")
    assert new_world.save()
    assert new_world.store.text == "a"
    assert new_world.store.rewrites == 1


def test_what_an_earlier_version_kept_is_written_at_once(loop: asyncio.AbstractEventLoop) -> None:
    world = World(loop, is_due=True)
    loop.run_until_complete(world.heard())
    assert world.store.text == ""
    world.end()


def test_what_has_not_changed_is_not_appended_again(world: World) -> None:
    world.draft.select_question("r")
    for _ in range(3):
        assert world.save()
    assert world.store.appends == 1
    assert world.store.work is not None
    assert world.store.work.question == "r"


def test_a_trouble_is_told_once_and_then_all_is_written(world: World) -> None:
    world.store.trouble = OSError("disk full")
    for text in ("a", "ab"):
        world.type(text)
        assert not world.save()
    assert world.told == [world.store.trouble]
    world.store.trouble = None
    assert world.save()
    assert world.store.text == "ab"
    world.type("abc")
    assert world.save()
    assert world.store.text == "abc"
    world.store.trouble = OSError("disk full again")
    world.type("abcd")
    assert not world.save()
    assert len(world.told) == 2


def test_after_a_trouble_it_is_tried_again_without_another_change(
    world: World, loop: asyncio.AbstractEventLoop
) -> None:
    world.store.trouble = OSError("disk full")
    world.type("a")
    assert not world.save()
    world.store.trouble = None
    loop.run_until_complete(world.heard())
    assert world.store.text == "a"


def test_after_a_failure_of_ours_no_record_is_missing_in_the_middle(world: World) -> None:
    world.store.trouble = ValueError("unheard of")
    world.type("a")
    with pytest.raises(ValueError, match="unheard of"):
        world.save()
    world.store.trouble = None
    world.type("ab")
    assert world.save()
    assert world.store.rewrites == 1
    assert world.store.text == "ab"


def test_a_long_journal_is_written_anew_while_the_user_goes_on(
    world: World, loop: asyncio.AbstractEventLoop
) -> None:
    async def story() -> None:
        world.store.is_long = True
        world.store.gate.clear()
        world.type("a")
        assert await world.autosave.save()
        await asyncio.sleep(0)
        for text in ("ab", "abc"):
            world.type(text)
            assert await world.autosave.save()
        assert world.store.text == "abc"
        world.store.gate.set()
        assert await world.autosave.finish()

    loop.run_until_complete(story())
    assert world.store.text == "abc"
    assert world.store.rewrites == 2


def test_at_the_end_all_is_written_anew_if_anything_was_appended(
    world: World, loop: asyncio.AbstractEventLoop
) -> None:
    assert loop.run_until_complete(world.autosave.finish())
    assert world.store.rewrites == 0
    world.type("a")
    assert loop.run_until_complete(world.autosave.finish())
    assert (world.store.rewrites, world.store.appends, world.store.text) == (1, 0, "a")


def give_way(world: World) -> tuple[bool, bool]:
    """Type, open another draft and save: whether the old one was to be put aside, whether it was saved."""

    async def story() -> tuple[bool, bool]:
        leaves = world.autosave.leave(world.log.work())
        world.draft.open(Draft("other", 1, (SystemBlock("s"),)))
        return leaves, await world.autosave.save()

    return world.loop.run_until_complete(story())


def test_a_draft_that_gives_way_is_kept_before_the_other_one_is(world: World) -> None:
    world.type("mine")
    assert give_way(world) == (True, True)
    assert [str(draft.part("s").text) for draft, _ in world.store.aside] == ["mine"]
    assert world.store.asides_first
    assert world.store.work is not None
    assert world.store.work.draft.model == "other"


def test_a_draft_that_lies_elsewhere_gives_way_without_being_kept_twice(world: World) -> None:
    world.log.set_project({"folder": "here"}, world.draft.draft)
    assert give_way(world) == (False, True)
    assert world.store.aside == []


def test_a_draft_that_can_not_be_put_aside_comes_back(world: World) -> None:
    world.type("mine")
    world.store.trouble = OSError("disk full")
    assert give_way(world) == (True, False)
    assert world.told[0] is world.store.trouble
    assert str(world.draft.draft.part("s").text) == "mine"
    world.store.trouble = None
    assert world.save()
    assert world.store.text == "mine"


def test_of_a_large_prompt_nothing_is_encoded_in_the_thread_of_the_window_and_nothing_copied(
    loop: asyncio.AbstractEventLoop, tmp_path: Path
) -> None:
    """Neither a key nor a save nor writing all anew costs by the size of the prompt."""
    text = Text.from_str("x" * 4_000_000)
    draft = OpenDraft(Draft("m", 1, (SystemBlock("s", text),)))
    store, tasks = WorkingCopy(tmp_path), Tasks()
    store.open()
    autosave = Autosave(EditLog(draft), store, tasks, is_due=True)
    assert loop.run_until_complete(autosave.save())
    here: set[CodeType] = set()
    sys.setprofile(lambda frame, _event, _value: here.add(frame.f_code))
    tracemalloc.start()
    try:
        draft.edit_text("s", text.replace(2_000_000, 2_000_000, "a"))
        assert loop.run_until_complete(autosave.save())
        grown = [store.is_grown]
        assert loop.run_until_complete(autosave.finish())
        grown.append(store.is_grown)
        _, most = tracemalloc.get_traced_memory()
    finally:
        sys.setprofile(None)
        tracemalloc.stop()
    assert grown == [True, False]
    loop.run_until_complete(store.close())
    costly = (encode, framed, records_of, write_new, write_draft, Text.encode, Text.__str__)
    assert not [each.__qualname__ for each in costly if each.__code__ in here]
    assert Autosave.save.__code__ in here
    assert most < 400_000
    assert (tmp_path / "working-copy.journal").stat().st_size > 4_000_000
