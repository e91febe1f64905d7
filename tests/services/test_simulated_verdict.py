"""Verdicts on exchanges with the simulator, through the real SDK: every witness speaks for itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.cache.ledger import finish
from coldbyte.core.cache.scenario import Scenario, read_scenario
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight, look_at
from coldbyte.core.reply import Ended, ReplyEvent, Sent, Started
from coldbyte.core.secret import ApiKey
from coldbyte.core.text.text import Text
from coldbyte.core.verdict.verdict import Verdict, judge
from coldbyte.services import resources
from coldbyte.services.anthropic_api import AnthropicApi
from services.simulator_world import Gate, World, simulator

NOON = 1_795_435_200.0
CATALOGUE = read_catalogue(resources.text("catalogue.json"))
DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=64,
    system=(SystemBlock("system", Text.from_str("Name the article and the paragraph.\n" * 100)),),
    documents=(
        Document("law", "gdpr.txt", Text.from_str("Article 17\n" * 1000), "5m"),
        Document("note", "note.txt", Text.from_str("A note on it.\n" * 500), "5m"),
    ),
    questions=(Question("first", Text.from_str("Who?")), Question("second", Text.from_str("When?"))),
)
EDITED = DRAFT.with_text("note", Text.from_str("A note on it!\n" * 500))
BROKEN = DRAFT.with_text("system", Text.from_str("Name the\u00a0article and the paragraph.\n" * 100))


@dataclass
class Desk:
    """One person at work with a simulator: what was sent, and what is believed to live."""

    world: World
    stack: AsyncExitStack
    entries: Mapping[bytes, Entry] = field(default_factory=dict)
    log: list[Exchange] = field(default_factory=list)

    def look(self, draft: Draft, question: str = "first", key: str = "one") -> Insight:
        mine = [one.message_id for one in self.log if one.scope == key]
        return look_at(
            draft,
            question,
            self.log[-1] if self.log else None,
            CATALOGUE,
            Circumstances(self.entries, key, self.world.clock.now()),
            {"previous_message_id": mine[-1] if mine else None},
        )

    async def send(self, insight: Insight, key: str = "one") -> Exchange:
        """Send what was looked at; the exchange as it went."""
        api = AnthropicApi(self.world.url, ApiKey(key), max_retries=0)
        self.stack.push_async_callback(api.close)
        clock = self.world.clock
        exchange = Exchange(len(self.log) + 1, "", insight.body, key, clock.now())
        async with aclosing(api.stream(insight.body)) as events:
            async for event in events:
                exchange = took(exchange, event, clock.now())
        return replace(exchange, ended_at=clock.now())

    def keep(self, insight: Insight, exchange: Exchange) -> Verdict:
        """The verdict; what the exchange left is known from now on."""
        named = next((one for one in self.log if one.message_id == exchange.diagnosis.previous), None)
        verdict = judge(exchange, insight, CATALOGUE, named)
        assert verdict is not None
        assert exchange.first_event_at is not None
        self.entries = finish(
            self.entries,
            insight.forecast.plan,
            exchange.usage,
            started_at=exchange.started_at,
            available_at=exchange.first_event_at,
        )
        self.log.append(exchange)
        return verdict

    async def ask(
        self, draft: Draft, question: str = "first", *, key: str = "one", after: float = 10
    ) -> Verdict:
        """Wait, look, send, judge."""
        self.world.clock.advance(after)
        insight = self.look(draft, question, key)
        return self.keep(insight, await self.send(insight, key))


def took(exchange: Exchange, event: ReplyEvent, now: float) -> Exchange:
    match event:
        case Sent(wire=wire):
            return replace(exchange, wire=wire, started_at=now)
        case Started():
            return replace(
                exchange,
                first_event_at=now,
                message_id=event.message_id,
                served_by=event.model,
                usage=event.usage,
                usage_fields=event.usage_fields,
                diagnosis=event.diagnosis.of_request(exchange.body.fields),
            )
        case Ended():
            return replace(exchange, usage=event.usage, usage_fields=event.usage_fields)
    return exchange


def told(
    story: Callable[[Desk], Awaitable[None]], scenario: Scenario | None = None, gate: Gate | None = None
) -> None:
    async def telling() -> None:
        how: dict[str, Any] = {"scenario": scenario or Scenario()}
        if gate is not None:
            how["wait"] = gate.wait
        async with simulator(**how) as world, AsyncExitStack() as stack:
            world.clock.time = NOON
            await story(Desk(world, stack))

    asyncio.run(telling())


def named(name: str) -> Scenario:
    return read_scenario(resources.text(f"scenarios/{name}.json"))


def faulty(*faults: Mapping[str, Any]) -> Scenario:
    return read_scenario(json.dumps({"faults": list(faults)}))


def ids(verdict: Verdict) -> list[str]:
    return [cause.id for cause in verdict.causes]


def stances(verdict: Verdict) -> list[str]:
    return [one.stance for one in verdict.witnesses]


def contradictions(verdict: Verdict) -> dict[str, tuple[str, ...]]:
    return {one.source: one.contradicts for one in verdict.witnesses if one.contradicts}


def test_the_first_request_and_a_hit() -> None:
    async def story(desk: Desk) -> None:
        first = await desk.ask(DRAFT)
        assert (first.effect, first.resolution, stances(first)) == ("first", "agree", ["nothing"] * 3)
        assert desk.log[0].wire == desk.log[0].body.encode()
        assert b'"diagnostics":{"previous_message_id":null},"stream":true' in desk.log[0].wire
        again = await desk.ask(DRAFT)
        assert (again.effect, again.resolution, again.causes) == ("hit", "agree", ())
        assert stances(again) == ["hit-expected", "unchanged", "hit"]
        assert desk.log[1].diagnosis.previous == desk.log[0].message_id

    told(story)


def test_another_question_is_a_late_change_that_costs_nothing() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        other = await desk.ask(DRAFT, "second")
        assert (other.effect, other.resolution) == ("hit", "agree")
        assert other.lost == 0
        assert stances(other) == ["hit-expected", "changed", "hit"]
        assert desk.log[1].diagnosis.type == "messages_changed"
        assert any("behind all that was stored" in fact for fact in other.evidence)

    told(story)


def test_a_change_is_named_by_all_three() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        broken = await desk.ask(BROKEN)
        assert (broken.effect, ids(broken)) == ("miss", ["invisible-char-changed"])
        assert (broken.resolution, broken.confidence) == ("agree", "high")
        assert stances(broken) == ["miss-expected", "changed", "miss"]
        assert desk.log[1].diagnosis.type == "system_changed"
        assert broken.agrees

    told(story)


def test_a_late_change_keeps_what_the_breakpoint_before_it_stored() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        edited = await desk.ask(EDITED)
        assert (edited.effect, ids(edited), edited.resolution) == ("partial", ["text-edited"], "agree")
        assert stances(edited) == ["partial-expected", "changed", "partial"]
        assert any("end behind document 1" in fact for fact in edited.evidence)

    told(story)


def test_an_edit_is_cleared_where_the_entry_before_it_is_gone_too() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        edited = await desk.ask(EDITED)
        assert (edited.effect, ids(edited)) == ("miss", ["no-visible-cause"])
        assert (edited.resolution, edited.confidence) == ("contradict", "low")
        assert "was not read either" in edited.evidence[0]
        assert "change behind it is not the cause" in edited.evidence[1]

    told(story, named("evicted"))


def test_an_expired_entry_is_told_by_the_clock_and_by_the_diagnostics() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        late = await desk.ask(DRAFT, after=301)
        assert (late.effect, ids(late)) == ("miss", ["ttl-expired"])
        assert (late.resolution, late.confidence, late.agrees) == ("agree", "medium", True)
        assert stances(late) == ["miss-expected", "unchanged", "miss"]
        assert late.lost

    told(story)


def test_an_entry_that_expired_on_the_way_out_is_told_as_expired() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        desk.world.clock.advance(299)
        insight = desk.look(DRAFT)
        desk.world.clock.advance(2)
        late = desk.keep(insight, await desk.send(insight))
        assert (late.effect, ids(late), late.resolution) == ("miss", ["ttl-expired"], "agree")
        assert not late.agrees

    told(story)


def test_two_at_once_both_write() -> None:
    gate = Gate()

    async def story(desk: Desk) -> None:
        first, second = desk.look(DRAFT), desk.look(DRAFT)
        async with asyncio.TaskGroup() as both:
            one = both.create_task(desk.send(first))
            await gate.until(lambda: gate.came >= 1)
            desk.world.clock.advance(1)
            two = both.create_task(desk.send(second))
            await gate.until(lambda: gate.came >= 2)
            desk.world.clock.advance(3)
            await gate.open()
        desk.keep(first, one.result())
        raced = two.result()
        insight = look_at(
            DRAFT,
            "first",
            desk.log[-1],
            CATALOGUE,
            Circumstances(desk.entries, "one", raced.started_at),
            {"previous_message_id": None},
        )
        verdict = desk.keep(insight, raced)
        assert (verdict.effect, ids(verdict)) == ("miss", ["concurrent-cold-start"])
        assert (verdict.resolution, verdict.confidence) == ("agree", "high")

    told(story, gate=gate)


def test_another_key_has_a_prompt_cache_of_its_own() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        other = await desk.ask(DRAFT, key="two")
        assert (other.effect, ids(other)) == ("first", ["cache-scope-changed"])
        assert other.lost == 0
        back = await desk.ask(DRAFT)
        assert (back.effect, back.resolution) == ("hit", "agree")

    told(story)


def test_diagnostics_that_come_too_late_take_no_side() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        broken = await desk.ask(BROKEN)
        assert (broken.resolution, ids(broken)) == ("agree", ["invisible-char-changed"])
        assert stances(broken)[1] == "nothing"
        assert desk.log[1].diagnosis.state == "pending"

    told(story, named("pending"))


def test_no_record_of_the_request_before_is_no_change() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        again = await desk.ask(DRAFT)
        assert (again.effect, again.resolution) == ("hit", "agree")
        assert any("That is not a change" in fact for fact in again.evidence)

    told(story, faulty({"requests": [2], "diagnosis": "previous_message_not_found"}))


def test_entries_that_vanish_are_laid_at_the_providers_door_only_with_two_witnesses() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        gone = await desk.ask(DRAFT)
        assert (gone.effect, ids(gone)) == ("miss", ["no-visible-cause"])
        assert (gone.resolution, gone.confidence) == ("contradict", "low")
        assert contradictions(gone) == {
            "comparison": ("usage",),
            "diagnostics": ("usage",),
            "usage": ("comparison", "diagnostics"),
        }
        assert any("provider's side is suspected" in fact for fact in gone.evidence)

    told(story, named("evicted"))


def test_entries_that_vanish_while_the_diagnostics_are_silent_leave_it_open() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        gone = await desk.ask(DRAFT)
        assert (ids(gone), gone.resolution) == (["no-visible-cause"], "inconclusive")
        assert not any("suspected" in fact for fact in gone.evidence)

    told(story, faulty({"requests": [2], "evict": True, "diagnosis": "unavailable"}))


def test_another_model_that_answers_is_named() -> None:
    async def story(desk: Desk) -> None:
        await desk.ask(DRAFT)
        other = await desk.ask(DRAFT)
        assert (other.effect, ids(other)) == ("miss", ["served-by-other-model"])
        assert (other.resolution, other.confidence) == ("agree", "high")

    told(story, named("other-model"))


def test_what_is_too_short_is_not_cached() -> None:
    async def story(desk: Desk) -> None:
        short = DRAFT
        for key in ("system", "law", "note"):
            short = short.with_text(key, Text.from_str("Short."))
        verdict = await desk.ask(short)
        assert (verdict.effect, ids(verdict)) == ("none", ["below-min-tokens"])
        assert verdict.resolution == "agree"

    told(story)
