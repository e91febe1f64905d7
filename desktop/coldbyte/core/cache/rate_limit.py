"""Rate limits as token buckets that refill all the time.

What is read from the prompt cache is free (facts §5).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from coldbyte.core.cache.usage import Usage

Kind = Literal["requests", "input-tokens", "output-tokens"]

KINDS: tuple[Kind, ...] = ("requests", "input-tokens", "output-tokens")
_MINUTE_S = 60.0
_ROUNDED_TO = 1000  # how the API shows what remains of a number of tokens


@dataclass(frozen=True, slots=True)
class Bucket:
    """What may be used in a minute, and how much of it is used at a time."""

    limit: int
    used: float = 0.0
    at: float = 0.0

    def later(self, now: float) -> Bucket:
        """The bucket as it is now: it has refilled since."""
        refilled = max(now - self.at, 0.0) / _MINUTE_S * self.limit
        return Bucket(self.limit, max(self.used - refilled, 0.0), max(now, self.at))

    @property
    def remaining(self) -> int:
        """What may still be used at its time."""
        return max(int(self.limit - self.used), 0)

    @property
    def full_in_s(self) -> float:
        """Seconds until nothing of it is used any more."""
        return self.used / self.limit * _MINUTE_S

    def wait_s(self) -> float:
        """Seconds until one unit may be used; 0 where that is now."""
        return max(self.used + 1 - self.limit, 0.0) / self.limit * _MINUTE_S


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The buckets of one scope."""

    buckets: Mapping[Kind, Bucket]

    def exceeded(self, now: float) -> tuple[Kind, float] | None:
        """The first limit that is reached, and the seconds until it is not."""
        for kind in KINDS:
            wait = self.buckets[kind].later(now).wait_s()
            if wait > 0:
                return kind, wait
        return None

    def spent(self, usage: Usage | None, now: float) -> RateLimit:
        """After a request that began (`usage` None), or after one that was answered."""
        costs: dict[Kind, int] = {"requests": 1, "input-tokens": 0, "output-tokens": 0}
        if usage is not None:
            costs = {
                "requests": 0,
                "input-tokens": usage.uncached + usage.written,
                "output-tokens": usage.output,
            }
        current = {kind: bucket.later(now) for kind, bucket in self.buckets.items()}
        return RateLimit({kind: Bucket(b.limit, b.used + costs[kind], b.at) for kind, b in current.items()})

    def headers(self, now: float) -> Iterator[tuple[str, str]]:
        """The `anthropic-ratelimit-…` headers; `tokens` is the tighter one of input and output (facts §9)."""
        current = {kind: bucket.later(now) for kind, bucket in self.buckets.items()}
        for kind, bucket in current.items():
            yield from _headers(kind, bucket, now)
        tight = min((current["input-tokens"], current["output-tokens"]), key=lambda one: one.remaining)
        yield from _headers("tokens", tight, now)


def rate_limit(requests: int, input_tokens: int, output_tokens: int) -> RateLimit:
    """Limits a minute of which nothing is used."""
    return RateLimit(
        {
            "requests": Bucket(requests),
            "input-tokens": Bucket(input_tokens),
            "output-tokens": Bucket(output_tokens),
        }
    )


def _headers(kind: str, bucket: Bucket, now: float) -> Iterator[tuple[str, str]]:
    remaining = bucket.remaining
    if kind != "requests":
        remaining = round(remaining / _ROUNDED_TO) * _ROUNDED_TO
    full = datetime.fromtimestamp(math.ceil(now + bucket.full_in_s), UTC)
    yield f"anthropic-ratelimit-{kind}-limit", str(bucket.limit)
    yield f"anthropic-ratelimit-{kind}-remaining", str(remaining)
    yield f"anthropic-ratelimit-{kind}-reset", full.strftime("%Y-%m-%dT%H:%M:%SZ")
