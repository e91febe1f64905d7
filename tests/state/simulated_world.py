"""The state on a real event loop, joined to the real simulator behind a socket, with a clock of ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from PySide6.QtCore import SignalInstance

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.rule_book import RuleBook
from coldbyte.core.cache.scenario import Scenario, read_scenario
from coldbyte.core.reply import SendFailure
from coldbyte.core.secret import ApiKey
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.services.anthropic_api import AnthropicApi
from coldbyte.services.vault import MemoryVault
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.exchange_log import ExchangeLog, Record
from coldbyte.state.ledger import Ledger
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.receipt_book import ReceiptBook
from coldbyte.state.sending import Sending
from coldbyte.state.tasks import Tasks
from coldbyte.state.warming import Warming, WarmingStatus
from services.simulator_world import HandClock, simulator
from state.world import CATALOGUE, DRAFT, NOON


def go_direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no proxy of this machine stand before the simulator."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


class SocketOutside:
    """The outside world behind a socket; its address may change."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.trouble: SendFailure | None = None

    def client(self, base_url: str | None, key: ApiKey) -> AnthropicApi:
        return AnthropicApi(base_url, key, max_retries=0)

    async def simulator_url(self) -> str:
        if self.trouble is not None:
            raise self.trouble
        return self.url


async def until(signal: SignalInstance, reached: Callable[[], bool]) -> None:
    """Wait until something is so; the signal tells when to look."""
    came = asyncio.Event()
    signal.connect(came.set)
    try:
        while not reached():
            came.clear()
            await came.wait()
    finally:
        signal.disconnect(came.set)


class World:
    """The state as `app` joins it, before a simulator with a clock of ours."""

    def __init__(self, url: str, clock: HandClock) -> None:
        self.clock = clock
        self.outside = SocketOutside(url)
        self.tasks = Tasks()
        self.connection = Connection(self.outside, MemoryVault(), {"ANTHROPIC_BASE_URL": url})
        self.draft = OpenDraft(DRAFT)
        self.log = ExchangeLog()
        self.ledger = Ledger()
        self.receipts = ReceiptBook()
        self.books = Books(self.log, self.ledger, self.receipts, CATALOGUE, clock.now)
        self.live = LiveInsight(self.draft, self.books, self.connection)
        self.sending = Sending(self.live, self.books, self.connection, self.tasks)
        self.warming = Warming(self.live, self.books, self.connection, self.tasks)

    @property
    def key(self) -> bytes:
        """The entry of the draft's last breakpoint."""
        insight = self.live.look()
        assert insight is not None
        return insight.forecast.plan.breakpoints[-1].key

    @property
    def entry(self) -> Entry:
        return self.ledger.entries[self.key]

    @property
    def status(self) -> WarmingStatus:
        return self.warming.status(self.key)

    @property
    def warmings(self) -> list[Receipt]:
        return [receipt for receipt in self.receipts.receipts if receipt.kind == "warming"]

    async def ask(self) -> Record:
        self.sending.send()
        await until(self.sending.running_changed, lambda: not self.sending.running)
        return self.log.records[-1]

    async def warm(self, **options: Any) -> WarmingStatus:
        self.warming.warm_now(self.key, **options)
        return await self.settled()

    async def settled(self) -> WarmingStatus:
        await self.still(self.key)
        return self.status

    async def still(self, key: bytes) -> None:
        """Wait until no warming of an entry is on its way."""
        await until(self.warming.changed, lambda: self.warming.status(key).phase != "warming")

    async def pass_to(self, seconds_after_noon: float) -> WarmingStatus:
        """Let the clock stand at a time, and the schedule look at it."""
        self.clock.time = NOON + seconds_after_noon
        self.warming.tick()
        return await self.settled()


@asynccontextmanager
async def a_world(faults: Sequence[dict[str, Any]]) -> AsyncIterator[World]:
    """A world whose simulator has these faults; afterwards everything in it has ended."""
    scenario = read_scenario(json.dumps({"faults": list(faults)}), RuleBook()) if faults else Scenario()
    async with simulator(scenario=scenario) as simulated:
        simulated.clock.time = NOON
        world = World(simulated.url, simulated.clock)
        try:
            yield world
        finally:
            world.warming.stop_all()
            await world.tasks.close()
            await world.connection.close()
