"""Two bodies with a breakpoint at their end, and what is said of the difference."""

from __future__ import annotations

from typing import Any

from coldbyte.core.body import RequestBody
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.prefix.comparison import compare
from coldbyte.core.rule.explain import Explanation, explain

MARK = {"cache_control": {"type": "ephemeral"}}


def of_bodies(before: dict[str, Any], after: dict[str, Any]) -> Explanation:
    return explain(compare(prefix_of(RequestBody(before)), prefix_of(RequestBody(after))))


def only(found: Explanation) -> Cause:
    (cause,) = found.causes
    return cause


def stored(**fields: Any) -> dict[str, Any]:
    """A body with a breakpoint at its end."""
    return {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "q", **MARK}]}],
        **fields,
    }
