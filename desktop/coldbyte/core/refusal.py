"""What the API certainly refuses with a 400, known before sending (facts §1.3)."""

from __future__ import annotations

from coldbyte.core.prefix import Prefix

MOST_BREAKPOINTS = 4


def refusal(prefix: Prefix) -> str | None:
    """Why the API refuses a request with this prefix; None where nothing speaks against it."""
    points = [prefix.blocks[index] for index in prefix.breakpoints]
    if len(points) > MOST_BREAKPOINTS:
        return f"A request may have {MOST_BREAKPOINTS} breakpoints, and this one has {len(points)}."
    lifetimes = [block.ttl for block in points]
    if "1h" in lifetimes[lifetimes.index("5m") if "5m" in lifetimes else len(lifetimes) :]:
        return "A breakpoint of 1 hour must not stand behind one of 5 minutes."
    if any(block.kind == "text" and not block.content.size for block in prefix.blocks):
        return "A text of the request is empty: type a question."
    return None
