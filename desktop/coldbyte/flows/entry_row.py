"""The rows of the ledger's view, made of what the state knows of each entry."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from coldbyte.core.cache.cache import Entry
from coldbyte.core.warming.warming_body import WarmingRefused
from coldbyte.state.books import Books
from coldbyte.state.connection import Connection
from coldbyte.state.exchange_log import Record
from coldbyte.state.live_insight import LiveInsight
from coldbyte.state.warming import Warming, WarmingStatus
from coldbyte.ui.ledger.entry_place import origin_words, place_of, spots_of
from coldbyte.ui.ledger.ledger_row import LedgerRow, ScheduleRow

SHOWN_S = 3600
"""Seconds for which an entry that has ended is still shown."""


@dataclass(frozen=True, slots=True)
class _Price:
    """What warming costs, and what a miss would cost more, in USD; or why an entry can't be warmed."""

    warm: Decimal | None = None
    miss: Decimal | None = None
    refusal: str = ""


class EntryRows:
    """Makes the rows of the scope in use: what lives, its newest life first, then what has ended."""

    def __init__(self, live: LiveInsight, books: Books, warming: Warming, connection: Connection) -> None:
        self._live = live
        self._books = books
        self._warming = warming
        self._connection = connection
        self._began_at = books.clock()

    def rows(self, *, priced: bool) -> tuple[LedgerRow, ...]:
        """The rows; `priced` with what warming costs, which takes a forecast for each."""
        now, scope = self._books.clock(), self._connection.scope
        entries = [
            entry
            for entry in self._books.ledger.entries.values()
            if entry.scope == scope and entry.expires_at > now - SHOWN_S
        ]
        entries.sort(key=lambda entry: (now < entry.expires_at, entry.started_at), reverse=True)
        insight = self._live.insight
        prefix = insight.prefix if insight is not None else None
        spots = spots_of(prefix, scope) if prefix is not None and entries else {}
        hit = insight.forecast.plan.hit if insight is not None else None
        rows = []
        for entry in entries:
            record = self._record(entry)
            status = self._warming.status(entry.key)
            price = self._price(entry, status) if priced and entry.live(now) else _Price()
            row = LedgerRow(
                entry,
                place_of(entry, prefix, spots, record),
                self.name(entry.model),
                origin_words(entry, record, run_began_at=self._began_at),
                hit is not None and hit.key == entry.key,
                price.warm,
                price.miss,
                price.refusal,
                status.phase == "warming",
                status.say,
                status.offers_old_way,
                _schedule(status),
            )
            rows.append(row)
        return tuple(rows)

    def name(self, model: str) -> str:
        """What people call a model; its id where the catalogue does not know it."""
        known = self._books.catalogue.model(model)
        return known.name if known else model

    def _record(self, entry: Entry) -> Record | None:
        number = self._books.ledger.origin(entry.key)
        return self._books.log.records[number - 1] if number else None

    def _price(self, entry: Entry, status: WarmingStatus) -> _Price:
        try:
            offer = self._warming.offer(entry.key, tokens=1 if status.offers_old_way else 0)
        except WarmingRefused as refused:
            return _Price(refusal="" if refused.old_way else refused.say)
        return _Price(offer.now, offer.quote.miss if offer.quote else None)


def _schedule(status: WarmingStatus) -> ScheduleRow | None:
    if status.caps is None:
        return None
    running = status.phase != "off" and status.reason is None
    return ScheduleRow(running, status.spent, status.count, status.caps, status.next_at, status.say)
