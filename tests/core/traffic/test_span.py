"""Spans of time in words."""

from __future__ import annotations

import pytest

from coldbyte.core.traffic.span import span_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (45.4, "45 s"),
        (60, "1 min"),
        (270, "4 min 30 s"),
        (1225, "20 min"),
        (3600, "1 h"),
        (7800, "2 h 10 min"),
        (100_000, "27 h 46 min"),
        (260_000, "3 days"),
    ],
)
def test_a_span_has_its_largest_units(seconds: float, words: str) -> None:
    assert span_words(seconds) == words
