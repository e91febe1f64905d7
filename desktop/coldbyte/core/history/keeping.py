"""From an exchange of this run to one of the history, and back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.exchange import Exchange
from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from coldbyte.core.json.reader import read_json
from coldbyte.core.prefix.record import an_object
from coldbyte.core.verdict.verdict import Verdict

CANCELLED = "Cancelled."


@dataclass(frozen=True, slots=True)
class Outcome:
    """An exchange that has ended, what was forecast for it, and its verdict if usage came back."""

    exchange: Exchange
    forecast: Usage | None
    verdict: Verdict | None = None


def kept_of(outcome: Outcome, catalogue: Catalogue, project: str = "") -> KeptExchange:
    """Everything that is known of an exchange. One that never left has the body that would have left."""
    exchange = outcome.exchange
    failure = CANCELLED if exchange.cancelled else ""
    if exchange.failure is not None:
        failure = f"{exchange.failure.say} {exchange.failure.remedy}".strip()
    status, request_id = exchange.status, exchange.request_id
    if exchange.failure is not None:
        status = exchange.failure.status if status is None else status
        request_id = request_id or exchange.failure.request_id
    return KeptExchange(
        wire=exchange.wire or exchange.body.encode(),
        origin="sent",
        model=str(exchange.body.fields.get("model", "")),
        project=project,
        conversation=exchange.conversation,
        scope=exchange.scope,
        title=exchange.title,
        started_at=exchange.started_at,
        first_event_at=exchange.first_event_at,
        ended_at=exchange.ended_at,
        status=status,
        failure=failure,
        message_id=exchange.message_id,
        request_id=request_id,
        served_by=exchange.served_by,
        stop_reason=exchange.stop_reason,
        headers=dict(exchange.headers),
        received=exchange.received,
        reply=exchange.reply,
        usage=exchange.usage,
        usage_fields=exchange.usage_fields,
        diagnostics=exchange.diagnostics,
        judgement=_judgement(outcome, catalogue),
    )


def exchange_of(kept: KeptExchange) -> Exchange:
    """An exchange of the history as one with which a draft can be compared; its number is 0.

    Raise JsonError or BodyError where its body is no request.
    """
    body = RequestBody(an_object(read_json(kept.wire), ""), Source(kept.wire))
    return Exchange(
        number=0,
        title=kept.name or kept.title,
        body=body,
        scope=kept.scope,
        started_at=kept.started_at or 0.0,
        wire=kept.wire,
        first_event_at=kept.first_event_at,
        ended_at=kept.ended_at if kept.ended_at is not None else kept.started_at or 0.0,
        message_id=kept.message_id,
        request_id=kept.request_id,
        served_by=kept.served_by,
        reply=kept.reply,
        stop_reason=kept.stop_reason,
        usage=kept.usage,
        conversation=kept.conversation,
        usage_fields=kept.usage_fields,
        diagnostics=kept.diagnostics,
        status=kept.status,
        received=kept.received,
        headers=kept.headers,
    )


def _judgement(outcome: Outcome, catalogue: Catalogue) -> Judgement:
    exchange, verdict = outcome.exchange, outcome.verdict
    if verdict is None:
        effect = "cancelled" if exchange.cancelled else "failed" if exchange.failure is not None else ""
        price = _price(exchange, catalogue)
        basis = _basis(exchange, catalogue) if price is not None else ""
        return Judgement(effect, forecast=outcome.forecast, price=price, basis=basis)
    return Judgement(
        verdict.effect,
        verdict.causes[0].id if verdict.causes else "",
        verdict.say,
        verdict.confidence,
        outcome.forecast,
        verdict.price,
        verdict.lost,
        _basis(exchange, catalogue) if verdict.price is not None else "",
    )


def _price(exchange: Exchange, catalogue: Catalogue) -> Decimal | None:
    """What was used, where no verdict has priced it: of a warming."""
    usage = exchange.usage
    if usage is None:
        return None
    model = str(exchange.body.fields.get("model", ""))
    prices = catalogue.prices(model, exchange.started_at, usage.input)
    return price_of(usage, prices) if prices is not None else None


def _basis(exchange: Exchange, catalogue: Catalogue) -> str:
    """Where the prices come from, and of which day they are."""
    model = catalogue.model(str(exchange.body.fields.get("model", "")))
    if model is None:
        return ""
    return f"{model.source}, as of {model.checked or catalogue.as_of}"
