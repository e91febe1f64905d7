"""Where in the draft a cause lies: what the user is taken to."""

from __future__ import annotations

from coldbyte.core.body import part_paths
from coldbyte.core.cause import Cause
from coldbyte.core.insight import Insight
from coldbyte.core.prefix.block_name import block_path
from coldbyte.ui.prefix.ribbon import Place

MODEL = "model"
"""The place of the model, which is chosen in a box of the window."""
CONTROL = ".cache_control"
"""The end of a path that leads to a breakpoint; with it a part's box of breakpoints is meant."""


def place_of(insight: Insight, cause: Cause) -> Place | None:
    """The place in the draft; None for a cause that has none there."""
    if cause.where == MODEL:
        return Place(MODEL, 0)
    parts = {block_path(path): path for path in part_paths(insight.draft, insight.question).values()}
    if cause.blocks == (None, None) or cause.tier in ("time", "scope"):
        return None
    if CONTROL in cause.where:
        block = block_path(cause.where)
        return Place(block + CONTROL, 0) if block in parts else None
    prefix = insight.prefix
    index = cause.blocks[1]
    if index is None:  # gone: where it stood
        index = next((n for n, start in enumerate(prefix.starts) if start >= cause.cache_byte), None)
    if index is None or index >= len(prefix.blocks):
        return None
    where = parts.get(block_path(prefix.blocks[index].where))
    inside = cause.block_byte[1] if cause.where == where else None
    return Place(where, inside or 0) if where is not None else None
