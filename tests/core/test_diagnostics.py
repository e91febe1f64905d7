"""What the API's cache diagnostics say, read whatever stands there, and held against our own comparison."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.diagnostics import Diagnosis, agrees, as_sent, expected_types, read_diagnosis
from coldbyte.core.prefix.canonical_prefix import prefix_of

BODY: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 9,
    "tools": [{"name": "f", "input_schema": {"type": "object"}}],
    "system": [{"type": "text", "text": "S"}],
    "messages": [{"role": "user", "content": "q1"}],
}
GROWN = [*BODY["messages"], {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q2"}]

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
names = st.sampled_from(["cache_miss_reason", "type", "cache_missed_input_tokens", "diagnostics"])
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3)
)


def told(reason: Any) -> dict[str, Any]:
    return {"diagnostics": {"cache_miss_reason": reason}}


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({}, Diagnosis("absent")),
        ({"diagnostics": None}, Diagnosis("null")),
        (told(None), Diagnosis("pending")),
        (
            told({"type": "system_changed", "cache_missed_input_tokens": 41}),
            Diagnosis("reason", "system_changed", 41),
        ),
        (told({"type": "unavailable"}), Diagnosis("reason", "unavailable")),
        (told({"type": "of_tomorrow"}), Diagnosis("reason", "of_tomorrow")),
        ({"diagnostics": {}}, Diagnosis("absent")),
        (told({"type": 3}), Diagnosis("absent")),
        (told("system_changed"), Diagnosis("absent")),
    ],
)
def test_each_shape_of_the_field_has_a_meaning(message: dict[str, Any], read: Diagnosis) -> None:
    assert read_diagnosis(message) == read


@given(st.dictionaries(names, values, max_size=2))
def test_anything_else_is_read_without_trouble(message: dict[str, Any]) -> None:
    diagnosis = read_diagnosis(message)
    assert (diagnosis.state == "reason") == (diagnosis.type is not None)
    assert diagnosis.type is None or (diagnosis.type.isprintable() and len(diagnosis.type) <= 60)
    assert agrees(diagnosis, frozenset({None})) is None  # nobody asked


@pytest.mark.parametrize(
    ("fields", "asked", "previous"),
    [
        ({}, False, None),
        ({"diagnostics": None}, False, None),
        ({"diagnostics": {"previous_message_id": None}}, True, None),
        ({"diagnostics": {"previous_message_id": "msg_1"}}, True, "msg_1"),
    ],
)
def test_null_means_what_the_request_asked(fields: Any, asked: bool, previous: str | None) -> None:
    diagnosis = Diagnosis("null").of_request(fields)
    assert (diagnosis.asked, diagnosis.previous) == (asked, previous)
    assert diagnosis.compared == (previous is not None)


CHANGES: list[tuple[dict[str, Any], set[str | None]]] = [
    ({}, {None}),
    ({"messages": GROWN}, {None}),
    ({"max_tokens": 7, "metadata": {"user_id": "u"}}, {None}),
    ({"model": "claude-opus-5"}, {"model_changed"}),
    ({"system": "T"}, {"system_changed"}),
    ({"tools": []}, {"tools_changed"}),
    ({"tools": [], "system": "T"}, {"tools_changed", "system_changed"}),
    ({"messages": [{"role": "user", "content": "q0"}]}, {"messages_changed"}),
    ({"tool_choice": {"type": "any"}}, {"unavailable"}),
]


@pytest.mark.parametrize(("changed", "types"), CHANGES)
def test_what_the_api_may_say_follows_from_the_two_requests(
    changed: dict[str, Any], types: set[str | None]
) -> None:
    before, after = (prefix_of(RequestBody(fields)) for fields in (BODY, {**BODY, **changed}))
    expected = expected_types(before, after)
    assert expected == types
    for kind in (None, "model_changed", "system_changed", "tools_changed", "messages_changed"):
        state = "null" if kind is None else "reason"
        said = Diagnosis(state, kind, asked=True, previous="msg_1")  # type: ignore[arg-type]
        assert agrees(said, expected) is (kind in types)


@pytest.mark.parametrize(
    "diagnosis",
    [
        Diagnosis("pending", asked=True, previous="msg_1"),
        Diagnosis("absent", asked=True, previous="msg_1"),
        Diagnosis("null", asked=True, previous=None),
        Diagnosis("null"),
        Diagnosis("reason", "previous_message_not_found", asked=True, previous="msg_1"),
        Diagnosis("reason", "of_tomorrow", asked=True, previous="msg_1"),
        Diagnosis("reason", "unavailable", asked=True, previous="msg_1"),
    ],
)
def test_what_is_no_comparison_neither_agrees_nor_disagrees(diagnosis: Diagnosis) -> None:
    assert agrees(diagnosis, frozenset({None})) is None
    assert agrees(diagnosis, frozenset({"system_changed"})) is None


def test_unavailable_agrees_where_a_setting_differs() -> None:
    said = Diagnosis("reason", "unavailable", asked=True, previous="msg_1")
    assert agrees(said, frozenset({"unavailable"})) is True


def test_thinking_that_the_model_is_not_shown_is_compared_all_the_same() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    turns = [
        BODY["messages"][0],
        {"role": "assistant", "content": [thought, {"type": "text", "text": "a1"}]},
        {"role": "user", "content": "q2"},
    ]
    body = RequestBody({**BODY, "model": "claude-haiku-4-5", "messages": turns})
    shown = prefix_of(body)
    assert as_sent(body, shown).size > shown.size
    newer = RequestBody({**body.fields, "model": "claude-opus-5"})
    assert as_sent(newer, prefix_of(newer)).size == prefix_of(newer).size
