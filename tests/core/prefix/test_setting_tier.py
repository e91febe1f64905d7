"""The tier that a setting breaks is read off the prefix."""

from __future__ import annotations

import pytest

from coldbyte.core.json.value import Json
from coldbyte.core.prefix.canonical_prefix import OUTSIDE, KeyRules
from coldbyte.core.prefix.prefix import Tier
from coldbyte.core.prefix.record import BodyError
from coldbyte.core.prefix.setting_tier import broken_tier


@pytest.mark.parametrize(
    ("name", "value", "tier"),
    [
        ("tool_choice", {"type": "any"}, "messages"),
        ("thinking", {"type": "adaptive"}, "request"),
        ("output_config", {"effort": "low"}, "request"),
        ("output_config", {"effort": "high"}, None),  # the default, spelled out
        ("speed", "fast", "request"),
        ("max_tokens", 5, None),
        ("metadata", {"user_id": "x"}, None),
        ("stop_sequences", ["END"], None),
        ("service_tier", "standard_only", None),
    ],
)
def test_what_a_setting_breaks(name: str, value: Json, tier: Tier | None) -> None:
    assert broken_tier(name, value) == tier


def test_fields_outside_the_key_break_nothing() -> None:
    assert all(broken_tier(name, "x") is None for name in OUTSIDE if name not in ("max_tokens", "stream"))


def test_another_rule_gives_another_tier() -> None:
    rules = KeyRules(thinking="messages", metadata=True)
    assert broken_tier("thinking", {"type": "adaptive"}, rules) == "messages"
    assert broken_tier("metadata", {"user_id": "x"}, rules) is not None


def test_a_value_that_no_request_may_have_is_refused() -> None:
    with pytest.raises(BodyError):
        broken_tier("output_config", 3)
