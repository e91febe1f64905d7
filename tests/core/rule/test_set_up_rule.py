"""What one body shows of its set-up: no breakpoint, refused ones, too short a prompt, a retired model."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from coldbyte.core.body import RequestBody
from coldbyte.core.cache.catalogue import read_catalogue
from coldbyte.core.cache.usage import Usage
from coldbyte.core.cause import Cause
from coldbyte.core.prefix.canonical_prefix import prefix_of
from coldbyte.core.rule.set_up_rule import set_up_causes
from coldbyte.services import resources

Object = dict[str, Any]
FIVE: Object = {"cache_control": {"type": "ephemeral"}}
HOUR: Object = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
DAY = date(2026, 11, 23)
LONG = "The law says so, and nobody may say otherwise. " * 100  # about 1,500 tokens
CATALOGUE = read_catalogue(resources.text("catalogue.json"))


def text(chars: str, **more: Any) -> Object:
    return {"type": "text", "text": chars, **more}


def body(*blocks: Object, model: str = "claude-opus-5", **fields: Any) -> Object:
    return {
        "model": model,
        "max_tokens": 9,
        "messages": [{"role": "user", "content": [*blocks] or "q"}],
        **fields,
    }


def causes(fields: Object, *, day: date = DAY, **more: Any) -> list[Cause]:
    prefix = prefix_of(RequestBody(fields))
    model = CATALOGUE.model(prefix.model)
    return list(set_up_causes(RequestBody(fields), prefix, model, day, **more))


def only(fields: Object, **more: Any) -> Cause:
    (cause,) = causes(fields, **more)
    return cause


def test_a_request_with_a_breakpoint_behind_enough_text_has_no_cause() -> None:
    assert causes(body(text(LONG, **FIVE))) == []
    assert causes(body(text(LONG), **HOUR)) == []


def test_a_request_without_a_breakpoint_stores_nothing() -> None:
    cause = only(body())
    assert (cause.id, cause.where, cause.tier, cause.severity, cause.confidence, cause.cache_byte) == (
        "no-cache-control",
        "cache_control",
        "request",
        "loss",
        "high",
        0,
    )
    assert cause.fix is not None


def test_breakpoints_that_are_gone_are_said_to_be_gone() -> None:
    had = prefix_of(RequestBody(body(**FIVE)))
    assert "are gone" in only(body(), before=had).say
    assert "are gone" not in only(body(), before=prefix_of(RequestBody(body()))).say


def test_a_write_that_was_reported_speaks_against_a_missing_breakpoint() -> None:
    assert causes(body(), usage=Usage(0, 900, 0, 10)) == []
    assert only(body(), usage=Usage(0, 0, 0, 910)).id == "no-cache-control"


def test_the_fifth_breakpoint_is_one_too_many() -> None:
    four = [text(LONG, **FIVE)] * 4
    cause = only(body(*four, text("b", **FIVE)))
    assert (cause.id, cause.where) == ("too-many-breakpoints", "messages[0].content[4].cache_control")
    assert "5 breakpoints" in cause.say
    assert only(body(*four, text("q"), **FIVE)).where == "cache_control"
    assert causes(body(*four, **FIVE)) == []


def test_an_hour_behind_five_minutes_is_refused_at_its_lifetime() -> None:
    fields = body(text(LONG, **HOUR), system=[text("S", **FIVE)])
    cause = only(fields)
    prefix = prefix_of(RequestBody(fields))
    assert (cause.id, cause.where) == ("ttl-order-wrong", "messages[0].content[0].cache_control.ttl")
    assert cause.cache_byte == prefix.starts[len(prefix.blocks) - 1]
    assert only(body(text(LONG), system=[text("S", **FIVE)], **HOUR)).where == "cache_control.ttl"
    assert causes(body(text(LONG, **FIVE), system=[text("S", **HOUR)])) == []


@pytest.mark.parametrize(
    ("fields", "where", "evidence"),
    [
        (
            body(system=[text("S"), text("", **FIVE)]),
            "system[1].cache_control",
            "documented",
        ),
        (
            body(system=[text("S", cache_control={"type": "ephemeral", "ttl": "2h"})]),
            "system[0].cache_control.ttl",
            "reported",
        ),
        (body(cache_control={"type": "eternal"}), "cache_control.type", "reported"),
        (
            body(tools=[{"name": "f", "defer_loading": True, **FIVE}]),
            "tools[0].cache_control",
            "documented",
        ),
        (body(text(LONG, **HOUR), **FIVE), "cache_control", "documented"),
    ],
)
def test_a_breakpoint_where_none_can_stand_is_refused(fields: Object, where: str, evidence: str) -> None:
    cause = only(fields)
    assert (cause.id, cause.where, cause.severity, cause.evidence) == (
        "breakpoint-not-allowed",
        where,
        "loss",
        evidence,
    )


def test_whether_a_breakpoint_in_a_part_of_a_block_is_refused_is_not_known() -> None:
    part = {"type": "document", "source": {"type": "content", "content": [text("x", **FIVE)]}}
    cause = only(body(part, text(LONG, **FIVE)))
    assert (cause.id, cause.severity, cause.confidence) == ("breakpoint-not-allowed", "warning", "medium")


def test_too_short_a_prompt_is_certain_far_below_the_minimum_only() -> None:
    cause = only(body(text("short", **FIVE)))
    assert (cause.id, cause.where, cause.severity, cause.confidence, cause.tier) == (
        "below-min-tokens",
        "messages[0].content[0].cache_control",
        "loss",
        "high",
        "messages",
    )
    near = only(body(text(LONG[:1400], **FIVE)))
    assert (near.id, near.severity, near.confidence) == ("below-min-tokens", "warning", "medium")
    assert only(body(text(LONG[:400], **FIVE))).confidence == "high"


def test_the_prompt_that_the_api_adds_for_tools_counts_too() -> None:
    short = text(LONG[:400], **FIVE)
    assert only(body(short)).id == "below-min-tokens"
    assert causes(body(short, tools=[{"name": "f"}])) == []
    assert only(body(short, tools=[{"name": "f"}], model="claude-opus-4-8")).id == "below-min-tokens"


def test_one_breakpoint_behind_enough_text_is_enough() -> None:
    assert causes(body(text(LONG, **FIVE), system=[text("short", **FIVE)])) == []


def test_the_minimum_is_that_of_the_model() -> None:
    assert only(body(text(LONG, **FIVE), model="claude-haiku-4-5")).id == "below-min-tokens"
    assert causes(body(text(LONG, **FIVE), model="claude-haiku-5-5")) == []


def test_what_was_reported_decides_whether_the_prompt_was_too_short() -> None:
    barely = body(text(LONG[:1800], **FIVE))
    assert causes(barely) == []
    assert only(barely, usage=Usage(0, 0, 0, 510)).confidence == "medium"
    assert causes(body(text("short", **FIVE)), usage=Usage(0, 600, 0, 0)) == []
    assert causes(body(text(LONG[:3000], **FIVE)), usage=Usage(0, 0, 0, 9000)) == []


def test_a_retired_model_does_not_answer_from_its_day_on() -> None:
    fields = body(text(LONG, **FIVE), model="claude-sonnet-4-20250514")
    cause = only(fields, offered=CATALOGUE.offered)
    assert (cause.id, cause.where, cause.tier, cause.severity) == (
        "model-retired",
        "model",
        "request",
        "loss",
    )
    assert "2026-06-15" in cause.say
    assert cause.fix is not None
    assert "claude-sonnet-5-5" in cause.fix.say
    assert only(fields, day=date(2026, 6, 15)).id == "model-retired"
    assert [cause.id for cause in causes(fields, day=date(2026, 6, 14))] == []


def test_an_unknown_model_gets_no_verdict_that_depends_on_it() -> None:
    cause = only(body(text("short", **FIVE), model="claude-opus-9"))
    assert (cause.id, cause.severity) == ("model-unknown", "info")


def test_a_deprecated_model_still_answers() -> None:
    assert causes(body(text(LONG, **FIVE), model="claude-sonnet-4-5")) == []
