"""Blocks that come back: every part of a conversation can be put where it stood."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from coldbyte.core.repair.remedy import AUTOMATIC
from core.mended import body, repaired, text

MESSAGE = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3)


@settings(max_examples=80)
@given(st.lists(MESSAGE, min_size=3, max_size=7), st.sets(st.tuples(st.integers(0, 6), st.integers(0, 2))))
def test_where_all_that_happened_is_that_blocks_went_they_come_back(
    talk: list[list[str]], gone: set[tuple[int, int]]
) -> None:
    said = [[text(f"{n}{k} {word}: {word * 40}") for k, word in enumerate(one)] for n, one in enumerate(talk)]
    last = len(said) - 1
    less = [
        [block for k, block in enumerate(one) if (n, k) not in gone or n == last]
        for n, one in enumerate(said)
    ]
    before, after = body(*said), body(*less)
    after["messages"] = [one for one in after["messages"] if one["content"]]
    after["messages"] += [{"role": ("user", "assistant")[len(said) % 2], "content": "and more"}]
    found = repaired(before, after)
    if all(cause.id in AUTOMATIC for cause in found.left):
        assert found.proof.effect == "hit"
        blocks = [block for one in json.loads(found.body)["messages"] for block in listed(one["content"])]
        assert blocks == [*(block for one in said for block in one), text("and more")]


def listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else [text(content)]
