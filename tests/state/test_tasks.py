"""Every task is kept, named, reported and cancelled in one place."""

from __future__ import annotations

import asyncio
import gc

import pytest

from coldbyte.state.tasks import Tasks
from state.world import World, heard


def test_a_task_has_its_name_and_gives_its_result(world: World) -> None:
    async def story() -> tuple[str, int]:
        async def work() -> int:
            return 7

        task = world.tasks.start("count", work())
        return task.get_name(), await task

    assert world.run(story()) == ("count", 7)


def test_a_task_that_nobody_holds_is_not_collected(world: World) -> None:
    async def story() -> None:
        done = asyncio.Event()

        async def work() -> None:
            await asyncio.sleep(0)
            gc.collect()
            await asyncio.sleep(0)
            done.set()

        world.tasks.start("unheld", work())
        gc.collect()
        await done.wait()

    world.run(story())


def test_a_failure_is_reported_with_the_name_of_its_task(world: World) -> None:
    async def story() -> None:
        async def work() -> None:
            raise LookupError("no such thing")

        world.tasks.start("look", work())
        await world.until(world.tasks.failed)

    with heard(world.tasks.failed) as failures:
        world.run(story())
    ((name, error),) = failures
    assert name == "look"
    assert isinstance(error, LookupError)


def test_neither_success_nor_cancelling_is_a_failure(world: World) -> None:
    async def story() -> None:
        async def succeed() -> None:
            return

        task = world.tasks.start("wait", asyncio.sleep(3600))
        await world.tasks.start("succeed", succeed())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with heard(world.tasks.failed) as failures:
        world.run(story())
    assert not failures


def test_closing_cancels_what_runs_and_waits_until_it_has_tidied_up(world: World) -> None:
    tidied: list[str] = []

    async def story() -> None:
        started = asyncio.Event()

        async def work() -> None:
            try:
                started.set()
                await asyncio.sleep(3600)
            finally:
                await asyncio.sleep(0)
                tidied.append("work")

        world.tasks.start("work", work())
        await started.wait()
        await world.tasks.close()
        assert tidied == ["work"]

    world.run(story())


def test_a_task_may_close_the_others_without_ending_itself(world: World) -> None:
    async def story() -> bool:
        other = world.tasks.start("other", asyncio.sleep(3600))

        async def close() -> bool:
            await world.tasks.close()
            return other.cancelled()

        return await world.tasks.start("close", close())

    assert world.run(story())


def test_one_that_fails_while_it_is_closed_does_not_stop_the_others(world: World) -> None:
    async def story() -> list[str]:
        ended: list[str] = []
        ready = asyncio.Event()

        async def work(name: str, error: Exception | None) -> None:
            try:
                ready.set()
                await asyncio.sleep(3600)
            finally:
                ended.append(name)
                if error is not None:
                    raise error

        world.tasks.start("bad", work("bad", OSError("disk")))
        world.tasks.start("good", work("good", None))
        await ready.wait()
        await asyncio.sleep(0)
        await world.tasks.close()
        return ended

    with heard(world.tasks.failed) as failures:
        assert sorted(world.run(story())) == ["bad", "good"]
    assert [name for name, _ in failures] == ["bad"]


def test_closing_nothing_ends_at_once(world: World) -> None:
    world.run(Tasks().close())
