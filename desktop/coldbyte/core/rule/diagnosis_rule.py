"""What the API's own diagnostics found for a captured request, and whether we find the same (facts §6)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coldbyte.core.capture import Capture
from coldbyte.core.diagnostics import agrees, as_sent, expected_types
from coldbyte.core.prefix.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """The reason that the API gave, None for no change; `agrees`: whether the two requests show the same.

    `agrees` is None where the API compared with another request, or could not name the difference.
    """

    type: str | None
    agrees: bool | None


def diagnosed(before: Capture, after: Capture, comparison: Comparison) -> Diagnosed | None:
    """What it found for AFTER; None where it compared nothing: not asked, a first turn, not ready in time."""
    told = after.response.diagnostics if after.response is not None else None
    if told is None or told.state in ("absent", "pending"):
        return None
    if told.state == "null" and told.previous is None:
        return None
    named = before.response.id if before.response is not None else None
    if None not in (told.previous, named) and told.previous != named:
        return Diagnosed(told.type, None)
    if told.previous is None:  # a reason answers a question, which this capture lacks
        told = replace(told, asked=True, previous=named or "")
    old = as_sent(before.body, comparison.before, before.betas or ())
    new = as_sent(after.body, comparison.after, after.betas or ())
    return Diagnosed(told.type, agrees(told, expected_types(old, new)))
