"""Sending an answer: whole or as a stream, to its end or to where a scenario breaks it off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from aiohttp import web

from coldbyte.core.cache.scenario import Fault
from coldbyte.core.cache.simulation import Answer, Asked
from coldbyte.services.simulator import sse
from coldbyte.services.simulator.conduct import Conduct
from coldbyte.services.simulator.fault_effect import broken_by, words_of
from coldbyte.services.simulator.guard import CONDUCT, MEMORY, json_response
from coldbyte.services.simulator.identity import Identity
from coldbyte.services.simulator.memory import Memory
from coldbyte.services.simulator.rejection import error_of, status_of


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer with all that is known of its request. `started_at` is when that started."""

    request: web.Request
    answer: Answer
    started_at: float
    fault: Fault
    asked: Asked
    caller: Identity

    @property
    def memory(self) -> Memory:
        """What the simulator remembers."""
        return self.request.app[MEMORY]

    @property
    def conduct(self) -> Conduct:
        """How the simulator answers."""
        return self.request.app[CONDUCT]

    def begin(self) -> None:
        """The first byte is on its way: entries, record and spent tokens become known."""
        memory, scope = self.memory, self.caller.scope
        memory.begin_response(self.answer, self.started_at)
        now = memory.clock.now()
        memory.spend(scope, memory.limits(scope).spent(self.answer.usage, now))
        if self.asked.fingerprint is not None:
            rules = self.conduct.rules.diagnosis
            memory.record(scope, self.answer.message_id, self.asked.fingerprint, rules)


async def deliver(delivery: Delivery) -> web.StreamResponse:
    """Send the answer; give the response."""
    if delivery.asked.stream:
        return await _stream(delivery)
    conduct = delivery.conduct
    await conduct.wait(delivery.answer.seconds(conduct.pace))
    response = json_response(sse.message(delivery.answer))
    if delivery.fault.cut:
        return await _half(delivery, response)
    await response.prepare(delivery.request)
    delivery.begin()
    return response


async def _stream(delivery: Delivery) -> web.StreamResponse:
    conduct, fault = delivery.conduct, delivery.fault
    response = web.StreamResponse(headers={"Cache-Control": "no-cache"})
    response.content_type = "text/event-stream"
    response.charset = "utf-8"
    await response.prepare(delivery.request)
    delivery.begin()
    said = sum(is_piece for _, is_piece in sse.events(delivery.answer))
    pause = delivery.answer.seconds(conduct.pace) / max(said, 1)
    for event, is_piece in _events(delivery):
        if is_piece:
            await conduct.wait(pause)
        await response.write(event)
    if fault.cut:
        _hang_up(delivery.request)
    return response


def _events(delivery: Delivery) -> Iterator[tuple[bytes, bool]]:
    """The events, up to where the scenario breaks them off, and whether each is a piece of what is said.

    What belongs together goes out together, unless it is to break off in between.
    """
    fault = delivery.fault
    if fault.after_events is None:
        yield from _together(sse.events(delivery.answer))
        return
    yield from ((event, False) for event, _ in islice(sse.events(delivery.answer), fault.after_events))
    if not fault.cut:
        kind = broken_by(fault)
        yield (
            sse.error(error_of(kind, words_of(fault, status_of(kind), delivery.asked), fault.error_code)),
            False,
        )


def _together(events: Iterator[tuple[bytes, bool]]) -> Iterator[tuple[bytes, bool]]:
    held = b""
    for event, is_piece in events:
        if is_piece and held:
            yield held, False
        if is_piece:
            yield event, True
        held = b"" if is_piece else held + event
    yield held, False


async def _half(delivery: Delivery, whole: web.Response) -> web.StreamResponse:
    """Send half of the body, then hang up."""
    assert isinstance(whole.body, bytes)
    response = web.StreamResponse(headers={"Content-Length": str(len(whole.body))})
    response.content_type = "application/json"
    await response.prepare(delivery.request)
    delivery.begin()
    await response.write(whole.body[: len(whole.body) // 2])
    _hang_up(delivery.request)
    return response


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
