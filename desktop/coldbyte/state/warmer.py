"""The warmer sends one warming: through the ledger, with a receipt, as every request that is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from coldbyte.core.cache.calibration import lessons
from coldbyte.core.cache.money import dollars, price_of
from coldbyte.core.cache.tokens import block_tokens
from coldbyte.core.cache.usage import Usage
from coldbyte.core.exchange import Exchange
from coldbyte.core.history.keeping import Outcome
from coldbyte.core.reply import SendFailure
from coldbyte.core.traffic.receipt import receipt_of
from coldbyte.core.warming.warming import Warmed, WarmingAnswer, outcome_of
from coldbyte.core.warming.warming_offer import Offer
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.history import History
from coldbyte.state.tasks import Tasks

_NOT_LISTED = 0  # the number of an exchange that the log does not hold

WarmingTask: TypeAlias = asyncio.Task[WarmingAnswer | SendFailure]


@dataclass(frozen=True, slots=True)
class WarmingResult:
    """What came of a warming; `sent` says whether a request left."""

    warmed: Warmed
    sent: bool
    cancelled: bool = False
    failure: SendFailure | None = None


@dataclass
class _Sending:
    """A warming on its way. `started_at` is the start of its last attempt."""

    offer: Offer
    conversation: str
    started_at: float
    sent: bool = False


class Warmer:
    """Warmings on their way are kept by `Tasks`, which cancels them when the app ends."""

    def __init__(
        self, books: Books, connection: Connection, tasks: Tasks, history: History | None = None
    ) -> None:
        """`history` keeps every warming that left."""
        self._history = history
        self._books = books
        self._connection = connection
        self._tasks = tasks

    def start(self, offer: Offer, conversation: str, finish: Callable[[WarmingResult], None]) -> WarmingTask:
        """Send what an offer holds. `finish` is called once, when all is booked, however it ended."""
        sending = _Sending(offer, conversation, self._books.clock())
        task = self._tasks.start("warm", self._send(sending))
        # Not at the end of the coroutine: a task that is cancelled before its first step never enters it.
        task.add_done_callback(lambda done: finish(self._take(done, sending)))
        return task

    async def _send(self, sending: _Sending) -> WarmingAnswer | SendFailure:
        """Send; a failure is an answer, too."""
        plan = sending.offer.forecast.plan

        def begin() -> None:
            sending.started_at, sending.sent = self._books.clock(), True
            self._books.ledger.begin(plan, sending.started_at)

        try:
            api = await self._connection.open()
            if self._connection.scope != plan.scope:
                return SendFailure("invalid", "Another key came into use before the warming was sent.")
            return await api.warm(sending.offer.body, begin)
        except SendFailure as failure:
            return failure

    def _take(self, task: WarmingTask, sending: _Sending) -> WarmingResult:
        exchange = self._exchange(task, sending)
        if self._history is not None and sending.sent:
            self._history.keep(Outcome(exchange, sending.offer.forecast.plan.usage))
        went = self._books.ledger.settle(sending.offer.forecast.plan, exchange)
        if exchange.usage is None:
            warmed = _failed(exchange, sent=sending.sent)
            return WarmingResult(warmed, sending.sent, exchange.cancelled, exchange.failure)
        offer, usage = sending.offer, exchange.usage
        estimated = block_tokens(offer.prefix, self._books.catalogue.tokenizer(offer.prefix.model))
        receipt = receipt_of(exchange, offer.prefix, offer.forecast, went, "warming")
        self._books.receipts.add(receipt, lessons(offer.prefix, estimated, went, usage))
        return WarmingResult(self._warmed(exchange, usage, offer), True)

    def _exchange(self, task: WarmingTask, sending: _Sending) -> Exchange:
        """The warming as an exchange, which the log does not list."""
        now = self._books.clock()
        exchange = Exchange(
            number=_NOT_LISTED,
            title="Warming",
            body=sending.offer.body,
            scope=sending.offer.forecast.plan.scope,
            started_at=sending.started_at,
            ended_at=now,
            conversation=sending.conversation,
        )
        if task.cancelled():
            return replace(exchange, cancelled=True)
        if (error := task.exception()) is not None:
            say = f"Something went wrong in Coldbyte ({type(error).__name__})."
            return replace(exchange, failure=SendFailure("invalid", say))
        answer = task.result()
        if isinstance(answer, SendFailure):
            return replace(exchange, failure=answer)
        return replace(
            exchange,
            first_event_at=now,  # of an answer in one piece nothing comes before all of it
            message_id=answer.message_id,
            request_id=answer.request_id,
            served_by=answer.model,
            usage=answer.usage,
            status=answer.status,
            received=answer.received,
        )

    def _warmed(self, exchange: Exchange, usage: Usage, offer: Offer) -> Warmed:
        """What it did and cost, in words."""
        prices = self._books.catalogue.prices(offer.prefix.model, exchange.started_at, usage.input)
        cost = price_of(usage, prices) if prices else None
        outcome, price = outcome_of(usage), f" for {dollars(cost)}" if cost is not None else ""
        match outcome:
            case "read":
                say = f"Read {usage.read:,} tokens{price}: the entry lives on."
            case "written" if offer.live:
                say = f"The entry was gone before its time: {usage.written:,} tokens were written{price}."
            case "written":
                say = f"{usage.written:,} tokens were written{price}, to be read from now on."
            case _:
                say = f"Nothing was read or written{price}: this part is not cached."
        return Warmed(exchange.started_at, outcome, cost, say)


def _failed(exchange: Exchange, *, sent: bool) -> Warmed:
    """A warming without usage. Of one that was not refused nobody knows whether it is billed."""
    failure = exchange.failure
    if failure is None:
        say = "The warming was broken off; it may be billed." if sent else "The warming was broken off."
    else:
        say = f"{failure.say} {failure.remedy}".rstrip()
    free = failure is not None and failure.status is not None
    return Warmed(exchange.started_at, "failed", Decimal(0) if free else None, say)
