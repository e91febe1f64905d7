"""A trail: the steps of a receipt, as a prefix that the rules of the prompt cache can plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coldbyte.core.draft import Ttl
from coldbyte.core.prefix.prefix import Prefix, PrefixBlock
from coldbyte.core.text.text import EMPTY, Text
from coldbyte.core.traffic.receipt import Step


def skeleton(steps: Sequence[Step], model: str, ttls: Mapping[int, Ttl] | None = None) -> Prefix:
    """A prefix with the keys of the steps and none of their content: enough for `plan_request`.

    `ttls` are the breakpoints by the index of their step, instead of those of the steps. The first block
    says the model, as in every prefix. Raise ValueError where there is no step.
    """
    if not steps:
        raise ValueError("a trail without a step has no prefix")
    if ttls is None:
        ttls = {index: step.ttl for index, step in enumerate(steps) if step.ttl is not None}
    name = Text.from_str(model)
    blocks = tuple(
        PrefixBlock(
            where=step.where,
            tier=step.tier,
            kind=step.kind,
            head=b"",
            content=EMPTY if index else name,
            ttl=ttls.get(index),
        )
        for index, step in enumerate(steps)
    )
    return Prefix(blocks, known_keys=tuple(step.key for step in steps))


def tokens_of(steps: Sequence[Step]) -> tuple[int, ...]:
    """The tokens of each step: the second argument of `plan_request`."""
    return tuple(step.tokens for step in steps)
