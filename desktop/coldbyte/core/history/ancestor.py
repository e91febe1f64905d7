"""The judgement of exchanges from elsewhere: each against its nearest ancestor among those before it."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from coldbyte.core.body import RequestBody, Source
from coldbyte.core.cache.catalogue import Catalogue
from coldbyte.core.cache.money import price_of
from coldbyte.core.cache.tariff import prices_of, tariff_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import Capture, Response, Route, betas_of, provider_of
from coldbyte.core.cause import Cause, CauseId
from coldbyte.core.diagnostics import FIELD, NOT_ASKED, read_diagnosis
from coldbyte.core.history.kept_exchange import Judgement, KeptExchange
from coldbyte.core.history.turn_reader import TurnReader
from coldbyte.core.json.reader import JsonError, read_json
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.canonical_prefix import KnownTurns, prefix_of
from coldbyte.core.prefix.prefix import Prefix
from coldbyte.core.prefix.record import BodyError, an_object
from coldbyte.core.rule.circumstance_rule import circumstance_cause, is_split_wrong
from coldbyte.core.rule.inquiry import TOLERANCE, inquire
from coldbyte.core.rule.report import Report

_REMEMBERED = 48  # exchanges: those far back have no live entries, and a file may hold very many
_REMEMBERED_BYTES = 128 * 1024 * 1024  # of their bodies
_OUTSIDE = ("tools_changed", "system_changed")  # what the API may say that a transcript can't show
_NOT_KNOWN: frozenset[CauseId] = frozenset(
    {
        *("no-cache-control", "below-min-tokens", "too-many-breakpoints", "breakpoint-on-volatile-block"),
        *("lookback-window-exceeded", "breakpoint-moved", "ttl-downgraded", "ttl-order-wrong"),
        *("breakpoint-not-allowed", "request-invalid", "gateway-rewrote-request", "no-visible-cause"),
    }
)
_ONLY_CONVERSATION = "Only the conversation was compared, as system prompt and tools are not known."


@dataclass(frozen=True, slots=True)
class _Known:
    capture: Capture
    prefix: Prefix
    conversation: str
    size: int


class Ancestors:
    """The exchanges of one import so far, the newest ones. Give them in the order in which they were sent."""

    def __init__(self, catalogue: Catalogue, now: float) -> None:
        self._catalogue, self._now = catalogue, now
        self._known: deque[_Known] = deque()
        self._size = 0
        self._reader, self._turns = TurnReader(), KnownTurns()

    def judged(self, kept: KeptExchange) -> KeptExchange:
        """The exchange with a judgement; as it is where its body can't be read. It is remembered."""
        try:
            capture = _capture(kept, self._reader.read(kept.wire))
            known = _Known(
                capture, prefix_of(capture.body, turns=self._turns), kept.conversation, len(kept.wire)
            )
        except (JsonError, BodyError):
            return kept
        nearest = self._nearest(known)
        report = None
        hit = nearest is not None and _read_all(nearest, known, complete=kept.complete)
        if nearest is not None and not hit:
            before, after = (one.capture for one in (nearest, known))
            if not kept.complete:
                before, after = _assumed(before), _assumed(after)
            try:
                report = inquire(before, after, self._catalogue, now=self._now, turns=self._turns)
            except (BodyError, RecursionError):
                report = None
        if kept.failure == "" or kept.usage is not None:
            self._remember(known)
        return replace(kept, judgement=self._judgement(kept, known.capture, report, hit=hit))

    def _remember(self, known: _Known) -> None:
        self._known.append(known)
        self._size += known.size
        while len(self._known) > 1 and (len(self._known) > _REMEMBERED or self._size > _REMEMBERED_BYTES):
            self._size -= self._known.popleft().size

    def _nearest(self, known: _Known) -> _Known | None:
        """What shares most with it, of the same model and scope and, where one is named, conversation."""
        best, most = None, 1  # the model alone is nothing shared
        keys = known.prefix.keys
        for one in self._known:
            if one.conversation != known.conversation or one.capture.scope_differs(known.capture):
                continue
            shared = _shared(one.prefix.keys, keys)
            if shared >= most:
                best, most = one, shared
        return best or (self._last(known) if known.conversation else None)

    def _last(self, known: _Known) -> _Known | None:
        """Of a named conversation the one before, even where nothing is shared: it tells what changed."""
        return next((one for one in reversed(self._known) if one.conversation == known.conversation), None)

    def _judgement(
        self, kept: KeptExchange, after: Capture, report: Report | None, *, hit: bool
    ) -> Judgement:
        model = self._catalogue.model(kept.model)
        at = datetime.fromtimestamp(kept.started_at if kept.started_at is not None else self._now, UTC)
        price = prices = None
        if kept.usage is not None and model is not None:
            prices = prices_of(model, at.date(), kept.usage.input, tariff_of(after.body.fields))
            price = price_of(kept.usage, prices) if prices is not None else None
        basis = f"{model.source}, as of {model.checked or self._catalogue.as_of}" if price and model else ""
        if hit:
            say = "" if kept.complete else _ONLY_CONVERSATION
            return Judgement("hit", say=say, price=price, lost=Decimal(0) if prices else None, basis=basis)
        if report is None:
            effect, say = ("failed", kept.failure) if kept.failure else ("", _first(kept.usage))
            return Judgement(effect, say=say, price=price, basis=basis)
        cause = _first_cause(report, complete=kept.complete)
        say = cause.say if cause is not None else ""
        if report.diagnosed is not None and report.diagnosed.type:
            say = f"{say} The API's diagnostics say: {report.diagnosed.type}.".strip()
        return Judgement(
            report.effect,
            cause.id if cause is not None else "",
            say if kept.complete else f"{say} {_ONLY_CONVERSATION}".strip(),
            cause.confidence if cause is not None else "",
            price=price,
            lost=report.cost.lost if report.cost is not None and report.how == "usage" else None,
            basis=basis,
        )


