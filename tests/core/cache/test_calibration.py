"""Calibration learns from what was reported, the recent most, and tells how far off it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.calibration import UNCALIBRATED, Measured, calibrate, calibrated

MODEL = "claude-opus-5"
COUNTS = st.integers(1, 10**7)


def learned(*pairs: tuple[int, int]) -> list[Measured]:
    return [Measured(MODEL, estimated, reported) for estimated, reported in pairs]


def test_without_exchanges_an_estimate_stays() -> None:
    assert calibrate([], MODEL) == UNCALIBRATED
    assert UNCALIBRATED(1234) == 1234
    assert UNCALIBRATED.median_error is None


def test_exchanges_of_other_models_and_without_tokens_teach_nothing() -> None:
    others = [Measured("claude-haiku-4-5", 100, 150), Measured(MODEL, 0, 9), Measured(MODEL, 9, 0)]
    assert calibrate(others, MODEL) == UNCALIBRATED


def test_a_constant_ratio_is_learned_from_the_first_exchange() -> None:
    calibration = calibrate(learned((1000, 1100), (2000, 2200), (5000, 5500)), MODEL)
    assert calibration.ratio == pytest.approx(1.1)
    assert calibration(10_000) == 11_000
    assert calibration.count == 3
    assert calibration.median_error == pytest.approx(0, abs=1e-6)
    assert calibration.large_error == pytest.approx(100 / 11)  # the first one was forecast without


def test_one_odd_exchange_changes_little_and_new_habits_win() -> None:
    steady = learned(*[(1000, 1100)] * 9)
    odd = calibrate([*steady, *learned((1000, 90_000))], MODEL)
    assert odd.ratio == pytest.approx(1.1)
    assert calibrate([*steady, *learned(*[(1000, 1300)] * 9)], MODEL).ratio == pytest.approx(1.3)


def test_a_ratio_beyond_reason_is_not_believed() -> None:
    assert calibrate(learned((10, 9000)), MODEL).ratio == 2
    assert calibrate(learned((9000, 10)), MODEL).ratio == 0.5


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=40))
def test_the_ratio_lies_between_those_that_were_met(pairs: list[tuple[int, int]]) -> None:
    calibration = calibrate(learned(*pairs), MODEL)
    ratios = [min(max(reported / estimated, 0.5), 2) for estimated, reported in pairs]
    assert min(ratios) <= calibration.ratio <= max(ratios)
    assert calibration.count == min(len(pairs), 24)
    assert calibration.median_error is not None
    assert calibration.large_error is not None
    assert 0 <= calibration.median_error <= calibration.large_error


@given(st.lists(st.integers(0, 9999), max_size=20), COUNTS, COUNTS)
def test_blocks_are_corrected_so_that_every_sum_is(tokens: list[int], estimated: int, reported: int) -> None:
    calibration = calibrate(learned((estimated, reported)), MODEL)
    blocks = calibrated(tokens, calibration)
    assert len(blocks) == len(tokens)
    assert all(block >= 0 for block in blocks)
    for number in range(len(tokens) + 1):
        assert sum(blocks[:number]) == calibration(sum(tokens[:number]))
