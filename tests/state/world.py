"""State on a real event loop, joined to a Messages API and a keyring that live in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from PySide6.QtCore import SignalInstance

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Document, Draft, Question, SystemBlock
from coldbyte.core.reply import Ended, ReplyEvent, SendFailure, Sent, Started, TextPart
from coldbyte.core.secret import ApiKey
from coldbyte.core.text.text import Text
from coldbyte.core.vault import VaultError, VaultState
from coldbyte.core.warming.warming import WarmingAnswer
from coldbyte.services import resources
from coldbyte.services.vault import MemoryVault
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection, Vault
from coldbyte.state.exchange_log import ExchangeLog, Record
from coldbyte.state.ledger import Ledger
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.open_draft import OpenDraft
from coldbyte.state.receipt_book import ReceiptBook
from coldbyte.state.sending import Sending
from coldbyte.state.tasks import Tasks

NOON = 1_795_435_200.0
"""2026-11-23, 12:00 UTC."""

CATALOGUE = read_catalogue(resources.text("catalogue.json"))

DRAFT = Draft(
    model="claude-sonnet-5-5",
    max_tokens=1024,
    system=(SystemBlock("system", Text.from_str("You answer questions about the regulation.\n")),),
    documents=(
        Document("document", "gdpr.txt", Text.from_str("Article 17: the right to erasure.\n" * 200), "5m"),
    ),
    questions=(
        Question("first", Text.from_str("Who may ask?\nAnd when?")),
        Question("second", Text.from_str("May we refuse?")),
    ),
)

T = TypeVar("T")


class Gate:
    """A place in a script where the API falls silent until the test goes on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()


Step = ReplyEvent | Gate | Exception
Script = Sequence[Step] | Callable[[], AsyncGenerator[ReplyEvent, None]]


class ScriptedApi:
    """A Messages API that plays a script and notes what it was asked."""

    def __init__(
        self, script: Script, base_url: str | None, key: ApiKey, tokens: int | SendFailure = 3000
    ) -> None:
        self.script = script
        self.base_url = base_url
        self.key = key
        self.bodies: list[RequestBody] = []
        self.counted: list[RequestBody] = []
        self.tokens = tokens
        self.streams_closed = 0
        self.closed = False

    async def stream(self, body: RequestBody) -> AsyncGenerator[ReplyEvent, None]:
        self.bodies.append(body)
        try:
            if callable(self.script):
                async for event in self.script():
                    yield event
                return
            for step in self.script:
                match step:
                    case Gate():
                        step.reached.set()
                        await step.opened.wait()
                    case Exception():
                        raise step
                    case _:
                        yield step
        finally:
            self.streams_closed += 1

    async def count_tokens(self, body: RequestBody) -> int:
        self.counted.append(body)
        if isinstance(self.tokens, SendFailure):
            raise self.tokens
        return self.tokens

    async def warm(self, body: RequestBody, sent: Callable[[], None] | None = None) -> WarmingAnswer:
        raise SendFailure("invalid", "No script tells of warmings.")

    async def check_key(self) -> str:
        if self.key.reveal() == "refused":
            raise SendFailure("unauthorized", "The key is not accepted.", status=401)
        return f"The key ending in {self.key.reveal()[-2:]} is accepted."

    async def close(self) -> None:
        self.closed = True


class MemoryOutside:
    """The outside world: every client that it makes plays the script of the moment."""

    def __init__(self) -> None:
        self.script: Script = ()
        self.tokens: int | SendFailure = 3000
        self.clients: list[ScriptedApi] = []
        self.url = "http://127.0.0.1:4711"
        self.trouble: Exception | None = None

    def client(self, base_url: str | None, key: ApiKey) -> ScriptedApi:
        self.clients.append(ScriptedApi(self.script, base_url, key, self.tokens))
        return self.clients[-1]

    async def simulator_url(self) -> str:
        if self.trouble is not None:
            raise self.trouble
        return self.url

    @property
    def counted(self) -> list[RequestBody]:
        """Everything that was uploaded for counting."""
        return [body for client in self.clients for body in client.counted]

    @property
    def bodies(self) -> list[RequestBody]:
        """Everything that was sent."""
        return [body for client in self.clients for body in client.bodies]


class AbsentVault:
    """A machine without a keyring that can be trusted."""

    async def load(self, profile: str) -> ApiKey | None:
        raise AssertionError("a keyring that is not usable is not asked for keys")

    async def store(self, profile: str, key: ApiKey) -> None:
        raise AssertionError("a keyring that is not usable gets no key")

    async def forget(self, profile: str) -> None:
        raise AssertionError("a keyring that is not usable has nothing to forget")

    async def describe(self) -> VaultState:
        return VaultState(False, "", "No keyring was found on this machine.")


class RefusingVault(MemoryVault):
    """A keyring that says that it is usable and then fails, as long as `refuses`."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses = True

    async def load(self, profile: str) -> ApiKey | None:
        self._refuse()
        return await super().load(profile)

    async def store(self, profile: str, key: ApiKey) -> None:
        self._refuse()
        await super().store(profile, key)

    async def forget(self, profile: str) -> None:
        self._refuse()
        await super().forget(profile)

    def _refuse(self) -> None:
        if self.refuses:
            raise VaultError("The keyring is locked.", remedy="Unlock it, then try again.")


class World:
    """All of the state, as `app` joins it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        vault: Vault | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.loop = loop
        self.now = NOON
        self.outside = MemoryOutside()
        self.tasks = Tasks()
        self.connection = Connection(self.outside, vault or MemoryVault(), environment or {})
        self.draft = OpenDraft(DRAFT)
        self.log = ExchangeLog()
        self.ledger = Ledger()
        self.receipts = ReceiptBook()
        self.books = Books(self.log, self.ledger, self.receipts, CATALOGUE, lambda: self.now)
        self.live = LiveInsight(self.draft, self.books, self.connection)
        self.sending = Sending(self.live, self.books, self.connection, self.tasks)

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop; TimeoutError instead of waiting for ever."""
        return self.loop.run_until_complete(asyncio.wait_for(story, 20))

    async def until(self, signal: SignalInstance, wanted: Callable[..., bool] = lambda *_: True) -> None:
        """Wait for a signal with a wanted value."""
        came: asyncio.Future[None] = self.loop.create_future()

        def take(*values: object) -> None:
            if not came.done() and wanted(*values):
                came.set_result(None)

        signal.connect(take)
        try:
            await came
        finally:
            signal.disconnect(take)

    async def ended(self) -> Record:
        """Wait for the end of the exchange that is on its way; its record."""
        if self.sending.running:
            await self.until(self.sending.running_changed, lambda running: not running)
        return self.log.records[-1]

    async def ask(self, script: Script = ()) -> Record:
        """Send the chosen question; the record once the exchange has ended."""
        await self.connection.close()
        self.outside.script = script
        self.sending.send()
        return await self.ended()


def answer(usage: Usage, *texts: str) -> list[Step]:
    """The events of a reply that goes well."""
    return [
        Sent(b"{}"),
        Started("msg_1", "req_1", "claude-sonnet-5-5", usage),
        *map(TextPart, texts),
        Ended("end_turn", usage),
    ]


def heard(signal: SignalInstance) -> AbstractContextManager[list[Any]]:
    """The values that a signal brings inside the block."""

    @contextmanager
    def listen() -> Iterator[list[Any]]:
        values: list[Any] = []

        def take(*args: object) -> None:
            values.append(args[0] if len(args) == 1 else args)

        signal.connect(take)
        yield values
        signal.disconnect(take)

    return listen()
