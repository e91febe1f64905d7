"""The blocks behind a cause: the same rules in the same order as the explanation."""

from __future__ import annotations

from typing import Any

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.capture import read_capture
from coldbyte.core.prefix.alignment import Step
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import Comparison, compare
from coldbyte.core.repair.cause_step import cause_steps, partners
from coldbyte.core.rule.leftover import Leftover
from coldbyte.core.rule.sequence_rule import block_causes
from pairs.cause_pair import cause_pairs
from pairs.mixture import mixtures
from pairs.request_pair import RequestPair, files

PAIRS = {pair.name: pair for pair in (*cause_pairs(), *mixtures())}
STEPPED = {
    *("block-boundaries-changed", "injected-block-moved", "empty-block-dropped", "thinking-dropped"),
    *("thinking-altered", "tool-id-regenerated", "tool-result-cleared", "image-evicted", "image-reencoded"),
}


def compared(pair: RequestPair) -> Comparison:
    bodies = (read_capture(data).body for data in files(pair))
    before, after = (prefix_of(body) for body in bodies)
    return compare(before, after)


@pytest.mark.parametrize("name", PAIRS)
def test_each_cause_of_whole_blocks_has_its_steps_and_no_other_has(name: str) -> None:
    comparison = compared(PAIRS[name])
    causes, _ = block_causes(comparison, 100)
    assert set(cause_steps(Leftover(comparison))) == {cause.id for cause in causes} & STEPPED


@pytest.mark.parametrize("name", PAIRS)
def test_partners_say_the_same_unless_they_were_edited(name: str) -> None:
    comparison = compared(PAIRS[name])
    left = Leftover(comparison)
    edited = {step.after for step in left.steps if step.kind == "edited"}
    known = partners(left)
    assert len(set(known.values())) == len(known)
    for new, old in known.items():
        same = comparison.after.blocks[new].same_content(comparison.before.blocks[old])
        assert same != (new in edited), name


def test_all_blocks_of_a_cause_are_named() -> None:
    thinking = {"type": "thinking", "thinking": "t", "signature": "s"}
    talk: list[dict[str, Any]] = [
        {
            "role": role,
            "content": [*([thinking] if role == "assistant" else []), {"type": "text", "text": text}],
        }
        for role, text in [
            ("user", "a"),
            ("assistant", "b"),
            ("user", "c"),
            ("assistant", "d"),
            ("user", "e"),
        ]
    ]
    short = [{**turn, "content": turn["content"][-1:]} for turn in talk]
    before, after = (
        prefix_of(RequestBody({"model": "m", "messages": messages})) for messages in (talk, short)
    )
    steps = cause_steps(Leftover(compare(before, after)))
    assert steps["thinking-dropped"].gone == {
        2: Step("removed", 2, 2, (2, 2)),
        5: Step("removed", 5, 4, (5, 4)),
    }
    assert not steps["thinking-dropped"].new
