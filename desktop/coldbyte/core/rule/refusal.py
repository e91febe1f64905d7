"""What the API certainly refuses with a 400, known before sending (facts §1.3)."""

from __future__ import annotations

from coldbyte.core.prefix.marker import MOST_BREAKPOINTS, out_of_order
from coldbyte.core.prefix.prefix import Prefix


def refusal(prefix: Prefix) -> str | None:
    """Why the API refuses a request with this prefix; None where nothing speaks against it."""
    points = [prefix.blocks[index] for index in prefix.breakpoints]
    if len(points) > MOST_BREAKPOINTS:
        return f"A request may have {MOST_BREAKPOINTS} breakpoints, and this one has {len(points)}."
    if out_of_order([block.ttl for block in points]) is not None:
        return "A breakpoint of 1 hour must not stand behind one of 5 minutes."
    if any(block.kind == "text" and not block.content.size for block in prefix.blocks):
        return "A text of the request is empty: type a question."
    return None
