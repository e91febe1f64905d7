"""For each cause the request that looks like it, and loses nothing."""

from __future__ import annotations

from pairs.history_pair import history_twins
from pairs.marker_pair import marker_twins
from pairs.request_pair import RequestPair
from pairs.setting_pair import setting_twins
from pairs.text_pair import text_twins
from pairs.time_pair import time_twins
from pairs.tool_pair import tool_twins

_GROUPS = (marker_twins, setting_twins, tool_twins, text_twins, history_twins, time_twins)


def harmless_twins(seed: int = 0) -> tuple[RequestPair, ...]:
    """Pairs called `twin: CAUSE` or `twin: CAUSE/variant`, all of them hits."""
    return tuple(pair for group in _GROUPS for pair in group(seed))
