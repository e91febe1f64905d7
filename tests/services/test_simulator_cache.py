"""The cache rules through the socket: each test names the section of the published rules that it shows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from anthropic.types import Message

from services.simulator_world import (
    LONG,
    Gate,
    World,
    brief,
    document,
    marker,
    run,
    simulator,
    text,
    turns,
    user,
    words,
)


def test_the_first_request_writes_and_the_second_reads() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        whole = await world.count(**body)
        read, written, uncached = await world.usage(**body)
        assert read == 0
        assert written > 1000
        assert written + uncached == whole
        assert await world.usage(**body) == (written, 0, uncached)

    run(story)


def test_a_question_behind_the_breakpoint_may_change() -> None:
    async def story(world: World) -> None:
        system = [text(LONG, "5m")]
        _, written, _ = await world.usage(system=system, messages=[user("When?")])
        read, again, uncached = await world.usage(system=system, messages=[user("And where, if at all?")])
        assert (read, again) == (written, 0)
        assert written + uncached == await world.count(system=LONG, messages=[user("And where, if at all?")])

    run(story)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Café: be brief.", "Cafe\u0301: be brief."),
        ("Be brief.", "Be\u00a0brief."),
        ("Be brief.\n", "Be brief.\r\n"),
        ("Be brief.", "Be brief. "),
    ],
    ids=["decomposed", "no-break space", "CRLF", "trailing space"],
)
def test_one_changed_byte_in_the_system_prompt_writes_everything_behind_it_again(
    before: str, after: str
) -> None:
    async def story(world: World) -> None:
        messages = [user(document(LONG, "5m"), "When?")]
        _, written, _ = await world.usage(system=before, messages=messages)
        assert written > 1000
        read, again, _ = await world.usage(system=after, messages=messages)
        assert read == 0
        assert again > 1000
        assert (await world.usage(system=before, messages=messages))[0] == written

    run(story)


def test_an_unchanged_earlier_breakpoint_is_still_read() -> None:
    async def story(world: World) -> None:
        system = [text(LONG, "5m")]
        _, alone, _ = await world.usage(system=system, messages=[user("When?")])
        await world.usage(system=system, messages=[user(document(words(800, "old"), "5m"), "When?")])
        read, written, _ = await world.usage(
            system=system, messages=[user(document(words(800, "new"), "5m"), "When?")]
        )
        assert read == alone
        assert written > 800

    run(story)


def test_a_prefix_below_the_minimum_is_not_cached_and_no_error() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text("Be brief.", "5m")], "messages": [user("When?")]}
        for _ in range(2):
            assert await world.usage(**body) == (0, 0, await world.count(**body))

    run(story)


def test_the_minimum_is_that_of_the_model() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(words(600), "5m")], "messages": [user("When?")]}
        assert (await world.usage(**body))[1] > 512
        assert 512 < await world.count(model="claude-opus-4-8", **body) < 1024
        assert (await world.usage(model="claude-opus-4-8", **body))[1] == 0

    run(story)


def test_the_minimum_counts_the_whole_prefix() -> None:
    async def story(world: World) -> None:
        half = words(300)
        messages = [user(text(half, "5m"), "When?")]
        assert (await world.usage(messages=messages))[1] == 0
        assert (await world.usage(system=half, messages=messages))[1] > 512

    run(story)


def test_five_minutes_are_counted_from_the_start_and_a_read_begins_them_anew() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        _, written, _ = await world.usage(**body)
        for wait, read in [(299, written), (299, written), (301, 0), (299, written), (300, 0)]:
            world.clock.advance(wait)
            assert (await world.usage(**body))[0] == read, wait

    run(story)


@pytest.mark.parametrize(("later", "hit"), [(59, True), (60, False)])
def test_generation_time_counts_against_the_lifetime(later: int, hit: bool) -> None:
    async def story(world: World, gate: Gate) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        async with asyncio.TaskGroup() as group:
            group.create_task(world.ask(**body))
            await gate.until(lambda: gate.came == 1)
            world.clock.advance(240)
            await gate.open()
        world.clock.advance(later)
        assert ((await world.usage(**body))[0] > 1000) == hit

    _run_with_gate(story)


def test_an_hour_lasts_an_hour() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "1h")], "messages": [user("When?")]}
        first = await world.ask(**body)
        assert first.usage.cache_creation is not None
        assert first.usage.cache_creation.ephemeral_1h_input_tokens > 1000
        assert first.usage.cache_creation.ephemeral_5m_input_tokens == 0
        world.clock.advance(3599)
        assert (await world.usage(**body))[0] > 1000
        world.clock.advance(3600)
        assert (await world.usage(**body))[0] == 0

    run(story)


def test_mixed_lifetimes_are_billed_up_to_a_b_and_c() -> None:
    """§2.3: read A, write (B − A) for 1h and (C − B) for 5m, the rest is plain input."""

    async def story(world: World) -> None:
        first, second, third = words(700, "one"), words(800, "two"), words(900, "three")
        _, alone, _ = await world.usage(system=[text(first, "1h")], messages=[user("When?")])
        usage = (
            await world.ask(
                system=[text(first, "1h"), text(second, "1h")],
                messages=[user(document(third, "5m"), "When?")],
            )
        ).usage

        assert usage.cache_creation is not None
        assert usage.cache_read_input_tokens == alone
        assert usage.cache_creation.ephemeral_1h_input_tokens == await world.own(text(second))
        assert usage.input_tokens == await world.own(text("When?"))
        assert 900 < usage.cache_creation.ephemeral_5m_input_tokens < 1100

    run(story)


def _blocks(count: int, *marked: int) -> list[dict[str, Any]]:
    """One message of so many blocks, of which those with these numbers carry a marker."""
    texts = [LONG, *(f"Block {number}." for number in range(2, count + 1))]
    return [text(each, "5m" if number in marked else None) for number, each in enumerate(texts, 1)]


def test_the_walk_back_sees_twenty_positions_the_breakpoint_included() -> None:
    """§2.1 rule 6, the published example: 35 blocks miss the entry at 15 by one."""

    async def story(world: World) -> None:
        assert (await world.usage(messages=[user(*_blocks(10, 10))]))[0] == 0
        assert (await world.usage(messages=[user(*_blocks(15, 15))]))[0] > 1000
        assert (await world.usage(messages=[user(*_blocks(35, 35))]))[0] == 0

    run(story)


@pytest.mark.parametrize(("count", "marked"), [(34, (34,)), (35, (15, 35)), (60, (20, 60))])
def test_an_entry_within_twenty_positions_of_any_breakpoint_is_read(
    count: int, marked: tuple[int, ...]
) -> None:
    async def story(world: World) -> None:
        _, written, _ = await world.usage(messages=[user(*_blocks(15, 15))])
        assert (await world.usage(messages=[user(*_blocks(count, *marked))]))[0] == written

    run(story)


@pytest.mark.parametrize(("runs", "hit"), [(18, True), (20, False)])
def test_a_run_of_tool_blocks_is_one_position(runs: int, hit: bool) -> None:
    """§2.1 rule 5: 6 parallel calls and their 6 results are two positions, not twelve."""

    async def story(world: World) -> None:
        start = text(LONG)
        _, written, _ = await world.usage(messages=turns([{**start, **marker("5m")}]))
        called = [[{"type": "tool_use", "id": f"t{n}", "name": "f", "input": {}} for n in range(6)]]
        answered = [[{"type": "tool_result", "tool_use_id": f"t{n}", "content": "ok"} for n in range(6)]]
        rounds = (called + answered) * (runs // 2)
        rounds[-1] = [*rounds[-1][:-1], {**rounds[-1][-1], **marker("5m")}]
        read, _, _ = await world.usage(messages=turns([start], *rounds))
        assert read == (written if hit else 0)

    run(story)


def test_keys_do_not_share_entries_and_both_headers_carry_the_same_key() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        await world.usage(key="one", **body)
        assert (await world.usage(key="two", **body))[0] == 0
        other = {"model": "claude-sonnet-5-5", "max_tokens": 9, **body}
        http = await world.http()
        answer = await http.post("/v1/messages", json=other, headers={"x-api-key": "one"})
        assert answer.json()["usage"]["cache_read_input_tokens"] > 1000

    run(story)


def test_models_and_speeds_do_not_share_entries() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        assert (await world.usage(**body))[0] == 0
        assert (await world.usage(model="claude-opus-5-5", **body))[0] == 0
        assert (await world.usage(extra_body={"speed": "fast"}, **body))[0] == 0
        assert (await world.usage(**body))[0] > 1000

    run(story)


def test_the_automatic_breakpoint_follows_the_conversation() -> None:
    async def story(world: World) -> None:
        automatic = {"type": "ephemeral"}
        opening = [text(LONG)]
        _, written, uncached = await world.usage(cache_control=automatic, messages=turns(opening))
        assert uncached == 0
        longer = turns(opening, [text("An answer.")], [text("And then?")])
        read, more, uncached = await world.usage(cache_control=automatic, messages=longer)
        assert (read, uncached) == (written, 0)
        assert more > 0

    run(story)


def test_a_string_and_one_text_block_are_the_same_prompt() -> None:
    async def story(world: World) -> None:
        _, written, _ = await world.usage(system=[text("Be brief.")], messages=[user(document(LONG, "5m"))])
        read, _, _ = await world.usage(system="Be brief.", messages=[user(document(LONG, "5m"))])
        assert read == written > 1000

    run(story)


def test_identical_requests_at_once_all_write() -> None:
    """§2.1 rule 8: an entry can be read only after the first response began."""

    async def story(world: World, gate: Gate) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(world.ask(**body)) for _ in range(3)]
            await gate.until(lambda: gate.came == 3)
            await gate.open()
        usages = {brief(task.result().usage) for task in asked}
        assert len(usages) == 1
        assert usages.pop()[:2] == (0, (await world.usage(**body))[0])

    _run_with_gate(story)


def test_a_stream_makes_its_entry_readable_before_it_ends() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        client = await world.client()
        stream = await client.messages.create(model="claude-sonnet-5-5", max_tokens=100, stream=True, **body)
        async with stream:
            async for event in stream:
                assert event.type == "message_start"
                break
            assert (await world.usage(**body))[0] > 1000

    run(story)


@pytest.mark.parametrize("stream", [True, False])
def test_a_request_given_up_before_its_first_byte_writes_nothing(stream: bool) -> None:
    async def story(world: World, gate: Gate) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(world.ask(stream=stream, **body))
            await gate.until(lambda: gate.came == 1)
            asked.cancel()
            await gate.until(lambda: gate.left == 1)
        await gate.open()
        read, written, _ = await world.usage(**body)
        assert read == 0
        assert written > 1000

    _run_with_gate(story)


def test_a_refused_request_writes_nothing() -> None:
    async def story(world: World) -> None:
        body: dict[str, Any] = {"system": [text(LONG, "5m")], "messages": [user("When?")]}
        http = await world.http()
        refused = await http.post(
            "/v1/messages",
            json={"model": "claude-sonnet-5-5", "max_tokens": -1, **body},
            headers={"x-api-key": "one"},
        )
        assert refused.status_code == 400
        assert (await world.usage(**body))[0] == 0

    run(story)


def test_streamed_and_whole_answers_say_the_same() -> None:
    async def story(world: World) -> None:
        async def streamed(key: str, **body: Any) -> Message:
            client = await world.client(key)
            async with client.messages.stream(model="claude-sonnet-5-5", max_tokens=100, **body) as stream:
                return await stream.get_final_message()

        body: dict[str, Any] = {
            "system": [text(LONG, "1h")],
            "messages": [user(document(words(900, "Bakeries need gamma."), "5m"), "Do bakeries need gamma?")],
        }
        for _ in range(2):
            whole, parts = await world.ask(key="one", **body), await streamed("two", **body)
            assert whole.usage == parts.usage
            assert whole.content[0].to_dict() | {"parsed_output": None} == parts.content[0].to_dict() | {
                "parsed_output": None
            }
            assert whole.stop_reason == parts.stop_reason
        assert whole.usage.cache_read_input_tokens

    run(story)


def _run_with_gate(story: Any) -> None:
    async def told() -> None:
        gate = Gate()
        async with simulator(gate.wait) as world:
            await story(world, gate)

    asyncio.run(told())
