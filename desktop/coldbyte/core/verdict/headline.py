"""The sentence above a reply: what became of the prompt cache, and why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from coldbyte.core.cache.money import dollars
from coldbyte.core.cause import Cause
from coldbyte.core.exchange import Exchange
from coldbyte.core.insight import Insight
from coldbyte.core.verdict.reading import TOLERANCE, Reading
from coldbyte.core.verdict.resolution import Course, Resolution

_PROBABLY = ("ttl-expired", "concurrent-cold-start", "backend-changed", "vertex-body-order")


def say_hit(reading: Reading, course: Course) -> str:
    """Everything was read."""
    say = f"Hit: {reading.usage.read:,} tokens were read from the prompt cache."
    if course == "outlived":
        return f"{say} By our clock their entry had ended, and it was still there."
    if course == "more":
        return f"{say} The comparison did not let expect that."
    return say


def say_loss(
    reading: Reading,
    total: int,
    causes: Sequence[Cause],
    lost: Decimal | None,
    course: Course,
    resolution: Resolution,
) -> str:
    """Something that had been stored was not read. `total` tokens had been stored."""
    cold = max(total - reading.usage.read, 0)
    price = f": {dollars(lost)} lost" if lost else ""
    if course == "less":
        return f"{cold:,} tokens were not read{price}. {_suspicion(causes, resolution)}"
    if not causes:
        return f"{cold:,} tokens were not read{price}, and the request does not show why."
    guess = "probably " if causes[0].id in _PROBABLY and causes[0].confidence != "high" else ""
    return f"{causes[0].say} This {guess}turned {cold:,} tokens cold{price}."


def say_first(exchange: Exchange, reading: Reading, insight: Insight) -> str:
    """Nothing that this request could have read had been stored."""
    before, written = insight.baseline, reading.usage.written
    if before is None:
        return f"First request: {written:,} tokens were written, and the next one can read them."
    if before.scope != exchange.scope:
        return (
            f"First request to this prompt cache, which is another one than before: {written:,} tokens were "
            "written, and the next one can read them."
        )
    if before.usage is None or not (before.usage.read or before.usage.written):
        return f"The request before stored nothing; {written:,} tokens were written now."
    return (
        f"No entry was alive any more: {written:,} tokens were written again. An entry lives "
        "5 minutes, or 1 hour if its breakpoint says so, from the start of the last request that used it."
    )


def say_uncached(reading: Reading, insight: Insight, causes: Sequence[Cause], course: Course) -> str:
    """Nothing was read and nothing was written."""
    if course == "unreadable":
        return f"{causes[0].say} No cause can be named from it."
    if not insight.prefix.breakpoints:
        return "The request has no breakpoint, so nothing was read from the prompt cache or written to it."
    minimum = insight.forecast.minimum
    if minimum is None or reading.marked > minimum * (1 + TOLERANCE):
        return "Nothing was read from the prompt cache or written to it, and the request does not explain it."
    return (
        "Nothing was cached: the part before the breakpoint is shorter than the model's minimum "
        f"of {minimum:,} tokens."
    )


def _suspicion(causes: Sequence[Cause], resolution: Resolution) -> str:
    if causes and causes[0].id != "no-visible-cause":
        return causes[0].say
    if ("diagnostics", "usage") in resolution.contradictions:
        return (
            "What should have been read is unchanged, by our comparison and by the API's own: "
            "the copy was probably gone on the server."
        )
    return "Nothing in the request explains it; the copy was probably gone on the server."
