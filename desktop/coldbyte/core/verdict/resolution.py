"""What three witnesses give together: a table (facts §6, causes §3), which smooths no contradiction.

`Course` is how usage went against the forecast, `Echo` whether the API's diagnostics saw what our comparison
saw. The diagnostics compare requests, whatever the prompt cache did; so null beside a miss contradicts usage
only where nothing else explains the miss, and a change beside a large read is a late change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Source = Literal["comparison", "diagnostics", "usage"]
Pair = tuple[Source, Source]
Agreement = Literal["agree", "contradict", "inconclusive"]
Echo = Literal["confirms", "denies", "silent"]
Course = Literal[
    "as_forecast",
    "explained",  # less than forecast, for a reason that has evidence
    "less",  # less than forecast, for no reason that shows
    "more",  # more than was known to be stored, though the comparison spoke
    "outlived",  # read, though the entry had ended by our clock
    "unforeseen",  # read, where nothing was known to be stored
    "impossible",  # usage that can't be true of the request as it was sent
    "unreadable",  # usage that lacks counts or does not add up
    "uncached",  # neither read nor written, for no reason that shows
]

COMPARED: Pair = ("comparison", "diagnostics")
FORECAST: Pair = ("comparison", "usage")
TOLD: Pair = ("diagnostics", "usage")


@dataclass(frozen=True, slots=True)
class Resolution:
    """One row: whether the witnesses agree, and which of them can't both be right."""

    agreement: Agreement
    contradictions: tuple[Pair, ...] = ()


_AGREE = Resolution("agree")
_OPEN = Resolution("inconclusive")
_APART = Resolution("contradict", (COMPARED,))

TABLE: Mapping[tuple[Course, Echo], Resolution] = {
    ("as_forecast", "confirms"): _AGREE,
    ("as_forecast", "silent"): _AGREE,
    ("as_forecast", "denies"): _APART,
    ("explained", "confirms"): _AGREE,
    ("explained", "silent"): _AGREE,
    ("explained", "denies"): _APART,
    # Two see nothing that breaks, and usage shows a miss: the provider's side is suspected.
    ("less", "confirms"): Resolution("contradict", (FORECAST, TOLD)),
    ("less", "silent"): Resolution("inconclusive", (FORECAST,)),
    # The API saw a change that was not in the request when it left: something on the way made it.
    ("less", "denies"): Resolution("contradict", (COMPARED, FORECAST)),
    ("more", "confirms"): Resolution("contradict", (FORECAST,)),
    ("more", "silent"): Resolution("contradict", (FORECAST,)),
    ("more", "denies"): Resolution("contradict", (COMPARED, FORECAST)),
    ("outlived", "confirms"): _AGREE,
    ("outlived", "silent"): _AGREE,
    ("outlived", "denies"): _APART,
    ("unforeseen", "confirms"): _AGREE,
    ("unforeseen", "silent"): _AGREE,
    ("unforeseen", "denies"): _APART,
    ("impossible", "confirms"): Resolution("contradict", (FORECAST,)),
    ("impossible", "silent"): Resolution("contradict", (FORECAST,)),
    ("impossible", "denies"): Resolution("contradict", (COMPARED, FORECAST)),
    ("unreadable", "confirms"): _OPEN,
    ("unreadable", "silent"): _OPEN,
    ("unreadable", "denies"): Resolution("inconclusive", (COMPARED,)),
    ("uncached", "confirms"): _OPEN,
    ("uncached", "silent"): _OPEN,
    ("uncached", "denies"): Resolution("inconclusive", (COMPARED,)),
}


def resolve(course: Course, echo: Echo) -> Resolution:
    """The row for what was seen."""
    return TABLE[course, echo]
