"""Rate limits: buckets that refill, reads that cost nothing, headers as the API sends them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.cache.rate_limit import RateLimit, rate_limit
from coldbyte.core.cache.usage import Usage

FREE = rate_limit(3, 1000, 500)


def test_reads_are_free_and_writes_are_not() -> None:
    """Facts §5: input and writes count, what is read does not."""
    spent = FREE.spent(Usage(read=10_000, written_5m=100, written_1h=200, uncached=50, output=70), 0.0)
    used = {kind: bucket.used for kind, bucket in spent.buckets.items()}
    assert used == {"requests": 0, "input-tokens": 350, "output-tokens": 70}


def test_a_limit_that_is_reached_says_how_long_to_wait() -> None:
    limit = FREE
    for _ in range(3):
        assert limit.exceeded(0.0) is None
        limit = limit.spent(None, 0.0)
    reached = limit.exceeded(0.0)
    assert reached is not None
    assert reached[0] == "requests"
    assert reached[1] == pytest.approx(20)
    assert limit.exceeded(19.9) is not None
    assert limit.exceeded(20.1) is None


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 2000)), max_size=20))
def test_nothing_is_used_after_a_minute_without_requests_that_stayed_below(
    steps: list[tuple[float, int]],
) -> None:
    limit, now = FREE, 0.0
    for wait, tokens in steps:
        now += wait
        if limit.exceeded(now) is None:
            limit = limit.spent(Usage(uncached=tokens), now)
    over = max(bucket.later(now).used / bucket.limit for bucket in limit.buckets.values())
    assert limit.exceeded(now + 60 * max(over, 1)) is None
    for bucket in limit.buckets.values():
        assert bucket.later(now + 60 * over + 1).used == pytest.approx(0, abs=1e-6)


def headers(limit: RateLimit, now: float = 0.0) -> dict[str, str]:
    return {name.removeprefix("anthropic-ratelimit-"): value for name, value in limit.headers(now)}


def test_headers_round_tokens_to_thousands_and_name_the_moment_of_the_reset() -> None:
    """Facts §9: limit, remaining and reset of each, the reset in RFC 3339."""
    limit = rate_limit(100, 10_000, 20_000).spent(Usage(uncached=2600, output=100), 0.0).spent(None, 0.0)
    told = headers(limit)
    assert told["requests-limit"] == "100"
    assert told["requests-remaining"] == "99"
    assert told["input-tokens-remaining"] == told["tokens-remaining"] == "7000"
    assert told["output-tokens-remaining"] == "20000"
    assert told["input-tokens-reset"] == "1970-01-01T00:00:16Z"
    assert len(told) == 12
