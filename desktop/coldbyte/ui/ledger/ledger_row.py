"""What the view of the ledger shows of one entry."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from coldbyte.core.cache.cache import LIFETIME_S, Entry
from coldbyte.core.warming.warming import Caps

Life = Literal["live", "coming", "ended"]


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """The warming of an entry that was switched on by hand. Times are epoch seconds, amounts USD.

    `spent` is None where it is not known of each warming. `next_at` is None while one is on its way and when
    it has ended; then `reason` says why.
    """

    running: bool
    spent: Decimal | None
    count: int
    caps: Caps
    next_at: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One entry in the words of the user.

    `place` is where it ends and `origin` who wrote it; `is_read` says that the draft would read it now.
    `warm_price` is what one warming costs and `miss_price` what a miss would cost more, in USD, None where
    the model has no known price. `refusal` says why it can't be warmed; empty where it can. `warming` while
    one is on its way, `note` what came of the last one; `old_way`: it is to be done with `max_tokens: 1`.
    """

    entry: Entry
    place: str
    model: str
    origin: str
    is_read: bool = False
    warm_price: Decimal | None = None
    miss_price: Decimal | None = None
    refusal: str = ""
    warming: bool = False
    note: str = ""
    old_way: bool = False
    schedule: ScheduleRow | None = None

    @property
    def key(self) -> bytes:
        """Names the entry."""
        return self.entry.key

    def life(self, now: float) -> Life:
        """Whether it can be read, not yet, or no longer."""
        if now >= self.entry.expires_at:
            return "ended"
        return "live" if now >= self.entry.available_at else "coming"

    def left_s(self, now: float) -> float:
        """Seconds that it still lives; none below 0."""
        return max(self.entry.expires_at - now, 0.0)

    def left_share(self, now: float) -> float:
        """What is left of its life, from 0 to 1."""
        return min(self.left_s(now) / LIFETIME_S[self.entry.ttl], 1.0)
