"""JSON as the contract spells it; the schemas are shipped."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asked import validator
from coldbyte.commands.report_json import cause_value, decimal, error_value, lint_value
from coldbyte.commands.trouble import InputTrouble
from coldbyte.core.cause import Cause, Fix

KEYS = [
    *("id", "where", "where_before", "tier", "cache_byte", "block_byte", "wire_byte", "line", "column"),
    *("code_points", "severity", "confidence", "evidence", "say", "fix"),
]
ONE = Cause("ttl-expired", "time", "", None, 0, 0, "It expired.", None)


def test_a_cause_has_all_keys_of_the_contract_in_their_order() -> None:
    assert list(cause_value(ONE)) == KEYS
    assert list(validator("explain-1").schema["$defs"]["cause"]["required"]) == KEYS


def test_pairs_are_before_and_after_and_null_where_there_is_none() -> None:
    value = cause_value(ONE)
    assert value["wire_byte"] == value["block_byte"] == value["line"] == [None, None]
    assert cause_value(Cause("text-edited", "tools", "", "", 5, 4, "x", None, wire_byte=(None, 3)))[
        "wire_byte"
    ] == [None, 3]


def test_a_fix_says_whether_the_program_can_do_it() -> None:
    value = cause_value(Cause("text-edited", "tools", "", "", 5, 4, "x", Fix("Do.", automatic=True)))
    assert value["fix"] == {"say": "Do.", "automatic": True}
    assert value["cache_byte"] == 5


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-1000, max_value=1000, places=14))
def test_money_is_exact_and_has_no_exponent(amount: Decimal) -> None:
    shown = decimal(amount)
    assert Decimal(shown) == amount
    assert "e" not in shown.lower()


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0", "0"), ("0.000", "0"), ("1E+2", "100"), ("1.500", "1.5"), ("0.0000001", "0.0000001")],
)
def test_money_has_no_zeros_at_its_end(amount: str, shown: str) -> None:
    assert decimal(Decimal(amount)) == shown


def test_errors_and_lint_keep_to_their_schemas() -> None:
    validator("lint-1").validate(lint_value("m", [ONE]))
    validator("error-1").validate(error_value(InputTrouble("It is wrong.")))
    validator("error-1").validate(error_value(InputTrouble("No.", file="-", byte=0, line=1, path="model")))


def test_the_simulator_keeps_to_its_schema() -> None:
    validator("simulate-1").validate({"schema": "coldbyte.simulate/1", "url": "http://127.0.0.1:8080"})
    assert not validator("simulate-1").is_valid(
        {"schema": "coldbyte.simulate/1", "url": "http://127.0.0.1:8080/"}
    )