def capture_of(kept: KeptExchange) -> Capture:
    """A kept exchange as a capture. Raise JsonError or BodyError where its body is no request."""
    return _capture(kept, an_object(read_json(kept.wire), ""))


def _capture(kept: KeptExchange, fields: Mapping[str, Json]) -> Capture:
    body = RequestBody(fields, Source(kept.wire))
    response = None
    if kept.usage_fields or kept.message_id is not None:
        told: dict[str, Json] = {}
        if kept.diagnostics is not None or (isinstance(fields.get(FIELD), Mapping) and not kept.failure):
            told = {FIELD: kept.diagnostics}
        diagnosis = read_diagnosis(told).of_request(fields) if told else NOT_ASKED
        response = Response(
            kept.message_id,
            kept.served_by,
            kept.usage,
            kept.usage_fields,
            diagnosis.type,
            diagnostics=diagnosis,
        )
    headers = kept.headers
    return Capture(
        body,
        response,
        betas_of(headers) if "anthropic-beta" in headers else None,
        headers.get("anthropic-version"),
        kept.scope or None,
        route=Route(headers.get("host"), provider_of(kept.message_id), headers.get("x-amzn-region")),
        started_at=kept.started_at,
        first_event_at=kept.first_event_at,
        ended_at=kept.ended_at,
    )


def _shared(one: Sequence[bytes], two: Sequence[bytes]) -> int:
    """The keys at the start of both that are the same: each stands for all before it as well."""
    return bisect_left(range(min(len(one), len(two))), True, key=lambda at: one[at] != two[at])


def _read_all(before: _Known, after: _Known, *, complete: bool) -> bool:
    """Whether the usage by itself says what an inquiry would: all that BEFORE had was read, so it is a hit.

    Most requests of a long conversation are such. What has more to be said of it is left to the inquiry.
    """
    old, response = before.capture.usage, after.capture.response
    if old is None or response is None or response.usage is None or not old.read + old.written:
        return False
    if response.diagnostics.type is not None or is_split_wrong(response.usage_fields):
        return False
    marked = not complete or bool(before.prefix.breakpoints)
    return marked and response.usage.read >= old.input * (1 - TOLERANCE)


def _assumed(capture: Capture) -> Capture:
    """What is not known of a transcript's request, as it has to have been for the question to make sense.

    It had breakpoints, as it read or wrote entries; that the last block carries one is all that is assumed.
    """
    usage = capture.usage or Usage()
    ttl = "1h" if usage.written_1h > usage.written_5m else "5m"
    assumed: dict[str, Json] = {"max_tokens": 1, "cache_control": {"type": "ephemeral", "ttl": ttl}}
    fields = {**assumed, **capture.body.fields}
    return replace(capture, body=RequestBody(fields))


def _first_cause(report: Report, *, complete: bool) -> Cause | None:
    """The primary cause; of a transcript none that speaks of what it does not hold."""
    if complete:
        return report.causes[0] if report.causes else None
    unseen = report.diagnosed is not None and report.diagnosed.type in _OUTSIDE
    seen = [cause for cause in report.causes if cause.id not in _NOT_KNOWN]
    if seen and not unseen:
        return seen[0]
    if report.effect == "hit":
        return None
    say = "Nothing in the conversation explains it."
    return circumstance_cause("no-visible-cause", "time", say, confidence="low")


def _first(usage: Usage | None) -> str:
    return "There is no earlier request in this file with which it could be compared." if usage else ""
