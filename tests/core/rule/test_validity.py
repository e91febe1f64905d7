"""Requests that the API certainly refuses, and their twins that it takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.rule.validity import refusals
from coldbyte.services import resources

Object = dict[str, Any]
CATALOGUE = read_catalogue(resources.text("catalogue.json"))
STRICT, OLD = "2026-10-21", "2023-06-01"
CITED = {"type": "text", "text": "x", "citations": [{"type": "char_location"}]}
DOCUMENT = {"type": "document", "source": {"type": "text", "data": "x"}}
SYSTEM_TURN = [{"role": "user", "content": "q"}, {"role": "system", "content": "s"}]
BEGUN = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "The answer is"}]
GOES_ON = [BEGUN[0], {"role": "assistant", "content": [{"type": "server_tool_use", "id": "t"}]}]


def body(model: str = "claude-opus-5", **fields: Any) -> Object:
    made = {"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "q"}], **fields}
    return {key: value for key, value in made.items() if value is not None}


def said(role: str, *blocks: Any) -> list[Object]:
    return [
        {"role": "user", "content": "q"},
        {"role": role, "content": [*blocks]},
        {"role": "user", "content": "r"},
    ]


def refused(fields: Object, version: str | None = None) -> list[str]:
    found = list(refusals(RequestBody(fields), CATALOGUE.model(fields["model"]), version))
    assert all(
        (cause.id, cause.tier, cause.severity, cause.confidence)
        == ("request-invalid", "request", "loss", "high")
        and cause.fix
        for cause in found
    )
    return [cause.where for cause in found]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        (body(max_tokens=None), "max_tokens"),
        (body(max_tokens="9"), "max_tokens"),
        (body(max_tokens=128_001), "max_tokens"),
        (body(max_tokens=0, stream=True), "stream"),
        (body(max_tokens=0, tool_choice={"type": "any"}), "tool_choice"),
        (body(max_tokens=0, output_config={"format": {}}), "output_config.format"),
        (body(messages=None), "messages"),
        (body(messages=[]), "messages"),
        (body(messages=[{"role": "human", "content": "q"}]), "messages[0].role"),
        (body(messages=[{"role": "user", "content": ""}]), "messages[0].content"),
        (
            body(messages=[{"role": "user", "content": [{"type": "text", "text": ""}]}]),
            "messages[0].content[0].text",
        ),
        (body(system=[{"type": "text", "text": ""}]), "system[0].text"),
        (body(messages=BEGUN), "messages[1]"),
        (body("claude-sonnet-4-6", messages=BEGUN), "messages[1]"),
        (body("claude-opus-4-7", thinking={"type": "enabled", "budget_tokens": 9}), "thinking.type"),
        (body("claude-haiku-5-5", thinking={"type": "enabled"}), "thinking.type"),
        (body("claude-opus-5-5", tool_choice={"type": "tool", "name": "f"}), "tool_choice.type"),
        (body("claude-fable-5-2", tool_choice={"type": "any"}), "tool_choice.type"),
        (body("claude-sonnet-5", messages=SYSTEM_TURN), "messages[1].role"),
        (body("claude-opus-4-7", messages=SYSTEM_TURN), "messages[1].role"),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused(fields: Object, where: str) -> None:
    assert refused(fields) == [where]


@pytest.mark.parametrize(
    "fields",
    [
        body(),
        body(max_tokens=128_000),
        body(max_tokens=0),
        body(tool_choice={"type": "any"}),
        body("claude-fable-5", tool_choice={"type": "any"}),
        body(thinking={"type": "adaptive"}),
        body("claude-opus-4-6", thinking={"type": "enabled"}),
        body("claude-haiku-4-5", thinking={"type": "enabled"}),
        body("claude-sonnet-4-5-20250929", messages=BEGUN),
        body(messages=GOES_ON),
        body(messages=SYSTEM_TURN),
        body("claude-opus-4-8", messages=SYSTEM_TURN),
        body("claude-haiku-5-5", messages=SYSTEM_TURN),
        body("claude-unknown-1", messages=BEGUN, thinking={"type": "enabled"}),
        body(messages=said("assistant", {"type": "text", "text": ""})),
    ],
    ids=json.dumps,
)
def test_a_request_that_can_be_answered_is_not_refused(fields: Object) -> None:
    assert refused(fields) == []


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        (body("claude-sonnet-4-5", temperature=0), "temperature"),
        (body(top_p=0.5), "top_p"),
        (body(top_k=5), "top_k"),
        (body(messages=said("assistant", DOCUMENT)), "messages[1].content[0]"),
        (body(messages=said("user", CITED)), "messages[1].content[0].citations"),
        (
            body(messages=said("user", {"type": "search_result", "content": [CITED]})),
            "messages[1].content[0].content[0].citations",
        ),
    ],
)
def test_what_the_newest_version_refuses_is_taken_where_the_version_is_older_or_open(
    fields: Object, where: str
) -> None:
    assert refused(fields, STRICT) == [where]
    assert refused(fields, OLD) == []
    assert refused(fields) == []


def test_the_newest_version_takes_what_is_not_named() -> None:
    uncited = {"type": "text", "text": "x", "citations": []}
    asked = body(messages=[*said("user", DOCUMENT, uncited), *said("assistant", CITED)])
    assert refused(asked, STRICT) == []


def test_an_empty_text_with_a_marker_is_left_to_the_rules_for_markers() -> None:
    marked = {"type": "text", "text": "", "cache_control": {"type": "ephemeral"}}
    assert refused(body(system=[marked])) == []
