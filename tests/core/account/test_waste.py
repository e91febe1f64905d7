"""What was written and never read is wasted; what may still be read is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from coldbyte.core.account.waste import Waste, wastes_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt
from core.traffic.made_receipt import CATALOGUE, NOON, SONNET, receipt, receipts

LATER = NOON + 10_000
WRITE = receipt(0, Usage(written_5m=5000, uncached=10), writes=(("a", 5000, "5m"),))


def test_an_entry_that_nobody_read_is_wasted_once_it_expired() -> None:
    assert wastes_of([WRITE], NOON + 299.9) == (Waste(unread=5000),)
    assert wastes_of([WRITE], NOON + 300) == (Waste(wasted_5m=5000),)


def test_an_entry_that_was_read_once_is_not_wasted() -> None:
    read = receipt(200, Usage(read=5000, uncached=10), reads="a")
    assert wastes_of([WRITE, read], LATER) == (Waste(), Waste())
    assert wastes_of([read, WRITE], LATER) == (Waste(), Waste()), (
        "the order in which they are given is nothing"
    )


def test_a_read_before_the_write_is_of_another_entry() -> None:
    read = receipt(-200, Usage(read=5000, uncached=10), reads="a")
    assert wastes_of([read, WRITE], LATER)[1] == Waste(wasted_5m=5000)


def test_usage_has_the_last_word_where_an_entry_was_believed_expired() -> None:
    read = receipt(400, Usage(read=5000, uncached=10), reads="a")
    assert wastes_of([WRITE, read], LATER)[0] == Waste()


def test_a_warming_keeps_an_entry_alive_and_does_not_use_it() -> None:
    warming = receipt(250, Usage(read=5000, uncached=8), reads="a", kind="warming")
    assert wastes_of([WRITE, warming], NOON + 549)[0] == Waste(unread=5000)
    assert wastes_of([WRITE, warming], NOON + 550)[0] == Waste(wasted_5m=5000)


def test_who_reads_the_later_breakpoint_reads_the_tokens_before_it_too() -> None:
    write = receipt(0, Usage(written_5m=8000), writes=(("a", 5000, "5m"), ("b", 8000, "5m")))
    read = receipt(100, Usage(read=8000), reads="b")
    assert wastes_of([write, read], LATER)[0] == Waste()


def test_who_reads_the_earlier_breakpoint_leaves_the_rest_wasted() -> None:
    write = receipt(0, Usage(written_5m=8000), writes=(("a", 5000, "5m"), ("b", 8000, "5m")))
    read = receipt(100, Usage(read=5000, uncached=3000), reads="a")
    assert wastes_of([write, read], LATER)[0] == Waste(wasted_5m=3000)


def test_waste_is_told_by_ttl_as_the_hour_stands_first() -> None:
    write = receipt(
        0, Usage(read=1000, written_1h=5000, written_5m=2000), writes=(("b", 8000, "5m"), ("a", 6000, "1h"))
    )
    assert wastes_of([write], NOON + 1000) == (Waste(wasted_5m=2000, unread=5000),)
    waste = wastes_of([write], LATER)[0]
    assert waste == Waste(wasted_5m=2000, wasted_1h=5000)
    model = CATALOGUE.model(SONNET)
    assert model is not None
    assert waste.premium(model.prices[0]) == Decimal("0.0015") + Decimal("0.015")


def test_an_entry_that_was_written_again_unread_is_wasted_at_once() -> None:
    again = replace(WRITE, started_at=WRITE.started_at + 10)
    read = receipt(20, Usage(read=5000), reads="a")
    assert wastes_of([WRITE, again, read], NOON + 30) == (Waste(wasted_5m=5000), Waste(), Waste())


def test_of_a_write_that_names_no_entry_nothing_is_said() -> None:
    assert wastes_of([receipt(0, Usage(written_5m=5000))], LATER) == (Waste(),)


@given(receipts())
def test_what_is_told_is_never_more_than_what_was_written(given_ones: list[Receipt]) -> None:
    for one, waste in zip(given_ones, wastes_of(given_ones, NOON), strict=True):
        assert 0 <= waste.wasted_1h <= one.usage.written_1h
        assert 0 <= waste.wasted_5m <= one.usage.written_5m
        assert waste.unread >= 0
        assert waste.wasted + waste.unread <= one.usage.written


@given(receipts())
def test_at_the_end_of_time_nothing_is_unread_and_waste_only_grows(given_ones: list[Receipt]) -> None:
    now, end = wastes_of(given_ones, NOON), wastes_of(given_ones, NOON + 1e6)
    for one, last in zip(now, end, strict=True):
        assert last.unread == 0
        assert last.wasted == one.wasted + one.unread
