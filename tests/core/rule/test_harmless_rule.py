from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from coldbyte.core.body import RequestBody
from coldbyte.core.capture import read_capture
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.canonical_prefix import OUTSIDE, prefix_of
from coldbyte.core.rule.harmless_rule import harmless_causes
from core.request_tree import BODIES

TOOL = {"name": "t", "input_schema": {"type": "object"}}
LATE = {"name": "late", "defer_loading": True}
RESULT = {"type": "tool_result", "tool_use_id": "t", "content": "é"}
BODY: dict[str, Any] = {
    "model": "claude-opus-5",
    "tools": [TOOL],
    "system": "S",
    "messages": [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "t", "input": {}}]},
        {"role": "user", "content": [RESULT]},
    ],
}


def block(text: str) -> list[Any]:
    return [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]


def asked(content: Any, result: Any = "é") -> list[Any]:
    last = {"role": "user", "content": [{**RESULT, "content": result}]}
    return [{"role": "user", "content": content}, BODY["messages"][1], last]


def compared(one: Any, two: Any) -> list[Cause]:
    """The harmless differences of two bodies: values, or as they were written. Their prefixes are equal."""
    bodies = [
        read_capture(side).body if isinstance(side, bytes) else RequestBody(side) for side in (one, two)
    ]
    assert prefix_of(bodies[0]).encode() == prefix_of(bodies[1]).encode()
    return list(harmless_causes(*bodies))


HARMLESS: list[tuple[str, str, str, dict[str, Any]]] = [
    *(("setting-outside-key", "request", name, {name: 7}) for name in OUTSIDE),
    ("speed-changed", "request", "speed", {"speed": "standard"}),
    ("tool-choice-changed", "request", "tool_choice", {"tool_choice": {"type": "auto"}}),
    (
        "tool-choice-changed",
        "request",
        "tool_choice",
        {"tool_choice": {"disable_parallel_tool_use": False, "type": "auto"}},
    ),
    ("effort-changed", "request", "output_config.effort", {"output_config": {"effort": "high"}}),
    ("tool-set-changed", "tools", "tools[1]", {"tools": [TOOL, LATE]}),
    ("tool-set-changed", "tools", "tools[0]", {"tools": [LATE, TOOL]}),
    ("content-shape-changed", "system", "system", {"system": block("S")}),
    ("content-shape-changed", "messages", "messages[0].content", {"messages": asked(block("q"))}),
    (
        "content-shape-changed",
        "messages",
        "messages[2].content[0].content",
        {"messages": asked("q", block("é"))},
    ),
]


@pytest.mark.parametrize(("name", "tier", "where", "fields"), HARMLESS)
@pytest.mark.parametrize("turned", [False, True])
def test_a_harmless_difference_is_named_and_nothing_else(
    name: str, tier: str, where: str, fields: dict[str, Any], turned: bool
) -> None:
    sides = (BODY | fields, BODY) if turned else (BODY, BODY | fields)
    (cause,) = compared(*sides)
    assert (cause.id, cause.tier, cause.where) == (name, tier, where)
    assert (cause.severity, cause.fix) == ("info", None)
    assert cause.say.endswith(".")


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_documented_as_outside_the_key_says_so(name: str) -> None:
    (cause,) = compared(BODY | {name: {"a": 1, "b": 2}}, BODY | {name: {"a": 1, "b": 3}})
    documented = {"max_tokens", "stream", "metadata", "stop_sequences", "diagnostics"}
    assert (cause.evidence == "documented") == (name in documented)
    assert name in cause.say


def test_several_contents_in_another_shape_are_one_difference_that_counts_them() -> None:
    (cause,) = compared(BODY, BODY | {"system": block("S"), "messages": asked(block("q"), block("é"))})
    assert (cause.id, cause.where, cause.count) == ("content-shape-changed", "system", 3)
    assert cause.say.startswith("3 texts stand as a string on one side")


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "text", "text": "q", "citations": [{"type": "x"}]}],
        [{"type": "other", "text": "q"}],
        [{"type": "text", "text": "q"}, {"type": "text", "text": ""}],
        [{"type": "text", "text": "Q"}],
        [],
    ],
)
def test_a_text_block_that_says_more_than_the_string_is_not_in_another_shape_only(blocks: Any) -> None:
    one, two = RequestBody(BODY), RequestBody(BODY | {"messages": asked(blocks)})
    assert list(harmless_causes(one, two)) == []
    assert prefix_of(one).encode() != prefix_of(two).encode()


WRITTEN = json.dumps(BODY, ensure_ascii=False, separators=(",", ":")).encode()
TURNED = json.dumps(dict(reversed(BODY.items())), ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("name", "where", "other"),
    [
        ("json-key-reordered", "messages", TURNED),
        ("json-whitespace-changed", "model", json.dumps(BODY, ensure_ascii=False).encode()),
        ("json-whitespace-changed", "model", json.dumps(BODY, ensure_ascii=False, indent=1).encode()),
        (
            "json-whitespace-changed",
            "model",
            b" \n" + json.dumps(BODY, ensure_ascii=False, indent=1).encode(),
        ),
        ("json-escaping-changed", "model", json.dumps(BODY, separators=(",", ":")).encode()),
        ("json-escaping-changed", "model", WRITTEN.replace(b'"q"', b'"\\u0071"')),
    ],
)
def test_another_spelling_of_the_body_is_on_the_wire_only(name: str, where: str, other: bytes) -> None:
    (cause,) = compared(WRITTEN, other)
    assert (cause.id, cause.where, cause.severity) == (name, where, "info")
    assert "wire only" in (cause.label, cause.say)
    (turned,) = compared(other, WRITTEN)
    assert turned.id == name


@pytest.mark.parametrize(
    "other",
    [
        WRITTEN,
        b"\n\n" + WRITTEN + b"\n",
        b"\xef\xbb\xbf" + WRITTEN,
        b'{"request":' + WRITTEN + b', "response": {"content": "\\u00e9"}}',
    ],
)
def test_what_stands_around_a_body_is_no_difference(other: bytes) -> None:
    assert compared(WRITTEN, other) == []
    assert compared(other, WRITTEN) == []


def test_an_escaped_backslash_is_no_escape_of_the_body() -> None:
    plain = WRITTEN.replace(b'"S"', rb'"\\u00e9 \\\\u00e9 \u0001"')
    escaped = WRITTEN.replace(b'"S"', rb'"\\\u007500e9 \\\\u00e9 \u0001"')
    assert compared(plain, plain) == []
    assert list(harmless_causes(read_capture(WRITTEN).body, read_capture(plain).body)) == []
    (cause,) = compared(plain, escaped)
    assert cause.id == "json-escaping-changed"


@given(BODIES)
def test_equal_bodies_have_no_differences(body: Any) -> None:
    assert list(harmless_causes(RequestBody(body), RequestBody(body))) == []


@given(BODIES, BODIES)
def test_any_two_bodies_can_be_compared_and_what_is_harmless_is_info(one: Any, two: Any) -> None:
    found = list(harmless_causes(RequestBody(one), RequestBody(two)))
    assert {cause.severity for cause in found} <= {"info"}
    assert len({(cause.id, cause.where) for cause in found}) == len(found)


@given(BODIES)
def test_none_of_them_alters_the_prefix(body: Any) -> None:
    other = {"temperature": 9, "max_tokens": 77, **dict(reversed(body.items())), "top_k": 8}
    for name, default in (("speed", "standard"), ("tool_choice", {"type": "auto"})):
        if other.get(name) is None:
            other[name] = default
    names = {cause.where for cause in compared(body, other)}
    assert {"temperature", "top_k"} <= names
