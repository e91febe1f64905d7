from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.finding.clock import MOMENT, TELLTALE, is_full, only_date_differs, seconds_of


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-23",
        "2026-11-23T10:15:00.123Z",
        "2026-11-23 10:15 +01:00",
        "Mon, 23 Nov 2026 10:15:00 +0000",
        "Mon Nov 23 10:15:00 2026",
        "Nov 23, 2026 10:15",
        "November 23rd, 2026",
        "23. November 2026",
        "23.11.2026",
        "11/23/2026",
        "2026/11/23",
        "20261123T101500Z",
        "2026年11月23日",
        "10:15:41 pm",
        "10 am",
        "1795428900",
        "1795428900.123",
        "1795428900123456789",
        "Tuesday",
        "2026-W48",
    ],
)
def test_a_moment_is_matched_whole(moment: str) -> None:
    found = MOMENT.search(f"({moment})")
    assert found is not None
    assert found[0] == moment
    assert TELLTALE.search(moment)


@pytest.mark.parametrize("chars", ["1.2.37", "25:61", "a1795428900", "2795428900", "Marching", "99/99/2026"])
def test_other_numbers_are_no_moments(chars: str) -> None:
    assert chars not in [found[0] for found in MOMENT.finditer(f"({chars})")]


def test_the_same_clock_on_another_day_differs_by_the_date() -> None:
    assert only_date_differs("2026-11-23T10:15:00Z", "2026-11-24T10:15:00Z")
    assert not only_date_differs("2026-11-23T10:15:00Z", "2026-11-24T10:15:01Z")
    assert not only_date_differs("1795428900", "1795428901")
    assert not only_date_differs("20261123T101500Z", "20261123T101501Z")


def test_a_full_moment_has_a_date_and_a_clock() -> None:
    assert is_full("2026-11-23 10:15")
    assert not is_full("10:15")
    assert not is_full("2026-11-23")


@given(st.datetimes(datetime(2001, 9, 10), datetime(2033, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_seconds_are_those_of_the_moment(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert seconds_of(moment.strftime("%Y-%m-%dT%H:%M:%SZ")) == moment.timestamp()
    assert seconds_of(moment.strftime("%Y-%m-%d %H:%M:%S +0130")) == moment.timestamp() - 5400
    assert seconds_of(str(int(moment.timestamp()))) == moment.timestamp()
    assert seconds_of(f"{int(moment.timestamp())}500") == moment.timestamp() + 0.5


def test_a_day_that_does_not_exist_has_no_seconds() -> None:
    assert seconds_of("2026-02-31") is None
    assert seconds_of("10:15") is None


@given(st.text(max_size=300))
def test_any_text_is_searched_without_trouble(chars: str) -> None:
    for found in MOMENT.finditer(chars):
        assert TELLTALE.search(found[0])
