"""Receipts for tests: short to write, and random ones for properties."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.usage import Usage
from coldbyte.core.draft import Ttl
from coldbyte.core.traffic.receipt import Kind, Receipt, Step
from coldbyte.services import resources

CATALOGUE = read_catalogue(resources.text("catalogue.json"))
SONNET = "claude-sonnet-4-6"  # 3.00, 3.75, 6.00, 0.30 and 15.00 USD per million tokens
UNKNOWN = "claude-sonnet-9"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()


def receipt(
    at: float = 0.0,
    usage: Usage | None = None,
    *,
    writes: tuple[tuple[str, int, Ttl], ...] = (),
    reads: str = "",
    conversation: str = "one",
    kind: Kind = "question",
    model: str = SONNET,
    scope: str = "api",
    stored: int = 0,
    forecast: Usage | None = None,
    first_event_s: float | None = None,
) -> Receipt:
    """A receipt of a request that started so many seconds after noon; entries are named by words."""
    usage = usage or Usage()
    return Receipt(
        conversation,
        kind,
        model,
        scope,
        NOON + at,
        usage,
        forecast or usage,
        stored=stored,
        first_event_s=first_event_s,
        read_key=reads.encode() or None,
        written=tuple((name.encode(), tokens, ttl) for name, tokens, ttl in writes),
    )


def step(key: str, tokens: int, ttl: Ttl | None = None, kind: str = "text") -> Step:
    """A step of a trail."""
    return Step(key.encode(), f"system[{key}]", "system", kind, tokens, ttl)


def asked(
    *steps: Step, at: float = 0.0, output: int = 0, conversation: str = "one", model: str = SONNET
) -> Receipt:
    """A question with a trail whose usage, measured, is that of a prompt without caching."""
    head = Step(model.encode(), "model", "request", "setting", 0)
    whole = Usage(uncached=sum(each.tokens for each in steps), output=output)
    return replace(receipt(at, whole, conversation=conversation, model=model), trail=(head, *steps))


COUNTS = st.integers(0, 300_000)
USAGES = st.builds(Usage, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
TTLS: st.SearchStrategy[Ttl] = st.sampled_from(["5m", "1h"])
NAMES = st.sampled_from(["a", "b", "c"])


@st.composite
def receipts(draw: st.DrawFn) -> list[Receipt]:
    """Some receipts, in any order of time, of models with and without a price."""
    one = st.builds(
        receipt,
        st.integers(-200_000, 200_000).map(float),
        USAGES,
        writes=st.lists(st.tuples(NAMES, COUNTS, TTLS), max_size=3, unique_by=lambda each: each[0]).map(
            tuple
        ),
        reads=st.sampled_from(["", "a", "b", "c"]),
        conversation=st.sampled_from(["one", "two", "three"]),
        kind=st.sampled_from(["question", "question", "warming"]),
        model=st.sampled_from([SONNET, "claude-haiku-5-5", "claude-sonnet-5-5", UNKNOWN]),
        scope=st.sampled_from(["api", "simulator"]),
        stored=COUNTS,
        forecast=USAGES,
        first_event_s=st.one_of(st.none(), st.integers(0, 60).map(float)),
    )
    return draw(st.lists(one, max_size=12))
