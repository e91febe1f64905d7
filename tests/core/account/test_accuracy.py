"""The forecast's accuracy is counted, not felt."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from coldbyte.core.account.accuracy import Accuracy, Miss, accuracies, miss_of
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt
from core.traffic.made_receipt import SONNET, receipt, receipts

WARM = Usage(read=900, uncached=100)


def test_a_forecast_that_came_true_has_no_error() -> None:
    assert miss_of(receipt(0, WARM)) == Miss(0, 0)
    assert miss_of(receipt(0, Usage())) is None


def test_errors_are_in_per_cent_of_the_prompt_in_either_direction() -> None:
    cold = replace(receipt(0, WARM), forecast=Usage(written_5m=980, uncached=100))
    assert miss_of(cold) == Miss(90, 8)
    assert miss_of(replace(cold, forecast=Usage(read=950))) == Miss(5, 5)


def test_five_per_cent_off_is_still_as_forecast() -> None:
    assert Miss(5, 5).close
    assert not Miss(5.1, 0).close
    assert not Miss(0, 5.1).close


def test_simulator_and_api_are_counted_apart() -> None:
    wrong = receipt(1, WARM, forecast=Usage(uncached=1000), scope="simulator")
    found = accuracies([wrong, receipt(2, WARM), receipt(3, WARM, model="a")])
    assert [(one.model, one.simulated, one.count, one.close) for one in found] == [
        ("a", False, 1, 1),
        (SONNET, False, 1, 1),
        (SONNET, True, 1, 0),
    ]


def test_median_and_large_error_are_of_the_newest_and_the_share_of_all() -> None:
    old = [receipt(number, WARM, forecast=Usage(uncached=2000)) for number in range(6)]
    errors = [
        receipt(100 + number, WARM, forecast=Usage(900, 0, 0, 100 + number * 10)) for number in range(24)
    ]
    assert accuracies([*errors, *old]) == (Accuracy(SONNET, False, 30, 6, 0, 0, 11, 21),)
    assert accuracies([*errors, *old])[0].share == 0.2


@given(receipts())
def test_every_measured_prompt_counts_once(given_ones: list[Receipt]) -> None:
    found = accuracies(given_ones)
    assert sum(one.count for one in found) == sum(one.usage.input > 0 for one in given_ones)
    for one in found:
        assert 0 <= one.close <= one.count
        assert 0 <= one.read_median <= one.read_large
        assert 0 <= one.input_median <= one.input_large
