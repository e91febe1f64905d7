"""The account adds up, is net, and guesses no price."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from operator import add

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.account.account import (
    EMPTY_ACCOUNT,
    Account,
    by_conversation,
    by_day,
    day_in,
    lines_of,
    total,
)
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.origin import by_origin
from coldbyte.core.traffic.receipt import Receipt
from core.traffic.made_receipt import CATALOGUE, NOON, UNKNOWN, receipt, receipts

MILLION = 1_000_000


def account_of(*given_ones: Receipt, now: float = NOON + MILLION) -> Account:
    return total(lines_of(given_ones, CATALOGUE, now=now))


def test_the_worked_example_saves_what_was_published() -> None:
    first = receipt(0, Usage(written_5m=10_000), writes=(("a", 10_000, "5m"),))
    rest = [receipt(number, Usage(read=10_000), reads="a") for number in range(1, 100)]
    account = account_of(first, *rest)
    assert (account.without, account.price) == (Decimal("3.00"), Decimal("0.3345"))
    assert account.saving == Decimal("2.6655")
    assert account.hit_rate == 0.99
    assert (account.wasted, account.exchanges) == (0, 100)


def test_a_write_that_was_never_read_is_a_negative_saving_and_wasted() -> None:
    account = account_of(receipt(0, Usage(written_5m=MILLION, output=100), writes=(("a", MILLION, "5m"),)))
    assert account.saving == Decimal("-0.75")
    assert (account.wasted, account.premium) == (MILLION, Decimal("0.75"))


def test_what_was_not_read_again_is_lost_at_what_it_cost_instead() -> None:
    account = account_of(receipt(0, Usage(read=100_000, written_5m=MILLION), stored=300_000))
    assert account.missed == 200_000
    assert account.lost == Decimal("0.2") * (Decimal("3.75") - Decimal("0.30"))


def test_a_warming_costs_and_saves_nothing_by_itself() -> None:
    warming = receipt(0, Usage(read=MILLION, uncached=8), kind="warming")
    account = account_of(warming, receipt(1, Usage(uncached=100)))
    assert account.warming == Decimal("0.300024")
    assert account.saving == -account.warming
    assert (account.exchanges, account.warmings) == (1, 1)
    assert account.hit_rate == 0, "the hit rate is that of the exchanges"


def test_an_unknown_model_is_counted_and_not_guessed() -> None:
    account = account_of(receipt(0, Usage(read=90, uncached=10), model=UNKNOWN, stored=100))
    assert (account.unpriced, account.exchanges, account.hit_rate) == (1, 1, 0.9)
    assert {account.price, account.without, account.lost, account.saving} == {Decimal(0)}
    line = lines_of([receipt(model=UNKNOWN)], CATALOGUE, now=NOON)[0]
    assert (line.price, line.without, line.saving, line.lost, line.premium) == (None,) * 5


def test_the_second_band_prices_the_whole_request() -> None:
    low = account_of(receipt(0, Usage(read=90_000, uncached=10_000, output=1000), model="claude-haiku-5-5"))
    high = account_of(receipt(0, Usage(read=90_000, uncached=10_001, output=1000), model="claude-haiku-5-5"))
    assert low.price == Decimal("0.0009") + Decimal("0.001") + Decimal("0.0005")
    assert high.price == Decimal("0.0045") + Decimal("0.0050005") + Decimal("0.0025")
    assert high.without == Decimal("0.0500005") + Decimal("0.0025")


def test_a_price_goes_by_the_day_in_utc_wherever_days_begin() -> None:
    evening = datetime(2026, 10, 6, 23, 30, tzinfo=UTC).timestamp() - NOON
    before = receipt(evening, Usage(read=MILLION), model="claude-sonnet-5-5")
    after = receipt(evening + 3600, Usage(read=MILLION), model="claude-sonnet-5-5")
    lines = lines_of([before, after], CATALOGUE, now=NOON)
    assert [line.price for line in lines] == [Decimal("0.20"), Decimal("0.10")]
    tokyo = by_day(lines, day_in(timezone(timedelta(hours=9))))
    assert {day: account.price for day, account in tokyo.items()} == {date(2026, 10, 7): Decimal("0.30")}
    assert list(by_day(lines, day_in(UTC))) == [date(2026, 10, 6), date(2026, 10, 7)]


def test_an_entry_read_in_another_conversation_is_not_wasted() -> None:
    write = receipt(0, Usage(written_5m=5000), writes=(("a", 5000, "5m"),), conversation="one")
    read = receipt(9, Usage(read=5000), reads="a", conversation="two")
    accounts = by_conversation(lines_of([write, read], CATALOGUE, now=NOON + MILLION))
    assert list(accounts) == ["one", "two"]
    assert accounts["one"].wasted == 0


@given(receipts(), st.integers(-12, 14))
def test_the_sums_over_any_split_equal_the_whole(given_ones: list[Receipt], hours: int) -> None:
    lines = lines_of(given_ones, CATALOGUE, now=NOON)
    whole = total(lines)
    days = by_day(lines, day_in(timezone(timedelta(hours=hours))))
    assert list(days) == sorted(days)
    for accounts in (by_conversation(lines), days):
        assert reduce(add, accounts.values(), EMPTY_ACCOUNT) == whole
    real, simulated = by_origin(given_ones)
    kept = [total(line for line in lines if line.receipt in side) for side in (real, simulated)]
    assert kept[0] + kept[1] == whole


@given(receipts())
def test_the_saving_is_net_line_by_line(given_ones: list[Receipt]) -> None:
    lines = lines_of(given_ones, CATALOGUE, now=NOON)
    account = total(lines)
    priced = [line for line in lines if line.price is not None and line.without is not None]
    assert account.saving == sum((line.saving or Decimal(0) for line in lines), Decimal(0))
    assert account.saving == sum(
        (line.without - line.price for line in priced if line.without is not None and line.price is not None),
        Decimal(0),
    )
    assert account.unpriced == len(lines) - len(priced)
    assert account.exchanges + account.warmings == len(lines)


@given(receipts())
def test_the_saving_is_read_discount_minus_write_premium(given_ones: list[Receipt]) -> None:
    for line in lines_of(given_ones, CATALOGUE, now=NOON):
        if line.prices is not None and line.receipt.kind == "question":
            usage, prices = line.receipt.usage, line.prices
            discount = usage.read * (prices.input - prices.read)
            premium = usage.written_5m * (prices.write_5m - prices.input)
            premium += usage.written_1h * (prices.write_1h - prices.input)
            assert line.saving == (discount - premium) / MILLION
