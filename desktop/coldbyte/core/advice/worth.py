"""Worth: whether caching pays for a prompt at all, and the figure at which it would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Literal

from coldbyte.core.advice.break_even import BreakEven, break_evens
from coldbyte.core.advice.placement import Placement
from coldbyte.core.cache.catalogue import Prices
from coldbyte.core.cache.money import dollars
from coldbyte.core.traffic.reuse import Reuse
from coldbyte.core.traffic.span import span_words

WorthKind = Literal["too-short", "changes", "too-seldom", "worth", "untried", "unpriced"]

_MILLION = 1_000_000
_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Worth:
    """The answer with its figures.

    `tokens` are those of the draft that can be stored, `minimum` the model's, None where unknown. `stable` is
    the median of what a request shares with an earlier one, in tokens, `gap_s` the median of the seconds
    between; None without history. `per_hundred` is what the best placement saves on 100 requests, in USD;
    before there is a history it is what each read saves, a hundred times.
    """

    kind: WorthKind
    say: str
    tokens: int
    minimum: int | None
    requests: int = 0
    stable: int | None = None
    gap_s: float | None = None
    per_hundred: Decimal | None = None
    evens: tuple[BreakEven, ...] = ()


def worth_of(
    tokens: int,
    minimum: int | None,
    prices: Prices | None,
    requests: int,
    reuses: Sequence[Reuse],
    placement: Placement | None,
) -> Worth:
    """Judge a prompt of which `tokens` can be stored; `reuses` are those of its `requests`."""
    evens = break_evens(prices) if prices is not None else ()
    if minimum is not None and tokens < minimum:
        say = f"Too short: {tokens:,} tokens can be stored and the model stores none below {minimum:,}, so "
        return Worth("too-short", f"{say}{minimum - tokens:,} are missing.", tokens, minimum, requests)
    if prices is None or not evens:
        say = (
            f"The catalogue has no price for this model: whether caching {tokens:,} tokens pays is not known."
        )
        return Worth("unpriced", say, tokens, minimum, requests)
    if not reuses or placement is None:
        return _untried(tokens, minimum, prices, requests, evens)
    stable = round(median(reuse.tokens for reuse in reuses))
    gaps = _gaps(reuses, minimum or 0)
    again = [gap for gap in gaps if gap is not None]
    gap_s = median(again) if again else None
    if placement.cost < placement.without:
        saved = (placement.without - placement.cost) * _HUNDRED / placement.requests
        kind: WorthKind = "worth"
        say = _worth_words(placement, saved)
    else:
        saved = Decimal(0)
        kind = "too-seldom" if len(again) / len(gaps) > evens[0].share else "changes"
        say = _seldom_words(gaps, gap_s or 0.0, evens) if kind == "too-seldom" else ""
        say = say or _changing_words(stable, minimum, gaps, evens[0])
    return Worth(kind, say, tokens, minimum, requests, stable, gap_s, saved, evens)


def _gaps(reuses: Sequence[Reuse], minimum: int) -> tuple[float | None, ...]:
    """The gaps of what is long enough to be stored; None for the first request, and where nothing is."""
    return (None, *(reuse.gap_s if reuse.tokens >= minimum else None for reuse in reuses))


def _untried(
    tokens: int, minimum: int | None, prices: Prices, requests: int, evens: tuple[BreakEven, ...]
) -> Worth:
    """What is known from the prompt alone."""
    saved = (prices.input - prices.read) * tokens / _MILLION
    premium = (prices.write_5m - prices.input) * tokens / _MILLION
    sent = "It was sent once" if requests else "Nothing was sent yet"
    enough = f"{tokens:,} tokens are enough to be stored. " if minimum is not None else ""
    say = (
        f"{sent}. {enough}Storing them for 5 minutes costs {dollars(premium)} more than sending them, and "
        f"each request that reads them saves {dollars(saved)}: {_reads_words(evens)}"
    )
    return Worth("untried", say, tokens, minimum, requests, None, None, saved * _HUNDRED, evens)


def _reads_words(evens: Sequence[BreakEven]) -> str:
    parts = [
        f"with {span_words(even.even_gap_s)} it pays after {even.reads} read{'s' if even.reads > 1 else ''}"
        for even in evens
    ]
    return f"{', '.join(parts)}."


def _worth_words(placement: Placement, saved: Decimal) -> str:
    return (
        f"The {placement.requests} requests observed cost {dollars(placement.cost)} with the "
        f"best breakpoints and {dollars(placement.without)} without any: {dollars(saved)} less for 100 "
        "requests."
    )


def _seldom_words(gaps: Sequence[float | None], gap_s: float, evens: Sequence[BreakEven]) -> str:
    parts = [
        f"with {span_words(even.even_gap_s)} caching pays from one request every "
        f"{span_words(even.even_gap_s)} at even gaps, or every {span_words(even.random_gap_s)} at random "
        f"times, so that {even.share:.0%} read (here {even.share_of(gaps):.0%})"
        for even in evens
    ]
    return f"Asked too seldom: {span_words(gap_s)} pass between two uses (median); {'; '.join(parts)}."


def _changing_words(stable: int, minimum: int | None, gaps: Sequence[float | None], even: BreakEven) -> str:
    long = sum(gap is not None for gap in gaps) / len(gaps)
    least = f", and the model stores none below {minimum:,}" if minimum else ""
    return (
        f"It changes from request to request: {stable:,} tokens stay the same (median){least}. {long:.0%} of "
        f"the requests share enough with an earlier one, {even.share:.0%} are needed."
    )
