"""Counting uploads the draft when asked, in the background only where that was switched on, and once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QTimer

from coldbyte.core.reply import SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.core.text.text import Text
from coldbyte.state.counting import PAUSE_MS, Counting
from coldbyte.state.settings import Settings
from state.world import World, heard

OVERLOADED = SendFailure("overloaded", "The API is overloaded.", remedy="Try again later.")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "coldbyte.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def counting(world: World, settings: Settings) -> Counting:
    counting = Counting(world.live, world.receipts, world.connection, settings, world.tasks)
    world.run(world.connection.keep("default", ApiKey("sk-ant-api03-home")))
    return counting


def pause(counting: Counting) -> bool:
    """The user has stopped typing: whether that was waited for."""
    (timer,) = counting.findChildren(QTimer)
    waited = timer.isActive()
    assert timer.interval() == PAUSE_MS
    if waited:
        timer.timeout.emit()
    return waited


async def turn() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


def type_and_pause(world: World, counting: Counting, text: str) -> bool:
    async def story() -> bool:
        world.draft.edit_text("system", Text.from_str(text))
        await turn()
        waited = pause(counting)
        await turn()
        return waited

    return world.run(story())


def test_on_demand_the_draft_is_counted_and_the_forecast_knows_it(world: World, counting: Counting) -> None:
    async def story() -> None:
        counting.count()
        await world.until(counting.counted)
        await turn()

    with heard(counting.counted) as counts:
        world.run(story())
    assert counts == [3000]
    insight = world.live.insight
    assert insight is not None
    assert [body.fields for body in world.outside.counted] == [insight.body.fields]
    assert (insight.forecast.how, insight.forecast.plan.usage.input) == ("counted", 3000)


def test_nothing_is_uploaded_unasked(world: World, counting: Counting) -> None:
    assert not type_and_pause(world, counting, "Be brief.")
    assert not world.outside.counted


def test_switched_on_a_prompt_is_counted_after_a_pause_and_once(world: World, counting: Counting) -> None:
    counting.in_background = True
    assert type_and_pause(world, counting, "Be brief.")
    assert type_and_pause(world, counting, "Be very brief.")
    assert not type_and_pause(world, counting, "Be brief.")
    assert len(world.outside.counted) == 2


def test_the_switch_is_that_of_the_profile_and_is_remembered(
    world: World, counting: Counting, settings: Settings
) -> None:
    counting.in_background = True
    world.run(world.connection.keep("work", ApiKey("sk-ant-api03-work")))
    assert not counting.in_background
    assert not type_and_pause(world, counting, "Be brief.")
    assert settings.counts_in_background("default")
    world.run(world.connection.load("default"))
    counting.in_background = False
    assert not settings.counts_in_background("default")


def test_the_simulator_is_never_asked_in_the_background(world: World, counting: Counting) -> None:
    counting.in_background = True
    world.connection.use("simulator")
    assert not type_and_pause(world, counting, "Be brief.")


def test_after_a_failure_nothing_is_uploaded_until_the_user_asks(world: World, counting: Counting) -> None:
    counting.in_background = True
    world.outside.tokens = OVERLOADED
    with heard(counting.failed) as failures:
        assert type_and_pause(world, counting, "Be brief.")
    assert failures == [OVERLOADED]
    assert not type_and_pause(world, counting, "Be very brief.")
    assert len(world.outside.counted) == 1


def test_of_several_changes_only_the_last_is_still_counted(world: World, counting: Counting) -> None:
    async def story() -> None:
        counting.count()
        world.draft.edit_text("system", Text.from_str("Be brief."))
        counting.count()
        await world.until(counting.counted)
        await turn()

    with heard(counting.counted) as counts:
        world.run(story())
    assert counts == [3000]
    assert len(world.outside.counted) == 1
