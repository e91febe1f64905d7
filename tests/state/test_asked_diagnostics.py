"""Each request asks how it differs from the last one of its conversation, unless the endpoint refuses."""

from __future__ import annotations

from typing import Any

from coldbyte.core.cache.usage import Usage
from coldbyte.core.diagnostics import Diagnosis
from coldbyte.core.reply import Ended, SendFailure, Sent, Started
from coldbyte.core.secret import ApiKey
from coldbyte.state.exchange_log import Record
from state.world import DRAFT, Step, World

WROTE = Usage(written_5m=2000, uncached=10, output=25)
READ = Usage(read=2000, uncached=10, output=25)
REFUSED = SendFailure("undiagnosed", "The endpoint does not take the question.", status=400)


def answered(message_id: str, usage: Usage = WROTE, diagnosis: Diagnosis | None = None) -> list[Step]:
    started = Started(message_id, "req_1", DRAFT.model, usage, diagnosis or Diagnosis("null"))
    return [Sent(b"{}"), started, Ended("end_turn", usage)]


def asked(world: World) -> list[Any]:
    return [body.fields.get("diagnostics") for body in world.outside.bodies]


def test_each_request_names_the_one_before_it(world: World) -> None:
    async def story() -> list[Record]:
        for number in (1, 2, 3):
            world.now += 10
            await world.ask(answered(f"msg_{number}", READ if number > 1 else WROTE))
        return list(world.log.records)

    first, second, third = world.run(story())
    assert asked(world) == [{"previous_message_id": one} for one in (None, "msg_1", "msg_2")]
    assert list(world.outside.bodies[1].fields) == [
        *("max_tokens", "messages", "model", "diagnostics", "stream", "system"),
    ]
    assert second.exchange.diagnosis == Diagnosis("null", asked=True, previous="msg_1")
    assert second.exchange.body is second.insight.body
    assert first.verdict is not None
    assert third.verdict is not None
    assert first.verdict.witnesses[1].stance == "nothing"
    assert third.verdict.witnesses[1].stance == "unchanged"


def test_an_exchange_without_an_answer_is_not_named(world: World) -> None:
    async def story() -> None:
        await world.ask(answered("msg_1"))
        await world.ask([Sent(b"{}"), SendFailure("overloaded", "Overloaded.", status=529)])
        await world.ask(answered("msg_3"))

    world.run(story())
    assert asked(world)[-1] == {"previous_message_id": "msg_1"}


def test_another_draft_and_another_prompt_cache_begin_anew(world: World) -> None:
    async def story() -> None:
        await world.ask(answered("msg_1"))
        await world.connection.keep("default", ApiKey("sk-ant-one"))
        await world.ask(answered("msg_2"))
        world.connection.use("simulator")
        await world.ask(answered("msg_3"))
        world.draft.open(DRAFT)
        await world.ask(answered("msg_4"))

    world.run(story())
    assert asked(world) == [{"previous_message_id": one} for one in (None, None, "msg_1", None)]


def test_the_question_is_no_difference_between_two_requests(world: World) -> None:
    async def story() -> None:
        await world.ask(answered("msg_1"))
        await world.ask(answered("msg_2", READ))
        insight = world.live.look()
        assert insight is not None
        assert insight.comparison is not None
        assert insight.comparison.identical
        assert (insight.causes, insight.harmless) == ((), ())

    world.run(story())


def test_an_endpoint_that_refuses_the_question_is_not_asked_again(world: World) -> None:
    async def story() -> Record:
        refused = await world.ask([Sent(b"{}"), REFUSED])
        assert refused.exchange.failure is REFUSED
        return await world.ask(answered("msg_2", diagnosis=Diagnosis("absent")))

    record = world.run(story())
    assert asked(world) == [{"previous_message_id": None}, None]
    assert not record.exchange.diagnosis.asked
    assert record.verdict is not None
    assert record.verdict.witnesses[1].say == "The API was not asked for its diagnostics."
