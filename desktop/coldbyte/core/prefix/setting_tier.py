"""Which tier a setting of a request breaks when it changes."""

from __future__ import annotations

from coldbyte.core.body import RequestBody
from coldbyte.core.json.value import Json
from coldbyte.core.prefix.canonical_prefix import DOCUMENTED, KeyRules, prefix_of
from coldbyte.core.prefix.prefix import Tier

_BODY: dict[str, Json] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 1,
    "tools": [{"name": "a", "input_schema": {"type": "object"}}],
    "system": "b",
    "messages": [{"role": "user", "content": "c"}],
}


def broken_tier(name: str, value: Json, rules: KeyRules = DOCUMENTED) -> Tier | None:
    """The first tier that is another one in a request with this setting than in one without; None where the
    prefix stays the same. It is read off the prefix, so that it is true of the rules (facts §3).

    Raise BodyError where the value is none that a request may have.
    """
    without = prefix_of(RequestBody(_BODY), rules=rules).blocks
    with_it = prefix_of(RequestBody({**_BODY, name: value}), rules=rules).blocks
    for before, after in zip(without, with_it, strict=False):
        if (before.head, before.content.digest) != (after.head, after.content.digest):
            return after.tier
    return None if len(without) == len(with_it) else (*without, *with_it)[-1].tier
