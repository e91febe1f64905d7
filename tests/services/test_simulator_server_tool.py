"""Facts §2.1 rule 11 and §5: tools that the API runs itself, through the socket with the real SDK."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from anthropic.types import (
    Message,
    RawMessageDeltaEvent,
    RawMessageStartEvent,
    ServerToolUseBlock,
    TextBlock,
    WebFetchToolResultBlock,
    WebSearchToolResultBlock,
)

from coldbyte.core.cache.simulation import Pace
from services.fact_table import Fact, FactTable
from services.simulator_world import LONG, MODEL, World, brief, marker, simulator, text, user

FACTS = FactTable()
fact = FACTS.fact

SEARCH = {"type": "web_search_20250305", "name": "web_search"}
FETCH = {"type": "web_fetch_20250910", "name": "web_fetch"}
FORCED = {"type": "tool", "name": "web_search"}
ASK: dict[str, Any] = {
    "max_tokens": 500,
    "tools": [SEARCH],
    "tool_choice": FORCED,
    "messages": [user("When is gamma?")],
}
BODY: dict[str, Any] = {**ASK, "system": [text(LONG, "1h")]}
TWICE: dict[str, Any] = {"faults": [{"requests": "all", "searches": 2}]}


async def entries(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await (await world.http()).get("/_coldbyte/ledger")).json()["entries"]
    return found


def said(message: Message) -> dict[str, Any]:
    return {"role": "assistant", "content": [block.to_dict() for block in message.content]}


@fact("§2.1 rule 11", "a forced server tool is used once, and its result stands in the answer")
async def _(world: World) -> None:
    for tool, kind in ((SEARCH, WebSearchToolResultBlock), (FETCH, WebFetchToolResultBlock)):
        for choice in ({"type": "tool", "name": tool["name"]}, {"type": "any"}):
            message = await world.ask(**{**ASK, "tools": [tool], "tool_choice": choice})
            call, result, answer = message.content
            assert isinstance(call, ServerToolUseBlock)
            assert isinstance(result, kind)
            assert isinstance(answer, TextBlock)
            assert (call.name, call.id) == (tool["name"], result.tool_use_id)
            assert message.stop_reason == "end_turn"


@fact("§2.1 rule 11", "unless forced, and before a tool of the client, it is not used")
async def _(world: World) -> None:
    own = {"name": "f", "input_schema": {"type": "object"}}
    for more in ({"tool_choice": {"type": "auto"}}, {"tools": [SEARCH, own], "tool_choice": {"type": "any"}}):
        message = await world.ask(**{**ASK, **more})
        assert message.usage.server_tool_use is None
        assert [block.type for block in message.content] in (["text"], ["tool_use"])


@fact("§2.1 rule 11", "its result is written for five minutes, also where the request only asks for an hour")
async def _(world: World) -> None:
    usage = (await world.ask(**BODY)).usage
    first, behind = sorted(await entries(world), key=lambda entry: entry["tokens"])
    assert (first["ttl"], behind["ttl"]) == ("1h", "5m")
    assert usage.cache_creation is not None
    assert usage.cache_creation.ephemeral_1h_input_tokens == first["tokens"]
    assert usage.cache_creation.ephemeral_5m_input_tokens == behind["tokens"] - first["tokens"]
    assert usage.cache_read_input_tokens == first["tokens"]  # by the second pass
    assert usage.server_tool_use is not None
    assert (usage.server_tool_use.web_search_requests, usage.server_tool_use.web_fetch_requests) == (1, 0)


@fact("§2.1 rule 11", "the automatic breakpoint does not lengthen it to an hour")
async def _(world: World) -> None:
    await world.ask(**ASK, system=LONG, **marker("1h"))
    assert [entry["ttl"] for entry in await entries(world)] == ["1h", "5m"]


@fact("§2.1 rule 11", "without any marker nothing is written, and each pass is paid in full")
async def _(world: World) -> None:
    plain = {**BODY, "system": LONG}
    usage = (await world.ask(**plain)).usage
    assert brief(usage)[:2] == (0, 0)
    del plain["max_tokens"]
    assert usage.input_tokens > 2 * await world.count(**plain)
    assert await entries(world) == []


@fact("§2.1 rule 11", "the next turn reads up to the result")
async def _(world: World) -> None:
    first = await world.ask(**BODY)
    behind = max(entry["tokens"] for entry in await entries(world))
    messages = [*ASK["messages"], said(first), user("And?")]
    again: dict[str, Any] = {**BODY, "messages": messages, **marker("5m")}
    client = await world.client()
    async with client.messages.stream(model=MODEL, **again) as stream:
        start = next(iter([event async for event in stream if event.type == "message_start"]))
    assert start.message.usage.cache_read_input_tokens == behind


@fact("§2.1 rule 11", "also behind thinking, which stands before the first use", **TWICE)
async def _(world: World) -> None:
    ask: dict[str, Any] = {**BODY, "tool_choice": {"type": "auto"}, "thinking": {"type": "adaptive"}}
    first = await world.ask(**ask)
    assert [block.type for block in first.content][:2] == ["thinking", "server_tool_use"]
    behind = max(entry["tokens"] for entry in await entries(world))
    later = {
        **ask,
        "messages": [*ASK["messages"], said(first), user("And?")],
        "max_tokens": 0,
        **marker("5m"),
    }
    assert (await world.usage(**later))[0] == behind


@fact("§5", "reads add up over the passes, beyond the size of the prompt", **TWICE)
async def _(world: World) -> None:
    body = {**BODY, "tool_choice": {"type": "auto"}}
    await world.ask(**body)
    message = await world.ask(**body)
    assert [block.type for block in message.content] == [
        *("server_tool_use", "web_search_tool_result") * 2,
        "text",
    ]
    small, middle, large = sorted(entry["tokens"] for entry in await entries(world))
    assert brief(message.usage) == (small + middle + large, 0, message.usage.input_tokens)
    assert small + middle + large > large + message.usage.input_tokens
    assert message.usage.server_tool_use is not None
    assert message.usage.server_tool_use.web_search_requests == 2


@fact("§2.1 rule 11", "no more uses than the tool allows", **TWICE)
async def _(world: World) -> None:
    message = await world.ask(
        **{**BODY, "tools": [{**SEARCH, "max_uses": 1}], "tool_choice": {"type": "auto"}}
    )
    assert [block.type for block in message.content].count("server_tool_use") == 1


@fact("§5", "a stream starts with the first pass and ends with all, and the split stays behind")
async def _(world: World) -> None:
    client = await world.client()
    whole = await world.ask(key="two", **BODY)
    events = [event async for event in await client.messages.create(model=MODEL, stream=True, **BODY)]
    start, delta = events[0], events[-2]
    assert isinstance(start, RawMessageStartEvent)
    assert isinstance(delta, RawMessageDeltaEvent)
    first = start.message.usage
    assert first.cache_creation is not None
    assert first.cache_creation.ephemeral_5m_input_tokens == first.cache_read_input_tokens == 0
    assert delta.usage.cache_read_input_tokens == whole.usage.cache_read_input_tokens
    assert delta.usage.cache_creation_input_tokens == whole.usage.cache_creation_input_tokens
    assert delta.usage.server_tool_use == whole.usage.server_tool_use
    async with client.messages.stream(model=MODEL, **BODY) as stream:
        final = await stream.get_final_message()
    assert [block.to_dict() for block in final.content] == [block.to_dict() for block in whole.content]


@fact("§5", "its calls are output, and take of the tokens that are allowed")
async def _(world: World) -> None:
    for most in (1, 10, 60, 75, 90):
        message = await world.ask(**{**ASK, "max_tokens": most})
        assert message.usage.output_tokens <= most
        assert message.stop_reason == "max_tokens"
        assert bool(message.usage.server_tool_use) == bool(message.content)
    assert message.content


@fact("§7", "a request that only warms uses no tool", **TWICE)
async def _(world: World) -> None:
    message = await world.ask(**{**BODY, "max_tokens": 0, "tool_choice": {"type": "auto"}})
    assert (message.content, message.usage.server_tool_use) == ([], None)
    assert [entry["ttl"] for entry in await entries(world)] == ["1h"]


def test_each_pass_over_the_prompt_takes_its_time() -> None:
    async def told() -> None:
        waited: list[float] = []

        async def wait(seconds: float) -> None:
            waited.append(seconds)

        pace = Pace()
        async with simulator(wait) as world:
            for choice, passes in (("auto", 0), ("any", 1)):
                waited.clear()
                message = await world.ask(**{**BODY, "tool_choice": {"type": choice}})
                least = message.usage.output_tokens / pace.output + passes * pace.start_s
                assert least <= waited[-1] < least + pace.start_s

    asyncio.run(told())


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_the_fact_shows(fact: Fact) -> None:
    fact.show()
