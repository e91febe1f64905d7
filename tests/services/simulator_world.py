"""A simulator on a real socket, asked by the real SDK, for stories told in one event loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anthropic
import httpx2
from anthropic.types import Message, Usage

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.rule_book import RuleBook, with_words
from coldbyte.core.cache.scenario import Scenario, read_scenario
from coldbyte.services import resources
from coldbyte.services.simulator import create_app, listening
from coldbyte.services.simulator.conduct import Conduct, Wait, at_once

MODEL = "claude-sonnet-5-5"  # caches from 512 tokens on
VERSION = {"anthropic-version": "2023-06-01"}


class HandClock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def now(self) -> float:
        return self.time

    def advance(self, seconds: float) -> None:
        self.time += seconds

    def reset(self) -> None:
        self.time = 1_000_000.0


class Gate:
    """Holds every answer back until it is opened, and knows how many wait and how many were let go."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._open = False
        self.came = 0
        self.left = 0

    async def wait(self, _seconds: float) -> None:
        self.came += 1
        try:
            async with self._changed:
                self._changed.notify_all()
                await self._changed.wait_for(lambda: self._open)
        finally:
            self.left += 1
            await asyncio.shield(self._notify())

    async def open(self) -> None:
        self._open = True
        await self._notify()

    def close(self) -> None:
        self._open = False

    async def until(self, state: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(state)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@dataclass
class World:
    """One simulator and its clients."""

    url: str
    clock: HandClock
    stack: AsyncExitStack
    clients: dict[str, anthropic.AsyncAnthropic] = field(default_factory=dict)

    async def client(self, key: str = "one") -> anthropic.AsyncAnthropic:
        if key not in self.clients:
            made = anthropic.AsyncAnthropic(api_key=key, base_url=self.url, max_retries=0)
            self.clients[key] = await self.stack.enter_async_context(made)
        return self.clients[key]

    async def http(self) -> httpx2.AsyncClient:
        """A client without any habits of the SDK, but with the version that the API asks for."""
        made = httpx2.AsyncClient(base_url=self.url, timeout=60, headers=VERSION)
        return await self.stack.enter_async_context(made)

    async def ask(self, *, key: str = "one", **body: Any) -> Message:
        client = await self.client(key)
        message: Message = await client.messages.create(**{"model": MODEL, "max_tokens": 100, **body})
        return message

    async def usage(self, **body: Any) -> tuple[int, int, int]:
        """What a request read, wrote and did not cache."""
        return brief((await self.ask(**body)).usage)

    async def count(self, **body: Any) -> int:
        client = await self.client()
        return (await client.messages.count_tokens(**{"model": MODEL, **body})).input_tokens

    async def own(self, block: dict[str, Any]) -> int:
        """The tokens of one block in the middle of a turn."""
        with_it = await self.count(messages=[user("x", block, "x")])
        return with_it - await self.count(messages=[user("x", "x")])


def brief(usage: Usage) -> tuple[int, int, int]:
    return usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0, usage.input_tokens


def conduct(wait: Wait = at_once, scenario: Scenario | None = None) -> Conduct:
    return Conduct(
        read_catalogue(resources.text("catalogue.json")), wait=wait, scenario=scenario or Scenario()
    )


@asynccontextmanager
async def simulator(wait: Wait = at_once, scenario: Scenario | None = None) -> AsyncIterator[World]:
    clock = HandClock()
    async with listening(create_app(conduct(wait, scenario), clock)) as url, AsyncExitStack() as stack:
        yield World(url, clock, stack)


def run(
    story: Callable[[World], Awaitable[None]],
    *rules: str,
    faults: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> None:
    """Tell a story to a simulator that answers at once, by rules (`name=value`) and with faults."""
    told_so = read_scenario(json.dumps({"faults": list(faults), **more}), with_words(RuleBook(), rules))

    async def told() -> None:
        async with simulator(scenario=told_so) as world:
            await story(world)

    asyncio.run(told())


def words(count: int, first: str = "word") -> str:
    """Text that takes about a tenth more than `count` tokens and begins with `first`."""
    return f"{first} " + "alpha beta gamma delta. " * (count // 7 + 1)


LONG = words(1000)


def text(content: str, ttl: str | None = None) -> dict[str, Any]:
    return {"type": "text", "text": content, **marker(ttl)}


def document(data: str, ttl: str | None = None, title: str = "The law") -> dict[str, Any]:
    source = {"type": "text", "media_type": "text/plain", "data": data}
    return {"type": "document", "source": source, "title": title, **marker(ttl)}


def marker(ttl: str | None) -> dict[str, Any]:
    return {"cache_control": {"type": "ephemeral", "ttl": ttl}} if ttl else {}


def user(*blocks: dict[str, Any] | str) -> dict[str, Any]:
    return {"role": "user", "content": [text(b) if isinstance(b, str) else b for b in blocks]}


def turns(*contents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Messages of alternating roles, the user's first."""
    return [
        {"role": ("user", "assistant")[index % 2], "content": list(blocks)}
        for index, blocks in enumerate(contents)
    ]
