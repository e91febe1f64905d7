"""Real requests, replayed another way by the rules of the prompt cache."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.account.hindsight import hindsight
from coldbyte.core.cache.usage import Usage
from core.traffic.made_receipt import CATALOGUE, UNKNOWN, asked, receipt, step

WRITE, READ, HOUR, PLAIN = Decimal("0.0375"), Decimal("0.003"), Decimal("0.06"), Decimal("0.03")
LAW = step("law", 10_000, "5m")


def test_another_ttl_spans_the_gaps_that_were_too_long() -> None:
    asks = [asked(LAW, at=1500.0 * number) for number in range(4)]
    found = hindsight(asks, CATALOGUE).what_if
    assert found.way("5m").cost == 4 * WRITE
    assert found.way("1h").cost == HOUR + 3 * READ
    assert found.cheapest.way == "1h"


def test_as_it_was_is_measured_with_the_warmings_that_there_were() -> None:
    asks = [
        replace(asked(LAW), usage=Usage(written_5m=10_000)),
        replace(asked(LAW, at=400), usage=Usage(read=10_000)),
    ]
    warming = receipt(200, Usage(read=10_000, uncached=8), kind="warming")
    found = hindsight([asks[1], warming, asks[0]], CATALOGUE).what_if
    assert found.way("as_it_was").cost == WRITE + READ + READ + Decimal("0.000024")
    assert found.way("as_it_was").warmings == 1
    assert found.requests == 2


def test_the_warming_is_of_the_last_breakpoint_that_both_questions_have() -> None:
    asks = [
        asked(LAW, step(f"note {number}", 5000, "5m"), at=400.0 * number, conversation="one")
        for number in range(3)
    ]
    found = hindsight(asks, CATALOGUE).what_if
    note = Decimal("0.01875")
    warm = READ + Decimal("0.000024")
    assert found.way("5m").cost == 3 * (WRITE + note)
    assert found.way("warming").warmings == 2
    assert found.way("warming").cost == WRITE + 3 * note + 2 * READ + 2 * warm


def test_nothing_is_warmed_between_conversations() -> None:
    asks = [asked(LAW, conversation="one"), asked(LAW, at=400, conversation="two")]
    assert hindsight(asks, CATALOGUE).what_if.way("warming").warmings == 0


def test_a_question_waits_for_the_first_answer_before_it_can_read() -> None:
    asks = [replace(asked(LAW), first_event_s=20.0), asked(LAW, at=10), asked(LAW, at=21)]
    assert hindsight(asks, CATALOGUE).what_if.way("5m").cost == 2 * WRITE + READ


def test_the_tokens_are_those_that_were_reported() -> None:
    asks = [replace(asked(LAW, step("q", 2000)), usage=Usage(uncached=24_000))]
    found = hindsight(asks, CATALOGUE).what_if
    assert found.way("without").cost == Decimal("0.072")
    assert found.way("5m").cost == Decimal("0.075") + Decimal("0.012")


def test_what_is_not_known_well_enough_is_left_out_everywhere_and_counted() -> None:
    asks = [asked(LAW), receipt(5, Usage(uncached=10)), replace(asked(LAW, at=9), model=UNKNOWN)]
    found = hindsight(asks, CATALOGUE)
    assert (found.left_out, found.what_if.requests) == (2, 1)
    assert found.what_if.way("as_it_was").cost == found.what_if.way("without").cost == PLAIN


def test_a_faster_pace_closes_the_gaps_and_a_day_is_scaled() -> None:
    asks = [asked(LAW, at=400.0 * number) for number in range(3)]
    found = hindsight(asks, CATALOGUE, pace=2).what_if
    assert found.way("5m").cost == WRITE + 2 * READ
    assert "as_it_was" not in [outlook.way for outlook in found.outlooks]
    assert found.scaled(6).way("without").cost == 6 * PLAIN


def test_no_request_costs_nothing() -> None:
    found = hindsight([], CATALOGUE).what_if
    assert {outlook.cost for outlook in found.outlooks} == {Decimal(0)}
    assert found.scaled(10) == found


KEYS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4)


@given(st.lists(st.tuples(KEYS, st.integers(0, 9000), st.booleans()), max_size=8))
def test_a_prompt_without_a_breakpoint_costs_the_same_every_way(
    asks: list[tuple[list[str], int, bool]],
) -> None:
    told = [
        asked(
            *(step("/".join(keys[: index + 1]), 1000 + index) for index in range(len(keys))),
            at=float(at),
            conversation=str(other),
        )
        for keys, at, other in asks
    ]
    found = hindsight(told, CATALOGUE).what_if
    assert len({outlook.cost for outlook in found.outlooks}) == 1
    assert found.way("warming").warmings == 0
