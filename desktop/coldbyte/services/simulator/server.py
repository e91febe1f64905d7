"""The application: its routes, and how a request for a message is answered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from aiohttp import web

from coldbyte.core.cache.rate_limit import RateLimit
from coldbyte.core.cache.scenario import Fault
from coldbyte.core.cache.simulation import Answer, Asked, Diagnosed, answer
from coldbyte.services.simulator import control, model_list
from coldbyte.services.simulator.body_reader import beside, read_off
from coldbyte.services.simulator.conduct import Conduct
from coldbyte.services.simulator.delivery import Delivery, deliver
from coldbyte.services.simulator.fault_effect import diagnosis_for, refuse_if_scripted, served_by
from coldbyte.services.simulator.guard import (
    CONDUCT,
    MEMORY,
    NUMBER,
    in_shape,
    json_response,
    let_in,
    name_response,
)
from coldbyte.services.simulator.identity import Identity, betas_of, version_of
from coldbyte.services.simulator.intake import Demand, count_tokens, read_messages
from coldbyte.services.simulator.memory import Clock, Memory, SystemClock
from coldbyte.services.simulator.rejection import Rejected


def create_app(conduct: Conduct, clock: Clock | None = None) -> web.Application:
    """A simulator with an empty cache. Run it with `handler_cancellation`, as `listening` does."""
    app = web.Application(middlewares=[in_shape])
    app[MEMORY] = Memory(clock or SystemClock(), conduct.scenario.limits)
    app[CONDUCT] = conduct
    app.on_response_prepare.append(name_response)
    app.add_routes(
        [
            web.post("/v1/messages", _messages),
            web.post("/v1/messages/count_tokens", _count_tokens),
            web.get("/v1/models", model_list.list_models, allow_head=False),
            web.get("/v1/models/{id}", model_list.show_model, allow_head=False),
            web.post("/_coldbyte/clock", control.advance),
            web.get("/_coldbyte/ledger", control.ledger, allow_head=False),
            web.post("/_coldbyte/reset", control.reset),
        ]
    )
    return app


async def _messages(request: web.Request) -> web.StreamResponse:
    memory, conduct = request.app[MEMORY], request.app[CONDUCT]
    started_at, number = memory.clock.now(), memory.ask_number()
    caller, demand = let_in(request), _demand(request)
    raw = await read_off(request)
    demand = replace(
        demand, searches=lambda model: conduct.scenario.fault(number, model, caller.key).searches
    )
    asked = await beside(raw, lambda: read_messages(raw, conduct.catalogue, demand))
    fault = conduct.scenario.fault(number, asked.prefix.model, caller.key)
    if fault.evict:
        memory.evict()
    _spend_request(request, caller)
    if fault.answered_by is not None:
        asked = await beside(raw, lambda: served_by(asked, fault, conduct.catalogue))

    def decide() -> Answer:
        return answer(
            asked,
            memory.entries,
            scope=caller.scope,
            now=started_at,
            number=request[NUMBER],
            rules=conduct.rules.cache,
            diagnosis=diagnosis,
        )

    diagnosis = _diagnosed(memory, conduct, caller, asked, fault)
    decided = await beside(raw, decide)
    delivery = Delivery(request, decided, started_at, fault, asked, caller)
    await _prefill(delivery)
    return await deliver(delivery)


async def _prefill(delivery: Delivery) -> None:
    """Wait as long as the model reads, unless the request is to fail."""
    memory, conduct = delivery.memory, delivery.conduct
    fault, plan = delivery.fault, delivery.answer.plan
    try:
        if fault.delay_s:
            await conduct.wait(fault.delay_s)
        refuse_if_scripted(fault, delivery.asked)
        memory.begin_request(plan, delivery.started_at)
        await conduct.wait(conduct.pace.first_byte_after(plan.usage))
    except (Rejected, asyncio.CancelledError):
        if conduct.rules.cache.keep_failed:
            memory.begin_response(delivery.answer, delivery.started_at)
        raise


def _diagnosed(memory: Memory, conduct: Conduct, caller: Identity, asked: Asked, fault: Fault) -> Diagnosed:
    """What the cache diagnostics say; nothing without the request's object, and on a first turn."""
    if asked.fingerprint is None or asked.previous is None:
        return None
    rules = conduct.rules.diagnosis
    before = memory.recorded(caller.scope, asked.previous, rules)
    return diagnosis_for(fault, before, asked.fingerprint, rules)


def _spend_request(request: web.Request, caller: Identity) -> None:
    """Count the request against the caller's limits; 429 where a scenario enforces them."""
    memory = request.app[MEMORY]
    now = memory.clock.now()
    limits: RateLimit = memory.limits(caller.scope)
    if memory.limit is not None and (exceeded := limits.exceeded(now)):
        kind, wait = exceeded
        most = limits.buckets[kind].limit
        message = f"This request would exceed the rate limit of {most:,} {kind.replace('-', ' ')} per minute"
        raise Rejected(429, message, headers={"retry-after": str(int(wait) + 1)})
    memory.spend(caller.scope, limits.spent(None, now))


async def _count_tokens(request: web.Request) -> web.Response:
    let_in(request)
    demand = _demand(request)
    raw = await read_off(request)
    catalogue = request.app[CONDUCT].catalogue
    return json_response({"input_tokens": await beside(raw, lambda: count_tokens(raw, catalogue, demand))})


def _demand(request: web.Request) -> Demand:
    rules = request.app[CONDUCT].rules
    profile = request.headers.get("anthropic-user-profile-id")
    today = datetime.fromtimestamp(request.app[MEMORY].clock.now(), UTC).date()
    return Demand(version_of(request), betas_of(request), rules.key, rules.binding, profile, today)
