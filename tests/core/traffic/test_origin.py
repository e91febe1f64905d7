"""Simulated money and real money stay apart."""

from __future__ import annotations

from hypothesis import given

from coldbyte.core.traffic.origin import SIMULATOR_SCOPE, by_origin, is_simulated
from coldbyte.core.traffic.receipt import Receipt
from coldbyte.state import connection
from core.traffic.made_receipt import receipt, receipts


@given(receipts())
def test_each_receipt_is_on_one_side_in_its_order(given_ones: list[Receipt]) -> None:
    real, simulated = by_origin(given_ones)
    assert list(real) == [one for one in given_ones if one.scope == "api"]
    assert list(simulated) == [one for one in given_ones if one.scope == "simulator"]


def test_the_scope_of_the_simulator_is_the_one_that_the_connection_names() -> None:
    assert SIMULATOR_SCOPE == connection.SIMULATOR_SCOPE
    assert is_simulated(receipt(scope=connection.SIMULATOR_SCOPE))
    assert not is_simulated(receipt(scope="0123456789abcdef"))
