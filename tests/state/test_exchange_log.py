"""The log keeps every exchange of this run and knows which one is the baseline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coldbyte.core.cache.forecast import Circumstances
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight, look_at
from coldbyte.state.exchange_log import ExchangeLog, Record
from state.world import CATALOGUE, DRAFT, NOON, heard

INSIGHT: Insight = look_at(DRAFT, "first", None, CATALOGUE, Circumstances({}, "simulator", NOON))


@pytest.fixture
def log() -> ExchangeLog:
    return ExchangeLog()


def sent(log: ExchangeLog) -> Record:
    exchange = Exchange(log.next_number, "Who may ask?", INSIGHT.body, "simulator", NOON)
    return Record(exchange, INSIGHT)


def begun(record: Record) -> Record:
    return replace(record, exchange=replace(record.exchange, first_event_at=NOON + 1))


def ended(record: Record) -> Record:
    return replace(record, exchange=replace(record.exchange, ended_at=NOON + 2))


def test_exchanges_are_numbered_from_one_and_stand_in_their_order(log: ExchangeLog) -> None:
    assert log.next_number == 1
    first = sent(log)
    log.put(first)
    second = sent(log)
    log.put(second)
    assert [record.exchange.number for record in log.records] == [1, 2]
    assert log.records == (first, second)


def test_what_comes_in_takes_the_place_of_what_was_known(log: ExchangeLog) -> None:
    first = sent(log)
    log.put(first)
    second = sent(log)
    log.put(second)
    with heard(log.changed) as changes:
        log.put(begun(first))
    assert log.records == (begun(first), second)
    assert changes == [begun(first)]
    assert log.next_number == 3


def test_an_exchange_becomes_the_baseline_when_it_has_ended(log: ExchangeLog) -> None:
    record = sent(log)
    baselines = []
    for stage in (record, begun(record), ended(begun(record))):
        log.put(stage)
        baselines.append(log.baseline)
    assert baselines == [None, None, log.records[0].exchange]


def test_a_new_baseline_is_told_once(log: ExchangeLog) -> None:
    record = sent(log)
    with heard(log.baseline_changed) as changes:
        log.put(record)
        log.put(begun(record))
        log.put(ended(begun(record)))
    assert len(changes) == 1


def test_an_exchange_that_stored_nothing_leaves_the_baseline_as_it_is(log: ExchangeLog) -> None:
    log.put(ended(begun(sent(log))))
    before = log.baseline
    with heard(log.baseline_changed) as changes:
        log.put(ended(sent(log)))
    assert log.baseline is before
    assert not changes
    assert len(log.records) == 2


def test_the_last_exchange_is_the_baseline(log: ExchangeLog) -> None:
    log.put(ended(begun(sent(log))))
    log.put(ended(begun(sent(log))))
    assert log.baseline is not None
    assert log.baseline.number == 2


def test_the_log_is_up_to_date_when_it_says_that_it_changed(log: ExchangeLog) -> None:
    seen: list[tuple[int, bool]] = []
    log.changed.connect(lambda record: seen.append((len(log.records), log.records[-1] is record)))
    log.put(sent(log))
    log.put(sent(log))
    assert seen == [(1, True), (2, True)]


def test_records_that_were_handed_out_do_not_change(log: ExchangeLog) -> None:
    log.put(sent(log))
    before = log.records
    log.put(begun(before[0]))
    assert before[0].exchange.first_event_at is None


def test_a_chosen_baseline_stays_until_the_next_exchange_is_stored(log: ExchangeLog) -> None:
    for _ in range(2):
        log.put(ended(begun(sent(log))))
    first = log.records[0].exchange
    with heard(log.baseline_changed) as changes:
        log.choose_baseline(first)
    assert len(changes) == 1
    log.note_kept(2, 77)
    assert log.records[1].kept == 77
    assert log.baseline is first
    log.rebase(INSIGHT.forecast.plan.breakpoints[-1].key)
    assert log.baseline is first, "the user chose it"
    log.put(ended(begun(sent(log))))
    assert log.baseline is log.records[2].exchange
