from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import Source
from coldbyte.core.cache.usage import Usage
from coldbyte.core.capture import Capture, Route, read_capture, read_time, read_usage
from coldbyte.core.json.reader import JsonError
from coldbyte.core.json.value import Json, Spelled, compact
from coldbyte.core.prefix.record import BodyError
from core.json_tree import TREES

BODY: dict[str, Json] = {"model": "m", "messages": [{"role": "user", "content": "q"}]}
USAGE = {
    "cache_read_input_tokens": 1,
    "cache_creation_input_tokens": 5,
    "input_tokens": 3,
    "output_tokens": 4,
}


def exchange(**fields: Any) -> Capture:
    return read_capture(json.dumps({"request": BODY, **fields}).encode())


def test_a_body_is_a_capture_of_which_nothing_else_is_known() -> None:
    data = json.dumps(BODY).encode()
    capture = read_capture(data)
    assert capture.body.fields == BODY
    assert capture == Capture(capture.body)
    assert capture.body.source == Source(data)


def test_a_body_is_read_from_a_line_of_a_file() -> None:
    lines = [json.dumps(BODY | {"system": name}).encode() for name in ("one", "two")]
    data = b"\n".join(lines) + b"\n"
    capture = read_capture(data, len(lines[0]) + 1, len(data) - 1)
    assert capture.body.fields["system"] == "two"
    assert capture.body.source == Source(data, len(lines[0]) + 1)


def test_a_body_that_has_a_field_called_request_is_a_body() -> None:
    capture = read_capture(json.dumps({**BODY, "request": {"model": "n"}}).encode())
    assert capture.body.fields["model"] == "m"


def test_an_exchange_knows_its_answer() -> None:
    response = {
        "id": "msg_1",
        "model": "m-20260101",
        "content": [{"type": "text", "text": "a"}],
        "usage": USAGE,
        "diagnostics": {"cache_miss_reason": {"type": "tools_changed"}},
    }
    found = exchange(response=response).response
    assert found is not None
    assert (found.id, found.model, found.content) == ("msg_1", "m-20260101", response["content"])
    assert (found.usage, found.usage_fields, found.diagnosis) == (
        Usage(1, 5, 0, 3, 4),
        USAGE,
        "tools_changed",
    )
    assert not found.edited
    assert exchange(response=response).usage == Usage(1, 5, 0, 3, 4)


@pytest.mark.parametrize(
    "diagnostics",
    [None, {}, {"cache_miss_reason": None}, {"cache_miss_reason": {}}, "x", {"cache_miss_reason": 5}],
)
def test_an_inconclusive_diagnosis_is_none(diagnostics: Any) -> None:
    found = exchange(response={"diagnostics": diagnostics}).response
    assert found is not None
    assert found.diagnosis is None


def test_an_answer_tells_whether_context_was_edited() -> None:
    edited = exchange(response={"context_management": {"applied_edits": [{"type": "x"}]}}).response
    unedited = exchange(response={"context_management": {"applied_edits": []}}).response
    assert edited is not None
    assert unedited is not None
    assert (edited.edited, unedited.edited) == (True, False)


