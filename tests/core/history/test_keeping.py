"""An exchange of this run becomes one of the history, and can be compared with again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.usage import Usage
from coldbyte.core.exchange import Exchange
from coldbyte.core.history.keeping import CANCELLED, Outcome, exchange_of, kept_of
from coldbyte.core.json.reader import JsonError
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.reply import SendFailure
from coldbyte.core.verdict.verdict import Verdict
from coldbyte.services import resources

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
BODY = RequestBody(
    {
        "max_tokens": 10,
        "messages": [{"role": "user", "content": "Who may ask\u00a0?"}],
        "model": "claude-sonnet-5-5",
        "stream": True,
    }
)
WIRE = BODY.encode().replace(b'"stream":true', b'"stream" : true')
USAGE = Usage(7, 60, 40, 10, 15)
EXCHANGE = Exchange(
    number=3,
    title="Who may ask?",
    body=BODY,
    scope="simulator",
    started_at=100.0,
    wire=WIRE,
    first_event_at=101.5,
    ended_at=104.0,
    message_id="msg_1",
    request_id="req_1",
    served_by="claude-sonnet-5-5",
    reply="Anyone.",
    stop_reason="end_turn",
    usage=USAGE,
    conversation="c1",
    usage_fields={"input_tokens": 10},
    diagnostics={"cache_miss_reason": None},
    status=200,
    received=b"event: message_start\n\n",
    headers={"anthropic-version": "2023-06-01"},
)
VERDICT = Verdict(
    "miss", "It was cold.", (), USAGE, False, Decimal("0.5"), Decimal("0.25"), confidence="medium"
)


def test_everything_that_came_back_is_kept() -> None:
    forecast = Usage(read=100)
    kept = kept_of(Outcome(EXCHANGE, forecast, VERDICT), CATALOGUE, "desk")
    assert kept.wire == WIRE
    assert kept.wire_known
    assert kept.received == EXCHANGE.received
    assert (kept.origin, kept.model, kept.project) == ("sent", "claude-sonnet-5-5", "desk")
    assert (kept.started_at, kept.first_event_at, kept.ended_at) == (100.0, 101.5, 104.0)
    assert (kept.status, kept.message_id, kept.request_id) == (200, "msg_1", "req_1")
    assert (kept.usage, kept.usage_fields) == (USAGE, {"input_tokens": 10})
    assert kept.diagnostics == {"cache_miss_reason": None}
    assert kept.headers == {"anthropic-version": "2023-06-01"}
    assert (kept.reply, kept.stop_reason, kept.failure) == ("Anyone.", "end_turn", "")
    assert (kept.scope, kept.conversation, kept.title) == ("simulator", "c1", "Who may ask?")
    judged = kept.judgement
    assert judged is not None
    assert (judged.effect, judged.say, judged.confidence) == ("miss", "It was cold.", "medium")
    assert (judged.forecast, judged.price, judged.lost) == (forecast, Decimal("0.5"), Decimal("0.25"))
    model = CATALOGUE.model("claude-sonnet-5-5")
    assert model is not None
    assert judged.basis == f"{model.source}, as of {model.checked or CATALOGUE.as_of}"


def test_what_has_no_price_has_no_basis() -> None:
    kept = kept_of(Outcome(EXCHANGE, None, replace(VERDICT, price=None, lost=None)), CATALOGUE)
    assert kept.judgement is not None
    assert kept.judgement.basis == ""


def test_a_failure_is_kept_with_its_status_and_words() -> None:
    failure = SendFailure("overloaded", "Busy.", remedy="Wait.", status=529, request_id="req_9")
    exchange = replace(EXCHANGE, failure=failure, usage=None, status=None, request_id=None)
    kept = kept_of(Outcome(exchange, None), CATALOGUE)
    assert (kept.failure, kept.status, kept.request_id) == ("Busy. Wait.", 529, "req_9")
    assert kept.judgement is not None
    assert kept.judgement.effect == "failed"


def test_a_broken_off_exchange_says_so_even_with_a_verdict() -> None:
    exchange = replace(EXCHANGE, cancelled=True)
    assert kept_of(Outcome(exchange, None, VERDICT), CATALOGUE).failure == CANCELLED
    bare = kept_of(Outcome(replace(exchange, usage=None), None), CATALOGUE)
    assert bare.judgement is not None
    assert bare.judgement.effect == "cancelled"


def test_what_never_left_has_the_body_that_would_have_left() -> None:
    assert kept_of(Outcome(replace(EXCHANGE, wire=b""), None), CATALOGUE).wire == BODY.encode()


def test_a_kept_exchange_is_compared_with_as_it_was_sent() -> None:
    kept = replace(kept_of(Outcome(EXCHANGE, None, VERDICT), CATALOGUE), name="The cold one")
    exchange = exchange_of(kept)
    assert exchange.prefix.blocks == EXCHANGE.prefix.blocks
    assert exchange.body.source is not None
    assert exchange.body.source.data == WIRE
    assert (exchange.number, exchange.title) == (0, "The cold one")
    assert exchange.called == "“The cold one” of the history"
    assert exchange.stored
    assert not exchange.running


@pytest.mark.parametrize("wire", [b"", b"[]", b'{"model":'])
def test_a_body_that_is_none_is_refused(wire: bytes) -> None:
    kept = replace(kept_of(Outcome(EXCHANGE, None), CATALOGUE), wire=wire)
    with pytest.raises((JsonError, BodyError)):
        exchange_of(kept)


def test_a_warming_which_nobody_judges_is_priced_all_the_same() -> None:
    kept = kept_of(Outcome(replace(EXCHANGE, title="Warming"), USAGE), CATALOGUE)
    prices = CATALOGUE.prices("claude-sonnet-5-5", 100.0, USAGE.input)
    assert kept.judgement is not None
    assert (kept.judgement.price is None) == (prices is None)
    late = kept_of(Outcome(replace(EXCHANGE, started_at=1_795_435_200.0), USAGE), CATALOGUE).judgement
    assert late is not None
    assert late.price
    assert late.basis
