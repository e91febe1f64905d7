"""Many clients at once, and slow ones: everybody gets an answer of their own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from anthropic.types import RawMessageStartEvent

from services.simulator_world import LONG, MODEL, Gate, World, run, simulator, text, user, words

CLIENTS = 200


def test_two_hundred_streams_at_once_all_come_to_their_end() -> None:
    async def told() -> None:
        gate = Gate()
        async with simulator(gate.wait) as world:
            client = (await world.client()).with_options(timeout=120)
            begun: list[int] = []

            async def read(number: int) -> tuple[int, list[str], int]:
                body: dict[str, Any] = {
                    "system": [text(f"Part {number % 10}. {LONG}", "5m")],
                    "messages": [user("When is gamma?")],
                }
                events = []
                stream = await client.messages.create(model=MODEL, max_tokens=60, stream=True, **body)
                async for event in stream:
                    events.append(event.type)
                    if isinstance(event, RawMessageStartEvent):
                        begun.append(event.message.usage.cache_creation_input_tokens or 0)
                return number, events, events.count("content_block_delta")

            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(read(number)) for number in range(CLIENTS)]
                await gate.until(lambda: gate.came >= CLIENTS)
                await gate.open()
            answers = [task.result() for task in tasks]
            assert [number for number, _, _ in answers] == list(range(CLIENTS))
            assert all(events[-1] == "message_stop" and deltas > 2 for _, events, deltas in answers)
            assert min(begun) > 1000  # all started before the first response began, so all wrote
            entries = (await (await world.http()).get("/_coldbyte/ledger")).json()["entries"]
            assert len(entries) == 10

    asyncio.run(told())


def test_a_client_that_does_not_read_holds_nobody_up() -> None:
    async def story(world: World) -> None:
        host, port = world.url.removeprefix("http://").split(":")
        body = {"model": MODEL, "max_tokens": 4000, "stream": True}
        asked = [user(words(900, "Bakeries."), "More bakeries, " * 3000 + "or not?")]
        raw = json.dumps({**body, "messages": asked}).encode()
        head = (
            f"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: k\r\nContent-Length: {len(raw)}\r\n"
        )
        writers = []
        for _ in range(20):
            _, writer = await asyncio.open_connection(host, int(port), limit=1)
            writer.write(head.encode() + b"anthropic-version: 2023-06-01\r\n\r\n" + raw)
            await writer.drain()
            writers.append(writer)
        for _ in range(3):
            assert (await world.ask(messages=[user("When?")])).content
        for writer in writers:
            writer.transport.abort()
        assert (await world.ask(messages=[user("When?")])).content

    run(story)
