"""The insight follows the draft, the baseline, the ledger, the target and the clock."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QTimer

from coldbyte.core.cache.usage import Usage
from coldbyte.core.secret import ApiKey
from coldbyte.core.text.text import Text
from state.world import World, answer, heard

WROTE = Usage(written_5m=2000, uncached=10, output=5)


async def turn(world: World) -> None:
    """Let the loop go round until everything that was due is done."""
    for _ in range(3):
        await asyncio.sleep(0)


def test_many_changes_in_one_turn_are_looked_at_once(world: World) -> None:
    async def story() -> None:
        for number in range(20):
            world.draft.edit_text("system", Text.from_str(f"version {number}"))
        world.draft.select_question("second")
        await turn(world)

    with heard(world.live.changed) as insights:
        world.run(story())
    (insight,) = insights
    assert insight == world.live.insight
    assert insight.draft is world.draft.draft
    assert insight.question == "second"


def tick(world: World) -> None:
    """A second of the wall clock has passed."""
    (timer,) = (timer for timer in world.live.findChildren(QTimer) if timer.isActive())
    assert timer.interval() == 1000
    timer.timeout.emit()


@pytest.mark.parametrize(
    "change", ["text", "question", "model", "breakpoint", "ledger", "receipts", "target"]
)
def test_whatever_changes_is_looked_at(world: World, change: str) -> None:
    async def story() -> None:
        await world.connection.keep("default", ApiKey("sk-ant-api03-home"))
        await turn(world)
        with heard(world.live.changed) as insights:
            match change:
                case "text":
                    world.draft.replace_text("document", Text.from_str("Article 18"))
                case "question":
                    world.draft.select_question("second")
                case "model":
                    world.draft.set_model("claude-haiku-5-5")
                case "breakpoint":
                    world.draft.set_breakpoint("system", "1h")
                case "ledger":
                    world.ledger.clear("simulator")
                case "receipts":
                    world.receipts.restore([], {})
                case "target":
                    world.connection.use("simulator")
            await turn(world)
        assert len(insights) == 1
        assert insights[0].forecast.plan.scope == world.connection.scope

    world.run(story())


def test_looking_at_once_spares_the_look_that_was_due(world: World) -> None:
    async def story() -> None:
        world.draft.edit_text("system", Text.from_str("changed"))
        insight = world.live.look()
        assert insight is not None
        assert str(insight.draft.system[0].text) == "changed"
        await turn(world)

    with heard(world.live.changed) as insights:
        world.run(story())
    assert len(insights) == 1


def test_without_a_question_there_is_no_insight(world: World) -> None:
    async def story() -> None:
        world.live.look()
        world.draft.remove("first")
        world.draft.remove("second")
        await turn(world)
        assert world.live.insight is None
        world.draft.add_question(Text.from_str("Why?"))
        await turn(world)
        assert world.live.insight is not None

    with heard(world.live.changed) as insights:
        world.run(story())
    assert [insight is None for insight in insights] == [False, True, False]


def test_the_draft_is_compared_with_the_last_exchange(world: World) -> None:
    async def story() -> None:
        record = await world.ask(answer(WROTE, "Anyone."))
        await turn(world)
        insight = world.live.insight
        assert insight is not None
        assert insight.baseline is record.exchange
        assert not insight.broken
        assert insight.comparison is not None
        assert insight.comparison.identical
        world.draft.edit_text("system", Text.from_str("You answer\u00a0questions about the regulation.\n"))
        await turn(world)
        insight = world.live.insight
        assert insight is not None
        assert insight.broken
        assert insight.baseline is record.exchange
        assert insight.forecast.missed == insight.forecast.stored > 0

    world.run(story())


def test_the_forecast_turns_cold_when_the_entry_expires_without_a_key_pressed(world: World) -> None:
    async def story() -> None:
        await world.ask(answer(WROTE, "Anyone."))
        world.now += 299
        insight = world.live.look()
        assert insight is not None
        assert insight.forecast.plan.usage.read
        world.now += 1
        await world.until(world.live.changed)
        insight = world.live.insight
        assert insight is not None
        assert not insight.forecast.plan.usage.read
        assert not insight.forecast.stored

    world.run(story())


def test_a_break_loses_less_once_the_shorter_of_two_entries_has_expired(world: World) -> None:
    async def story() -> None:
        world.draft.edit_text("system", Text.from_str("You answer questions about the regulation.\n" * 100))
        world.draft.set_breakpoint("system", "1h")
        await world.ask(answer(Usage(written_5m=2000, written_1h=1000)))
        world.draft.edit_text("document", Text.from_str("Article 18"))
        before = world.live.look()
        assert before is not None
        assert before.forecast.missed
        assert before.forecast.plan.hit is not None
        world.now += 300
        tick(world)
        await turn(world)
        after = world.live.insight
        assert after is not None
        assert after.forecast.plan.hit is not None
        assert after.forecast.missed == 0

    world.run(story())


def test_a_broken_draft_is_not_looked_at_again_while_nothing_changes(world: World) -> None:
    async def story() -> None:
        await world.ask(answer(WROTE, "Anyone."))
        world.draft.edit_text("system", Text.from_str("changed"))
        world.live.look()
        with heard(world.live.changed) as insights:
            world.now += 1
            tick(world)
            await turn(world)
        assert not insights

    world.run(story())


def test_after_the_machine_slept_it_looks_again_although_no_entry_has_ended(world: World) -> None:
    async def story() -> None:
        world.draft.set_breakpoint("document", "1h")
        await world.ask(answer(Usage(written_1h=2000, uncached=10)))
        world.live.look()
        with heard(world.live.changed) as insights:
            world.now += 3
            tick(world)
            await turn(world)
            assert not insights
            world.now += 1800
            tick(world)
            await turn(world)
        (insight,) = insights
        (fate,) = insight.forecast.fates
        assert fate.fate == "read"
        assert fate.lives_s == 3600 - 1803

    world.run(story())


def test_nothing_ticks_while_nothing_lives(world: World) -> None:
    async def story() -> None:
        await world.ask(answer(WROTE))
        world.live.look()
        world.now += 400
        tick(world)
        await turn(world)
        assert world.ledger.entries, "an ended entry is remembered"
        assert not any(timer.isActive() for timer in world.live.findChildren(QTimer))

    world.run(story())


def test_what_was_reported_is_what_is_forecast_next(world: World) -> None:
    async def story() -> None:
        await world.connection.keep("default", ApiKey("sk-ant-api03-home"))
        await turn(world)
        first = world.live.look()
        assert first is not None
        assert first.forecast.how == "estimated"
        planned = first.forecast.plan.usage
        cached, rest = round(planned.written * 1.2), round(planned.uncached * 1.2)
        await world.ask(answer(Usage(written_5m=cached, uncached=rest)))
        world.now += 10
        again = world.live.look()
        assert again is not None
        assert again.forecast.how == "measured"
        assert again.forecast.plan.usage == Usage(read=cached, uncached=rest)
        assert again.forecast.estimated == first.forecast.estimated
        assert world.live.forecast_of(world.draft.draft).plan.usage == again.forecast.plan.usage
        world.draft.edit_text("document", Text.from_str("Article 18: to restriction.\n" * 300))
        edited = world.live.look()
        assert edited is not None
        assert edited.forecast.how == "calibrated"
        total = edited.forecast.plan.usage.input
        assert total == pytest.approx(edited.forecast.estimated * 1.2, rel=0.01)
        assert edited.forecast.stored == cached

    world.run(story())


def test_what_the_api_reported_changes_nothing_on_the_simulator(world: World) -> None:
    async def story() -> None:
        before = world.live.look()
        assert before is not None
        await world.connection.keep("default", ApiKey("sk-ant-api03-home"))
        await world.ask(answer(Usage(written_5m=3500, uncached=20)))
        world.connection.use("simulator")
        after = world.live.look()
        assert after is not None
        assert after.forecast.plan.usage == before.forecast.plan.usage
        assert after.forecast.tokens == before.forecast.tokens

    world.run(story())


def test_the_first_insight_has_nothing_to_compare_with(world: World) -> None:
    insight = world.live.look()
    assert insight is not None
    assert insight.baseline is None
    assert insight.draft is world.draft.draft
    assert not insight.broken
