"""Hindsight: what real requests would have cost, sent another way, by the rules of the prompt cache.

What was asked and where breakpoints stood remains; the TTL, the warmings or all caching change. The cost "as
it was" is measured; the others assume that the prompt cache keeps to its rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from coldbyte.core.account.what_if import Outlook, WhatIf
from coldbyte.core.cache.cache import CacheRules, Entry, plan_request, settle
from coldbyte.core.cache.calibration import Calibration, calibrated
from coldbyte.core.cache.catalogue import Catalogue, Model, Prices
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.traffic.keep_alive import (
    PLACEHOLDER_TOKENS,
    keep_alive_s,
    warmings_sent,
    warmings_that_pay,
)
from coldbyte.core.traffic.receipt import Receipt, Step
from coldbyte.core.traffic.trail import skeleton, tokens_of


@dataclass(frozen=True, slots=True)
class Hindsight:
    """The ways to send the requests that are known well enough; `left_out` had no trail or no price."""

    what_if: WhatIf
    left_out: int


@dataclass(frozen=True, slots=True)
class _Request:
    """A question or a warming to be planned. Times are epoch seconds; `tokens` are those of each step."""

    receipt: Receipt
    model: Model
    prices: Prices
    started_at: float
    steps: tuple[Step, ...]
    tokens: tuple[int, ...]
    output: int


_PLACEHOLDER = Step(b"", "", "messages", "text", PLACEHOLDER_TOKENS)


def hindsight(
    receipts: Sequence[Receipt],
    catalogue: Catalogue,
    rules: CacheRules | None = None,
    pace: float = 1.0,
) -> Hindsight:
    """What the receipts' requests cost as they were, and would have cost another way.

    `pace` 2 lets them come twice as fast, so that `what_if.scaled(n)` is a day at n requests; "as it was" is
    left out then, as it was at pace 1.
    """
    rules = rules or CacheRules()
    requests = list(_requests(receipts, catalogue, pace))
    questions = sum(receipt.kind == "question" for receipt in receipts)
    outlooks = [
        Outlook("without", sum((_without(request) for request in requests), Decimal(0))),
        Outlook("5m", _replay(requests, rules, "5m")),
        Outlook("1h", _replay(requests, rules, "1h")),
        _warmed(requests, rules),
    ]
    if pace == 1.0:
        outlooks.insert(0, _as_it_was(receipts, requests, catalogue))
    return Hindsight(WhatIf(len(requests), tuple(outlooks)), questions - len(requests))


def _requests(receipts: Sequence[Receipt], catalogue: Catalogue, pace: float) -> Iterator[_Request]:
    """The questions, oldest first, each with its tokens as reported."""
    asked = sorted((one for one in receipts if one.kind == "question"), key=lambda one: one.started_at)
    for receipt in asked:
        model = catalogue.model(receipt.model)
        prices = catalogue.prices(receipt.model, receipt.started_at, receipt.usage.input)
        counted = sum(tokens_of(receipt.trail))
        if model is None or prices is None or not counted:
            continue
        scale = Calibration(receipt.usage.input / counted)
        tokens = calibrated(tokens_of(receipt.trail), scale)
        started_at = asked[0].started_at + (receipt.started_at - asked[0].started_at) / pace
        yield _Request(receipt, model, prices, started_at, receipt.trail, tokens, receipt.usage.output)


def _as_it_was(receipts: Sequence[Receipt], requests: Sequence[_Request], catalogue: Catalogue) -> Outlook:
    """What was measured, with the warmings that there were."""
    cost = sum((price_of(request.receipt.usage, request.prices) for request in requests), Decimal(0))
    warmings = 0
    for receipt in receipts:
        prices = catalogue.prices(receipt.model, receipt.started_at, receipt.usage.input)
        if receipt.kind == "warming" and prices is not None:
            warmings += 1
            cost += price_of(receipt.usage, prices)
    return Outlook("as_it_was", cost, Decimal(warmings))


def _without(request: _Request) -> Decimal:
    return price_of(Usage(uncached=sum(request.tokens), output=request.output), request.prices)


def _warmed(requests: Sequence[_Request], rules: CacheRules) -> Outlook:
    """What the requests cost with the warmings between them, in order of time."""
    warmings = list(_warmings(requests))
    events = sorted([*requests, *warmings], key=lambda request: request.started_at)
    return Outlook("warming", _replay(events, rules), Decimal(len(warmings)))


def _warmings(requests: Sequence[_Request]) -> Iterator[_Request]:
    """Between two questions of a conversation: warmings of the last breakpoint that both have.

    They stop where writing it anew is cheaper, as nobody knows beforehand how long a gap will be.
    """
    last: dict[tuple[str, str, str], _Request] = {}
    for request in requests:
        receipt = request.receipt
        place = (receipt.conversation, receipt.scope, receipt.model)
        before = last.get(place)
        last[place] = request
        count = _shared(before, request) if before is not None else 0
        if before is None or not count or (ttl := before.steps[count - 1].ttl) is None:
            continue
        tokens = sum(before.tokens[:count])
        prices = request.model.prices_at(receipt.day, tokens + PLACEHOLDER_TOKENS)
        if prices is None or tokens < (request.model.minimum or 0):
            continue
        warming = replace(
            before,
            prices=prices,
            steps=(*before.steps[:count], _PLACEHOLDER),
            tokens=(*before.tokens[:count], PLACEHOLDER_TOKENS),
            output=0,
        )
        gap = request.started_at - before.started_at
        for number in range(min(warmings_sent(gap, ttl), warmings_that_pay(tokens, ttl, prices))):
            yield replace(warming, started_at=before.started_at + (number + 1) * keep_alive_s(ttl))


def _shared(before: _Request, after: _Request) -> int:
    """The steps of the earlier request up to its last breakpoint that the later one has, too."""
    keys = {step.key for step in after.steps}
    for index in range(len(before.steps) - 1, -1, -1):
        if before.steps[index].ttl and before.steps[index].key in keys:
            return index + 1
    return 0


def _replay(requests: Sequence[_Request], rules: CacheRules, ttl: Ttl | None = None) -> Decimal:
    """USD of all requests, in order of time, from an empty prompt cache on; with `ttl` at all breakpoints."""
    entries: Mapping[bytes, Entry] = {}
    cost = Decimal(0)
    before: _Request | None = None
    for request in requests:
        if before is None or request.steps is not before.steps:
            prefix = _prefix(request, ttl)
        before = request
        plan = plan_request(
            prefix,
            request.tokens,
            minimum=request.model.minimum or 0,
            scope=request.receipt.scope,
            entries=entries,
            now=request.started_at,
            rules=rules,
        )
        waited = request.receipt.first_event_s or 0.0
        entries = settle(
            entries, plan, started_at=request.started_at, available_at=request.started_at + waited
        )
        cost += price_of(replace(plan.usage, output=request.output), request.prices)
    return cost


def _prefix(request: _Request, ttl: Ttl | None) -> Prefix:
    """The breakpoints of the steps, all with `ttl` where one is given."""
    points = {index: ttl or step.ttl for index, step in enumerate(request.steps) if step.ttl}
    return skeleton(request.steps, request.receipt.model, points)
