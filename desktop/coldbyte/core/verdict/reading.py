"""How much was read, against what was forecast at sending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from coldbyte.core.cache.cache import Entry
from coldbyte.core.cache.usage import Usage
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.block_name import part_name

TOLERANCE = 0.05
"""Of a token estimate (causes §2, order of evaluation)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The forecast beside usage, all in measured tokens.

    `stored` lay in the prompt cache and could be read, `read` would be, `marked` stand before the last
    breakpoint. `left` is what the baseline had stored or read, in the same scope; it may be gone by now.
    """

    usage: Usage
    stored: int
    read: int
    marked: int
    left: int

    @property
    def agrees(self) -> bool:
        """Whether as much was read as forecast, within 5 % of the prompt, and no entry was passed over."""
        return not self.less and abs(self.read - self.usage.read) <= max(self.usage.input * TOLERANCE, 1)

    @property
    def less(self) -> bool:
        """Whether an entry that was believed live was not read, or not all of it."""
        return self.usage.read < self.read * (1 - TOLERANCE)

    @property
    def more(self) -> bool:
        """Whether more was read than was known to be stored for this request."""
        return not self.less and not self.agrees

    @property
    def faded(self) -> bool:
        """Whether the baseline itself could not have read again what it had stored."""
        return self.stored < self.left * (1 - TOLERANCE)


def reading_of(usage: Usage, insight: Insight, scope: str) -> Reading:
    """The forecast, corrected by how far off its count of this very prompt was."""
    plan = insight.forecast.plan
    scale = _scale(usage, insight)
    marked = max((point.tokens for point in plan.breakpoints), default=0)
    stored = max(insight.forecast.stored, plan.usage.read)
    before = insight.baseline
    known = before is not None and before.usage is not None and before.scope == scope
    left = before.usage.read + before.usage.written if known and before and before.usage else 0
    return Reading(usage, round(stored * scale), round(plan.usage.read * scale), round(marked * scale), left)


def passed_over(usage: Usage, insight: Insight) -> Entry | None:
    """The entry that should have been read, where usage shows that it was not."""
    hit = insight.forecast.plan.hit
    if hit is None or usage.read >= insight.forecast.plan.usage.read * _scale(usage, insight) * (
        1 - TOLERANCE
    ):
        return None
    return hit


def outlived(usage: Usage, insight: Insight) -> bool:
    """Whether an entry was read that had ended by our clock: a lifetime is a minimum (§2.1 rule 9)."""
    ended = [
        fate.entry for fate in insight.forecast.fates if fate.fate == "expired" and fate.entry is not None
    ]
    return any(abs(entry.tokens - usage.read) <= max(usage.read * TOLERANCE, 1) for entry in ended)


def place_of_entry(entry: Entry, insight: Insight) -> str:
    """The words for the part behind which an entry was written."""
    prefix = insight.prefix
    for index, block in enumerate(prefix.blocks):
        if block.where == entry.where:
            return part_name(prefix, index)
    return entry.where


def landmark(usage: Usage, insight: Insight) -> str:
    """Where in the prompt the reading ended: "read the number first" (causes §3)."""
    if not usage.read:
        if not usage.written:
            return "Nothing was read and nothing was written."
        return f"Nothing at all was read, and {usage.written:,} tokens were written."
    near = [
        (abs(tokens - usage.read), words)
        for tokens, words in _ends(insight, _scale(usage, insight))
        if abs(tokens - usage.read) <= max(usage.read * TOLERANCE, 1)
    ]
    if near:
        return f"The {usage.read:,} tokens that were read end behind {min(near)[1]}."
    return f"The {usage.read:,} tokens that were read end at no breakpoint of this request."


def _ends(insight: Insight, scale: float) -> Iterator[tuple[float, str]]:
    """The tokens up to each breakpoint and up to the end of each tier, with the words for the place."""
    prefix = insight.prefix
    upto = list(accumulate(insight.forecast.tokens))
    tiers = {block.tier: index for index, block in enumerate(prefix.blocks) if block.kind != "setting"}
    for index in sorted({*prefix.breakpoints, *(tiers[tier] for tier in tiers if tier != "messages")}):
        yield upto[index] * scale, part_name(prefix, index)


def _scale(usage: Usage, insight: Insight) -> float:
    """Measured tokens for each forecast one."""
    forecast = insight.forecast.plan.usage.input
    return usage.input / forecast if forecast else 1.0
