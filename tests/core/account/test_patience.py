"""Seconds saved are measured, within a model and a size of prompt."""

from __future__ import annotations

import pytest
from hypothesis import given

from coldbyte.core.account.patience import Wait, patience
from coldbyte.core.cache.usage import Usage
from coldbyte.core.traffic.receipt import Receipt
from core.traffic.made_receipt import SONNET, receipt, receipts


def cold(seconds: float | None, tokens: int = 200_000, model: str = SONNET) -> Receipt:
    return receipt(0, Usage(written_5m=tokens), first_event_s=seconds, model=model)


def warm(seconds: float | None, tokens: int = 200_000, model: str = SONNET) -> Receipt:
    return receipt(0, Usage(read=tokens), first_event_s=seconds, model=model)


def test_a_warm_exchange_saves_the_difference_of_the_medians() -> None:
    found = patience([cold(20), cold(20.4), cold(90), warm(2.9), warm(2.7), warm(3.1)])
    assert found.waits == (Wait(SONNET, 131_072, 262_143, 3, 3, 20.4, 2.9),)
    assert found.saved_s == pytest.approx(3 * 17.5)


def test_nothing_is_known_as_long_as_one_side_was_never_seen() -> None:
    found = patience([warm(2), warm(3), cold(9, tokens=1000)])
    assert (found.saved_s, found.unknown) == (None, 2)
    assert [wait.gain_s for wait in found.waits] == [None, None]
    assert patience([]).saved_s is None


def test_models_and_sizes_are_not_compared_with_each_other() -> None:
    found = patience([cold(9, 1023), warm(1, 1024), cold(5, 1024, "a"), warm(1, 1023)])
    assert [(wait.model, wait.least, wait.most) for wait in found.waits] == [
        ("a", 1024, 2047),
        (SONNET, 512, 1023),
        (SONNET, 1024, 2047),
    ]
    assert (found.saved_s, found.unknown) == (8, 1)


def test_a_slower_warm_answer_is_shown_as_a_loss() -> None:
    assert patience([cold(1), warm(3)]).saved_s == -2


@pytest.mark.parametrize(
    "left_out",
    [
        receipt(0, Usage(read=10, uncached=90), first_event_s=1),
        receipt(0, Usage(read=90, uncached=10), first_event_s=1),
        receipt(0, Usage(read=100), first_event_s=1, kind="warming"),
        receipt(0, Usage(), first_event_s=1),
        warm(None),
    ],
    ids=["a tenth read", "a tenth not read", "warming", "no prompt", "not timed"],
)
def test_what_is_neither_cold_nor_warm_nor_timed_is_left_out(left_out: Receipt) -> None:
    assert patience([left_out]).waits == ()


@given(receipts())
def test_the_sum_is_that_of_the_parts(given_ones: list[Receipt]) -> None:
    found = patience(given_ones)
    known = [wait.saved_s for wait in found.waits if wait.saved_s is not None]
    assert found.saved_s == (sum(known) if known else None)
    assert found.unknown <= sum(wait.warm for wait in found.waits) <= len(given_ones)
