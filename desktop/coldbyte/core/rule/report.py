"""The report: what a request reads of the prompt cache after another one, and why not more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coldbyte.core.cache.money import Cost
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import Capture
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.comparison import Comparison
from coldbyte.core.prefix.prefix import Tier
from coldbyte.core.rule.diagnosis_rule import Diagnosed

Effect = Literal["hit", "partial", "miss", "rejected", "unknown"]
How = Literal["usage", "counted", "estimated"]


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to: BEFORE was sent in an empty prompt cache; what does AFTER read? (contract, explain)

    `stored` is what BEFORE's largest entry holds, in tokens. `survives` are the tiers of which all that was
    stored is read. `cost` is None where the model has no known price. `causes` and `harmless` are in cache
    order and carry their wire bytes. `diagnosed` is what the API's own diagnostics found for AFTER.
    """

    before: Capture
    after: Capture
    comparison: Comparison
    effect: Effect
    survives: tuple[Tier, ...]
    usage: Usage
    how: How
    stored: int
    cost: Cost | None
    causes: tuple[Cause, ...]
    harmless: tuple[Cause, ...]
    diagnosed: Diagnosed | None = None

    @property
    def model(self) -> str:
        """The model of AFTER."""
        return self.comparison.after.model
