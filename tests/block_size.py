"""The tokens of a request by the paths of its blocks: what the oracle is told, as it counts none itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coldbyte.core.prefix.prefix import Prefix

_BLOCK = re.compile(
    r"tools\[\d+\]|system\[\d+\]|messages\[\d+\]\.content\[\d+\]|messages\[\d+\]\.content|system"
)


def sizes_of(prefix: Prefix, tokens: Sequence[int]) -> dict[str, int]:
    """Path of a block -> its tokens. Settings have none."""
    sizes: dict[str, int] = {}
    for block, size in zip(prefix.blocks, tokens, strict=True):
        if block.kind == "setting":
            assert not size
            continue
        found = _BLOCK.match(block.where)
        assert found, block.where
        assert found[0] not in sizes
        sizes[found[0]] = size
    return sizes
