"""Cache diagnostics as pure rules: what is compared, in which order, and what is kept of a request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.diagnosis import DiagnosisRules, Fingerprint, Reason, diagnose, fingerprint_of
from coldbyte.core.prefix.canonical_prefix import prefix_of

RULES = DiagnosisRules()
NAMES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=6)
TURNS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=12)


def fingerprint(
    turns: list[str], tools: list[str] | None = None, system: str = "S", **more: Any
) -> Fingerprint:
    tool_list = [{"name": name, "input_schema": {}} for name in tools or []]
    messages = [{"role": ("user", "assistant")[n % 2], "content": says} for n, says in enumerate(turns)]
    body = {"model": "m", "tools": tool_list, "system": system, "messages": messages, **more}
    return fingerprint_of(prefix_of(RequestBody(body)))


def kind(before: Fingerprint | None, after: Fingerprint, rules: DiagnosisRules = RULES) -> str | None:
    found = diagnose(before, after, rules)
    return found.type if found else None


@given(TURNS, TURNS, NAMES, NAMES, st.sampled_from("ST"), st.sampled_from("mn"))
def test_the_reason_is_the_first_part_that_differs(
    one: list[str], two: list[str], tools: list[str], others: list[str], system: str, model: str
) -> None:
    """A second, plain telling of §6: model, tools, system, then messages that are not only longer."""
    before = fingerprint(one, tools)
    after = fingerprint(two, others, system, model=model)
    expected = None
    if model != "m":
        expected = "model_changed"
    elif tools != others:
        expected = "tools_changed"
    elif system != "S":
        expected = "system_changed"
    elif two[: len(one)] != one:
        expected = "messages_changed"
    assert kind(before, after) == expected


@given(TURNS, TURNS, st.integers(1, 6))
def test_beyond_the_horizon_a_difference_is_known_but_not_found(
    one: list[str], two: list[str], seen: int
) -> None:
    before = fingerprint(one).trimmed(seen)
    expected = None
    if two[: min(len(one), seen)] != one[:seen]:
        expected = "messages_changed"
    elif two[: len(one)] != one:
        expected = "unavailable"
    assert kind(before, fingerprint(two)) == expected


def test_what_is_kept_of_a_long_conversation_is_short() -> None:
    whole = fingerprint([f"{n}" for n in range(500)])
    kept = whole.trimmed(10)
    assert len(kept.messages.left) == 10
    assert len(kept.messages.digests) == 80
    assert whole.trimmed(500) is whole


def test_other_settings_count_only_where_all_else_is_equal() -> None:
    before = fingerprint(["a"])
    after = fingerprint(["a", "b"], thinking={"type": "adaptive"})
    assert diagnose(before, after, RULES) == Reason("unavailable")
    assert kind(before, fingerprint(["a"], system="T", thinking={"type": "adaptive"})) == "system_changed"


@pytest.mark.parametrize(("first", "reason"), [("tools", "tools_changed"), ("system", "system_changed")])
def test_which_of_two_is_first_is_a_rule(first: Any, reason: str) -> None:
    after = fingerprint(["a"], ["f"], "T")
    assert kind(fingerprint(["a"]), after, DiagnosisRules(first=first)) == reason


def test_no_record_is_no_change() -> None:
    assert diagnose(None, fingerprint(["a"]), RULES) == Reason("previous_message_not_found")


@pytest.mark.parametrize(("per_token", "missed"), [(4, 1004), (2, 2007)])
def test_missed_tokens_are_bytes_from_the_difference_on(per_token: int, missed: int) -> None:
    before = fingerprint(["a", "b", "x" * 3990 + "é"])
    found = diagnose(before, fingerprint(["a", "b", "c"]), DiagnosisRules(bytes_per_token=per_token))
    assert found is not None
    assert found.missed is not None
    assert found.missed == pytest.approx(missed, abs=6)


def test_a_changed_model_misses_everything() -> None:
    before = fingerprint(["a" * 400], ["f"], "s" * 400)
    model, system, messages = (
        diagnose(before, after, RULES)
        for after in (
            fingerprint(["a" * 400], ["f"], "s" * 400, model="n"),
            fingerprint(["a" * 400], ["f"], "t" * 400),
            fingerprint(["b" * 400], ["f"], "s" * 400),
        )
    )
    assert model is not None
    assert system is not None
    assert messages is not None
    assert (model.missed or 0) > (system.missed or 0) > (messages.missed or 0) > 100
