"""Thousands of random steps through the real SDK and a real socket: forecast, oracle and usage say the same.

For each request three sides tell what is read, written for five minutes, written for an hour, and not cached:
the forecast from a ledger of its own (which never sees the simulator's entries), the oracle (which shares no
line with the project) and the usage that comes back over the wire. They have to be equal, exactly.

A tenth of the sessions runs by default, all of them with COLDBYTE_LONG=1.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import anthropic
import pytest
from anthropic.types import Message, RawMessageDeltaEvent, RawMessageStartEvent, RawMessageStreamEvent

import prompt_cache_oracle
from block_size import sizes_of
from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import CachePlan, Entry
from coldbyte.core.cache.catalogue import Catalogue, read_catalogue
from coldbyte.core.cache.forecast import Circumstances, forecast
from coldbyte.core.cache.ledger import begin, finish
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.services import resources
from prompt_cache_oracle import Asked, Oracle, refusal
from random_draft import BUDGETED, CHANGES, Draft, marker
from random_session import WAITS, Step, session, shrunk
from services.simulator_world import World, simulator

LONG_RUN = os.environ.get("COLDBYTE_LONG") == "1"
FEWEST_STEPS = 10_000 if LONG_RUN else 1_000
SESSIONS = 300 if LONG_RUN else 30
STEPS = 60  # of one session; some find nothing to do
PATIENCE_S = 20
MOST_HELD = 4

# What has to happen in a run, and how often at least for each thousand steps.
KINDS = {
    **dict.fromkeys(("hit", "partial", "miss"), 30.0),
    **dict.fromkeys(("below minimum", "streamed"), 10.0),
    **dict.fromkeys(("expired", "written 1h"), 5.0),
    **dict.fromkeys(("out of reach", "unmarked", "refused", "cancelled", "warmed", "both lifetimes"), 2.0),
    **dict.fromkeys(("raced", "broken off", "other owner"), 0.2),
}


@dataclass
class Hold:
    """One answer that is held back."""

    came: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)


class Turnstile:
    """Where the simulator waits: lets everybody through but the next one after `hold`."""

    def __init__(self) -> None:
        self._next: Hold | None = None

    def hold(self) -> Hold:
        self._next = Hold()
        return self._next

    def open(self) -> None:
        self._next = None

    async def wait(self, _seconds: float) -> None:
        hold, self._next = self._next, None
        if hold is None:
            await asyncio.sleep(0)
            return
        hold.came.set()
        try:
            await hold.let_go.wait()
        finally:
            hold.left.set()


@dataclass(frozen=True)
class Sent:
    """One draft as it was sent."""

    draft: Draft
    body: Mapping[str, Any]


@dataclass
class Flight:
    """A request on its way. `stream` is there once its response has begun."""

    sent: Sent
    plan: CachePlan
    asked: Asked
    started_at: float
    task: asyncio.Task[Any]
    hold: Hold
    stream: anthropic.AsyncStream[RawMessageStreamEvent] | None = None
    rest: AsyncIterator[RawMessageStreamEvent] | None = None


@dataclass
class Session:
    """One user with one draft, a ledger and an oracle."""

    world: World
    turnstile: Turnstile
    catalogue: Catalogue
    tally: Counter[str]
    oracle: Oracle
    tasks: asyncio.TaskGroup
    draft: Draft
    ledger: dict[bytes, Entry] = field(default_factory=dict)
    history: list[Draft] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)

    async def take(self, step: Step) -> bool:
        """Do one step; False where there was nothing to do."""
        if step.name in CHANGES:
            return CHANGES[step.name](self.draft, step.a, step.b) is not False
        done: bool = await getattr(self, step.name)(step.a, step.b)
        return done

    async def wait(self, a: int, _b: int) -> bool:
        self.world.clock.advance(WAITS[a % len(WAITS)])
        return True

    async def send(self, _a: int, b: int) -> bool:
        return await self._whole(stream=b % 4 == 3, max_tokens=8)

    async def warm(self, a: int, _b: int) -> bool:
        self.tally["warmed"] += 1
        return await self._whole(stream=a % 4 == 3, max_tokens=0)

    async def talk(self, a: int, b: int) -> bool:
        """Go on with the conversation, and send it."""
        CHANGES[("go_on", "go_on", "call_tools", "say_much")[a % 4]](self.draft, b, a)
        return await self.send(a, b)

    async def again(self, a: int, b: int) -> bool:
        """Go back to what was sent some time ago, and send that."""
        if not self.history:
            return False
        self.draft = copy.deepcopy(self.history[-1 - a % min(len(self.history), 12)])
        return await self.send(a, b)

    async def fit(self, a: int, b: int) -> bool:
        """A prompt that is just as long as the shortest that is cached, or a token less or more."""
        draft = self.draft
        least = self.oracle.minimums[draft.model] + (-1, 0, 1)[a % 3]
        only = draft.text(least - 60)
        draft.tools, draft.system, draft.betas = [], [], ()
        draft.messages = [{"role": "user", "content": [only]}]
        draft.fields = {"cache_control": {"type": "ephemeral"}}
        while sum(self._tokens(prefix_of(RequestBody(draft.body())))) < least:
            only["text"] += " a"
        return await self.send(a, b)

    async def take_long(self, a: int, b: int) -> bool:
        """A first byte that comes late, and the same request again around the end of what it wrote."""
        before = len(self.flights)
        started, draft = self.world.clock.now(), copy.deepcopy(self.draft)
        await self.start(a, b)
        self.world.clock.advance((60, 150, 240, 299)[a % 4])
        for flight in self.flights[before:]:
            await self._respond(flight)
        self.world.clock.time = max(started + (299, 300, 301)[b % 3], self.world.clock.now())
        self.draft = draft
        return await self.send(a, b)

    async def live_on(self, a: int, b: int) -> bool:
        """An hour asked for what was written for five minutes, and again around the end of these."""
        for ttl, wait in (("5m", 100), ("1h", (299, 300, 301)[a % 3]), ("1h", 1)):
            for holder in (*self.draft.blocks(), self.draft.fields):
                if "cache_control" in holder:
                    holder["cache_control"] = marker(ttl)
            await self.send(a, b)
            self.world.clock.advance(wait)
        return True

    async def come_back(self, a: int, b: int) -> bool:
        """A shorter prompt again, after a longer one has been read for a while."""
        await self.send(a, b)
        shorter = copy.deepcopy(self.draft)
        for wait in (1, 150, (149, 150)[a % 2]):
            if wait == 1:
                CHANGES["go_on"](self.draft, a, b)
            await self.send(a, b)
            self.world.clock.advance(wait)
        self.draft = shorter
        return await self.send(a, b)

    async def set_and_send(self, a: int, b: int) -> bool:
        """A setting changed between two requests, with an entry behind the system prompt."""
        for block in self.draft.system[:1]:
            block["cache_control"] = marker("5m")
        await self.send(a, b)
        CHANGES["set_field"](self.draft, a, b)
        return await self.send(a, b)

    async def think_aloud(self, a: int, b: int) -> bool:
        """Thinking before calls of tools, on a model that is shown that of its last turn only."""
        self.draft.model, self.draft.fields["thinks"] = BUDGETED[0], True
        self.draft.fields.setdefault("cache_control", marker("5m"))
        CHANGES["call_tools"](self.draft, 1, b)
        await self.send(a, b)
        CHANGES["go_on"](self.draft, a, b)
        return await self.send(a, b)

    async def list_tools(self, a: int, b: int) -> bool:
        """So many tools more that the first one is just in reach, or just not."""
        self.draft.tools = [{**self.draft.tool(1100), "cache_control": marker("5m")}]
        await self.send(a, b)
        more = [self.draft.tool(4) for _ in range((18, 19, 20, 21)[a % 4])]
        more[-1]["cache_control"] = self.draft.tools[0].pop("cache_control")
        self.draft.tools += more
        return await self.send(a, b)

    async def mark_inside(self, a: int, b: int) -> bool:
        """A marker inside a run of results, and then one on its last."""
        CHANGES["call_tools"](self.draft, 2 + a % 5, 0)
        for block in self.draft.blocks():
            block.pop("cache_control", None)
        self.draft.fields.pop("cache_control", None)
        self.draft.last[a % (len(self.draft.last) - 1)]["cache_control"] = marker("5m")
        await self.send(a, b)
        for block in self.draft.last:
            block.pop("cache_control", None)
        self.draft.last[-1]["cache_control"] = marker("5m")
        return await self.send(a, b)

    async def start(self, _a: int, b: int) -> bool:
        """Send, and leave the answer held back."""
        if len(self.flights) == MOST_HELD:
            return False
        hold = self.turnstile.hold()
        flight = await self._start(hold, stream=b % 3 > 0, max_tokens=8)
        if flight is None:
            self.turnstile.open()
            return True
        async with asyncio.timeout(PATIENCE_S):
            came = self.tasks.create_task(hold.came.wait())
            await asyncio.wait({came, flight.task}, return_when=asyncio.FIRST_COMPLETED)
        if not hold.came.is_set():
            await flight.task
            raise AssertionError("an answer that was to be held back came")
        self.flights.append(flight)
        return True

    async def respond(self, a: int, _b: int) -> bool:
        """The first byte of one that is held back; of a stream only the beginning."""
        held = [flight for flight in self.flights if flight.stream is None]
        if not held:
            return False
        await self._respond(held[a % len(held)])
        return True

    async def end(self, a: int, _b: int) -> bool:
        """The rest of a stream that has begun."""
        begun = [flight for flight in self.flights if flight.stream is not None]
        if not begun:
            return False
        await self._end(begun[a % len(begun)])
        return True

    async def cancel(self, a: int, _b: int) -> bool:
        """Hang up before the first byte: nothing is written."""
        held = [flight for flight in self.flights if flight.stream is None]
        if not held:
            return False
        flight = held[a % len(held)]
        flight.task.cancel()
        with suppress(asyncio.CancelledError):
            await flight.task
        self.oracle.give_up(flight.asked)
        return await self._gone(flight, "cancelled")

    async def hang_up(self, a: int, _b: int) -> bool:
        """Hang up behind the first byte: all was written."""
        begun = [flight for flight in self.flights if flight.stream is not None]
        if not begun:
            return False
        flight = begun[a % len(begun)]
        assert flight.stream is not None
        await flight.stream.close()
        return await self._gone(flight, "broken off")

    async def _gone(self, flight: Flight, how: str) -> bool:
        self.flights.remove(flight)
        self.tally[how] += 1
        async with asyncio.timeout(PATIENCE_S):
            await flight.hold.left.wait()
        return True

    async def finish(self) -> None:
        """Let everybody come to an end."""
        while self.flights:
            flight = self.flights[0]
            await (self._respond(flight) if flight.stream is None else self._end(flight))

    async def _whole(self, *, stream: bool, max_tokens: int) -> bool:
        flight = await self._start(Hold(), stream=stream, max_tokens=max_tokens)
        if flight is None:
            return True
        answer = await flight.task
        if isinstance(answer, Message):
            self._began(flight, answer)
        else:
            await self._open(flight, answer)
            await self._end(flight)
        return True

    async def _start(self, hold: Hold, *, stream: bool, max_tokens: int) -> Flight | None:
        """Forecast a request and send it; None where the API refuses it, as the oracle says it does."""
        draft = self.draft
        thinks_long = draft.fields.get("thinks") and max_tokens
        body = draft.body(stream=stream, max_tokens=1100 if thinks_long else max_tokens)
        if refusal(body) is not None:
            await self._refused(body)
            return None
        now = self.world.clock.now()
        self.history.append(copy.deepcopy(draft))
        prefix = prefix_of(RequestBody(body), betas=draft.betas)
        scope = " ".join(draft.owner)
        seen = forecast(prefix, None, self.catalogue, Circumstances(self.ledger, scope, now))
        sizes = sizes_of(prefix, self._tokens(prefix))
        asked = self.oracle.ask(body, sizes, owner=draft.owner, at=now, betas=draft.betas)
        sent = Sent(copy.deepcopy(draft), body)
        assert told_by(seen.plan.usage) == asked.usage, words_for(sent, asked, "forecast")
        self.ledger = begin(self.ledger, seen.plan, started_at=now)
        task = self.tasks.create_task(self._create(body))
        return Flight(sent, seen.plan, asked, now, task, hold)

    def _tokens(self, prefix: Prefix) -> tuple[int, ...]:
        return block_tokens(prefix, self.catalogue.tokenizer(prefix.model))

    async def _create(self, body: Mapping[str, Any]) -> Any:
        key, *workspace = self.draft.owner
        client = await self.world.client(key)
        more: dict[str, Any] = {"workspace_id": workspace[0]} if workspace else {}
        if self.draft.betas:
            more["extra_headers"] = {"anthropic-beta": ",".join(self.draft.betas)}
        return await client.messages.create(**body, **more)

    async def _refused(self, body: Mapping[str, Any]) -> None:
        try:
            await self._create(body)
        except anthropic.BadRequestError:
            self.tally["refused"] += 1
            return
        raise AssertionError(f"{refusal(body)} was not refused: {json.dumps(body)}")

    async def _respond(self, flight: Flight) -> None:
        """Let a held one through, and where it is a stream hold it again behind its beginning."""
        streams = bool(flight.sent.body.get("stream"))
        again = self.turnstile.hold() if streams else flight.hold
        flight.hold.let_go.set()
        async with asyncio.timeout(PATIENCE_S):
            answer = await flight.task
            if isinstance(answer, Message):
                self.flights.remove(flight)
                self._began(flight, answer)
                return
            await self._open(flight, answer)
            await again.came.wait()
        flight.hold = again

    async def _open(self, flight: Flight, stream: anthropic.AsyncStream[RawMessageStreamEvent]) -> None:
        flight.stream, flight.rest = stream, aiter(stream)
        first = await anext(flight.rest)
        assert isinstance(first, RawMessageStartEvent)
        self.tally["streamed"] += 1
        self._began(flight, first.message)

    async def _end(self, flight: Flight) -> None:
        """Read a stream to its end; its last word on usage is that of its first."""
        assert flight.rest is not None
        flight.hold.let_go.set()
        async with asyncio.timeout(PATIENCE_S):
            events = [event async for event in flight.rest]
        deltas = [event.usage for event in events if isinstance(event, RawMessageDeltaEvent)]
        usage = flight.asked.usage
        assert [
            (each.cache_read_input_tokens, each.cache_creation_input_tokens, each.input_tokens)
            for each in deltas
        ] == [(usage.read, usage.written_5m + usage.written_1h, usage.uncached)]
        if flight in self.flights:
            self.flights.remove(flight)

    def _began(self, flight: Flight, message: Message) -> None:
        """The first byte came: compare what it tells, and note what it wrote."""
        split = message.usage.cache_creation
        assert split is not None
        usage = Usage(
            read=message.usage.cache_read_input_tokens or 0,
            written_5m=split.ephemeral_5m_input_tokens,
            written_1h=split.ephemeral_1h_input_tokens,
            uncached=message.usage.input_tokens,
            output=message.usage.output_tokens,
        )
        assert message.usage.cache_creation_input_tokens == usage.written
        asked = flight.asked
        assert told_by(usage) == asked.usage, words_for(flight.sent, asked, "usage")
        now = self.world.clock.now()
        self.ledger = finish(self.ledger, flight.plan, usage, started_at=flight.started_at, available_at=now)
        self.oracle.begin(asked, now)
        self.tally["compared"] += 1
        self.tally.update(asked.why)
        self.tally["written 1h"] += usage.written_1h > 0
        self.tally["both lifetimes"] += usage.written_1h > 0 and usage.written_5m > 0


def told_by(usage: Usage) -> prompt_cache_oracle.Usage:
    """The four numbers of a prompt as the oracle gives them."""
    return prompt_cache_oracle.Usage(usage.read, usage.written_5m, usage.written_1h, usage.uncached)


def words_for(sent: Sent, asked: Asked, side: str) -> str:
    return f"the {side} differs from the oracle ({', '.join(sorted(asked.why))}) for {json.dumps(sent.body)}"


def minimums() -> dict[str, int]:
    """The shortest cached prompt of each model, read as plain data."""
    rows = json.loads(resources.text("catalogue.json"))["models"]
    return {row["id"]: row.get("minimum_tokens") or 0 for row in rows}


async def play(draft: Draft, steps: Sequence[Step], tally: Counter[str]) -> None:
    """One session in one event loop."""
    turnstile = Turnstile()
    async with simulator(turnstile.wait) as world, asyncio.TaskGroup() as tasks:
        catalogue = read_catalogue(resources.text("catalogue.json"))
        session = Session(world, turnstile, catalogue, tally, Oracle(minimums()), tasks, draft)
        for step in steps:
            if await session.take(step):
                tally["steps"] += 1
        await session.finish()


def difference(seed: int, steps: Sequence[Step], tally: Counter[str]) -> Exception | None:
    """What went wrong in a session; None where forecast, oracle and usage were equal throughout."""
    try:
        asyncio.run(play(session(seed, 0)[0], steps, tally))
    except Exception as error:
        return error.exceptions[0] if isinstance(error, ExceptionGroup) else error
    return None


def failure(seed: int, steps: Sequence[Step]) -> str:
    """A session that fails, with the fewest steps that still do."""
    fewest = shrunk(steps, lambda fewer: difference(seed, fewer, Counter()) is not None)
    said = " ".join(str(step) for step in fewest)
    return f"session {seed}, {said}: {difference(seed, fewest, Counter())!r}"


@pytest.mark.filterwarnings("ignore:The model 'claude-sonnet-4-5' is deprecated:DeprecationWarning")
def test_forecast_oracle_and_usage_are_equal_in_random_sessions() -> None:
    tally: Counter[str] = Counter()
    for seed in range(SESSIONS):
        steps = session(seed, STEPS)[1]
        if difference(seed, steps, tally) is not None:
            pytest.fail(failure(seed, steps))
    print(dict(tally))
    assert tally["steps"] >= FEWEST_STEPS
    rare = {kind: tally[kind] for kind, least in KINDS.items() if tally[kind] < least * FEWEST_STEPS / 1000}
    assert not rare, f"too few to mean anything in {tally['steps']} steps"