@pytest.mark.parametrize(
    ("fields", "usage"),
    [
        (USAGE, Usage(1, 5, 0, 3, 4)),
        (
            {**USAGE, "cache_creation": {"ephemeral_1h_input_tokens": 2, "ephemeral_5m_input_tokens": 3}},
            Usage(1, 3, 2, 3, 4),
        ),
        ({**USAGE, "cache_creation": {"ephemeral_1h_input_tokens": 9}}, Usage(1, 0, 5, 3, 4)),
        ({**USAGE, "cache_creation": {"ephemeral_1h_input_tokens": -1}}, Usage(1, 5, 0, 3, 4)),
        ({**USAGE, "cache_creation": None}, Usage(1, 5, 0, 3, 4)),
        ({"cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}, Usage()),
        ({"cache_read_input_tokens": 0}, None),
        ({"cache_creation_input_tokens": 0}, None),
        ({**USAGE, "cache_read_input_tokens": None}, None),
        ({**USAGE, "cache_read_input_tokens": "1"}, None),
        ({}, None),
    ],
)
def test_usage_is_none_where_a_count_of_the_prompt_cache_is_missing(fields: Any, usage: Usage | None) -> None:
    assert read_usage(fields) == usage


@pytest.mark.parametrize(
    ("given_time", "seconds"),
    [
        ("2026-11-23T10:15:00Z", 1795428900.0),
        ("2026-11-23T10:15:00+00:00", 1795428900.0),
        ("2026-11-23T11:15:00+01:00", 1795428900.0),
        ("2026-11-23T10:15:00", 1795428900.0),
        ("2026-11-23 10:15:00.500", 1795428900.5),
        ("20261123T101500Z", 1795428900.0),
        (1795428900, 1795428900.0),
        (1795428900.25, 1795428900.25),
        ("1795428900", 1795428900.0),
        (0, 0.0),
        (None, None),
    ],
)
def test_times_are_iso_8601_or_epoch_seconds(given_time: Any, seconds: float | None) -> None:
    capture = exchange(started_at=given_time, first_event_at=given_time, ended_at=given_time)
    assert (capture.started_at, capture.first_event_at, capture.ended_at) == (seconds, seconds, seconds)


def test_a_time_in_an_odd_spelling_is_read() -> None:
    data = compact({"request": BODY, "started_at": Spelled("1.7954289E9")}).encode()
    assert read_capture(data).started_at == 1795428900.0


@pytest.mark.parametrize(
    "wrong",
    ["soon", "", "nan", "inf", "-1", True, [], {}, -1, 1795428900000, "1795428900000", 1e300, "10:15"],
)
@pytest.mark.parametrize("name", ["started_at", "first_event_at", "ended_at"])
def test_what_is_no_time_is_an_error_that_names_the_place(name: str, wrong: Any) -> None:
    with pytest.raises(BodyError) as error:
        exchange(**{name: wrong})
    assert (error.value.path, error.value.expected) == (name, "expected an ISO 8601 time or epoch seconds")


@given(st.floats(0, 253402300799))
def test_epoch_seconds_read_back(seconds: float) -> None:
    assert read_time(repr(seconds)) == seconds


def test_headers_give_version_betas_and_scope_in_any_case() -> None:
    headers = {
        "Anthropic-Version": "2026-10-21",
        "ANTHROPIC-BETA": ["b, a", "c"],
        "anthropic-organization-id": "org",
        "Anthropic-Workspace-Id": "work",
        "Host": "api.anthropic.com",
    }
    capture = exchange(headers=headers)
    assert (capture.api_version, capture.betas) == ("2026-10-21", frozenset("abc"))
    assert (capture.scope, capture.route) == ("org/work", Route("api.anthropic.com"))


def test_betas_are_unknown_without_headers_and_none_with_them() -> None:
    assert exchange().betas is None
    assert exchange(headers=None).betas is None
    assert exchange(headers={}).betas == frozenset()


@pytest.mark.parametrize("headers", [[["host", "x"]], "host: x", 5, True])
def test_headers_that_are_no_object_are_an_error(headers: Any) -> None:
    with pytest.raises(BodyError, match=r"^headers: expected an object$"):
        exchange(headers=headers)


def test_a_key_gives_a_scope_that_tells_keys_apart_and_does_not_show_them() -> None:
    one, two = (exchange(headers={"x-api-key": f"sk-ant-{name}"}).scope for name in ("one", "two"))
    assert one is not None
    assert one != two
    assert "sk-ant" not in one
    assert exchange(headers={"authorization": "Bearer sk-ant-one"}).scope == one


def test_two_keys_of_one_organisation_are_told_apart_unless_the_workspace_is_known() -> None:
    def scope(key: str, **headers: str) -> str | None:
        return exchange(headers={"x-api-key": key, "anthropic-organization-id": "org", **headers}).scope

    assert scope("one") != scope("two")
    known = {"anthropic-workspace-id": "work"}
    assert scope("one", **known) == scope("two", **known) == "org/work"


@pytest.mark.parametrize(
    ("one", "two", "differs"),
    [
        ({"x-api-key": "k"}, {"x-api-key": "k", "anthropic-organization-id": "org"}, False),
        ({"x-api-key": "k"}, {"authorization": "Bearer k"}, False),
        ({"x-api-key": "k"}, {"x-api-key": "other", "anthropic-organization-id": "org"}, True),
        ({"anthropic-organization-id": "a"}, {"anthropic-organization-id": "b"}, True),
        ({"anthropic-workspace-id": "a", "x-api-key": "k"}, {"anthropic-workspace-id": "b"}, True),
        ({"anthropic-workspace-id": "a", "x-api-key": "k"}, {"anthropic-organization-id": "b"}, False),
        ({"x-api-key": "k"}, {"host": "h"}, False),
    ],
)
def test_scopes_differ_only_by_what_is_known_of_both(
    one: dict[str, str], two: dict[str, str], differs: bool
) -> None:
    captures = exchange(headers=one), exchange(headers=two)
    assert captures[0].scope_differs(captures[1]) is captures[1].scope_differs(captures[0]) is differs


def test_a_scope_that_is_given_is_not_compared_with_headers() -> None:
    mine, headers = exchange(scope="mine"), exchange(headers={"x-api-key": "k"})
    assert not mine.scope_differs(headers)
    assert not headers.scope_differs(mine)
    assert mine.scope_differs(exchange(scope="yours"))


def test_a_scope_that_is_given_counts() -> None:
    assert exchange(scope="mine", headers={"x-api-key": "k"}).scope == "mine"
    assert exchange(scope=None).scope is None


@pytest.mark.parametrize(
    ("message", "provider"),
    [
        ("msg_bdrk_1", "Bedrock"),
        ("msg_vrtx_1", "Vertex"),
        ("req_vrtx_1", "Vertex"),
        ("msg_01", "the Claude API"),
        ("gen_1", None),
    ],
)
def test_the_route_is_host_provider_and_region(message: str, provider: str | None) -> None:
    headers = {"HOST": "h", "X-Amzn-Region": "r"}
    assert exchange(headers=headers, response={"id": message}).route == Route("h", provider, "r")
    assert exchange(response={"id": message}).route == Route(None, provider)


def test_a_route_differs_where_something_known_of_both_does() -> None:
    assert Route("h", "Vertex").differs(Route("h", "Bedrock"))
    assert Route("h").differs(Route("i"))
    assert Route(region="a").differs(Route(region="b"))
    assert not Route("h").differs(Route(None, "Vertex", "r"))
    assert str(Route("h", "Vertex", "r")) == "Vertex, h, r"
    assert str(Route()) == "an unknown place"


def test_a_raw_request_is_what_was_sent() -> None:
    raw = '{ "messages" : [ ], "model" : "\\u006d" }'
    capture = exchange(request_raw=raw)
    assert capture.body.source == Source(raw.encode())
    assert capture.body.fields == {"messages": [], "model": "m"}
    assert exchange(request_raw=None).body.fields == BODY


def test_without_a_raw_request_wire_offsets_refer_to_the_file() -> None:
    data = json.dumps({"response": None, "request": BODY}).encode()
    source = read_capture(data).body.source
    assert source is not None
    assert data[source.start :].startswith(json.dumps(BODY).encode())


@pytest.mark.parametrize(
    ("tree", "path"),
    [([], ""), ("x", ""), (5, ""), (None, ""), ({"request": []}, "request"), ({"request": None}, "request")],
)
def test_what_is_neither_body_nor_exchange_is_an_error(tree: Any, path: str) -> None:
    with pytest.raises(BodyError) as error:
        read_capture(json.dumps(tree).encode())
    assert error.value.path == path


def test_a_raw_request_that_is_no_body_is_an_error() -> None:
    with pytest.raises(BodyError, match=r"^request_raw: "):
        exchange(request_raw="[]")
    with pytest.raises(JsonError):
        exchange(request_raw="{")


FIELDS = ["request", "request_raw", "response", "headers", "scope", "started_at", "ended_at", "messages"]


@given(st.dictionaries(st.sampled_from(FIELDS), TREES))
def test_any_object_is_a_capture_or_a_clear_error(tree: Any) -> None:
    assert error_of({"request": BODY, **tree}) in ("", "expected")


def error_of(tree: Any) -> str:
    """A word of what reading a file says; any other exception is the caller's."""
    try:
        read_capture(compact(tree).encode())
    except (BodyError, JsonError) as error:
        return "expected" if "expected" in str(error) else str(error)
    return ""


@given(TREES, st.sampled_from(["usage", "diagnostics", "id", "model", "content", "context_management"]))
def test_any_answer_is_read(tree: Any, name: str) -> None:
    capture = read_capture(compact({"request": BODY, "response": {name: tree}}).encode())
    assert capture.response is not None
    assert capture.usage is None
