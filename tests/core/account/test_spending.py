"""What the money went into."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given

from coldbyte.core.account.account import lines_of, total
from coldbyte.core.account.spending import Spending, spending_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt
from core.traffic.made_receipt import CATALOGUE, NOON, UNKNOWN, receipt, receipts


def spent(*of: Receipt) -> Spending:
    return spending_of(lines_of(of, CATALOGUE, now=NOON))


def test_each_kind_of_token_has_its_own_price() -> None:
    found = spent(receipt(usage=Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)))
    assert found == Spending(Decimal("0.30"), Decimal("9.75"), Decimal("3.00"), Decimal("15.00"), Decimal(0))


def test_a_warming_is_one_thing_whatever_it_read_and_wrote() -> None:
    found = spent(receipt(usage=Usage(read=1_000_000, uncached=1_000_000), kind="warming"))
    assert found == Spending(warming=Decimal("3.30"))


def test_without_a_price_nothing_is_said() -> None:
    assert spent(receipt(usage=Usage(uncached=5), model=UNKNOWN)) == Spending()


@given(receipts())
def test_the_parts_are_together_what_was_paid(of: list[Receipt]) -> None:
    lines = lines_of(of, CATALOGUE, now=NOON)
    assert spending_of(lines).all == total(lines).price
    assert spending_of(lines).warming == total(lines).warming


@given(receipts(), receipts())
def test_the_spending_of_two_lots_is_the_sum(first: list[Receipt], second: list[Receipt]) -> None:
    assert spent(*first, *second) == spent(*first) + spent(*second)
