"""One realistic pair at least for each cause."""

from __future__ import annotations

from pairs.history_pair import history_pairs
from pairs.marker_pair import marker_pairs
from pairs.request_pair import RequestPair
from pairs.setting_pair import setting_pairs
from pairs.text_pair import text_pairs
from pairs.time_pair import time_pairs
from pairs.tool_pair import tool_pairs

_GROUPS = (marker_pairs, setting_pairs, tool_pairs, text_pairs, history_pairs, time_pairs)

WITHOUT_PAIR = {  # why
    "cold-start": "it needs a log without an equal prefix; two requests alone are wrong-predecessor",
    "request-invalid": "not in the list of causes: a refusal for a reason outside caching",
    "setting-outside-key": "not in the list of causes: never a cause, only a difference without cost",
    "unknown-setting-changed": "not in the list of causes: a setting that no rule knows",
}


def cause_pairs(seed: int = 0) -> tuple[RequestPair, ...]:
    """Pairs in which exactly the named causes are to be found; bodies of 10 KB and more."""
    return tuple(pair for group in _GROUPS for pair in group(seed))
