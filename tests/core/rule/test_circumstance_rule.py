"""Each cause that no body shows, and a twin beside it that has none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.cache import CacheRules, plan_request, settle
from coldbyte.core.cache.catalogue import Catalogue, Model
from coldbyte.core.capture import Capture, Response, Route, read_usage
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.rule.circumstance_rule import Trial, circumstance_causes, usage_causes

NOON = 1_795_435_200.0
MODEL = "claude-opus-5"
TOKENS = 1000  # of each block
SHORT, LONG = {"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}


def named(name: str) -> Model:
    return Model(name, name, "active", "2026", 512, None, None, (), "")


DATED = named("claude-sonnet-4-5-20250929")
CATALOGUE = Catalogue(
    date(2026, 11, 23),
    (named(MODEL), DATED),
    {MODEL: named(MODEL), DATED.id: DATED, "claude-sonnet-4-5": DATED, "claude-sonnet-latest": DATED},
)


def body(*, system: Any = None, question: Any = SHORT, **fields: Any) -> dict[str, Any]:
    def marked(text: str, mark: Any) -> dict[str, Any]:
        return {"type": "text", "text": text, **({"cache_control": mark} if mark else {})}

    return {
        "model": MODEL,
        "system": [marked("S", system)],
        "messages": [{"role": "user", "content": [marked("q", question)]}],
        **fields,
    }


def sent(
    fields: dict[str, Any] | None = None, usage: Any = None, answer: Any = None, **known: Any
) -> Capture:
    """A capture of a body with an answer, where something of it is given."""
    response = None
    if usage is not None or answer is not None:
        response = Response(usage=read_usage(usage or {}), usage_fields=usage or {}, **(answer or {}))
    return Capture(RequestBody(fields or body()), response, **known)


def counts(read: int, short: int, long: int = 0, **more: Any) -> dict[str, Any]:
    """The usage as the API reports it."""
    split = {"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long}
    written = {"cache_read_input_tokens": read, "cache_creation_input_tokens": short + long}
    return {**written, "cache_creation": split, "input_tokens": 0, **more}


def trial(before: Capture, after: Capture) -> Trial:
    """Both requests in an empty cache, planned by the one cache model."""
    begin = before.started_at if before.started_at is not None else NOON
    start = after.started_at if after.started_at is not None else begin + 1
    old, new = prefix_of(before.body), prefix_of(after.body)
    shared: dict[str, Any] = {"minimum": 512, "scope": "", "rules": CacheRules()}
    stored = plan_request(old, [TOKENS] * len(old.blocks), entries={}, now=begin, **shared)
    entries = settle({}, stored, started_at=begin, available_at=begin)
    plan = plan_request(new, [TOKENS] * len(new.blocks), entries=entries, now=begin, **shared)
    return Trial(before, after, new, stored, plan, begin, start)


def causes(before: Capture, after: Capture) -> list[Cause]:
    return list(circumstance_causes(trial(before, after), CATALOGUE))


def reported(after: Capture, before: Capture | None = None, minimum: int | None = 512) -> list[Cause]:
    return list(usage_causes(trial(before or sent(), after), minimum))


def only(found: list[Cause]) -> tuple[str, str, str, str]:
    (cause,) = found
    assert cause.say.endswith(".")
    return cause.id, cause.tier, cause.confidence, cause.severity


def test_two_captures_of_which_nothing_is_known_have_no_circumstances() -> None:
    assert causes(sent(), sent()) == []
    assert reported(sent()) == []


# Overlap.


def test_a_request_that_starts_before_the_answer_begins_is_concurrent() -> None:
    before = sent(started_at=NOON, first_event_at=NOON + 3)
    found = causes(before, sent(started_at=NOON + 1))
    assert only(found) == ("concurrent-cold-start", "time", "high", "loss")
    assert "2.0 s before the answer" in found[0].say


def test_a_request_that_starts_before_the_other_one_is_concurrent_too() -> None:
    found = causes(sent(started_at=NOON), sent(started_at=NOON - 100))
    assert only(found) == ("concurrent-cold-start", "time", "high", "loss")
    assert found[0].say == "This request started 100 s before the other one."


@pytest.mark.parametrize("later", [3.0, 3.5, 200.0])
def test_a_request_that_starts_when_the_answer_has_begun_is_not(later: float) -> None:
    before = sent(usage=counts(0, 2000), started_at=NOON, first_event_at=NOON + 3, ended_at=NOON + 290)
    assert causes(before, sent(usage=counts(0, 2000), started_at=NOON + later)) == []


@pytest.mark.parametrize(
    ("gap", "side"), [(0.0, "0.0 s after"), (1.9, "1.9 s after"), (-1.5, "1.5 s before")]
)
def test_two_writes_around_the_end_of_the_earlier_request_are_probably_concurrent(
    gap: float, side: str
) -> None:
    before = sent(usage=counts(0, 2000), started_at=NOON, ended_at=NOON + 5)
    found = causes(before, sent(usage=counts(0, 2000), started_at=NOON + 5 + gap))
    assert only(found) == ("concurrent-cold-start", "time", "medium", "loss")
    assert side in found[0].say


def test_two_writes_are_not_concurrent_with_a_pause_between_or_where_one_reads() -> None:
    before = sent(usage=counts(0, 2000), started_at=NOON, ended_at=NOON + 5)
    assert causes(before, sent(usage=counts(0, 2000), started_at=NOON + 7)) == []
    assert causes(before, sent(usage=counts(2000, 5), started_at=NOON + 6)) == []
    assert causes(before, sent(started_at=NOON + 6)) == []
    assert (
        causes(sent(started_at=NOON, ended_at=NOON + 5), sent(usage=counts(0, 9), started_at=NOON + 6)) == []
    )


# Scope and route.


def test_another_scope_has_another_cache() -> None:
    assert only(causes(sent(scope="a"), sent(scope="b"))) == ("cache-scope-changed", "scope", "high", "loss")
    assert causes(sent(scope="a"), sent(scope="a")) == []
    assert causes(sent(scope="a"), sent()) == []
    assert causes(sent(), sent(scope="a")) == []


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Route("api.anthropic.com"), Route("proxy.example")),
        (Route("h", "Bedrock"), Route("h", "Vertex")),
        (Route("h", None, "eu-west-1"), Route("h", None, "us-east-1")),
    ],
)
def test_another_route_is_another_back_end(one: Route, two: Route) -> None:
    found = causes(sent(route=one), sent(route=two))
    assert only(found) == ("backend-changed", "scope", "medium", "loss")
    assert str(one) in found[0].say
    assert str(two) in found[0].say
    assert found[0].evidence == "reported"
    assert causes(sent(route=one), sent(route=one)) == []
    assert causes(sent(), sent(route=two)) == []


# Who answered.


def answered(model: str | None, asked: str = MODEL) -> Capture:
    return sent(body(model=asked), answer={"model": model})


def test_another_model_that_answers_has_another_cache() -> None:
    found = causes(sent(), answered("claude-opus-4-8"))
    assert only(found) == ("served-by-other-model", "request", "high", "loss")
    assert "“claude-opus-4-8”" in found[0].say
    assert "“claude-opus-5”" in found[0].say


@pytest.mark.parametrize(
    ("asked", "model"),
    [
        (MODEL, MODEL),
        (MODEL, None),
        ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-latest", "claude-sonnet-4-5-20250929"),
        ("claude-new-9", "claude-new-9-20270101"),
        ("claude-new-9-20270101", "claude-new-9"),
    ],
)
def test_an_alias_and_its_dated_name_are_the_same_model(asked: str, model: str | None) -> None:
    assert causes(answered(model, asked), answered(model, asked)) == []
    assert causes(answered(asked, asked), answered(model, asked)) == []


def test_an_alias_that_moved_is_another_model() -> None:
    moved = (
        answered("claude-new-9-20270101", "claude-new-9"),
        answered("claude-new-9-20270601", "claude-new-9"),
    )
    assert only(causes(*moved)) == ("served-by-other-model", "request", "high", "loss")
    asked = answered("claude-opus-4-8", "claude-opus-4-8"), answered(MODEL)
    assert causes(*asked) == []


# Time.


@pytest.mark.parametrize(
    ("mark", "gap", "dead"),
    [
        *((SHORT, 299.9, False), (SHORT, 300, True), (SHORT, 412, True)),
        *((LONG, 412, False), (LONG, 3599, False), (LONG, 3600, True), (None, 9999, False)),
    ],
)
def test_an_entry_expires_after_its_lifetime_from_the_start(mark: Any, gap: float, dead: bool) -> None:
    fields = body(question=mark)
    found = causes(
        sent(fields, started_at=NOON, first_event_at=NOON + 200), sent(fields, started_at=NOON + gap)
    )
    if not dead:
        assert found == []
        return
    assert only(found) == ("ttl-expired", "time", "medium", "loss")
    assert found[0].where == "messages[0].content[0].text"
    assert ("5 minutes" if mark == SHORT else "1 hour") in found[0].say


def test_of_two_lifetimes_the_short_one_expires_first() -> None:
    fields = body(system=LONG)
    before = sent(fields, started_at=NOON)
    (one,) = causes(before, sent(fields, started_at=NOON + 412))
    assert (one.where, "3,000 tokens" in one.say, "7 min" in one.say) == (
        "messages[0].content[0].text",
        True,
        True,
    )
    (both,) = causes(before, sent(fields, started_at=NOON + 7300))
    assert (both.where, "2.0 h" in both.say) == ("messages[0].content[0].text", True)
    (head,) = causes(sent(body(system=SHORT, question=None), started_at=NOON), sent(started_at=NOON + 300))
    assert (head.where, "2,000 tokens" in head.say) == ("system[0].text", True)


def test_the_lifetime_is_that_which_was_reported() -> None:
    fields = body(question=LONG)
    later = sent(fields, started_at=NOON + 412)
    (cause,) = causes(sent(fields, usage=counts(0, 3000), started_at=NOON), later)
    assert (cause.id, "5 minutes" in cause.say) == ("ttl-expired", True)
    assert causes(sent(fields, usage=counts(0, 0, 3000), started_at=NOON), later) == []
    unsplit = {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 3000}
    assert causes(sent(fields, usage=unsplit, started_at=NOON), later) == []
    assert causes(sent(usage=counts(0, 0, 3000), started_at=NOON), sent(started_at=NOON + 412)) == []


@pytest.mark.parametrize(
    ("gap", "say"), [(412, "7 min"), (7300, "2.0 h"), (86_400 * 63, "63 days"), (301, "5 min")]
)
def test_a_pause_is_told_in_a_unit_that_fits(gap: float, say: str) -> None:
    found = causes(sent(started_at=NOON), sent(started_at=NOON + gap))
    assert found[0].say.startswith(f"{say} passed since the start of the earlier request")


def test_nothing_expires_where_a_time_is_not_known() -> None:
    assert causes(sent(), sent(started_at=NOON + 9999)) == []
    assert causes(sent(started_at=NOON), sent()) == []


# Vertex.

LATE = {"messages": body()["messages"], "model": MODEL, "system": body()["system"]}
VERTEX = (Route("h", "Vertex"), Route("eu-aiplatform.googleapis.com"))


@pytest.mark.parametrize("route", VERTEX)
def test_on_vertex_the_system_behind_the_messages_is_reported_not_to_be_cached(route: Route) -> None:
    found = causes(sent(LATE, route=route), sent(LATE, usage=counts(0, 0), route=route))
    assert only(found) == ("vertex-body-order", "scope", "medium", "loss")
    assert (found[0].where, found[0].evidence) == ("system", "reported")


@pytest.mark.parametrize(
    ("fields", "usage", "route"),
    [
        (LATE, counts(2000, 0), VERTEX[0]),
        (LATE, None, VERTEX[0]),
        (LATE, counts(0, 0), Route("api.anthropic.com", "the Claude API")),
        (LATE, counts(0, 0), Route()),
        (body(), counts(0, 0), VERTEX[0]),
        ({"messages": body()["messages"], "model": MODEL}, counts(0, 0), VERTEX[0]),
    ],
)
def test_elsewhere_in_order_or_with_a_read_it_is_not(fields: Any, usage: Any, route: Route) -> None:
    assert causes(sent(fields, route=route), sent(fields, usage=usage, route=route)) == []


# What the usage says.


@pytest.mark.parametrize(
    "usage",
    [
        {"input_tokens": 5},
        {"cache_read_input_tokens": 0, "input_tokens": 5},
        {"cache_creation_input_tokens": 0},
        {"cache_read_input_tokens": None, "cache_creation_input_tokens": 0},
        counts(0, 2000) | {"cache_creation_input_tokens": 1999},
        counts(0, 0, 2000) | {"cache_creation_input_tokens": 0},
    ],
)
def test_usage_that_lacks_a_count_or_contradicts_itself_is_misreported(usage: Any) -> None:
    question = LONG if usage.get("cache_creation", {}).get("ephemeral_1h_input_tokens") else SHORT
    (first, *_) = reported(sent(body(question=question), usage=usage))
    assert (first.id, first.tier, first.confidence, first.severity) == (
        "usage-misreported",
        "scope",
        "high",
        "warning",
    )


@pytest.mark.parametrize(
    "usage",
    [
        counts(0, 3000),
        counts(3000, 0),
        counts(0, 3000) | {"cache_creation": None},
        counts(0, 3000) | {"cache_creation": {"ephemeral_5m_input_tokens": 3000}},
        {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 3000},
    ],
)
def test_usage_that_fits_the_body_says_nothing(usage: Any) -> None:
    assert reported(sent(usage=usage)) == []


@pytest.mark.parametrize("usage", [counts(0, 3000), counts(0, 0, 3000), counts(3000, 0)])
def test_writes_and_reads_without_a_breakpoint_are_those_of_a_gateway(usage: Any) -> None:
    found = reported(sent(body(question=None), usage=usage))
    assert only(found) == ("gateway-rewrote-request", "scope", "high", "warning")
    assert "3,000 tokens" in found[0].say
    assert reported(sent(body(question=None), usage=counts(0, 0))) == []


def test_an_hour_that_nobody_asked_for_is_that_of_a_gateway() -> None:
    assert only(reported(sent(usage=counts(0, 0, 3000)))) == (
        "gateway-rewrote-request",
        "scope",
        "high",
        "warning",
    )
    assert reported(sent(body(system=LONG), usage=counts(0, 1000, 2000))) == []


def test_no_counts_far_above_the_minimum_may_be_a_gateway() -> None:
    assert only(reported(sent(usage=counts(0, 0)))) == ("gateway-rewrote-request", "scope", "low", "loss")
    assert reported(sent(usage=counts(0, 0)), minimum=1500) == []
    assert reported(sent(usage=counts(0, 0)), minimum=None) == []


def test_five_minutes_where_all_breakpoints_ask_for_an_hour_are_a_downgrade() -> None:
    fields = body(system=LONG, question=LONG)
    found = reported(sent(fields, usage=counts(0, 3000)))
    assert only(found) == ("ttl-downgraded", "time", "high", "warning")
    assert reported(sent(fields, usage=counts(0, 0, 3000))) == []
    unsplit = {"cache_read_input_tokens": 0, "cache_creation_input_tokens": 3000}
    assert reported(sent(fields, usage=unsplit)) == []


@pytest.mark.parametrize("kind", ["server_tool_use", "web_search_tool_result", "code_execution_tool_result"])
def test_a_server_tool_writes_for_five_minutes_by_itself(kind: str) -> None:
    fields = body(question=LONG)
    turn = {"role": "assistant", "content": [{"type": kind, "id": "x", "content": []}]}
    usage = counts(0, 500, 3000)
    assert [cause.id for cause in reported(sent(fields, usage=usage))] == ["ttl-downgraded"]
    assert reported(sent({**fields, "messages": [*fields["messages"], turn]}, usage=usage)) == []
    assert reported(sent(fields, usage=usage | {"server_tool_use": {"web_search_requests": 1}})) == []
    assert reported(sent(fields, usage=usage | {"server_tool_use": {"web_search_requests": 0}})) != []


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.sampled_from([None, 0, 5, -1, "x", [], {}, True])
            for name in (
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
                "cache_creation",
                "server_tool_use",
            )
        },
    ),
    st.sampled_from([None, SHORT, LONG]),
)
def test_any_usage_can_be_judged(usage: Any, mark: Any) -> None:
    for cause in reported(sent(body(question=mark), usage=usage)):
        assert cause.id in ("usage-misreported", "gateway-rewrote-request", "ttl-downgraded")
        assert cause.where == ""
