"""Random traffic: requests with blocks that change now and then, at random times."""

from __future__ import annotations

from hypothesis import strategies as st

from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.receipt import Receipt
from core.traffic.observed import START, of_trail, trail_of

GAPS = st.sampled_from([0.0, 0.5, 30.0, 200.0, 299.0, 300.0, 301.0, 900.0, 3599.0, 3600.0, 9000.0])
KINDS = st.sampled_from(["text", "text", "text", "tool_use", "thinking"])


@st.composite
def traffics(draw: st.DrawFn, most_blocks: int = 6, most_requests: int = 12) -> list[Receipt]:
    """Requests with the same number of blocks, oldest first; the last one may have breakpoints."""
    count = draw(st.integers(1, most_blocks))
    sizes = draw(st.lists(st.sampled_from([0, 5, 300, 600, 4000]), min_size=count, max_size=count))
    kinds = dict(enumerate(draw(st.lists(KINDS, min_size=count, max_size=count))))
    versions, at, found = [0] * count, START, []
    for number in range(draw(st.integers(1, most_requests))):
        at += draw(GAPS)
        changed = draw(st.none() | st.integers(0, count - 1))
        if changed is not None:
            versions[changed] += draw(st.sampled_from([-1, 1]))
        blocks = list(zip(versions, sizes, strict=True))
        found.append(of_trail(trail_of(blocks, number, draw(markings(count)), kinds), at))
    return found


@st.composite
def markings(draw: st.DrawFn, count: int) -> dict[int, Ttl]:
    """Breakpoints by the number of their block, the longer-lived ones first."""
    places = sorted(draw(st.sets(st.integers(0, count - 1), max_size=4)))
    long = draw(st.integers(0, len(places)))
    return {place: "1h" if row < long else "5m" for row, place in enumerate(places)}
